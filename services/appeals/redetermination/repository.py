"""Every query about appeals and the claims they are of. Reads for providers name the enrollment they are for."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from libs.common.persistence.paging import Order, Page, Place, page_of
from libs.common.persistence.unit_of_work import UnitOfWork
from services.appeals.redetermination.domain import (
    WHOLE_CLAIM,
    Appealed,
    Notice,
    NoticeLine,
    Reason,
    notice_lines,
    was_reconsidered,
)
from services.appeals.redetermination.domain import appeal_number as written_number
from services.appeals.redetermination.tables import (
    appeal,
    appeal_line,
    appeal_number,
    finalized_claim,
    remitted_claim,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Claim:
    """What is known here of a claim: what claims finalized, if it did, and its newest notice, if there is one."""

    claim_id: UUID
    enrollment_id: UUID
    internal_control_number: str
    sealed_facts: str | None
    notice: Notice | None

    @property
    def finalized(self) -> bool:
        """Whether claims said that it was decided."""
        return self.sealed_facts is not None


@dataclass(frozen=True, slots=True)
class Appeal:
    """A request for a redetermination and what became of it. `argument` and `letter` are sealed."""

    appeal_id: UUID
    number: str
    enrollment_id: UUID
    claim_id: UUID
    internal_control_number: str
    provider_name: str
    provider_npi: str
    provider_ptan: str
    filed_by: UUID
    filed_at: datetime
    received_on: date
    notice_on: date
    filed_until: date
    late: bool
    argument: str
    decide_by: date
    outcome: str
    decided_at: datetime | None
    decided_on: date | None
    decided_by: UUID | None
    letter: str | None
    next_level: str

    @property
    def open(self) -> bool:
        """Whether it waits for its decision."""
        return not self.outcome

    @property
    def reconsidered(self) -> bool:
        """Whether the next level decided too."""
        return was_reconsidered(self.next_level)


@dataclass(frozen=True, slots=True)
class AppealLine:
    """A line in an appeal, as its notice showed it then. `reasons` are as `CO-50`; `rationale` is sealed."""

    number: int
    procedure: str
    charge_cents: int
    paid_cents: int
    reasons: str
    remarks: str
    favorable: bool | None
    rationale: str | None


_APPEAL = [appeal.c[name] for name in Appeal.__dataclass_fields__]
_NEWEST_FIRST = Order((appeal.c.appeal_id,), appeal.c.appeal_id, descending=True)
_DUE_FIRST = Order((appeal.c.decide_by, appeal.c.appeal_id), appeal.c.appeal_id)
_LINE = [appeal_line.c[name] for name in AppealLine.__dataclass_fields__]


def _read(kind: Callable[..., T], rows: Iterable[Any]) -> list[T]:
    return [kind(*row) for row in rows]


async def keep_finalized(work: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep what claims said of finalized claims, at most one row a claim; an older word changes nothing."""
    await _keep(work, finalized_claim, rows, newer="told_at")


