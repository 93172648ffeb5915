"""How audit rows hang together: each seal holds the hash of the one before and of its row's canonical text."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

# What stands before the first row.
BEGINNING = bytes(32)


def canonical(row: Mapping[str, Any]) -> bytes:
    """One audit row as the only bytes that mean it: JSON by RFC 8785, times in UTC to the microsecond.

    The columns are texts, ids and times, so the number rules of RFC 8785 never come into play.
    """
    plain = {name: _plain(value) for name, value in row.items()}
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _plain(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"audit rows hold no {type(value).__name__}")


def link(previous: bytes, row: bytes) -> bytes:
    """The hash of a row in its place: SHA-256 of the hash before it and its canonical text."""
    return sha256(previous + row).digest()
