import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.x12.remittance.objects import (
    Address,
    Adjustment,
    ClaimGroup,
    Contact,
    Party,
    Payee,
    Payer,
    Payment,
    Procedure,
    ProviderAdjustment,
    RemittanceAdvice,
    RemittedClaim,
    RemittedLine,
    claim_reference,
    sum_of_adjustments,
)
from libs.x12.remittance.writer import Remittance, balance_faults, write_835
from simulators.remittances import remittance, remittance_file
from tests.support.x12_remittances import ENVELOPE, read

ISSUED = date(2026, 11, 20)
SERVICE = ISSUED - timedelta(days=30)
CENTS = st.integers(min_value=0, max_value=10_000_000)


def owed_by_patient(claim: RemittedClaim) -> int:
    held = (*claim.adjustments, *(each for line in claim.lines for each in line.adjustments))
    return sum_of_adjustments(each for each in held if each.group == "PR")


def written(*remittances: Remittance) -> str:
    return b"".join(write_835(remittances, ENVELOPE)).decode("ascii")


@st.composite
def adjustments(draw: st.DrawFn, total: int) -> tuple[Adjustment, ...]:
    """Up to nine adjustments that sum to `total`, none of them zero."""
    amounts = draw(st.lists(st.integers(-1_000_000, 1_000_000).filter(bool), max_size=8))
    amounts += filter(None, [total - sum(amounts)])
    return tuple(
        Adjustment(
            draw(st.sampled_from(["CO", "PR", "OA", "PI"])) if index == 0 else "CO",
            draw(st.sampled_from(["45", "253", "1", "2", "97", "B20"])),
            amount,
            draw(st.none() | st.integers(1, 99).map(Decimal)),
            shares_segment=False,
        )
        for index, amount in enumerate(amounts)
    )


@st.composite
def lines(draw: st.DrawFn, number: int) -> RemittedLine:
    charge, paid = draw(CENTS), draw(st.integers(-1_000, 10_000_000))
    return RemittedLine(
        number,
        Procedure("HC", draw(st.sampled_from(["99213", "J3420"])), draw(st.sampled_from([(), ("25",), ("25", "59")]))),
        charge,
        paid,
        units=draw(st.integers(0, 99).map(Decimal)),
        service_date=SERVICE,
        adjustments=draw(adjustments(charge - paid)),
    )


@st.composite
def claims(draw: st.DrawFn, number: int, group: ClaimGroup) -> RemittedClaim:
    held = [draw(lines(index)) for index in range(1, draw(st.integers(0, 3)) + 1)]
    charge = sum(line.charge_cents for line in held) if held else draw(CENTS)
    own = draw(st.integers(-100_000, 100_000)) if held else draw(CENTS)
    paid = sum(line.paid_cents for line in held) - own if held else charge - own
    made = RemittedClaim(
        1,
        number,
        group,
        f"PCN{number}",
        "1",
        charge,
        paid,
        # A claim may go without lines where a facility is paid for it.
        filing_indicator="MA",
        payer_claim_control_number=f"11{number:011}",
        facility_code="13",
        frequency_code="1",
        adjustments=draw(adjustments(own)),
        parties=(Party("QC", "1", "ASHGROVE", "ALDORA", qualifier="MI", identifier="1EG4TE5MK73"),),
        statement_from=SERVICE,
        statement_to=SERVICE,
        lines=held,
    )
    return replace(made, patient_responsibility_cents=owed_by_patient(made) or None)


