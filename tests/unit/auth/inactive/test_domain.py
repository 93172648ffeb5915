"""When the owner of an account that is not used is told, and when it is disabled."""

from datetime import UTC, datetime, timedelta

import pytest

from services.auth.inactive.domain import limits

SINCE = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("privileged", "day", "noticed", "disabled"),
    [
        (False, 44, None, False),
        (False, 45, 45, False),
        (False, 54, 45, False),
        (False, 55, 55, False),
        (False, 59, 55, False),
        (False, 60, 55, True),
        (True, 14, None, False),
        (True, 15, 15, False),
        (True, 25, 25, False),
        (True, 29, 25, False),
        (True, 30, 25, True),
    ],
)
def test_notices_and_the_end_come_on_their_days(
    privileged: bool, day: int, noticed: int | None, disabled: bool
) -> None:
    rule, now = limits(60, (45, 55), 30, privileged=privileged), SINCE + timedelta(days=day)
    assert rule.noticed(SINCE, now) == noticed
    assert (rule.disabled_at(SINCE) <= now) is disabled


def test_a_notice_that_would_come_before_the_first_day_is_left_out() -> None:
    assert limits(60, (20, 55), 30, privileged=True).notices == (25,)
