import pytest

from libs.x12.findings import Finding
from libs.x12.remittance.edits import REFUSALS, REMARKS
from libs.x12.remittance.objects import RemittanceAdvice
from tests.support.x12_remittances import (
    OF_A_CLAIM,
    OF_THE_HEAD,
    ONE_REMITTANCE,
    PRIVATE,
    STRUCTURE,
    WHOLE,
    Mutant,
    read,
)

ALL = [*STRUCTURE, *WHOLE, *OF_A_CLAIM, *OF_THE_HEAD]


def name(mutant: Mutant) -> str:
    return mutant.name


def told(text: str) -> list[Finding]:
    """Everything said about a file."""
    advices, claims, verdict = read(text)
    findings = [finding for transaction in verdict.transactions() for finding in transaction.findings]
    findings += [finding for advice in advices for finding in advice.notices]
    return findings + [finding for claim in claims for finding in claim.notices]


@pytest.mark.parametrize("mutant", [*STRUCTURE, *WHOLE], ids=name)
def test_a_remittance_that_cannot_be_posted_is_refused_at_the_right_place(mutant: Mutant) -> None:
    advices, claims, verdict = read(mutant.text)

    [transaction] = verdict.transactions()
    assert transaction.verdict == "rejected"
    found = {(finding.segment, finding.code, finding.element): finding for finding in transaction.findings}
    assert (mutant.segment, mutant.code, mutant.element) in found
    assert not any(verdict.accepts(advice) for advice in advices)
    assert not any(verdict.accepts(claim) for claim in claims)
    assert (verdict.claims_accepted, verdict.claims_rejected) == (0, 3)
    finding = found[mutant.segment, mutant.code, mutant.element]
    if mutant.segment not in {"ST", "SE"}:
        assert finding.segment_code
        assert finding.position > 1
    if mutant.element:
        assert finding.element_code


@pytest.mark.parametrize("mutant", [*WHOLE, *OF_A_CLAIM, *OF_THE_HEAD], ids=name)
def test_a_finding_points_to_its_segment(mutant: Mutant) -> None:
    segments = mutant.text.split("~")
    for finding in told(mutant.text):
        standing = segments[finding.position + 1]
        # A missing segment is told at the claim or line that lacks it.
        told_elsewhere = finding.segment_code == "I6" or finding.segment == "DTM"
        assert standing.startswith(("CLP*", "SVC*") if told_elsewhere else f"{finding.segment}*")


@pytest.mark.parametrize("mutant", OF_A_CLAIM, ids=name)
def test_what_posts_no_money_wrongly_is_a_notice_on_the_claim(mutant: Mutant) -> None:
    [advice], claims, verdict = read(mutant.text)

    [transaction] = verdict.transactions()
    assert (verdict.verdict, transaction.verdict, transaction.findings) == ("accepted", "accepted", [])
    assert (verdict.claims_accepted, verdict.claims_rejected) == (3, 0)
    assert verdict.accepts(advice)
    assert all(verdict.accepts(claim) for claim in claims)
    assert not advice.notices
    [[finding]] = [claim.notices for claim in claims if claim.notices]
    assert (finding.segment, finding.code, finding.element) == (mutant.segment, mutant.code, mutant.element)


@pytest.mark.parametrize("mutant", OF_THE_HEAD, ids=name)
def test_what_posts_no_money_wrongly_is_a_notice_on_the_remittance(mutant: Mutant) -> None:
    [advice], claims, verdict = read(mutant.text)

    [finding] = advice.notices
    assert (finding.segment, finding.code, finding.element) == (mutant.segment, mutant.code, mutant.element)
    assert verdict.verdict == "accepted"
    assert verdict.accepts(advice)
    assert all(verdict.accepts(claim) for claim in claims)
    assert not any(claim.notices for claim in claims)


def test_every_edit_is_shown_by_a_file_and_is_refusal_or_notice() -> None:
    shown = {mutant.code for mutant in ALL}

    assert REFUSALS.keys() - shown == {"too-many", "payment-repeated"}
    assert REMARKS.keys() - shown == {"payment-method", "trace-repeated"}
    assert not REFUSALS.keys() & REMARKS.keys()


@pytest.mark.parametrize("mutant", ALL, ids=name)
def test_no_finding_repeats_a_value_of_the_file(mutant: Mutant) -> None:
    findings = told(mutant.text)

    assert findings
    assert all(finding.sentence.endswith(".") and finding.field for finding in findings)
    assert not [value for value in PRIVATE if value in repr(findings)]


def test_the_unchanged_remittance_is_accepted_with_all_it_says() -> None:
    [advice], claims, verdict = read(ONE_REMITTANCE)

    assert verdict.verdict == "accepted"
    assert not told(ONE_REMITTANCE)
    assert verdict.accepts(advice)
    assert all(verdict.accepts(claim) for claim in claims)
    assert isinstance(advice, RemittanceAdvice)
    assert (advice.trace_number, advice.payment.method, advice.payment.amount_cents) == ("1500426324", "ACH", 13375)
    assert (advice.claims, advice.charge_cents, advice.paid_cents) == (3, 23200, 14248)
    assert (advice.interest_cents, advice.trace) == (127, ("1000900009", "1500426324"))
    assert [adjustment.amount_cents for adjustment in advice.provider_adjustments] == [-127, 1000]
    paid, reversal, forwarded = claims
    assert (paid.patient_control_number, paid.payer_claim_control_number) == ("PCN0001", "1126324000001")
    assert [(line.charge_cents, line.paid_cents) for line in paid.lines] == [(16000, 9408), (2200, 0)]
    assert [(each.group, each.reason, each.amount_cents) for each in paid.lines[0].adjustments] == [
        ("CO", "45", 4000),
        ("CO", "253", 192),
        ("PR", "2", 2400),
    ]
    assert paid.lines[0].control_number == "000101"
    assert [remark.code for remark in paid.lines[1].remarks] == ["N115"]
    assert paid.remarks == ("MA01",)
    assert reversal.is_reversal
    assert forwarded.party("TT")
    assert forwarded.period
    assert [day.day for day in forwarded.period] == [15, 16]


def test_a_reversal_may_repeat_a_reason_that_has_ended() -> None:
    _, claims, _ = read(ONE_REMITTANCE.replace("CAS*CO*45*-10~", "CAS*CO*A2*-10~"))

    assert not any(claim.notices for claim in claims)


def test_a_claim_that_was_paid_less_than_nothing_is_reversed_by_a_payment() -> None:
    text = ONE_REMITTANCE.replace("*22*-50*-30*-10*", "*22*-50*5*-10*").replace("80053*-50*-30*", "80053*-50*5*")
    text = text.replace("CAS*CO*45*-10~", "CAS*CO*45*-45~").replace("*133.75*", "*168.75*")

    assert read(text).verdict.verdict == "accepted"