@st.composite
def remittances(draw: st.DrawFn) -> Remittance:
    group = ClaimGroup(1)
    held = [draw(claims(number, group)) for number in range(1, draw(st.integers(0, 4)) + 1)]
    paid = sum(claim.paid_cents for claim in held)
    # A payment is never negative: what is owed to the payer is carried forward.
    forward = min(paid, 0) - draw(st.integers(1, 100_000))
    provider = [ProviderAdjustment("2994535120", date(2026, 12, 31), "FB", "X1", forward)]
    provider += [
        ProviderAdjustment("2994535120", date(2026, 12, 31), "CS", "", -cents, shares_segment=True)
        for cents in draw(st.lists(st.integers(1, 500), max_size=8))
    ]
    amount = paid - sum_of_adjustments(provider)
    advice = RemittanceAdvice(
        payment=Payment(amount_cents=amount, method="CHK", effective=ISSUED),
        trace_number="1500426324",
        payer_identifier="1000900009",
        produced=ISSUED,
        payer=Payer(
            "MERIDIAN MEDICARE",
            address=Address("1 LANTERN SQUARE", "", "LANTERNVILLE", "KY", "428810001"),
            contacts=[Contact("BL", "EDI DESK", (("TE", "8005550142"),))],
        ),
        payee=Payee("RIVERSIDE CLINIC", "XX", "2994535120"),
        provider_adjustments=provider,
    )
    if not amount:
        advice.payment = Payment("H", method="NON", effective=ISSUED)
    return Remittance(advice, held)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(remittances())
def test_what_balances_is_written_and_read_as_it_was(made: Remittance) -> None:
    [advice], claims_read, verdict = read(written(made))

    assert [finding.code for each in verdict.transactions() for finding in each.findings] == []
    assert verdict.verdict == "accepted"
    # Units that belong to no line, or have another sign than their amount, are remarked and kept.
    assert [replace(each, notices=()) for each in claims_read] == list(made.claims)
    assert not advice.notices
    assert advice.payment == made.advice.payment
    assert sum_of_adjustments(advice.provider_adjustments) == sum_of_adjustments(made.advice.provider_adjustments)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(remittances(), st.integers(-5_000, 5_000).filter(bool), st.data())
def test_a_cent_in_the_wrong_place_is_named_and_not_written(made: Remittance, cents: int, data: st.DataObject) -> None:
    place = data.draw(st.sampled_from(["payment", "claim", "line", "charge"]))
    with_lines = [claim for claim in made.claims if claim.lines]
    if place == "claim" and made.claims:
        made.claims[-1].paid_cents += cents
        expected = rf"claim {len(made.claims)}: charge less payment"
    elif place == "line" and with_lines:
        with_lines[0].lines[0].paid_cents += cents
        expected = rf"claim {with_lines[0].number}, line 1: charge less payment"
    elif place == "charge" and with_lines:
        with_lines[0].lines[0].charge_cents += cents
        with_lines[0].lines[0].paid_cents += cents
        expected = rf"claim {with_lines[0].number}: charge and the charges of its lines"
    else:
        made.advice.payment.amount_cents += cents
        expected = "payment and claim payments less provider adjustments differ by"

    with pytest.raises(ValueError, match=rf"^remittance 1: {expected}"):
        write_835([made], ENVELOPE)


def test_a_message_names_numbers_and_no_person() -> None:
    made = remittance(issued=ISSUED, claims=3)
    made.claims[1].lines[0].paid_cents += 1

    faults = list(balance_faults(made.advice, made.claims))
    assert faults[0] == "claim 2, line 1: charge less payment and its adjustments differ by -$0.01"
    assert not re.search("PCN|MI|[A-Z]{4}", " ".join(faults))


def test_seven_reasons_of_a_group_need_two_segments() -> None:
    made = remittance(issued=ISSUED, claims=1, lines=1)
    line = made.claims[0].lines[0]
    left = line.charge_cents - line.paid_cents
    line.adjustments = tuple(
        Adjustment("CO", reason, amount, shares_segment=index > 0)
        for index, (reason, amount) in enumerate(
            zip(["45", "97", "18", "B7", "96", "50", "253"], [1] * 6 + [left - 6], strict=True)
        )
    )

    text = written(made)
    segments = [segment for segment in text.split("~") if segment.startswith("CAS")]
    assert [segment.count("**") for segment in segments] == [5, 0]
    assert read(text).claims[0].lines[0].adjustments[5].shares_segment
    assert not read(text).claims[0].lines[0].adjustments[6].shares_segment


