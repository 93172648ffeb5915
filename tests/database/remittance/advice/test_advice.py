import csv
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pikepdf
import pytest
from structlog.testing import capture_logs

from libs.common.ids import derived_id
from libs.common.observability import metrics
from libs.x12.remittance.objects import Adjustment, ClaimGroup, Party, ProviderAdjustment, Reference, RemittedClaim
from libs.x12.remittance.outcomes import outcome_of
from simulators.shared_system import payments
from simulators.shared_system.adjudication import adjudicate
from simulators.shared_system.payments import remitted
from tests.support.applications import BILLER, OTHER_BILLER
from tests.support.partner_claims import accepted_institutional_claims
from tests.support.platform import CloneSettings
from tests.support.remittance import (
    NPI,
    SEED,
    TRACE,
    RemittanceService,
    advice_file,
    claim_file,
    claim_id_of,
    decided_claims,
    remittance_file,
    remittance_service,
)
from tests.support.x12 import recounted

CLAIMS = decided_claims()
PAID = sum(adjudicate(each, SEED).paid_cents for each in CLAIMS)
PRIVATE = tuple({word for each in CLAIMS for word in (each.subscriber.mbi, each.subscriber.last_name)})


@pytest.fixture
async def portal(databases: Callable[..., Awaitable[CloneSettings]]) -> AsyncIterator[RemittanceService]:
    async with remittance_service(await databases("remittance")) as running:
        yield running


async def posted(portal: RemittanceService) -> str:
    """A posted remittance of known claims; its address."""
    await portal.know(CLAIMS)
    await portal.post(portal.advice(remittance_file(CLAIMS), claims=len(CLAIMS)))
    [row] = await portal.rows("SELECT remittance_id FROM remittance")
    return f"/remittance/{row.remittance_id}"


async def test_a_remittance_is_listed_and_shown_per_payment_and_per_claim(portal: RemittanceService) -> None:
    address = await posted(portal)
    listed = await portal.app.call("GET", "/remittance", BILLER)
    payment = await portal.app.call("GET", address, BILLER)
    assert TRACE in listed.text
    for words in (f"${PAID / 100:,.2f}", "Electronic transfer", "11/23/2026", CLAIMS[0].internal_control_number):
        assert words in payment.text
    number = next(index for index, each in enumerate(CLAIMS, start=1) if adjudicate(each, SEED).status.category == "F1")
    claim = await portal.app.call("GET", f"{address}/claims/{number}", BILLER)
    for words in ("Paid", "CO-45", "PR-2", "CO-253", "What can I do about this claim"):
        assert words in claim.text


async def test_the_rows_of_the_list_come_as_a_file(portal: RemittanceService) -> None:
    await posted(portal)
    assert "/remittance/list.csv" in (await portal.app.call("GET", "/remittance", BILLER)).text
    file = await portal.app.call("GET", "/remittance/list.csv", BILLER)
    [_, row] = csv.reader(io.StringIO(file.text))
    assert row == [TRACE, "11/23/2026", "Electronic transfer", str(len(CLAIMS)), f"${PAID / 100:,.2f}"]
    none = await portal.app.call("GET", "/remittance/list.csv?trace_number=000", BILLER)
    assert len(none.text.splitlines()) == 1
    assert TRACE not in (await portal.app.call("GET", "/remittance/list.csv", OTHER_BILLER)).text


async def test_denied_and_unprocessable_claims_say_so(portal: RemittanceService) -> None:
    address = await posted(portal)
    pages = {}
    for index, each in enumerate(CLAIMS, start=1):
        pages[adjudicate(each, SEED).status.category] = f"{address}/claims/{index}"
    denied = await portal.app.call("GET", pages["F2"], BILLER)
    returned = await portal.app.call("GET", pages["A3"], BILLER)
    assert "CO-50" in denied.text
    for words in ("MA130", "CO-16", "no appeal rights", "Returned to you"):
        assert words in returned.text


