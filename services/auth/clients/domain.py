"""Assertions of clients (RFC 7523): which are acceptable. The signature is checked where the key is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any, Literal, TypeGuard
from uuid import UUID

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
GRANT_TYPE = "client_credentials"
SCOPE_PREFIX = "enrollment:"

Fault = Literal["claims", "subject", "audience", "expired", "too-long", "from-the-future", "replayed"]

_LEEWAY = timedelta(seconds=5)
_MAX_ID = 200


KeyFault = Literal["private", "kind", "known", "two"]
KEY_FAULTS: Mapping[KeyFault, str] = {
    "private": "This is a private key. It must never leave the program: make a new pair, and send its public half.",
    "kind": "Send the public key as PEM: an elliptic curve key on P-256, from BEGIN PUBLIC KEY to END PUBLIC KEY.",
    "known": "This key was used before. Make a new pair.",
    "two": "This program has two keys already. Revoke one of them first.",
}
"""What is wrong with a key that an administrator sends, and what to do."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a program. `ends_at`: from when it counts no more, None while it is not replaced."""

    key_id: str
    added_at: datetime
    ends_at: datetime | None

    def living(self, now: datetime) -> bool:
        """Whether assertions that it signed are taken."""
        return self.ends_at is None or now < self.ends_at


@dataclass(frozen=True, slots=True)
class Assertion:
    """What is used of an acceptable assertion: its id, once, until `expires_at`."""

    token_id: str
    expires_at: datetime


def accept(  # noqa: PLR0911 - one condition after the other, as the RFC lists them
    claims: Mapping[str, Any], client_id: str, *, audiences: frozenset[str], now: datetime, longest: timedelta
) -> Assertion | Fault:
    """Whether the claims of a well-signed assertion may be used by `client_id` now."""
    expires, token_id = claims.get("exp"), claims.get("jti")
    if not _is_time(expires) or not _is_id(token_id):
        return "claims"
    if claims.get("iss") != client_id or claims.get("sub") != client_id:
        return "subject"
    told = claims.get("aud")
    # One audience: an assertion that is also good elsewhere could be played back from there.
    only = told[0] if isinstance(told, list) and len(told) == 1 else told
    if not isinstance(only, str) or only not in audiences:
        return "audience"
    seconds = now.timestamp()
    if expires <= seconds - _LEEWAY.total_seconds():
        return "expired"
    if expires > seconds + (longest + _LEEWAY).total_seconds():
        return "too-long"
    for name in ("iat", "nbf"):
        value = claims.get(name, seconds)
        if not _is_time(value):
            return "claims"
        if value > seconds + _LEEWAY.total_seconds():
            return "from-the-future"
    return Assertion(token_id, datetime.fromtimestamp(expires, UTC))


def _is_time(value: object) -> TypeGuard[int | float]:
    """Whether a claim is a NumericDate. JSON readers also know NaN, which no comparison would refuse."""
    try:
        return isinstance(value, int | float) and isfinite(value)
    except OverflowError:  # a whole number of hundreds of figures
        return False


def _is_id(value: object) -> TypeGuard[str]:
    """Whether a claim is an id. JSON readers also know half a sign (a lone surrogate), which cannot be written down."""
    return isinstance(value, str) and 0 < len(value) <= _MAX_ID and value.isprintable()


def wanted_enrollment(scope: str) -> UUID | None:
    """The enrollment a client asks to act for: `enrollment:<id>`. Raises `ValueError` for any other scope."""
    if not scope:
        return None
    if not scope.startswith(SCOPE_PREFIX):
        raise ValueError(scope)
    return UUID(scope.removeprefix(SCOPE_PREFIX))
