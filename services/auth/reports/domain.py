"""When the weekly report goes out."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_HOUR = time(7)


def next_monday(now: datetime, zone: ZoneInfo) -> datetime:
    """The first Monday, seven in the morning in `zone`, after `now`."""
    local = now.astimezone(zone)
    monday = local.date() + timedelta(days=-local.weekday() % 7)
    found = datetime.combine(monday, _HOUR, zone)
    if found <= local:
        found = datetime.combine(monday + timedelta(days=7), _HOUR, zone)
    return found.astimezone(UTC)
