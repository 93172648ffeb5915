"""What time does to certifications (S27): open, suspended, revoked; out of turn; evidence, reports, accounts."""

import csv
import io
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from libs.common.contracts.sealed import WANTED_MESSAGE
from libs.common.messaging.subscriptions import Due
from libs.common.security.permissions import CLAIM_STATUS
from libs.common.settings import Settings
from libs.common.web.formats import day
from services.auth.access import repository as access
from services.auth.access.tables import enrollment, membership, user_account, user_grant, vendor_authorization
from services.auth.feeds.handlers import import_feeds
from services.auth.recertification import repository
from services.auth.recertification.domain import ACCOUNT, STATEMENT_DIGEST
from services.auth.recertification.handlers import SWEEP, sweep
from services.auth.recertification.pages import COMPLETION, MAX_AT_ONCE, PAGE, STAFF_PAGE
from services.auth.recertification.tables import account_certification, certification
from services.auth.recertification.views import evidence_of
from simulators.enrollment_feeds.files import pecos_file
from tests.support.auth import (
    ADMINISTRATOR,
    BILLER,
    CLIENT,
    JUNIPER,
    OTHER_ADMINISTRATOR,
    OTHER_BILLER,
    POPULATION,
    RIVERSIDE,
    Auth,
    Browser,
    auth_with_people,
    lay,
)
from tests.support.certifications import (
    FIRST,
    NAME,
    SECOND,
    act_for,
    choose,
    grants,
    many_users,
    may_read,
    row,
    send,
)
from tests.support.portico import DAYS

DAY = timedelta(days=1)
EDI, SECURITY = (next(each for each in POPULATION.users if each.role == role) for role in ("MAC_EDI", "MAC_SECURITY"))


@pytest.fixture
async def auth(databases: Callable[..., Awaitable[Settings]]) -> AsyncIterator[Auth]:
    async with auth_with_people(await databases("auth")) as running:
        yield running


async def swept(auth: Auth, *kinds: str) -> list[Any]:
    """What is told when the campaign looks now."""
    async with auth.work.database.work(auth.work) as work:
        await sweep(work, Due(SWEEP, "all", auth.clock.now(), {}, 0))
    told = [each.event for each in await auth.copy_access()]
    return [each for each in told if each.type in {f"auth.{kind}.v1" for kind in kinds}]


def told_to(auth: Auth, event: Any) -> Any:
    """What only the notifier can read."""
    return WANTED_MESSAGE.open(auth.work.keys, event.sealed_message, event.user_id)


async def signed_in(auth: Auth, user: Any = ADMINISTRATOR, address: str = "203.0.113.7") -> Browser:
    browser = auth.client(address)
    await browser.sign_in(user)
    return browser


async def states(browser: Browser) -> dict[str, str]:
    """State of the biller at each NPI, as a program is told."""
    token = {"authorization": (await browser.authorize("GET", "/auth")).headers["authorization"]}
    listed = (await browser.direct("GET", "/api/auth/users/recertification", token)).json()["certifications"]
    return {each["enrollment_id"]: each["state"] for each in listed if each["npi"] and each["login"] == BILLER.user_id}


async def keep_accounts(auth: Auth) -> None:
    """Let no privileged account lapse meanwhile, and no agreement of anybody."""
    later = auth.clock.now() + timedelta(days=3000)
    async with auth.work.database.work(auth.work) as work:
        await work.execute(account_certification.update().values(certified_until=later))
        signed = ("rules_of_behavior_until", "training_until", "code_sets_until")
        await work.execute(user_account.update().values(dict.fromkeys(signed, later)))


