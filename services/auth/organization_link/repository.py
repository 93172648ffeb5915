"""Every query about requests for an organization, and about what they are held against."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from libs.common.persistence.paging import Order, Page, Place, page_of
from libs.common.persistence.unit_of_work import UnitOfWork
from services.auth.access.tables import enrollment, organization, user_account, vendor_authorization
from services.auth.organization_link.domain import Known, Request
from services.auth.organization_link.tables import organization_request, payment_digest

_PROVIDER = organization.alias("provider")
_OPEN = organization_request.c.state == "open"
_BY_TIME = Order((organization_request.c.asked_at,), organization_request.c.request_id, source=organization_request)


def _authorized(today: date) -> sa.ColumnElement[bool]:
    """Of a vendor's request: that the provider it named lets it act, on this business day."""
    return sa.exists().where(
        vendor_authorization.c.organization_id == organization_request.c.provider_id,
        vendor_authorization.c.vendor_id == organization_request.c.organization_id,
        vendor_authorization.c.state == "confirmed",
        vendor_authorization.c.effective <= today,
        sa.or_(vendor_authorization.c.ends.is_(None), vendor_authorization.c.ends >= today),
    )


def _requests(today: date) -> sa.Select[Any]:
    return (
        sa.select(
            organization_request.c.request_id,
            organization_request.c.user_id,
            user_account.c.login,
            user_account.c.name,
            user_account.c.email,
            organization_request.c.organization_id,
            organization.c.name.label("organization_name"),
            organization.c.kind,
            organization_request.c.wanted,
            organization_request.c.state,
            organization_request.c.enrollment_id,
            organization_request.c.provider_id,
            sa.func.coalesce(_PROVIDER.c.name, "").label("provider_name"),
            _authorized(today).label("authorized"),
            organization_request.c.submitter_id,
            organization_request.c.asked_at,
            organization_request.c.decided_at,
            organization_request.c.reason,
            organization_request.c.tax_id,
            organization_request.c.paid_on,
            organization_request.c.told_at,
            organization_request.c.verified,
        )
        .join(user_account, user_account.c.user_id == organization_request.c.user_id)
        .join(organization, organization.c.organization_id == organization_request.c.organization_id)
        .outerjoin(_PROVIDER, _PROVIDER.c.organization_id == organization_request.c.provider_id)
    )


async def known(work: UnitOfWork, npi: str, ptan: str) -> Known | None:
    """The enrollment with this NPI and PTAN."""
    named = enrollment.c.npi == npi, sa.func.upper(enrollment.c.ptan) == ptan.upper()
    return await _known(work, *named)


async def known_as(work: UnitOfWork, enrollment_id: UUID) -> Known | None:
    """An enrollment as it is on file now."""
    return await _known(work, enrollment.c.enrollment_id == enrollment_id)


async def _known(work: UnitOfWork, *this: sa.ColumnElement[bool]) -> Known | None:
    row = await work.execute(
        sa.select(
            enrollment.c.enrollment_id,
            enrollment.c.organization_id,
            organization.c.name.label("organization_name"),
            enrollment.c.tax_id,
            enrollment.c.pecos_active,
            enrollment.c.edi_agreement_signed,
            enrollment.c.submitters,
            enrollment.c.effective,
            enrollment.c.ends,
        )
        .join(organization, organization.c.organization_id == enrollment.c.organization_id)
        .where(*this)
        .order_by(enrollment.c.pecos_active.desc(), enrollment.c.effective.desc())
        .limit(1)
    )
    found = row.mappings().first()
    return None if found is None else Known(**{**found, "submitters": tuple(found["submitters"])})


async def vendor_of(work: UnitOfWork, submitter_id: str) -> UUID | None:
    """The vendor that is enrolled for EDI under this submitter ID."""
    found = await work.execute(
        sa.select(organization.c.organization_id).where(
            organization.c.kind == "vendor", organization.c.submitter_id == submitter_id
        )
    )
    vendor_id: UUID | None = found.scalars().first()
    return vendor_id


async def is_paid(work: UnitOfWork, digest: bytes) -> bool:
    """Whether a payment with this digest was made lately."""
    made = sa.exists().where(payment_digest.c.digest == digest)
    return bool((await work.execute(sa.select(made))).scalar_one())


