"""Sessions decided purely: how long one lives, why it ended, where a person begins (reference: security, section 3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Literal
from urllib.parse import quote
from uuid import UUID

EndReason = Literal[
    "by-staff",
    "disabled",
    "factors",
    "locked",
    "membership-ended",
    "not-mine",
    "password",
    "renewed",
    "role-changed",
    "signed-out",
    "taken-over",
    "timeout",
    "twelve-hours",
]

SESSION_COOKIE = "__Host-sid"
WINDOW_COOKIE = "__Host-mfaw"
DEVICE_COOKIE = "__Host-device"

ENDED: Mapping[str, str] = {
    "timeout": "You were signed out because the portal was not used for a while. This protects patient information.",
    "twelve-hours": "A session lasts at most 12 hours. Sign in again to continue.",
    "signed-out": "You are signed out.",
    "taken-over": "You signed in on another browser or device, so this session was ended. If that was not you, call the"
    " help desk now.",
    "renewed": "You continued in another window. Sign in again here.",
    "locked": "You were signed out after five wrong codes. No code is accepted for an hour to confirm what you do. If"
    " that was not you, call the help desk now.",
    "by-staff": "The help desk signed you out. If you did not ask for that, call the help desk now.",
    "role-changed": "Your role has begun or ended. Sign in again to continue.",
    "membership-ended": "Your access to your organization has ended. Sign in again to ask for another one.",
    "disabled": "Your account is not active. Call the help desk.",
    "factors": "The ways by which you confirmed your sign-in have ended. Sign in to set up a new one.",
    "password": "Your password was changed. Sign in with the new one.",
    "not-mine": "Everybody who used this account was signed out. Choose a new password with “Forgot your password?”.",
    "code": "The code did not come within 10 minutes. Begin again with your user ID and password.",
}
"""What people read when a session is over, or a sign-in was not finished."""

LANDING = "/home"
_LANDINGS = {
    "APPLICANT": "/auth/organization",
    "PROVIDER_ADMIN": "/auth/users",
    "VENDOR_ADMIN": "/auth/users",
    "APPEALS_REVIEWER": "/appeals/review",
    "MAC_AUDITOR": "/auth/audit",
    "MAC_CSR": "/auth/desk",
    "MAC_EDI": "/auth/desk/feeds",
    "MAC_SECURITY": "/auth/desk",
    "PORTAL_OPERATOR": "/notifier/reports",
}
ACTING = "/session/acting"
"""Where one chooses for whom one acts."""


@dataclass(frozen=True, slots=True)
class Browser:
    """What is known of a browser: its address and family, and the secrets it holds, each empty where it holds none.

    `session` is of the session it had last, `window` of a code it showed before, `device` tells it from other browsers.
    """

    address: str
    family: str
    session: str = ""
    window: str = ""
    device: str = ""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session has begun; the browser is to hold `secret`, and goes to `landing` if it was going nowhere else.

    `has_choices`: whether the person may act for more than one enrollment. `window` and `device` are what the browser
    is to hold besides, each empty where it holds that already or is to hold none.
    """

    secret: str
    landing: str
    has_choices: bool = False
    window: str = ""
    device: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """One session of a person, or one access token of a client, with how its user stands now.

    `key` is the SHA-256 of the secret the browser or client holds; `idle` is how long it lives without use.
    `signed_in_at` is when the person signed in, also of a session that goes on under another key after a fresh code;
    `signed_in_before` the sign-in before that, None at the first, and `failed_before` how many failed between.
    `browser` and `address` tell its owner which it is.
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
    failed_before: int = 0
    browser: str = ""
    address: str = ""
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
        return self._seconds(self.idle_end(), now)

    def seconds_to_end(self, now: datetime) -> int:
        """Whole seconds until it ends however it is used; likewise."""
        return self._seconds(self.ends_at, now)

    def _seconds(self, end: datetime, now: datetime) -> int:
        return 0 if self.kind == "client" else max(0, int((end - now).total_seconds()))


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


_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def browser_of(user_agent: str) -> str:
    """Browser and system in the words that people know them by, as `Firefox on Windows`.

    The first mark that is found counts: most browsers name others after themselves.
    """
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "A browser")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return f"{browser} on {system}" if system else browser


def shortened(address: str) -> str:
    """The network an address lies in: the first three numbers of IPv4, the first 48 bits of IPv6."""
    try:
        known = ip_address(address)
    except ValueError:
        return ""
    if known.version == 4:
        return f"{address.rpartition('.')[0]}.…"
    return f"{ip_network((known, 48), strict=False).network_address}…"
