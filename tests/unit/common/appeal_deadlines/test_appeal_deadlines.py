from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from libs.common.appeal_deadlines import hearing_until, reconsideration_until, redetermination_until
from tests.support.portico import DAYS


def test_a_redetermination_can_be_asked_for_until_the_125th_day_or_the_business_day_after_it() -> None:
    assert redetermination_until(date(2026, 11, 19), DAYS) == date(2027, 3, 24)
    assert redetermination_until(date(2026, 11, 23), DAYS) == date(2027, 3, 29)  # 125 days lead to Sunday 03/28
    # To Friday 12/25, a federal holiday, before a weekend.
    assert redetermination_until(date(2026, 8, 22), DAYS) == date(2026, 12, 28)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_last_days_are_business_days_and_never_early(notice: date) -> None:
    for until, days in ((redetermination_until, 125), (reconsideration_until, 185), (hearing_until, 65)):
        last = until(notice, DAYS)
        assert DAYS.includes(last)
        # At most five closed days follow each other: the two around Christmas by executive order, it, and a weekend.
        assert timedelta(days=days) <= last - notice <= timedelta(days=days + 5)
