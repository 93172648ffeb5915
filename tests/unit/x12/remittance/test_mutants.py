import pytest

from libs.x12.remittance.objects import RemittanceAdvice
from tests.support.x12_remittances import (
    CODES,
    HEAD_CODES,
    ONE_REMITTANCE,
    PRIVATE,
    STRUCTURE,
    UNKNOWN,
    UNKNOWN_IN_HEAD,
    WHOLE,
    Mutant,
    read,
)

ALL = [*STRUCTURE, *WHOLE, *CODES, *HEAD_CODES, *UNKNOWN, *UNKNOWN_IN_HEAD]


def name(mutant: Mutant) -> str:
    return mutant.name


@pytest.mark.parametrize("mutant", [*STRUCTURE, *WHOLE], ids=name)
def test_a_remittance_that_cannot_be_posted_is_refused_at_the_right_place(mutant: Mutant) -> None:
    advices, claims, verdict = read(mutant.text)

    [transaction] = verdict.transactions()
    assert transaction.verdict == "rejected"
    found = {(finding.segment, finding.code, finding.element): finding for finding in transaction.findings}
    assert (mutant.segment, mutant.code, mutant.element) in found
    assert not any(verdict.accepts(item) for item in [*advices, *claims])
    assert (verdict.claims_accepted, verdict.claims_rejected) == (0, 3)
    finding = found[mutant.segment, mutant.code, mutant.element]
    if mutant.segment not in {"ST", "SE"}:
        assert finding.segment_code
        assert finding.position > 1
    if mutant.element:
        assert finding.element_code


@pytest.mark.parametrize("mutant", WHOLE, ids=name)
def test_balancing_and_situations_point_to_their_segment(mutant: Mutant) -> None:
    _, _, verdict = read(mutant.text)

    [transaction] = verdict.transactions()
    segments = mutant.text.split("~")
    for finding in transaction.findings:
        standing = segments[finding.position + 1]
        # A missing segment is told at the claim or line that lacks it.
        told_elsewhere = finding.segment_code == "I6" or finding.segment == "DTM"
        assert standing.startswith(("CLP*", "SVC*") if told_elsewhere else f"{finding.segment}*")


@pytest.mark.parametrize("mutant", CODES, ids=name)
def test_a_code_outside_its_set_stands_on_the_claim(mutant: Mutant) -> None:
    _, claims, verdict = read(mutant.text)

    [transaction] = verdict.transactions()
    assert (transaction.verdict, transaction.findings) == ("partial", [])
    [faulty] = [claim for claim in claims if not claim.accepted]
    [finding] = faulty.findings
    assert (finding.snip, finding.segment, finding.code, finding.element) == (
        5,
        mutant.segment,
        mutant.code,
        mutant.element,
    )
    assert mutant.text.split("~")[finding.position + 1].startswith(f"{mutant.segment}*")
    assert [verdict.accepts(claim) for claim in claims].count(False) == 1


@pytest.mark.parametrize("mutant", HEAD_CODES, ids=name)
def test_a_code_of_the_head_stands_on_the_remittance(mutant: Mutant) -> None:
    [advice], claims, verdict = read(mutant.text)

    [finding] = advice.findings
    assert (finding.segment, finding.code, finding.element) == (mutant.segment, mutant.code, mutant.element)
    assert all(verdict.accepts(claim) for claim in claims)
    assert not verdict.accepts(advice)


@pytest.mark.parametrize("mutant", [*UNKNOWN, *UNKNOWN_IN_HEAD], ids=name)
def test_a_code_our_lists_do_not_have_is_remarked_and_refuses_nothing(mutant: Mutant) -> None:
    [advice], claims, verdict = read(mutant.text)

    assert verdict.verdict == "accepted"
    assert all(verdict.accepts(item) for item in [advice, *claims])
    [notice] = [notice for item in [advice, *claims] for notice in item.notices]
    assert (notice.snip, notice.segment, notice.code, notice.element) == (
        5,
        mutant.segment,
        mutant.code,
        mutant.element,
    )
    assert mutant.text.split("~")[notice.position + 1].startswith(f"{mutant.segment}*")


def test_the_same_unknown_remark_is_remarked_on_each_claim_that_has_it() -> None:
    twice = ONE_REMITTANCE.replace("MOA***MA01", "MOA***MA999")
    _, claims, _ = read(twice)

    assert sum(notice.code == "claim-remark" for claim in claims for notice in claim.notices) == twice.count("MA999")


@pytest.mark.parametrize("mutant", ALL, ids=name)
def test_no_finding_repeats_a_value_of_the_file(mutant: Mutant) -> None:
    advices, claims, verdict = read(mutant.text)

    findings = [finding for transaction in verdict.transactions() for finding in transaction.findings]
    findings += [finding for item in [*advices, *claims] for finding in (*item.findings, *item.notices)]
    told = repr(findings)
    assert findings
    assert all(finding.sentence.endswith(".") and finding.field for finding in findings)
    assert not [value for value in PRIVATE if value in told]


def test_the_unchanged_remittance_is_accepted_with_all_it_says() -> None:
    [advice], claims, verdict = read(ONE_REMITTANCE)

    assert verdict.verdict == "accepted"
    assert all(verdict.accepts(item) for item in [advice, *claims])
    assert isinstance(advice, RemittanceAdvice)
    assert (advice.trace_number, advice.payment.method, advice.payment.amount_cents) == ("1500426324", "ACH", 13375)
    assert (advice.claims, advice.charge_cents, advice.paid_cents) == (3, 23200, 14248)
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

    assert all(claim.accepted and not claim.notices for claim in claims)


def test_a_claim_that_was_paid_less_than_nothing_is_reversed_by_a_payment() -> None:
    text = ONE_REMITTANCE.replace("*22*-50*-30*-10*", "*22*-50*5*-10*").replace("80053*-50*-30*", "80053*-50*5*")
    text = text.replace("CAS*CO*45*-10~", "CAS*CO*45*-45~").replace("*133.75*", "*168.75*")

    assert read(text).verdict.verdict == "accepted"
