"""Every field of an 835's objects reaches the page of its payment or claim, or is listed with the reason why not.

One object holds everything the guide has room for. Each value of it is changed by its smallest unit, posted and shown:
the page must differ.
"""

import re
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Any
from uuid import UUID

import pytest

from libs.common.contracts.partner import RemittanceAdvice as Handed
from libs.common.ids import derived_id
from libs.common.runtime import Runtime
from libs.x12.remittance import objects
from libs.x12.remittance.objects import (
    Account,
    Address,
    Adjustment,
    Amount,
    ClaimGroup,
    Contact,
    Dated,
    InpatientAdjudication,
    InpatientSummary,
    OutpatientAdjudication,
    Party,
    Payee,
    Payer,
    Payment,
    Procedure,
    ProviderAdjustment,
    ProviderSummary,
    Quantity,
    Reference,
    Remark,
    RemittanceAdvice,
    RemittedClaim,
    RemittedLine,
)
from services.remittance.advice import handlers
from services.remittance.advice.domain import PostedAdvice
from services.remittance.advice.partner import (
    Packed,
    Summary,
    details_of,
    posted_advice,
    posted_claim,
    set_aside,
    task_of,
)
from services.remittance.advice.tables import DETAILS
from services.remittance.quarantine.domain import Owner
from tests.support.applications import BILLER
from tests.support.field_walk import unexplained, unset, variants
from tests.support.platform import CloneSettings
from tests.support.remittance import NPI, RemittanceService, remittance_service

DAY = date(2026, 11, 2)


def filled(kind: type, **more: Any) -> Any:
    """An object of small numbers in which every amount and count differs."""
    values: dict[str, Any] = {}
    for place, each in enumerate(fields(kind), start=1):
        if each.name.endswith("_cents"):
            values[each.name] = 10_000 + place
        elif each.name.startswith("remark_"):
            values[each.name] = ("N115", "MA01", "M25", "N386", "MA18")[int(each.name[-1]) - 1]
        else:
            values[each.name] = Decimal(place) + Decimal("0.5")
    return kind(**values | more)


