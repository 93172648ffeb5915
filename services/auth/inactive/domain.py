"""Accounts that nobody uses, decided purely: noticed, disabled, and for how long their owner may take them back.

NIST SP 800-53 AC-2(3) in the ARS: disabled after 60 days without a sign-in; privileged accounts earlier. Never deleted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Limits:
    """After how many days without a sign-in an account is disabled, and after how many its owner is told before."""

    days: int
    notices: tuple[int, ...]

    def disabled_at(self, idle_since: datetime) -> datetime:
        """When an account is disabled that was used last then."""
        return idle_since + timedelta(days=self.days)

    def noticed(self, idle_since: datetime, now: datetime) -> int | None:
        """The day of the last notice that is due now; `None` before the first."""
        reached = [day for day in self.notices if idle_since + timedelta(days=day) <= now]
        return max(reached, default=None)


def limits(days: int, notice_days: Sequence[int], privileged_days: int, *, privileged: bool) -> Limits:
    """The limits of an account: a privileged one is noticed as many days before its own end as every other is."""
    if not privileged:
        return Limits(days, tuple(notice_days))
    earlier = (each - days + privileged_days for each in notice_days)
    return Limits(privileged_days, tuple(day for day in earlier if day > 0))
