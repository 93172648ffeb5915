from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.monthly_reports.domain import (
    Availability,
    Month,
    Period,
    availability,
    covered,
    in_minutes,
    month_of,
    parse_month,
    period,
)

ZONE = ZoneInfo("America/New_York")
NOVEMBER = Month(2026, 11)
START, END = NOVEMBER.edges(ZONE)
WHOLE = Period(START, END)


@dataclass(frozen=True)
class _Interruption:
    started_at: datetime
    ended_at: datetime | None
    functions: tuple[str, ...] = ("F-07",)
    state: str = "closed"


def minutes(start: datetime, length: float, **more: object) -> _Interruption:
    return _Interruption(start, start + timedelta(minutes=length), **more)  # type: ignore[arg-type]


def of(code: str, *interruptions: _Interruption, reported: Period = WHOLE) -> Availability:
    found = availability(["F-07", "F-12"], interruptions, reported, {"F-10": "January to March 2027"})
    return next(each for each in found if each.code == code)


def test_a_month_begins_and_ends_at_midnight_of_the_contractor() -> None:
    assert datetime(2026, 11, 1, 4, tzinfo=UTC) == START  # daylight saving time, until two in the morning
    assert datetime(2026, 12, 1, 5, tzinfo=UTC) == END
    assert WHOLE.length == timedelta(days=30, hours=1)
    assert month_of(datetime(2026, 12, 1, 4, 59, tzinfo=UTC), ZONE) == NOVEMBER
    assert (Month(2026, 12).following, Month(2027, 1).before) == (Month(2027, 1), Month(2026, 12))


@given(st.integers(2020, 2098), st.integers(1, 12))
def test_months_follow_each_other_without_a_gap(year: int, number: int) -> None:
    month = Month(year, number)

    assert month.edges(ZONE)[1] == month.following.edges(ZONE)[0]
    assert month.following.before == month
    assert parse_month(str(month)) == month


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026",
        "2026-13",
        "2026-00",
        "2026-1",
        "26-11",
        "2026-11-01",
        "1999-11",
        "2026/11",
        "\u0662\u0660\u0662\u0666-11",
        "-026-11",
    ],
)
def test_what_is_no_month_is_none(text: str) -> None:
    assert parse_month(text) is None


def test_only_the_part_within_the_month_counts() -> None:
    before = minutes(START - timedelta(minutes=10), 15)
    across = minutes(END - timedelta(minutes=4), 60)

    assert of("F-07", before, across).minutes == Decimal("9.0")
    assert of("F-07", minutes(START - timedelta(minutes=5), 5), minutes(END, 5)).interruptions == 0


def test_two_interruptions_at_once_count_once() -> None:
    noon = START + timedelta(days=3)

    assert of("F-07", minutes(noon, 10), minutes(noon + timedelta(minutes=5), 10)).minutes == Decimal("15.0")
    assert of("F-07", minutes(noon, 10), minutes(noon + timedelta(minutes=2), 3)).minutes == Decimal("10.0")


def test_another_function_and_a_false_alarm_do_not_count() -> None:
    found = of("F-07", minutes(START, 5, functions=("F-12",)), minutes(START, 5, state="retracted"))

    assert (found.interruptions, found.minutes, found.percent) == (0, Decimal("0.0"), Decimal("100.000"))


def test_what_goes_on_counts_until_now() -> None:
    now = START + timedelta(hours=2)
    running = period(NOVEMBER, ZONE, now)
    assert running is not None
    going_on = _Interruption(now - timedelta(minutes=30), None, state="open")

    found = of("F-07", going_on, reported=running)
    assert (found.minutes, found.percent) == (Decimal("30.0"), Decimal("75.000"))
    assert period(NOVEMBER, ZONE, START) is None


def test_what_was_interrupted_is_never_nothing_and_never_all() -> None:
    found = of("F-07", _Interruption(START, START + timedelta(milliseconds=300)))

    assert found.minutes == Decimal("0.1")
    assert found.percent == Decimal("99.999")
    assert in_minutes(timedelta(0)) == 0


def test_a_function_that_is_not_offered_has_no_figures() -> None:
    found = of("F-01", minutes(START, 5, functions=("F-01",)))

    assert (found.offered, found.minutes, found.percent, found.planned) == (False, None, None, "")


def test_a_function_that_is_planned_is_told_with_its_period() -> None:
    found = of("F-10")

    assert (found.offered, found.planned) == (False, "January to March 2027")


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 60)), max_size=12))
def test_time_is_covered_once_however_stretches_lie(stretches: list[tuple[int, int]]) -> None:
    parts = [(START + timedelta(minutes=a), START + timedelta(minutes=a + length)) for a, length in stretches]
    each_minute = {minute for a, length in stretches for minute in range(a, a + length)}

    assert covered(parts) == timedelta(minutes=len(each_minute))
