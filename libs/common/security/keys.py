"""The keys a process holds, and the only place that uses them: sealed fields, document keys, tokens of beneficiaries.

Every key is one file of 32 random bytes below `secrets/keys/` of the state directory, mode 0400, mounted read-only in
a cluster, where a service's directory holds only the groups it may read:

    seal/<group>/<key id>         AES-256, one key each month; the newest seals, all that are left open
    documents/<service>/<key id>  AES-256, wraps the data keys of a service's documents; likewise
    beneficiary/<version>         HMAC-SHA-256, one for the deployment; the newest makes tokens
    identity/<version>            HMAC-SHA-256, of what people say to register, which auth compares and does not keep
    pepper/<version>              HMAC-SHA-256, of the passwords
    audit/<service>/<version>     ECDSA P-256 as PEM, signs tree heads; `<version>.public` verifies them
    token-signing/, token-public/ of `tokens.py`

`key_files.py` makes what is missing. Destroying a month's file when retention ends destroys everything that was sealed
with it. Algorithms: FIPS-approved ones only (reference: security, section 2.1).
"""

import hmac
import os
import threading
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64Error
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from libs.common.errors import NotYet
from libs.common.ids import digest_of
from libs.common.sealing import SealBrokenError
from libs.common.settings import SERVICES, Settings

# Who may read what is sealed for a group. Besides these each service has one group of its own name, for its columns.
GROUPS: dict[str, frozenset[str]] = {
    "claims-facts": frozenset({"claims", "appeals"}),
    "claim-lines": frozenset({"claims", "remittance"}),
    "partner-claims": frozenset({"claims", "shared_system"}),
    "partner-remittance": frozenset({"remittance", "shared_system"}),
    "contacts": frozenset({"auth", "notifier"}),
    "hets-officials": frozenset({"eligibility", "notifier"}),
    "totp": frozenset({"auth"}),
    **{service: frozenset({service}) for service in SERVICES},
}

KEY_BYTES = 32
_NONCE_BYTES = 12
_NONCES_AT_ONCE = 256
_TOKEN_BYTES = 16
_FORM = "s1"
_LOOK_AGAIN_SECONDS = 60.0
_ASK_AGAIN_SECONDS = 1.0


class KeyNotHeldError(NotYet):
    """This process has no key of that id or group: not mounted yet, destroyed, or never meant for it."""


class _Nonces:
    """Random nonces, drawn many at a time: a call into the kernel for each costs more than the sealing."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self._left = memoryview(b"")
        self._lock = threading.Lock()

    def take(self) -> bytes:
        with self._lock:
            if not self._left:
                self._left = memoryview(os.urandom(_NONCE_BYTES * _NONCES_AT_ONCE))
            nonce, self._left = self._left[:_NONCE_BYTES], self._left[_NONCE_BYTES:]
            return bytes(nonce)


_NONCES = _Nonces()
# A forked process must not hand out the nonces of its parent again.
os.register_at_fork(after_in_child=_NONCES.forget)


class KeyGroup:
    """The keys of one group. New months' files are found while the process runs."""

    def __init__(self, name: str, directory: Path) -> None:
        self.name = name
        self._directory = directory
        self._keys: dict[str, AESGCM] = {}
        self._newest = ""
        self._looked = float("-inf")
        self._look()

    def _look(self) -> None:
        files = _key_files(self._directory)
        self._keys = {key_id: self._keys.get(key_id) or AESGCM(_read_key(path)) for key_id, path in files.items()}
        self._newest = max(self._keys, default="")
        self._looked = time.monotonic()

    def _find(self, key_id: str) -> AESGCM:
        if key_id not in self._keys and time.monotonic() - self._looked > _ASK_AGAIN_SECONDS:
            self._look()
        try:
            return self._keys[key_id]
        except KeyError:
            raise KeyNotHeldError(f"no key {key_id!r} in group {self.name}") from None

    def newest(self) -> str:
        """The id of the key that seals now. Raises `KeyNotHeldError` when the group is empty."""
        if time.monotonic() - self._looked > _LOOK_AGAIN_SECONDS:
            self._look()
        if not self._newest:
            raise KeyNotHeldError(f"no keys in group {self.name}")
        return self._newest

    def encrypt(self, key_id: str, plaintext: bytes, context: bytes) -> bytes:
        """Nonce and ciphertext under one key, bound to `context`."""
        nonce = _NONCES.take()
        return nonce + self._find(key_id).encrypt(nonce, plaintext, context)

    def decrypt(self, key_id: str, sealed: bytes, context: bytes) -> bytes:
        """The inverse of `encrypt`. Raises `KeyNotHeldError` or `SealBrokenError`."""
        try:
            return self._find(key_id).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], context)
        except (InvalidTag, ValueError) as error:
            raise SealBrokenError("sealed bytes do not open") from error


