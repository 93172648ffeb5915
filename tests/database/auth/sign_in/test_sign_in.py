"""Sign-in on real PostgreSQL: the right way in, and every wrong one."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest

from libs.common.settings import Settings
from services.auth.access.tables import user_account
from services.auth.sessions.tables import session
from services.auth.settings import auth_settings
from services.auth.sign_in import handlers
from services.auth.sign_in.tables import credential, failure, sign_in_attempt
from tests.support.auth import ADMINISTRATOR, BILLER, OTHER_BILLER, Auth, auth_with_people, path_of

HOUR = timedelta(hours=1)


@pytest.fixture
async def auth(databases: Callable[..., Awaitable[Settings]]) -> AsyncIterator[Auth]:
    async with auth_with_people(await databases("auth")) as running:
        yield running


async def test_password_and_code_begin_a_session_in_a_safe_cookie(auth: Auth) -> None:
    browser = auth.client()
    first = await browser.password(BILLER)
    assert (first.status_code, path_of(first)) == (303, "/sign-in/code")
    second = await browser.code(browser.auth_code(BILLER))
    assert (second.status_code, second.headers["location"]) == (303, "/session/acting?next=/home")
    cookie = next(line for line in second.headers.get_list("set-cookie") if line.startswith("__Host-sid="))
    assert {"secure", "httponly", "samesite=lax", "path=/"} <= {part.strip().lower() for part in cookie.split(";")}
    assert "max-age" not in cookie.lower()
    assert "domain" not in cookie.lower()
    assert ("sign-in", "account", "done", "notice 2026-12 by totp") in await auth.audited()


async def test_an_administrator_lands_where_users_are_managed(auth: Auth) -> None:
    assert path_of(await auth.client().sign_in(ADMINISTRATOR)) == "/auth/users"


async def test_after_sign_in_one_goes_on_to_where_one_was_going_but_never_to_another_host(auth: Auth) -> None:
    browser = auth.client()
    await browser.password(BILLER)
    answer = await browser.code(browser.auth_code(BILLER), next="/claims/abc")
    assert answer.headers["location"] == "/session/acting?next=/claims/abc"
    auth.clock.advance(timedelta(seconds=60))
    other = auth.client()
    await other.password(OTHER_BILLER)
    answer = await other.code(other.auth_code(OTHER_BILLER), next="//evil.example/claims")
    assert answer.headers["location"] == "/home"


async def test_a_user_id_with_a_sign_that_no_text_has_is_refused_and_nothing_fails(auth: Auth) -> None:
    form = {"user_id": "river\0side", "password": "whatever", "accepted": "yes"}
    answer = await auth.client().direct("POST", "/sign-in", data=form)
    assert answer.status_code == 422
    assert "Remove" in answer.text


async def test_a_password_that_is_too_long_is_told_so(auth: Auth) -> None:
    form = {"user_id": "riverside", "password": "x" * 129, "accepted": "yes"}
    answer = await auth.client().direct("POST", "/sign-in", data=form)
    assert answer.status_code == 422
    assert "Shorten the password to at most 128 characters; it has 129." in answer.text


async def test_the_notice_must_be_accepted_first(auth: Auth) -> None:
    browser = auth.client()
    page = await browser.direct("GET", "/sign-in")
    assert "Before you sign in" in page.text
    answer = await browser.password(BILLER, accepted="")
    assert answer.status_code == 422
    assert "accept it to continue" in answer.text
    assert await auth.rows(sign_in_attempt) == []


async def test_no_secret_is_stored_as_it_is(auth: Auth) -> None:
    browser = auth.client()
    await browser.sign_in(BILLER)
    (row,) = await auth.rows(session)
    assert browser.cookies["__Host-sid"].encode() not in row.key
    assert len(row.key) == 32


async def test_the_same_code_is_refused_the_second_time(auth: Auth) -> None:
    first = auth.client()
    await first.sign_in(BILLER)
    code = first.auth_code(BILLER)
    second = auth.client("203.0.113.8")
    await second.password(BILLER)
    answer = await second.code(code)
    assert answer.status_code == 401
    assert "was used before" in answer.text
    assert "__Host-sid" not in second.cookies
    assert ("sign-in", "account", "refused", "code-replayed") in await auth.audited()


async def test_a_code_two_steps_old_is_refused_and_one_step_old_is_taken(auth: Auth) -> None:
    browser = auth.client()
    await browser.password(BILLER)
    code = browser.auth_code(BILLER)
    auth.clock.advance(timedelta(seconds=60))
    assert (await browser.code(code)).status_code == 401
    code = browser.auth_code(BILLER)
    auth.clock.advance(timedelta(seconds=30))
    assert (await browser.code(code)).status_code == 303


async def test_two_sendings_of_one_code_at_once_begin_one_session(auth: Auth) -> None:
    browser = auth.client()
    await browser.password(BILLER)
    code = browser.auth_code(BILLER)
    answers = await asyncio.gather(browser.code(code), browser.code(code))
    assert sorted(answer.status_code for answer in answers) in ([303, 303], [303, 401])
    assert len(await auth.rows(session)) == 1


async def test_the_same_code_form_sent_twice_leads_on_and_begins_nothing_twice(auth: Auth) -> None:
    browser = auth.client()
    await browser.password(BILLER)
    waiting = dict(browser.cookies)
    code = browser.auth_code(BILLER)
    await browser.code(code)
    browser.cookies |= waiting
    again = await browser.code(code, next="/claims/abc")
    assert (again.status_code, path_of(again)) == (303, "/claims/abc")
    assert len(await auth.rows(session)) == 1


async def test_a_code_that_comes_too_late_begins_again(auth: Auth) -> None:
    browser = auth.client()
    await browser.password(BILLER)
    auth.clock.advance(timedelta(minutes=11))
    answer = await browser.code(browser.auth_code(BILLER))
    assert answer.headers["location"].startswith("/sign-in?reason=code")


async def test_unknown_and_wrong_and_locked_answer_alike(auth: Auth) -> None:
    wrong = await auth.client("203.0.113.1").password(BILLER, password="not the password at all")
    stranger = BILLER.__class__(**{**_fields(BILLER), "user_id": "nobody.here"})
    unknown = await auth.client("203.0.113.2").password(stranger)
    for number in range(4):
        await auth.client(f"203.0.113.{10 + number}").password(BILLER, password="not the password at all")
    locked = await auth.client("203.0.113.3").password(BILLER)
    assert wrong.status_code == unknown.status_code == locked.status_code == 401
    bodies = {
        answer.text.replace("nobody.here", "x").replace(BILLER.user_id, "x") for answer in (wrong, unknown, locked)
    }
    assert len(bodies) == 1
    assert "wrong, or the account is locked" in wrong.text


async def test_five_failures_lock_for_an_hour_and_are_told_to_others(auth: Auth) -> None:
    for number in range(5):
        await auth.client(f"203.0.113.{number}").password(BILLER, password="not the password at all")
    (event,) = [each.event for each in await auth.copy_access() if each.event.type == "auth.account-locked.v1"]
    assert event.locked_until == auth.clock.now() + HOUR
    assert ("lock", "account", "done", "failures") in await auth.audited()
    browser = auth.client("203.0.113.99")
    assert (await browser.password(BILLER)).status_code == 401
    auth.clock.advance(HOUR)
    assert (await browser.password(BILLER)).status_code == 401  # and a new password is asked for besides


async def test_wrong_passwords_and_wrong_codes_count_together(auth: Auth) -> None:
    for number in range(3):
        await auth.client(f"203.0.113.{number}").password(BILLER, password="not the password at all")
    browser = auth.client("203.0.113.50")
    await browser.password(BILLER)
    right = browser.auth_code(BILLER)
    wrong = "000000" if right != "000000" else "111111"
    await browser.code(wrong)
    await browser.code(wrong)
    assert (await browser.code(right)).status_code == 401


async def test_four_failures_and_a_success_leave_nothing_counted(auth: Auth) -> None:
    for number in range(4):
        await auth.client(f"203.0.113.{number}").password(BILLER, password="not the password at all")
    await auth.client("203.0.113.50").sign_in(BILLER)
    (row,) = await auth.rows(failure)
    assert (list(row.recent), row.consecutive) == ([], 0)


async def test_attempts_side_by_side_cannot_exceed_the_limit(auth: Auth) -> None:
    wrong = "not the password at all"
    await asyncio.gather(*(auth.client(f"203.0.113.{number}").password(BILLER, password=wrong) for number in range(8)))
    (row,) = await auth.rows(failure)
    assert row.consecutive == auth_settings().lockout_failures


async def test_far_too_many_failures_in_a_row_disable_the_account_and_end_its_sessions(
    auth: Auth, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTICO_AUTH_DISABLE_AFTER_FAILURES", "2")
    auth_settings.cache_clear()
    signed_in = auth.client()
    await signed_in.sign_in(BILLER)
    for number in range(2):
        await auth.client(f"203.0.113.{number}").password(BILLER, password="not the password at all")
    states = {row.user_id: row.state for row in await auth.rows(user_account)}
    assert states[BILLER.user_uuid] == "disabled"
    assert (await signed_in.authorize("GET", "/claims")).status_code == 303
    (record,) = [each.event for each in await auth.copy_access() if each.event.type == "auth.user-access.v1"]
    assert record.state == "disabled"


async def test_a_hash_of_lesser_strength_is_renewed_at_the_next_sign_in(
    auth: Auth, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTICO_AUTH_PASSWORD_ITERATIONS", "1001")
    auth_settings.cache_clear()
    await auth.client().sign_in(BILLER)
    hashes = {row.user_id: row.password_hash for row in await auth.rows(credential)}
    assert "i=1001," in hashes[BILLER.user_uuid]
    assert "i=1000," in hashes[OTHER_BILLER.user_uuid]
    auth.clock.advance(timedelta(minutes=2))
    assert path_of(await auth.client().sign_in(BILLER)) == "/session/acting"


async def test_too_many_attempts_from_one_address_are_told_to_wait(auth: Auth) -> None:
    browser = auth.client()
    for _ in range(5):
        await browser.password(OTHER_BILLER, accepted="yes")
    answer = await browser.password(OTHER_BILLER)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
    auth.clock.advance(timedelta(seconds=61))
    assert (await browser.password(OTHER_BILLER)).status_code == 303


async def test_the_client_cannot_choose_the_address_it_is_counted_under(auth: Auth) -> None:
    for number in range(20):
        browser = auth.client(f"198.51.100.{number}, 203.0.113.7")
        await browser.password(BILLER.__class__(**{**_fields(BILLER), "user_id": f"nobody.{number}"}))
    answer = await auth.client("198.51.100.99, 203.0.113.7").password(BILLER)
    assert answer.status_code == 429


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"}]
)
async def test_a_form_of_another_site_is_refused(auth: Auth, headers: dict[str, str]) -> None:
    form = {"user_id": BILLER.user_id, "password": BILLER.password, "accepted": "yes"}
    answer = await auth.client().direct("POST", "/sign-in", headers, data=form)
    assert answer.status_code == 403
    assert await auth.rows(sign_in_attempt) == []


async def test_a_session_planted_before_sign_in_is_worth_nothing_after(auth: Auth) -> None:
    attacker = auth.client("198.51.100.1")
    await attacker.sign_in(OTHER_BILLER)
    victim = auth.client()
    victim.cookies["__Host-sid"] = attacker.cookies["__Host-sid"]
    await victim.sign_in(BILLER)
    assert victim.cookies["__Host-sid"] != attacker.cookies["__Host-sid"]


async def test_who_signs_in_over_another_persons_session_in_one_browser_ends_it(auth: Auth) -> None:
    browser = auth.client()
    await browser.sign_in(BILLER)
    earlier = auth.client()
    earlier.cookies = dict(browser.cookies)
    auth.clock.advance(timedelta(seconds=30))
    await browser.sign_in(OTHER_BILLER)
    assert (await browser.authorize("GET", "/claims")).status_code == 200
    assert (
        (await earlier.authorize("GET", "/claims")).headers["location"].startswith("/session/ended?reason=signed-out")
    )
    assert ("sign-out", "session", "done", "another sign-in in the same browser") in await auth.audited()


async def test_more_sign_ins_than_can_wait_are_asked_to_come_again_and_nothing_is_counted(
    auth: Auth, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTICO_AUTH_PASSWORD_HASHES_WAITING", "0")
    auth_settings.cache_clear()
    handlers.hashing.cache_clear()
    wrong = "not the password at all"
    crowd = [auth.client(f"203.0.113.{number}").password(OTHER_BILLER, password=wrong) for number in range(40)]
    answers = await asyncio.gather(*crowd)
    busy = [answer for answer in answers if answer.status_code == 503]
    assert len(busy) >= 40 - 5 * (os.cpu_count() or 1)
    assert {answer.headers["retry-after"] for answer in busy} == {"2"}
    handlers.hashing.cache_clear()


def _fields(user: object) -> dict[str, object]:
    return {name: getattr(user, name) for name in user.__slots__}  # type: ignore[attr-defined]
