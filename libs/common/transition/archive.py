"""The archive of a transition: a ZIP of rows as lines of JSON, sealed for the receiver and signed by the giver.

Its format is told for others in `docs/transition.md`. One key seals everything (AES-256-GCM, each value bound to its
place) and stands in the manifest, encrypted for the receiver (JWE, ECDH-ES). The manifest is signed (JWS, ES256) and
has the SHA-256 of every file.
"""

import hmac
import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64Error
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from joserfc import jwe, jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from pydantic import TypeAdapter

FORMAT = "portico-transition-1"
MANIFEST = "manifest.jws"
_SIGNED = "ES256"
_WRAPPED = ("ECDH-ES", "A256GCM")
_NONCE_BYTES = 12
_PIECE = 1 << 20


class ArchiveError(Exception):
    """The archive is not what was written, or not for whoever opens it; the text says what is wrong, and no content."""


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one table. `digest` is the SHA-256 of the file, `content` a keyed digest of what its rows hold.

    `earliest` is the first month (its first day, ISO) that the rows of a table in months belong to.
    """

    service: str
    table: str
    file: str
    rows: int
    digest: str
    content: str
    earliest: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a service, sealed in a file of its own. `digest` is the SHA-256 of the file."""

    service: str
    reference: str
    file: str
    digest: str


@dataclass(frozen=True, slots=True)
class Numbers:
    """A sequence and the last number it gave."""

    service: str
    name: str
    last: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the archive holds: who made it when, the key for the receiver, each part in the order it goes in."""

    format: str
    contract_id: str
    contractor: str
    made_at: str
    key: str
    parts: list[Part] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    numbers: list[Numbers] = field(default_factory=list)


def make_key() -> tuple[bytes, bytes]:
    """A new pair of keys (PEM): the private one, which stays, and the public one, for the other side."""
    private = ec.generate_private_key(ec.SECP256R1())
    return private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ), private.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def key_of(pem: bytes) -> ECKey:
    """A key as it stands in a file. Raises `ArchiveError`."""
    try:
        return ECKey.import_key(pem)
    except (JoseError, ValueError) as error:
        raise ArchiveError("this is no key of the curve P-256 in PEM") from error


class Seals:
    """The one key of an archive."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._cipher = AESGCM(key)

    def seal(self, content: bytes, place: str) -> bytes:
        """`content`, which opens at this place only."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, content, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """The inverse. Raises `ArchiveError`."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError) as error:
            raise ArchiveError(f"a sealed value does not open at {place}") from error

    def seal_text(self, content: bytes, place: str) -> dict[str, str]:
        """A sealed value as it stands in a line."""
        return {"sealed": urlsafe_b64encode(self.seal(content, place)).decode()}

    def open_text(self, value: Any, place: str) -> bytes:
        """The inverse of `seal_text`. Raises `ArchiveError`."""
        try:
            return self.open(urlsafe_b64decode(value["sealed"]), place)
        except (TypeError, KeyError, NotBase64Error) as error:
            raise ArchiveError("a value that must be sealed is not") from error

    def digest(self) -> "hmac.HMAC":
        """A keyed digest to be filled."""
        return hmac.new(self._key, digestmod="sha256")

    def digest_of(self, content: bytes) -> str:
        """The keyed digest of one content: without the key nobody can try what it might be."""
        return hmac.digest(self._key, content, "sha256").hex()


