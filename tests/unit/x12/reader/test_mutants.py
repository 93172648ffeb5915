import pytest

from tests.support.x12 import ONE_CLAIM, PRIVATE, RECEIVED, read
from tests.support.x12_mutants import CLAIM, STRUCTURE, Mutant


def test_the_unchanged_claim_is_accepted_with_all_it_says() -> None:
    claims, verdict = read(ONE_CLAIM)

    assert verdict.verdict == "accepted"
    [claim] = claims
    assert claim.accepted
    assert verdict.accepts(claim)
    assert (claim.ordinal, claim.transaction, claim.provider) == (1, 1, 1)
    assert claim.patient_control_number == "PCN0001"
    assert claim.total_charge_cents == 18200
    assert (claim.billing_npi, claim.billing.taxonomy, claim.rendering_npi) == (
        "2994535120",
        "207Q00000X",
        "2952919902",
    )
    assert (claim.subscriber.mbi, claim.subscriber.sex) == ("1EG4TE5MK73", "F")
    assert claim.diagnoses == ("E785", "Z0000")
    assert [line.charge_cents for line in claim.lines] == [16000, 2200]
    assert claim.lines[0].modifiers == ("25",)
    assert claim.lines[0].pointers == (1, 2)
    assert claim.service_from == claim.service_to == claim.lines[1].service_from


@pytest.mark.parametrize("mutant", STRUCTURE, ids=lambda mutant: mutant.name)
def test_a_fault_of_structure_rejects_the_transaction_set_at_the_right_place(mutant: Mutant) -> None:
    claims, verdict = read(mutant.text)

    [transaction] = verdict.transactions()
    assert transaction.verdict == "rejected"
    assert (mutant.segment, mutant.code, mutant.element) in {
        (finding.segment, finding.code, finding.element) for finding in transaction.findings
    }
    assert not any(verdict.accepts(claim) for claim in claims)
    assert (verdict.claims_accepted, verdict.claims_rejected) == (0, 1)


@pytest.mark.parametrize("mutant", CLAIM, ids=lambda mutant: mutant.name)
def test_a_fault_of_one_claim_rejects_only_that_claim(mutant: Mutant) -> None:
    [claim], verdict = read(mutant.text)

    assert not claim.accepted
    assert (mutant.segment, mutant.code, mutant.element) in {
        (finding.segment, finding.code, finding.element) for finding in claim.findings
    }
    assert all(finding.category in {"A3", "A6", "A7", "A8"} and finding.status for finding in claim.findings)
    [transaction] = verdict.transactions()
    assert (transaction.verdict, transaction.findings) == ("partial", [])


@pytest.mark.parametrize("mutant", [*STRUCTURE, *CLAIM], ids=lambda mutant: mutant.name)
def test_no_finding_repeats_a_value_of_the_file(mutant: Mutant) -> None:
    claims, verdict = read(mutant.text)

    findings = [finding for transaction in verdict.transactions() for finding in transaction.findings]
    findings += [finding for claim in claims for finding in claim.findings]
    told = repr(findings)
    assert findings
    assert all(finding.sentence.endswith(".") and finding.field for finding in findings)
    assert not [value for value in PRIVATE if value in told]


def test_positions_count_from_the_header_of_the_transaction_set() -> None:
    mutant = next(mutant for mutant in STRUCTURE if mutant.name == "name missing")
    _, verdict = read(mutant.text)

    [transaction] = verdict.transactions()
    [finding] = transaction.findings
    segments = mutant.text.split("~")
    assert segments[finding.position + 1].startswith("NM1*IL")
    assert (finding.loop, finding.segment_code, finding.element_code, finding.element_reference) == (
        "2010BA",
        "8",
        "1",
        "1035",
    )


def test_a_service_on_the_day_of_receipt_is_in_time() -> None:
    text = ONE_CLAIM.replace("20260923", f"{RECEIVED:%Y%m%d}")
    [claim], _ = read(text)

    assert claim.accepted