async def test_from_45_days_before_to_45_days_after_each_day_has_its_state(auth: Auth) -> None:
    async with auth.work.database.work(auth.work) as work:
        end = DAYS.end_within(auth.clock.now(), 60)
        mine = user_grant.c.user_id == BILLER.user_uuid
        await work.execute(user_grant.update().where(mine).values(certified_until=end))
    await swept(auth)
    await keep_accounts(auth)
    start = auth.clock.now()
    reminded: list[tuple[int, str]] = []
    seen: dict[int, str] = {}
    for days in (-46, -45, -31, -30, -14, -7, -1, 0, 1, 45, 46):
        # A day at the hour at which certifications end: the last second of day 0 is still open.
        auth.clock.advance(end + days * DAY - timedelta(hours=1) - auth.clock.now())
        notices = await swept(auth, "message-wanted", "role-removed")
        letters = [each for each in notices if getattr(each, "kind", "") == "certification-reminder"]
        reminded += [(days, told_to(auth, each).facts["waiting"]) for each in letters]
        assert await swept(auth, "message-wanted", "role-removed") == []  # each once
        found = set((await states(await signed_in(auth))).values())
        seen[days] = found.pop() if found else "revoked"
    assert start < end
    assert seen == {
        **dict.fromkeys((-46,), "certified"),
        **dict.fromkeys((-45, -31, -30, -14, -7, -1, 0), "open"),
        **dict.fromkeys((1, 45), "suspended"),
        46: "revoked",
    }
    assert reminded == [(days, "2 decisions wait") for days in (-45, -30, -14, -7, -1)]
    rows = [each for each in await auth.rows(certification) if each.user_id == BILLER.user_uuid]
    assert {(each.enrollment_id, each.verdict, each.decided_by) for each in rows} == {
        (FIRST, "revoke", None),
        (SECOND, "revoke", None),
    }
    assert await grants(auth) == {}


async def test_suspended_access_is_refused_at_once_and_certified_again_it_works(auth: Auth) -> None:
    auth.clock.advance(46 * DAY)
    await swept(auth)
    biller = await signed_in(auth, BILLER, "203.0.113.9")
    assert await may_read(auth, biller) == "RECERT_EXPIRED"
    boss = await signed_in(auth)
    assert "2 certifications are suspended" in (await boss.through("GET", PAGE)).text
    await send(boss, await choose(boss, "certify", row(enrollment_id=FIRST), row()))
    await auth.copy_access()
    assert await may_read(auth, biller) == "ALLOWED"


async def test_what_nobody_decides_is_revoked_told_and_in_the_report(auth: Auth) -> None:
    auth.clock.advance(45 * DAY + 46 * DAY)
    removed = await swept(auth, "role-removed")
    mine = [each for each in removed if each.user_id == BILLER.user_uuid]
    assert {(each.enrollment_id, each.permission, each.reason, each.removed_by) for each in mine} == {
        (FIRST, "*", "not-recertified", None),
        (SECOND, "*", "not-recertified", None),
    }
    assert all(each.sealed_contact for each in mine)
    assert ("revoke", "certification", "done", "") in await auth.audited()
    await keep_accounts(auth)
    boss = await signed_in(auth)
    assert "Revoked: nobody decided" in (await boss.through("GET", PAGE)).text
    assert await swept(auth, "role-removed") == []


async def test_a_reminder_says_how_many_wait_to_the_administrators_and_nobody_else_can_read_it(auth: Auth) -> None:
    (told,) = await swept(auth, "message-wanted")
    assert (told.user_id, told.kind) == (ADMINISTRATOR.user_uuid, "certification-reminder")
    letter = told_to(auth, told)
    last = day((auth.clock.now() + 45 * DAY).date())
    assert (letter.facts["waiting"], letter.facts["day"]) == ("2 decisions wait", last)
    assert (letter.name, letter.email) == (NAME, ADMINISTRATOR.email)
    assert ADMINISTRATOR.email not in told.model_dump_json()


async def test_a_user_asks_for_it_once_a_day(auth: Auth) -> None:
    biller = await signed_in(auth, BILLER)
    page = (await biller.through("GET", "/auth")).text
    assert "Ask to certify it" in page

    async def ask() -> tuple[int, str]:
        form = {"csrf": await biller.csrf(), "idempotency_key": str(uuid4())}
        answer = await biller.through("POST", "/auth/certification/ask", data=form)
        return answer.status_code, answer.headers.get("location") or answer.text

    assert await ask() == (303, "/auth?asked=yes")
    (told,) = [each.event for each in await auth.copy_access() if each.event.type == "auth.message-wanted.v1"]
    assert (told.user_id, told.kind) == (ADMINISTRATOR.user_uuid, "certification-asked")
    assert told_to(auth, told).facts["about"] == f"{BILLER.first_name} {BILLER.last_name}"
    status, said = await ask()
    assert (status, "You asked today already" in said) == (409, True)
    assert await auth.copy_access() == []
    auth.clock.advance(DAY)
    biller = await signed_in(auth, BILLER)
    assert (await ask())[0] == 303
    boss = await signed_in(auth)
    await auth.copy_access()
    await send(boss, await choose(boss, "certify", row(), row(enrollment_id=FIRST)))
    await auth.copy_access()
    auth.clock.advance(2 * DAY)
    biller = await signed_in(auth, BILLER, "203.0.113.9")
    assert "Ask to certify it" not in (await biller.through("GET", "/auth")).text
    status, said = await ask()
    assert (status, "Nothing of your access is to be certified now" in said) == (409, True)


