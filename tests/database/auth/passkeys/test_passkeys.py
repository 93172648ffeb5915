"""Passkeys on real PostgreSQL: added with a fresh code, and used in each of the three places where they count (S13)."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from libs.common.settings import Settings
from services.auth.factors.tables import mfa_window, totp
from services.auth.passkeys.domain import site_of
from services.auth.passkeys.tables import passkey, passkey_challenge
from services.auth.settings import auth_settings
from tests.support.auth import BILLER, OTHER_BILLER, Auth, Browser, auth_with_people, path_of, read_claims
from tests.support.authenticator import Authenticator

OURS = {"sec-fetch-site": "same-origin"}
ALONE, SECOND, STEP_UP = "/sign-in/passkey", "/sign-in/code/passkey", "/session/step-up/passkey"


@pytest.fixture
async def auth(databases: Callable[..., Awaitable[Settings]]) -> AsyncIterator[Auth]:
    async with auth_with_people(await databases("auth")) as running:
        yield running


@pytest.fixture
def device(auth: Auth) -> Authenticator:
    site = site_of("", auth.web.settings.public_address)
    return Authenticator(site.origin, site.host)


async def registered(auth: Auth, device: Authenticator, name: str = "Front desk") -> Browser:
    """The biller, signed in, with a passkey on the device."""
    browser = auth.client()
    await browser.sign_in(BILLER)
    csrf = await browser.csrf()
    options = await browser.through("POST", "/auth/passkeys/options", data={"csrf": csrf})
    form = {"csrf": csrf, "name": name, "credential": device.register(options.text), "idempotency_key": name}
    answer = await browser.through("POST", "/auth/passkeys", data=form)
    assert (answer.status_code, answer.headers.get("location")) == (303, "/auth/passkeys"), answer.text
    auth.clock.advance(timedelta(minutes=1))
    return browser


async def asked(browser: Browser, place: str) -> str:
    return (await browser.direct("POST", f"{place}/options", OURS)).text


async def send(browser: Browser, place: str, credential: str, **form: str) -> httpx.Response:
    return await browser.direct("POST", place, OURS, data={"credential": credential, "accepted": "yes", **form})


async def alone(auth: Auth, device: Authenticator, **wrong: Any) -> httpx.Response:
    """Sign in with the passkey in a browser of its own."""
    browser = auth.client("203.0.113.77")
    return await send(browser, ALONE, device.answer(await asked(browser, ALONE), **wrong))


async def test_a_passkey_is_listed_used_as_the_only_step_and_removed(auth: Auth, device: Authenticator) -> None:
    browser = await registered(auth, device)
    assert "Front desk" in (await browser.through("GET", "/auth/passkeys")).text
    other = auth.client("203.0.113.8")
    answer = await send(other, ALONE, device.answer(await asked(other, ALONE)), next="/claims/abc")
    assert answer.headers["location"] == "/session/acting?next=/claims/abc"
    claims = read_claims((await other.authorize("GET", "/claims")).headers["authorization"])
    assert (claims["aal"], claims["factor_at"]) == (2, int(auth.clock.now().timestamp()))
    assert "reason=taken-over" in (await browser.authorize("GET", "/claims")).headers["location"]
    [row] = await auth.rows(passkey)
    assert (row.sign_count, row.used_at) == (1, auth.clock.now())
    csrf = await other.csrf()
    gone = await other.through("POST", f"/auth/passkeys/{row.passkey_id}/remove", data={"csrf": csrf})
    assert path_of(gone) == "/auth/passkeys"
    assert (await alone(auth, device)).status_code == 401
    audited = await auth.audited()
    assert {("add", "factor", "done", "passkey"), ("remove", "factor", "done", "passkey")} <= set(audited)
    assert ("sign-in", "account", "refused", "passkey-unknown") in audited


async def test_the_notice_is_accepted_before_a_passkey_signs_in_too(auth: Auth, device: Authenticator) -> None:
    await registered(auth, device)
    browser = auth.client("203.0.113.8")
    answer = await send(browser, ALONE, device.answer(await asked(browser, ALONE)), accepted="")
    assert answer.status_code == 422
    assert "accept it to continue" in answer.text
    assert "__Host-sid" not in browser.cookies


async def test_a_passkey_takes_the_place_of_a_code(auth: Auth, device: Authenticator) -> None:
    await registered(auth, device)
    browser = auth.client("203.0.113.8")
    await browser.password(BILLER)
    assert 'data-passkey="get"' in (await browser.direct("GET", "/sign-in/code")).text
    answer = await send(browser, SECOND, device.answer(await asked(browser, SECOND)))
    assert path_of(answer) == "/session/acting"
    assert "__Host-attempt" not in browser.cookies


async def test_the_passkey_of_somebody_else_is_no_second_factor(auth: Auth, device: Authenticator) -> None:
    await registered(auth, device)
    browser = auth.client("203.0.113.8")
    await browser.password(OTHER_BILLER)
    options = await asked(browser, SECOND)
    assert json.loads(options)["allowCredentials"] == []
    assert (await send(browser, SECOND, device.answer(options))).status_code == 401
    assert "__Host-sid" not in browser.cookies


async def test_a_passkey_steps_up_and_the_session_goes_on_under_another_secret(
    auth: Auth, device: Authenticator
) -> None:
    browser = await registered(auth, device)
    auth.clock.advance(timedelta(minutes=20))
    before, csrf = dict(browser.cookies), await browser.csrf()
    assert "fresh code" in (await browser.through("GET", "/auth/passkeys")).text
    options = await browser.through("POST", f"{STEP_UP}/options", data={"csrf": csrf})
    form = {"csrf": csrf, "credential": device.answer(options.text), "next": "/auth/passkeys"}
    assert path_of(await browser.through("POST", STEP_UP, data=form)) == "/auth/passkeys"
    assert browser.cookies["__Host-sid"] != before["__Host-sid"]
    claims = read_claims((await browser.authorize("GET", "/claims")).headers["authorization"])
    assert claims["factor_at"] == int(auth.clock.now().timestamp())


@pytest.mark.parametrize("path", ["/auth/passkeys/options", "/auth/passkeys", f"/auth/passkeys/{UUID(int=1)}/remove"])
async def test_changing_ones_passkeys_needs_a_fresh_code(auth: Auth, path: str) -> None:
    browser = auth.client()
    await browser.sign_in(BILLER)
    auth.clock.advance(timedelta(minutes=16))
    form = {"csrf": await browser.csrf(), "name": "Desk", "credential": "{}"}
    assert (await browser.through("POST", path, data=form)).status_code == 403


async def test_an_answer_counts_once_in_the_browser_that_asked_and_for_five_minutes(
    auth: Auth, device: Authenticator
) -> None:
    await registered(auth, device)
    browser, other = auth.client("203.0.113.8"), auth.client("203.0.113.9")
    answer = device.answer(await asked(browser, ALONE))
    held = dict(browser.cookies)
    await asked(other, ALONE)
    assert (await send(other, ALONE, answer)).status_code == 401
    assert (await send(browser, ALONE, answer)).status_code == 303
    browser.cookies = held
    again = await send(browser, ALONE, answer)
    assert (again.status_code, "answered already" in again.text) == (409, True)
    late = device.answer(await asked(other, ALONE))
    auth.clock.advance(timedelta(minutes=5))
    assert (await send(other, ALONE, late)).status_code == 409
    assert await auth.rows(passkey_challenge) == []


async def test_an_answer_for_one_place_counts_in_no_other(auth: Auth, device: Authenticator) -> None:
    browser = await registered(auth, device)
    csrf = await browser.csrf()
    options = await browser.through("POST", f"{STEP_UP}/options", data={"csrf": csrf})
    assert (await send(browser, ALONE, device.answer(options.text))).status_code == 409


async def test_what_one_person_was_asked_another_does_not_answer_in_the_same_browser(
    auth: Auth, device: Authenticator
) -> None:
    browser = auth.client()
    await browser.sign_in(BILLER)
    options = await browser.through("POST", "/auth/passkeys/options", data={"csrf": await browser.csrf()})
    await browser.sign_in(OTHER_BILLER)
    form = {"csrf": await browser.csrf(), "name": "Desk", "credential": device.register(options.text)}
    answer = await browser.through("POST", "/auth/passkeys", data={**form, "idempotency_key": "a key of a test"})
    assert (answer.status_code, await auth.rows(passkey)) == (422, [])


async def test_two_sendings_of_one_answer_at_once_begin_one_session(auth: Auth, device: Authenticator) -> None:
    await registered(auth, device)
    browser = auth.client("203.0.113.8")
    answer = device.answer(await asked(browser, ALONE))
    answers = await asyncio.gather(send(browser, ALONE, answer), send(browser, ALONE, answer))
    assert sorted(each.status_code for each in answers) == [303, 409]


async def test_a_copied_authenticator_is_refused_and_told_of(auth: Auth, device: Authenticator) -> None:
    await registered(auth, device)
    assert (await alone(auth, device, count=7)).status_code == 303
    assert (await alone(auth, device, count=7)).status_code == 401
    assert ("sign-in", "account", "refused", "passkey-counter") in await auth.audited()


async def test_wrong_answers_count_together_with_wrong_passwords_and_lock(auth: Auth, device: Authenticator) -> None:
    await registered(auth, device)
    for number in range(3):
        await auth.client(f"203.0.113.{number}").password(BILLER, password="not the password at all")
    for _ in range(2):
        assert (await alone(auth, device, origin="https://evil.example")).status_code == 401
    assert ("lock", "account", "done", "failures") in await auth.audited()
    locked = await alone(auth, device)
    unknown = await alone(auth, Authenticator(device.origin, device.host, number=2))
    assert (locked.status_code, locked.text) == (unknown.status_code, unknown.text)


async def test_nobody_has_more_passkeys_than_are_allowed_nor_one_twice(
    auth: Auth, device: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTICO_AUTH_PASSKEYS", "2")
    auth_settings.cache_clear()
    browser = await registered(auth, device)
    csrf = await browser.csrf()
    options = (await browser.through("POST", "/auth/passkeys/options", data={"csrf": csrf})).text
    assert len(json.loads(options)["excludeCredentials"]) == 1
    form = {"csrf": csrf, "name": "Again", "credential": device.register(options), "idempotency_key": "once more"}
    again = await browser.through("POST", "/auth/passkeys", data=form)
    assert (again.status_code, "knows this passkey already" in again.text) == (422, True)
    options = (await browser.through("POST", "/auth/passkeys/options", data={"csrf": csrf})).text
    second = Authenticator(device.origin, device.host, number=2)
    form = {"csrf": csrf, "name": "Second", "credential": second.register(options), "idempotency_key": "another one"}
    assert path_of(await browser.through("POST", "/auth/passkeys", data=form)) == "/auth/passkeys"
    assert (await browser.through("POST", "/auth/passkeys/options", data={"csrf": csrf})).status_code == 409
    assert "as many passkeys as are allowed" in (await browser.through("GET", "/auth/passkeys")).text


async def test_a_passkey_is_a_factor_so_that_the_others_may_go_and_it_stays_as_the_last(
    auth: Auth, device: Authenticator
) -> None:
    """S12."""
    browser = await registered(auth, device)
    (app,) = [row for row in await auth.rows(totp) if row.user_id == BILLER.user_uuid]
    assert path_of(await browser.send("/auth/security/authenticators/remove", device_id=str(app.device_id)))
    [row] = await auth.rows(passkey)
    last = await browser.send(f"/auth/passkeys/{row.passkey_id}/remove")
    assert (last.status_code, "your only way to confirm a sign-in" in last.text) == (409, True)
    assert len(await auth.rows(passkey)) == 1
    assert (await alone(auth, device)).status_code == 303


async def test_whoever_adds_or_removes_a_passkey_is_asked_for_a_code_in_every_browser(
    auth: Auth, device: Authenticator
) -> None:
    async def window() -> Browser:
        """A browser of the biller that showed a code, and is asked for none for some hours."""
        auth.clock.advance(timedelta(minutes=1))
        browser = auth.client()
        await browser.sign_in(BILLER)
        assert await auth.rows(mfa_window)
        return browser

    browser = await window()
    csrf = await browser.csrf()
    options = await browser.through("POST", "/auth/passkeys/options", data={"csrf": csrf})
    form = {"name": "Desk", "credential": device.register(options.text), "idempotency_key": "a key of a test"}
    await browser.send("/auth/passkeys", **form)
    assert await auth.rows(mfa_window) == []
    [row] = await auth.rows(passkey)
    browser = await window()
    await browser.send(f"/auth/passkeys/{row.passkey_id}/remove")
    assert await auth.rows(mfa_window) == []
