"""Files from outside as rows of one shape: what each belongs to, and whether it is pending, stored or failed.

A file is written down as pending before its first byte lies in the store, so nothing is stored that nobody knows of. It
is stored in the transaction that does what follows from it, or failed with what its sender is to do next. A pending one
whose process died is found by `keep_settled`: it fails too, and an operator is called.
"""

import asyncio
import contextlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from fastapi.responses import StreamingResponse

from libs.common.documents.kinds import KINDS
from libs.common.errors import Rejected
from libs.common.observability.alarms import report_unfinished_upload
from libs.common.observability.logs import log
from libs.common.persistence.tables import attachment
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.runtime import Runtime
from libs.common.sealing import OWN, Sealed
from libs.common.web.downloads import download_stored
from libs.common.web.permit import opaque
from libs.common.web.uploads import broken_off

NAME = Sealed("attachment.name", str, readers=OWN)
"""Owner: the attachment."""

State = Literal["pending", "stored", "failed"]

PENDING_AT_MOST = timedelta(minutes=15)
"""After that nobody works on an upload any more: the gateway ends it after 5 minutes, its checks end within 2."""

FAILED_SHOWN = timedelta(days=7)
"""How long a list names files that were not received."""

STATES: dict[State, tuple[str, str]] = {
    "pending": ("waiting", "Being received"),
    "stored": ("good", "Received"),
    "failed": ("bad", "Not received"),
}
"""Kind of status, and words, of a file."""

_EVERY_SECONDS = 60.0
_AT_ONCE = 100
_NAMED_AT_MOST = 10
_NAME_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file. `name` is sealed; `document` names it in the document store; `kind` is a kind of `kinds.py`.

    `pages` is 0 where its kind has none; `received_at` and `received_on`, its business day, are missing until it is
    stored.
    """

    attachment_id: UUID
    enrollment_id: UUID
    purpose: str
    subject_id: UUID | None
    state: State
    name: str
    document: str
    kind: str
    size_bytes: int
    digest: str
    pages: int
    next_step: str
    added_by: UUID
    begun_at: datetime
    received_at: datetime | None
    received_on: date | None


@dataclass(frozen=True, slots=True)
class Arrived:
    """The content of a pending file, safely in the store and found harmless."""

    attachment_id: UUID
    document: str
    kind: str
    size_bytes: int
    digest: str
    pages: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that was just stored: when it was received, and the business day that counts."""

    attachment_id: UUID
    received_at: datetime
    received_on: date


@dataclass(frozen=True, slots=True)
class NamedAttachment:
    """A file as a page shows it: by its number among those received (0: it is none of them), and its sender's name."""

    number: int
    file: Attachment
    name: str

    @property
    def status(self) -> tuple[str, str]:
        """Kind of status, and words."""
        return STATES[self.file.state]


_COLUMNS = [attachment.c[name] for name in Attachment.__dataclass_fields__]


# ---- how a file comes to stand ---------------------------------------------------------------------------------------


def begin(
    work: UnitOfWork,
    purpose: str,
    name: str,
    *,
    enrollment_id: UUID,
    added_by: UUID,
    subject_id: UUID | None = None,
) -> tuple[UUID, UUID]:
    """Write a file down as pending: its id, and the reference under which its content may be stored."""
    attachment_id, document = work.runtime.ids.batch(2)
    work.insert(
        attachment,
        [
            {
                "attachment_id": attachment_id,
                "enrollment_id": enrollment_id,
                "purpose": purpose,
                "subject_id": subject_id,
                "state": "pending",
                "name": NAME.seal(work.runtime.keys, plain_name(name), attachment_id),
                "document": document.hex,
                "added_by": added_by,
                "begun_at": work.now,
            }
        ],
    )
    return attachment_id, document


async def keep(work: UnitOfWork, arrived: Arrived, subject_id: UUID) -> Kept:
    """Let a pending file be stored, as what belongs to `subject_id`. It is received now.

    Raises `Rejected` when it is not pending any more: it took so long that it was given up.
    """
    now = work.runtime.clock.business()
    kept = Kept(arrived.attachment_id, now, work.runtime.deployment.business_days.received_on(now))
    stored = await work.execute(
        sa.update(attachment)
        .where(_pending(arrived.attachment_id))
        .values(
            state="stored",
            subject_id=subject_id,
            kind=arrived.kind,
            size_bytes=arrived.size_bytes,
            digest=arrived.digest,
            pages=arrived.pages,
            received_at=kept.received_at,
            received_on=kept.received_on,
        )
    )
    if not stored.rowcount:
        raise broken_off()
    return kept


async def fail(work: UnitOfWork, attachment_id: UUID, document: str, refused: Rejected) -> None:
    """Give a pending file up: its content goes, and its row says what to do. One that is settled stays as it is."""
    failed = await work.execute(sa.update(attachment).where(_pending(attachment_id)).values(**_failed(refused)))
    if failed.rowcount:
        await work.runtime.documents.delete(document)


