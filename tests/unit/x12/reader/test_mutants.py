from datetime import date

import pytest

from libs.x12.claim.objects import Claim
from libs.x12.reader import Batch, read_file
from libs.x12.verdicts import FileVerdict
from tests.support.x12 import ONE_CLAIM, PRIVATE, RECEIVED, read
from tests.support.x12_institutional import STAY, VISIT, read_institutional
from tests.support.x12_institutional_mutants import INSTITUTIONAL_CLAIM, INSTITUTIONAL_STRUCTURE
from tests.support.x12_mutants import CLAIM, OTHER_PAYER, STRUCTURE, Mutant

ALL_STRUCTURE = [*STRUCTURE, *INSTITUTIONAL_STRUCTURE]
ALL_CLAIM = [*CLAIM, *INSTITUTIONAL_CLAIM]


def named(mutant: Mutant) -> str:
    """The name of a mutant, with its guide."""
    return f"{'837I' if '005010X223A2' in mutant.valid else '837P'} {mutant.name}"


def read_any(text: str) -> tuple[list[Claim], FileVerdict]:
    """The claims of a file, whatever their guide, and its verdict."""
    *batches, verdict = read_file([text.encode("latin-1")], received=RECEIVED)
    assert isinstance(verdict, FileVerdict)
    return [claim for batch in batches if isinstance(batch, Batch) for claim in batch.of(Claim)], verdict


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


def test_an_unchanged_stay_is_accepted_with_all_it_says() -> None:
    [claim], verdict = read_institutional(STAY)

    assert verdict.verdict == "accepted"
    assert (claim.type_of_bill, claim.total_charge_cents, claim.attending_npi) == ("111", 715000, "2952919902")
    assert (claim.service_from, claim.service_to) == (date(2026, 9, 20), date(2026, 9, 23))
    assert (claim.admission_date, claim.admission_hour, claim.discharge_hour) == (date(2026, 9, 20), "1705", "1100")
    assert (claim.admission_type, claim.admission_source, claim.patient_status) == ("3", "1", "01")
    assert claim.diagnoses == ("E785", "I10", "Z0000")
    assert claim.present_on_admission == ("Y", "N", "")
    assert (claim.admitting_diagnosis, claim.icd_version) == ("R0602", 10)
    assert [procedure.code for procedure in claim.procedures] == ["02703DZ", "4A023N7"]
    assert [(value.code, value.hundredths) for value in claim.values] == [("80", 300), ("01", 185000)]
    assert [occurrence.code for occurrence in (*claim.spans, *claim.occurrences)] == ["71", "11"]
    assert (claim.conditions, claim.references) == (("09",), (("EA", "RECORD7"),))
    assert [party.role for party in claim.parties] == ["71", "72"]
    assert [(line.revenue_code, line.charge_cents, line.not_covered_cents) for line in claim.lines] == [
        ("0120", 555000, 0),
        ("0250", 160000, 10000),
    ]


def test_an_unchanged_visit_is_accepted_with_its_procedures() -> None:
    [claim], verdict = read_institutional(VISIT)

    assert verdict.verdict == "accepted"
    assert claim.reasons_for_visit == ("R0602",)
    assert [(line.procedure, line.modifiers, line.service_from) for line in claim.lines] == [
        ("99284", ("25",), date(2026, 9, 23)),
        ("93005", (), date(2026, 9, 24)),
    ]


@pytest.mark.parametrize("mutant", ALL_STRUCTURE, ids=named)
def test_a_fault_of_structure_rejects_the_transaction_set_at_the_right_place(mutant: Mutant) -> None:
    claims, verdict = read_any(mutant.text)

    [transaction] = verdict.transactions()
    assert transaction.verdict == "rejected"
    assert (mutant.segment, mutant.code, mutant.element) in {
        (finding.segment, finding.code, finding.element) for finding in transaction.findings
    }
    assert not any(verdict.accepts(claim) for claim in claims)
    assert (verdict.claims_accepted, verdict.claims_rejected) == (0, 1)


@pytest.mark.parametrize("mutant", ALL_CLAIM, ids=named)
def test_a_fault_of_one_claim_rejects_only_that_claim(mutant: Mutant) -> None:
    [claim], verdict = read_any(mutant.text)

    assert not claim.accepted
    assert (mutant.segment, mutant.code, mutant.element) in {
        (finding.segment, finding.code, finding.element) for finding in claim.findings
    }
    assert all(finding.category in {"A3", "A6", "A7", "A8"} and finding.status for finding in claim.findings)
    [transaction] = verdict.transactions()
    assert (transaction.verdict, transaction.findings) == ("partial", [])


@pytest.mark.parametrize("mutant", [*ALL_STRUCTURE, *ALL_CLAIM], ids=named)
def test_no_finding_repeats_a_value_of_the_file(mutant: Mutant) -> None:
    claims, verdict = read_any(mutant.text)

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
        "I9",
        "1035",
    )


def test_a_service_on_the_day_of_receipt_is_in_time() -> None:
    text = ONE_CLAIM.replace("20260923", f"{RECEIVED:%Y%m%d}")
    [claim], _ = read(text)

    assert claim.accepted


@pytest.mark.parametrize("reason", ["306", "307", "308", "999", "17"])
def test_an_adjustment_reason_of_another_payer_never_refuses_a_claim(reason: str) -> None:
    """The other payer chose the code; the biller can correct nothing."""
    other_payer = OTHER_PAYER.format(paid=162).replace("PR*1*20", f"PR*{reason}*20")
    [claim], verdict = read(Mutant("", "LX*1~", other_payer, "", "").text)

    assert claim.accepted
    assert verdict.verdict == "accepted"
    assert [notice.code for notice in claim.notices] == ["adjustment-reason"] * (reason in {"999", "17"})


@pytest.mark.parametrize(
    ("text", "first", "last", "late"),
    [
        # Of a professional claim the first day of each service counts, of an institutional one the last day.
        (ONE_CLAIM, "20251119", "20251119", True),
        (ONE_CLAIM, "20251120", "20251120", False),
        (VISIT, "20251110", "20251119", True),
        (VISIT, "20251110", "20251120", False),
    ],
)
def test_late_filing_is_remarked_and_rejects_nothing(text: str, first: str, last: str, *, late: bool) -> None:
    [claim], verdict = read_any(text.replace("20260923", first).replace("20260924", last))

    assert verdict.verdict == "accepted"
    assert claim.accepted
    assert [notice.code for notice in claim.notices] == ["late-filing"] * late


@pytest.mark.parametrize(("received", "late"), [(date(2025, 2, 28), False), (date(2025, 3, 1), True)])
def test_a_service_on_a_leap_day_may_be_filed_until_the_last_of_february(received: date, *, late: bool) -> None:
    [claim], _ = read(ONE_CLAIM.replace("20260923", "20240229"), received=received)

    assert bool(claim.notices) is late