async def test_a_part_of_the_access_can_be_kept(auth: Auth) -> None:
    boss = await signed_in(auth)
    auth.clock.advance(timedelta(seconds=30))
    before = {each.permission for each in await auth.rows(user_grant) if each.user_id == BILLER.user_uuid}
    kept = sorted(before)[:2]
    chosen = await choose(boss, "change", row())
    ticks = {f"keep.{BILLER.user_uuid}.{SECOND}.{each}": "yes" for each in kept}
    assert (await send(boss, chosen))[0] == 422
    assert (await send(boss, chosen | ticks))[0] == 303
    left = {
        each.permission
        for each in await auth.rows(user_grant)
        if (each.user_id, each.enrollment_id) == (BILLER.user_uuid, SECOND)
    }
    assert sorted(left) == kept
    removed = [each.event for each in await auth.copy_access() if each.event.type == "auth.role-removed.v1"]
    assert {each.permission for each in removed} == before - set(kept)
    (decision,) = await auth.rows(certification)
    assert (decision.verdict, sorted(decision.kept)) == ("change", kept)
    assert ("change", "certification", "done", "hasty") in await auth.audited()


async def test_each_decision_is_kept_with_its_evidence_its_signature_and_whether_anybody_looked(auth: Auth) -> None:
    biller = await signed_in(auth, BILLER, "203.0.113.9")
    await act_for(biller, SECOND)
    boss = await signed_in(auth)
    page = (await boss.through("GET", PAGE)).text
    assert all(
        words in page for words in ("Last sign-in:", "PECOS: active", "EDI agreement: signed", "Agreements until")
    )
    opened = re.search(r'name="opened" value="([^"]+)"', page)
    assert opened
    auth.clock.advance(timedelta(seconds=10))
    chosen = await choose(boss, "certify", row())
    status, said = await send(boss, chosen, signer="Somebody Else", opened=opened[1])
    assert (status, "Type your name as it is in your account" in said) == (422, True)
    await send(boss, chosen, opened=opened[1])
    await auth.copy_access()
    auth.clock.advance(timedelta(seconds=1))
    await send(boss, await choose(boss, "certify", row(enrollment_id=FIRST)), opened="1.forged")
    first, second = sorted(await auth.rows(certification), key=lambda each: each.recorded_at)
    assert (first.signer, bytes(first.statement), first.hasty) == (NAME, STATEMENT_DIGEST, False)
    assert second.hasty
    assert (first.evidence["pecos_active"], first.evidence["edi_agreement_signed"]) == (True, True)
    assert first.evidence["last_sign_in"] is not None
    board = (await boss.through("GET", f"{PAGE}/board")).text
    assert "1 decision of the last year was made in under 2 seconds" in board


async def test_at_most_25_are_decided_at_once(auth: Auth) -> None:
    await many_users(auth, MAX_AT_ONCE)
    auth.clock.advance(timedelta(days=280))
    await swept(auth)
    await keep_accounts(auth)
    await auth.copy_access()
    boss = await signed_in(auth)
    rows = [name for name in await choose_all(boss) if name.endswith(str(FIRST))]
    assert len(rows) == MAX_AT_ONCE
    page = (await boss.through("GET", f"{PAGE}?choose=certify")).text
    assert len(re.findall(r'value="certify\.[0-9a-f]+" checked', page)) == MAX_AT_ONCE
    too_many = dict.fromkeys((*rows, row(uuid4(), FIRST)), "certify.x")
    status, said = await send(boss, too_many)
    assert (status, "Decide at most 25 at once" in said) == (422, True)
    assert (await send(boss, await choose(boss, "certify", *rows)))[0] == 303


