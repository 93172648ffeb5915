from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.business_days import BusinessDays

NEW_YORK = ZoneInfo("America/New_York")
DAYS = BusinessDays(NEW_YORK, time(17))
ANY = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("arrived", "counts_as"),
    [
        (datetime(2026, 11, 23, 17, 0, 59, tzinfo=NEW_YORK), date(2026, 11, 23)),
        (datetime(2026, 11, 23, 17, 1, tzinfo=NEW_YORK), date(2026, 11, 24)),
        (datetime(2026, 11, 25, 18, 0, tzinfo=NEW_YORK), date(2026, 11, 27)),  # Thanksgiving lies between
        (datetime(2026, 11, 27, 18, 0, tzinfo=NEW_YORK), date(2026, 11, 30)),  # then a weekend
        (datetime(2026, 11, 28, 9, 0, tzinfo=NEW_YORK), date(2026, 11, 30)),
        (datetime(2026, 11, 24, 3, 0, tzinfo=UTC), date(2026, 11, 24)),  # 10 p.m. the evening before in New York
        (datetime(2025, 12, 23, 18, 0, tzinfo=NEW_YORK), date(2025, 12, 29)),  # closed by order on the 24th and 26th
    ],
)
def test_the_day_something_counts_as_received(arrived: datetime, counts_as: date) -> None:
    assert DAYS.received_on(arrived) == counts_as


@pytest.mark.parametrize("day", [date(2026, 7, 3), date(2021, 12, 31), date(2026, 1, 19), date(2026, 11, 28)])
def test_observed_holidays_and_weekends_are_no_business_days(day: date) -> None:
    assert not DAYS.includes(day)


@pytest.mark.parametrize("day", [date(2024, 12, 24), date(2025, 1, 9), date(2025, 12, 24), date(2025, 12, 26)])
def test_days_closed_by_executive_order_are_no_business_days(day: date) -> None:
    """Executive orders 14129, 14133 and 14371."""
    assert not DAYS.includes(day)


@pytest.mark.parametrize("day", [date(2026, 2, 2), date(2026, 2, 12), date(2026, 4, 3), date(2026, 10, 31)])
def test_what_is_only_observed_by_name_is_a_business_day(day: date) -> None:
    """Groundhog Day, Lincoln's Birthday, Good Friday and Halloween are no federal holidays (5 U.S.C. 6103)."""
    assert DAYS.includes(day) is (day.weekday() < 5)


def test_an_order_that_came_after_the_release_is_followed() -> None:
    order = date(2026, 12, 24)
    assert DAYS.includes(order)
    later = BusinessDays(NEW_YORK, time(17), frozenset({order}))
    assert later.on_or_after(order) == date(2026, 12, 28)  # then Christmas and a weekend


@given(ANY)
def test_the_next_business_day_is_near_and_is_one(day: date) -> None:
    found = DAYS.on_or_after(day)
    assert DAYS.includes(found)
    assert 0 <= (found - day).days <= 5


@given(ANY, st.times(), st.integers(0, 400))
def test_what_runs_for_days_ends_with_a_business_day_of_the_contract(day: date, hour: time, count: int) -> None:
    start = datetime.combine(day, hour, UTC)
    end = DAYS.end_within(start, count).astimezone(NEW_YORK)
    assert end.time() == time.max
    assert DAYS.includes(end.date())
    assert 0 <= count - (end.date() - start.astimezone(NEW_YORK).date()).days <= 5
