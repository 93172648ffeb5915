"""Documents (X12 files, uploads, letters): encrypted, streamed, named by an opaque reference, whole or not there.

A document is a header and frames of 64 KiB, each sealed by AES-256-GCM under a key of this document alone; that key
stands in the header, wrapped by the key of the service that owns the store and bound to the reference. A frame's
number and whether it is the last are sealed with it, so a cut, reordered or exchanged file does not open. Whoever can
read the folder or the bucket learns sizes and nothing else.
"""

import asyncio
import re
import secrets
import struct
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID

import obstore
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from obstore.store import LocalStore, ObjectStore, from_url

from libs.common.errors import Poison
from libs.common.sealing import SealBrokenError
from libs.common.security.keys import KeyGroup, KeyRing
from libs.common.settings import Settings

if TYPE_CHECKING:
    from obstore import WritableFile
    from typing_extensions import Buffer

# The stores through which services and the shared system hand each other files: both sides hold the keys of the group
# of the same name.
PARTNER_CLAIMS, PARTNER_REMITTANCE = "partner-claims", "partner-remittance"
_PARTNERS = frozenset({PARTNER_CLAIMS, PARTNER_REMITTANCE})

_MAGIC = b"PTD1"
_FRAME = 64 * 1024
_TAG = 16
_KEY_BITS = 256
_WRAPPED = 12 + _KEY_BITS // 8 + _TAG
_REFERENCE = re.compile(r"[0-9a-f]{32}")
_READ_AHEAD = 1 << 20
_HAND_OVER = 1 << 19
# The smallest part an S3 upload may have; a local folder needs no such size.
_PART = {True: 1 << 20, False: 5 << 20}
_PARTS_AT_ONCE = 2


class DocumentTooLargeError(Exception):
    """More bytes came than the limit allows; nothing of them was kept."""


class DocumentMissingError(Poison):
    """No document has this reference: it was never finished, or its retention has ended."""