async def choose_all(browser: Browser) -> list[str]:
    page = (await browser.through("GET", PAGE)).text
    return re.findall(r'name="(decide\.[^"]+)" value="certify', page)


# -- out of turn ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"pecos_active": False}, "pecos-inactive"),
        ({"edi_agreement_signed": False}, "edi-agreement-revoked"),
    ],
)
async def test_what_turns_bad_at_pecos_or_edi_has_its_access_certified_out_of_turn(
    auth: Auth, change: dict[str, bool], reason: str
) -> None:
    async with auth.work.database.work(auth.work) as work:
        late = auth.clock.now() + timedelta(days=300)
        await work.execute(user_grant.update().values(certified_until=late))
    await swept(auth)
    async with auth.work.database.work(auth.work) as work:
        await work.execute(enrollment.update().where(enrollment.c.enrollment_id == SECOND).values(**change))
    told = await swept(auth, "user-access", "message-wanted")
    assert BILLER.user_uuid in {each.user_id for each in told}
    until = DAYS.end_within(auth.clock.now(), 45)
    assert await grants(auth) == {FIRST: {late}, SECOND: {until}}
    assert ("trigger", "certification", "done", reason) in await auth.audited()
    assert await swept(auth, "user-access") == []


async def test_when_the_last_administrator_leaves_the_access_of_all_is_certified_out_of_turn(auth: Auth) -> None:
    async with auth.work.database.work(auth.work) as work:
        late = auth.clock.now() + timedelta(days=300)
        await work.execute(user_grant.update().values(certified_until=late))
    await swept(auth)
    async with auth.work.database.work(auth.work) as work:
        await access.set_state(work, ADMINISTRATOR.user_uuid, "removed")
    await swept(auth)
    until = DAYS.end_within(auth.clock.now(), 45)
    assert await grants(auth) == {FIRST: {until}, SECOND: {until}}
    assert ("trigger", "certification", "done", "no-administrator") in await auth.audited()


async def test_a_change_of_ownership_that_pecos_tells_has_the_access_certified_out_of_turn_once(auth: Auth) -> None:
    async with auth.work.database.work(auth.work) as work:
        late = auth.clock.now() + timedelta(days=300)
        await work.execute(user_grant.update().values(certified_until=late))
    until = DAYS.end_within(auth.clock.now(), 45)
    ptan = next(each.ptan for each in RIVERSIDE.enrollments if each.enrollment_id == SECOND)
    for number, changed in enumerate((auth.work.today - 800 * DAY, auth.work.today + DAY, auth.work.today), start=2):
        changes = {ptan: {"ownership_changed": changed.isoformat()}}
        lay(auth.work.settings, "pecos", pecos_file([RIVERSIDE], sequence=number, extent="delta", changes=changes))
        await import_feeds(auth.work, Due("import-feeds", "all", auth.clock.now(), {}, 0))
        await swept(auth)
        assert await grants(auth) == {FIRST: {late}, SECOND: {until if changed == auth.work.today else late}}
    assert ("trigger", "certification", "done", "ownership-change") in await auth.audited()
    boss = await signed_in(auth)
    assert "The ownership of the provider changed" in (await boss.through("GET", PAGE)).text
    await send(boss, await choose(boss, "certify", row()))
    await swept(auth)
    assert await grants(auth) == {FIRST: {late}, SECOND: {DAYS.end_within(auth.clock.now(), 365)}}


async def test_staff_call_for_a_certification_after_a_finding_and_say_why(auth: Auth) -> None:
    async with auth.work.database.work(auth.work) as work:
        late = auth.clock.now() + timedelta(days=300)
        await work.execute(user_grant.update().values(certified_until=late))
    await swept(auth)
    path = f"{COMPLETION}/{RIVERSIDE.organization_id}"
    security = await signed_in(auth, SECURITY, "203.0.113.8")
    form = {"csrf": await security.csrf(), "idempotency_key": str(uuid4())}
    assert (await security.through("POST", path, data={**form, "reason": ""})).status_code == 422
    called = {**form, "idempotency_key": str(uuid4()), "reason": "Finding 4 of the section 912 evaluation."}
    assert (await security.through("POST", path, data=called)).status_code == 303
    until = DAYS.end_within(auth.clock.now(), 45)
    assert await grants(auth) == {FIRST: {until}, SECOND: {until}}
    assert await grants(auth, OTHER_BILLER.user_uuid) == {JUNIPER.enrollments[0].enrollment_id: {late}}
    page = (await security.through("GET", path)).text
    assert "Finding 4 of the section 912 evaluation." in page
    boss = await signed_in(auth)
    assert "The contractor called for it after a finding" in (await boss.through("GET", PAGE)).text
    assert (await boss.through("POST", path, data=called)).status_code == 403