REASONS = (Adjustment("CO", "45", 2_000, Decimal(1)), Adjustment("PR", "2", 1_000, Decimal(2)))
ALL_REFERENCES = (Reference("EA", "MR-1"), Reference("G1", "AUTH1"))
LINE = RemittedLine(
    number=1,
    procedure=Procedure("N4", "00409117230", ("25", "59"), "AMPULE"),
    charge_cents=20_000,
    paid_cents=8_000,
    revenue_code="0450",
    units=Decimal("1.5"),
    submitted=Procedure("HC", "99214", ("25", "59"), "VISIT"),
    submitted_units=Decimal(2),
    service_from=DAY,
    service_to=date(2026, 11, 4),
    adjustments=REASONS,
    references=(Reference("6R", "LINE-7"), Reference("LU", "LOC1")),
    amounts=(Amount("B6", 9_000), Amount("KH", 300)),
    quantities=(Quantity("ZK", Decimal(3)),),
    remarks=(Remark("HE", "N115"), Remark("RX", "79")),
    dates=(Dated("QQQ", date(2026, 11, 8)),),
)
CLAIM = RemittedClaim(
    transaction=1,
    number=1,
    group=ClaimGroup(1),
    patient_control_number="PCN1",
    status="1",
    charge_cents=30_000,
    paid_cents=16_000,
    patient_responsibility_cents=1_000,
    filing_indicator="MB",
    payer_claim_control_number="1126324000001",
    facility_code="11",
    frequency_code="1",
    drg="470",
    drg_weight=Decimal("1.9"),
    discharge_fraction=Decimal("0.125"),
    adjustments=REASONS,
    parties=(
        Party("QC", "1", "ASHGROVE", "ALDORA", "B", "DR", "JR", "MI", "1EG4TE5MK73"),
        Party("74", "1", "ASHGROVES", "ALDORAS", "C", "DR", "SR", "C", "1EG4TE5MK74"),
        Party("82", "1", "OAKENSHIRE", "BRAMWIN", "D", "DR", "III", "XX", "2952919902"),
    ),
    inpatient=filled(InpatientAdjudication),
    outpatient=filled(OutpatientAdjudication, reimbursement_rate=Decimal("0.8")),
    references=ALL_REFERENCES,
    statement_from=DAY,
    statement_to=date(2026, 11, 5),
    coverage_expired=date(2026, 11, 6),
    received=date(2026, 11, 7),
    contacts=(Contact("CX", "CLAIM DESK", (("TE", "8005550142"), ("EX", "12"))),),
    amounts=(Amount("AU", 12_000), Amount("I", 50)),
    quantities=(Quantity("CA", Decimal(3)),),
    lines=[LINE, replace(LINE, number=2, service_date=DAY, service_from=None, service_to=None)],
    dates=(Dated("QQQ", date(2026, 11, 9)),),
)
GROUP = ClaimGroup(
    1,
    filled(ProviderSummary, provider=NPI, facility_code="11", period_end=date(2026, 12, 31)),
    filled(InpatientSummary),
)
ADVICE = RemittanceAdvice(
    payment=Payment(
        "I",
        16_000,
        "C",
        "ACH",
        "CCP",
        Account("01", "000900012", "DA", "0009000123"),
        "1000900009",
        "DIV1",
        Account("01", "000900025", "DA", "00001000001"),
        date(2026, 11, 23),
    ),
    trace_number="TRACE1",
    payer_identifier="1000900009",
    trace_supplement="SUP1",
    currency="USD",
    receiver="RECEIVER1",
    payer_version="V1",
    produced=date(2026, 11, 20),
    payer=Payer(
        "MERIDIAN",
        "XV",
        "PLAN1",
        Address("1 LANTERN SQ", "FLOOR 2", "LANTERNVILLE", "KY", "428810001", "CA", "ON"),
        [Reference("2U", "15004")],
        [Contact("BL", "EDI DESK", (("TE", "8005550143"),))],
    ),
    payee=Payee(
        "RIVERSIDE",
        "XX",
        NPI,
        Address("2 LANTERN SQ", "FLOOR 3", "LANTERNVILLE", "KY", "428810002", "CA", "ON"),
        [Reference("TJ", "001000001")],
        ("BM", "RECEIVER", "BOX 1"),
    ),
    provider_adjustments=[
        ProviderAdjustment(NPI, date(2026, 12, 31), "WO", "1126324000001      PCN9", 1_000),
        ProviderAdjustment(NPI, date(2026, 12, 31), "LE", "L1", -500),
    ],
    claims=1,
    charge_cents=30_000,
    paid_cents=16_000,
    interest_cents=50,
    dates=(Dated("QQQ", date(2026, 11, 10)),),
)
# Values that are valid where not just any text is.
OTHER_CLAIM_VALUES = {
    "status": "19",
    "lines.number": 9,
    "parties.entity": "IL",
    "parties.kind": "2",
    "parties.qualifier": "HN",
    "filing_indicator": "MA",
    "adjustments.group": "OA",
    "lines.adjustments.group": "OA",
    "adjustments.reason": "96",
    "lines.adjustments.reason": "96",
    "lines.procedure.qualifier": "HC",
    "lines.submitted.qualifier": "HP",
    "lines.remarks.qualifier": "QQ",
    "contacts.numbers": "FX",
}
OTHER_ADVICE_VALUES = {"payment.receiver.account_qualifier": "SG"}
NOT_SHOWN_OF_CLAIMS = {
    "transaction": "which transaction set of the file it came in; a remittance is one",
    "number": "its place in the file, which is its address",
    "group": "the payer's way of grouping; the totals of a group stand on the page of the payment",
    "lines.number": "the place of a line, which names no line: REF*6R does",
    "adjustments.shares_segment": "how the file was cut into segments",
    "lines.adjustments.shares_segment": "how the file was cut into segments",
}
NOT_SHOWN_OF_ADVICES = {
    "transaction": "which transaction set of the file it came in; a remittance is one",
    "payment.sender.bank_qualifier": "of which country the number of a bank is",
    "payment.receiver.bank_qualifier": "of which country the number of a bank is",
    "payment.sender.account_qualifier": "the payer's account is its checking account (DA is the only code)",
    "payer.qualifier": "says that the payer's number is a plan ID, as its label does",
    "provider_adjustments.shares_segment": "how the file was cut into segments",
    "claims": "counted again from the claims themselves",
    "charge_cents": "added up again from the claims themselves",
    "paid_cents": "added up again from the claims themselves",
    "interest_cents": "the sum of what each claim's page shows (AMT*I); the payment shows interest as L6",
}