def test_lines_that_were_reordered_split_and_bundled_come_back_as_written() -> None:
    """Line 2 of the claim first; line 1 split in two, the second charging nothing; line 3 bundled into line 2."""
    made = remittance(issued=ISSUED, claims=1, lines=3)
    [claim] = made.claims
    one, two, three = claim.lines
    assert [line.control_number for line in claim.lines] == ["00000101", "00000102", "00000103"]
    rest = replace(
        one, number=3, charge_cents=0, paid_cents=0, units=Decimal(0), adjustments=(), amounts=(), remarks=()
    )
    bundled = replace(
        three,
        number=4,
        procedure=two.procedure,
        submitted=three.procedure,
        paid_cents=0,
        units=Decimal(0),
        submitted_units=three.units,
        adjustments=(Adjustment("CO", "97", three.charge_cents),),
    )
    claim.lines = [replace(two, number=1), replace(one, number=2), rest, bundled]
    made.advice.payment.amount_cents -= three.paid_cents
    claim.paid_cents -= three.paid_cents
    claim.patient_responsibility_cents = owed_by_patient(claim)

    [advice], claims_read, verdict = read(written(made))
    assert (verdict.verdict, advice.notices, claims_read) == ("accepted", (), made.claims)
    lines = claims_read[0].lines
    assert [line.control_number for line in lines] == ["00000102", "00000101", "00000101", "00000103"]
    assert [line.billed for line in lines] == [two.procedure, one.procedure, one.procedure, three.procedure]
    assert [line.units for line in lines] == [1, 1, 0, 0]
    assert [line.submitted_units for line in lines] == [None, None, None, 1]


def test_one_unit_need_not_be_written() -> None:
    text = written(remittance(issued=ISSUED, claims=1, lines=1))

    assert "**1~" in text
    assert read(text.replace("**1~", "~", 1)).claims == read(text).claims


def test_a_reference_names_claim_and_patient_control_number_by_position() -> None:
    """CMS change request 7499: positions 1 to 19, and 20 to 39."""
    reference = claim_reference("1126324000001", "PCN0001")
    adjustment = ProviderAdjustment("2994535120", None, "WO", reference, 100)

    assert reference.index("PCN0001") == 19
    assert (adjustment.payer_claim_control_number, adjustment.patient_control_number) == ("1126324000001", "PCN0001")
    assert claim_reference("1126324000001", "") == "1126324000001"
    for reason in ("CS", "IR", "PI"):
        other = replace(adjustment, reason=reason)
        assert (other.payer_claim_control_number, other.patient_control_number) == ("", "")


def test_several_remittances_are_several_transaction_sets() -> None:
    first, second = remittance(issued=ISSUED, claims=2), remittance(issued=ISSUED, claims=3, control_number=2)

    advices, claims_read, verdict = read(written(first, second))
    assert [transaction.control_number for transaction in verdict.transactions()] == ["0001", "0002"]
    assert [advice.transaction for advice in advices] == [1, 2]
    assert [claim.transaction for claim in claims_read] == [1, 1, 2, 2, 2]
    assert verdict.verdict == "accepted"


def test_nothing_is_written_when_the_second_remittance_does_not_balance() -> None:
    first, second = remittance(issued=ISSUED, claims=2), remittance(issued=ISSUED, claims=2)
    second.advice.payment.amount_cents += 1

    with pytest.raises(ValueError, match=r"^remittance 2: payment"):
        write_835([first, second], ENVELOPE)


def test_claims_of_two_groups_keep_their_groups() -> None:
    made = remittance(issued=ISSUED, claims=3)
    made.claims[2].group = ClaimGroup(7)
    made = replace(made, claims=made.claims)

    assert [claim.group.number for claim in read(written(made)).claims] == [1, 1, 7]


def test_separators_in_a_name_do_not_break_the_file() -> None:
    made = remittance(issued=ISSUED, claims=1)
    made.claims[0].parties[0].last_name = "ASH*GROVE~:^"

    assert read(written(made)).verdict.verdict == "accepted"


def test_the_remittances_of_the_simulated_world_are_accepted_and_always_the_same() -> None:
    one = b"".join(remittance_file(issued=ISSUED, claims=40))

    assert one == b"".join(remittance_file(issued=ISSUED, claims=40))
    assert one != b"".join(remittance_file(issued=ISSUED, claims=40, seed=2))
    [advice], claims_read, verdict = read(one)
    assert verdict.verdict == "accepted"
    assert not advice.notices
    assert not any(claim.notices for claim in claims_read)
    assert {claim.status for claim in claims_read} == {"1", "19"}
