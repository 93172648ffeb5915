"""The partners' files: believed only with the partner's signature, taken once, in order, and row by row (S29)."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric import ec

from libs.common.messaging.due_work import DueWork
from libs.common.messaging.subscriptions import Due
from libs.common.observability import metrics
from libs.common.persistence.tables import due_work
from libs.common.settings import Settings
from services.auth.access.tables import enrollment, organization, user_account, user_grant
from services.auth.factors.tables import totp
from services.auth.feeds.handlers import CLOSE, LATE, close_enrollment, feed_late, import_feeds
from services.auth.feeds.tables import feed_fault, feed_file
from services.auth.sign_in.tables import credential
from simulators.enrollment_feeds.files import deliver, edi_file, install_partner_key, pecos_file
from tests.support.auth import BILLER, JUNIPER, POPULATION, RIVERSIDE, Auth, auth_with_people, deliver_feeds, lay
from tests.support.certifications import act_for, may_read

ALL = POPULATION.organizations
PTAN = RIVERSIDE.enrollments[0].ptan


@pytest.fixture
async def auth(databases: Callable[..., Awaitable[Settings]]) -> AsyncIterator[Auth]:
    async with auth_with_people(await databases("auth")) as running:
        yield running


async def take(auth: Auth, *files: tuple[str, bytes]) -> None:
    for source, content in files:
        lay(auth.work.settings, source, content)
    await import_feeds(auth.work, Due("import-feeds", "all", auth.clock.now(), {}, 0))


def folder(auth: Auth) -> Path:
    return auth.work.settings.state_directory / "feeds"


async def outcomes(auth: Auth) -> dict[str, tuple[str, str]]:
    return {row.name: (row.outcome, row.reason) for row in await auth.rows(feed_file)}


async def active(auth: Auth) -> dict[str, bool]:
    return {row.ptan: row.pecos_active for row in await auth.rows(enrollment)}


def with_row(content: bytes, number: int, **fields: object) -> bytes:
    """The same file with other fields in one row."""
    told = json.loads(content)
    told["rows"][number - 1] |= fields
    return json.dumps(told).encode()


async def test_taking_the_same_files_again_changes_nothing(auth: Auth) -> None:
    await take(auth)
    assert await auth.copy_access() == []
    assert {row.outcome for row in await auth.rows(feed_file)} == {"taken"}
    assert len(await auth.rows(user_account)) == len(POPULATION.users) + len(POPULATION.api_clients)


@pytest.mark.parametrize("by", ["deactivation", "agreement", "missing from a full file"])
async def test_what_the_partners_say_reaches_who_is_signed_in_at_the_next_request(auth: Auth, by: str) -> None:
    browser = auth.client()
    await browser.sign_in(BILLER)
    path = "/session/acting"
    assert "closed" not in (await browser.through("GET", path)).text
    if by == "deactivation":
        changes = {PTAN: {"status": "deactivated", "day": "2026-11-01"}}
        await take(auth, ("pecos", pecos_file([RIVERSIDE], sequence=2, extent="delta", changes=changes)))
    elif by == "agreement":
        await take(auth, ("edi", edi_file([RIVERSIDE], sequence=2, extent="delta", unsigned=[PTAN])))
    else:
        first = replace(RIVERSIDE, enrollments=RIVERSIDE.enrollments[1:])
        many = [POPULATION.provider_organization(number) for number in range(3, 20)]
        await take(auth, ("pecos", pecos_file([first, JUNIPER, *many], sequence=2)))
    changed = {each.event.organization_id for each in await auth.copy_access() if "organization" in each.event.type}
    assert RIVERSIDE.organization_id in changed
    assert "its functions are closed" in (await browser.through("GET", path)).text


async def test_a_deactivation_leaves_grants_and_a_revocation_lets_them_lapse(auth: Auth) -> None:
    async def left() -> set[str]:
        first = RIVERSIDE.enrollments[0].enrollment_id
        rows = [each for each in await auth.rows(user_grant) if each.enrollment_id == first]
        return {"counts" if each.certified_until > auth.clock.now() else "lapsed" for each in rows}

    for number, status in enumerate(("deactivated", "approved", "revoked", "approved"), start=2):
        auth.clock.advance(timedelta(seconds=1))
        changes = {PTAN: {"status": status, "day": "2026-11-01"}}
        await take(auth, ("pecos", pecos_file([RIVERSIDE], sequence=number, extent="delta", changes=changes)))
        assert (await active(auth))[PTAN] == (status == "approved")
        assert await left() == ({"lapsed"} if number >= 4 else {"counts"})
    kinds = [(action, reason) for action, kind, _, reason in await auth.audited() if kind == "enrollment"]
    assert kinds[3:] == [("close", "deactivated"), ("open", ""), ("close", "revoked"), ("open", "")]


async def revoke(auth: Auth, number: int, status: str, day: date) -> None:
    changes = {PTAN: {"status": status, "day": day.isoformat()}}
    await take(auth, ("pecos", pecos_file([RIVERSIDE], sequence=number, extent="delta", changes=changes)))


async def walk(auth: Auth, days: int) -> tuple[str, set[str], list[str]]:
    """What a biller may do so many days later, whether the grants count, and what was said of the enrollment."""
    auth.clock.advance(timedelta(days=days))
    worker = DueWork(auth.work, {CLOSE: close_enrollment}, {})
    while await worker.step():
        pass
    await auth.copy_access()
    browser = auth.client()
    await browser.sign_in(BILLER)
    first = RIVERSIDE.enrollments[0].enrollment_id
    await act_for(browser, first)
    rows = [each for each in await auth.rows(user_grant) if each.enrollment_id == first]
    left = {"counts" if each.certified_until > auth.clock.now() else "lapsed" for each in rows}
    said = [reason for action, kind, _, reason in await auth.audited() if (action, kind) == ("close", "enrollment")]
    return await may_read(auth, browser), left, said


async def test_a_revocation_on_a_day_to_come_cuts_access_on_that_day_and_not_before(auth: Auth) -> None:
    await revoke(auth, 2, "revoked", (auth.clock.now() + timedelta(days=30)).date())
    assert await walk(auth, 0) == ("ALLOWED", {"counts"}, [])
    assert await walk(auth, 29) == ("ALLOWED", {"counts"}, [])
    assert await walk(auth, 1) == ("RECERT_EXPIRED", {"lapsed"}, ["revoked"])
    assert not (await active(auth))[PTAN]
    assert await walk(auth, 1) == ("RECERT_EXPIRED", {"lapsed"}, ["revoked"])


async def test_a_revocation_that_is_withdrawn_or_moved_before_its_day_cuts_nothing_on_it(auth: Auth) -> None:
    announced = (auth.clock.now() + timedelta(days=20)).date()
    await revoke(auth, 2, "revoked", announced)
    await revoke(auth, 3, "approved", announced)
    assert await walk(auth, 21) == ("ALLOWED", {"counts"}, [])
    announced = (auth.clock.now() + timedelta(days=2)).date()
    await revoke(auth, 4, "revoked", announced)
    await revoke(auth, 5, "revoked", announced + timedelta(days=10))
    assert await walk(auth, 3) == ("ALLOWED", {"counts"}, [])
    assert await walk(auth, 10) == ("RECERT_EXPIRED", {"lapsed"}, ["revoked"])


async def test_one_reads_on_ones_own_page_how_an_enrollment_stands(auth: Auth) -> None:
    browser = auth.client()
    await browser.sign_in(BILLER)
    changes = {
        PTAN: {"status": "stayed", "day": "2026-12-24", "sanction": "waived"},
        RIVERSIDE.enrollments[1].ptan: {"revalidation_due": "2027-01-31"},
    }
    await take(auth, ("pecos", pecos_file([RIVERSIDE], sequence=2, extent="delta", changes=changes)))
    await auth.copy_access()
    page = (await browser.through("GET", "/auth")).text
    for words in ("Enrollment stayed until 12/24/2026", "Exclusion waived", "Revalidation is due on 01/31/2027"):
        assert words in page


async def test_a_delta_waits_for_the_one_before_it_and_what_was_overtaken_is_refused(auth: Auth) -> None:
    def delta(number: int, status: str) -> tuple[str, bytes]:
        changes = {PTAN: {"status": status, "day": "2026-11-01"}}
        return "pecos", pecos_file([RIVERSIDE], sequence=number, extent="delta", changes=changes)

    await take(auth, delta(3, "approved"))
    assert (await outcomes(auth))["pecos-00003-delta.json"] == ("waiting", "gap")
    await take(auth, delta(2, "deactivated"))
    assert [row[0] for name, row in (await outcomes(auth)).items() if "delta" in name] == ["taken", "taken"]
    assert (await active(auth))[PTAN]
    await take(auth, ("pecos", pecos_file(ALL, sequence=9)), ("pecos", pecos_file(ALL, sequence=8)))
    await take(auth, ("pecos", pecos_file([JUNIPER], sequence=7)), delta(9, "revoked"))
    found = await outcomes(auth)
    assert found["pecos-00009-full.json"] == found["pecos-00008-full.json"] == ("taken", "")
    assert found["pecos-00007-full.json"] == ("refused", "older")
    assert found["pecos-00009-delta.json"] == ("refused", "repeated")
    assert (await active(auth))[PTAN]


async def test_each_row_that_cannot_be_believed_is_reported_and_the_others_are_taken(auth: Auth) -> None:
    many = [POPULATION.provider_organization(number) for number in range(3, 8)]
    content = pecos_file([RIVERSIDE, JUNIPER, *many], sequence=2, changes={PTAN: {"npi": "2900000001"}})
    content = with_row(content, 3, line_of_business="X", tax_id="12-3")
    content = with_row(content, 4, status="stayed")
    content = with_row(content, 5, enrollment_id=str(many[2].enrollments[0].enrollment_id))
    before = metrics.FEED_FAULTS.labels("pecos", "rows")._value.get()
    await take(auth, ("pecos", content))
    assert metrics.FEED_FAULTS.labels("pecos", "rows")._value.get() == before + 1
    faults = {row.number: row for row in await auth.rows(feed_fault)}
    assert {number: row.fields for number, row in faults.items()} == {
        1: ["npi"],
        3: ["line_of_business", "tax_id"],
        4: ["day"],
        6: ["twice"],
    }
    assert faults[1].about == f"NPI 2900000001, PTAN {PTAN}"
    ptans = await active(auth)
    assert ptans[PTAN], "a row that is not taken leaves its record as it was"
    assert many[4].enrollments[0].ptan in ptans

    await take(auth, ("pecos", pecos_file([RIVERSIDE], sequence=3, extent="delta")))
    assert {row.number for row in await auth.rows(feed_fault) if row.settled_at is None} == {3, 4, 6}
    await take(auth, ("pecos", pecos_file([RIVERSIDE, JUNIPER, *many], sequence=4)))
    assert all(row.settled_at for row in await auth.rows(feed_fault))


async def test_a_row_that_does_not_say_what_it_is_about_takes_access_from_nobody(auth: Auth) -> None:
    many = [POPULATION.provider_organization(number) for number in range(3, 20)]
    content = with_row(pecos_file([RIVERSIDE, JUNIPER, *many], sequence=2), 1, enrollment_id="lost")
    await take(auth, ("pecos", content))
    assert (await active(auth))[PTAN]


@pytest.mark.parametrize("verdict", ["take", "refuse"])
async def test_a_much_smaller_full_file_waits_for_the_edi_department(auth: Auth, verdict: str) -> None:
    await take(auth, ("pecos", pecos_file([JUNIPER], sequence=2)), ("edi", edi_file([], sequence=2)))
    found = await outcomes(auth)
    assert found["pecos-00002-full.json"] == ("held", "smaller")
    assert found["edi-00002-full.json"] == ("held", "empty")
    assert (await active(auth))[PTAN]
    browser = auth.client()
    await browser.sign_in(POPULATION.user("meridian.edi"))
    page = (await browser.through("GET", "/auth/desk/feeds")).text
    assert "far fewer rows than are known" in page
    (held,) = [row.file_id for row in await auth.rows(feed_file) if row.reason == "smaller"]
    form = {"csrf": await browser.csrf(), "idempotency_key": "key of a test", "file_verdict": verdict}
    answer = await browser.through("POST", f"/auth/desk/feeds/{held}", {"sec-fetch-site": "same-origin"}, data=form)
    assert answer.status_code == 303
    await take(auth)
    assert (await active(auth))[PTAN] == (verdict == "refuse")
    assert (await outcomes(auth))["pecos-00002-full.json"][0] == ("taken" if verdict == "take" else "dropped")
    assert ("release" if verdict == "take" else "drop", "feed", "done", "") in await auth.audited()


async def test_a_partner_that_delivers_nothing_for_36_hours_calls_an_operator(auth: Auth) -> None:
    auth.clock.advance(timedelta(hours=20))
    await take(auth, ("edi", edi_file(ALL, sequence=2)))
    worker = DueWork(auth.work, {LATE: feed_late}, {})
    auth.clock.advance(timedelta(hours=16, minutes=1))
    while await worker.step():
        pass
    missed = [row[0] for row in await auth.audited() if row[1] == "feed" and row[0] == "miss"]
    assert missed == ["miss"]
    async with auth.work.database.work(auth.work) as work:
        again = await work.execute(sa.select(due_work.c.subject, due_work.c.due_at).where(due_work.c.kind == LATE))
    assert {row.subject: row.due_at > auth.clock.now() for row in again} == {"pecos": True, "edi": True}


@pytest.mark.parametrize("damage", ["content", "signature", "stranger", "another source", "form"])
async def test_a_file_that_is_not_the_partners_is_refused_whole_and_noted(auth: Auth, damage: str) -> None:
    before = await auth.rows(organization)
    content = pecos_file([POPULATION.provider_organization(7)], sequence=2, extent="delta")
    keys = {
        "stranger": ec.generate_private_key(ec.SECP256R1()),
        "another source": install_partner_key(auth.work.settings.state_directory, "edi"),
    }
    key = keys.get(damage) or install_partner_key(auth.work.settings.state_directory, "pecos")
    deliver(auth.work.settings.state_directory, "odd.json", b'{"kind": "odd"}' if damage == "form" else content, key)
    if damage == "content":
        (folder(auth) / "odd.json").write_bytes(content.replace(b'"B"', b'"A"'))
    if damage == "signature":
        (folder(auth) / "odd.json.sig").write_bytes(b"not base64!")
    await take(auth)
    await take(auth)
    assert await auth.rows(organization) == before
    refused = [row for row in await auth.audited() if row[:3] == ("import", "feed", "refused")]
    assert [row[3] for row in refused] == ["form" if damage == "form" else "signature"]


async def test_accounts_that_exist_are_the_portals_own(auth: Auth) -> None:
    (folder(auth) / "accounts.json").unlink()
    async with auth.work.database.work(auth.work) as work:
        await work.execute(
            user_account.update().where(user_account.c.user_id == BILLER.user_uuid).values(name="New Name")
        )
    deliver_feeds(auth.work.settings)
    await take(auth)
    names = {row.user_id: row.name for row in await auth.rows(user_account)}
    assert names[BILLER.user_uuid] == "New Name"


async def test_first_accounts_are_never_taken_in_a_cluster(auth: Auth) -> None:
    settings = auth.work.settings
    auth.work.settings = settings.model_copy(update={"profile": "cluster"})
    (folder(auth) / "accounts.json").unlink()
    deliver_feeds(settings)
    await take(auth)
    assert ("import", "feed", "refused", "accounts-in-a-cluster") in await auth.audited()


async def test_passwords_and_factors_are_stored_hashed_and_sealed(auth: Auth) -> None:
    hashes = [row.password_hash for row in await auth.rows(credential)]
    assert all(text.startswith("$pbkdf2-sha512$i=1000,k=1$") for text in hashes)
    assert not any(BILLER.password in text for text in hashes)
    assert not any(BILLER.totp_secret in row.secret for row in await auth.rows(totp))


async def test_while_a_source_changes_its_key_files_of_both_are_taken(auth: Auth) -> None:
    def delta(number: int) -> tuple[str, bytes]:
        return f"pecos-{number:05}-delta.json", pecos_file([RIVERSIDE], sequence=number, extent="delta")

    state = auth.work.settings.state_directory
    keys = state / "secrets" / "keys" / "partners"
    old = install_partner_key(state, "pecos")
    new = install_partner_key(state, "pecos-next")
    deliver(state, *delta(2), old)
    deliver(state, *delta(3), new)
    await take(auth)
    assert {(await outcomes(auth))[delta(number)[0]] for number in (2, 3)} == {("taken", "")}
    (keys / "pecos-next.pem").replace(keys / "pecos.pem")
    deliver(state, *delta(4), new)
    deliver(state, *delta(5), old)
    await take(auth)
    found = await outcomes(auth)
    assert [found[delta(number)[0]] for number in (4, 5)] == [("taken", ""), ("refused", "signature")]


async def test_a_file_waits_until_the_key_of_its_source_is_installed(auth: Auth) -> None:
    state = auth.work.settings.state_directory
    new = install_partner_key(state, "pecos")
    key = state / "secrets" / "keys" / "partners" / "pecos.pem"
    key.rename(key.with_suffix(".away"))
    deliver(state, "pecos-00002-delta.json", pecos_file([RIVERSIDE], sequence=2, extent="delta"), new)
    await take(auth)
    assert "pecos-00002-delta.json" not in await outcomes(auth)
    key.with_suffix(".away").rename(key)
    await take(auth)
    assert (await outcomes(auth))["pecos-00002-delta.json"] == ("taken", "")
