"""Second factors on real PostgreSQL: added and removed by their owner, codes that count once, windows of browsers."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from html import unescape

import pyotp
import pytest
import sqlalchemy as sa

from libs.common.settings import Settings
from services.auth.access.tables import membership
from services.auth.factors.handlers import add_device
from services.auth.factors.tables import mfa_window, phone, recovery_code, sent_code, totp
from services.auth.settings import auth_settings
from services.auth.sign_in.tables import failure
from tests.support.auth import (
    ADMINISTRATOR,
    BILLER,
    OTHER_BILLER,
    Auth,
    Browser,
    auth_with_people,
    path_of,
    read_claims,
)
from tests.support.phones import Phones, phones_ringing

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SECURITY = "/auth/security"
CHROME = {"user-agent": "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/150.0 Safari/537.36"}


@pytest.fixture
async def auth(databases: Callable[..., Awaitable[Settings]]) -> AsyncIterator[Auth]:
    async with auth_with_people(await databases("auth")) as running:
        yield running


@pytest.fixture
async def phones(auth: Auth, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Phones]:
    async with phones_ringing(auth.web.settings, monkeypatch) as ringing:
        yield ringing


async def signed_in(auth: Auth) -> Browser:
    """The biller, with a code that was shown just now."""
    browser = auth.client()
    await browser.sign_in(BILLER)
    await auth.letters()
    return browser


async def with_phone(auth: Auth, phones: Phones) -> Browser:
    """The biller, whose phone is confirmed; the codes sent so far are some time ago."""
    browser = await signed_in(auth)
    await browser.send(f"{SECURITY}/phone", phone="202-555-0123", channel="voice")
    assert path_of(await browser.send(f"{SECURITY}/phone/confirm", code=phones.code)) == SECURITY
    auth.clock.advance(11 * MINUTE)
    await auth.letters()
    return browser


async def begun(auth: Auth, address: str = "203.0.113.50") -> Browser:
    """Somebody who gave the biller's password, and is asked for a code."""
    browser = auth.client(address)
    await browser.password(BILLER)
    return browser


async def sent(browser: Browser, channel: str = "sms") -> int:
    return (await browser.direct("POST", "/sign-in/send", data={"channel": channel})).status_code


async def audited(auth: Auth, action: str, kind: str) -> list[tuple[str, str]]:
    return [(outcome, reason) for done, what, outcome, reason in await auth.audited() if (done, what) == (action, kind)]


async def test_an_authenticator_is_added_by_its_first_code_and_its_secret_is_shown_once(auth: Auth) -> None:
    browser = await signed_in(auth)
    page = (await browser.send(f"{SECURITY}/authenticators", device_name="Office phone")).text
    secret = re.search(r'data-copy="([A-Z2-7 ]{39})"', page)
    assert secret
    plain = secret[1].replace(" ", "")
    assert "<svg" in page
    assert "style=" not in page
    confirm = f"{SECURITY}/authenticators/confirm"
    wrong = await browser.send(confirm, code="000000")
    assert (wrong.status_code, plain[:8] in wrong.text.replace(" ", "")) == (422, False)
    assert len([row for row in await auth.rows(totp) if row.user_id == BILLER.user_uuid and row.confirmed_at]) == 1
    code = pyotp.TOTP(plain).at(auth.clock.now())
    assert path_of(await browser.send(confirm, code=code)) == SECURITY
    ((kind, facts),) = await auth.letters()
    assert (kind, facts["device"]) == ("factor-added", "the authenticator “Office phone”")
    assert await auth.rows(mfa_window) == []
    assert not any(plain in row.secret for row in await auth.rows(totp))
    assert plain[:4] not in (await browser.through("GET", SECURITY)).text
    assert (await browser.send(f"{SECURITY}/authenticators", device_name="Third")).status_code == 409
    other = await begun(auth)
    assert (await other.code(code)).status_code == 401  # it was used to confirm
    auth.clock.advance(timedelta(seconds=30))
    assert (await other.code(pyotp.TOTP(plain).at(auth.clock.now()))).status_code == 303


async def test_an_authenticator_that_never_showed_a_code_signs_nobody_in(auth: Auth) -> None:
    browser = await signed_in(auth)
    page = (await browser.send(f"{SECURITY}/authenticators", device_name="Office phone")).text
    found = re.search(r'data-copy="([A-Z2-7 ]{39})"', page)
    assert found
    other = await begun(auth)
    assert (await other.code(pyotp.TOTP(found[1].replace(" ", "")).at(auth.clock.now()))).status_code == 401


