"""Business days of the contractor: Monday to Friday without federal holidays.

Source of the holidays: 5 U.S.C. 6103 with the observed days of weekends, as the `holidays` package keeps them.
"""

from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

_SATURDAY = 5
_DAY = timedelta(days=1)


@cache
def federal_holidays(year: int) -> frozenset[date]:
    """Every federal holiday that is observed in `year`."""
    # The first of January that falls on a Saturday is observed in December of the year before.
    days = holidays.country_holidays("US", years=(year, year + 1), observed=True)
    return frozenset(day for day in days if day.year == year)


def is_business_day(day: date) -> bool:
    """True when the contractor works on `day`."""
    return day.weekday() < _SATURDAY and day not in federal_holidays(day.year)


def on_or_after(day: date) -> date:
    """`day` itself if it is a business day, else the next one."""
    while not is_business_day(day):
        day += _DAY
    return day


def add_business_days(day: date, count: int) -> date:
    """The business day `count` (0 or more) business days after `day`; `day` itself is not counted."""
    for _ in range(count):
        day = on_or_after(day + _DAY)
    return day


def receipt_date(arrived: datetime, zone: ZoneInfo, cut_off: time) -> date:
    """The business day on which something that arrived counts as received.

    Up to and including the minute of `cut_off` in the contractor's `zone` it is that day, later the next business
    day (claims: 17:00, IOM 100-04 chapter 1). `arrived` must be aware.
    """
    local = arrived.astimezone(zone)
    late = local.time().replace(second=0, microsecond=0) > cut_off
    return on_or_after(local.date() + _DAY if late else local.date())
