from collections import Counter
from datetime import date
from uuid import UUID

import pytest

from libs.common.deployment import load_deployment
from libs.x12.claim_status.objects import StatusDetail
from simulators.shared_system.adjudication import (
    DENIED,
    PAID,
    RECORDS_REQUESTED,
    UNPROCESSABLE,
    adjudicate,
    adjudicate_again,
    decided,
    payment_day,
    taken_in,
    transfer_of,
)
from tests.support.partner_claims import accepted_claims
from tests.support.portico import ROOT

TODAY = date(2026, 11, 25)
SEED = 1
TRANSFER = transfer_of(UUID(int=7), date(2026, 12, 7))
DEPLOYMENT = load_deployment(ROOT / "contract.toml")


def test_a_claim_is_decided_the_same_each_time_and_otherwise_under_another_seed() -> None:
    def outcomes(seed: int) -> list[object]:
        return [adjudicate(claim, seed) for claim in accepted_claims(200)]

    assert outcomes(SEED) == outcomes(SEED)
    assert outcomes(SEED) != outcomes(2)


def test_the_control_number_of_the_day_does_not_change_the_decision() -> None:
    first, second = next(accepted_claims(1)), next(accepted_claims(1))
    second.internal_control_number = "2226400000001"
    assert adjudicate(first, SEED) == adjudicate(second, SEED)


def test_most_claims_are_paid_some_denied_some_unprocessable_and_some_wait_for_records() -> None:
    counts = Counter(adjudicate(claim, SEED).status for claim in accepted_claims(2000))
    assert set(counts) == {PAID, DENIED, UNPROCESSABLE, RECORDS_REQUESTED}
    assert 0.76 < counts[PAID] / 2000 < 0.88
    assert 0.05 < counts[DENIED] / 2000 < 0.14
    assert 0.03 < counts[UNPROCESSABLE] / 2000 < 0.09
    assert 0.02 < counts[RECORDS_REQUESTED] / 2000 < 0.08


def test_every_line_balances_and_says_why_it_was_not_paid_whole() -> None:
    reasons: set[str] = set()
    for claim in accepted_claims(500):
        decision = adjudicate(claim, SEED)
        for line, outcome in zip(claim.lines, decision.lines, strict=bool(decision.lines)):
            assert line.charge_cents - outcome.paid_cents == sum(each.amount_cents for each in outcome.adjustments)
            reasons |= {f"{each.group}-{each.reason}" for each in outcome.adjustments}
        if decision.status == PAID:
            assert 0 < decision.paid_cents <= claim.total_charge_cents * 80 // 100
        else:
            assert decision.paid_cents == 0
    assert reasons == {"CO-45", "CO-253", "PR-1", "PR-2", "CO-50", "CO-16", "CO-97"}


def test_an_unprocessable_claim_carries_the_remark_that_takes_its_appeal_rights() -> None:
    found = [adjudicate(claim, SEED) for claim in accepted_claims(500)]
    assert {each.remarks for each in found if each.status == UNPROCESSABLE} == {("MA130",)}


def test_after_an_appeal_only_the_lines_won_are_paid() -> None:
    claim = next(
        each for each in accepted_claims(500) if len(each.lines) == 2 and adjudicate(each, SEED).status == DENIED
    )
    decision = adjudicate_again(claim, SEED, frozenset({2}))
    assert [line.paid_cents > 0 for line in decision.lines] == [False, True]


def test_a_decision_has_its_days_and_its_transfer_only_where_it_pays() -> None:
    found: dict[str, StatusDetail] = {}
    for claim in accepted_claims(300):
        status = decided(claim, SEED, TODAY, TRANSFER)
        found.setdefault(status.status.category, status)
    paid, denied, waiting = found["F1"], found["F2"], found["P3"]
    assert (paid.finalized, paid.payment_date, paid.check_number) == (TODAY, TRANSFER.paid_on, TRANSFER.number)
    assert (denied.finalized, denied.payment_date, denied.check_number) == (TODAY, None, "")
    assert (waiting.finalized, waiting.payment_date, waiting.check_number) == (None, None, "")


@pytest.mark.parametrize(
    ("received", "decided_on", "paid_on"),
    [
        (date(2026, 12, 14), date(2026, 12, 12), date(2026, 12, 28)),  # sent on a Saturday, decided before it counts
        (date(2026, 12, 14), date(2026, 12, 15), date(2026, 12, 28)),
        (date(2026, 12, 11), date(2026, 12, 11), date(2026, 12, 28)),  # day 14 is Christmas Day
        (date(2026, 11, 23), date(2026, 12, 9), date(2026, 12, 9)),  # decided after the floor
    ],
)
def test_the_payment_floor_counts_from_the_day_after_receipt(received: date, decided_on: date, paid_on: date) -> None:
    # IOM 100-04, chapter 1, 80.2.1.2: no electronic claim is paid before the 14th day after its receipt.
    claim = next(accepted_claims(1))
    claim.internal_control_number = f"22{received:%y%j}000001"
    assert payment_day(claim, decided_on, DEPLOYMENT) == paid_on


def test_the_number_of_a_transfer_fits_where_a_claim_status_names_it() -> None:
    # Check number of the 277 (data element 429, STC09): 1 to 16 characters.
    numbers = {transfer_of(UUID(int=each), TODAY).number for each in (0, 1, 2**128 - 1)}
    assert len(numbers) == 3
    assert {len(number) for number in numbers} == {16}


def test_the_first_answer_only_says_that_it_is_in_process() -> None:
    claim = next(accepted_claims(1))
    status = taken_in(claim, TODAY)
    assert (status.status.category, status.paid_cents, status.finalized) == ("P1", 0, None)
