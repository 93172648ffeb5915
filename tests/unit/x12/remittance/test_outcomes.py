"""What became of a claim is read from its reasons, not from CLP02 alone (X12 RFI 1423)."""

import pytest

from libs.x12.remittance.objects import (
    Adjustment,
    ClaimGroup,
    OutpatientAdjudication,
    Procedure,
    Remark,
    RemittedClaim,
    RemittedLine,
)
from libs.x12.remittance.outcomes import PRICING, is_denied, outcome_of
from libs.x12.remittance.reasons import REASONS


def line(charge: int, paid: int, *reasons: tuple[str, str, int], remarks: tuple[str, ...] = ()) -> RemittedLine:
    return RemittedLine(
        1,
        Procedure("HC", "99213"),
        charge,
        paid,
        adjustments=tuple(Adjustment(*each) for each in reasons),
        remarks=tuple(Remark("HE", code) for code in remarks),
    )


DENIED = line(100, 0, ("CO", "50", 100), remarks=("N115",))
DEDUCTIBLE = line(100, 0, ("CO", "45", 20), ("PR", "1", 80))
PAID = line(100, 60, ("CO", "45", 20), ("PR", "2", 20))


def claim(
    *lines: RemittedLine, status: str = "1", remark: str = "", reasons: tuple[Adjustment, ...] = ()
) -> RemittedClaim:
    return RemittedClaim(
        1,
        1,
        ClaimGroup(),
        status=status,
        charge_cents=sum(each.charge_cents for each in lines) or 100,
        paid_cents=sum(each.paid_cents for each in lines),
        outpatient=OutpatientAdjudication(remark_1=remark) if remark else None,
        adjustments=reasons,
        lines=list(lines),
    )


@pytest.mark.parametrize(
    ("of", "outcome"),
    [
        (claim(PAID), "paid"),
        (claim(PAID, DENIED), "paid-in-part"),
        (claim(DENIED), "denied"),
        (claim(DENIED, DENIED, status="2"), "denied"),
        (claim(DENIED, status="19"), "denied"),
        (claim(line(100, 0, ("PR", "96", 100))), "denied"),
        (claim(line(100, 0, ("CO", "45", 20), ("CO", "97", 80))), "denied"),
        (claim(DEDUCTIBLE), "without-payment"),
        (claim(DEDUCTIBLE, DENIED), "without-payment"),
        (claim(line(100, 0, ("OA", "23", 100)), status="2"), "without-payment"),
        # Decided as a whole: the reasons of the claim hold for each line, or stand alone.
        (claim(line(100, 0), reasons=(Adjustment("CO", "29", 100),)), "denied"),
        (claim(reasons=(Adjustment("CO", "29", 100),)), "denied"),
        (claim(reasons=(Adjustment("CO", "45", 100),)), "without-payment"),
        # 4: the patient is not known, unless another reason says what was denied.
        (claim(line(100, 0, ("CO", "31", 100)), status="4"), "patient-not-known"),
        (claim(status="4"), "patient-not-known"),
        (claim(line(100, 0, ("CO", "50", 100)), status="4"), "denied"),
        (claim(DENIED, remark="MA130"), "unprocessable"),
        (claim(line(100, 0, ("CO", "16", 100), remarks=("MA130",))), "unprocessable"),
        (claim(line(-100, -60, ("CO", "45", -40)), status="22"), "reversed"),
        (claim(line(-100, 0, ("CO", "50", -100)), status="22"), "reversed"),
        (claim(DENIED, status="23"), "forwarded"),
        (claim(line(100, 0, ("OA", "101", 100)), status="25"), "predetermination"),
    ],
)
def test_the_outcome_follows_from_the_reasons(of: RemittedClaim, outcome: str) -> None:
    assert outcome_of(of) == outcome


def test_a_line_is_denied_when_nothing_is_paid_for_a_reason_that_takes_it_away() -> None:
    assert [is_denied(each, claim(each)) for each in (DENIED, DEDUCTIBLE, PAID)] == [True, False, False]
    nothing_charged = line(0, 0, ("CO", "246", 0))
    assert not is_denied(nothing_charged, claim(nothing_charged))


def test_what_a_denial_may_be_appealed_for_never_counts_as_pricing() -> None:
    appealable = {code for code, words in REASONS.items() if words.step == "appeal"}
    assert {"50", "96", "97", "151"} <= appealable | {"96", "97"}
    assert appealable & PRICING <= {"172"}
