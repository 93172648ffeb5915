"""The figures of one month: how long each function of Appendix 9.1 was interrupted, and how much was done with it.

Shapes: PCID modules Portal Functionality (IOM 100-09 chapter 6, 80.2.3.9) and Service Interruptions (80.2.3.8).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from typing import Protocol

APPENDIX_9_1: Mapping[str, str] = {
    "F-01": "Audit and Reimbursement Document Submission",
    "F-02": "CMN Detail (DME only)",
    "F-03": "Claim Redetermination Status",
    "F-04": "Claim Redetermination Submission",
    "F-05": "Claim Reopening Status",
    "F-06": "Claim Reopening Submission",
    "F-07": "Claim Status",
    "F-08": "Claim Submission",
    "F-09": "Comparative Data Reports",
    "F-10": "Educational Resources",
    "F-11": "EFT Status",
    "F-12": "Eligibility Inquiry and Response",
    "F-13": "e-Pay/e-Check",
    "F-14": "e-Offset",
    "F-15": "Financial Information",
    "F-16": "General Inquiry Submission",
    "F-17": "MBI Look-up Tool",
    "F-18": "Medical Review Information",
    "F-19": "One-way Messaging",
    "F-20": "Overpayment Claims Adjustments",
    "F-21": "Printable Entitlement Eligibility Page",
    "F-22": "Prior Authorization Request Status",
    "F-23": "Prior Authorization Request Submission",
    "F-24": "Remittance Advice",
    "F-25": "Same or Similar Eligibility (DME only)",
    "F-26": "Secure two-way Messaging",
    "F-27": "Time Out Alerts",
    "F-28": "View/Print Decision/Request Letters",
}
"""The functions of the handbook, in the words of the PCID list: reported functions are chosen from these (8.2)."""

COUNTERS: Mapping[str, tuple[str, str]] = {
    "inquiries-answered": ("F-12", "Eligibility inquiries answered"),
    "inquiries-failed": ("F-12", "Eligibility inquiries failed"),
    "submissions-received": ("F-08", "Claim files received"),
    "submissions-acknowledged": ("F-08", "Claim files acknowledged"),
    "claims-accepted": ("F-08", "Claims accepted"),
    "claims-rejected": ("F-08", "Claims not accepted at the front end"),
    "remittances-posted": ("F-24", "Remittances posted"),
    "appeals-filed": ("F-04", "Redeterminations requested"),
    "roles-removed": ("", "Removals of access"),
}
"""What is counted: by which function, empty for the portal as a whole, and in which words."""

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
    """One function of Appendix 9.1 in a month. `interrupted` and `of` are `None` where it is not offered."""

    code: str
    name: str
    interruptions: int = 0
    interrupted: timedelta | None = None
    of: timedelta | None = None

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


def availability(offered: Iterable[str], interruptions: Sequence[Interruption], reported: Period) -> list[Availability]:
    """Every function of Appendix 9.1 in its order. Two interruptions at once count once; false alarms do not count."""
    on = set(offered)
    found = []
    for code, name in APPENDIX_9_1.items():
        if code not in on:
            found.append(Availability(code, name))
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
