from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.business_days import add_business_days, is_business_day, on_or_after, receipt_date

NEW_YORK = ZoneInfo("America/New_York")
CUT_OFF = time(17)
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("arrived", "counts_as"),
    [
        (datetime(2026, 11, 23, 17, 0, 59, tzinfo=NEW_YORK), date(2026, 11, 23)),
        (datetime(2026, 11, 23, 17, 1, tzinfo=NEW_YORK), date(2026, 11, 24)),
        (datetime(2026, 11, 25, 18, 0, tzinfo=NEW_YORK), date(2026, 11, 27)),  # Thanksgiving lies between
        (datetime(2026, 11, 27, 18, 0, tzinfo=NEW_YORK), date(2026, 11, 30)),  # then a weekend
        (datetime(2026, 11, 28, 9, 0, tzinfo=NEW_YORK), date(2026, 11, 30)),
        (datetime(2026, 11, 24, 3, 0, tzinfo=UTC), date(2026, 11, 24)),  # 10 p.m. the evening before in New York
    ],
)
def test_the_day_something_counts_as_received(arrived: datetime, counts_as: date) -> None:
    assert receipt_date(arrived, NEW_YORK, CUT_OFF) == counts_as


@pytest.mark.parametrize("day", [date(2026, 7, 3), date(2021, 12, 31), date(2026, 1, 19), date(2026, 11, 28)])
def test_observed_holidays_and_weekends_are_no_business_days(day: date) -> None:
    assert not is_business_day(day)


@given(DAYS)
def test_the_next_business_day_is_near_and_is_one(day: date) -> None:
    found = on_or_after(day)
    assert is_business_day(found)
    assert 0 <= (found - day).days <= 4


@given(DAYS, st.integers(0, 30))
def test_counting_business_days_adds_up(day: date, count: int) -> None:
    assert add_business_days(add_business_days(day, count), 1) == add_business_days(day, count + 1)
