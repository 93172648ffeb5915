from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from libs.common.business_days import BusinessDays
from services.appeals.review.domain import RATIONALE_LENGTH, LineDecision, decision_day, decision_faults, outcome_of

GOOD = LineDecision(favorable=True, rationale="The notes show it.")


@pytest.mark.parametrize(
    ("favorable", "outcome"),
    [
        ([True, True], "favorable"),
        ([True, False], "partially-favorable"),
        ([False], "unfavorable"),
    ],
)
def test_the_outcome_is_that_of_all_lines_together(favorable: list[bool], outcome: str) -> None:
    assert outcome_of(favorable) == outcome


@pytest.mark.parametrize(
    ("one", "fields"),
    [
        (GOOD, []),
        (LineDecision(favorable=None, rationale="The notes show it."), ["decision_2"]),
        (LineDecision(favorable=False, rationale=""), ["rationale_2"]),
        (LineDecision(favorable=True, rationale="x" * (RATIONALE_LENGTH + 1)), ["rationale_2"]),
    ],
)
def test_each_line_needs_a_decision_and_its_rationale(one: LineDecision, fields: list[str]) -> None:
    assert [fault.field for fault in decision_faults({1: GOOD, 2: one}, [1, 2])] == fields


def test_a_line_that_was_left_out_is_missed() -> None:
    assert [fault.field for fault in decision_faults({1: GOOD}, [1, 2])] == ["decision_2", "rationale_2"]


@pytest.mark.parametrize(
    ("today", "received_on", "expected"),
    [
        (date(2026, 11, 23), date(2026, 11, 23), date(2026, 11, 23)),
        (date(2026, 11, 29), date(2026, 11, 30), date(2026, 11, 30)),  # filed and decided on a Sunday
        (date(2026, 11, 27), date(2026, 11, 30), date(2026, 11, 30)),  # filed after the cut-off of a Friday
        (date(2026, 11, 29), date(2026, 11, 23), date(2026, 11, 30)),  # received on a Monday, decided on a Sunday
        (date(2026, 11, 26), date(2026, 11, 23), date(2026, 11, 27)),  # decided on Thanksgiving
    ],
)
def test_a_decision_bears_a_business_day_and_none_before_receipt(
    today: date, received_on: date, expected: date
) -> None:
    days = BusinessDays(ZoneInfo("America/New_York"), time(17))
    assert decision_day(today, received_on, days) == expected
