"""Every query about inquiries. Each names the enrollment it is for; row security stands behind that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from libs.common.persistence.unit_of_work import UnitOfWork
from services.eligibility.hets.domain import NO_ANSWER
from services.eligibility.inquiry.domain import PENDING
from services.eligibility.inquiry.tables import guess, inquiry


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One inquiry. `question` and `answer` are sealed; `codes` are the reasons HETS refused it for."""

    inquiry_id: UUID
    enrollment_id: UUID
    asked_by: UUID
    asked_at: datetime
    state: str
    trace: str
    beneficiary_token: str
    question: str
    answer: str | None
    codes: str
    answered_at: datetime | None


# Composed once: they are in the way of every question.
_FIND = sa.select(inquiry).where(
    inquiry.c.inquiry_id == sa.bindparam("id"), inquiry.c.enrollment_id == sa.bindparam("enrollment")
)
_CLOSE = (
    sa.update(inquiry)
    .where(inquiry.c.inquiry_id == sa.bindparam("id"), inquiry.c.state == PENDING)
    .values({name: sa.bindparam(name) for name in ("state", "answer", "codes", "answered_at")})
    .returning(inquiry)
)
# A count begins again when nothing is left of it, or its time is over.
_OVER = (guess.c.count == 0) | (guess.c.since < sa.bindparam("over"))
_COUNT = (
    insert(guess)
    .values(user_id=sa.bindparam("user"), beneficiary_token=sa.bindparam("token"), count=1, since=sa.bindparam("now"))
    .on_conflict_do_update(
        index_elements=[guess.c.user_id, guess.c.beneficiary_token],
        set_={
            "count": sa.case((_OVER, 1), else_=guess.c.count + 1),
            "since": sa.case((_OVER, sa.bindparam("now")), else_=guess.c.since),
        },
    )
    .returning(guess.c.count, guess.c.since)
)
_TAKE_BACK = (
    sa.update(guess)
    .where(
        guess.c.user_id == sa.bindparam("user"),
        guess.c.beneficiary_token == sa.bindparam("token"),
        guess.c.count > 0,
    )
    .values(count=guess.c.count - 1)
)


def _inquiry(row: Any) -> Inquiry:
    return Inquiry(**row._mapping)  # noqa: SLF001 - the documented way to a row's columns by name


async def add(work: UnitOfWork, values: Mapping[str, Any]) -> None:
    """Write an inquiry down before HETS is asked."""
    await work.execute(inquiry.insert(), {**values, "state": PENDING})


async def find(work: UnitOfWork, inquiry_id: UUID, enrollment_id: UUID) -> Inquiry | None:
    """The inquiry, if it belongs to the enrollment."""
    rows = await work.execute(_FIND, {"id": inquiry_id, "enrollment": enrollment_id})
    row = rows.first()
    return None if row is None else _inquiry(row)


async def latest(work: UnitOfWork, enrollment_id: UUID, asked_by: UUID, *, limit: int) -> list[Inquiry]:
    """The last inquiries of one person for one enrollment, the newest first."""
    rows = await work.execute(
        sa.select(inquiry)
        .where(inquiry.c.enrollment_id == enrollment_id, inquiry.c.asked_by == asked_by)
        .order_by(inquiry.c.asked_at.desc())
        .limit(limit)
    )
    return [_inquiry(row) for row in rows]


async def close(work: UnitOfWork, inquiry_id: UUID, state: str, *, answer: str | None, codes: str) -> Inquiry | None:
    """Write the outcome of a pending inquiry. `None` when it was closed before: the first outcome stands."""
    closed = await work.execute(
        _CLOSE,
        {
            "id": inquiry_id,
            "state": state,
            "answer": answer,
            "codes": codes,
            "answered_at": work.runtime.clock.business(),
        },
    )
    row = closed.first()
    return None if row is None else _inquiry(row)


async def give_up(work: UnitOfWork, asked_before: datetime) -> Sequence[Inquiry]:
    """Close what was asked before and whose asker died on the way; those closed."""
    rows = await work.execute(
        sa.update(inquiry)
        .where(inquiry.c.state == PENDING, inquiry.c.asked_at < asked_before)
        .values(state=NO_ANSWER, answered_at=work.runtime.clock.business())
        .returning(inquiry)
    )
    return [_inquiry(row) for row in rows]


async def forget_answers(work: UnitOfWork, asked_before: datetime) -> None:
    """Delete the answers to what was asked before; that it was asked stays."""
    await work.execute(
        sa.update(inquiry).where(inquiry.c.asked_at < asked_before, inquiry.c.answer.is_not(None)).values(answer=None)
    )


async def count_guess(work: UnitOfWork, user_id: UUID, token: str, *, over: datetime) -> tuple[int, datetime]:
    """Count an inquiry as a guess until it is known to be none: how many there are, and since when.

    What was counted since before `over` is forgotten. Two at once wait for each other, in whatever process.
    """
    rows = await work.execute(_COUNT, {"user": user_id, "token": token, "now": work.now, "over": over})
    counted: Any = rows.one()
    return counted[0], counted[1]


async def take_back_guess(work: UnitOfWork, user_id: UUID, token: str) -> None:
    """An inquiry that was counted was no guess."""
    await work.execute(_TAKE_BACK, {"user": user_id, "token": token})


async def forget_guesses(work: UnitOfWork, over: datetime) -> None:
    """Delete what was counted since before."""
    await work.execute(sa.delete(guess).where(guess.c.since < over))
