"""The figures of one month: how long each function of Appendix 9.1 was interrupted, and how much was done with it.

Shapes: PCID modules Portal Functionality (IOM 100-09 chapter 6, 80.2.3.9) and Service Interruptions (80.2.3.8).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from typing import Protocol

from libs.common.functions import NAMES

PORTAL = "Provider portal"

FIRST_YEAR, LAST_YEAR = 2020, 2099
_SECONDS_IN_MINUTE = 60
_TENTH = Decimal("0.1")
_THOUSANDTH = Decimal("0.001")


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month."""

    year: int
    month: int

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def following(self) -> "Month":
        """The month after it."""
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def before(self) -> "Month":
        """The month before it."""
        return Month(self.year - (self.month == 1), (self.month - 2) % 12 + 1)

    def edges(self, zone: tzinfo) -> tuple[datetime, datetime]:
        """Its first moment and that of the month after it, in `zone`, as UTC: with the hour of a change of clocks."""
        return _midnight(self.first, zone), _midnight(self.following.first, zone)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def month_of(moment: datetime, zone: tzinfo) -> Month:
    """The month that `moment` lies in, in `zone`."""
    local = moment.astimezone(zone)
    return Month(local.year, local.month)


def parse_month(text: str) -> Month | None:
    """A month written as `2026-11`; `None` for anything else."""
    year, _, month = text.partition("-")
    if len(text) != 7 or not (year.isascii() and year.isdigit() and month.isascii() and month.isdigit()):
        return None
    if not (FIRST_YEAR <= int(year) <= LAST_YEAR and 1 <= int(month) <= 12):
        return None
    return Month(int(year), int(month))


class Interruption(Protocol):
    """What is asked of an interruption here."""

    @property
    def functions(self) -> tuple[str, ...]:
        """Codes of the functions it stops."""

    @property
    def state(self) -> str:
        """Open closed retracted."""

    @property
    def started_at(self) -> datetime:
        """Since when."""

    @property
    def ended_at(self) -> datetime | None:
        """Until when; `None` while it goes on."""


@dataclass(frozen=True, slots=True)
class Period:
    """The part of a month that is over: from its first moment to its end, or to now while it runs."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.end - self.start

    def part(self, interruption: Interruption) -> tuple[datetime, datetime] | None:
        """What of an interruption lies in it; `None` if nothing does. What goes on goes on until the end."""
        start = max(interruption.started_at, self.start)
        end = min(interruption.ended_at or self.end, self.end)
        return (start, end) if start < end else None


def period(month: Month, zone: tzinfo, now: datetime) -> Period | None:
    """What can be reported of `month` at `now`; `None` before it has begun."""
    start, end = month.edges(zone)
    return Period(start, min(end, now)) if start < now else None


@dataclass(frozen=True, slots=True)
class Availability:
    """One function of Appendix 9.1 in a month. `interrupted` and `of` are `None` where it is not offered.

    `planned` is the period in which it will be: CMS is told of it as a comment (8.2).
    """

    code: str
    name: str
    interruptions: int = 0
    interrupted: timedelta | None = None
    of: timedelta | None = None
    planned: str = ""

    @property
    def offered(self) -> bool:
        """Whether the contract offers it."""
        return self.interrupted is not None

    @property
    def minutes(self) -> Decimal | None:
        """Minutes interrupted, to the tenth, rounded up: what happened is never nothing."""
        return None if self.interrupted is None else in_minutes(self.interrupted)

    @property
    def percent(self) -> Decimal | None:
        """Available part of the time, to the thousandth, rounded down: what was interrupted is never 100."""
        if self.interrupted is None or not self.of:
            return None
        share = 1 - Decimal(self.interrupted // _MICROSECOND) / Decimal(self.of // _MICROSECOND)
        return (share * 100).quantize(_THOUSANDTH, ROUND_DOWN)


_MICROSECOND = timedelta(microseconds=1)


def in_minutes(length: timedelta) -> Decimal:
    """A length of time in minutes, to the tenth, rounded up."""
    seconds = Decimal(length // _MICROSECOND) / 1_000_000
    return (seconds / _SECONDS_IN_MINUTE).quantize(_TENTH, ROUND_UP)


def availability(
    offered: Iterable[str], interruptions: Sequence[Interruption], reported: Period, planned: Mapping[str, str]
) -> list[Availability]:
    """Every function of Appendix 9.1 in its order. Two interruptions at once count once; false alarms do not count."""
    on = set(offered)
    found = []
    for code, name in NAMES.items():
        if code not in on:
            found.append(Availability(code, name, planned=planned.get(code, "")))
            continue
        parts = [
            part
            for each in interruptions
            if code in each.functions and each.state != "retracted" and (part := reported.part(each))
        ]
        found.append(Availability(code, name, len(parts), covered(parts), reported.length))
    return found


def covered(parts: Iterable[tuple[datetime, datetime]]) -> timedelta:
    """How much time stretches of time cover together; where they overlap it counts once."""
    total = timedelta(0)
    reached: datetime | None = None
    for start, end in sorted(parts):
        if reached is None or start > reached:
            total += end - start
            reached = end
        elif end > reached:
            total += end - reached
            reached = end
    return total
