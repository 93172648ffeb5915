"""The one way in for files: written down, checked at the first bytes, scanned and encrypted as they come, then judged.

Only what passed all of this is stored, and it is stored by the transaction that does what follows from it. A file that
is refused leaves no content behind, but its row with what to do next, and its audit row.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from uuid import UUID

from libs.common.document_store import DocumentTooLargeError
from libs.common.documents import attachments
from libs.common.documents.attachments import Arrived
from libs.common.documents.judging import examine, refusal
from libs.common.documents.kinds import DOCUMENTS, START_BYTES, Kind, document_kind
from libs.common.documents.scanner import scanned, scanner_of
from libs.common.errors import Rejected
from libs.common.ids import digest_of
from libs.common.observability import metrics
from libs.common.ports import Ports
from libs.common.web.formats import size
from libs.common.web.idempotency import idempotently
from libs.common.web.permit import Admission, Permit
from libs.common.web.uploads import Upload

_SPLIT_DOCUMENT = "Split it and add the parts one by one."


@dataclass(frozen=True, slots=True)
class Door:
    """What is taken at one place. `kind_of` tells the kind by the first bytes, or raises `Rejected`.

    `purpose` says of what kind the subject is that its files belong to. `when_too_large` says what to do then.
    """

    purpose: str
    limit_bytes: int
    kind_of: Callable[[bytes], Kind] = document_kind
    when_too_large: str = _SPLIT_DOCUMENT


async def take_in(
    admission: Admission,
    door: Door,
    upload: Upload | None,
    key: str,
    content: Sequence[str],
    do: Callable[[Permit, Arrived | None], Awaitable[UUID]],
    *,
    subject_id: UUID | None = None,
) -> UUID:
    """Take a file in, if there is one, and do what follows from it, once for `key` and the same `content` and file.

    `do` lets the file be stored (`attachments.keep`) and gives the id of what it made; the same key and content again
    give the same id. Until then the file belongs to `subject_id`, if that is there already. Raises `Rejected`.
    """
    arrived = None if upload is None else await _arrive(admission, door, upload, subject_id)
    made: UUID | None = None

    async def make() -> str:
        nonlocal made
        made = await do(permit, arrived)
        return str(made)

    try:
        async with admission.open() as permit:
            digest = arrived.digest if arrived else ""
            whole = digest_of(str(permit.acted_for), *content, digest)
            location = await idempotently(permit, key, whole, make)
            if arrived and made is None:  # the same came before
                await attachments.forget(permit.work, arrived)
    except Rejected:
        if arrived:  # nothing is wrong with the file itself: whoever sent it chooses it again
            async with admission.open() as permit:
                await attachments.forget(permit.work, arrived)
        raise
    if arrived and made:
        metrics.UPLOADS.labels(permit.work.runtime.service, "stored").inc()
    return UUID(location)


async def _arrive(admission: Admission, door: Door, upload: Upload, subject_id: UUID | None) -> Arrived:
    async with admission.open() as permit:
        runtime = permit.work.runtime
        attachment_id, document = attachments.begin(
            permit.work,
            door.purpose,
            upload.name,
            enrollment_id=permit.acted_for,
            added_by=permit.principal.user_id,
            subject_id=subject_id,
        )
    try:
        return await receive(runtime, door, upload.pieces, attachment_id, document)
    except Rejected as refused:
        async with admission.open() as permit:
            await attachments.fail(permit.work, attachment_id, document.hex, refused)
            permit.work.audit("upload", "attachment", attachment_id, outcome="refused", reason=refused.code)
        metrics.UPLOADS.labels(runtime.service, refused.code).inc()
        raise


async def receive(
    runtime: Ports, door: Door, pieces: AsyncIterator[bytes], attachment_id: UUID, document: UUID
) -> Arrived:
    """Store the content of a pending file, if it may be. Raises `Rejected`; then it is the caller's to give it up."""
    incoming = _Incoming(door, pieces)
    try:
        async with aclosing(scanned(scanner_of(runtime.settings), incoming.checked())) as harmless:
            stored = await runtime.documents.put(harmless, limit=door.limit_bytes, reference=document)
    except DocumentTooLargeError as error:
        sentence = f"The file is larger than {size(door.limit_bytes)}. {door.when_too_large}"
        raise Rejected("upload-too-large", sentence, 413, {"file": sentence}) from error
    pages = 0
    if incoming.kind in DOCUMENTS:
        judgment = await examine(runtime.documents, stored.reference, incoming.kind)
        if judgment.fault:
            raise refusal(judgment.fault)
        pages = judgment.pages
    return Arrived(attachment_id, stored.reference, incoming.kind.name, stored.size_bytes, stored.digest, pages)


class _Incoming:
    """The pieces of a file, none before its first bytes have shown its kind."""

    kind: Kind

    def __init__(self, door: Door, pieces: AsyncIterator[bytes]) -> None:
        self._door = door
        self._pieces = pieces

    async def checked(self) -> AsyncIterator[bytes]:
        start = b""
        begun = False
        async for piece in self._pieces:
            if begun:
                yield piece
                continue
            start += piece
            if len(start) >= START_BYTES:
                self.kind = self._door.kind_of(start[:START_BYTES])
                begun = True
                yield start
        if not begun:
            self.kind = self._door.kind_of(start)
            yield start
