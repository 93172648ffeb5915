"""Every query about requests for access."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from libs.common.persistence.paging import Order, Page, Place, page_of
from libs.common.persistence.unit_of_work import UnitOfWork
from services.auth.access import repository as access
from services.auth.access.domain import ADMINISTRATORS
from services.auth.access.tables import enrollment, membership, organization, user_account, vendor_authorization
from services.auth.organization_link.tables import organization_request
from services.auth.role_requests.domain import Request, State
from services.auth.role_requests.tables import role_request

_OF_ADMINISTRATOR = sa.exists().where(
    membership.c.user_id == role_request.c.user_id, membership.c.role.in_(sorted(ADMINISTRATORS))
)
# Nobody of the organization but whoever asked could decide; it is about managing users, or of somebody who does.
_FOR_CONTRACTOR = sa.and_(
    access.no_other_administrator(role_request.c.organization_id, role_request.c.user_id),
    sa.or_(role_request.c.role != "", _OF_ADMINISTRATOR),
)
_OLDEST = Order((role_request.c.asked_at, role_request.c.request_id), role_request.c.request_id)
_NEWEST = Order((role_request.c.asked_at, role_request.c.request_id), role_request.c.request_id, descending=True)


def _all() -> sa.Select[Any]:
    return (
        sa.select(
            role_request,
            user_account.c.name,
            user_account.c.login,
            enrollment.c.npi,
            enrollment.c.ptan,
            organization.c.name.label("organization_name"),
            _FOR_CONTRACTOR.label("for_contractor"),
        )
        .join(user_account, user_account.c.user_id == role_request.c.user_id)
        .join(organization, organization.c.organization_id == role_request.c.organization_id)
        .outerjoin(enrollment, enrollment.c.enrollment_id == role_request.c.asked_enrollment)
    )


def _request(row: Any) -> Request:
    return Request(
        request_id=row.request_id,
        organization_id=row.organization_id,
        user_id=row.user_id,
        name=row.name,
        login=row.login,
        enrollment_id=row.asked_enrollment,
        npi=row.npi or "",
        ptan=row.ptan or "",
        permissions=tuple(row.permissions),
        role=row.role,
        last_day=row.last_day,
        reason=row.reason,
        state=row.state,
        asked_at=row.asked_at,
        told_at=row.told_at,
        decided_at=row.decided_at,
        answer=row.answer,
        organization_name=row.organization_name,
        for_contractor=row.for_contractor,
        verified=row.verified,
    )


async def of_user(work: UnitOfWork, user_id: UUID, place: Place) -> Page[Request]:
    """What a user asked for, the newest first."""
    return await page_of(work, _all(), _NEWEST, place, within=role_request.c.user_id == user_id, make=_request)


async def of_organization(
    work: UnitOfWork, organization_id: UUID, place: Place, *, only_open: bool = False
) -> Page[Request]:
    """What the users of an organization asked for, the newest first."""
    rows = _all().where(role_request.c.state == "open") if only_open else _all()
    here = role_request.c.organization_id == organization_id
    return await page_of(work, rows, _NEWEST, place, within=here, make=_request)


async def for_contractor(work: UnitOfWork, place: Place) -> Page[Request]:
    """What EDI enrollment is to decide, because no other administrator is there, the oldest first."""
    ready = sa.and_(role_request.c.state == "open", _FOR_CONTRACTOR)
    return await page_of(work, _all(), _OLDEST, place, within=ready, make=_request)


async def request(work: UnitOfWork, request_id: UUID, *, lock: bool = False) -> Request | None:
    """One request; with `lock` for this transaction alone to change."""
    found = _all().where(role_request.c.request_id == request_id)
    row = (await work.execute(found.with_for_update(of=role_request) if lock else found)).first()
    return None if row is None else _request(row)


async def open_ones(work: UnitOfWork, user_id: UUID) -> list[Request]:
    """The requests of a user that wait."""
    waiting = _all().where(role_request.c.user_id == user_id, role_request.c.state == "open")
    return [_request(row) for row in await work.execute(waiting)]


def add(work: UnitOfWork, row: dict[str, Any]) -> None:
    """Write a new request."""
    work.insert(role_request, [row])


async def change(work: UnitOfWork, request_id: UUID, **columns: Any) -> None:
    """Write what became of a request."""
    await work.execute(sa.update(role_request).where(role_request.c.request_id == request_id).values(**columns))


async def withdraw_all(work: UnitOfWork, user_id: UUID) -> int:
    """Take back all that a user asked for and nobody decided. How many requests it was."""
    state: State = "withdrawn"
    taken = await work.execute(
        sa.update(role_request)
        .where(role_request.c.user_id == user_id, role_request.c.state == "open")
        .values(state=state, decided_at=work.now)
    )
    return taken.rowcount


async def lapse(work: UnitOfWork, before: datetime) -> list[tuple[UUID, UUID, UUID]]:
    """Let requests lapse that were asked `before`: id, user and organization of each."""
    state: State = "lapsed"
    lapsed = await work.execute(
        sa.update(role_request)
        .where(role_request.c.state == "open", role_request.c.asked_at < before)
        .values(state=state, decided_at=work.now)
        .returning(role_request.c.request_id, role_request.c.user_id, role_request.c.organization_id)
    )
    return sorted(tuple(row) for row in lapsed)


async def waiting(work: UnitOfWork, *, after: UUID | None, limit: int) -> Sequence[tuple[UUID, int]]:
    """How many requests wait in each organization where any do, also to join and of billers; by id, `after` one."""
    of_users = sa.select(role_request.c.organization_id).where(
        role_request.c.state == "open",
        ~access.no_other_administrator(role_request.c.organization_id, role_request.c.user_id),
    )
    of_billers = sa.select(vendor_authorization.c.organization_id).where(vendor_authorization.c.state == "asked")
    of_strangers = sa.select(organization_request.c.organization_id).where(
        organization_request.c.state == "open", organization_request.c.wanted == "user"
    )
    each = of_users.union_all(of_billers, of_strangers).subquery("each")
    counted = (
        sa.select(each.c.organization_id, sa.func.count().label("requests"))
        .group_by(each.c.organization_id)
        .order_by(each.c.organization_id)
        .limit(limit)
    )
    rows = await work.execute(counted if after is None else counted.where(each.c.organization_id > after))
    return [(row.organization_id, row.requests) for row in rows]
