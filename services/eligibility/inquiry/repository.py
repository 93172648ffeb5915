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
    """One inquiry. `question` and `answer` are sealed; `codes` are the reasons HETS refused it for.

    `reason` is why there is no answer that can be used (`hets/domain.py`); `sent_at` when HETS may have been sent it.
    """

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
    sent_at: datetime | None
    question_digest: bytes
    reason: str


# Composed once: they are in the way of every question.
_FIND = sa.select(inquiry).where(
    inquiry.c.inquiry_id == sa.bindparam("id"), inquiry.c.enrollment_id == sa.bindparam("enrollment")
)
_CLOSE = (
    sa.update(inquiry)
    .where(inquiry.c.inquiry_id == sa.bindparam("id"), inquiry.c.state == PENDING)
    .values({name: sa.bindparam(name) for name in ("state", "answer", "codes", "answered_at", "reason")})
    .values(sent_at=sa.case((sa.bindparam("was_sent", type_=sa.Boolean), inquiry.c.sent_at), else_=None))
    .returning(inquiry)
)
# Sent and not answered, or not yet: a question that is on its way counts, and one whose asker died.
_UNANSWERED = (
    (inquiry.c.question_digest == sa.bindparam("question_digest"))
    & inquiry.c.state.in_([sa.literal_column(f"'{each}'") for each in (PENDING, NO_ANSWER)])
    & (inquiry.c.sent_at > sa.bindparam("sent_after", type_=sa.DateTime(timezone=True)))
)
_WRITTEN = (
    "inquiry_id", "enrollment_id", "asked_by", "asked_at", "trace", "beneficiary_token", "question", "question_digest",
    "sent_at",
)  # fmt: skip
_ADD = (
    sa.insert(inquiry)
    .from_select(
        [*_WRITTEN, "state"],
        sa.select(
            *(sa.bindparam(name, type_=inquiry.c[name].type) for name in _WRITTEN), sa.literal(PENDING, sa.Text)
        ).where(~sa.exists().where(_UNANSWERED)),
    )
    .returning(inquiry.c.inquiry_id)
)
_LAST_SENT = sa.select(sa.func.max(inquiry.c.sent_at)).where(_UNANSWERED)
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


async def add(work: UnitOfWork, values: Mapping[str, Any], *, sent_after: datetime) -> bool:
    """Write an inquiry down before HETS is asked.

    False, and nothing is written, when the same one was sent since `sent_after` and had no answer.
    Two at once are told apart when a lock that both need was taken before: `count_guess`.
    """
    written = await work.execute(_ADD, {**values, "sent_after": sent_after})
    return written.first() is not None


async def last_sent(work: UnitOfWork, question_digest: bytes, *, sent_after: datetime) -> datetime | None:
    """When the same inquiry was last sent since `sent_after`, if it had no answer."""
    rows = await work.execute(_LAST_SENT, {"question_digest": question_digest, "sent_after": sent_after})
    found: datetime | None = rows.scalar_one()
    return found


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


async def close(
    work: UnitOfWork,
    inquiry_id: UUID,
    state: str,
    *,
    answer: str | None,
    codes: str,
    reason: str = "",
    was_sent: bool = True,
) -> Inquiry | None:
    """Write the outcome of a pending inquiry. `None` when it was closed before: the first outcome stands.

    What was not sent may be asked again at any time.
    """
    closed = await work.execute(
        _CLOSE,
        {
            "id": inquiry_id,
            "state": state,
            "answer": answer,
            "codes": codes,
            "reason": reason,
            "was_sent": was_sent,
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