async def add_payments(work: UnitOfWork, rows: Sequence[dict[str, Any]]) -> None:
    """Keep digests of payments; those that are known stay."""
    if rows:
        await work.execute(insert(payment_digest).values(list(rows)).on_conflict_do_nothing())


async def forget_payments(work: UnitOfWork, before: date) -> None:
    """Delete the digests of older payments."""
    await work.execute(sa.delete(payment_digest).where(payment_digest.c.issued_on < before))


async def add(work: UnitOfWork, row: dict[str, Any]) -> bool:
    """Write a request. False when the person has another open one."""
    written = await work.execute(
        insert(organization_request)
        .values(**row, state="open", asked_at=work.now, reason="")
        .on_conflict_do_nothing(index_elements=["user_id"], index_where=sa.text("state = 'open'"))
        .returning(organization_request.c.request_id)
    )
    return written.first() is not None


async def one(work: UnitOfWork, request_id: UUID) -> Request | None:
    """One request."""
    this = organization_request.c.request_id == request_id
    row = (await work.execute(_requests(work.runtime.today).where(this))).first()
    return None if row is None else Request(*tuple(row))


async def last_of(work: UnitOfWork, user_id: UUID) -> Request | None:
    """The last request of a person."""
    mine = _requests(work.runtime.today).where(organization_request.c.user_id == user_id)
    newest = organization_request.c.asked_at.desc(), organization_request.c.request_id.desc()
    row = (await work.execute(mine.order_by(*newest).limit(1))).first()
    return None if row is None else Request(*tuple(row))


async def for_contractor(work: UnitOfWork, place: Place) -> Page[Request]:
    """What the contractor is to decide, the oldest first: administrators, and those of vendors that are confirmed."""
    today = work.runtime.today
    ready = sa.and_(_OPEN, organization_request.c.wanted == "administrator", _confirmed(today))
    return await page_of(work, _requests(today), _BY_TIME, place, within=ready, make=lambda row: Request(*tuple(row)))


def _confirmed(today: date) -> sa.ColumnElement[bool]:
    """That no provider has to confirm it any more."""
    return sa.or_(organization_request.c.provider_id.is_(None), _authorized(today))


async def to_tell(work: UnitOfWork, before: datetime, *, at_most: int) -> list[Request]:
    """Open requests of which whoever decides was not told yet, or not since `before`; for this transaction alone."""
    today = work.runtime.today
    due = sa.or_(organization_request.c.told_at.is_(None), organization_request.c.told_at <= before)
    rows = _requests(today).where(_OPEN, _confirmed(today), due).order_by(organization_request.c.asked_at)
    found = await work.execute(rows.limit(at_most).with_for_update(of=organization_request, skip_locked=True))
    return [Request(*tuple(row)) for row in found]


async def note_told(work: UnitOfWork, request_id: UUID) -> None:
    """Remember that whoever decides was told now."""
    this = organization_request.c.request_id == request_id
    await work.execute(sa.update(organization_request).where(this).values(told_at=work.now))


async def for_administrators(work: UnitOfWork, organization_id: UUID, place: Place) -> Page[Request]:
    """Who asks to join an organization, the oldest first."""
    ready = sa.and_(
        _OPEN,
        organization_request.c.wanted == "user",
        organization_request.c.organization_id == organization_id,
    )
    rows = _requests(work.runtime.today)
    return await page_of(work, rows, _BY_TIME, place, within=ready, make=lambda row: Request(*tuple(row)))


async def close(
    work: UnitOfWork, request_id: UUID, state: str, by: UUID | None, reason: str = "", verified: str = ""
) -> bool:
    """Decide an open request. False when it was decided before."""
    closed = await work.execute(
        sa.update(organization_request)
        .where(organization_request.c.request_id == request_id, _OPEN)
        .values(state=state, decided_at=work.now, decided_by=by, reason=reason, verified=verified)
    )
    return closed.rowcount == 1


async def lapse(work: UnitOfWork, before: datetime) -> list[tuple[UUID, UUID, UUID]]:
    """End open requests that were made before: id, user and organization of each."""
    ended = await work.execute(
        sa.update(organization_request)
        .where(_OPEN, organization_request.c.asked_at < before)
        .values(state="lapsed", decided_at=work.now)
        .returning(
            organization_request.c.request_id, organization_request.c.user_id, organization_request.c.organization_id
        )
    )
    return sorted(tuple(row) for row in ended)
