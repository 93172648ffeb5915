"""A remittance whose payee has not the enrollment of its claims is seen by nobody until a person has decided."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs
from typer.testing import CliRunner

from libs.common.errors import Rejected
from libs.common.ids import derived_id
from libs.common.observability import metrics
from services.remittance.quarantine.domain import PATIENCE, Payee
from services.remittance.quarantine.handlers import drop, release
from services.remittance.quarantine.repository import enrolled
from tests.support.applications import BILLER, Someone
from tests.support.platform import CloneSettings
from tests.support.remittance import (
    OTHER_CLINIC,
    TRACE,
    RemittanceService,
    claim_id_of,
    decided_claims,
    remittance_file,
    remittance_service,
)
from tools import operating
from tools import quarantine as tool

CLAIMS = decided_claims(20)
ROWS = "SELECT enrollment_id FROM {} WHERE enrollment_id IS NOT NULL"


@pytest.fixture
async def settings(databases: Callable[..., Awaitable[CloneSettings]]) -> CloneSettings:
    return await databases("remittance")


@pytest.fixture
async def portal(settings: CloneSettings) -> AsyncIterator[RemittanceService]:
    async with remittance_service(settings) as running:
        yield running


async def quarantined(portal: RemittanceService) -> tuple[UUID, str]:
    """The one remittance in quarantine, and why it is there."""
    [row] = await portal.rows("SELECT remittance_id, quarantine FROM remittance WHERE enrollment_id IS NULL")
    return row.remittance_id, row.quarantine


async def paid_to_another(portal: RemittanceService) -> UUID:
    """Claims of the other clinic, paid to the first."""
    await portal.know(CLAIMS, OTHER_CLINIC)
    await portal.post(portal.advice(remittance_file(CLAIMS), claims=len(CLAIMS)))
    remittance_id, _ = await quarantined(portal)
    return remittance_id


async def seen_by(portal: RemittanceService, who: Someone, remittance_id: UUID) -> set[int]:
    """The status of each page and answer about a remittance, and 200 besides where a list names it."""
    address = f"/remittance/{remittance_id}"
    paths = (address, f"{address}/835", f"{address}/pdf", f"{address}/claims/1", f"/api{address}", f"/api{address}/835")
    found = {(await portal.app.call("GET", path, who)).status_code for path in paths}
    listed = [(await portal.app.call("GET", path, who)).text for path in ("/remittance", "/api/remittance")]
    body = {"csrf": who.csrf, "enrollment": str(who.enrollment_id)}
    for number in (CLAIMS[0].internal_control_number, CLAIMS[0].patient_control_number):
        answer = await portal.app.call("POST", "/remittance/search", who, data={**body, "number": number})
        listed.append(answer.headers.get("location", ""))
    named = any(TRACE in each or str(remittance_id) in each for each in listed)
    return found | ({200} if named else set())


async def test_claims_of_another_leave_a_remittance_to_nobody(portal: RemittanceService) -> None:
    before = metrics.REMITTANCES_QUARANTINED._value.get()
    with capture_logs() as logs:
        remittance_id = await paid_to_another(portal)
    assert (await quarantined(portal))[1] == "claims-of-another"
    for who in (BILLER, OTHER_CLINIC):
        assert await seen_by(portal, who, remittance_id) == {404}
    assert await portal.rows("SELECT 1 FROM outbox") == []
    for table in ("remittance", "remitted_claim", "remitted_line"):
        assert await portal.rows(ROWS.format(table)) == []
    alarms = [each for each in logs if each["log_level"] == "error"]
    assert [(each["event"], each["reason"]) for each in alarms] == [("remittance in quarantine", "claims-of-another")]
    assert metrics.REMITTANCES_QUARANTINED._value.get() == before + 1
    audited = await portal.rows("SELECT action, object_id, reason FROM audit WHERE object_kind = 'remittance'")
    assert [tuple(row) for row in audited][:1] == [("quarantine", str(remittance_id), "claims-of-another")]


async def test_other_remittances_of_the_same_payee_go_on(portal: RemittanceService) -> None:
    await paid_to_another(portal)
    others = decided_claims(40)[20:]
    await portal.know(others)
    content = remittance_file(others, trace="EFT2611230002")
    await portal.post(portal.advice(content, claims=len(others), advice_id=2))
    [payment] = await portal.published("remittance.remittance-posted.v1")
    assert (payment.event.trace_number, payment.event.enrollment_id) == ("EFT2611230002", BILLER.enrollment_id)


@pytest.mark.parametrize(
    ("facts", "known", "reason"),
    [
        ({"tax_id": "001000002"}, (), "payee-numbers"),
        ({"ptan": "P00009"}, (), "payee-numbers"),
        ({"ptan": "P00009"}, (BILLER,), "claims-of-another"),
        ({"tax_id": "001000002"}, (BILLER,), "claims-of-another"),
        ({"npi": OTHER_CLINIC.npi}, (BILLER,), "claims-of-another"),
        ({}, (BILLER, OTHER_CLINIC), "claims-of-several"),
    ],
)
async def test_whatever_does_not_agree_is_told_apart(
    portal: RemittanceService, facts: dict[str, str], known: tuple[Someone, ...], reason: str
) -> None:
    for index, whose in enumerate(known):
        await portal.know(CLAIMS[index :: len(known)], whose)
    await portal.post(portal.advice(remittance_file(CLAIMS, **facts), claims=len(CLAIMS)))
    assert (await quarantined(portal))[1] == reason
    assert await portal.rows("SELECT 1 FROM outbox") == []


async def test_a_claim_of_another_that_turns_up_later_takes_the_remittance_away(portal: RemittanceService) -> None:
    await portal.know(CLAIMS[1:])
    await portal.post(portal.advice(remittance_file(CLAIMS), claims=len(CLAIMS)))
    await portal.know(CLAIMS[:1], OTHER_CLINIC)
    remittance_id, reason = await quarantined(portal)
    assert reason == "claims-known-later"
    for who in (BILLER, OTHER_CLINIC):
        assert await seen_by(portal, who, remittance_id) == {404}
    told = await portal.published("remittance.claim-remitted.v1")
    assert claim_id_of(CLAIMS[0]) not in {each.event.claim_id for each in told}


async def test_what_was_corrected_is_posted_when_a_person_releases_it(portal: RemittanceService) -> None:
    await portal.know(CLAIMS)
    await portal.post(portal.advice(remittance_file(CLAIMS, tax_id="001000077"), claims=len(CLAIMS)))
    remittance_id, _ = await quarantined(portal)
    with pytest.raises(Rejected, match="remittance-not-agreed"):
        async with portal.app.work.database.work(portal.app.work) as work:
            await release(work, remittance_id, reason="too early")
    await portal.app.admit(replace(BILLER, tax_id="001000077", version=2))
    async with portal.app.work.database.work(portal.app.work) as work:
        await release(work, remittance_id, reason="corrected in PECOS")
    assert await seen_by(portal, BILLER, remittance_id) == {200}
    [payment] = await portal.published("remittance.remittance-posted.v1")
    told = await portal.published("remittance.claim-remitted.v1")
    assert payment.event.enrollment_id == BILLER.enrollment_id
    assert {each.event.claim_id for each in told} == {claim_id_of(each) for each in CLAIMS}
    assert all(len(each.event.lines) for each in told)
    with pytest.raises(Rejected, match="not-found"):
        async with portal.app.work.database.work(portal.app.work) as work:
            await drop(work, remittance_id, reason="nothing is there any more")


async def test_a_payment_that_was_sent_again_correctly_is_not_posted_twice(portal: RemittanceService) -> None:
    await portal.know(CLAIMS)
    await portal.post(portal.advice(remittance_file(CLAIMS, tax_id="001000077"), claims=len(CLAIMS)))
    await portal.post(portal.advice(remittance_file(CLAIMS), claims=len(CLAIMS), advice_id=2))
    remittance_id, _ = await quarantined(portal)
    await portal.app.admit(replace(BILLER, tax_id="001000077", version=2))
    with pytest.raises(Rejected, match="remittance-posted"):
        async with portal.app.work.database.work(portal.app.work) as work:
            await release(work, remittance_id, reason="corrected in PECOS")
    assert (await quarantined(portal))[0] == remittance_id


async def test_an_operator_lists_and_drops_and_sees_no_patient(
    portal: RemittanceService, settings: CloneSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    remittance_id = await paid_to_another(portal)
    monkeypatch.setattr(operating, "Settings", lambda: settings)

    async def run(*arguments: str) -> Any:
        return await asyncio.to_thread(CliRunner().invoke, tool.application, arguments)

    listed = await run("list")
    refused = await run("release", str(remittance_id), "--reason", "asked to")
    dropped = await run("drop", str(remittance_id), "--reason", "sent again correctly")
    empty = await run("list")
    assert [each.exit_code for each in (listed, refused, dropped, empty)] == [0, 1, 0, 0]
    assert all(fact in listed.output for fact in (str(remittance_id), TRACE, BILLER.npi, "claims-of-another"))
    assert "still do not agree" in refused.output
    assert "No remittance is in quarantine, and none was refused." in empty.output
    told = "".join(each.output for each in (listed, refused, dropped, empty))
    assert not any(word in told for each in CLAIMS for word in (each.subscriber.mbi, each.subscriber.last_name))
    for table in ("remittance", "remitted_claim", "remitted_line"):
        assert await portal.rows(f"SELECT 1 FROM {table}") == []  # noqa: S608 - one of our own tables
    [row] = await portal.rows("SELECT actor, reason FROM audit WHERE action = 'drop'")
    assert row.actor.startswith("operator:")
    assert row.reason == "sent again correctly"


async def test_an_advice_that_comes_again_changes_nothing_in_quarantine_and_after_it(portal: RemittanceService) -> None:
    await portal.know(CLAIMS)
    event = portal.advice(remittance_file(CLAIMS, tax_id="001000077"), claims=len(CLAIMS))
    await portal.post(event)
    await portal.post(event)
    remittance_id, _ = await quarantined(portal)
    await portal.app.admit(replace(BILLER, tax_id="001000077", version=2))
    await portal.post(event)
    assert (await quarantined(portal))[0] == remittance_id
    async with portal.app.work.database.work(portal.app.work) as work:
        await release(work, remittance_id, reason="corrected in PECOS")
    await portal.post(event)
    assert len(await portal.published("remittance.remittance-posted.v1")) == 1


SAME_NPI = replace(OTHER_CLINIC, npi=BILLER.npi, tax_id=BILLER.tax_id, ptan="P00002", version=2)
"""Another PTAN of the practice that is paid."""


async def test_a_payee_with_several_ptans_and_no_known_claim_waits_an_hour_and_then_for_a_person(
    portal: RemittanceService, settings: CloneSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await portal.app.admit(SAME_NPI)
    await portal.post(portal.advice(remittance_file(CLAIMS), claims=len(CLAIMS)))
    others = decided_claims(40)[20:]
    await portal.know(others)
    content = remittance_file(others, trace="EFT2611230002")
    await portal.post(portal.advice(content, claims=len(others), advice_id=2))
    assert await portal.rows("SELECT 1 FROM remittance") == []
    portal.app.clock.advance(PATIENCE - timedelta(seconds=1))
    await portal.work_off()
    assert await portal.rows("SELECT 1 FROM remittance") == []
    portal.app.clock.advance(timedelta(minutes=6))
    await portal.work_off()
    remittance_id, reason = await quarantined(portal)
    assert reason == "several-enrollments"
    [payment] = await portal.published("remittance.remittance-posted.v1")
    assert payment.event.trace_number == "EFT2611230002"
    assert await portal.rows("SELECT 1 FROM waiting_advice UNION ALL SELECT 1 FROM due_work") == []
    monkeypatch.setattr(operating, "Settings", lambda: settings)
    listed = await asyncio.to_thread(CliRunner().invoke, tool.application, ["list"])
    assert f"{remittance_id} several-enrollments" in listed.output
    await portal.know(CLAIMS[:1])
    async with portal.app.work.database.work(portal.app.work) as work:
        await release(work, remittance_id, reason="a claim tells which PTAN is paid")
    assert await seen_by(portal, BILLER, remittance_id) == {200}


async def test_a_claim_that_becomes_known_within_the_hour_tells_which_ptan_is_paid(portal: RemittanceService) -> None:
    await portal.app.admit(SAME_NPI)
    await portal.post(portal.advice(remittance_file(CLAIMS), claims=len(CLAIMS)))
    await portal.know(CLAIMS[:1], SAME_NPI)
    portal.app.clock.advance(timedelta(minutes=5))
    await portal.work_off()
    [row] = await portal.rows("SELECT enrollment_id, quarantine FROM remittance")
    assert (row.enrollment_id, row.quarantine) == (SAME_NPI.enrollment_id, "")


async def test_the_ptan_of_a_remittance_tells_which_is_paid(portal: RemittanceService) -> None:
    await portal.app.admit(SAME_NPI)
    await portal.post(portal.advice(remittance_file(CLAIMS, ptan=SAME_NPI.ptan), claims=len(CLAIMS)))
    [row] = await portal.rows("SELECT enrollment_id, quarantine FROM remittance")
    assert (row.enrollment_id, row.quarantine) == (SAME_NPI.enrollment_id, "")


async def test_a_refused_remittance_holds_its_payee_until_an_operator_decides(
    portal: RemittanceService, settings: CloneSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operating, "Settings", lambda: settings)

    before = metrics.REMITTANCES_REFUSED._value.get()
    content = remittance_file(CLAIMS)
    cut_off = portal.advice(content[: len(content) // 2], claims=len(CLAIMS))
    await portal.post(cut_off, portal.advice(content, claims=len(CLAIMS), advice_id=2))
    assert metrics.REMITTANCES_REFUSED._value.get() == before + 1
    assert await portal.rows("SELECT 1 FROM remittance") == []
    listed = (await asyncio.to_thread(CliRunner().invoke, tool.application, ["list"])).output
    remittance_id = derived_id("remittance", cut_off.advice_id)
    assert f"{remittance_id} refused: a remittance that is not accepted" in listed
    assert f"payee {BILLER.npi}; 1 of this payee wait behind it" in listed
    async with portal.app.work.database.work(portal.app.work) as work:
        assert await release(work, remittance_id, reason="to see it again")
    assert await portal.refused() == []
    await portal.work_off()
    assert len(await portal.refused()) == 1
    async with portal.app.work.database.work(portal.app.work) as work:
        await drop(work, remittance_id, reason="sent again correctly")
    await portal.work_off()
    [row] = await portal.rows("SELECT trace_number FROM remittance")
    assert row.trace_number == TRACE
    audited = await portal.rows("SELECT action FROM audit WHERE object_kind = 'remittance' ORDER BY audit_id")
    assert sorted(row.action for row in audited) == ["drop", "post", "release"]


async def test_a_payee_is_found_by_an_index_among_all_organizations(portal: RemittanceService) -> None:
    await portal.rows(
        "INSERT INTO access_enrollment SELECT gen_random_uuid(), gen_random_uuid(), n::text, n::text, '{}'"
        " FROM generate_series(1, 20000) n RETURNING 1"
    )
    payee = Payee(BILLER.npi, BILLER.tax_id)
    async with portal.app.work.database.work(portal.app.work) as work:
        [found] = await enrolled(work, payee, ())
        assert found.enrollment_id == BILLER.enrollment_id
        both = await enrolled(work, payee, {OTHER_CLINIC.enrollment_id})
        assert {each.enrollment_id for each in both} == {BILLER.enrollment_id, OTHER_CLINIC.enrollment_id}
        scans = "SELECT seq_scan, idx_scan FROM pg_stat_xact_user_tables WHERE relname = 'access_enrollment'"
        [(whole, by_index)] = await work.execute(sa.text(scans))
        assert (whole, by_index > 0) == (0, True)


async def test_two_releases_at_once_tell_a_payment_once(portal: RemittanceService) -> None:
    await portal.know(CLAIMS)
    await portal.post(portal.advice(remittance_file(CLAIMS, tax_id="001000077"), claims=len(CLAIMS)))
    remittance_id, _ = await quarantined(portal)
    await portal.app.admit(replace(BILLER, tax_id="001000077", version=2))

    async def release_once() -> None:
        async with portal.app.work.database.work(portal.app.work) as work:
            await release(work, remittance_id, reason="corrected in PECOS")

    found = await asyncio.gather(release_once(), release_once(), return_exceptions=True)
    assert sorted(type(each).__name__ for each in found) == ["NoneType", "Rejected"]
    assert len(await portal.published("remittance.remittance-posted.v1")) == 1