# -- reports --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("about", [("npi", SECOND), ("user", BILLER.user_uuid)], ids=lambda each: str(each[0]))
async def test_the_reports_of_an_npi_and_of_a_user_equal_what_is_kept(auth: Auth, about: tuple[str, UUID]) -> None:
    boss = await signed_in(auth)
    kind, subject = about
    answer = await boss.through("GET", f"{PAGE}/{kind}/{subject}/csv")
    assert answer.status_code == 200
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    wanted = {each.enrollment_id for each in await auth.rows(user_grant) if each.user_id == BILLER.user_uuid}
    wanted = wanted if kind == "user" else {SECOND}
    kept = {each.npi for each in await auth.rows(enrollment) if each.enrollment_id in wanted}
    assert {each["NPI"] for each in lines} == kept
    assert {(each["User ID"], each["State"], each["PECOS"]) for each in lines} == {(BILLER.user_id, "Due", "Active")}
    pdf = await boss.through("GET", f"{PAGE}/{kind}/{subject}/pdf")
    assert pdf.content.startswith(b"%PDF-")
    other = await signed_in(auth, OTHER_ADMINISTRATOR, "203.0.113.9")
    for form in ("csv", "pdf"):
        assert (await other.through("GET", f"{PAGE}/{kind}/{subject}/{form}")).status_code == 404


async def test_a_program_of_the_organization_is_certified_too(auth: Auth) -> None:
    async with auth.work.database.work(auth.work) as work:
        program = membership.c.user_id == CLIENT.client_uuid
        await work.execute(membership.update().where(program).values(organization_id=RIVERSIDE.organization_id))
        until = auth.clock.now() + 10 * DAY
        grant = access.grant_row(
            CLIENT.client_uuid, FIRST, CLAIM_STATUS.name, now=auth.clock.now(), certified_until=until, by=None
        )
        await access.add_grants(work, [grant])
    boss = await signed_in(auth)
    assert "A program: its key signs in" in (await boss.through("GET", PAGE)).text
    await send(boss, await choose(boss, "decline", row(CLIENT.client_uuid, FIRST)))
    assert FIRST not in await grants(auth, CLIENT.client_uuid)


# -- accounts of privileged users -----------------------------------------------------------------------------------


async def second_administrator(auth: Auth) -> None:
    """Let the biller be an administrator too."""
    async with auth.work.database.work(auth.work) as work:
        mine = membership.c.user_id == BILLER.user_uuid
        await work.execute(sa.update(membership).where(mine).values(role="PROVIDER_ADMIN"))
        await work.execute(user_grant.delete().where(user_grant.c.user_id == BILLER.user_uuid))


async def test_an_administrator_is_certified_every_90_days_by_the_other_one(auth: Auth) -> None:
    await second_administrator(auth)
    await swept(auth)
    until = DAYS.end_within(auth.clock.now(), 90)
    (mine,) = [each for each in await auth.rows(account_certification) if each.user_id == BILLER.user_uuid]
    assert mine.certified_until == until
    boss = await signed_in(auth)
    name = row(BILLER.user_uuid, ACCOUNT)
    assert "Your own account: another administrator decides." in (await boss.through("GET", PAGE)).text
    own = {row(ADMINISTRATOR.user_uuid, ACCOUNT): "certify.x"}
    assert (await send(boss, own))[0] == 403
    auth.clock.advance(50 * DAY)
    told = await swept(auth, "message-wanted")
    assert {(each.user_id, each.kind) for each in told if each.user_id == ADMINISTRATOR.user_uuid} == {
        (ADMINISTRATOR.user_uuid, "certification-reminder")
    }
    boss = await signed_in(auth)
    assert (await send(boss, await choose(boss, "certify", name)))[0] == 303
    (mine,) = [each for each in await auth.rows(account_certification) if each.user_id == BILLER.user_uuid]
    assert mine.certified_until == DAYS.end_within(auth.clock.now(), 90)
    await auth.copy_access()
    assert (await send(boss, await choose(boss, "decline", name)))[0] == 303
    events = {each.event.type: each.event for each in await auth.copy_access()}
    assert events["auth.user-access.v1"].state == "disabled"
    assert events["auth.message-wanted.v1"].kind == "certification-account-declined"
    assert name not in await choose_all(boss)


