"""Second factors decided purely: which code counts, how many are sent, and when none is asked for.

Reference: security, sections 3.1 to 3.3. NIST SP 800-63B-4 sections 3.1.2 (recovery codes), 3.1.3 (sent codes), 3.1.4
(authenticators).
"""

import hmac
import re
from base64 import b32encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol
from uuid import UUID

import pyotp

from libs.common.ids import digest_of

Channel = Literal["sms", "voice", "email"]
"""By which way a code is sent."""
Method = Literal["totp", "sms", "voice", "email", "recovery", "passkey"]
"""What proved that it is the person."""
Mode = Literal["handbook", "strict", "off"]
"""When a browser that showed a code is asked for none (`AuthSettings.mfa_window`)."""

CODE_DIGITS = 6
_TOTP_SECONDS = 30
_SKEW = 1
_RECOVERY_BYTES = 10
_GROUP = 4
_RECOVERY = re.compile(r"[A-Z2-7]{16}")
_NANP = re.compile(r"(?:1)?([2-9][0-9]{2}[2-9][0-9]{6})")


@dataclass(frozen=True, slots=True)
class NotAccepted:
    """A code, or the answer of a passkey, that does not count, and why.

    `counter`: a passkey was used as often before, so that its authenticator may have been copied.
    """

    reason: Literal["wrong", "replayed", "counter"]


class Limits(Protocol):
    """The values that these decisions depend on (`services.auth.settings`)."""

    @property
    def code_minutes(self) -> int:
        """How long a sent code works."""

    @property
    def code_again_seconds(self) -> int:
        """How long one waits for the next."""

    @property
    def codes_in_ten_minutes(self) -> int:
        """How many are sent to one person in ten minutes."""

    @property
    def codes_in_a_day(self) -> int:
        """How many in 24 hours."""


def accepted_counter(matching: frozenset[int], last: int) -> int | None:
    """The time step a code is accepted for: the earliest that matches and was not used yet. `None`: refused."""
    return min((counter for counter in matching if counter > last), default=None)


def may_send(sent: Sequence[datetime], now: datetime, limits: Limits) -> bool:
    """Whether one more code may go to a person to whom codes went at the times `sent`, in any order."""
    ages = [now - each for each in sent]
    if any(age < timedelta(seconds=limits.code_again_seconds) for age in ages):
        return False
    lately = sum(age < timedelta(minutes=10) for age in ages)
    today = sum(age < timedelta(days=1) for age in ages)
    return lately < limits.codes_in_ten_minutes and today < limits.codes_in_a_day


def new_secret() -> str:
    """The secret of a new authenticator: 160 random bits, in the letters and digits that people type (RFC 4226)."""
    return pyotp.random_base32()


def steps_of(secret: str, code: str, now: datetime) -> frozenset[int]:
    """The time steps around now whose code this is (RFC 6238, 30 seconds, one step each way)."""
    factor = pyotp.TOTP(secret)
    step = int(now.timestamp()) // _TOTP_SECONDS
    typed = code.encode()
    return frozenset(
        each
        for each in range(step - _SKEW, step + _SKEW + 1)
        if hmac.compare_digest(factor.generate_otp(each).encode(), typed)
    )


def recovery_code(random: Callable[[int], bytes]) -> str:
    """A recovery code of 80 random bits, as people copy it: `ABCD-EFGH-IJKL-MNOP`."""
    text = b32encode(random(_RECOVERY_BYTES)).decode()
    return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def as_recovery_code(typed: str) -> str | None:
    """The letters and digits of a recovery code that was typed in whatever groups; `None` if it is none."""
    text = re.sub(r"[\s-]", "", typed).upper()
    return text if _RECOVERY.fullmatch(text) else None


def phone_number(typed: str) -> str | None:
    """A number of the United States or a neighbor with the same plan, as `+12025550123`; `None` if it is none."""
    digits = re.sub(r"[\s().+-]", "", typed)
    found = _NANP.fullmatch(digits)
    return f"+1{found[1]}" if found else None


@dataclass(frozen=True, slots=True)
class Window:
    """A browser that showed a code: whose, when, and what it looked like then."""

    user_id: UUID
    begun_at: datetime
    expires_at: datetime
    browser: str
    network: str


def spares_a_code(
    window: Window, *, user_id: UUID, browser: str, network: str, timed_out: bool, mode: Mode, now: datetime
) -> bool:
    """Whether a person who gave the right password needs no code in this browser (portal handbook 6.1).

    `timed_out`: the session it held before ended for want of use. Never for somebody else, in another browser or
    network, or after its hours, which begin with the code and do not begin again.
    """
    if mode == "off" or (mode == "strict" and not timed_out):
        return False
    alike = (window.user_id, window.browser, window.network) == (user_id, browser, network)
    return alike and window.begun_at <= now < window.expires_at


def window_key(secret: str) -> bytes:
    """What is stored of the secret of a window that a browser holds."""
    return digest_of("mfa-window", secret)


def network_of(address: str) -> str:
    """The network an address is in: its first half (IPv4) or first quarter (IPv6), which an office keeps all day."""
    if ":" in address:
        return ":".join(address.split(":")[:2])
    return ".".join(address.split(".")[:2])
