from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.appeal_deadlines import hearing_until
from services.appeals.reconsideration.domain import WHY_NOT, decide_by, right_of
from tests.support.portico import DAYS

DECIDED = date(2026, 11, 23)
LAST = date(2027, 5, 27)


@pytest.mark.parametrize("outcome", ["unfavorable", "partially-favorable"])
@pytest.mark.parametrize(("today", "kind"), [(DECIDED, "open"), (LAST, "open"), (LAST + timedelta(days=1), "late")])
def test_what_was_not_wholly_granted_can_be_reconsidered_until_the_185th_day_and_later_with_good_cause(
    outcome: str, today: date, kind: str
) -> None:
    right = right_of(outcome, DECIDED, today, DAYS)
    assert (right.kind, right.until, right.may_ask) == (kind, LAST, True)


@pytest.mark.parametrize(
    ("outcome", "decided_on", "kind"), [("favorable", DECIDED, "favorable"), ("", None, "undecided")]
)
def test_what_was_granted_or_not_decided_cannot_be_reconsidered_and_says_why(
    outcome: str, decided_on: date | None, kind: str
) -> None:
    right = right_of(outcome, decided_on, DECIDED, DAYS)
    assert (right.kind, right.may_ask) == (kind, False)
    assert WHY_NOT[right.kind]


def test_the_qic_has_60_days_from_its_receipt() -> None:
    assert decide_by(date(2026, 12, 1)) == date(2027, 1, 30)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_a_hearing_can_be_asked_for_until_the_65th_day_or_the_business_day_after_it(decided: date) -> None:
    until = hearing_until(decided, DAYS)
    assert DAYS.includes(until)
    assert 65 <= (until - decided).days <= 69
