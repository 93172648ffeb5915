"""Until when each level of appeal can be asked for, counted from the date of the notice that it follows.

A notice is presumed to be received 5 days after its date, and a request is filed when it is received. A last day on
which the contractor does not work moves to the next on which it does.
"""

from datetime import date, timedelta

from libs.common.business_days import BusinessDays

_MAIL_DAYS = 5
_REDETERMINATION_DAYS, _RECONSIDERATION_DAYS, _HEARING_DAYS = 120, 180, 60


def redetermination_until(notice_on: date, days: BusinessDays) -> date:
    """The last day for level 1: 120 days from receipt of the initial determination (42 CFR 405.942(a))."""
    return _until(notice_on, _REDETERMINATION_DAYS, days)


def reconsideration_until(decided_on: date, days: BusinessDays) -> date:
    """The last day for level 2: 180 days from receipt of the redetermination (42 CFR 405.962(a))."""
    return _until(decided_on, _RECONSIDERATION_DAYS, days)


def hearing_until(decided_on: date, days: BusinessDays) -> date:
    """The last day for level 3: 60 days from receipt of the reconsideration (42 CFR 405.1002(a))."""
    return _until(decided_on, _HEARING_DAYS, days)


def _until(notice_on: date, count: int, days: BusinessDays) -> date:
    return days.on_or_after(notice_on + timedelta(days=_MAIL_DAYS + count))
