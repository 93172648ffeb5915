"""Every query of the home page."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from libs.common.contracts.auth import Grant
from libs.common.ids import derived_id
from libs.common.persistence.tables import access_grant, access_user
from libs.common.persistence.unit_of_work import UnitOfWork
from services.portal.home.domain import Item, Note
from services.portal.home.tables import item


def keep(work: UnitOfWork, notes: Iterable[Note]) -> None:
    """Keep items. The id of each follows from what it is about."""
    work.insert(
        item,
        [
            {
                "item_id": derived_id("item", each.item.kind, each.item.object_id),
                "enrollment_id": each.enrollment_id,
                "user_id": each.user_id,
                "kind": each.item.kind,
                "object_id": each.item.object_id,
                "at": each.item.at,
                "count": each.item.count,
                "amount_cents": each.item.amount_cents,
                "number": each.item.number,
                "outcome": each.item.outcome,
            }
            for each in notes
        ],
    )


async def of_enrollment(
    work: UnitOfWork, enrollment_id: UUID, kinds: Collection[str], *, since: datetime, limit: int
) -> list[Item]:
    """What came for an enrollment, newest first."""
    return await _items(work, sa.and_(item.c.enrollment_id == enrollment_id, item.c.kind.in_(kinds)), since, limit)


async def of_user(
    work: UnitOfWork, enrollment_id: UUID, user_id: UUID, kinds: Collection[str], *, since: datetime, limit: int
) -> list[Item]:
    """What a user did for an enrollment, newest first."""
    own = sa.and_(item.c.enrollment_id == enrollment_id, item.c.user_id == user_id, item.c.kind.in_(kinds))
    return await _items(work, own, since, limit)


async def _items(work: UnitOfWork, which: sa.ColumnElement[bool], since: datetime, limit: int) -> list[Item]:
    found = await work.execute(
        sa.select(item).where(which, item.c["at"] >= since).order_by(item.c["at"].desc(), item.c.item_id).limit(limit)
    )
    return [_item(row) for row in found]


def _item(row: Any) -> Item:
    return Item(row.kind, row.object_id, row.at, row.count, row.amount_cents, row.number, row.outcome)


async def grants_of_users(work: UnitOfWork, organization_id: UUID) -> list[list[Grant]]:
    """The grants of each active user of an organization, as the copy of access has them."""
    found = await work.execute(
        sa.select(sa.func.array_agg(access_grant.c.grants))
        .join(access_user, access_user.c.user_id == access_grant.c.user_id)
        .where(access_user.c.organization_id == organization_id)
        .group_by(access_grant.c.user_id)
    )
    return [[Grant.model_validate(each) for grants in of_user for each in grants] for of_user in found.scalars()]


async def forget(work: UnitOfWork, before: datetime) -> None:
    """Delete what is older than `before`."""
    await work.execute(sa.delete(item).where(item.c["at"] < before))