async def test_an_account_that_nobody_certifies_is_suspended_and_later_ended(auth: Auth) -> None:
    await swept(auth)
    auth.clock.advance(91 * DAY)
    told = await swept(auth, "message-wanted")
    assert ADMINISTRATOR.user_uuid in {each.user_id for each in told if each.kind == "certification-account-suspended"}
    state = {each.user_id: each.state for each in await auth.rows(user_account)}
    assert state[ADMINISTRATOR.user_uuid] == "disabled"
    assert ("suspend", "certification", "done", "") in await auth.audited()
    assert [each for each in await swept(auth, "message-wanted") if each.kind != "certification-reminder"] == []
    auth.clock.advance(46 * DAY)
    told = await swept(auth, "message-wanted")
    assert ADMINISTRATOR.user_uuid in {each.user_id for each in told if each.kind == "certification-account-declined"}
    ended = {each.user_id: each.ended_at for each in await auth.rows(account_certification)}
    assert ended[ADMINISTRATOR.user_uuid] == auth.clock.now()


# -- told, shown, and decided by whom -------------------------------------------------------------------------------


async def test_a_user_is_told_once_that_the_access_is_suspended(auth: Auth) -> None:
    auth.clock.advance(46 * DAY)
    told = [each for each in await swept(auth, "message-wanted") if each.kind == "certification-suspended"]
    assert [each.user_id for each in told] == [BILLER.user_uuid]
    assert told_to(auth, told[0]).facts["waiting"] == "2 NPIs"
    assert [each for each in await swept(auth, "message-wanted") if each.kind == "certification-suspended"] == []


async def test_nobody_is_reminded_of_access_that_the_page_does_not_show(auth: Auth) -> None:
    async with auth.work.database.work(auth.work) as work:
        elsewhere = membership.c.user_id == BILLER.user_uuid
        await work.execute(membership.update().where(elsewhere).values(organization_id=JUNIPER.organization_id))
    other = await signed_in(auth, OTHER_ADMINISTRATOR)
    assert BILLER.user_id not in (await other.through("GET", PAGE)).text
    assert [each for each in await swept(auth, "message-wanted") if each.kind == "certification-reminder"] == []


async def test_the_access_of_an_only_administrator_is_certified_by_staff(auth: Auth) -> None:
    async with auth.work.database.work(auth.work) as work:
        grant = access.grant_row(
            ADMINISTRATOR.user_uuid,
            FIRST,
            CLAIM_STATUS.name,
            now=auth.clock.now(),
            certified_until=auth.clock.now() + 10 * DAY,
            by=None,
        )
        await access.add_grants(work, [grant])
    told = await swept(auth, "message-wanted")
    assert EDI.user_uuid in {each.user_id for each in told if each.kind == "certification-reminder"}
    edi = await signed_in(auth, EDI, "203.0.113.8")
    page = (await edi.through("GET", STAFF_PAGE)).text
    assert BILLER.user_id not in page
    name = row(ADMINISTRATOR.user_uuid, FIRST)
    seen = re.search(rf'name="{name}" value="certify\.([0-9a-f]+)"', page)
    assert seen
    form = {"csrf": await edi.csrf(), "signer": f"{EDI.first_name} {EDI.last_name}"}
    others = {**form, "idempotency_key": str(uuid4()), row(BILLER.user_uuid, SECOND): "decline.x"}
    assert (await edi.through("POST", STAFF_PAGE, data=others)).status_code == 404
    sent = {**form, "idempotency_key": str(uuid4()), name: f"certify.{seen[1]}"}
    assert (await edi.through("POST", STAFF_PAGE, data=sent)).status_code == 303
    assert await grants(auth, ADMINISTRATOR.user_uuid) == {FIRST: {DAYS.end_within(auth.clock.now(), 365)}}
    await second_administrator(auth)
    assert name not in (await edi.through("GET", STAFF_PAGE)).text


