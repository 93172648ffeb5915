"""Every query about the contractor's own staff and what is asked for about them."""

from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.security.permissions import SECURITY
from services.auth.access.tables import membership, organization, user_account
from services.auth.back_office.tables import elevation
from services.auth.staff.domain import StaffRequest, State
from services.auth.staff.tables import staff_request

_ASKER = user_account.alias("asker")
_COLUMNS = tuple(staff_request.c[each.name] for each in fields(StaffRequest) if each.name != "asked_by_name")


def _requests() -> sa.Select[Any]:
    asked = sa.select(*_COLUMNS, _ASKER.c.name.label("asked_by_name"))
    return asked.join(_ASKER, _ASKER.c.user_id == staff_request.c.asked_by)


def add(work: UnitOfWork, new: StaffRequest) -> None:
    """Keep what was asked for."""
    work.insert(staff_request, [{each.name: getattr(new, each.name) for each in _COLUMNS}])


async def request_of(work: UnitOfWork, request_id: UUID) -> StaffRequest | None:
    """One request, for this transaction alone to decide about."""
    one = _requests().where(staff_request.c.request_id == request_id).with_for_update(of=staff_request)
    row = (await work.execute(one)).first()
    return None if row is None else StaffRequest(*tuple(row))


async def open_requests(work: UnitOfWork, since: datetime) -> list[StaffRequest]:
    """What waits for a decision and was asked since then, the oldest first."""
    waits = staff_request.c.state == "asked", staff_request.c.asked_at >= since
    rows = await work.execute(_requests().where(*waits).order_by(staff_request.c.request_id))
    return [StaffRequest(*tuple(row)) for row in rows]


async def put(work: UnitOfWork, request_id: UUID, state: State, **facts: Any) -> None:
    """Write what became of a request."""
    this = staff_request.c.request_id == request_id
    await work.execute(sa.update(staff_request).where(this).values(state=state, **facts))


async def has_open(work: UnitOfWork, login: str, since: datetime) -> bool:
    """Whether something waits about this user ID; what was asked before `since` stands in the way of nothing."""
    waits = staff_request.c.login == login, staff_request.c.state == "asked"
    overdue = sa.update(staff_request).where(*waits, staff_request.c.asked_at < since)
    await work.execute(overdue.values(state="withdrawn"))
    return bool((await work.execute(sa.select(sa.exists().where(*waits)))).scalar_one())


async def withdraw_all(work: UnitOfWork, user_id: UUID) -> None:
    """Let nothing wait any more that this person asked for, or that is about them."""
    theirs = sa.or_(staff_request.c.user_id == user_id, staff_request.c.asked_by == user_id)
    open_ones = sa.update(staff_request).where(theirs, staff_request.c.state == "asked")
    await work.execute(open_ones.values(state="withdrawn"))


async def is_taken(work: UnitOfWork, login: str) -> bool:
    """Whether anybody has, or had, this user ID."""
    return bool((await work.execute(sa.select(sa.exists().where(user_account.c.login == login)))).scalar_one())


async def officers(work: UnitOfWork) -> frozenset[UUID]:
    """The security officers who can sign in, and hold the role for good."""
    for_a_time = sa.exists().where(elevation.c.user_id == membership.c.user_id, elevation.c.state == "begun")
    able = sa.or_(user_account.c.state == "active", user_account.c.dormant_until > work.now)
    rows = await work.execute(
        sa.select(membership.c.user_id)
        .join(user_account, user_account.c.user_id == membership.c.user_id)
        .where(membership.c.role == SECURITY, able, ~for_a_time)
    )
    return frozenset(rows.scalars())


async def contractor(work: UnitOfWork) -> UUID | None:
    """The organization of the contractor, once a file of EDI enrollment named it."""
    rows = await work.execute(
        sa.select(organization.c.organization_id)
        .where(organization.c.kind == "contractor")
        .order_by(organization.c.organization_id)
        .limit(1)
    )
    found: UUID | None = rows.scalar_one_or_none()
    return found
