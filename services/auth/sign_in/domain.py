"""Sign-in decided purely: lock-out, codes, and how long a session lives (reference: security, section 3)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol
from uuid import UUID

EndReason = Literal["timeout", "twelve-hours", "signed-out", "taken-over", "renewed", "locked", "disabled"]
Proof = Literal["sign-in", "step-up"]
"""What failed attempts are counted of: anybody may try the first, only who is signed in the second."""

LANDING = "/home"
_LANDINGS = {
    "APPLICANT": "/auth/organization",
    "MAC_EDI": "/auth/organizations",
    "PROVIDER_ADMIN": "/auth/users",
    "VENDOR_ADMIN": "/auth/users",
    "APPEALS_REVIEWER": "/appeals/review",
    "PORTAL_OPERATOR": "/notifier/reports",
}
ACTING = "/session/acting"
"""Where one chooses for whom one acts."""

NOTICE_VERSION = "2026-11-26"
"""Version of the warning notice a person accepts at sign-in: audited, so that one knows which text it was."""


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


def accepted_counter(matching: frozenset[int], last: int) -> int | None:
    """The time step a code is accepted for: the earliest that matches and was not used yet. `None`: refused."""
    return min((counter for counter in matching if counter > last), default=None)


@dataclass(frozen=True, slots=True)
class Session:
    """One session of a person, or one access token of a client, with how its user stands now.

    `key` is the SHA-256 of the secret the browser or client holds; `idle` is how long it lives without use.
    `signed_in_at` is when the person signed in, also of a session that goes on under another key after a fresh code;
    `signed_in_before` the sign-in before that, None at the first.
    """

    key: bytes
    kind: Literal["person", "client"]
    user_id: UUID
    enrollment_id: UUID | None
    assurance: int
    factor_at: datetime
    last_seen_at: datetime
    idle: timedelta
    ends_at: datetime
    csrf: str
    signed_in_at: datetime
    signed_in_before: datetime | None = None
    ended_reason: EndReason | None = None

    def idle_end(self) -> datetime:
        """When it ends unless it is used before."""
        return min(self.last_seen_at + self.idle, self.ends_at)

    def over(self, now: datetime) -> EndReason | None:
        """Why it is over, or `None`."""
        if self.ended_reason is not None:
            return self.ended_reason
        if now >= self.ends_at:
            return "twelve-hours"
        return "timeout" if now >= self.idle_end() else None

    def seconds_left(self, now: datetime) -> int:
        """Whole seconds until it ends for want of use. 0 for a client, which is never warned."""
        return 0 if self.kind == "client" else max(0, int((self.idle_end() - now).total_seconds()))


def landing_of(role: str) -> str:
    """Where somebody of this role begins after sign-in, unless they were on their way to another page."""
    return _LANDINGS.get(role, LANDING)


def safe_next(path: str, default: str = LANDING) -> str:
    r"""Where to go after sign-in: only a path of this portal, so that a forged link leads nowhere else.

    `//host` and `/\host` are addresses of other hosts to a browser; control characters hide them.
    """
    inside = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isascii() and path.isprintable()
    if not inside or "\\" in path or path.split("?", maxsplit=1)[0].rstrip("/") in ("", "/sign-in", "/sign-out"):
        return default
    return path
