"""Every query about inquiries. Each names the enrollment it is for; row security stands behind that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from libs.common.persistence.paging import Order, Page, Place, page_of
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.x12.eligibility.codes import NOT_NOW
from services.eligibility.conduct.domain import Standing
from services.eligibility.conduct.repository import ADMIT, standing
from services.eligibility.enrollment.repository import MAY_ASK
from services.eligibility.hets.domain import ANSWERED, NO_ANSWER, REFUSED
from services.eligibility.inquiry.domain import PENDING, TRIES, WAITING, Lane
from services.eligibility.inquiry.tables import inquiry, line


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One inquiry. `question` and `answer` are sealed; `codes` are the reasons HETS refused it for.

    `reason` is why there is no answer that can be used (`hets/domain.py`); `sent_at` when HETS may have been sent it.
    `lane` and `turn` when it was put in line; `tries` is how often it was called from there. `counts_as_guess`: not
    when another that was put in line with it stands for the same details.
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
    lane: Lane | None = None
    turn: int | None = None
    tries: int = 0
    counts_as_guess: bool = True

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why HETS refused it (AAA03)."""
        return tuple(self.codes.split())


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
_AGAIN = (
    sa.update(inquiry)
    .where(inquiry.c.state == PENDING, inquiry.c.lane.is_not(None), inquiry.c.tries < TRIES)
    .values(state=WAITING)
)
# The last answer to the same question that may be shown again: not one by which HETS said that it cannot answer now.
_REPEATED = (
    sa.select(inquiry.c.inquiry_id)
    .where(
        inquiry.c.enrollment_id == sa.bindparam("enrollment"),
        inquiry.c.question_digest == sa.bindparam("question_digest", type_=sa.LargeBinary),
        inquiry.c.asked_at > sa.bindparam("repeated_since", type_=sa.DateTime(timezone=True)),
        inquiry.c.state.in_((ANSWERED, REFUSED)),
        inquiry.c.answer.is_not(None),
        inquiry.c.codes.not_in(sorted({*NOT_NOW, "41"})),
    )
    .order_by(inquiry.c.asked_at.desc())
    .limit(1)
    .scalar_subquery()
    .label("repeated")
)
_OPEN = ADMIT.add_columns(MAY_ASK, _REPEATED)
BY_TIME = Order((inquiry.c.asked_at, inquiry.c.inquiry_id), inquiry.c.inquiry_id, descending=True)


@dataclass(frozen=True, slots=True)
class Opening:
    """How things stand before HETS is asked: the asker, the NPI, and the same question of a little while ago."""

    standing: Standing
    may_ask: bool
    repeated: UUID | None


async def opening(work: UnitOfWork, values: Mapping[str, Any]) -> Opening:
    """Count a question, and find in the same statement whatever may keep it from being asked.

    `values`: the parameters of `ADMIT`, of `MAY_ASK`, and `enrollment`, `question_digest`, `repeated_since`.
    """
    row: Any = (await work.execute(_OPEN, dict(values))).one()
    return Opening(standing(row), row.may_ask, row.repeated)


def _inquiry(row: Any) -> Inquiry:
    return Inquiry(**row._mapping)  # noqa: SLF001 - the documented way to a row's columns by name


async def add(work: UnitOfWork, values: Mapping[str, Any], *, sent_after: datetime) -> bool:
    """Write an inquiry down before HETS is asked.

    False, and nothing is written, when the same one was sent since `sent_after` and had no answer.
    Two at once are told apart when a lock that both need was taken before: `opening`.
    """
    written = await work.execute(_ADD, {**values, "sent_after": sent_after})
    return written.first() is not None


async def last_sent(work: UnitOfWork, question_digest: bytes, *, sent_after: datetime) -> datetime | None:
    """When the same inquiry was last sent since `sent_after`, if it had no answer."""
    rows = await work.execute(_LAST_SENT, {"question_digest": question_digest, "sent_after": sent_after})
    found: datetime | None = rows.scalar_one()
    return found