async def forget(work: UnitOfWork, arrived: Arrived) -> None:
    """Let go of a pending file that is not wanted, through no fault of its own."""
    gone = await work.execute(sa.delete(attachment).where(_pending(arrived.attachment_id)))
    if gone.rowcount:
        await work.runtime.documents.delete(arrived.document)


def _pending(attachment_id: UUID) -> sa.ColumnElement[bool]:
    return (attachment.c.attachment_id == attachment_id) & (attachment.c.state == "pending")


def _failed(refused: Rejected) -> dict[str, Any]:
    return {"state": "failed", "fault": refused.code, "next_step": refused.sentence}


def plain_name(name: str) -> str:
    """The last part of a file's name without what only machines read, as people will see it."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(character for character in last if character.isprintable())[:_NAME_LENGTH]


# ---- nothing stays pending -------------------------------------------------------------------------------------------


async def keep_settled(runtime: Runtime, stop: asyncio.Event) -> None:
    """Look every minute, until `stop` is set, for uploads that nobody works on any more."""
    while not stop.is_set():
        try:
            async with runtime.database.work(runtime) as work:
                await settle(work)
        except Exception as error:  # noqa: BLE001 - database or store is away: the rows are there a minute later too
            log.warning("unfinished uploads wait", error_class=type(error).__name__)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _EVERY_SECONDS)


async def settle(work: UnitOfWork) -> None:
    """Give up what has been pending for too long, and call an operator. Content goes before its row is settled."""
    late = (
        sa.select(attachment.c.attachment_id, attachment.c.document, attachment.c.purpose)
        .where(attachment.c.state == "pending", attachment.c.begun_at < work.now - PENDING_AT_MOST)
        .order_by(attachment.c.begun_at)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    for row in (await work.execute(late)).all():
        await fail(work, row.attachment_id, row.document, broken_off())
        report_unfinished_upload(work.runtime.service, row.purpose)


# ---- reading ---------------------------------------------------------------------------------------------------------


async def of_subject(work: UnitOfWork, purpose: str, subject_id: UUID) -> list[Attachment]:
    """The files that belong to something, and those that did not arrive, the oldest first."""
    mine = (attachment.c.purpose == purpose) & (attachment.c.subject_id == subject_id)
    rows = await work.execute(sa.select(*_COLUMNS).where(mine).order_by(attachment.c.attachment_id))
    return [Attachment(*tuple(row)) for row in rows]


async def received(work: UnitOfWork, purpose: str, subject_id: UUID) -> list[Attachment]:
    """The files of something that were received, the oldest first."""
    return [each for each in await of_subject(work, purpose, subject_id) if each.state == "stored"]


async def not_received(work: UnitOfWork, enrollment_id: UUID, purposes: Collection[str]) -> list[NamedAttachment]:
    """The last files that were sent for an enrollment with what was not made then: those on their way, and failed."""
    statement = (
        sa.select(*_COLUMNS)
        .where(
            attachment.c.enrollment_id == enrollment_id,
            attachment.c.purpose.in_(purposes),
            attachment.c.subject_id.is_(None),
            attachment.c.state != "stored",
            attachment.c.begun_at > work.now - FAILED_SHOWN,
        )
        .order_by(attachment.c.begun_at.desc())
        .limit(_NAMED_AT_MOST)
    )
    return named(work, [Attachment(*tuple(row)) for row in await work.execute(statement)])


async def download(
    work: UnitOfWork, subject_id: UUID, attachment_id: str, called: Mapping[str, str]
) -> StreamingResponse:
    """A file of something on its way to whoever asked, who may see what it belongs to. Audited.

    `called` says for each purpose how its files are called, with their number behind it. Raises `Rejected` (404) when
    none that was received has this id.
    """
    wanted = opaque(attachment_id)
    for purpose, name in called.items():
        for number, file in enumerate(await received(work, purpose, subject_id), start=1):
            if file.attachment_id == wanted:
                work.audit("download", "attachment", file.attachment_id)
                kind = KINDS[file.kind]
                return download_stored(
                    work.runtime.documents,
                    file.document,
                    name=f"{name}-{number}.{kind.extension}",
                    media_type=kind.media_type,
                )
    raise Rejected("not-found", "There is no such document here.", status=404)


def named(work: UnitOfWork, files: Sequence[Attachment]) -> list[NamedAttachment]:
    """Files as a page shows them. Whoever asks audits it."""
    return list(_named(work, files))


def _named(work: UnitOfWork, files: Sequence[Attachment]) -> Iterator[NamedAttachment]:
    number = 0
    for file in files:
        number += file.state == "stored"
        yield NamedAttachment(number if file.state == "stored" else 0, file, name_of(work, file))


def name_of(work: UnitOfWork, file: Attachment) -> str:
    """What the sender called a file; empty when it came without a name."""
    if not file.name:
        return ""
    return NAME.open(work.runtime.keys, file.name, file.attachment_id)
