"""Every query about submissions. Each names the enrollment it is for; row security stands behind that."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from libs.common.persistence.paging import Order, Page, Place, page_of
from libs.common.persistence.tables import attachment
from libs.common.persistence.unit_of_work import UnitOfWork
from services.claims.submission.domain import PURPOSE
from services.claims.submission.domain import submission_number as written_number
from services.claims.submission.tables import (
    acknowledgment,
    number_block,
    submission,
    submission_finding,
    submission_number,
)

T = TypeVar("T")
_NEWEST_FIRST = Order((submission.c.submission_id,), submission.c.submission_id, descending=True)


@dataclass(frozen=True, slots=True)
class Submission:
    """One submitted file, with what its attachment says: `document` names it in the document store.

    `next_chunk` is the first not yet stored.
    `enrollment` is the one acted for, as it was when the file came; `control_numbers` are those of its interchanges
    (ISA13), apart by spaces.
    """

    submission_id: UUID
    number: str
    enrollment_id: UUID
    enrollment: Mapping[str, Any]
    submitted_by: UUID
    state: str
    document: str
    size_bytes: int
    digest: str
    received_at: datetime
    business_date: date
    started_at: datetime | None
    verdict: str
    claims_accepted: int
    claims_rejected: int
    control_numbers: str
    first_control_number: int | None
    first_interchange_number: int | None
    next_chunk: int
    claims_stored: int
    acknowledged_at: datetime | None

    @property
    def claims(self) -> int:
        """All claims of the file, once it was judged."""
        return self.claims_accepted + self.claims_rejected


@dataclass(frozen=True, slots=True)
class FileFinding:
    """What is wrong with a file or a transaction set of it."""

    code: str
    field: str
    sentence: str
    place: str


@dataclass(frozen=True, slots=True)
class Acknowledgment:
    """An answer to download: TA1, 999 or 277CA."""

    kind: str
    document: str
    size_bytes: int


def _read(kind: Callable[..., T], rows: Iterable[Any]) -> list[T]:
    return [kind(*row) for row in rows]


_FILE = submission.join(
    attachment, (attachment.c.subject_id == submission.c.submission_id) & (attachment.c.purpose == PURPOSE)
)
_SUBMISSIONS = sa.select(submission, attachment.c.document, attachment.c.size_bytes, attachment.c.digest).select_from(
    _FILE
)


def _submission(row: Any) -> Submission:
    return Submission(**row._mapping)  # noqa: SLF001 - the documented way to a row's columns by name


async def add(work: UnitOfWork, values: Mapping[str, Any]) -> None:
    """Store a new submission, whose file is there already, under the next number."""
    sequence = (await work.execute(sa.select(submission_number.next_value()))).scalar_one()
    number = written_number(values["business_date"], sequence)
    work.insert(submission, [{**values, "number": number, "state": "received"}])


async def find(work: UnitOfWork, submission_id: UUID, enrollment_id: UUID) -> Submission | None:
    """The submission, if it belongs to the enrollment."""
    rows = await work.execute(
        _SUBMISSIONS.where(submission.c.submission_id == submission_id, submission.c.enrollment_id == enrollment_id)
    )
    row = rows.first()
    return None if row is None else _submission(row)


async def load(work: UnitOfWork, submission_id: UUID) -> Submission:
    """The submission, for the system's own work. Raises `NoResultFound`."""
    rows = await work.execute(_SUBMISSIONS.where(submission.c.submission_id == submission_id))
    return _submission(rows.one())


async def newest(work: UnitOfWork, enrollment_id: UUID, place: Place) -> Page[Submission]:
    """The submissions of an enrollment, the newest first."""
    mine = submission.c.enrollment_id == enrollment_id
    return await page_of(work, _SUBMISSIONS, _NEWEST_FIRST, place, within=mine, make=_submission)


