"""Makes the files of keys that are missing: `python -m libs.common.security.key_files`.

Which files there are, and who holds which, say `keys.py` and `tokens.py`.
"""

import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import ECKey

from libs.common.clock import SystemClock
from libs.common.security.keys import GROUPS, KEY_BYTES
from libs.common.security.tokens import ALGORITHM, NEXT_FILE, PUBLIC_FILE, SIGNING_FILE, named_key
from libs.common.settings import SERVICES, Settings

_PRIVATE, _PUBLISHED = 0o400, 0o444


def prepare_keys(secrets_directory: Path, *, month: str) -> None:
    """Make every key that is missing; `month` (`2026-11`) names new sealing keys. Safe to repeat and to race."""
    keys = secrets_directory / "keys"
    for group in GROUPS:
        _make(keys / "seal" / group / month, _random_key)
    for service in SERVICES:
        _make(keys / "documents" / service / month, _random_key)
        signing = keys / "audit" / service / "1"
        _make(signing, _signing_key)
        _make(signing.with_name("1.public"), partial(_public_key, signing))
    for name in ("beneficiary", "identity", "pepper"):
        _make(keys / name / "1", _random_key)


def prepare_token_keys(secrets_directory: Path) -> None:
    """Make the key pairs of internal tokens that are missing, and publish their public halves. Safe to repeat."""
    directory = secrets_directory / "keys"
    private = [directory / name for name in (SIGNING_FILE, NEXT_FILE)]
    for path in private:
        _make(path, _token_key)
    keys = [named_key(ECKey.import_key(path.read_bytes())) for path in private]
    published = {"keys": [{**key.as_dict(private=False), "use": "sig", "alg": ALGORITHM} for key in keys]}
    _replace(directory / PUBLIC_FILE, json.dumps(published, separators=(",", ":")).encode())


def _random_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def _signing_key() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _public_key(private: Path) -> bytes:
    key = serialization.load_pem_private_key(private.read_bytes(), password=None)
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def _token_key() -> bytes:
    return ECKey.generate_key("P-256").as_pem(private=True)


def _make(path: Path, content: Callable[[], bytes]) -> None:
    """Make a file that appears whole, by one link, or not at all: two processes that race agree on one key."""
    if path.exists():
        return
    with _draft(path, content(), _PRIVATE) as draft, suppress(FileExistsError):
        os.link(draft, path)


def _replace(path: Path, content: bytes) -> None:
    if path.exists() and path.read_bytes() == content:
        return
    with _draft(path, content, _PUBLISHED) as draft:
        draft.replace(path)


@contextmanager
def _draft(path: Path, content: bytes, mode: int) -> Iterator[Path]:
    """A file beside `path`, whole and on the disk; gone in the end, unless it was renamed."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def main() -> None:
    """Make the missing keys of this deployment."""
    secrets_directory = Settings().state_directory / "secrets"
    prepare_keys(secrets_directory, month=f"{SystemClock().now():%Y-%m}")
    prepare_token_keys(secrets_directory)


if __name__ == "__main__":
    main()