class DocumentBrokenError(Poison):
    """The stored bytes are not what was written: cut, changed, reordered, or another document's."""


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document that is safely there. `digest` is the SHA-256 of its content, 64 hexadecimal digits."""

    reference: str
    size_bytes: int
    digest: str


class DocumentStore:
    """The documents of one service: a local folder, or a prefix of a bucket when `documents_url` is set.

    It may be sent to another process, which opens folder and keys itself.
    """

    def __init__(self, service: str, settings: Settings, keys: KeyRing) -> None:
        self._service = service
        self._settings = settings
        self._keys = keys

    def __reduce__(self) -> tuple[Any, ...]:
        return DocumentStore, (self._service, self._settings, self._keys)

    @cached_property
    def _objects(self) -> ObjectStore:
        if self._settings.documents_url:
            return from_url(f"{self._settings.documents_url.rstrip('/')}/{self._service}")
        folder = self._settings.state_directory.resolve() / "documents" / self._service
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return LocalStore(folder, mkdir=True)

    @cached_property
    def _group(self) -> KeyGroup:
        return self._keys.group(self._service) if self._service in _PARTNERS else self._keys.document_key(self._service)

    async def put(self, chunks: AsyncIterator[bytes], *, limit: int, reference: UUID | None = None) -> StoredDocument:
        """Store what `chunks` bring, at most `limit` bytes, in flat memory. It is visible when this returns.

        Raises `DocumentTooLargeError`. Give a derived `reference` for work that may be done again: it overwrites.
        """
        with self._writing(limit, reference) as upload:
            async for chunk in chunks:
                if ready := upload.add(chunk):
                    await asyncio.to_thread(upload.write, ready)
            await asyncio.to_thread(upload.finish)
        return upload.stored()

    def put_sync(self, chunks: Iterable[bytes], *, limit: int, reference: UUID | None = None) -> StoredDocument:
        """`put` for a process that has no event loop."""
        with self._writing(limit, reference) as upload:
            for chunk in chunks:
                if ready := upload.add(chunk):
                    upload.write(ready)
            upload.finish()
        return upload.stored()

    @contextmanager
    def _writing(self, limit: int, reference: UUID | None) -> Iterator["_Upload"]:
        sealer = _Sealer(self._service, self._group, _name(reference), limit)
        upload = _Upload(sealer, self._objects)
        try:
            yield upload
        finally:
            upload.abandon()

    async def read(self, reference: str) -> AsyncIterator[bytes]:
        """Yield the content in pieces of up to 64 KiB.

        Raises `DocumentMissingError`, or `DocumentBrokenError` where the fault lies: what came before it was genuine.
        """
        opener = _Opener(self._service, self._group, reference)
        chunks = await asyncio.to_thread(self._chunks, reference)
        while chunk := await asyncio.to_thread(next, chunks, None):
            for piece in opener.add(chunk):
                yield piece
        yield opener.finish()

    def open_sync(self, reference: str) -> Iterator[bytes]:
        """`read` for a process that has no event loop: parsing streams from it."""
        opener = _Opener(self._service, self._group, reference)
        for chunk in self._chunks(reference):
            yield from opener.add(chunk)
        yield opener.finish()

    def _chunks(self, reference: str) -> "Iterator[Buffer]":
        try:
            return iter(obstore.get(self._objects, _path(reference)).stream(min_chunk_size=_READ_AHEAD))
        except FileNotFoundError as error:
            raise DocumentMissingError("no such document") from error

    async def delete(self, reference: str) -> None:
        """Remove a document. One that is not there is no error: its retention may have ended twice."""
        with suppress(FileNotFoundError):
            await asyncio.to_thread(obstore.delete, self._objects, _path(reference))


def _name(reference: UUID | None) -> str:
    return secrets.token_hex(16) if reference is None else reference.hex


def _path(reference: str) -> str:
    """Where a document lies. Raises `DocumentMissingError` for what is no reference, so that no path is ever built."""
    if not _REFERENCE.fullmatch(reference):
        raise DocumentMissingError("not a reference")
    return f"{reference[:2]}/{reference}"


def _bound(number: int, *, last: bool) -> tuple[bytes, bytes]:
    """Nonce and associated data of a frame. The nonce may count, because the key belongs to this document alone."""
    return struct.pack(">IQ", 0, number), struct.pack(">Q?", number, last)


def _key_context(service: str, reference: str) -> bytes:
    return f"document|{service}|{reference}".encode()


class _Sealer:
    """Turns content into header and frames, counting and digesting as it goes by."""

    def __init__(self, service: str, group: KeyGroup, reference: str, limit: int) -> None:
        key = AESGCM.generate_key(_KEY_BITS)
        key_id = group.newest()
        wrapped = group.encrypt(key_id, key, _key_context(service, reference))
        self.reference = reference
        self.header = _MAGIC + bytes([len(key_id)]) + key_id.encode() + wrapped
        self._cipher = AESGCM(key)
        self._limit = limit
        self._size = 0
        self._digest = sha256()
        self._number = 0
        self._rest = bytearray()

    def add(self, chunk: bytes) -> Iterator[bytes]:
        self._size += len(chunk)
        if self._size > self._limit:
            raise DocumentTooLargeError(f"over {self._limit} bytes")
        self._digest.update(chunk)
        self._rest += chunk
        # The last frame is known only when the content ends, so one frame's worth is always kept back.
        while len(self._rest) > _FRAME:
            yield self._frame(bytes(self._rest[:_FRAME]), last=False)
            del self._rest[:_FRAME]

    def finish(self) -> bytes:
        return self._frame(bytes(self._rest), last=True)

    def _frame(self, content: bytes, *, last: bool) -> bytes:
        nonce, bound = _bound(self._number, last=last)
        self._number += 1
        return self._cipher.encrypt(nonce, content, bound)

    def stored(self) -> StoredDocument:
        return StoredDocument(self.reference, self._size, self._digest.hexdigest())


class _Upload:
    """One document on its way into the store: sealed here, handed over several frames at a time.

    The store's own asynchronous calls are left alone, and it is never given an iterator to pull from: a process that
    ends soon after the former is aborted now and then, and an iterator that reads another document deadlocks the
    latter (obstore 0.12). Pushing from plain threads has neither trap.
    """

    def __init__(self, sealer: "_Sealer", objects: ObjectStore) -> None:
        self._sealer = sealer
        self._writer: WritableFile | None = obstore.open_writer(
            objects,
            _path(sealer.reference),
            buffer_size=_PART[isinstance(objects, LocalStore)],
            max_concurrency=_PARTS_AT_ONCE,
        )
        self._pieces = [sealer.header]
        self._held = 0

    def add(self, chunk: bytes) -> bytes:
        """Seal some content. What there is to write once enough has gathered, else nothing."""
        self._pieces += self._sealer.add(chunk)
        self._held += len(chunk)
        if self._held < _HAND_OVER:
            return b""
        ready, self._pieces, self._held = b"".join(self._pieces), [], 0
        return ready

    def write(self, sealed: bytes) -> None:
        """Write what `add` gave; blocks."""
        assert self._writer is not None  # noqa: S101 - nothing is written to what was abandoned
        self._writer.write(sealed)

    def finish(self) -> None:
        """Write the rest and let the document be seen, whole; blocks."""
        assert self._writer is not None  # noqa: S101 - as above
        self._writer.write(b"".join([*self._pieces, self._sealer.finish()]))
        self._writer.close()

    def abandon(self) -> None:
        """Let go of the store; what was not finished is gone. A bucket needs a rule that ends uploads left open."""
        self._writer = None

    def stored(self) -> StoredDocument:
        """What was stored."""
        return self._sealer.stored()


class _Opener:
    """The inverse of `_Sealer`."""

    def __init__(self, service: str, group: KeyGroup, reference: str) -> None:
        self._group = group
        self._context = _key_context(service, reference)
        self._cipher: AESGCM | None = None
        self._number = 0
        self._rest = bytearray()

    def add(self, chunk: "Buffer") -> Iterator[bytes]:
        self._rest += chunk
        if self._cipher is None and not self._read_header():
            return
        while len(self._rest) > _FRAME + _TAG:
            yield self._open(bytes(self._rest[: _FRAME + _TAG]), last=False)
            del self._rest[: _FRAME + _TAG]

    def finish(self) -> bytes:
        return self._open(bytes(self._rest), last=True)

    def _read_header(self) -> bool:
        start = len(_MAGIC) + 1
        if len(self._rest) < start:
            return False
        end = start + self._rest[start - 1]
        if len(self._rest) < end + _WRAPPED:
            return False
        if not self._rest.startswith(_MAGIC):
            raise DocumentBrokenError("not a stored document")
        try:
            key_id = self._rest[start:end].decode("ascii")
            key = self._group.decrypt(key_id, bytes(self._rest[end : end + _WRAPPED]), self._context)
        except (SealBrokenError, UnicodeDecodeError) as error:
            raise DocumentBrokenError("the header does not open") from error
        self._cipher = AESGCM(key)
        del self._rest[: end + _WRAPPED]
        return True

    def _open(self, frame: bytes, *, last: bool) -> bytes:
        nonce, bound = _bound(self._number, last=last)
        self._number += 1
        if self._cipher is None:
            raise DocumentBrokenError("the header is cut")
        try:
            return self._cipher.decrypt(nonce, frame, bound)
        except (InvalidTag, ValueError) as error:
            raise DocumentBrokenError("a frame does not open") from error
