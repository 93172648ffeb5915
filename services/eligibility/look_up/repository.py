"""Every query about look-ups. Row security stands behind those of one enrollment and of one office."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert

from libs.common.ids import first_id
from libs.common.persistence.paging import Order, Page, Place, page_of
from libs.common.persistence.tables import access_enrollment, access_user
from libs.common.persistence.unit_of_work import UnitOfWork
from services.eligibility.look_up.domain import FOUND, NO_ANSWER, PENDING
from services.eligibility.look_up.tables import look_up, look_up_count, look_up_user

OFFICE_ROWS = 200
"""So many lines of an office are on its page; its file has all."""


@dataclass(frozen=True, slots=True)
class LookUpRow:
    """One look-up as its list shows it: no patient."""

    look_up_id: UUID
    npi: str
    looked_up_at: datetime
    state: str
    claimed_at: datetime | None


@dataclass(frozen=True, slots=True)
class LookUpUser:
    """Who looks up: the rules accepted last, and since when look-ups are locked. `name` is sealed."""

    user_id: UUID
    name: str
    rules_version: str
    locked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Look-ups; and patients, each once: found, with a claim of the NPI since, and with none for too long."""

    look_ups: int
    found: int
    claimed: int
    late: int


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """The look-ups of one user for one NPI. `name` is sealed."""

    npi: str
    user_id: UUID
    name: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Limit:
    """What is counted of whom within so many hours, and how often it may be."""

    what: str
    whose: str
    hours: int
    most: int


@dataclass(frozen=True, slots=True)
class Counted:
    """How often it was, this time included, and until when it counts."""

    limit: Limit
    count: int
    until: datetime

    @property
    def over(self) -> bool:
        """Whether it was too often."""
        return self.count > self.limit.most


_ROW = [look_up.c[name] for name in LookUpRow.__dataclass_fields__]
_USER = [look_up_user.c[name] for name in LookUpUser.__dataclass_fields__]
NEWEST = Order((look_up.c.look_up_id,), look_up.c.look_up_id, descending=True)


# ---- users ----------------------------------------------------------------------------------------------------------


async def user(work: UnitOfWork, user_id: UUID) -> LookUpUser | None:
    """Who looks up, if they accepted the rules ever."""
    row = (await work.execute(sa.select(*_USER).where(look_up_user.c.user_id == user_id))).first()
    return None if row is None else LookUpUser(*tuple(row))


async def put_user(work: UnitOfWork, values: Mapping[str, Any]) -> None:
    """Keep that a user accepted the rules now; whether they are locked stays as it is."""
    statement = insert(look_up_user).values(**values)
    new = {name: statement.excluded[name] for name in values if name != "user_id"}
    await work.execute(statement.on_conflict_do_update(index_elements=[look_up_user.c.user_id], set_=new))


async def lock_look_ups(work: UnitOfWork, user_id: UUID) -> None:
    """Lock the look-ups of a user from now on."""
    mine = (look_up_user.c.user_id == user_id) & look_up_user.c.locked_at.is_(None)
    await work.execute(sa.update(look_up_user).where(mine).values(locked_at=work.now))


async def release(work: UnitOfWork, user_id: UUID, organization_id: UUID) -> bool:
    """Unlock the look-ups of a user of the organization. False where none are locked."""
    theirs = (look_up_user.c.user_id == user_id) & _locked_in(organization_id)
    released = await work.execute(sa.update(look_up_user).where(theirs).values(locked_at=None))
    return released.rowcount > 0


async def locked(work: UnitOfWork, organization_id: UUID) -> list[LookUpUser]:
    """The users of an organization whose look-ups are locked, the longest first."""
    statement = sa.select(*_USER).where(_locked_in(organization_id)).order_by(look_up_user.c.locked_at)
    return [LookUpUser(*tuple(row)) for row in await work.execute(statement)]


def _locked_in(organization_id: UUID) -> sa.ColumnElement[bool]:
    """Whether a user is locked, and belongs to the organization as the copy of access has it now."""
    members = sa.select(access_user.c.user_id).where(access_user.c.organization_id == organization_id)
    return look_up_user.c.locked_at.is_not(None) & look_up_user.c.user_id.in_(members)