async def add_in_line(work: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write inquiries down that wait for their turn. All must name the same columns."""
    await work.execute(inquiry.insert(), [{**each, "state": WAITING} for each in rows])


async def find(work: UnitOfWork, inquiry_id: UUID, enrollment_id: UUID) -> Inquiry | None:
    """The inquiry, if it belongs to the enrollment."""
    rows = await work.execute(_FIND, {"id": inquiry_id, "enrollment": enrollment_id})
    row = rows.first()
    return None if row is None else _inquiry(row)


async def some(work: UnitOfWork, inquiry_ids: Sequence[UUID], enrollment_id: UUID) -> dict[UUID, Inquiry]:
    """Several inquiries of the enrollment, by their ids."""
    named = inquiry.c.inquiry_id.in_(inquiry_ids), inquiry.c.enrollment_id == enrollment_id
    found = [_inquiry(row) for row in await work.execute(sa.select(inquiry).where(*named))] if inquiry_ids else []
    return {each.inquiry_id: each for each in found}


async def latest(work: UnitOfWork, enrollment_id: UUID, asked_by: UUID, *, limit: int) -> list[Inquiry]:
    """The last inquiries of one person for one enrollment, the newest first."""
    rows = await work.execute(
        sa.select(inquiry)
        .where(inquiry.c.enrollment_id == enrollment_id, inquiry.c.asked_by == asked_by)
        .order_by(inquiry.c.asked_at.desc())
        .limit(limit)
    )
    return [_inquiry(row) for row in rows]


async def history(work: UnitOfWork, enrollment_id: UUID, asked_by: UUID, place: Place) -> Page[Inquiry]:
    """What one person asked for one enrollment, the newest first."""
    within = sa.and_(inquiry.c.enrollment_id == enrollment_id, inquiry.c.asked_by == asked_by)
    return await page_of(work, sa.select(inquiry), BY_TIME, place, within=within, make=_inquiry)


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


async def last_turn(work: UnitOfWork, enrollment_id: UUID, lane: Lane) -> int:
    """The turn after which the next inquiry of an enrollment comes in a lane.

    Turns make the line fair: everybody's next one comes after their own last one that waits, and as soon as the turn
    that was called last. So who puts ten thousand in line holds up nobody who comes later with one.
    """
    own = sa.select(sa.func.coalesce(sa.func.max(inquiry.c.turn), 0)).where(
        inquiry.c.enrollment_id == enrollment_id, inquiry.c.lane == lane, inquiry.c.state == WAITING
    )
    rows = await work.execute(sa.select(sa.func.greatest(line.c.turn, own.scalar_subquery())))
    return int(rows.scalar_one())


async def call(work: UnitOfWork, count: int, *, sent_before: datetime) -> list[Inquiry]:
    """Take the next `count` inquiries from the line, as sent now. What was sent since `sent_before` rests."""
    rested = sa.or_(inquiry.c.sent_at.is_(None), inquiry.c.sent_at <= sent_before)
    following = (
        sa.select(inquiry.c.inquiry_id)
        .where(inquiry.c.state == WAITING, rested)
        .order_by(inquiry.c.turn, inquiry.c.inquiry_id)
        .limit(count)
        .with_for_update(skip_locked=True)
        .cte("following")
    )
    rows = await work.execute(
        sa.update(inquiry)
        .where(inquiry.c.inquiry_id == following.c.inquiry_id)
        .values(state=PENDING, asked_at=work.runtime.clock.business(), sent_at=work.now, tries=inquiry.c.tries + 1)
        .returning(inquiry)
    )
    called = [_inquiry(row) for row in rows]
    turns = [each.turn for each in called if each.turn is not None]
    if turns:
        await work.execute(sa.update(line).values(turn=sa.func.greatest(line.c.turn, max(turns))))
    return sorted(called, key=lambda each: (each.turn or 0, each.inquiry_id))


async def is_waiting(work: UnitOfWork) -> bool:
    """Whether anything waits in line."""
    waiting = sa.select(inquiry.c.inquiry_id).where(inquiry.c.state == WAITING)
    return (await work.execute(waiting.limit(1))).first() is not None


async def back_in_line(work: UnitOfWork, inquiry_id: UUID) -> bool:
    """Let a pending inquiry that came from the line be asked once more. False when it has been asked often enough."""
    return (await work.execute(_AGAIN.where(inquiry.c.inquiry_id == inquiry_id))).rowcount == 1


async def stand_in_line(work: UnitOfWork, inquiry_id: UUID, lane: Lane, turn: int) -> None:
    """Let a pending inquiry that was not sent wait for its turn."""
    await work.execute(
        sa.update(inquiry)
        .where(inquiry.c.inquiry_id == inquiry_id, inquiry.c.state == PENDING)
        .values(state=WAITING, lane=lane, turn=turn, sent_at=None)
    )


async def not_sent(work: UnitOfWork, inquiry_id: UUID) -> None:
    """Let a pending inquiry that was called and not sent wait again, as if it had not been called."""
    await work.execute(
        sa.update(inquiry)
        .where(inquiry.c.inquiry_id == inquiry_id, inquiry.c.state == PENDING)
        .values(state=WAITING, sent_at=None, tries=inquiry.c.tries - 1)
    )


async def orphans_back_in_line(work: UnitOfWork, asked_before: datetime) -> bool:
    """The same for all that was asked before and whose asker died on the way; whether there was any."""
    return (await work.execute(_AGAIN.where(inquiry.c.asked_at < asked_before))).rowcount > 0


async def give_up(work: UnitOfWork, asked_before: datetime) -> Sequence[Inquiry]:
    """Close what was asked before and whose asker died on the way; those closed. What may be tried again is not."""
    tried = sa.or_(inquiry.c.lane.is_(None), inquiry.c.tries >= TRIES)
    rows = await work.execute(
        sa.update(inquiry)
        .where(inquiry.c.state == PENDING, inquiry.c.asked_at < asked_before, tried)
        .values(state=NO_ANSWER, answered_at=work.runtime.clock.business())
        .returning(inquiry)
    )
    return [_inquiry(row) for row in rows]


async def forget_answers(work: UnitOfWork, asked_before: datetime) -> None:
    """Delete the answers to what was asked before; that it was asked stays."""
    await work.execute(
        sa.update(inquiry).where(inquiry.c.asked_at < asked_before, inquiry.c.answer.is_not(None)).values(answer=None)
    )