async def test_the_last_day_of_a_vendors_authorization_is_evidence(auth: Auth) -> None:
    last = auth.work.today + timedelta(days=30)
    async with auth.work.database.work(auth.work) as work:
        await work.execute(vendor_authorization.update().values(ends=last))
        until = auth.clock.now() + 10 * DAY
        grant = access.grant_row(
            CLIENT.client_uuid, FIRST, CLAIM_STATUS.name, now=auth.clock.now(), certified_until=until, by=None
        )
        await access.add_grants(work, [grant])
        items = await repository.items(work, [CLIENT.client_uuid], [FIRST])
        known = await evidence_of(work, items.values(), {})
    assert known[CLIENT.client_uuid, FIRST].vendor_until == last


# -- who can reach no NPI -------------------------------------------------------------------------------------------


async def without_access(auth: Auth) -> None:
    """Let neither the biller nor the program, both of the clinic, have any grant."""
    async with auth.work.database.work(auth.work) as work:
        both = (BILLER.user_uuid, CLIENT.client_uuid)
        await work.execute(user_grant.delete().where(user_grant.c.user_id.in_(both)))
        program = membership.c.user_id == CLIENT.client_uuid
        await work.execute(membership.update().where(program).values(organization_id=RIVERSIDE.organization_id))
    await swept(auth)


async def test_users_and_programs_without_access_are_certified_once_a_year_by_their_account(auth: Auth) -> None:
    await without_access(auth)
    boss = await signed_in(auth)
    assert (await boss.through("GET", PAGE)).text.count("without access to any NPI<br>") == 2
    auth.clock.advance(330 * DAY)
    await keep_accounts(auth)
    async with auth.work.database.work(auth.work) as work:
        both = account_certification.c.user_id.in_((BILLER.user_uuid, CLIENT.client_uuid))
        soon = auth.clock.now() + 30 * DAY
        await work.execute(account_certification.update().where(both).values(certified_until=soon))
    told = await swept(auth, "message-wanted")
    assert "2 decisions wait" in [told_to(auth, each).facts.get("waiting") for each in told]
    boss = await signed_in(auth)
    chosen = await choose(boss, "certify", row(BILLER.user_uuid, ACCOUNT))
    chosen |= await choose(boss, "decline", row(CLIENT.client_uuid, ACCOUNT))
    assert (await send(boss, chosen))[0] == 303
    until = {each.user_id: each.certified_until for each in await auth.rows(account_certification)}
    assert until[BILLER.user_uuid] == DAYS.end_within(auth.clock.now(), 365)
    states = {each.user_id: each.state for each in await auth.rows(user_account)}
    assert (states[BILLER.user_uuid], states[CLIENT.client_uuid]) == ("active", "disabled")


async def test_whoever_is_given_access_is_certified_with_it_and_no_longer_by_the_account(auth: Auth) -> None:
    await without_access(auth)
    async with auth.work.database.work(auth.work) as work:
        until = auth.clock.now() + 300 * DAY
        grant = access.grant_row(
            BILLER.user_uuid, FIRST, CLAIM_STATUS.name, now=auth.clock.now(), certified_until=until, by=None
        )
        await access.add_grants(work, [grant])
    await swept(auth)
    assert BILLER.user_uuid not in {each.user_id for each in await auth.rows(account_certification)}
    shown = await choose_all(await signed_in(auth))
    assert row(BILLER.user_uuid, FIRST) in shown
    assert row(BILLER.user_uuid, ACCOUNT) not in shown


async def test_staff_certify_accounts_without_access_only_where_no_administrator_is(auth: Auth) -> None:
    await without_access(auth)
    edi = await signed_in(auth, EDI, "203.0.113.8")
    assert BILLER.user_id not in (await edi.through("GET", STAFF_PAGE)).text
    async with auth.work.database.work(auth.work) as work:
        await access.set_state(work, ADMINISTRATOR.user_uuid, "disabled")
    assert BILLER.user_id in (await edi.through("GET", STAFF_PAGE)).text