# ---- counts ---------------------------------------------------------------------------------------------------------


async def count(work: UnitOfWork, limits: Sequence[Limit]) -> list[Counted]:
    """Count once more for each; two at once wait for each other, in whatever process.

    A count begins again when its time is over. The limits are taken in one order by everybody, so that nobody waits for
    who waits for them.
    """
    ordered = sorted(limits, key=lambda each: (each.what, each.whose, each.hours))
    statement = insert(look_up_count).values(
        [
            {
                "what": each.what,
                "whose": each.whose,
                "hours": each.hours,
                "count": 1,
                "until": work.now + timedelta(hours=each.hours),
            }
            for each in ordered
        ]
    )
    over = (look_up_count.c["count"] == 0) | (look_up_count.c.until <= work.now)
    counted = statement.on_conflict_do_update(
        index_elements=[look_up_count.c.what, look_up_count.c.whose, look_up_count.c.hours],
        set_={
            "count": sa.case((over, 1), else_=look_up_count.c["count"] + 1),
            "until": sa.case((over, statement.excluded.until), else_=look_up_count.c.until),
        },
    ).returning(look_up_count)
    rows = {(row.what, row.whose, row.hours): row for row in (await work.execute(counted)).all()}
    found = [rows[each.what, each.whose, each.hours] for each in limits]
    return [Counted(limit, *tuple(row)[3:]) for limit, row in zip(limits, found, strict=True)]


async def counted(work: UnitOfWork, what: Limit) -> Counted:
    """How often it was so far."""
    table = look_up_count.c
    counts = _of(what.what, what.whose) & (table.hours == what.hours) & (table.until > work.now)
    row = (await work.execute(sa.select(table["count"], table.until).where(counts))).first()
    return Counted(what, 0, work.now) if row is None else Counted(what, *tuple(row))


async def take_back(work: UnitOfWork, what: str, whose: str) -> None:
    """What was counted once was none."""
    fits = _of(what, whose) & (look_up_count.c["count"] > 0)
    await work.execute(sa.update(look_up_count).where(fits).values(count=look_up_count.c["count"] - 1))


async def forget_count(work: UnitOfWork, what: str, whose: str) -> None:
    """Begin to count again."""
    await work.execute(sa.delete(look_up_count).where(_of(what, whose)))


def _of(what: str, whose: str) -> sa.ColumnElement[bool]:
    return (look_up_count.c.what == what) & (look_up_count.c.whose == whose)


# ---- look-ups -------------------------------------------------------------------------------------------------------


async def add(work: UnitOfWork, values: Mapping[str, Any]) -> None:
    """Write a look-up down before the source is asked."""
    await work.execute(look_up.insert(), {**values, "state": PENDING})


async def close(work: UnitOfWork, look_up_id: UUID, state: str, token: str) -> bool:
    """Write down what came of a pending look-up. False when that was done before: the first outcome stands."""
    mine = (look_up.c.look_up_id == look_up_id) & (look_up.c.state == PENDING)
    closed = await work.execute(sa.update(look_up).where(mine).values(state=state, beneficiary_token=token))
    return closed.rowcount > 0


async def give_up(work: UnitOfWork, before: datetime) -> list[tuple[UUID, UUID]]:
    """Close what was asked before and whose asker died on the way; the look-ups, and who made them."""
    rows = await work.execute(
        sa.update(look_up)
        .where(look_up.c.state == PENDING, look_up.c.look_up_id < first_id(before))
        .values(state=NO_ANSWER)
        .returning(look_up.c.look_up_id, look_up.c.looked_up_by)
    )
    return [(row.look_up_id, row.looked_up_by) for row in rows]


async def forget(work: UnitOfWork, before: datetime) -> None:
    """Delete look-ups made before, and counts whose time is over."""
    await work.execute(sa.delete(look_up).where(look_up.c.look_up_id < first_id(before)))
    await work.execute(sa.delete(look_up_count).where(look_up_count.c.until <= work.now))


