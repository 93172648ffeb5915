"""More than one session of a person: who takes over from whom, who is told, and how all of them end (S08)."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest

from libs.common.settings import Settings
from services.auth.sessions.tables import session
from services.auth.settings import auth_settings
from tests.support.auth import BILLER, Auth, assertion, auth_with_people


@pytest.fixture
async def auth(databases: Callable[..., Awaitable[Settings]]) -> AsyncIterator[Auth]:
    async with auth_with_people(await databases("auth")) as running:
        yield running


async def test_a_second_sign_in_takes_over_and_the_first_is_told_why(auth: Auth) -> None:
    first, second = auth.client(), auth.client("203.0.113.8")
    await first.sign_in(BILLER)
    auth.clock.advance(timedelta(seconds=30))
    await second.sign_in(BILLER)
    decided = await first.authorize("GET", "/claims/submissions")
    assert decided.headers["location"] == "/session/ended?reason=taken-over&next=/claims/submissions"
    page = await first.direct("GET", "/session/ended")
    assert "another browser or device" in page.text
    assert (await second.authorize("GET", "/claims/submissions")).status_code == 200
    audited = await auth.audited()
    assert ("sign-in", "session", "done", "concurrent 1") in audited
    assert ("sign-out", "account", "done", "taken-over 1") in audited


async def test_a_tab_that_was_only_closed_locks_nobody_out(auth: Auth) -> None:
    await auth.client().sign_in(BILLER)  # and the browser is never seen again
    auth.clock.advance(timedelta(seconds=30))
    later = auth.client()
    await later.sign_in(BILLER)
    assert (await later.authorize("GET", "/claims")).status_code == 200


async def test_where_more_than_one_is_allowed_the_oldest_one_too_many_ends(
    auth: Auth, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTICO_AUTH_ACTIVE_SESSIONS", "2")
    auth_settings.cache_clear()
    browsers = [auth.client(f"203.0.113.{number}") for number in range(3)]
    for browser in browsers:
        await browser.sign_in(BILLER)
        auth.clock.advance(timedelta(seconds=30))
    answers = [await browser.authorize("GET", "/claims") for browser in browsers]
    assert [answer.status_code for answer in answers] == [303, 200, 200]
    assert "reason=taken-over" in answers[0].headers["location"]


async def test_the_account_page_lists_the_sessions_and_ends_them_all(
    auth: Auth, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTICO_AUTH_ACTIVE_SESSIONS", "2")
    auth_settings.cache_clear()
    firefox = {"user-agent": "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"}
    other, here = auth.client("198.51.100.77"), auth.client()
    other.headers |= firefox
    await other.sign_in(BILLER)
    auth.clock.advance(timedelta(minutes=1))
    await here.sign_in(BILLER)
    page = (await here.through("GET", "/auth")).text
    assert "Firefox on Windows" in page
    assert "198.51.100.…" in page
    assert "198.51.100.77" not in page
    assert page.count("This session") == 1
    assert (await here.through("POST", "/sign-out/everywhere", data={"csrf": "guessed"})).status_code == 403
    answer = await here.through("POST", "/sign-out/everywhere", data={"csrf": await here.csrf()})
    assert answer.headers["location"] == "/session/ended?reason=signed-out"
    for browser in (other, here):
        assert (await browser.authorize("GET", "/claims")).status_code == 303
    assert {row.ended_reason for row in await auth.rows(session)} == {"signed-out"}
    assert ("sign-out", "account", "done", "everywhere 2") in await auth.audited()


async def test_a_program_lists_its_tokens_and_ends_them_all(auth: Auth) -> None:
    program = auth.client()
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": assertion(auth.clock, audience="portal-identity"),
    }
    token = (await program.direct("POST", "/api/auth/token", data=form)).json()["access_token"]
    bearer = {"authorization": f"Bearer {token}", "accept": "application/json"}
    decided = await program.authorize("GET", "/api/auth/sessions", bearer)
    passed = {"authorization": decided.headers["authorization"]}
    (listed,) = (await program.direct("GET", "/api/auth/sessions", passed)).json()["sessions"]
    assert (listed["address"], listed["current"]) == ("203.0.113.…", True)
    assert (await program.direct("DELETE", "/api/auth/sessions", passed)).json() == {"ended": 1}
    assert (await program.authorize("GET", "/api/auth/sessions", bearer)).status_code == 401
