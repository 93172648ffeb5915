"""Sign-in decided purely: failed attempts, and what they lock (reference: security, section 3)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol, get_args

Proof = Literal["sign-in", "step-up"]
"""What failed attempts are counted of: anybody may try the first, only who is signed in the second."""
PROOFS: tuple[Proof, ...] = get_args(Proof)

LinkPurpose = Literal["reset", "not-mine", "another-user-id"]
"""What a mailed link is for."""

MustReset = Literal["locked", "not-mine"]
"""Why a person chooses a new password before the next sign-in: after a lock, or because somebody else signed in."""


class Rules(Protocol):
    """The values that these decisions depend on (`services.auth.settings`)."""

    @property
    def lockout_failures(self) -> int:
        """How many failures lock."""

    @property
    def lockout_window_minutes(self) -> int:
        """Within how many minutes."""

    @property
    def disable_after_failures(self) -> int:
        """How many failures in a row disable."""


@dataclass(frozen=True, slots=True)
class Failures:
    """Failed proofs of one kind of one account, passwords and codes together.

    `recent` holds the times of the last ones, oldest first; `consecutive` counts all since the last success.
    """

    recent: tuple[datetime, ...] = ()
    consecutive: int = 0
    locked_until: datetime | None = None

    def with_attempt(self, now: datetime, rules: Rules) -> "Failures":
        """One more attempt, counted as failed until proven right: attempts side by side cannot exceed the limit."""
        recent = (*self.recent, now)[-rules.lockout_failures :]
        return Failures(recent, self.consecutive + 1, self.locked_until)

    def without_attempt(self, at: datetime) -> "Failures":
        """The attempt made at `at` was right after all."""
        recent = list(self.recent)
        if at in recent:  # only one of it: another attempt may bear the same time
            recent.remove(at)
        return Failures(tuple(recent), max(0, self.consecutive - 1), self.locked_until)

    def locked(self, now: datetime) -> bool:
        """Whether nothing is accepted now."""
        return self.locked_until is not None and now < self.locked_until

    def exhausted(self, now: datetime, rules: Rules) -> bool:
        """Whether the allowed failures of the window are used up (ARS AC-7: 5 in 120 minutes)."""
        window = timedelta(minutes=rules.lockout_window_minutes)
        inside = [at for at in self.recent if now - at < window and (not self.locked_until or at > self.locked_until)]
        return len(inside) >= rules.lockout_failures

    def disables(self, rules: Rules) -> bool:
        """Whether so many failed in a row that the account must be disabled (NIST 800-63B 3.2.2)."""
        return self.consecutive >= rules.disable_after_failures
