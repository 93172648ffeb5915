"""Every query about questions to the item history. Each names its enrollment; row security stands behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from libs.common.persistence.unit_of_work import UnitOfWork
from services.eligibility.item_history.domain import NO_ANSWER, PENDING, REFUSED
from services.eligibility.item_history.tables import item_check


@dataclass(frozen=True, slots=True)
class Check:
    """One question. `question` and `answer` are sealed; `codes` are the reasons it could not be answered for."""

    check_id: UUID
    enrollment_id: UUID
    asked_by: UUID
    asked_at: datetime
    kind: str
    state: str
    trace: str
    beneficiary_token: str
    question: str
    answer: str | None
    codes: str
    answered_at: datetime | None


def _check(row: Any) -> Check:
    return Check(**row._mapping)  # noqa: SLF001 - the documented way to a row's columns by name


async def add(work: UnitOfWork, values: Mapping[str, Any]) -> None:
    """Write a question down before it is asked."""
    await work.execute(item_check.insert(), {**values, "state": PENDING})


async def find(work: UnitOfWork, check_id: UUID, enrollment_id: UUID, kind: str) -> Check | None:
    """The question, if it is of this kind and belongs to the enrollment."""
    rows = await work.execute(
        sa.select(item_check).where(
            item_check.c.check_id == check_id,
            item_check.c.enrollment_id == enrollment_id,
            item_check.c.kind == kind,
        )
    )
    row = rows.first()
    return None if row is None else _check(row)


async def latest(work: UnitOfWork, enrollment_id: UUID, asked_by: UUID, kind: str, *, limit: int) -> list[Check]:
    """The last questions of a kind that one person asked for one enrollment, the newest first."""
    rows = await work.execute(
        sa.select(item_check)
        .where(
            item_check.c.enrollment_id == enrollment_id, item_check.c.asked_by == asked_by, item_check.c.kind == kind
        )
        .order_by(item_check.c.asked_at.desc())
        .limit(limit)
    )
    return [_check(row) for row in rows]


async def misses(work: UnitOfWork, asked_by: UUID, token: str, *, since: datetime) -> list[datetime]:
    """When a person asked about a beneficiary without a match, or is asking now; the oldest first.

    Whoever else asks the same for the same two waits until this transaction is over, in whatever process.
    """
    lock = sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"{asked_by} {token}", 0))
    await work.execute(sa.select(lock))
    rows = await work.execute(
        sa.select(item_check.c.asked_at)
        .where(
            item_check.c.asked_by == asked_by,
            item_check.c.beneficiary_token == token,
            item_check.c.asked_at > since,
            item_check.c.state.in_((PENDING, REFUSED)),
            item_check.c.codes != "procedure-unknown",
        )
        .order_by(item_check.c.asked_at)
    )
    return list(rows.scalars())


async def close(work: UnitOfWork, check_id: UUID, state: str, *, answer: str | None, codes: str) -> Check | None:
    """Write the outcome of a pending question. `None` when it was closed before: the first outcome stands."""
    closed = await work.execute(
        sa.update(item_check)
        .where(item_check.c.check_id == check_id, item_check.c.state == PENDING)
        .values(state=state, answer=answer, codes=codes, answered_at=work.runtime.clock.business())
        .returning(item_check)
    )
    row = closed.first()
    return None if row is None else _check(row)


async def give_up(work: UnitOfWork, asked_before: datetime) -> Sequence[UUID]:
    """Close what was asked before and whose asker died on the way; the ids of those closed."""
    rows = await work.execute(
        sa.update(item_check)
        .where(item_check.c.state == PENDING, item_check.c.asked_at < asked_before)
        .values(state=NO_ANSWER, answered_at=work.runtime.clock.business())
        .returning(item_check.c.check_id)
    )
    return list(rows.scalars())


async def forget_answers(work: UnitOfWork, asked_before: datetime) -> None:
    """Delete the answers to what was asked before; that it was asked stays."""
    await work.execute(
        sa.update(item_check)
        .where(item_check.c.asked_at < asked_before, item_check.c.answer.is_not(None))
        .values(answer=None)
    )
