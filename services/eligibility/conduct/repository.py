"""Every query about how HETS is asked. What stands in the way of every question is composed once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert

from libs.common.persistence.unit_of_work import UnitOfWork
from services.eligibility.conduct.domain import Asker, Day, Hold, HoldReason, Standing, hour_of, user_subject
from services.eligibility.conduct.tables import guess, hold, tally

_SLOTS = 8
_MOST_LISTED = 500


@dataclass(frozen=True, slots=True)
class Use:
    """How much one user asked of HETS since a moment, how much was refused, and the hold they are under, if any."""

    user_id: UUID
    asked: int
    refused: int
    hold: Hold | None


def _bound(name: str) -> sa.BindParameter[Any]:
    return sa.bindparam(name)


# A count begins again when nothing is left of it, or its time is over.
_OVER = (guess.c.count == 0) | (guess.c.since < _bound("over"))
_ONE_MORE: dict[str, Any] = {
    "index_elements": [guess.c.user_id, guess.c.beneficiary_token],
    "set_": {
        "count": sa.case((_OVER, 1), else_=guess.c.count + 1),
        "since": sa.case((_OVER, _bound("now")), else_=guess.c.since),
    },
}
_GUESSED = (
    insert(guess)
    .values(user_id=_bound("user_id"), beneficiary_token=_bound("token"), count=1, since=_bound("now"))
    .on_conflict_do_update(**_ONE_MORE)
    .returning(guess.c.count, guess.c.since)
    .cte("guessed")
)


def _rows_of(values: Mapping[str, sa.ColumnElement[Any]]) -> tuple[list[str], sa.CompoundSelect[Any]]:
    """Columns and rows of counts in this hour: one of the user and one for the NPI, which belongs to no organization.

    As a SELECT: a statement with several rows of VALUES is compiled afresh each time.
    """
    subjects = (("user", sa.bindparam("organization", type_=sa.Uuid)), ("provider", sa.cast(sa.null(), sa.Uuid)))
    rows = (
        sa.select(
            sa.bindparam(subject, type_=sa.Text),
            sa.bindparam("hour", type_=sa.DateTime(timezone=True)),
            sa.bindparam("slot", type_=sa.SmallInteger),
            organization,
            *values.values(),
        )
        for subject, organization in subjects
    )
    return ["subject", "hour", "slot", "organization_id", *values], sa.union_all(*rows)


def _counting(column: sa.Column[int]) -> Any:
    """Count `more` in a column of both."""
    more = sa.bindparam("more", type_=sa.Integer)
    return (
        insert(tally)
        .from_select(*_rows_of({column.name: more}))
        .on_conflict_do_update(
            index_elements=[tally.c.subject, tally.c.hour, tally.c.slot], set_={column.name: column + more}
        )
    )


_COUNT_ASKED, _COUNT_REFUSED = _counting(tally.c.asked), _counting(tally.c.refused)
_TALLIED = _COUNT_ASKED.returning(tally.c.subject).cte("tallied")


def _asked(subject: str) -> sa.ScalarSelect[int]:
    """What was asked in the hour before this question: a statement does not see what it writes."""
    counted = sa.select(sa.func.coalesce(sa.func.sum(tally.c.asked), 0))
    return counted.where(tally.c.subject == _bound(subject), tally.c.hour == _bound("hour")).scalar_subquery()


def _holds(subject: sa.ColumnElement[Any], now: sa.ColumnElement[Any], held: Any) -> sa.ColumnElement[bool]:
    return sa.and_(
        held.c.subject == subject, held.c.lifted_at.is_(None), sa.or_(held.c.until.is_(None), held.c.until > now)
    )


_USER_HOLD, _NPI_HOLD = hold.alias("user_hold"), hold.alias("npi_hold")
_NOW = sa.bindparam("now", type_=sa.DateTime(timezone=True))
ADMIT = (
    sa.select(
        _GUESSED.c.count,
        _GUESSED.c.since,
        _asked("user").label("user_asked"),
        _asked("provider").label("npi_asked"),
        _USER_HOLD.c.reason.label("user_reason"),
        _USER_HOLD.c.since.label("user_since"),
        _USER_HOLD.c.until.label("user_until"),
        _NPI_HOLD.c.reason.label("npi_reason"),
        _NPI_HOLD.c.since.label("npi_since"),
        _NPI_HOLD.c.until.label("npi_until"),
    )
    .select_from(
        _GUESSED.outerjoin(_USER_HOLD, _holds(_bound("user"), _NOW, _USER_HOLD)).outerjoin(
            _NPI_HOLD, _holds(_bound("provider"), _NOW, _NPI_HOLD)
        )
    )
    .add_cte(_TALLIED)
)
"""Counts a question, and says how its asker stands: one statement for every inquiry, with `values_of` as parameters."""


def values_of(work: UnitOfWork, asker: Asker, token: str, *, over: datetime, slot: int) -> dict[str, Any]:
    """The parameters of `ADMIT` for a question about the beneficiary of `token`.

    What was counted of the beneficiary since before `over` is forgotten; `slot` spreads the counts.
    """
    return {
        "user_id": asker.user_id,
        "token": token,
        "now": work.now,
        "over": over,
        "more": 1,
        **_place(work, asker, slot),
    }


def standing(row: Any) -> Standing:
    """What a row of `ADMIT` says."""
    return Standing(
        row.count,
        row.since,
        int(row.user_asked) + 1,
        int(row.npi_asked) + 1,
        _hold(row.user_reason, row.user_since, row.user_until),
        _hold(row.npi_reason, row.npi_since, row.npi_until),
    )


def _hold(reason: HoldReason | None, since: datetime, until: datetime | None) -> Hold | None:
    return None if reason is None else Hold(reason, since, until)


_GUESSED_MANY = (
    insert(guess)
    .from_select(
        ["user_id", "beneficiary_token", "count", "since"],
        sa.select(
            sa.bindparam("user_id", type_=sa.Uuid),
            sa.func.unnest(sa.bindparam("tokens", type_=ARRAY(sa.Text))),
            sa.literal(1),
            sa.bindparam("now", type_=sa.DateTime(timezone=True)),
        ),
    )
    .on_conflict_do_update(**_ONE_MORE)
    .returning(guess.c.beneficiary_token, guess.c.count)
)
_TAKE_BACK = (
    sa.update(guess)
    .where(guess.c.user_id == _bound("user"), guess.c.beneficiary_token == _bound("token"), guess.c.count > 0)
    .values(count=guess.c.count - 1)
)


async def count_guesses(work: UnitOfWork, user_id: UUID, tokens: Iterable[str], *, over: datetime) -> dict[str, int]:
    """Count an inquiry about each beneficiary as a guess until it is known to be none: how many there are of each.

    Each token is given once; two at once wait for each other in the order of the tokens.
    """
    values = {"user_id": user_id, "tokens": sorted(tokens), "now": work.now, "over": over}
    rows: Any = await work.execute(_GUESSED_MANY, values)
    return {row.beneficiary_token: row.count for row in rows}


async def count_questions(work: UnitOfWork, asker: Asker, questions: int, *, slot: int) -> tuple[int, int]:
    """Count questions that will be asked; how many there are in this hour, of the user and for the NPI."""
    await _count(work, asker, _COUNT_ASKED, questions, slot=slot)
    counted = sa.select(tally.c.subject, sa.func.sum(tally.c.asked).label("asked")).where(_rows(work, asker))
    asked = {row.subject: int(row.asked) for row in await work.execute(counted.group_by(tally.c.subject))}
    return asked[asker.user], asked[asker.provider]


async def take_back_guess(work: UnitOfWork, user_id: UUID, token: str) -> None:
    """An inquiry that was counted was no guess."""
    await work.execute(_TAKE_BACK, {"user": user_id, "token": token})


async def take_back_question(work: UnitOfWork, asker: Asker, token: str, *, slot: int) -> None:
    """What was counted as a question was none: HETS is not asked."""
    await take_back_guess(work, asker.user_id, token)
    await work.execute(
        sa.update(tally)
        .where(_rows(work, asker), tally.c.slot == slot % _SLOTS, tally.c.asked > 0)
        .values(asked=tally.c.asked - 1)
    )


async def count_refusal(work: UnitOfWork, asker: Asker, *, slot: int) -> None:
    """HETS refused a question of this asker."""
    await _count(work, asker, _COUNT_REFUSED, 1, slot=slot)


async def _count(work: UnitOfWork, asker: Asker, counting: Any, more: int, *, slot: int) -> None:
    """Count so many more of one kind in this hour, of the user and for the NPI."""
    await work.execute(counting, {**_place(work, asker, slot), "more": more})


def _place(work: UnitOfWork, asker: Asker, slot: int) -> dict[str, Any]:
    """Where questions of an asker are counted now."""
    return {
        "user": asker.user,
        "provider": asker.provider,
        "organization": asker.organization_id,
        "hour": hour_of(work.now),
        "slot": slot % _SLOTS,
    }


def _rows(work: UnitOfWork, asker: Asker) -> sa.ColumnElement[bool]:
    return tally.c.subject.in_((asker.user, asker.provider)) & (tally.c.hour == hour_of(work.now))


async def day_of(work: UnitOfWork, asker: Asker, since: datetime) -> Day:
    """What came of the questions since a moment; of a user whose hold was lifted, since then."""
    lifted = await _lifted(work, asker)
    user_since, npi_since = (max(filter(None, (since, lifted.get(each)))) for each in (asker.user, asker.provider))
    rows: Any = await work.execute(
        sa.select(tally.c.subject, sa.func.sum(tally.c.asked), sa.func.sum(tally.c.refused))
        .where(
            sa.or_(
                (tally.c.subject == asker.user) & (tally.c.hour > user_since),
                (tally.c.subject == asker.provider) & (tally.c.hour > npi_since),
            )
        )
        .group_by(tally.c.subject)
    )
    counts = {subject: (int(asked), int(refused)) for subject, asked, refused in rows}
    strangers = await work.execute(
        sa.select(sa.func.count()).where(
            guess.c.user_id == asker.user_id, guess.c.count > 0, guess.c.since > user_since
        )
    )
    return Day(
        *counts.get(asker.user, (0, 0)), *counts.get(asker.provider, (0, 0)), strangers=int(strangers.scalar_one())
    )


async def _lifted(work: UnitOfWork, asker: Asker) -> dict[str, datetime]:
    rows = await work.execute(
        sa.select(hold.c.subject, hold.c.lifted_at).where(
            hold.c.subject.in_((asker.user, asker.provider)), hold.c.lifted_at.is_not(None)
        )
    )
    return {row.subject: row.lifted_at for row in rows}


async def put_hold(
    work: UnitOfWork, subject: str, organization_id: UUID, reason: HoldReason, until: datetime | None
) -> bool:
    """Hold a user or an NPI. False when they are held already: the first hold stands."""
    values = {
        "subject": subject,
        "organization_id": organization_id,
        "reason": reason,
        "since": work.now,
        "until": until,
        "lifted_at": None,
    }
    over = hold.c.lifted_at.is_not(None) | (hold.c.until <= work.now)
    statement = insert(hold).values(values)
    held = await work.execute(
        statement.on_conflict_do_update(index_elements=[hold.c.subject], set_=values, where=over).returning(
            hold.c.subject
        )
    )
    return held.first() is not None


async def hold_of(work: UnitOfWork, subject: str) -> Hold | None:
    """The hold that a user or an NPI is under."""
    found = await work.execute(
        sa.select(hold.c.reason, hold.c.since, hold.c.until).where(
            _holds(sa.literal(subject), sa.literal(work.now), hold)
        )
    )
    row = found.first()
    return None if row is None else Hold(row.reason, row.since, row.until)


async def is_held(work: UnitOfWork, asker: Asker) -> bool:
    """Whether a user or the NPI they ask for is under a hold."""
    return bool(await hold_of(work, asker.user) or await hold_of(work, asker.provider))


async def lift(work: UnitOfWork, user_id: UUID, organization_id: UUID | None) -> bool:
    """Let a user ask again; of one organization, if it is given. False when they are not held."""
    subject = user_subject(user_id)
    where = _holds(sa.literal(subject), sa.literal(work.now), hold)
    if organization_id is not None:
        where &= hold.c.organization_id == organization_id
    lifted = await work.execute(sa.update(hold).where(where).values(lifted_at=work.now).returning(hold.c.subject))
    return lifted.first() is not None


async def uses(work: UnitOfWork, organization_id: UUID, since: datetime) -> Sequence[Use]:
    """Whoever of an organization asked since a moment, who asked most first; at most 500."""
    counted = (
        sa.select(
            tally.c.subject,
            sa.func.sum(tally.c.asked).label("asked"),
            sa.func.sum(tally.c.refused).label("refused"),
        )
        .where(tally.c.organization_id == organization_id, tally.c.hour >= since)
        .group_by(tally.c.subject)
        .subquery()
    )
    held = hold.alias()
    rows = await work.execute(
        sa.select(counted, held.c.reason, held.c.since, held.c.until)
        .outerjoin(held, _holds(counted.c.subject, sa.literal(work.now), held))
        .order_by(held.c.reason.is_(None), counted.c.asked.desc(), counted.c.subject)
        .limit(_MOST_LISTED)
    )
    return [
        Use(UUID(row.subject.partition(":")[2]), int(row.asked), int(row.refused), _hold(*tuple(row)[3:]))
        for row in rows
    ]


async def forget(work: UnitOfWork, *, guesses: datetime, tallies: datetime) -> None:
    """Delete guesses counted since before, and what was counted in hours before."""
    await work.execute(sa.delete(guess).where(guess.c.since < guesses))
    await work.execute(sa.delete(tally).where(tally.c.hour < tallies))
