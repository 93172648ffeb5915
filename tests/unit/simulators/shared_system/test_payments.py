"""Lines of a remittance as payers tell them: split, bundled, in any order, each by its number (X12 RFI 1684, 2224)."""

from collections.abc import Iterator

import pytest

from libs.x12.remittance.objects import ClaimGroup, RemittedClaim, sum_of_adjustments
from simulators.shared_system.adjudication import DENIED, AnyClaim, adjudicate, adjudicate_again
from simulators.shared_system.payments import remitted, reversed_claim
from tests.support.partner_claims import accepted_claims, accepted_institutional_claims

SEED = 5


def remittances() -> Iterator[tuple[AnyClaim, RemittedClaim]]:
    for claim in (*accepted_claims(300), *accepted_institutional_claims(200)):
        decision = adjudicate(claim, SEED)
        if decision.lines:
            yield claim, remitted(claim, decision, ClaimGroup())


def numbers_of(claim: AnyClaim) -> list[str]:
    return [line.control_number or str(line.number) for line in claim.lines]


def test_lines_are_told_by_their_numbers_split_bundled_and_in_another_order() -> None:
    kinds = set()
    for claim, told in remittances():
        numbers = [line.control_number for line in told.lines]
        assert set(numbers) == set(numbers_of(claim))
        assert [line.number for line in told.lines] == list(range(1, len(told.lines) + 1))
        kinds |= {
            "own numbers" if claim.lines[0].control_number else "LX01",
            "split" if len(numbers) > len(claim.lines) else "whole",
            "in order" if list(dict.fromkeys(numbers)) == numbers_of(claim) else "in another order",
            "bundled" if any(line.submitted for line in told.lines) else "as billed",
        }
    assert kinds == {"own numbers", "LX01", "split", "whole", "in order", "in another order", "bundled", "as billed"}


def test_parts_of_a_line_balance_and_add_up_to_it() -> None:
    for claim, told in remittances():
        outcomes = adjudicate(claim, SEED).lines
        for line, number, outcome in zip(claim.lines, numbers_of(claim), outcomes, strict=True):
            parts = [part for part in told.lines if part.control_number == number]
            assert sum(part.charge_cents for part in parts) == line.charge_cents
            assert sum(part.paid_cents for part in parts) == outcome.paid_cents
            assert sum(part.units for part in parts) == line.units
            for part in parts:
                assert part.charge_cents - part.paid_cents == sum_of_adjustments(part.adjustments)
                assert part.paid_cents >= 0


def test_a_claim_of_a_known_patient_was_processed_whether_anything_is_paid_or_not() -> None:
    # X12 RFI 1423: 4 says that the patient is not known.
    assert {told.status for _, told in remittances()} == {"1"}


@pytest.mark.parametrize("number", [1, 2])
def test_after_an_appeal_that_line_of_the_claim_is_paid_wherever_it_stood(number: int) -> None:
    orders = set()
    for claim in accepted_claims(2_000):
        if adjudicate(claim, SEED).status != DENIED or len(claim.lines) != 2:
            continue
        told = remitted(claim, adjudicate_again(claim, SEED, frozenset({number})), ClaimGroup())
        paid = {line.control_number for line in told.lines if line.paid_cents}
        assert paid == {numbers_of(claim)[number - 1]}
        orders.add([line.control_number for line in told.lines] == numbers_of(claim))
    assert orders == {True, False}


def test_a_reversal_takes_back_each_part() -> None:
    for _, told in remittances():
        back = reversed_claim(told)
        assert [line.paid_cents for line in back.lines] == [-line.paid_cents for line in told.lines]