async def own(work: UnitOfWork, enrollment_id: UUID, looked_up_by: UUID, place: Place) -> Page[LookUpRow]:
    """The look-ups of one user for an enrollment, the newest first."""
    mine = (look_up.c.enrollment_id == enrollment_id) & (look_up.c.looked_up_by == looked_up_by)
    return await page_of(work, sa.select(*_ROW), NEWEST, place, within=mine, make=lambda row: LookUpRow(*tuple(row)))


async def figures(work: UnitOfWork, enrollment_id: UUID, looked_up_by: UUID, late_before: datetime) -> Figures:
    """What they come to. Late is who was found before `late_before` and has no claim since."""
    mine = (look_up.c.enrollment_id == enrollment_id) & (look_up.c.looked_up_by == looked_up_by)
    return Figures(*tuple((await work.execute(sa.select(*_figures(late_before)).where(mine))).one()))


async def office(
    work: UnitOfWork, organization_id: UUID, late_before: datetime, *, limit: int | None
) -> list[OfficeRow]:
    """What an organization's users looked up, and what was looked up for its NPIs, those without claims first."""
    theirs = sa.or_(look_up.c.organization_id == organization_id, look_up.c.owner_id == organization_id)
    count_all, found, claimed, late = _figures(late_before)
    rows = await work.execute(
        sa.select(look_up.c.npi, look_up.c.looked_up_by, look_up_user.c.name, count_all, found, claimed, late)
        .join(look_up_user, look_up_user.c.user_id == look_up.c.looked_up_by)
        .where(theirs)
        .group_by(look_up.c.npi, look_up.c.looked_up_by, look_up_user.c.name)
        .order_by(late.desc(), count_all.desc(), look_up.c.npi, look_up.c.looked_up_by)
        .limit(limit)
    )
    return [OfficeRow(row.npi, row.looked_up_by, row.name, Figures(*tuple(row)[3:])) for row in rows]


def _figures(late_before: datetime) -> tuple[sa.ColumnElement[int], ...]:
    """Look-ups; then patients, each once by the token: found, with a claim, late."""
    patients = sa.func.count(look_up.c.beneficiary_token.distinct())
    late = look_up.c.claimed_at.is_(None) & (look_up.c.looked_up_at < late_before)
    found = look_up.c.state == FOUND
    return (
        sa.func.count(),
        patients.filter(found),
        patients.filter(found & look_up.c.claimed_at.is_not(None)),
        patients.filter(found & late),
    )


async def note_claims(work: UnitOfWork, claims: Iterable[tuple[UUID, str, datetime]], at: datetime) -> None:
    """Mark the look-ups that a claim of the same NPI followed: enrollment, token of the beneficiary, and when."""
    # Arrays, because a statement takes no more than 32,767 parameters.
    facts = ((enrollment_id, token, first_id(when)) for enrollment_id, token, when in claims)
    enrollments, tokens, bounds = map(list, zip(*facts, strict=True))
    told = sa.select(
        sa.func.unnest(sa.bindparam("enrollments", enrollments, ARRAY(sa.Uuid))).label("enrollment_id"),
        sa.func.unnest(sa.bindparam("tokens", tokens, ARRAY(sa.Text))).label("token"),
        sa.func.unnest(sa.bindparam("bounds", bounds, ARRAY(sa.Uuid))).label("bound"),
    ).subquery("told")
    of_npi = sa.select(access_enrollment.c.npi).where(access_enrollment.c.enrollment_id == told.c.enrollment_id)
    await work.execute(
        sa.update(look_up)
        .values(claimed_at=at)
        .where(
            look_up.c.beneficiary_token != "",
            look_up.c.beneficiary_token == told.c.token,
            look_up.c.claimed_at.is_(None),
            look_up.c.look_up_id < told.c.bound,
            sa.or_(look_up.c.enrollment_id == told.c.enrollment_id, look_up.c.npi == of_npi.scalar_subquery()),
        )
    )
