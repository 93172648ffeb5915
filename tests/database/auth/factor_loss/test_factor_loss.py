"""Whoever has none of their factors any more: proofed by a person, a day waited, no session without one (S30)."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import pyotp
import pytest
import sqlalchemy as sa

from libs.common.messaging.due_work import DueWork
from libs.common.settings import Settings
from services.auth.access.tables import membership
from services.auth.app import service
from services.auth.factor_loss.domain import LOST, NEW_FACTOR, OF_CONTRACTOR, OF_OFFICE
from services.auth.factor_loss.tables import factor_loss
from services.auth.factors.tables import mfa_window, phone, recovery_code, totp
from services.auth.passkeys.domain import Registered
from services.auth.passkeys.handlers import add as add_passkey
from services.auth.passkeys.tables import passkey
from services.auth.sessions.tables import session
from services.auth.settings import auth_settings
from simulators.population import DemoUser
from tests.support.auth import (
    ADMINISTRATOR,
    BILLER,
    OTHER_ADMINISTRATOR,
    OTHER_BILLER,
    POPULATION,
    Auth,
    Browser,
    auth_with_people,
    path_of,
)
from tests.support.phones import phones_ringing

EDI_STAFF = POPULATION.user("meridian.edi")
DAY = timedelta(hours=24)
NOTE = "Saw her at her desk this morning."


@pytest.fixture
async def auth(databases: Callable[..., Awaitable[Settings]]) -> AsyncIterator[Auth]:
    async with auth_with_people(await databases("auth")) as running:
        yield running


async def asked(auth: Auth, user: DemoUser = BILLER, address: str = "203.0.113.60") -> Browser:
    """Somebody who gave the password of a user, and says that nothing else is left."""
    browser = auth.client(address)
    await browser.password(user)
    assert "none of these any more" in (await browser.direct("GET", "/sign-in/code")).text
    assert path_of(await browser.direct("POST", LOST)) == LOST
    return browser


async def decided(
    auth: Auth, by: DemoUser, place: str = OF_OFFICE, proof: str = "confirmed", note: str = NOTE
) -> httpx.Response:
    """What it comes to when somebody decides the only request there is."""
    (row,) = [each for each in await auth.rows(factor_loss) if each.state == "asked"]
    browser = auth.client("203.0.113.61")
    await browser.sign_in(by)
    return await browser.send(
        f"{place}/{row.request_id}/decision",
        proof=proof,
        explanation=note,
        idempotency_key=f"{by.user_id} decides {row.request_id}",
    )


async def worked(auth: Auth) -> None:
    """Let the worker do what is due now."""
    due = DueWork(auth.work, {k: v for k, v in service.timers.items() if "lost" in k}, service.jobs)
    while await due.step():
        await due.finish_jobs()


async def state(auth: Auth) -> str:
    (row,) = await auth.rows(factor_loss)
    return str(row.state)


async def mine(auth: Auth, table: sa.Table, user: DemoUser = BILLER) -> int:
    return len([row for row in await auth.rows(table) if row.user_id == user.user_uuid])


async def letters(auth: Auth) -> list[str]:
    return [kind for kind, _ in await auth.letters() if kind.startswith("factors-lost")]


async def test_an_administrator_proofs_a_day_passes_and_a_new_factor_signs_in(auth: Auth) -> None:
    colleague = auth.client()
    await colleague.sign_in(BILLER)  # a session, a window and recovery codes of before
    await colleague.send("/auth/security/recovery-codes")
    async with auth.work.database.work(auth.work) as work:
        await add_passkey(work, BILLER.user_uuid, "Desk", Registered(b"credential", b"key", 0, synced=False))
    auth.clock.advance(timedelta(minutes=1))
    browser = await asked(auth)
    assert "is to make sure that it is you" in (await browser.direct("GET", LOST)).text
    assert await letters(auth) == ["factors-lost-asked", "factors-lost-waiting"]
    assert path_of(await decided(auth, ADMINISTRATOR)) == OF_OFFICE
    assert await letters(auth) == ["factors-lost-confirmed"]
    auth.clock.advance(DAY - timedelta(minutes=1))
    await worked(auth)
    assert (await state(auth), await mine(auth, totp), await mine(auth, passkey)) == ("confirmed", 1, 1)
    auth.clock.advance(timedelta(minutes=1))
    await worked(auth)
    assert await letters(auth) == ["factors-lost-ended"]
    for table in (totp, phone, recovery_code, passkey, mfa_window):
        assert await mine(auth, table) == 0
    assert [row for row in await auth.rows(session) if row.user_id == BILLER.user_uuid and not row.ended_at] == []
    browser = auth.client("203.0.113.62")
    await browser.password(BILLER)
    assert path_of(await browser.direct("GET", "/sign-in/code")) == NEW_FACTOR
    assert (await browser.code(browser.auth_code(BILLER))).status_code == 401  # the old one
    page = (await browser.direct("POST", f"{NEW_FACTOR}/secret")).text
    found = re.search(r'data-copy="([A-Z2-7 ]{39})"', page)
    assert found
    wrong = await browser.direct("POST", NEW_FACTOR, data={"code": "000000"})
    assert (wrong.status_code, "__Host-sid" in browser.cookies) == (401, False)
    code = pyotp.TOTP(found[1].replace(" ", "")).at(auth.clock.now())
    assert (await browser.direct("POST", NEW_FACTOR, data={"code": code})).status_code == 303
    assert "__Host-sid" in browser.cookies
    assert await state(auth) == "done"
    reasons = [each[:3] for each in await auth.audited()]
    for action, kind in (("ask", "factor-loss"), ("decide", "factor-loss"), ("end", "factors")):
        assert (action, kind, "done") in reasons


async def test_no_step_of_it_opens_anything_and_a_new_factor_is_set_up_only_once_the_old_ones_ended(
    auth: Auth,
) -> None:
    """S30."""
    browser = await asked(auth)
    for proofed in (False, True):
        if proofed:
            await decided(auth, ADMINISTRATOR)
        for path, data in ((f"{NEW_FACTOR}/secret", {}), (NEW_FACTOR, {"code": "123456"})):
            answer = await browser.direct("POST", path, data=data)
            assert answer.headers["location"] == "/sign-in?reason=code"
        assert "__Host-sid" not in browser.cookies
    assert await mine(auth, totp) == 1
    stranger = auth.client("203.0.113.63")  # who gave no password
    assert (await stranger.direct("POST", LOST)).headers["location"] == "/sign-in?reason=code"
    assert len(await auth.rows(factor_loss)) == 1


async def test_asked_twice_it_is_asked_once(auth: Auth) -> None:
    await asked(auth)
    await letters(auth)
    await asked(auth, address="203.0.113.64")
    assert (len(await auth.rows(factor_loss)), await letters(auth)) == (1, [])


async def test_whoever_finds_a_factor_keeps_them_all(auth: Auth) -> None:
    browser = await asked(auth)
    await decided(auth, ADMINISTRATOR)
    auth.clock.advance(timedelta(minutes=1))
    await browser.password(BILLER)
    assert (await browser.code(browser.auth_code(BILLER))).status_code == 303
    assert await state(auth) == "canceled"
    assert (await letters(auth))[-1] == "factors-lost-canceled"
    auth.clock.advance(DAY)
    await worked(auth)
    assert await mine(auth, totp) == 1
    assert ("cancel", "factor-loss", "done", "") in await auth.audited()


@pytest.mark.parametrize("kind", ["factors-lost-asked", "factors-lost-confirmed"])
async def test_whoever_was_not_it_takes_it_back_by_the_letter_and_the_password_counts_no_more(
    auth: Auth, kind: str
) -> None:
    await asked(auth)
    if kind == "factors-lost-confirmed":
        await decided(auth, ADMINISTRATOR)
    (link,) = [facts["link"] for each, facts in await auth.letters() if each == kind]
    owner = auth.client("203.0.113.65")
    await owner.direct("GET", f"{urlsplit(link).path}?{urlsplit(link).query}")
    assert "taken back" in (await owner.direct("GET", "/sign-in/not-mine")).text
    await owner.direct("POST", "/sign-in/not-mine")
    assert await state(auth) == "canceled"
    thief = auth.client("203.0.113.66")
    assert (await thief.password(BILLER)).status_code == 401


async def test_another_office_and_the_contractor_cannot_decide_for_a_user_of_an_office(auth: Auth) -> None:
    await asked(auth)
    assert (await decided(auth, OTHER_ADMINISTRATOR)).status_code == 404
    assert (await decided(auth, EDI_STAFF, OF_CONTRACTOR)).status_code == 404
    assert (await decided(auth, OTHER_BILLER)).status_code == 403
    assert await state(auth) == "asked"


async def test_of_an_administrator_the_contractor_decides_and_of_nobody_the_person(auth: Auth) -> None:
    await asked(auth, ADMINISTRATOR)
    assert await letters(auth) == ["factors-lost-asked"]
    assert (await decided(auth, OTHER_ADMINISTRATOR)).status_code == 404
    assert path_of(await decided(auth, EDI_STAFF, OF_CONTRACTOR)) == OF_CONTRACTOR
    assert await state(auth) == "confirmed"


async def test_nobody_decides_about_themselves(auth: Auth) -> None:
    """EDI staff who find a window open: the request is theirs, and so is the session."""
    browser = auth.client("203.0.113.67")
    await browser.sign_in(EDI_STAFF)
    await asked(auth, EDI_STAFF)
    (row,) = await auth.rows(factor_loss)
    answer = await browser.send(
        f"{OF_CONTRACTOR}/{row.request_id}/decision", proof="confirmed", explanation=NOTE, idempotency_key="my own one"
    )
    assert (answer.status_code, await state(auth)) == (403, "asked")


async def test_of_a_user_whose_office_has_no_administrator_the_contractor_decides(auth: Auth) -> None:
    async with auth.work.database.work(auth.work) as work:
        office = membership.c.organization_id == BILLER.organization_id
        await work.execute(sa.update(membership).where(office).values(role="PROVIDER_USER"))
    await asked(auth)
    assert path_of(await decided(auth, EDI_STAFF, OF_CONTRACTOR)) == OF_CONTRACTOR


async def test_a_decision_needs_a_fresh_code_and_says_how_it_was_made_sure(auth: Auth) -> None:
    await asked(auth)
    assert (await decided(auth, ADMINISTRATOR, note="")).status_code == 422
    (row,) = await auth.rows(factor_loss)
    browser = auth.client()
    auth.clock.advance(timedelta(minutes=1))
    await browser.sign_in(ADMINISTRATOR)
    auth.clock.advance(timedelta(minutes=14, seconds=59))
    late = await browser.through("GET", f"{OF_OFFICE}/{row.request_id}")
    assert "fresh code" in late.text
    auth.clock.advance(timedelta(seconds=2))
    # A session of an administrator ends after 15 minutes without use: this one was used, its code is too old.
    send = f"{OF_OFFICE}/{row.request_id}/decision"
    refused = await browser.send(send, proof="confirmed", explanation=NOTE, idempotency_key="an old code")
    assert (refused.status_code, await state(auth)) == (403, "asked")


async def test_refused_or_left_nothing_changes_and_it_can_be_asked_once_more(auth: Auth) -> None:
    await asked(auth)
    await decided(auth, ADMINISTRATOR, proof="refused")
    assert (await state(auth), (await letters(auth))[-1]) == ("refused", "factors-lost-refused")
    auth.clock.advance(timedelta(minutes=2))
    await asked(auth)
    auth.clock.advance(timedelta(days=auth_settings().factor_loss_days))
    await worked(auth)
    assert sorted(row.state for row in await auth.rows(factor_loss)) == ["lapsed", "refused"]
    assert await mine(auth, totp) == 1


async def test_nobody_is_asked_to_look_many_times_a_day(auth: Auth) -> None:
    for _ in range(3):
        await asked(auth)
        await decided(auth, ADMINISTRATOR, proof="refused")
        auth.clock.advance(timedelta(minutes=2))
    browser = auth.client("203.0.113.68")
    await browser.password(BILLER)
    limited = await browser.direct("POST", LOST)
    assert (limited.status_code, "Try again tomorrow" in limited.text) == (429, True)
    assert {row.state for row in await auth.rows(factor_loss)} == {"refused"}


async def test_the_phone_is_told_too(auth: Auth, monkeypatch: pytest.MonkeyPatch) -> None:
    async with phones_ringing(auth.web.settings, monkeypatch) as phones:
        browser = auth.client()
        await browser.sign_in(BILLER)
        await browser.send("/auth/security/phone", phone="202-555-0123", channel="sms")
        await browser.send("/auth/security/phone/confirm", code=phones.code)
        auth.clock.advance(timedelta(minutes=11))
        await asked(auth)
        await worked(auth)
        told = phones.state.messages[-1]
        assert told.number == "+12025550123"
        assert "somebody asked to replace" in told.text.get_secret_value()
