"""Sessions decided purely: how long one lives, why it ended, where a person begins (reference: security, section 3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import quote
from uuid import UUID

EndReason = Literal["timeout", "twelve-hours", "signed-out", "taken-over", "renewed", "locked", "disabled"]

SESSION_COOKIE = "__Host-sid"

ENDED: Mapping[str, str] = {
    "timeout": "You were signed out because the portal was not used for a while. This protects patient information.",
    "twelve-hours": "A session lasts at most 12 hours. Sign in again to continue.",
    "signed-out": "You are signed out.",
    "taken-over": "You signed in on another browser or device, so this session was ended. If that was not you, call the"
    " help desk now.",
    "renewed": "You continued in another window. Sign in again here.",
    "locked": "You were signed out after five wrong codes. No code is accepted for an hour to confirm what you do. If"
    " that was not you, call the help desk now.",
    "disabled": "Your account is not active. Call the help desk.",
    "code": "The code did not come within 10 minutes. Begin again with your user ID and password.",
}
"""What people read when a session is over, or a sign-in was not finished."""

LANDING = "/home"
_LANDINGS = {
    "PROVIDER_ADMIN": "/auth/users",
    "VENDOR_ADMIN": "/auth/users",
    "APPEALS_REVIEWER": "/appeals/review",
    "PORTAL_OPERATOR": "/notifier/reports",
}
ACTING = "/session/acting"
"""Where one chooses for whom one acts."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session has begun; the browser is to hold `secret`, and goes to `landing` if it was going nowhere else.

    `has_choices`: whether the person may act for more than one enrollment.
    """

    secret: str
    landing: str
    has_choices: bool = False


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


def with_next(path: str, target: str) -> str:
    """Carry on where to go afterwards, if it is a path of this portal."""
    kept = safe_next(target, "")
    if not kept:
        return path
    return f"{path}{'&' if '?' in path else '?'}next={quote(kept, safe='/')}"
