"""Business days of the contractor: Monday to Friday without the days on which federal offices are closed.

Those are the holidays of 5 U.S.C. 6103, observed for a weekend on the weekday beside it, and days closed by executive
order (12/24/2024, 01/09/2025, 12/24 and 12/26/2025), as the `holidays` package keeps them; what was ordered after its
release stands in `closed_days` of `contract.toml`.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

_SATURDAY = 5
_DAY = timedelta(days=1)
_CATEGORIES = (holidays.PUBLIC, holidays.GOVERNMENT)


@cache
def federal_closures(year: int) -> frozenset[date]:
    """Every day of `year` on which federal offices are closed, weekends left out."""
    # The first of January that falls on a Saturday is observed in December of the year before.
    days = holidays.country_holidays("US", years=(year, year + 1), observed=True, categories=_CATEGORIES)
    return frozenset(day for day in days if day.year == year)


@dataclass(frozen=True, slots=True)
class BusinessDays:
    """The business days of one contract: in its `zone`, until `cut_off` each day, without its own `closed` days."""

    zone: ZoneInfo
    cut_off: time
    closed: frozenset[date] = field(default=frozenset())

    def includes(self, day: date) -> bool:
        """True when the contractor works on `day`."""
        return day.weekday() < _SATURDAY and day not in federal_closures(day.year) and day not in self.closed

    def on_or_after(self, day: date) -> date:
        """`day` itself if it is a business day, else the next one."""
        while not self.includes(day):
            day += _DAY
        return day

    def received_on(self, arrived: datetime) -> date:
        """The business day on which something that arrived counts as received.

        Up to and including the minute of the cut-off it is that day, later the next business day (claims: 17:00, IOM
        100-04 chapter 1). `arrived` must be aware.
        """
        local = arrived.astimezone(self.zone)
        late = local.time().replace(second=0, microsecond=0) > self.cut_off
        return self.on_or_after(local.date() + _DAY if late else local.date())

    def end_within(self, start: datetime, days: int) -> datetime:
        """The end of the last business day that lies at most `days` days after `start`.

        What runs until then ends with one and the same date for whoever asks, at an hour at which somebody was there.
        """
        last = start.astimezone(self.zone).date() + timedelta(days=days)
        while not self.includes(last):
            last -= _DAY
        return datetime.combine(last, time.max, self.zone).astimezone(UTC)
