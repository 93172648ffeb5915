"""Password hashes: PBKDF2-HMAC-SHA-512, then a keyed hash with a pepper held outside the database.

Only FIPS-approved algorithms (reference: security, sections 2.1 and 3.2). A hash is one text that names its
parameters, so they can rise and old hashes still verify:

    $pbkdf2-sha512$i=210000,k=<pepper version>$<salt>$<hash>

Hashing takes about a quarter of a second of one core: call it in a thread.
"""

import hashlib
import hmac
import secrets
import unicodedata
from base64 import b64decode, b64encode
from binascii import Error as NotBase64Error
from dataclasses import dataclass
from typing import Protocol

ITERATIONS = 210_000

_SCHEME = "pbkdf2-sha512"
_SALT_BYTES = 16
_HASH_BYTES = 32


class Peppers(Protocol):
    """Where peppers are kept: the key ring of the process."""

    @property
    def pepper_version(self) -> int:
        """The version that new hashes take."""

    def pepper(self, version: int | None = None) -> bytes:
        """The newest pepper, or one of an older version."""


@dataclass(frozen=True, slots=True)
class _Parsed:
    iterations: int
    version: int
    salt: bytes
    digest: bytes


def hash_password(password: str, peppers: Peppers, *, iterations: int = ITERATIONS) -> str:
    """The text to store for `password`. Two calls differ, because the salt is random."""
    salt = secrets.token_bytes(_SALT_BYTES)
    version = peppers.pepper_version
    digest = _digest(password, salt, iterations, peppers.pepper(version))
    return f"${_SCHEME}$i={iterations},k={version}${_text(salt)}${_text(digest)}"


def verify_password(password: str, stored: str, peppers: Peppers) -> bool:
    """Whether `password` is the one `stored` was made of, in a time that does not depend on the answer.

    Raises `ValueError` when `stored` is no hash of ours.
    """
    parsed = _parse(stored)
    digest = _digest(password, parsed.salt, parsed.iterations, peppers.pepper(parsed.version))
    return hmac.compare_digest(digest, parsed.digest)


def is_outdated(stored: str, peppers: Peppers, *, iterations: int = ITERATIONS) -> bool:
    """Whether `stored` should be made again at the next sign-in: weaker parameters or an older pepper."""
    parsed = _parse(stored)
    return parsed.iterations < iterations or parsed.version != peppers.pepper_version


def dummy_hash(peppers: Peppers, *, iterations: int = ITERATIONS) -> str:
    """A hash nobody knows the password of: verified for unknown users, so that they take as long as known ones."""
    return hash_password(secrets.token_urlsafe(_HASH_BYTES), peppers, iterations=iterations)


def _digest(password: str, salt: bytes, iterations: int, pepper: bytes) -> bytes:
    # NFC: the same characters typed on another keyboard are the same password. Spaces around it are slips of copying.
    typed = unicodedata.normalize("NFC", password.strip()).encode()
    stretched = hashlib.pbkdf2_hmac("sha512", typed, salt, iterations, dklen=_HASH_BYTES)
    return hmac.digest(pepper, stretched, "sha256")


def _parse(stored: str) -> _Parsed:
    try:
        empty, scheme, parameters, salt, digest = stored.split("$")
        numbers = dict(part.split("=") for part in parameters.split(","))
        parsed = _Parsed(int(numbers["i"]), int(numbers["k"]), _bytes(salt), _bytes(digest))
    except (ValueError, KeyError, NotBase64Error) as error:
        raise ValueError("not a password hash") from error
    if empty or scheme != _SCHEME:
        raise ValueError("not a password hash")
    return parsed


def _text(value: bytes) -> str:
    return b64encode(value).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return b64decode(text + "=" * (-len(text) % 4), validate=True)