async def test_a_line_of_a_hospital_without_a_procedure_is_named_by_its_revenue_code(portal: RemittanceService) -> None:
    claims = [each for each in accepted_institutional_claims(20) if adjudicate(each, SEED).lines]
    await portal.know(claims)
    await portal.post(portal.advice(remittance_file(claims), claims=len(claims)))
    told = {each.event.claim_id: each.event for each in await portal.published("remittance.claim-remitted.v1")}
    assert {claim_id: {(line.number, line.procedure) for line in event.lines} for claim_id, event in told.items()} == {
        claim_id_of(each): {(line.number, line.procedure or line.revenue_code) for line in each.lines}
        for each in claims
    }
    [row] = await portal.rows("SELECT remittance_id FROM remittance")
    page = (await portal.app.call("GET", f"/remittance/{row.remittance_id}/claims/1", BILLER)).text
    assert f"revenue code {claims[0].lines[-1].revenue_code}" in page


async def test_it_downloads_as_the_835_it_came_in_and_as_a_tagged_pdf(portal: RemittanceService) -> None:
    address = await posted(portal)
    file = await portal.app.call("GET", f"{address}/835", BILLER)
    assert file.content == remittance_file(CLAIMS)
    document = await portal.app.call("GET", f"{address}/pdf", BILLER)
    assert document.headers["content-type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(document.content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "en-US"


async def test_others_are_told_of_the_payment_and_of_each_claim_without_its_patient(portal: RemittanceService) -> None:
    await posted(portal)
    [payment] = await portal.published("remittance.remittance-posted.v1")
    claims = await portal.published("remittance.claim-remitted.v1")
    assert (payment.event.trace_number, payment.event.paid_cents, payment.event.claims) == (TRACE, PAID, len(CLAIMS))
    assert {each.event.claim_id: each.event.paid_cents for each in claims} == {
        claim_id_of(each): adjudicate(each, SEED).paid_cents for each in CLAIMS
    }
    assert {each.event.remarks for each in claims} == {(), ("MA130",)}
    everything = b"".join(each.message.payload for each in (payment, *claims)).decode()
    rows = str([tuple(row) for row in await portal.rows("SELECT remitted_claim::text FROM remitted_claim")])
    assert not [word for word in PRIVATE if word in everything or word in rows]


async def test_the_same_payment_twice_is_posted_once(portal: RemittanceService) -> None:
    await posted(portal)
    await portal.post(portal.advice(remittance_file(CLAIMS), claims=len(CLAIMS), advice_id=2))
    assert len(await portal.rows("SELECT 1 FROM remittance")) == 1
    assert len(await portal.rows("SELECT 1 FROM remitted_claim")) == len(CLAIMS)


async def test_a_claim_that_the_portal_hears_of_later_is_told_then_and_once(portal: RemittanceService) -> None:
    await portal.know(CLAIMS[1:])
    await portal.post(portal.advice(remittance_file(CLAIMS), claims=len(CLAIMS)))
    assert len(await portal.published("remittance.claim-remitted.v1")) == len(CLAIMS) - 1
    await portal.know(CLAIMS[:1])
    await portal.know(CLAIMS)
    told = await portal.published("remittance.claim-remitted.v1")
    assert {each.event.claim_id for each in told} == {claim_id_of(each) for each in CLAIMS}
    assert len(told) == len(CLAIMS)
    [late] = [each.event for each in told if each.event.claim_id == claim_id_of(CLAIMS[0])]
    assert len(late.lines) == len(CLAIMS[0].lines)


async def test_a_second_remittance_of_a_claim_has_the_next_sequence(portal: RemittanceService) -> None:
    await posted(portal)
    await portal.post(portal.advice(remittance_file(CLAIMS[:1], trace="EFT2611230002"), claims=1, advice_id=3))
    told = [each.event for each in await portal.published("remittance.claim-remitted.v1")]
    assert [each.sequence for each in told if each.claim_id == claim_id_of(CLAIMS[0])] == [1, 2]


async def test_a_claim_is_found_by_the_providers_own_number(portal: RemittanceService) -> None:
    address = await posted(portal)
    body = {"csrf": BILLER.csrf, "enrollment": str(BILLER.enrollment_id)}
    one = await portal.app.call(
        "POST", "/remittance/search", BILLER, data={**body, "number": f" \u200e{CLAIMS[2].patient_control_number}"}
    )
    none = await portal.app.call("POST", "/remittance/search", BILLER, data={**body, "number": "none such"})
    empty = await portal.app.call("POST", "/remittance/search", BILLER, data={**body, "number": " "})
    assert one.headers["location"] == f"{address}/claims/3"
    assert "No remitted claim has this number" in none.text
    assert (empty.status_code, "Enter an ICN" in empty.text) == (422, True)


async def test_a_claim_leads_to_what_its_newest_remittance_says(portal: RemittanceService) -> None:
    await posted(portal)
    of_claim = f"/remittance/of-claim/{claim_id_of(CLAIMS[0])}"
    first = (await portal.app.call("GET", of_claim, BILLER)).headers["location"]
    await portal.post(portal.advice(remittance_file(CLAIMS[:1], trace="EFT2611230002"), claims=1, advice_id=3))
    second = (await portal.app.call("GET", of_claim, BILLER)).headers["location"]
    assert second.endswith("/claims/1")
    assert second != first
    assert (await portal.app.call("GET", of_claim, OTHER_BILLER)).status_code == 404
    none_yet = await portal.app.call("GET", "/remittance/of-claim/00000000-0000-7000-8000-000000000001", BILLER)
    assert none_yet.status_code == 404
    assert "has come yet" in none_yet.text


async def test_the_page_of_a_claim_may_show_how_each_line_was_paid(portal: RemittanceService) -> None:
    await posted(portal)
    paid = next(each for each in CLAIMS if adjudicate(each, SEED).status.category == "F1")
    lines = f"/remittance/of-claim/{claim_id_of(paid)}/lines"
    part = await portal.app.call("GET", lines, BILLER, headers={"hx-request": "true"})
    assert "<html" not in part.text
    for words in ("How each line was decided", "Allowed", "Deductible", "Coinsurance", "CO-45", "PR-2", TRACE):
        assert words in part.text
    by_itself = await portal.app.call("GET", lines, BILLER)
    assert (by_itself.status_code, by_itself.headers["location"]) == (303, await newest(portal, claim_id_of(paid)))
    assert (await portal.app.call("GET", lines, OTHER_BILLER)).status_code == 404


async def newest(portal: RemittanceService, claim_id: object) -> str:
    return (await portal.app.call("GET", f"/remittance/of-claim/{claim_id}", BILLER)).headers["location"]


async def test_place_of_service_and_frequency_have_words(portal: RemittanceService) -> None:
    address = await posted(portal)
    page = (await portal.app.call("GET", f"{address}/claims/1", BILLER)).text
    assert "11 · Office" in page
    assert "1 · Original claim" in page


async def test_a_program_reads_the_same(portal: RemittanceService) -> None:
    address = await posted(portal)
    listed = (await portal.app.call("GET", "/api/remittance", BILLER)).json()
    [payment] = listed["remittances"]
    assert (payment["trace_number"], payment["paid_cents"]) == (TRACE, PAID)
    first = (await portal.app.call("GET", f"/api{address}/claims", BILLER)).json()
    rest = (await portal.app.call("GET", f"/api{address}/claims?after={first['next']}", BILLER)).json()
    assert (len(first["claims"]), rest["next"]) == (50, None)
    assert sum(each["paid_cents"] for page in (first, rest) for each in page["claims"]) == PAID
    assert (await portal.app.call("GET", f"/api{address}/835", BILLER)).content == remittance_file(CLAIMS)


async def test_another_clinic_finds_nothing(portal: RemittanceService) -> None:
    address = await posted(portal)
    for path in (address, f"{address}/835", f"{address}/pdf", f"{address}/claims/1", f"/api{address}"):
        assert (await portal.app.call("GET", path, OTHER_BILLER)).status_code == 404, path
    assert TRACE not in (await portal.app.call("GET", "/remittance", OTHER_BILLER)).text


def spoiled(content: bytes, old: bytes, new: bytes) -> bytes:
    assert old in content
    return content.replace(old, new, 1)


@pytest.mark.parametrize("fault", ["out of balance", "cut off", "other count"])
async def test_a_remittance_that_does_not_balance_or_is_cut_off_leaves_nothing(
    portal: RemittanceService, fault: str
) -> None:
    content, claims = remittance_file(CLAIMS), len(CLAIMS)
    if fault == "out of balance":
        content = spoiled(content, f"BPR*I*{PAID / 100:g}*".encode(), b"BPR*I*1*")
    elif fault == "cut off":
        content = content[: len(content) // 2]
    else:
        claims += 1
    with capture_logs() as logs:
        await portal.post(portal.advice(content, claims=claims))
    assert len(await portal.refused()) == 1
    assert await portal.rows("SELECT 1 FROM remittance UNION ALL SELECT 1 FROM remitted_claim") == []
    assert await portal.rows("SELECT 1 FROM outbox") == []
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["remittance not posted"]
    assert not [word for word in PRIVATE if word in str(logs)]


async def test_a_remittance_for_a_payee_nobody_knows_yet_waits(portal: RemittanceService) -> None:
    await portal.post(portal.advice(remittance_file(CLAIMS, npi="2952919902"), claims=len(CLAIMS)))
    assert await portal.refused() == []
    assert await portal.rows("SELECT 1 FROM remittance") == []
    assert len(await portal.rows("SELECT 1 FROM waiting_advice")) == 1


# ---- lines by their numbers -----------------------------------------------------------------------------------------


def test_remittances_of_these_claims_split_bundle_and_reorder_lines() -> None:
    told = [remitted(each, adjudicate(each, SEED), ClaimGroup()) for each in CLAIMS]
    numbers = [[line.control_number for line in each.lines] for each in told]
    ours = [[line.control_number or str(line.number) for line in each.lines] for each in CLAIMS]
    assert any(told != known for told, known in zip(numbers, ours, strict=True))


async def test_a_line_is_known_by_its_number_wherever_it_stands_in_the_remittance(portal: RemittanceService) -> None:
    # X12 RFI 1684, 2224: REF*6R, or LX01 where the claim sent no number of its own.
    await posted(portal)
    told = {each.event.claim_id: each.event for each in await portal.published("remittance.claim-remitted.v1")}
    for each in CLAIMS:
        lines = told[claim_id_of(each)].lines
        billed = {line.number: line for line in each.lines}
        assert {line.number for line in lines} == set(billed)
        for line in lines:
            assert line.number is not None
            assert line.procedure == billed[line.number].procedure
        charges = {number: sum(one.charge_cents for one in lines if one.number == number) for number in billed}
        assert charges == {number: one.charge_cents for number, one in billed.items()}


async def test_lines_are_named_when_the_portal_hears_of_the_claim_later(portal: RemittanceService) -> None:
    await portal.post(portal.advice(remittance_file(CLAIMS), claims=len(CLAIMS)))
    assert {row.claim_line for row in await portal.rows("SELECT claim_line FROM remitted_line")} == {None}
    await portal.know(CLAIMS)
    named = "SELECT count(*) AS unnamed FROM remitted_line WHERE claim_line IS NULL"
    [row] = await portal.rows(named)
    told = [each.event for each in await portal.published("remittance.claim-remitted.v1")]
    assert row.unnamed == 0
    assert all(line.number for event in told for line in event.lines)


async def test_a_line_that_the_claim_does_not_have_is_named_as_none_and_shown(portal: RemittanceService) -> None:
    claim = next(each for each in CLAIMS if each.lines[0].control_number)
    number = claim.lines[0].control_number
    content = remittance_file([claim]).replace(f"REF*6R*{number}~".encode(), b"REF*6R*NOBODYS~")
    await portal.know([claim])
    await portal.post(portal.advice(content, claims=1))
    [event] = [each.event for each in await portal.published("remittance.claim-remitted.v1")]
    assert None in {line.number for line in event.lines}
    [row] = await portal.rows("SELECT remittance_id FROM remittance")
    page = (await portal.app.call("GET", f"/remittance/{row.remittance_id}/claims/1", BILLER)).text
    assert "NOBODYS" in page


# ---- what a remittance says, in words -------------------------------------------------------------------------------


def a_claim(outcome: str, **more: Any) -> RemittedClaim:
    """A remitted claim of the population that became what is asked for."""
    for each in CLAIMS:
        told = remitted(each, adjudicate(each, SEED), ClaimGroup())
        if outcome_of(told) == outcome:
            return replace(told, **more)
    raise LookupError(outcome)


async def page_of_claim(portal: RemittanceService, claim: RemittedClaim) -> str:
    await portal.post(portal.advice(claim_file(claim), claims=1))
    [row] = await portal.rows("SELECT remittance_id FROM remittance")
    return (await portal.app.call("GET", f"/remittance/{row.remittance_id}/claims/1", BILLER)).text


async def test_a_corrected_number_is_for_the_next_claim_and_shown_whole_on_request(portal: RemittanceService) -> None:
    # X12 RFI 2227: NM1*74 carries what the next claim should have.
    claim = a_claim("paid")
    corrected = Party("74", "1", "", "ALDORINA", qualifier="C", identifier="2EG4TE5MK74")
    page = await page_of_claim(portal, replace(claim, parties=(*claim.parties, corrected)))
    assert "Use the new number on the next claim" in page
    assert "ALDORINA" in page
    assert "MBI ending in MK74" in page
    assert "2EG4" not in page
    [row] = await portal.rows("SELECT remittance_id FROM remittance")
    body = {"csrf": BILLER.csrf, "enrollment": str(BILLER.enrollment_id)}
    whole = await portal.app.call("POST", f"/remittance/{row.remittance_id}/claims/1/reveal", BILLER, data=body)
    assert "2EG4-TE5-MK74" in whole.text
    audited = await portal.rows("SELECT action FROM audit")
    assert "reveal-mbi" in {each.action for each in audited}


async def test_a_denied_claim_is_denied_whatever_its_status_says(portal: RemittanceService) -> None:
    page = await page_of_claim(portal, a_claim("denied"))
    assert "1 · Processed, Medicare pays first" in page
    assert "Nothing was paid for this claim" in page


async def test_a_patient_who_is_not_known_is_told_so(portal: RemittanceService) -> None:
    claim = a_claim("denied", status="4")
    for line in claim.lines:
        line.adjustments = (Adjustment("CO", "31", line.charge_cents),)
    page = await page_of_claim(portal, claim)
    assert "Patient not known" in page
    assert "Compare both with the Medicare card" in page


async def test_provider_adjustments_say_what_for_which_way_and_for_which_claim(portal: RemittanceService) -> None:
    # X12 RFI 227, 264, 2125; CR 7499: the claim stands in positions 1 to 19, its patient control number in 20 to 39.
    claim = a_claim("paid")
    reference = f"{claim.payer_claim_control_number:<19}{claim.patient_control_number}"
    year_end = date(2026, 12, 31)
    content = claim_file(
        claim,
        ProviderAdjustment(NPI, year_end, "WO", reference, 100),
        ProviderAdjustment(NPI, year_end, "FB", "0000000000001      PCN-ELSEWHERE", -30),
        ProviderAdjustment(NPI, year_end, "LE", "LEVY 7", 20),
    )
    await portal.post(portal.advice(content, claims=1))
    [row] = await portal.rows("SELECT remittance_id FROM remittance")
    address = f"/remittance/{row.remittance_id}"
    page = (await portal.app.call("GET", address, BILLER)).text
    for words in (
        "Overpayment recovery",
        "Taken from this payment",
        "Levy",
        "Reference LEVY 7",
        "Balance carried forward",
    ):
        assert words in page
    for words in ("Added to this payment", "PCN-ELSEWHERE", "fiscal year to 12/31/2026"):
        assert words in page
    assert f'href="{address}/claims/1">ICN {claim.payer_claim_control_number}' in page
    assert "No provider adjustments" not in page
    answer = (await portal.app.call("GET", f"/api{address}", BILLER)).json()
    assert [each["claim_number"] for each in answer["provider_adjustments"]] == [
        claim.payer_claim_control_number, "0000000000001", ""
    ]  # fmt: skip


async def test_a_reversal_is_followed_by_a_decision_only_when_one_comes(portal: RemittanceService) -> None:
    # X12 RFI 227, 1429: reversal and correction may come in different remittances, or no correction comes at all.
    claim = a_claim("paid")
    back = payments.reversed_claim(claim)
    owed = ProviderAdjustment(NPI, date(2026, 12, 31), "FB", claim.payer_claim_control_number, back.paid_cents)
    await portal.post(portal.advice(claim_file(claim), claims=1, advice_id=1))
    await portal.post(portal.advice(claim_file(back, owed, trace="T2"), claims=1, advice_id=2))
    address = f"/remittance/{derived_id('remittance', UUID(int=2))}/claims/1"
    alone = (await portal.app.call("GET", address, BILLER)).text
    assert "no new decision has come" in alone
    first = f"/remittance/{derived_id('remittance', UUID(int=1))}/claims/1"
    newest = f'href="/remittance/{derived_id("remittance", UUID(int=3))}/claims/1"'
    await portal.post(portal.advice(claim_file(claim, trace="T3"), claims=1, advice_id=3))
    followed = (await portal.app.call("GET", address, BILLER)).text
    assert "A new decision replaces it" in followed
    assert newest in followed
    assert "no new decision has come" not in followed
    replaced = (await portal.app.call("GET", first, BILLER)).text
    assert "This decision was changed later." in replaced
    assert newest in replaced


NEW_NUMBER, OTHER_NUMBER = "1126399999991", "1126399999992"
ORIGINAL = Reference("F8", a_claim("paid").payer_claim_control_number)


@pytest.mark.parametrize("order", ["together", "together, the decision first", "later"])
@pytest.mark.parametrize(
    ("of_reversal", "of_decision"),
    [
        ({}, {}),
        ({}, {"payer_claim_control_number": NEW_NUMBER, "references": (ORIGINAL,)}),
        (
            {"payer_claim_control_number": OTHER_NUMBER, "references": (ORIGINAL,)},
            {"payer_claim_control_number": NEW_NUMBER, "references": (ORIGINAL,)},
        ),
    ],
    ids=["same ICN", "new ICN", "both with a new ICN"],
)
async def test_a_new_decision_is_found_from_what_it_replaces(
    portal: RemittanceService, of_reversal: dict[str, Any], of_decision: dict[str, Any], order: str
) -> None:
    first = a_claim("paid")
    back = replace(payments.reversed_claim(first), **of_reversal)
    again = replace(first, **of_decision)
    await portal.post(portal.advice(claim_file(first), claims=1, advice_id=1))
    if order == "later":
        owed = ProviderAdjustment(NPI, date(2026, 12, 31), "FB", back.payer_claim_control_number, back.paid_cents)
        await portal.post(portal.advice(claim_file(back, owed, trace="T2"), claims=1, advice_id=2))
        reversal, decision = place(2, 1), place(3, 1)
        assert "no new decision has come" in await text(portal, reversal)
        await portal.post(portal.advice(claim_file(again, trace="T3"), claims=1, advice_id=3))
    else:
        both = [back, again] if order == "together" else [again, back]
        await portal.post(portal.advice(advice_file(both, trace="T2"), claims=2, advice_id=2))
        reversal, decision = place(2, both.index(back) + 1), place(2, both.index(again) + 1)
    taken_back, replaced, newest = [await text(portal, each) for each in (reversal, place(1, 1), decision)]
    link = f'href="{decision}">See the new decision'
    assert "A new decision replaces it" in taken_back
    assert "no new decision has come" not in taken_back
    assert link in taken_back
    assert "This decision was changed later." in replaced
    assert link in replaced
    assert "See the new decision" not in newest
    assert "taken back later" not in newest


async def test_a_claim_of_another_number_replaces_nothing_without_naming_it(portal: RemittanceService) -> None:
    first = a_claim("paid")
    back = payments.reversed_claim(first)
    other = replace(first, payer_claim_control_number=NEW_NUMBER)
    await portal.post(portal.advice(claim_file(first), claims=1, advice_id=1))
    await portal.post(portal.advice(advice_file([back, other], trace="T2"), claims=2, advice_id=2))
    assert "no new decision has come" in await text(portal, place(2, 1))
    decided = await text(portal, place(1, 1))
    assert "This decision was taken back later." in decided
    assert f'href="{place(2, 1)}">See what took it back' in decided


def place(advice: int, number: int) -> str:
    return f"/remittance/{derived_id('remittance', UUID(int=advice))}/claims/{number}"


async def text(portal: RemittanceService, address: str) -> str:
    return (await portal.app.call("GET", address, BILLER)).text


async def test_a_correction_that_stands_before_its_reversal_is_the_newest_word(portal: RemittanceService) -> None:
    claim = a_claim("paid")
    await portal.post(portal.advice(claim_file(claim), claims=1, advice_id=1))
    both = [claim, payments.reversed_claim(claim)]
    await portal.post(portal.advice(advice_file(both, trace="T2"), claims=2, advice_id=2))
    rows = await portal.rows("SELECT sequence, outcome FROM remitted_claim ORDER BY sequence")
    assert [tuple(row) for row in rows] == [(1, "paid"), (2, "reversed"), (3, "paid")]


async def test_a_trace_number_that_another_remittance_has_is_refused(portal: RemittanceService) -> None:
    # X12 RFI 1847: the number is unique between payer and receiver, also without money.
    for number, outcome in enumerate(("paid", "denied")):
        first, second = a_claim(outcome), a_claim("paid-in-part" if outcome == "paid" else "unprocessable")
        trace = f"TRACE{number}"
        await portal.post(portal.advice(claim_file(first, trace=trace), claims=1, advice_id=10 + number))
        before = await portal.rows("SELECT remittance_id FROM remittance")
        again = portal.advice(claim_file(first, trace=trace), claims=1, advice_id=20 + number)
        await portal.post(again)
        other = portal.advice(claim_file(second, trace=trace), claims=1, advice_id=30 + number)
        await portal.post(other)
        assert await portal.refused() == ["its trace number belongs to another remittance"]
        await portal.rows("DELETE FROM waiting_advice RETURNING 1")
        assert await portal.rows("SELECT remittance_id FROM remittance") == before


# ---- finding and totals ---------------------------------------------------------------------------------------------


async def test_a_payment_is_found_by_its_number_day_and_amount(portal: RemittanceService) -> None:
    await posted(portal)
    await portal.post(portal.advice(claim_file(a_claim("paid"), trace="OTHER"), claims=1, advice_id=2))
    amount = f"{PAID / 100:,.2f}"
    for query, traces in (
        ("", {TRACE, "OTHER"}),
        (f"trace_number={TRACE}", {TRACE}),
        (f"amount=${amount}", {TRACE}),
        ("issued_from=11/23/2026&issued_to=11/23/2026", {TRACE, "OTHER"}),
        ("issued_from=11/24/2026", set()),
        ("trace_number=NONE", set()),
    ):
        page = (await portal.app.call("GET", f"/remittance?{query}", BILLER)).text
        assert {each for each in (TRACE, "OTHER") if f">{each}</a>" in page} == traces, query
    assert "No remittance matches" in page
    wrong = (await portal.app.call("GET", "/remittance?amount=ten", BILLER)).text
    assert "Enter the amount in dollars and cents" in wrong


async def test_a_payment_shows_its_totals_and_when_to_appeal(portal: RemittanceService) -> None:
    address = await posted(portal)
    page = (await portal.app.call("GET", address, BILLER)).text
    charges = sum(each.total_charge_cents for each in CLAIMS)
    [row] = await portal.rows("SELECT sum(allowed_cents) AS allowed FROM remitted_claim")
    for cents in (charges, int(row.allowed), PAID):
        assert f"${cents / 100:,.2f}" in page
    assert "No provider adjustments" in page
    assert 'Appeal by <time datetime="2027-03-29"' in page
    assert any(each.subscriber.last_name in page for each in CLAIMS[:1])


_FIRST_CLAIM = f"CLP*{CLAIMS[0].patient_control_number}*".encode()


@pytest.mark.parametrize(
    ("code_set", "known", "unknown", "words"),
    [
        ("adjustment_reason", b"CAS*CO*50*", b"CAS*CO*999*", "Unknown reason 999"),
        ("claim_adjustment_group_code", b"CAS*CO*50*", b"CAS*QQ*50*", "Group QQ is not known here"),
        ("claim_status_code", _FIRST_CLAIM + b"1*", _FIRST_CLAIM + b"77*", "77 · Unknown code 77"),
        ("claim_filing_indicator", b"*MB*", b"*Q7*", "Unknown code Q7"),
        ("date_qualifier", b"DTM*232*", b"DTM*QQQ*20261102~DTM*232*", "Unknown kind of date QQQ"),
        ("reference_qualifier", b"REF*6R*", b"REF*QQ*55~REF*6R*", "Unknown kind of number QQ"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_code_our_lists_do_not_have_is_shown_as_unknown_and_raises_an_alarm(
    portal: RemittanceService, code_set: str, known: bytes, unknown: bytes, words: str
) -> None:
    """It never stops the remittance it came in."""

    def raised() -> float:
        return metrics.UNKNOWN_CODES.labels(code_set)._value.get()

    await portal.know(CLAIMS)
    before = raised()
    file = recounted(remittance_file(CLAIMS).replace(known, unknown, 1).decode()).encode()
    with capture_logs() as logs:
        await portal.post(portal.advice(file, claims=len(CLAIMS)))
    assert raised() == before + 1
    assert [(each["code"], each["count"]) for each in logs if each["event"] == "unknown code"] == [(code_set, 1)]
    [row] = await portal.rows("SELECT remittance_id FROM remittance")
    pages = [
        (await portal.app.call("GET", f"/remittance/{row.remittance_id}/claims/{number}", BILLER)).text
        for number in range(1, len(CLAIMS) + 1)
    ]
    assert sum(words in page for page in pages) == 1
