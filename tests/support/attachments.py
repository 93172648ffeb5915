"""Files as the one way in leaves them, without anybody who sent them."""

from collections.abc import AsyncIterator, Iterable
from uuid import UUID

import sqlalchemy as sa

from libs.common.documents import attachments
from libs.common.documents.attachments import Arrived
from libs.common.documents.intake import Door, receive
from libs.common.documents.kinds import Kind
from libs.common.ids import derived_id
from libs.common.persistence.tables import attachment
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.runtime import Runtime
from tests.support.planting import object_id


async def arrived(
    runtime: Runtime, door: Door, content: Iterable[bytes], *, enrollment_id: UUID, name: str = ""
) -> Arrived:
    """A file that came for an enrollment and is pending still."""
    async with runtime.database.work(runtime) as work:
        begun = attachments.begin(work, door.purpose, name, enrollment_id=enrollment_id, added_by=derived_id("person"))
    return await receive(runtime, door, _pieces(content), *begun)


async def complete(
    work: UnitOfWork, enrollment_id: UUID, purpose: str, subject: str, content: bytes, kind: Kind
) -> None:
    """Make the planted attachment of an enrollment whole: one of the planted `subject`, with a name and a document."""
    document_id = object_id(enrollment_id, "document_id")
    kept = await work.runtime.documents.put(_pieces([content]), limit=len(content))
    received_at = work.runtime.clock.business()
    await work.execute(
        sa.update(attachment)
        .where(attachment.c.enrollment_id == enrollment_id)
        .values(
            attachment_id=document_id,
            purpose=purpose,
            subject_id=object_id(enrollment_id, subject),
            state="stored",
            name=attachments.NAME.seal(work.runtime.keys, "notes.pdf", document_id),
            document=kept.reference,
            kind=kind.name,
            size_bytes=kept.size_bytes,
            digest=kept.digest,
            received_at=received_at,
            received_on=received_at.date(),
        )
    )


async def _pieces(content: Iterable[bytes]) -> AsyncIterator[bytes]:
    for piece in content:
        yield piece