class Writer:
    """Writes one archive. Nothing can be read of it before `finish`."""

    def __init__(self, path: Path, receiver: ECKey, *, contract_id: str, contractor: str, made_at: str) -> None:
        key = os.urandom(32)
        algorithm, encryption = _WRAPPED
        wrapped = jwe.encrypt_compact({"alg": algorithm, "enc": encryption}, key, receiver, algorithms=list(_WRAPPED))
        self.seals = Seals(key)
        self.manifest = Manifest(FORMAT, contract_id, contractor, made_at, wrapped)
        self._path = path
        self._zip = ZipFile(path, "x", ZIP_DEFLATED)

    def lines(self, name: str) -> "Lines":
        """A file of lines, to be filled before anything else is written."""
        return Lines(self._zip.open(name, "w", force_zip64=True))

    def file(self, name: str, content: bytes) -> str:
        """A file of its own; its digest."""
        self._zip.writestr(name, content)
        return sha256(content).hexdigest()

    def finish(self, signer: ECKey) -> None:
        """Sign what was written and close the archive."""
        text = json.dumps(asdict(self.manifest), sort_keys=True, separators=(",", ":"))
        self._zip.writestr(MANIFEST, jws.serialize_compact({"alg": _SIGNED}, text, signer, algorithms=[_SIGNED]))
        self._zip.close()

    def abandon(self) -> None:
        """Remove what was not finished."""
        with suppress(ValueError):  # a file in it may be open
            self._zip.close()
        self._path.unlink()


class Lines:
    """A file of lines while it is written."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._digest = sha256()
        self.count = 0

    def add(self, line: Any) -> None:
        """Write one line of JSON."""
        text = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        self._digest.update(text)
        self._file.write(text)
        self.count += 1

    def close(self) -> str:
        """End the file; its digest."""
        self._file.close()
        return self._digest.hexdigest()


class Reader:
    """Reads one archive whose signature stands. `seals` is there for the receiver alone."""

    def __init__(self, path: Path, signer: ECKey, receiver: ECKey | None = None) -> None:
        try:
            self._zip = ZipFile(path)
            signed = self._zip.read(MANIFEST).decode("ascii")
            text = jws.deserialize_compact(signed, signer, algorithms=[_SIGNED]).payload
            self.manifest = TypeAdapter(Manifest).validate_json(text)
        except (BadZipFile, KeyError, OSError, UnicodeDecodeError) as error:
            raise ArchiveError("this is no archive of a transition, or it was cut") from error
        except (JoseError, ValueError) as error:
            raise ArchiveError("the manifest is not signed by this key, or was changed") from error
        if self.manifest.format != FORMAT:
            raise ArchiveError(f"the archive is of another format than {FORMAT}")
        self.seals = None if receiver is None else Seals(self._unwrapped(receiver))

    def _unwrapped(self, receiver: ECKey) -> bytes:
        try:
            key = jwe.decrypt_compact(self.manifest.key, receiver, algorithms=list(_WRAPPED)).plaintext
        except (JoseError, ValueError) as error:
            raise ArchiveError("the archive is not for this receiver's key") from error
        if key is None:
            raise ArchiveError("the archive has no key")
        return key

    def check(self) -> None:
        """Compare every file with the manifest. Raises `ArchiveError`, which names the first that differs."""
        told = {each.file: each.digest for each in self.manifest.parts}
        told |= {each.file: each.digest for each in self.manifest.documents}
        there = set(self._zip.namelist()) - {MANIFEST}
        for name in sorted(told.keys() ^ there):
            raise ArchiveError(f"{name} {'is missing' if name in told else 'is not in the manifest'}")
        for name, digest in told.items():
            with self._opened(name) as file:
                found = sha256()
                while piece := file.read(_PIECE):
                    found.update(piece)
            if found.hexdigest() != digest:
                raise ArchiveError(f"{name} was changed")
        for part in self.manifest.parts:
            if (lines := sum(1 for _ in self.lines(part))) != part.rows:
                raise ArchiveError(f"{part.file} has {lines} rows, not {part.rows}")

    def lines(self, part: Part) -> Iterator[Any]:
        """The lines of a part. Raises `ArchiveError`."""
        with self._opened(part.file) as file:
            for line in file:
                try:
                    yield json.loads(line)
                except ValueError as error:
                    raise ArchiveError(f"{part.file} has a line that is no JSON") from error

    def content(self, document: Document) -> bytes:
        """A document as it lies in the archive."""
        with self._opened(document.file) as file:
            return file.read()

    def _opened(self, name: str) -> BinaryIO:
        try:
            return self._zip.open(name)  # type: ignore[return-value] # binary, read only
        except (BadZipFile, KeyError) as error:
            raise ArchiveError(f"{name} cannot be read") from error

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()