async def test_what_is_changed_needs_a_fresh_code_and_the_last_factor_stays(auth: Auth) -> None:
    browser = await signed_in(auth)
    (device,) = [row for row in await auth.rows(totp) if row.user_id == BILLER.user_uuid]
    remove = f"{SECURITY}/authenticators/remove"
    assert (await browser.send(remove, device_id=str(device.device_id))).status_code == 409
    async with auth.work.database.work(auth.work) as work:
        add_device(work, BILLER.user_uuid, "Office phone", pyotp.random_base32())
    foreign = next(row for row in await auth.rows(totp) if row.user_id == OTHER_BILLER.user_uuid)
    assert (await browser.send(remove, device_id=str(foreign.device_id))).status_code == 404
    auth.clock.advance(16 * MINUTE)
    assert (await browser.send(remove, device_id=str(device.device_id))).status_code == 403
    await browser.send("/session/step-up", code=browser.auth_code(BILLER))
    assert path_of(await browser.send(remove, device_id=str(device.device_id))) == SECURITY
    assert [kind for kind, _ in await auth.letters()] == ["factor-removed"]
    auth.clock.advance(MINUTE)
    other = await begun(auth)
    assert (await other.code(other.auth_code(BILLER))).status_code == 401


async def test_recovery_codes_are_shown_once_and_each_signs_in_once(auth: Auth) -> None:
    browser = await signed_in(auth)
    page = unescape((await browser.send(f"{SECURITY}/recovery-codes")).text)
    codes = re.findall(r"<li>((?:[A-Z2-7]{4}-?){4})</li>", page)
    assert len(set(codes)) == 10
    rows = await auth.rows(recovery_code)
    assert not any(code.replace("-", "").encode() in row.digest for code in codes for row in rows)
    auth.clock.advance(MINUTE)
    other = await begun(auth)
    assert "Use a recovery code" in (await other.direct("GET", "/sign-in/code")).text
    wrong = await other.direct("POST", "/sign-in/recovery", data={"recovery_code": "AAAA-BBBB-CCCC-DDDD"})
    assert wrong.status_code == 401
    used = await other.direct("POST", "/sign-in/recovery", data={"recovery_code": codes[0].lower()})
    assert used.status_code == 303
    assert "__Host-sid" in other.cookies
    assert "__Host-mfaw" not in other.cookies
    letters = await auth.letters()
    assert ("recovery-code-used", "9") in [(kind, facts.get("left")) for kind, facts in letters]
    again = await begun(auth, "203.0.113.51")
    assert (await again.direct("POST", "/sign-in/recovery", data={"recovery_code": codes[0]})).status_code == 401
    assert ("refused", "code-wrong") in await audited(auth, "sign-in", "account")
    await other.send(f"{SECURITY}/recovery-codes")
    assert (await again.direct("POST", "/sign-in/recovery", data={"recovery_code": codes[1]})).status_code == 401


async def test_a_phone_is_confirmed_by_a_code_and_its_number_is_nowhere_to_read(auth: Auth, phones: Phones) -> None:
    browser = await signed_in(auth)
    add = f"{SECURITY}/phone"
    for number in ("555-0123", "+44 20 7946 0958"):
        assert "with its area code" in (await browser.send(add, phone=number, channel="sms")).text
    assert path_of(await browser.send(add, phone="(202) 555-0123", channel="voice")) == add
    assert [(each.channel, each.number) for each in phones.state.messages] == [("voice", "+12025550123")]
    assert "ending in 0123" in (await browser.through("GET", add)).text
    other = await begun(auth)
    assert await sent(other) == 422  # it is not confirmed yet
    wrong = "000000" if phones.code != "000000" else "111111"
    assert (await browser.send(f"{add}/confirm", code=wrong)).status_code == 422
    assert path_of(await browser.send(f"{add}/confirm", code=phones.code)) == SECURITY
    assert [facts["device"] for _, facts in await auth.letters()] == ["the phone number ending in 0123"]
    assert not any("5550123" in (row.number or "") for row in await auth.rows(phone))
    assert await sent(other) == 429  # a moment ago
    auth.clock.advance(MINUTE)
    assert await sent(other) == 303
    assert phones.state.messages[-1].channel == "sms"
    assert "was sent by text message to the number ending in 0123" in (await other.direct("GET", "/sign-in/code")).text
    assert (await other.code(phones.code)).status_code == 303
    assert not any(phones.code.encode() in row.digest for row in await auth.rows(sent_code))


