"""Every query about people who have none of their factors any more."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from libs.common.persistence.paging import Order, Page, Place, page_of
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.security.decision import ADMINISTRATORS
from libs.common.security.permissions import STAFF
from services.auth.access.tables import membership, organization, user_account
from services.auth.factor_loss.domain import OPEN, Loss, State
from services.auth.factor_loss.tables import factor_loss
from services.auth.registration.domain import APPLICANT

_OTHER = membership.alias("other")
_OTHER_ACCOUNT = user_account.alias("other_account")
_HAS_ADMINISTRATOR = sa.exists().where(
    _OTHER.c.organization_id == membership.c.organization_id,
    _OTHER.c.role.in_(ADMINISTRATORS),
    _OTHER_ACCOUNT.c.user_id == _OTHER.c.user_id,
    _OTHER_ACCOUNT.c.state == "active",
)
# Administrators, staff, and who belongs to no organization or to one without an administrator, are the contractor's.
_BY_OFFICE = sa.and_(membership.c.role.not_in([*ADMINISTRATORS, *STAFF, APPLICANT]), _HAS_ADMINISTRATOR)
_LOSSES = (
    sa.select(
        factor_loss.c.request_id,
        factor_loss.c.user_id,
        user_account.c.login,
        user_account.c.name,
        user_account.c.email,
        membership.c.role,
        membership.c.organization_id,
        organization.c.name.label("organization_name"),
        _BY_OFFICE.label("by_office"),
        factor_loss.c.state,
        factor_loss.c.asked_at,
        factor_loss.c.ends_at,
    )
    .join(user_account, user_account.c.user_id == factor_loss.c.user_id)
    .join(membership, membership.c.user_id == factor_loss.c.user_id)
    .join(organization, organization.c.organization_id == membership.c.organization_id)
)
_SOURCE = factor_loss.join(membership, membership.c.user_id == factor_loss.c.user_id)
_BY_TIME = Order((factor_loss.c.asked_at,), factor_loss.c.request_id, source=_SOURCE)


async def add(work: UnitOfWork, request_id: UUID, user_id: UUID) -> bool:
    """Write that a person has none of their factors any more. False when that is known already."""
    row = {"request_id": request_id, "user_id": user_id, "state": "asked", "asked_at": work.now}
    is_open = sa.text("state IN ('asked', 'confirmed', 'over')")
    written = insert(factor_loss).values(row).on_conflict_do_nothing(index_elements=["user_id"], index_where=is_open)
    return (await work.execute(written)).rowcount == 1


async def one(work: UnitOfWork, request_id: UUID) -> Loss | None:
    """One request."""
    row = (await work.execute(_LOSSES.where(factor_loss.c.request_id == request_id))).first()
    return None if row is None else Loss(*tuple(row))


async def open_one(work: UnitOfWork, user_id: UUID) -> Loss | None:
    """The open request of a person."""
    mine = factor_loss.c.user_id == user_id, factor_loss.c.state.in_(OPEN)
    row = (await work.execute(_LOSSES.where(*mine))).first()
    return None if row is None else Loss(*tuple(row))


async def for_office(work: UnitOfWork, organization_id: UUID, place: Place) -> Page[Loss]:
    """What the administrators of an organization are to decide, the oldest first."""
    theirs = sa.and_(_BY_OFFICE, membership.c.organization_id == organization_id, factor_loss.c.state == "asked")
    return await page_of(work, _LOSSES, _BY_TIME, place, within=theirs, make=lambda row: Loss(*tuple(row)))


async def for_contractor(work: UnitOfWork, place: Place) -> Page[Loss]:
    """What EDI enrollment is to decide, the oldest first."""
    theirs = sa.and_(sa.not_(_BY_OFFICE), factor_loss.c.state == "asked")
    return await page_of(work, _LOSSES, _BY_TIME, place, within=theirs, make=lambda row: Loss(*tuple(row)))


async def decide(
    work: UnitOfWork, request_id: UUID, state: State, *, by: UUID, note: str, ends_at: datetime | None = None
) -> bool:
    """Decide what was asked. False when that was done, or the person took it back, in the meantime."""
    values = {"state": state, "decided_by": by, "decided_at": work.now, "note": note, "ends_at": ends_at}
    asked = factor_loss.c.request_id == request_id, factor_loss.c.state == "asked"
    return (await work.execute(sa.update(factor_loss).where(*asked).values(**values))).rowcount == 1


async def move(work: UnitOfWork, request_id: UUID, state: State, *, before: State) -> bool:
    """Let a request go on from one state to the next. False when it is not at that one any more."""
    here = factor_loss.c.request_id == request_id, factor_loss.c.state == before
    return (await work.execute(sa.update(factor_loss).where(*here).values(state=state))).rowcount == 1


async def cancel(work: UnitOfWork, user_id: UUID) -> bool:
    """Let a person keep their factors. False when they had not asked, or those have ended."""
    open_ones = factor_loss.c.user_id == user_id, factor_loss.c.state.in_(("asked", "confirmed"))
    canceled = await work.execute(sa.update(factor_loss).where(*open_ones).values(state="canceled"))
    return canceled.rowcount == 1