async def findings(work: UnitOfWork, submission_id: UUID, enrollment_id: UUID) -> list[FileFinding]:
    """What is wrong with the file as a whole, in its order."""
    rows = await work.execute(
        sa.select(
            submission_finding.c.code,
            submission_finding.c.field,
            submission_finding.c.sentence,
            submission_finding.c.place,
        )
        .where(submission_finding.c.submission_id == submission_id, submission_finding.c.enrollment_id == enrollment_id)
        .order_by(submission_finding.c.number)
    )
    return _read(FileFinding, rows)


async def acknowledgments(work: UnitOfWork, submission_id: UUID, enrollment_id: UUID) -> list[Acknowledgment]:
    """What can be downloaded."""
    rows = await work.execute(
        sa.select(acknowledgment.c.kind, acknowledgment.c.document, acknowledgment.c.size_bytes)
        .where(acknowledgment.c.submission_id == submission_id, acknowledgment.c.enrollment_id == enrollment_id)
        .order_by(acknowledgment.c.kind)
    )
    return _read(Acknowledgment, rows)


async def take_numbers(work: UnitOfWork, purpose: str, count: int) -> int:
    """Take `count` numbers of `purpose` for good; the first of them. Each purpose counts from 0."""
    statement = insert(number_block).values(purpose=purpose, next=count)
    taken = await work.execute(
        statement.on_conflict_do_update(
            index_elements=["purpose"], set_={"next": number_block.c.next + statement.excluded.next}
        ).returning(number_block.c.next)
    )
    return int(taken.scalar_one()) - count


async def keep_numbers(work: UnitOfWork, submission_id: UUID, control_number: int, interchange_number: int) -> None:
    """Write down the first of the numbers taken for a submission, unless others have been taken for it before."""
    await work.execute(
        sa.update(submission)
        .where(submission.c.submission_id == submission_id, submission.c.first_control_number.is_(None))
        .values(first_control_number=control_number, first_interchange_number=interchange_number)
    )


async def mark_judged(work: UnitOfWork, submission_id: UUID, values: Mapping[str, Any]) -> bool:
    """Write down the verdict. False when that was done before."""
    done = await work.execute(
        sa.update(submission)
        .where(submission.c.submission_id == submission_id, submission.c.state == "received")
        .values(state="processing", started_at=work.now, **values)
    )
    return done.rowcount == 1


def add_findings(work: UnitOfWork, of: Submission, found: Sequence[FileFinding]) -> None:
    """Keep what is wrong with the file as a whole."""
    work.insert(
        submission_finding,
        [
            {
                "submission_id": of.submission_id,
                "number": number,
                "enrollment_id": of.enrollment_id,
                "code": each.code,
                "field": each.field,
                "sentence": each.sentence,
                "place": each.place,
            }
            for number, each in enumerate(found, start=1)
        ],
    )


async def take_chunk(work: UnitOfWork, submission_id: UUID, chunk: int, claims: int) -> bool:
    """Claim the storing of a chunk within this transaction. False when it is stored already."""
    done = await work.execute(
        sa.update(submission)
        .where(submission.c.submission_id == submission_id, submission.c.next_chunk == chunk)
        .values(next_chunk=chunk + 1, claims_stored=submission.c.claims_stored + claims)
    )
    return done.rowcount == 1


async def mark_acknowledged(work: UnitOfWork, of: Submission, documents: Sequence[Acknowledgment]) -> bool:
    """Everything is stored and the answers can be downloaded. False when that was done before."""
    done = await work.execute(
        sa.update(submission)
        .where(submission.c.submission_id == of.submission_id, submission.c.state == "processing")
        .values(state="acknowledged", acknowledged_at=work.now)
    )
    if done.rowcount != 1:
        return False
    work.insert(
        acknowledgment,
        [
            {
                "submission_id": of.submission_id,
                "kind": each.kind,
                "enrollment_id": of.enrollment_id,
                "document": each.document,
                "size_bytes": each.size_bytes,
            }
            for each in documents
        ],
    )
    return True
