"""Every query about the partners' files."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from libs.common.persistence.paging import Order, Page, Place, page_of
from libs.common.persistence.unit_of_work import UnitOfWork
from services.auth.access.tables import enrollment
from services.auth.feeds.domain import Outcome, Source
from services.auth.feeds.tables import feed_fault, feed_file, feed_record

_AT_ONCE = 1_000
_OPEN = ("waiting", "released")
"""What is looked at again."""

_NEWEST = Order((feed_file.c.file_id,), feed_file.c.file_id, descending=True)


@dataclass(frozen=True, slots=True)
class File:
    """What became of a file; `faults` is how many of its rows were not taken."""

    file_id: UUID
    name: str
    outcome: Outcome
    at: datetime
    reason: str
    source: Source | None
    extent: str | None
    sequence: int | None
    rows: int
    faults: int


@dataclass(frozen=True, slots=True)
class OpenFault:
    """A row that was not taken and that no later file has put right."""

    file: str
    source: Source
    number: int
    about: str
    fields: tuple[str, ...]
    at: datetime


async def outcomes(work: UnitOfWork, digests: Sequence[bytes]) -> dict[bytes, Outcome]:
    """What became of those of these files that were seen before."""
    rows = await work.execute(
        sa.select(feed_file.c.digest, feed_file.c.outcome).where(feed_file.c.digest.in_(list(digests)))
    )
    return {row.digest: row.outcome for row in rows}


async def put_outcome(work: UnitOfWork, digest: bytes, name: str, outcome: Outcome, **facts: Any) -> UUID | None:
    """Write what became of a file; its id. None when that was written already, or another worker was faster."""
    values = {"outcome": outcome, "at": work.now, "reason": "", **facts}
    statement = insert(feed_file).values(file_id=work.runtime.ids.new(), digest=digest, name=name, **values)
    changed = feed_file.c.outcome.in_(_OPEN) & (feed_file.c.outcome != outcome)
    written = await work.execute(
        statement.on_conflict_do_update(index_elements=["digest"], set_=values, where=changed).returning(
            feed_file.c.file_id
        )
    )
    return written.scalar_one_or_none()


async def last_sequence(work: UnitOfWork, source: Source) -> int | None:
    """The number of the last file of a source that was taken."""
    taken = feed_file.c.source == source, feed_file.c.outcome == "taken"
    last: int | None = (await work.execute(sa.select(sa.func.max(feed_file.c.sequence)).where(*taken))).scalar_one()
    return last


async def last_taken(work: UnitOfWork) -> dict[str, datetime]:
    """When a file of each source was taken last."""
    rows = await work.execute(
        sa.select(feed_file.c.source, sa.func.max(feed_file.c.at).label("at"))
        .where(feed_file.c.outcome == "taken", feed_file.c.source.is_not(None))
        .group_by(feed_file.c.source)
    )
    return {row.source: row.at for row in rows}


async def records(
    work: UnitOfWork, kind: str, record_ids: Collection[UUID] | None = None
) -> dict[UUID, dict[str, Any]]:
    """What was said last of the records of a kind, all or some of them."""
    these = sa.true() if record_ids is None else feed_record.c.record_id.in_(list(record_ids))
    rows = await work.execute(
        sa.select(feed_record.c.record_id, feed_record.c.content).where(feed_record.c.kind == kind, these)
    )
    return {row.record_id: row.content for row in rows}


async def put_records(work: UnitOfWork, kind: str, contents: Mapping[UUID, dict[str, Any]]) -> None:
    """Write what is now said of some records."""
    ids = sorted(contents)
    for some in (ids[first : first + _AT_ONCE] for first in range(0, len(ids), _AT_ONCE)):
        statement = insert(feed_record).values(
            [{"kind": kind, "record_id": each, "content": contents[each]} for each in some]
        )
        await work.execute(
            statement.on_conflict_do_update(
                index_elements=["kind", "record_id"], set_={"content": statement.excluded.content}
            )
        )


async def delete_records(work: UnitOfWork, kind: str, record_ids: Collection[UUID]) -> None:
    """Nothing is said of these records any more."""
    await work.execute(
        sa.delete(feed_record).where(feed_record.c.kind == kind, feed_record.c.record_id.in_(list(record_ids)))
    )


async def vendors_named(work: UnitOfWork, enrollment_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Of the organizations of these enrollments: the vendors that the agreements of all their enrollments name."""
    theirs = sa.select(enrollment.c.organization_id).where(enrollment.c.enrollment_id.in_(list(enrollment_ids)))
    rows = await work.execute(
        sa.select(enrollment.c.organization_id, feed_record.c.content)
        .outerjoin(
            feed_record,
            sa.and_(feed_record.c.kind == "agreement", feed_record.c.record_id == enrollment.c.enrollment_id),
        )
        .where(enrollment.c.organization_id.in_(theirs))
    )
    found: dict[UUID, set[UUID]] = {}
    for row in rows:
        named = found.setdefault(row.organization_id, set())
        named.update(UUID(each) for each in (row.content or {}).get("vendors", ()))
    return found


async def settle_faults(work: UnitOfWork, source: Source, record_ids: Collection[UUID] | None) -> None:
    """Rows of earlier files count no more: those about some records, or (None) all of the source."""
    these = sa.true() if record_ids is None else feed_fault.c.record_id.in_(list(record_ids))
    await work.execute(
        sa.update(feed_fault)
        .where(feed_fault.c.source == source, feed_fault.c.settled_at.is_(None), these)
        .values(settled_at=work.now)
    )


def add_faults(work: UnitOfWork, rows: Iterable[Mapping[str, Any]]) -> None:
    """Keep which rows of a file were not taken."""
    work.insert(feed_fault, rows)


async def open_faults(work: UnitOfWork, *, at_most: int) -> list[OpenFault]:
    """The rows that a person should look at, the newest file first."""
    rows = await work.execute(
        sa.select(feed_fault, feed_file.c.name, feed_file.c.at)
        .join(feed_file, feed_file.c.file_id == feed_fault.c.file_id)
        .where(feed_fault.c.settled_at.is_(None))
        .order_by(feed_file.c.at.desc(), feed_fault.c.file_id, feed_fault.c.number)
        .limit(at_most)
    )
    return [OpenFault(row.name, row.source, row.number, row.about, tuple(row.fields), row.at) for row in rows]


async def files(work: UnitOfWork, place: Place) -> Page[File]:
    """The files of the partners, the newest first."""
    counted = (
        sa.select(sa.func.count()).where(feed_fault.c.file_id == feed_file.c.file_id).scalar_subquery().label("faults")
    )
    return await page_of(work, sa.select(feed_file, counted), _NEWEST, place, within=sa.true(), make=_file)


async def file(work: UnitOfWork, file_id: UUID) -> File | None:
    """One file, for this transaction alone to decide about."""
    row = (
        await work.execute(
            sa.select(feed_file, sa.literal(0).label("faults")).where(feed_file.c.file_id == file_id).with_for_update()
        )
    ).first()
    return None if row is None else _file(row)


async def decide(work: UnitOfWork, file_id: UUID, outcome: Outcome, by: UUID) -> None:
    """Write what a person decided about a held file."""
    await work.execute(
        sa.update(feed_file).where(feed_file.c.file_id == file_id).values(outcome=outcome, decided_by=by)
    )


def _file(row: Any) -> File:
    return File(
        file_id=row.file_id,
        name=row.name,
        outcome=row.outcome,
        at=row.at,
        reason=row.reason,
        source=row.source,
        extent=row.extent,
        sequence=row.sequence,
        rows=row.rows,
        faults=row.faults,
    )
