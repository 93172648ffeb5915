"""The contractor's own staff: first officers, members and roles by two persons, ends of accounts (ARS AC-2, AC-5)."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pyotp
import pytest
import sqlalchemy as sa

from libs.common.messaging.due_work import DueWork
from libs.common.settings import Settings
from services.auth.access import repository as access
from services.auth.access.handlers import publish_users
from services.auth.access.tables import membership, user_account
from services.auth.back_office.tables import account_deed, elevation
from services.auth.factors.tables import SECRET, totp
from services.auth.recertification.tables import account_certification
from services.auth.staff.domain import NewMember
from services.auth.staff.handlers import INVITE, NotNowError, begin, invite
from services.auth.staff.tables import staff_request
from simulators.population import DemoUser
from tests.support.auth import POPULATION, Auth, auth_with_people, path_of
from tests.support.desk import EDI, HELP_DESK, SECURITY, WHY, ask_desk, send, signed_in, state_of

AUDITOR, SECOND = (POPULATION.user(each) for each in ("meridian.auditor", "meridian.security2"))
"""A security officer too, in these tests: the demonstration has one alone."""

NEW = {
    "name": "Nora  Vance",
    "email": "nora.vance@meridian.example",
    "login": "Nora.Vance",
    "staff_role": "MAC_CSR",
    "reason": "Begins on Monday.",
}
PASSWORD = "seven quiet herons at dusk"
STAFF = "/auth/desk/staff"


@pytest.fixture
async def auth(databases: Callable[..., Awaitable[Settings]]) -> AsyncIterator[Auth]:
    async with auth_with_people(await databases("auth")) as running:
        async with running.work.database.work(running.work) as work:
            await access.put_role(work, AUDITOR.user_uuid, role="MAC_SECURITY")
            await publish_users(work, [AUDITOR.user_uuid])
        await running.copy_access()
        yield running


async def work_off(auth: Auth) -> None:
    worker = DueWork(auth.work, {INVITE: invite}, {})
    while await worker.step():
        pass


async def only_request(auth: Auth) -> Any:
    (request,) = await auth.rows(staff_request)
    return request


async def decided(auth: Auth, by: DemoUser, verdict: str = "approve") -> httpx.Response:
    auth.clock.advance(timedelta(minutes=2))
    officer = await signed_in(auth, by)
    request = await only_request(auth)
    answer = await send(officer, f"{STAFF}/requests/{request.request_id}", staff_verdict=verdict)
    await work_off(auth)
    return answer


async def account_named(auth: Auth, login: str) -> Any:
    return next((each for each in await auth.rows(user_account) if each.login == login), None)


async def role_of(auth: Auth, user: DemoUser) -> str:
    return str(next(row.role for row in await auth.rows(membership) if row.user_id == user.user_uuid))


async def invitation(auth: Auth) -> str:
    facts = dict(await auth.letters())["staff-invited"]
    return parse_qs(urlsplit(facts["link"]).query)["link"][0]


async def secret_of(auth: Auth, login: str) -> str:
    user_id = (await account_named(auth, login)).user_id
    row = next(each for each in await auth.rows(totp) if each.user_id == user_id)
    return SECRET.open(auth.work.keys, row.secret, user_id)


async def test_a_new_member_takes_two_officers_and_signs_in_with_what_the_link_set_up(auth: Auth) -> None:
    officer = await signed_in(auth, SECURITY)
    assert (await send(officer, f"{STAFF}/new", **NEW)).status_code == 303
    assert "Nora Vance" in (await officer.through("GET", STAFF)).text
    assert (await decided(auth, SECURITY)).status_code == 403
    assert await account_named(auth, "nora.vance") is None
    await auth.copy_access()
    assert (await decided(auth, AUDITOR)).status_code == 303
    link, secret = await invitation(auth), await secret_of(auth, "nora.vance")
    browser = auth.client()
    await browser.direct("GET", f"/sign-in/reset?link={link}")
    page = (await browser.direct("GET", "/sign-in/reset")).text
    assert secret in page
    code = pyotp.TOTP(secret).at(int(auth.clock.now().timestamp()))

    async def choose(code: str) -> httpx.Response:
        form = {"code": code, "new_password": PASSWORD, "again": PASSWORD}
        return await browser.direct("POST", "/sign-in/reset", {"sec-fetch-site": "same-origin"}, data=form)

    assert (await choose("000000" if code != "000000" else "111111")).status_code == 401
    assert path_of(await choose(code)) == "/sign-in"
    assert secret not in (await browser.direct("GET", "/sign-in/reset")).text
    auth.clock.advance(timedelta(minutes=2))
    await browser.password(SECURITY, password="not this one")
    form = {"user_id": "nora.vance", "password": PASSWORD, "accepted": "yes"}
    await browser.direct("POST", "/sign-in", {"sec-fetch-site": "same-origin"}, data=form)
    again = pyotp.TOTP(secret).at(int(auth.clock.now().timestamp()))
    assert path_of(await browser.code(again)) != "/sign-in"
    kinds = [(action, outcome) for action, kind, outcome, _ in await auth.audited() if kind == "staff-request"]
    assert kinds == [("ask", "done"), ("decide", "refused"), ("approve", "done")]


async def test_a_user_id_that_somebody_has_is_asked_for_in_vain(auth: Auth) -> None:
    officer = await signed_in(auth, SECURITY)
    answer = await send(officer, f"{STAFF}/new", **{**NEW, "login": HELP_DESK.user_id})
    assert (answer.status_code, "This user ID is taken" in answer.text) == (422, True)
    assert (await send(officer, f"{STAFF}/new", **{**NEW, "login": "a b"})).status_code == 422
    assert (await send(officer, f"{STAFF}/new", **NEW)).status_code == 303
    assert (await send(officer, f"{STAFF}/new", **{**NEW, "reason": "Once more."})).status_code == 403
    assert len(await auth.rows(staff_request)) == 1


async def test_what_is_refused_withdrawn_or_too_old_changes_nothing(auth: Auth) -> None:
    officer = await signed_in(auth, SECURITY)
    await send(officer, f"{STAFF}/new", **NEW)
    assert (await decided(auth, AUDITOR, "refuse")).status_code == 303
    assert (await decided(auth, AUDITOR)).status_code == 403
    assert await account_named(auth, "nora.vance") is None
    auth.clock.advance(timedelta(minutes=2))
    officer = await signed_in(auth, SECURITY)
    await send(officer, f"{STAFF}/new", **NEW)
    last = max(each.request_id for each in await auth.rows(staff_request))
    other = await signed_in(auth, AUDITOR)
    assert (await send(other, f"{STAFF}/requests/{last}/withdraw")).status_code == 404
    assert (await send(officer, f"{STAFF}/requests/{last}/withdraw")).status_code == 303
    assert sorted(each.state for each in await auth.rows(staff_request)) == ["refused", "withdrawn"]
    assert (await send(officer, f"{STAFF}/new", **NEW)).status_code == 303
    auth.clock.advance(timedelta(days=8))
    last = max(each.request_id for each in await auth.rows(staff_request))
    other = await signed_in(auth, AUDITOR)
    assert (await send(other, f"{STAFF}/requests/{last}", staff_verdict="approve")).status_code == 403
    assert "Nora Vance" not in (await other.through("GET", STAFF)).text


async def ask_role(auth: Auth, by: DemoUser, about: DemoUser, role: str) -> int:
    auth.clock.advance(timedelta(minutes=2))
    officer = await signed_in(auth, by)
    form = {"staff_role": role, "reason": "Moves to another desk."}
    return (await send(officer, f"{STAFF}/members/{about.user_uuid}/role", **form)).status_code


async def test_another_role_takes_two_officers_and_ends_what_was_held_for_a_time(auth: Auth) -> None:
    browser = await signed_in(auth, HELP_DESK)
    ask = {"staff_role": "MAC_AUDITOR", "hours": "2", "reason": "Night shift."}
    await send(browser, "/auth/desk/elevation", **ask)
    officer = await signed_in(auth, AUDITOR)
    (elevated,) = await auth.rows(elevation)
    await send(officer, f"/auth/desk/elevation/{elevated.elevation_id}", role_verdict="approve")
    assert await ask_role(auth, SECURITY, HELP_DESK, "MAC_EDI") == 303
    assert await role_of(auth, HELP_DESK) == "MAC_AUDITOR"
    await auth.copy_access()
    assert (await decided(auth, AUDITOR)).status_code == 303
    assert await role_of(auth, HELP_DESK) == "MAC_EDI"
    assert [each.state for each in await auth.rows(elevation)] == ["ended"]
    assert dict(await auth.letters())["staff-role-changed"]["role"] == "EDI"


async def test_nobody_asks_for_a_role_of_ones_own_or_decides_about_oneself(auth: Auth) -> None:
    assert await ask_role(auth, SECURITY, SECURITY, "MAC_EDI") == 403
    assert await ask_role(auth, SECURITY, AUDITOR, "MAC_EDI") == 303
    assert (await decided(auth, AUDITOR)).status_code == 403
    assert await role_of(auth, AUDITOR) == "MAC_SECURITY"


async def test_an_account_that_ended_with_its_certification_begins_again_by_two_officers(auth: Auth) -> None:
    async with auth.work.database.work(auth.work) as work:
        await access.set_state(work, EDI.user_uuid, "disabled")
        row = {"user_id": EDI.user_uuid, "certified_until": auth.clock.now(), "ended_at": auth.clock.now()}
        await work.execute(account_certification.insert().values(row))
    assert await ask_role(auth, SECURITY, HELP_DESK, "MAC_CSR") == 403, "has it already"
    assert await ask_role(auth, SECURITY, EDI, "MAC_EDI") == 303
    assert (await decided(auth, AUDITOR)).status_code == 303
    assert await state_of(auth, EDI) == "active"
    assert await auth.rows(account_certification) == []


async def ended(auth: Auth, by: DemoUser, about: DemoUser) -> int:
    officer = await signed_in(auth, by)
    path = f"{STAFF}/members/{about.user_uuid}/end"
    assert (await send(officer, path, **WHY)).status_code == 422, "it must be confirmed"
    return (await send(officer, path, confirmed="yes", **WHY)).status_code


async def test_one_officer_ends_an_account_for_good(auth: Auth) -> None:
    browser = await signed_in(auth, HELP_DESK)
    assert await ended(auth, SECURITY, HELP_DESK) == 303
    assert path_of(await browser.authorize("GET", "/auth/desk")) == "/session/ended"
    assert await state_of(auth, HELP_DESK) == "removed"
    assert path_of(await auth.client().sign_in(HELP_DESK)) == "/sign-in"
    assert [each.deed for each in await auth.rows(account_deed)] == ["end"]
    assert "staff-ended" in [kind for kind, _ in await auth.letters()]
    auth.clock.advance(timedelta(minutes=2))
    assert (await ask_desk(auth, SECURITY, "enable", HELP_DESK)).status_code == 403
    assert await state_of(auth, HELP_DESK) == "removed"


async def test_the_last_officer_is_not_ended_by_whoever_holds_the_role_for_a_time(auth: Auth) -> None:
    async with auth.work.database.work(auth.work) as work:
        for each in (AUDITOR, SECOND):
            await access.put_role(work, each.user_uuid, role="MAC_AUDITOR")
    browser = await signed_in(auth, EDI)
    await send(browser, "/auth/desk/elevation", staff_role="MAC_SECURITY", hours="2", reason="Night shift.")
    officer = await signed_in(auth, SECURITY)
    (elevated,) = await auth.rows(elevation)
    await send(officer, f"/auth/desk/elevation/{elevated.elevation_id}", role_verdict="approve")
    await auth.copy_access()
    auth.clock.advance(timedelta(minutes=2))
    assert await ended(auth, EDI, SECURITY) == 403
    assert await state_of(auth, SECURITY) == "active"


async def test_others_reach_nothing_of_it(auth: Auth) -> None:
    for user in (HELP_DESK, EDI):
        browser = await signed_in(auth, user)
        for path in (STAFF, f"{STAFF}/new", f"{STAFF}/members/{SECURITY.user_uuid}"):
            assert (await browser.through("GET", path)).status_code == 403
        assert (await send(browser, f"{STAFF}/new", **NEW)).status_code == 403
    officer = await signed_in(auth, SECURITY)
    page = await officer.through("GET", f"{STAFF}/members/{POPULATION.user('riverside.biller').user_uuid}")
    assert page.status_code == 404, "who is not of the staff"


# -- the first officers ---------------------------------------------------------------------------------------------

FIRST = (
    NewMember("Ana Ruiz", "ana.ruiz@meridian.example", "ana.ruiz"),
    NewMember("Sam Cole", "sam.cole@meridian.example", "sam.cole"),
)


async def begun(auth: Auth, *officers: NewMember) -> None:
    async with auth.work.database.work(auth.work) as work:
        await begin(work, officers, reason="a new deployment")


async def test_the_first_officers_are_two_at_least_and_only_while_there_is_none(auth: Auth) -> None:
    with pytest.raises(NotNowError, match="security officers already"):
        await begun(auth, *FIRST)
    async with auth.work.database.work(auth.work) as work:
        await work.execute(sa.update(membership).where(membership.c.role == "MAC_SECURITY").values(role="MAC_CSR"))
    with pytest.raises(NotNowError, match="at least two"):
        await begun(auth, FIRST[0], FIRST[0])
    with pytest.raises(NotNowError, match="is taken"):
        await begun(auth, FIRST[0], NewMember("Em Roe", "em@meridian.example", EDI.user_id))
    assert await account_named(auth, "ana.ruiz") is None, "all or none"
    await auth.copy_access()
    await begun(auth, *FIRST)
    await work_off(auth)
    assert [kind for kind, _ in await auth.letters()] == ["staff-invited", "staff-invited"]
    roles = {row.user_id: row.role for row in await auth.rows(membership)}
    assert {roles[(await account_named(auth, each.login)).user_id] for each in FIRST} == {"MAC_SECURITY"}
    assert [row for row in await auth.audited() if row[:2] == ("open", "account")] == [
        ("open", "account", "done", "a new deployment")
    ] * 2
    with pytest.raises(NotNowError, match="security officers already"):
        await begun(auth, *FIRST)