async def test_a_code_that_was_sent_counts_once_in_time_and_where_it_was_asked_for(auth: Auth, phones: Phones) -> None:
    """S10. Each refusal leaves an audit row; a wrong code counts as every other failure does."""
    await with_phone(auth, phones)

    async def forget_failures() -> None:
        async with auth.work.database.work(auth.work) as work:
            await work.execute(failure.delete())
        auth.clock.advance(11 * MINUTE)

    browser, other = await begun(auth), await begun(auth, "203.0.113.51")
    assert await sent(browser) == 303
    code = phones.code
    assert (await other.code(code)).status_code == 401  # of another sign-in
    stranger = auth.client("203.0.113.52")
    await stranger.password(OTHER_BILLER)
    assert (await stranger.code(code)).status_code == 401  # of another user
    kept = dict(browser.cookies)
    assert (await browser.code(code)).status_code == 303
    browser.cookies = kept
    assert path_of(await browser.code(code)) == "/sign-in"  # replayed: that sign-in is over

    await forget_failures()
    late = await begun(auth)
    await sent(late)
    auth.clock.advance(10 * MINUTE)
    assert path_of(await late.code(phones.code)) == "/sign-in"  # after ten minutes the sign-in is over as well

    await forget_failures()
    tried = await begun(auth)
    await sent(tried)
    right = phones.code
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(3):
        assert (await tried.code(wrong)).status_code == 401
    assert (await tried.code(right)).status_code == 401  # the fourth try

    await forget_failures()
    again = await begun(auth)
    await sent(again)
    first = phones.code
    auth.clock.advance(MINUTE)
    await sent(again)
    assert first == phones.code or (await again.code(first)).status_code == 401  # a newer one is on its way
    assert (await again.code(phones.code)).status_code == 303
    refused = [reason for outcome, reason in await audited(auth, "sign-in", "account") if outcome == "refused"]
    assert refused.count("code-wrong") >= 7


async def test_one_sent_code_sent_back_twice_at_once_begins_one_session(auth: Auth, phones: Phones) -> None:
    await with_phone(auth, phones)
    browser = await begun(auth)
    await sent(browser)
    answers = await asyncio.gather(browser.code(phones.code), browser.code(phones.code))
    assert sorted(each.status_code for each in answers) in ([303, 303], [303, 401])
    done = [each for each in await audited(auth, "sign-in", "account") if each[0] == "done"]
    assert sum("by sms" in reason for _, reason in done) == 1


async def test_codes_are_sent_within_limits_and_a_partner_that_is_away_is_told(auth: Auth, phones: Phones) -> None:
    await with_phone(auth, phones)
    browser = await begun(auth)
    assert [await sent(browser), await sent(browser)] == [303, 429]
    for _ in range(2):
        auth.clock.advance(MINUTE)
        assert await sent(browser) == 303
    auth.clock.advance(MINUTE)
    assert await sent(browser) == 429
    auth.clock.advance(7 * MINUTE)
    browser = await begun(auth)
    phones.state.behavior.refuse = True
    assert await sent(browser) == 503
    assert ("failed", "sms") in await audited(auth, "send", "code")
    auth.clock.advance(MINUTE)
    assert (await browser.code(browser.auth_code(BILLER))).status_code == 303  # the authenticator goes on


async def test_a_step_up_takes_a_code_by_phone_and_no_code_of_a_sign_in(auth: Auth, phones: Phones) -> None:
    browser = await with_phone(auth, phones)
    auth.clock.advance(5 * MINUTE)
    other = await begun(auth)
    await sent(other)
    assert (await browser.send("/session/step-up", code=phones.code)).status_code == 401
    auth.clock.advance(MINUTE)
    assert path_of(await browser.send("/session/step-up/send", channel="sms", next=SECURITY)) == "/session/step-up"
    assert path_of(await browser.send("/session/step-up", code=phones.code, next=SECURITY)) == SECURITY
    claims = read_claims((await browser.authorize("GET", "/claims")).headers["authorization"])
    assert claims["factor_at"] == int(auth.clock.now().timestamp())