class KeyRing:
    """All keys of one process, which is of `service`.

    Make it with `load`; it may be sent to another process, which reads the files itself.
    """

    def __init__(self, directory: Path, service: str) -> None:
        self._directory = directory
        self.service = service
        self._groups: dict[str, KeyGroup] = {}
        self._documents: dict[str, KeyGroup] = {}
        self._keyed_by: dict[str, tuple[str, hmac.HMAC]] = {}

    @classmethod
    def load(cls, settings: Settings, service: str) -> "KeyRing":
        """The keys `service` may use. Reads a file when it is first needed, so a process starts with those it holds."""
        return cls(settings.state_directory / "secrets" / "keys", service)

    def __reduce__(self) -> tuple[Any, ...]:
        return KeyRing, (self._directory, self.service)

    def group(self, readers: str) -> KeyGroup:
        """The keys of a reader group. Raises `KeyNotHeldError` when this service does not belong to it."""
        found = self._groups.get(readers)
        if found is None:
            if self.service not in GROUPS.get(readers, ()):
                raise KeyNotHeldError(f"{self.service} is not in group {readers}")
            found = self._groups[readers] = KeyGroup(readers, self._directory / "seal" / readers)
        return found

    def seal(self, readers: str, plaintext: bytes, *, context: str) -> str:
        """`plaintext` as text that only the services of group `readers` can open, and only with the same `context`.

        `context` names the place the value belongs to (table, column and row, or event type and subject), so that a
        sealed text moved elsewhere does not open. AES-256-GCM, random nonce; about 3 µs for 200 bytes.
        """
        group = self.group(readers)
        key_id = group.newest()
        head = f"{_FORM}.{readers}.{key_id}"
        sealed = group.encrypt(key_id, plaintext, f"{head}|{context}".encode())
        return f"{head}.{urlsafe_b64encode(sealed).decode()}"

    def open(self, sealed: str, *, context: str) -> bytes:
        """What was sealed.

        Raises `SealBrokenError`, or `KeyNotHeldError` when this process may not or cannot yet open it.
        """
        try:
            form, readers, key_id, body = sealed.split(".")
            content = urlsafe_b64decode(body)
        except (ValueError, NotBase64Error) as error:
            raise SealBrokenError("not a sealed text") from error
        if form != _FORM or readers not in GROUPS:
            raise SealBrokenError("not a sealed text of a known form")
        return self.group(readers).decrypt(key_id, content, f"{form}.{readers}.{key_id}|{context}".encode())

    def document_key(self, service: str) -> KeyGroup:
        """The keys that wrap the data keys of the documents of `service`. Raises `KeyNotHeldError` for another's."""
        if service != self.service:
            raise KeyNotHeldError(f"{self.service} does not hold the document keys of {service}")
        found = self._documents.get(service)
        if found is None:
            found = self._documents[service] = KeyGroup(service, self._directory / "documents" / service)
        return found

    def beneficiary_token(self, mbi: str) -> str:
        """The join key that stands for an MBI in events and tables: `b<version>_` and 32 hexadecimal digits.

        HMAC-SHA-256 cut to 128 bits: without the key the 1.3e13 possible MBIs cannot be tried (reference: security,
        section 2.4). `mbi` is normalized: upper case, no dashes.
        """
        version, digest = self._keyed("beneficiary", mbi.encode())
        return f"b{version}_{digest.hex()}"

    def keyed_digest(self, content: bytes) -> bytes:
        """16 bytes that tell one content about a beneficiary from another, under the same key as their tokens.

        For what could be tried out if its digest had no key, such as a name with a birth date.
        """
        return self._keyed("beneficiary", content)[1]

    def identity_digest(self, *parts: str) -> bytes:
        """16 bytes that tell whether people said the same: an address, a code, a payment. `parts` begin with which.

        For what must be found again or compared, and must not be kept: without the key, few addresses, codes or amounts
        are tried in a moment.
        """
        return self._keyed("identity", digest_of(*parts))[1]

    def _keyed(self, purpose: str, content: bytes) -> tuple[str, bytes]:
        if purpose not in self._keyed_by:
            version, key = _newest_version(self._directory / purpose)
            self._keyed_by[purpose] = version, hmac.new(key, digestmod="sha256")
        version, keyed = self._keyed_by[purpose]
        digest = keyed.copy()  # a sixth of the cost of keying it again
        digest.update(content)
        return version, digest.digest()[:_TOKEN_BYTES]

    @property
    def pepper_version(self) -> int:
        """The version of the pepper that new password hashes take."""
        return int(_newest_version(self._directory / "pepper")[0])

    def pepper(self, version: int | None = None) -> bytes:
        """A pepper of the password hashes: the newest, or that of the `version` a stored hash names."""
        if version is None:
            return _newest_version(self._directory / "pepper")[1]
        try:
            return _read_key(self._directory / "pepper" / str(version))
        except FileNotFoundError:
            raise KeyNotHeldError(f"no pepper {version}") from None

    def audit_signing_key(self) -> tuple[str, bytes]:
        """Version and private key (PEM) that sign this service's tree heads."""
        directory = self._directory / "audit" / self.service
        versions = [path for path in _files(directory) if not path.suffix]
        if not versions:
            raise KeyNotHeldError(f"no signing key of {self.service}")
        newest = max(versions, key=lambda path: int(path.name))
        return newest.name, newest.read_bytes()

    def audit_public_keys(self) -> dict[str, bytes]:
        """The public keys (PEM), by version, that verify this service's tree heads."""
        directory = self._directory / "audit" / self.service
        return {path.stem: path.read_bytes() for path in _files(directory) if path.suffix == ".public"}


def _files(directory: Path) -> list[Path]:
    """The key files of a directory: drafts and the dotted links of a cluster's mount left out."""
    if not directory.is_dir():
        return []
    return [path for path in directory.iterdir() if not path.name.startswith(".")]


def _key_files(directory: Path) -> dict[str, Path]:
    return {path.name: path for path in _files(directory)}


def _read_key(path: Path) -> bytes:
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise ValueError(f"the key file {path.parent.name}/{path.name} does not hold {KEY_BYTES} bytes")
    return key


def _newest_version(directory: Path) -> tuple[str, bytes]:
    files = _key_files(directory)
    if not files:
        raise KeyNotHeldError(f"no key {directory.name}")
    newest = max(files, key=int)
    return newest, _read_key(files[newest])
