"""When the weekly report goes out."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from services.auth.reports.domain import next_monday

EASTERN = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("now", "following"),
    [
        (datetime(2026, 11, 29, 20, tzinfo=UTC), datetime(2026, 11, 30, 12, tzinfo=UTC)),
        (datetime(2026, 11, 30, 11, 59, tzinfo=UTC), datetime(2026, 11, 30, 12, tzinfo=UTC)),
        (datetime(2026, 11, 30, 12, tzinfo=UTC), datetime(2026, 12, 7, 12, tzinfo=UTC)),
        # The clocks change on Sunday 03/14/2027: seven in the morning stays seven.
        (datetime(2027, 3, 12, 12, tzinfo=UTC), datetime(2027, 3, 15, 11, tzinfo=UTC)),
    ],
)
def test_it_goes_out_on_mondays_at_seven_where_the_contractor_is(now: datetime, following: datetime) -> None:
    assert next_monday(now, EASTERN) == following