@pytest.fixture
async def portal(databases: Callable[..., Awaitable[CloneSettings]]) -> AsyncIterator[RemittanceService]:
    async with remittance_service(await databases("remittance")) as running:
        yield running


async def post(
    portal: RemittanceService, monkeypatch: pytest.MonkeyPatch, claims: Sequence[RemittedClaim], posted: PostedAdvice
) -> UUID:
    """Post the objects as if they had been read from an 835, in place of what was posted before; the remittance."""

    async def read(runtime: Runtime, event: Handed) -> AsyncGenerator[Summary | Packed, None]:
        task = task_of(runtime, event)
        items = (
            replace(
                posted_claim(each, DETAILS.seal(task.keys, details_of(each), task.remittance_id, place)), number=place
            )
            for place, each in enumerate(claims, start=1)
        )
        for each in set_aside(chain(items, [posted]), task):
            yield each

    monkeypatch.setattr(handlers, "prepared", read)
    monkeypatch.setattr(handlers, "owner_of", lambda *_what: Owner(BILLER.enrollment_id))
    await portal.rows("DELETE FROM remittance RETURNING 1")
    await portal.rows("DELETE FROM remitted_claim RETURNING 1")
    await portal.rows("DELETE FROM remitted_line RETURNING 1")
    event = portal.advice(b"", claims=len(claims))
    await portal.post(event)
    return derived_id("remittance", event.advice_id)


_ONE_REQUEST = re.compile(r"<input type=.hidden.[^>]*>")


async def shown(portal: RemittanceService, address: str) -> str:
    """What a page says of its object, without what differs with each request and address."""
    answer = await portal.app.call("GET", address, BILLER)
    assert answer.status_code == 200, answer.text
    main = answer.text[answer.text.index("<main") : answer.text.index("</main>")]
    return re.sub(rf"{re.escape(address)}(?!\d)", "", _ONE_REQUEST.sub("", main))


def test_the_objects_of_this_test_set_every_field() -> None:
    # Notices are for the payer to correct: a provider can do nothing about them.
    assert unset((CLAIM, GROUP, ADVICE), objects) == {"RemittedClaim.notices", "RemittanceAdvice.notices"}


async def test_every_field_of_a_claim_is_on_its_page(
    portal: RemittanceService, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = list(variants(CLAIM, OTHER_CLAIM_VALUES))
    # The last one supersedes all before it alike, as pages say.
    claims = [CLAIM, *(each.value for each in changed), CLAIM]
    remittance_id = await post(portal, monkeypatch, claims, posted_advice(ADVICE, [GROUP]))
    pages = [await shown(portal, f"/remittance/{remittance_id}/claims/{number}") for number in range(1, len(claims))]
    outputs = {each.path: page for each, page in zip(changed, pages[1:], strict=True)}
    assert unexplained(pages[0], outputs, NOT_SHOWN_OF_CLAIMS) == []


async def test_every_field_of_a_payment_is_on_its_page(
    portal: RemittanceService, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def page_of(advice: RemittanceAdvice, group: ClaimGroup) -> str:
        remittance_id = await post(portal, monkeypatch, [CLAIM], posted_advice(advice, [group]))
        return await shown(portal, f"/remittance/{remittance_id}")

    baseline = await page_of(ADVICE, GROUP)
    outputs = {each.path: await page_of(each.value, GROUP) for each in variants(ADVICE, OTHER_ADVICE_VALUES)}
    assert unexplained(baseline, outputs, NOT_SHOWN_OF_ADVICES) == []
    groups = {each.path: await page_of(ADVICE, each.value) for each in variants(GROUP)}
    assert unexplained(baseline, groups, {"number": "the payer's way of counting its groups"}) == []