async def keep_remitted(work: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep what was remitted, at most one row a claim; a lower sequence changes nothing."""
    await _keep(work, remitted_claim, rows, newer="sequence")


async def _keep(work: UnitOfWork, table: sa.Table, rows: Sequence[Mapping[str, Any]], *, newer: str) -> None:
    # In the order of the ids, so that two workers lock rows in the same order.
    statement = insert(table).values(sorted(rows, key=lambda row: row["claim_id"]))
    await work.execute(
        statement.on_conflict_do_update(
            index_elements=["claim_id"],
            set_={column.name: statement.excluded[column.name] for column in table.columns if not column.primary_key},
            where=statement.excluded[newer] > table.c[newer],
        )
    )


def _claims(where: Callable[[sa.Table], sa.ColumnElement[bool]]) -> sa.Select[Any]:
    """Claims known by either copy."""
    known = sa.union(
        sa.select(finalized_claim.c.claim_id).where(where(finalized_claim)),
        sa.select(remitted_claim.c.claim_id).where(where(remitted_claim)),
    ).subquery()
    return (
        sa.select(
            known.c.claim_id,
            sa.func.coalesce(remitted_claim.c.enrollment_id, finalized_claim.c.enrollment_id),
            sa.func.coalesce(remitted_claim.c.internal_control_number, finalized_claim.c.internal_control_number),
            finalized_claim.c.sealed_facts,
            remitted_claim.c.sequence,
            remitted_claim.c.remitted_on,
            remitted_claim.c.status,
            remitted_claim.c.whole,
            remitted_claim.c.lines,
        )
        .select_from(known)
        .outerjoin(finalized_claim, finalized_claim.c.claim_id == known.c.claim_id)
        .outerjoin(remitted_claim, remitted_claim.c.claim_id == known.c.claim_id)
        .order_by(known.c.claim_id.desc())
    )


def _claim(row: Any) -> Claim:
    claim_id, enrollment_id, number, facts, sequence, remitted_on, status, whole, lines = row
    if sequence is None:
        return Claim(claim_id, enrollment_id, number, facts, None)
    notice = Notice(
        sequence, remitted_on, status, notice_lines([_notice_line(each) for each in lines], claim=_notice_line(whole))
    )
    return Claim(claim_id, enrollment_id, number, facts, notice)


def line_document(line: NoticeLine) -> dict[str, Any]:
    """A line of a notice as its column holds it."""
    return {
        "number": line.number,
        "procedure": line.procedure,
        "charge_cents": line.charge_cents,
        "paid_cents": line.paid_cents,
        "reasons": [[each.group, each.code, each.amount_cents] for each in line.reasons],
        "remarks": list(line.remarks),
    }


def _notice_line(document: Mapping[str, Any]) -> NoticeLine:
    return NoticeLine(
        document.get("number", WHOLE_CLAIM),
        document["procedure"],
        document["charge_cents"],
        document["paid_cents"],
        tuple(Reason(*each) for each in document["reasons"]),
        tuple(document["remarks"]),
    )


async def find_claim(work: UnitOfWork, claim_id: UUID, enrollment_id: UUID) -> Claim | None:
    """The claim, if it belongs to the enrollment and anything is known of it."""
    row = (
        await work.execute(
            _claims(lambda table: (table.c.claim_id == claim_id) & (table.c.enrollment_id == enrollment_id))
        )
    ).first()
    return None if row is None else _claim(row)


async def lock_claim(work: UnitOfWork, claim_id: UUID) -> None:
    """Let nobody else file about this claim until this transaction ends."""
    await work.execute(
        sa.select(remitted_claim.c.claim_id).where(remitted_claim.c.claim_id == claim_id).with_for_update()
    )


async def claims_by_number(work: UnitOfWork, enrollment_id: UUID, number: str, *, limit: int) -> list[Claim]:
    """Claims of the enrollment with this internal control number, the newest first."""
    rows = await work.execute(
        _claims(
            lambda table: (table.c.internal_control_number == number) & (table.c.enrollment_id == enrollment_id)
        ).limit(limit)
    )
    return [_claim(row) for row in rows]


async def appealed(work: UnitOfWork, claim_id: UUID) -> dict[int, Appealed]:
    """The lines of a claim that are in an appeal, or were, by number."""
    rows = await work.execute(
        sa.select(
            appeal_line.c.number,
            appeal.c.appeal_id,
            appeal.c.number,
            appeal.c.decided_on,
            appeal_line.c.favorable,
            appeal.c.next_level,
        )
        .join(appeal, appeal.c.appeal_id == appeal_line.c.appeal_id)
        .where(appeal_line.c.claim_id == claim_id)
    )
    return {row[0]: Appealed(*tuple(row)[1:]) for row in rows}


async def add(work: UnitOfWork, values: Mapping[str, Any], lines: Sequence[NoticeLine]) -> Appeal:
    """Store a new appeal of these lines under the next number."""
    sequence = (await work.execute(sa.select(appeal_number.next_value()))).scalar_one()
    number = written_number(values["received_on"], sequence)
    stored = await work.execute(appeal.insert().values(**values, number=number).returning(*_APPEAL))
    new = _read(Appeal, stored)[0]
    work.insert(
        appeal_line,
        [
            {
                "appeal_id": new.appeal_id,
                "number": line.number,
                "enrollment_id": new.enrollment_id,
                "claim_id": new.claim_id,
                "procedure": line.procedure,
                "charge_cents": line.charge_cents,
                "paid_cents": line.paid_cents,
                "reasons": " ".join(reason.written for reason in line.denials),
                "remarks": " ".join(line.remarks),
            }
            for line in lines
        ],
    )
    return new


async def find(work: UnitOfWork, appeal_id: UUID, enrollment_id: UUID) -> Appeal | None:
    """The appeal, if it belongs to the enrollment."""
    return await _one(work, (appeal.c.appeal_id == appeal_id) & (appeal.c.enrollment_id == enrollment_id))


async def find_for_staff(work: UnitOfWork, appeal_id: UUID) -> Appeal | None:
    """The appeal, whoever it belongs to: for the contractor's staff, whom row security lets see it."""
    return await _one(work, appeal.c.appeal_id == appeal_id)


async def _one(work: UnitOfWork, where: sa.ColumnElement[bool]) -> Appeal | None:
    row = (await work.execute(sa.select(*_APPEAL).where(where))).first()
    return None if row is None else Appeal(*tuple(row))


async def lock(work: UnitOfWork, appeal_id: UUID) -> Appeal:
    """The appeal as it is now, for this transaction alone to change. Raises `NoResultFound`."""
    statement = sa.select(*_APPEAL).where(appeal.c.appeal_id == appeal_id).with_for_update()
    return Appeal(*tuple((await work.execute(statement)).one()))


def _state(state: str) -> sa.ColumnElement[bool]:
    if not state:
        return sa.true()
    return appeal.c.outcome == ("" if state == "filed" else state)


async def newest(work: UnitOfWork, enrollment_id: UUID, state: str, place: Place) -> Page[Appeal]:
    """The appeals of the enrollment in a state (every state when it is empty), the newest first."""
    rows, mine = sa.select(*_APPEAL).where(_state(state)), appeal.c.enrollment_id == enrollment_id
    return await page_of(work, rows, _NEWEST_FIRST, place, within=mine, make=_appeal)


async def by_due_day(work: UnitOfWork, state: str, place: Place) -> Page[Appeal]:
    """The appeals of all providers in a state, those due first on top: for the contractor's staff."""
    rows = sa.select(*_APPEAL).where(_state(state))
    return await page_of(work, rows, _DUE_FIRST, place, within=sa.true(), make=_appeal)


def _appeal(row: Any) -> Appeal:
    return Appeal(*row)


async def lines(work: UnitOfWork, appeal_ids: Sequence[UUID]) -> dict[UUID, list[AppealLine]]:
    """The lines of appeals, by appeal."""
    rows = await work.execute(
        sa.select(appeal_line.c.appeal_id, *_LINE)
        .where(appeal_line.c.appeal_id.in_(appeal_ids))
        .order_by(appeal_line.c.appeal_id, appeal_line.c.number)
    )
    found: dict[UUID, list[AppealLine]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(AppealLine(*tuple(row)[1:]))
    return found


async def move_due_day(work: UnitOfWork, appeal_id: UUID, day: date) -> None:
    """Set by when the appeal is to be decided."""
    await work.execute(sa.update(appeal).where(appeal.c.appeal_id == appeal_id).values(decide_by=day))


async def note_next_level(work: UnitOfWork, appeal_id: UUID, what: str) -> None:
    """Remember that a reconsideration was asked for (`asked`), or its outcome."""
    await work.execute(sa.update(appeal).where(appeal.c.appeal_id == appeal_id).values(next_level=what))


async def decide(
    work: UnitOfWork, appeal_id: UUID, values: Mapping[str, Any], lines: Mapping[int, Mapping[str, Any]]
) -> None:
    """Write a decision: of the appeal, and of each of its lines."""
    await work.execute(sa.update(appeal).where(appeal.c.appeal_id == appeal_id).values(**values))
    for number, decided in lines.items():
        await work.execute(
            sa.update(appeal_line)
            .where(appeal_line.c.appeal_id == appeal_id, appeal_line.c.number == number)
            .values(**decided)
        )
