"""Records set aside until it is known whether they stand: in memory while they are few, else encrypted in the store."""

from collections import deque
from collections.abc import Iterable, Iterator
from uuid import UUID

from libs.common.document_store import DocumentStore, StoredDocument

# About 3,000 claims of ordinary size; a file that brings more is written out, so that more claims take no more memory.
HELD_BYTES = 4 << 20
_MAX_BYTES = 1 << 32
_LENGTH_BYTES = 8


class Stage:
    """Holds records in their order. What lies in the store under `reference` is the caller's to delete."""

    def __init__(self, documents: DocumentStore, reference: UUID) -> None:
        self._documents = documents
        self._reference = reference
        self._held: deque[bytes] = deque()
        self._stored: StoredDocument | None = None

    def fill(self, records: Iterable[bytes]) -> None:
        """Take all of `records`, in flat memory."""
        source = iter(records)
        size = 0
        for record in source:
            self._held.append(record)
            size += len(record)
            if size > HELD_BYTES:
                self._stored = self._documents.put_sync(
                    self._framed(source), limit=_MAX_BYTES, reference=self._reference
                )

    def _framed(self, source: Iterator[bytes]) -> Iterator[bytes]:
        while self._held:
            record = self._held.popleft()
            yield len(record).to_bytes(_LENGTH_BYTES, "big")
            yield record
        for record in source:
            yield len(record).to_bytes(_LENGTH_BYTES, "big")
            yield record

    def drain(self) -> Iterator[bytes]:
        """Yield the records once; what was held in memory is let go."""
        while self._held:
            yield self._held.popleft()
        if self._stored is None:
            return
        rest = bytearray()
        for piece in self._documents.open_sync(self._stored.reference):
            rest += piece
            while len(rest) >= _LENGTH_BYTES:
                end = _LENGTH_BYTES + int.from_bytes(rest[:_LENGTH_BYTES], "big")
                if len(rest) < end:
                    break
                yield bytes(rest[_LENGTH_BYTES:end])
                del rest[:end]
