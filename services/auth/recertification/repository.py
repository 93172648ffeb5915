"""Every query about what is to be certified and what was decided."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by

from libs.common.persistence.paging import Order, Page, Place, page_of
from libs.common.persistence.unit_of_work import UnitOfWork
from services.auth.access import repository as access
from services.auth.access.tables import enrollment, membership, user_account, user_grant
from services.auth.recertification.domain import Item
from services.auth.recertification.tables import certification

_Key = tuple[UUID, UUID]


@dataclass(frozen=True, slots=True)
class Standing:
    """How many certifications have lapsed, how many decisions are open, and when the first of these runs out."""

    lapsed: int
    open: int
    first: datetime | None


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision that was made. `verdict` is `certify` or `decline`."""

    user_id: UUID
    enrollment_id: UUID
    verdict: str
    permissions: tuple[str, ...]
    decided_by: UUID
    decided_at: datetime


async def items(work: UnitOfWork, user_ids: Iterable[UUID], enrollment_ids: Iterable[UUID]) -> dict[_Key, Item]:
    """What these users can reach of these enrollments, by user and enrollment."""
    found: dict[_Key, Item] = {}
    for user_id, grants in (await access.grants_of(work, user_ids, enrollment_ids)).items():
        for enrollment_id in sorted({each.enrollment_id for each in grants}):
            here = [each for each in grants if each.enrollment_id == enrollment_id]
            found[user_id, enrollment_id] = Item(
                user_id=user_id,
                enrollment_id=enrollment_id,
                permissions=tuple(sorted(each.permission for each in here)),
                certified_until=min(each.certified_until for each in here),
            )
    return found


async def items_page(work: UnitOfWork, organization_id: UUID, place: Place, *, due: datetime) -> Page[Item]:
    """What the users of an organization can reach: what is certified until `due` at the latest first, then by login."""
    reach = _reach(organization_id)
    decided = sa.case((reach.c.certified_until <= due, 0), else_=1)
    # A row is named by its user and its enrollment; the cast says that a name can be looked for as a column can.
    order = Order((decided, reach.c.login, reach.c.enrollment_id), cast("sa.Column[str]", reach.c.row), source=reach)
    return await page_of(work, sa.select(reach), order, place, within=sa.true(), make=_item)


async def standing(
    work: UnitOfWork, organization_id: UUID, administrator: UUID, *, now: datetime, due: datetime
) -> Standing:
    """How the certifications of an organization stand. What is one's own is not open: another administrator decides."""
    reach = _reach(organization_id)
    until = reach.c.certified_until
    open_ones = sa.and_(until <= due, reach.c.user_id != administrator)
    counted = sa.select(
        sa.func.count().filter(until <= now),
        sa.func.count().filter(open_ones),
        sa.func.min(until).filter(open_ones),
    ).select_from(reach)
    return Standing(*tuple((await work.execute(counted)).one()))


def _reach(organization_id: UUID) -> sa.Subquery:
    """A row for each user of an organization and each enrollment they can reach."""
    user_id, enrollment_id = user_grant.c.user_id, user_grant.c.enrollment_id
    name = sa.func.concat(user_id, ".", enrollment_id, type_=sa.Text)
    return (
        sa.select(
            name.label("row"),
            user_id,
            enrollment_id,
            user_account.c.login,
            sa.func.array_agg(aggregate_order_by(user_grant.c.permission, user_grant.c.permission)).label(
                "permissions"
            ),
            sa.func.min(user_grant.c.certified_until).label("certified_until"),
        )
        .join(membership, membership.c.user_id == user_id)
        .join(user_account, user_account.c.user_id == user_id)
        .join(enrollment, enrollment.c.enrollment_id == enrollment_id)
        .where(
            membership.c.organization_id == organization_id,
            user_account.c.state != "removed",
            access.acted_for_by(organization_id),
        )
        .group_by(user_id, enrollment_id, user_account.c.login)
        .subquery("reach")
    )


def _item(row: Any) -> Item:
    return Item(row.user_id, row.enrollment_id, tuple(row.permissions), row.certified_until)


def add_decisions(work: UnitOfWork, rows: Sequence[dict[str, Any]]) -> None:
    """Keep what was decided."""
    work.insert(certification, rows)


async def made_with(work: UnitOfWork, organization_id: UUID, certification_id: UUID) -> tuple[int, int]:
    """How many were certified and how many declined in the form that this decision of the organization was made in."""
    one = certification.alias()
    together = (
        sa.select(certification.c.verdict, sa.func.count().label("made"))
        .join(
            one,
            (one.c.organization_id == certification.c.organization_id)
            & (one.c.decided_by == certification.c.decided_by)
            & (one.c.decided_at == certification.c.decided_at),
        )
        .where(one.c.certification_id == certification_id, one.c.organization_id == organization_id)
        .group_by(certification.c.verdict)
    )
    counts = {row.verdict: row.made for row in await work.execute(together)}
    return counts.get("certify", 0), counts.get("decline", 0)


async def decided(work: UnitOfWork, organization_id: UUID, *, since: datetime, at_most: int) -> list[Decided]:
    """What an organization decided, the newest first."""
    rows = await work.execute(
        sa.select(certification)
        .where(certification.c.organization_id == organization_id, certification.c.decided_at >= since)
        .order_by(certification.c.decided_at.desc(), certification.c.certification_id)
        .limit(at_most)
    )
    return [
        Decided(
            user_id=row.user_id,
            enrollment_id=row.enrollment_id,
            verdict=row.verdict,
            permissions=tuple(row.permissions),
            decided_by=row.decided_by,
            decided_at=row.decided_at,
        )
        for row in rows
    ]
