"""How facts of the field are written for people: one form each, on every page, print and letter.

Pure functions; the templates see them as filters (`libs/common/web/pages.py`). Forms: pages reference, section 4.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

_REVENUE_CODE = 4
_KILOBYTE = 1024
_BEFORE_DOT = 3


def day(value: date) -> str:
    """A calendar day as `11/22/2026`. A moment must be put into a zone first: see `moment`."""
    return f"{value.month:02d}/{value.day:02d}/{value.year:04d}"


def clock(value: datetime, zone: ZoneInfo) -> str:
    """The time of day in `zone` as `3:12 p.m. EST`. `value` must know its own zone."""
    local = value.astimezone(zone)
    half = "a.m." if local.hour < 12 else "p.m."
    return f"{(local.hour + 11) % 12 + 1}:{local.minute:02d} {half} {local:%Z}"


def moment(value: datetime, zone: ZoneInfo) -> str:
    """Day and time in `zone` as `11/22/2026 3:12 p.m. EST`."""
    return f"{day(value.astimezone(zone).date())} {clock(value, zone)}"


def since(value: datetime, now: datetime, zone: ZoneInfo) -> str:
    """When something began: the time alone if it was today in `zone`, otherwise with the day."""
    if value.astimezone(zone).date() == now.astimezone(zone).date():
        return clock(value, zone)
    return moment(value, zone)


def days_left(days: int) -> str:
    """How long a deadline is away, in whole days: `12 days left`, `the last day is today`, `over`."""
    if days < 0:
        return "over"
    return f"{count(days, 'day')} left" if days else "the last day is today"


def count(number: int, one: str, many: str | None = None) -> str:
    """A number with its word: `1 claim`, `5,000 claims`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def code(value: str, words: str) -> str:
    """A code with its meaning, `CO-45 · Charge exceeds fee schedule`: a code never stands alone."""
    return f"{value} · {words}"


def procedure(value: str) -> str:
    """What was done, by its code. A revenue code, which stands where a hospital names no procedure, says what it is.

    Revenue codes have four digits (NUBC), HCPCS codes five characters.
    """
    return f"revenue code {value}" if len(value) == _REVENUE_CODE else value


def line_of_business(value: str) -> str:
    """A line of business as people say it: `Part A`, `Part B`, `DME`."""
    return f"Part {value}" if len(value) == 1 else value


def diagnosis(value: str) -> str:
    """An ICD-10 code as people write it, with its dot: `E11.9`. X12 leaves it out."""
    return f"{value[:_BEFORE_DOT]}.{value[_BEFORE_DOT:]}" if len(value) > _BEFORE_DOT and "." not in value else value


def size(octets: int) -> str:
    """The size of a file: `812 bytes`, `1.4 MB`, `20 MB`; a KB is 1,024 bytes, as on the computers of offices."""
    if octets < _KILOBYTE:
        return count(octets, "byte")
    if octets < _KILOBYTE**2:
        return f"{octets / _KILOBYTE:.1f}".removesuffix(".0") + " KB"
    return f"{octets / _KILOBYTE**2:.1f}".removesuffix(".0") + " MB"


def left(seconds: int) -> str:
    """A time that is left in words: `2 minutes`, `1 minute 30 seconds`, `10 seconds`."""
    minutes, rest = divmod(max(seconds, 0), 60)
    parts = [count(minutes, "minute")] if minutes else []
    if rest or not minutes:
        parts.append(count(rest, "second"))
    return " ".join(parts)
