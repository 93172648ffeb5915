import io
from collections.abc import AsyncIterator, Awaitable, Callable

import pikepdf
import pytest
from structlog.testing import capture_logs

from libs.common.errors import NotYet, Poison
from simulators.shared_system.adjudication import adjudicate
from tests.support.applications import BILLER, OTHER_BILLER
from tests.support.partner_claims import accepted_institutional_claims
from tests.support.platform import CloneSettings
from tests.support.remittance import (
    SEED,
    TRACE,
    RemittanceService,
    claim_id_of,
    decided_claims,
    remittance_file,
    remittance_service,
)

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
        "POST", "/remittance/search", BILLER, data={**body, "number": CLAIMS[2].patient_control_number}
    )
    none = await portal.app.call("POST", "/remittance/search", BILLER, data={**body, "number": "none such"})
    empty = await portal.app.call("POST", "/remittance/search", BILLER, data={**body, "number": " "})
    assert one.headers["location"] == f"{address}/claims/3"
    assert "No remitted claim has this number" in none.text
    assert (empty.status_code, "Enter an ICN" in empty.text) == (422, True)


async def test_a_program_reads_the_same(portal: RemittanceService) -> None:
    address = await posted(portal)
    listed = (await portal.app.call("GET", "/api/remittance", BILLER)).json()
    [payment] = listed["remittances"]
    assert (payment["trace_number"], payment["paid_cents"]) == (TRACE, PAID)
    pages = [(await portal.app.call("GET", f"/api{address}/claims?page={page}", BILLER)).json() for page in (1, 2)]
    assert sum(each["paid_cents"] for page in pages for each in page["claims"]) == PAID
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
    with capture_logs() as logs, pytest.raises(Poison):
        await portal.post(portal.advice(content, claims=claims))
    assert await portal.rows("SELECT 1 FROM remittance UNION ALL SELECT 1 FROM remitted_claim") == []
    assert await portal.rows("SELECT 1 FROM outbox") == []
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["remittance not posted"]
    assert not [word for word in PRIVATE if word in str(logs)]


async def test_a_remittance_for_a_payee_nobody_knows_yet_waits(portal: RemittanceService) -> None:
    with pytest.raises(NotYet):
        await portal.post(portal.advice(remittance_file(CLAIMS, npi="2952919902"), claims=len(CLAIMS)))