async def signs_out(browser: Browser) -> None:
    await browser.send("/sign-out")


async def asked(auth: Auth, browser: Browser, **headers: str) -> bool:
    """Whether the biller is asked for a code after the right password; if not, they are signed in."""
    auth.clock.advance(MINUTE)
    form = {"user_id": BILLER.user_id, "password": BILLER.password, "accepted": "yes"}
    answer = await browser.direct("POST", "/sign-in", {"sec-fetch-site": "same-origin", **headers}, data=form)
    return path_of(answer) == "/sign-in/code"


async def test_a_browser_that_showed_a_code_is_asked_for_none_for_twelve_hours(auth: Auth) -> None:
    """S12, as the handbook recommends: also after signing out. Never for a step-up."""
    browser = await signed_in(auth)
    shown = int(auth.clock.now().timestamp())
    assert "You will not be asked for another code" in (await browser.through("GET", SECURITY)).text
    await signs_out(browser)
    assert not await asked(auth, browser)
    claims = read_claims((await browser.authorize("GET", "/claims")).headers["authorization"])
    assert claims["factor_at"] == shown
    assert any(reason.endswith("by an earlier code") for _, reason in await audited(auth, "sign-in", "account"))
    auth.clock.advance(16 * MINUTE)
    assert (await browser.send("/auth/password", password="x", new_password="y", again="y")).status_code == 403
    assert await asked(auth, browser, **CHROME)
    stranger = auth.client("198.51.100.9")
    stranger.cookies = dict(browser.cookies)
    assert await asked(auth, stranger)
    auth.clock.advance(12 * HOUR)
    assert await asked(auth, browser)


async def test_a_browser_is_asked_again_once_its_owner_or_the_account_says_so(auth: Auth) -> None:
    browser = await signed_in(auth)
    await browser.send(f"{SECURITY}/forget-browser")
    assert await asked(auth, browser)
    await browser.code(browser.auth_code(BILLER))
    assert not await asked(auth, browser)
    for number in range(5):
        await auth.client(f"198.51.100.{number}").password(BILLER, password="not the password at all")
    assert await auth.rows(mfa_window) == []


async def test_strictly_only_a_session_that_timed_out_spares_the_code_and_off_spares_none(
    auth: Auth, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTICO_AUTH_MFA_WINDOW", "strict")
    auth_settings.cache_clear()
    browser = await signed_in(auth)
    auth.clock.advance(31 * MINUTE)
    assert not await asked(auth, browser)
    await signs_out(browser)
    assert await asked(auth, browser)
    monkeypatch.setenv("PORTICO_AUTH_MFA_WINDOW", "off")
    auth_settings.cache_clear()
    await browser.code(browser.auth_code(BILLER))
    auth.clock.advance(31 * MINUTE)
    assert await asked(auth, browser)


async def test_administrators_are_always_asked_for_a_code(auth: Auth) -> None:
    promoted = await signed_in(auth)
    async with auth.work.database.work(auth.work) as work:
        of_biller = membership.c.user_id == BILLER.user_uuid
        await work.execute(sa.update(membership).where(of_biller).values(role="PROVIDER_ADMIN"))
    assert await asked(auth, promoted)
    browser = auth.client()
    await browser.sign_in(ADMINISTRATOR)
    assert "__Host-mfaw" not in browser.cookies
    await signs_out(browser)
    auth.clock.advance(MINUTE)
    assert path_of(await browser.password(ADMINISTRATOR)) == "/sign-in/code"


async def test_a_code_by_mail_is_off_and_by_setting_never_for_administrators_or_a_step_up(
    auth: Auth, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await sent(await begun(auth), "email") == 422
    monkeypatch.setenv("PORTICO_AUTH_EMAIL_CODES", "true")
    auth_settings.cache_clear()
    boss = auth.client("203.0.113.60")
    await boss.password(ADMINISTRATOR)
    assert await sent(boss, "email") == 422
    browser = await begun(auth, "203.0.113.61")
    assert await sent(browser, "email") == 303
    ((kind, facts),) = await auth.letters()
    assert kind == "sign-in-code"
    assert (await browser.code(facts["code"])).status_code == 303
    assert "__Host-mfaw" not in browser.cookies
    assert (await browser.send(f"{SECURITY}/recovery-codes")).status_code == 403
    auth.clock.advance(MINUTE)
    assert (await browser.send("/session/step-up/send", channel="email")).status_code == 422
