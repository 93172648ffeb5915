"""A session's life: it ends by itself, by its owner, and never by looking; its forms are its own."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest

from libs.common.messaging.subscriptions import Due
from libs.common.settings import Settings
from services.auth.sessions.tables import session
from services.auth.sign_in.handlers import sweep
from simulators.population import DemoUser
from tests.support.auth import (
    ADMINISTRATOR,
    BILLER,
    JUNIPER,
    REVIEWER,
    RIVERSIDE,
    Auth,
    auth_with_people,
    path_of,
    read_claims,
)

IDLE = timedelta(minutes=30)


@pytest.fixture
async def auth(databases: Callable[..., Awaitable[Settings]]) -> AsyncIterator[Auth]:
    async with auth_with_people(await databases("auth")) as running:
        yield running


async def test_thirty_minutes_without_use_end_a_session_and_use_extends_it(auth: Auth) -> None:
    browser = auth.client()
    await browser.sign_in(BILLER)
    auth.clock.advance(IDLE - timedelta(seconds=1))
    assert (await browser.authorize("GET", "/claims")).status_code == 200
    auth.clock.advance(IDLE - timedelta(seconds=1))
    assert (await browser.authorize("GET", "/claims")).status_code == 200
    auth.clock.advance(IDLE)
    decided = await browser.authorize("GET", "/claims")
    assert decided.headers["location"] == "/session/ended?reason=timeout&next=/claims"


async def test_looking_at_the_clock_or_at_live_fragments_does_not_extend(auth: Auth) -> None:
    browser = auth.client()
    await browser.sign_in(BILLER)
    auth.clock.advance(timedelta(minutes=20))
    status = await browser.through("GET", "/session/status", {"accept": "application/json"})
    assert status.json() == {"expires_in": 600, "ends_in": 42_000}
    assert (await browser.authorize("GET", "/claims/live/submissions/1")).status_code == 200
    auth.clock.advance(timedelta(minutes=10))
    assert (await browser.authorize("GET", "/session/status", {"accept": "application/json"})).status_code == 401


async def test_staying_signed_in_needs_the_value_of_the_session(auth: Auth) -> None:
    browser = auth.client()
    await browser.sign_in(BILLER)
    auth.clock.advance(timedelta(minutes=29))
    refused = await browser.through("POST", "/session/extend", data={"csrf": "somebody else's"})
    assert refused.status_code == 403
    status = await browser.through("GET", "/session/status", {"accept": "application/json"})
    assert status.json()["expires_in"] == 60
    csrf = read_claims((await browser.authorize("GET", "/session/status")).headers["authorization"])["csrf"]
    extended = await browser.through("POST", "/session/extend", data={"csrf": csrf})
    assert extended.json() == {"expires_in": 1800, "ends_in": 41_460}
    auth.clock.advance(timedelta(minutes=29))
    assert (await browser.authorize("GET", "/claims")).status_code == 200


async def test_twelve_hours_end_a_session_however_it_is_used(auth: Auth) -> None:
    browser = auth.client()
    await browser.sign_in(BILLER)
    for _ in range(47):
        auth.clock.advance(timedelta(minutes=15))
        assert (await browser.authorize("GET", "/claims")).status_code == 200
    status = await browser.through("GET", "/session/status", {"accept": "application/json"})
    assert status.json() == {"expires_in": 900, "ends_in": 900}
    extended = await browser.through("POST", "/session/extend", data={"csrf": await browser.csrf()})
    assert extended.json() == {"expires_in": 900, "ends_in": 900}
    account = (await browser.through("GET", "/auth")).text
    assert 'id="session-last" data-warning="900">' in account
    auth.clock.advance(timedelta(minutes=15))
    assert "reason=twelve-hours" in (await browser.authorize("GET", "/claims")).headers["location"]


async def test_signing_out_ends_the_session_and_its_cookie_is_worth_nothing(auth: Auth) -> None:
    browser = auth.client()
    await browser.sign_in(BILLER)
    kept = dict(browser.cookies)
    answer = await browser.through("POST", "/sign-out", data={"csrf": await browser.csrf()})
    assert answer.headers["location"] == "/session/ended?reason=signed-out"
    assert "__Host-sid" not in browser.cookies
    browser.cookies = kept
    assert "reason=signed-out" in (await browser.authorize("GET", "/claims")).headers["location"]
    assert ("sign-out", "session", "done", "") in await auth.audited()


async def test_signing_out_needs_the_value_of_the_session(auth: Auth) -> None:
    browser = auth.client()
    await browser.sign_in(BILLER)
    assert (await browser.through("POST", "/sign-out", data={"csrf": "guessed"})).status_code == 403
    assert (await browser.authorize("GET", "/claims")).status_code == 200


async def test_one_acts_only_for_an_enrollment_one_has_a_grant_for(auth: Auth) -> None:
    browser = auth.client()
    await browser.sign_in(BILLER)
    own, foreign = RIVERSIDE.enrollments[0].enrollment_id, JUNIPER.enrollments[0].enrollment_id
    csrf = await browser.csrf()
    refused = await browser.through("POST", "/session/acting", data={"csrf": csrf, "acting": str(foreign)})
    assert refused.status_code == 404
    nonsense = await browser.through("POST", "/session/acting", data={"csrf": csrf, "acting": "nonsense"})
    assert nonsense.status_code == 404
    form = {"csrf": csrf, "acting": str(own), "return_to": "/claims/abc"}
    assert path_of(await browser.through("POST", "/session/acting", data=form)) == "/claims/abc"
    claims = read_claims((await browser.authorize("GET", "/claims")).headers["authorization"])
    assert claims["enr"] == str(own)


async def test_every_page_tells_of_the_sign_in_before_and_a_fresh_code_is_none(auth: Auth) -> None:
    first = auth.clock.now()
    browser = auth.client()
    await browser.sign_in(ADMINISTRATOR)
    assert "Your last sign-in was" not in (await browser.through("GET", "/auth")).text
    auth.clock.advance(timedelta(minutes=14))
    await browser.sign_in(ADMINISTRATOR)
    auth.clock.advance(timedelta(minutes=14))
    form = {"csrf": await browser.csrf(), "code": browser.auth_code(ADMINISTRATOR), "next": "/auth"}
    assert path_of(await browser.through("POST", "/session/step-up", data=form)) == "/auth"
    account = " ".join((await browser.through("GET", "/auth")).text.split())
    assert f'Your last sign-in was <time datetime="{first.isoformat()}"' in account
    assert f'Signed in since</dt><dd><time datetime="{(first + timedelta(minutes=14)).isoformat()}"' in account


async def test_a_form_put_aside_by_the_page_itself_extends_nothing(auth: Auth) -> None:
    browser = auth.client()
    await browser.sign_in(BILLER)
    auth.clock.advance(timedelta(minutes=28))
    ours = {"sec-fetch-site": "same-origin"}
    assert (await browser.authorize("POST", "/appeals/drafts?unattended=yes", ours)).status_code == 200
    status = await browser.through("GET", "/session/status", {"accept": "application/json"})
    assert status.json()["expires_in"] == 120


@pytest.mark.parametrize("user", [ADMINISTRATOR, REVIEWER], ids=["administrator", "staff"])
async def test_the_privileged_are_signed_out_after_fifteen_minutes_without_use(auth: Auth, user: DemoUser) -> None:
    browser = auth.client()
    await browser.sign_in(user)
    auth.clock.advance(timedelta(minutes=14))
    status = await browser.through("GET", "/session/status", {"accept": "application/json"})
    assert status.json()["expires_in"] == 60
    auth.clock.advance(timedelta(minutes=1))
    assert "reason=timeout" in (await browser.authorize("GET", "/appeals/review")).headers["location"]
    async with auth.work.database.work(auth.work) as work:
        await sweep(work, Due("sweep-sessions", "all", auth.clock.now(), {}, 0))
    assert [row.ended_reason for row in await auth.rows(session)] == ["timeout"]


async def test_the_sweep_tells_the_audit_trail_of_sessions_that_ran_out(auth: Auth) -> None:
    browser = auth.client()
    await browser.sign_in(BILLER)
    auth.clock.advance(IDLE)
    async with auth.work.database.work(auth.work) as work:
        await sweep(work, Due("sweep-sessions", "all", auth.clock.now(), {}, 0))
    (row,) = await auth.rows(session)
    assert row.ended_reason == "timeout"
    assert ("sign-out", "session", "done", f"timeout of {BILLER.user_uuid}") in await auth.audited()
    auth.clock.advance(timedelta(days=4))
    async with auth.work.database.work(auth.work) as work:
        await sweep(work, Due("sweep-sessions", "all", auth.clock.now(), {}, 0))
    assert await auth.rows(session) == []


async def test_the_account_page_tells_who_one_is(auth: Auth) -> None:
    browser = auth.client()
    await browser.sign_in(BILLER)
    page = await browser.through("GET", "/auth")
    assert page.status_code == 200
    assert BILLER.user_id in page.text
    assert RIVERSIDE.name in page.text
