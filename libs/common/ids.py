"""Identifiers: time-ordered for what happens now, derived for what must get the same id when done again."""

import os
import secrets
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from hashlib import blake2b, sha256
from uuid import UUID

from libs.common.clock import Clock

_VERSION_7 = 0x7 << 76
_VARIANT = 0x2 << 62
_RANDOM_BYTES = 10
# The hexadecimal digit that carries the variant, by the digit that stood there.
_VARIANTS = {digit: "89ab"[int(digit, 16) % 4] for digit in "0123456789abcdef"}


class Ids:
    """Makes UUIDs of version 7 (RFC 9562): sorted by time, so that indexes grow at their end."""

    def __init__(self, clock: Clock, random: Callable[[int], bytes] = os.urandom) -> None:
        self._clock = clock
        self._random = random

    def new(self) -> UUID:
        """One new id."""
        return self.batch(1)[0]

    def batch(self, count: int) -> list[UUID]:
        """`count` new ids with one look at the clock and one draw of randomness."""
        milliseconds = int(self._clock.now().timestamp() * 1000) << 80
        noise = self._random(_RANDOM_BYTES * count)
        return [
            _stamped(milliseconds, int.from_bytes(noise[start : start + _RANDOM_BYTES], "big"))
            for start in range(0, len(noise), _RANDOM_BYTES)
        ]


def _stamped(milliseconds: int, noise: int) -> UUID:
    low = noise & ((1 << 62) - 1)
    high = (noise >> 62) & 0xFFF
    return UUID(int=milliseconds | _VERSION_7 | (high << 64) | _VARIANT | low)


def first_id(moment: datetime) -> UUID:
    """What no id of `moment` or later is less than: for looking in a time."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)


def made_at(identity: UUID) -> datetime:
    """The time in an id that begins with one."""
    return datetime.fromtimestamp((identity.int >> 80) / 1000, UTC)


def derived_id(*parts: str | int | UUID) -> UUID:
    """The same UUID for the same parts, always: work that is done again after a crash finds its own traces.

    Version 8 (RFC 9562): the bits are a hash of the parts, each kept apart from the next.
    """
    digest = blake2b("\x1f".join(str(part) for part in parts).encode(), digest_size=16).digest()
    number = int.from_bytes(digest, "big")
    return UUID(int=(number & ~(0xF << 76) & ~(0x3 << 62)) | (0x8 << 76) | _VARIANT)


def digest_of(*parts: str | bytes) -> bytes:
    """SHA-256 of the parts, each kept apart from the next: tells one content from another, and keeps none of it."""
    digest = sha256()
    for part in parts:
        piece = part.encode() if isinstance(part, str) else part
        digest.update(len(piece).to_bytes(8, "big") + piece)
    return digest.digest()


def derived_texts(base: UUID, purpose: str, numbers: Iterable[int]) -> list[str]:
    """For each number an id that is always the same for (`base`, `purpose`, number), as text: for rows in bulk.

    Version 8 (RFC 9562). They begin with the 48 bits of time of `base` (version 7), so that an index grows at its
    end; the rest is a hash. Texts, because thousands of UUID objects cost more than the work they stand for.
    """
    time = str(base)[:14]
    seed = blake2b(f"{base}\x1f{purpose}\x1f".encode(), digest_size=10)
    texts = []
    for number in numbers:
        state = seed.copy()
        state.update(b"%d" % number)
        digits = state.hexdigest()
        variant = _VARIANTS[digits[3]]
        texts.append(f"{time}8{digits[:3]}-{variant}{digits[4:7]}-{digits[7:19]}")
    return texts


def secret_text(size: int = 32) -> str:
    """An unguessable text of `size` random bytes, safe in a URL, a cookie or a form."""
    return secrets.token_urlsafe(size)
