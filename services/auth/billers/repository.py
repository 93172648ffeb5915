"""Every query about authorizations of vendors, and how they are written."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from libs.common.persistence.paging import Order, Page, Place, page_of
from libs.common.persistence.unit_of_work import UnitOfWork
from services.auth.access.tables import enrollment, organization, vendor_authorization
from services.auth.billers.domain import Authorization, Terms

_VENDOR = organization.alias("vendor")
_NEWEST = Order(
    (vendor_authorization.c.asked_at, vendor_authorization.c.authorization_id),
    vendor_authorization.c.authorization_id,
    descending=True,
)


def _side(organization_id: UUID) -> sa.ColumnElement[bool]:
    """Of an authorization: that an organization is the provider or the vendor of it."""
    return sa.or_(
        vendor_authorization.c.organization_id == organization_id, vendor_authorization.c.vendor_id == organization_id
    )


def _all() -> sa.Select[Any]:
    return (
        sa.select(
            vendor_authorization,
            organization.c.name.label("organization_name"),
            sa.func.coalesce(_VENDOR.c.name, "A company that is not registered yet").label("vendor_name"),
        )
        .join(organization, organization.c.organization_id == vendor_authorization.c.organization_id)
        .outerjoin(_VENDOR, _VENDOR.c.organization_id == vendor_authorization.c.vendor_id)
    )


def _authorization(row: Any) -> Authorization:
    return Authorization(
        authorization_id=row.authorization_id,
        organization_id=row.organization_id,
        organization_name=row.organization_name,
        vendor_id=row.vendor_id,
        vendor_name=row.vendor_name,
        source=row.source,
        state=row.state,
        terms=Terms(tuple(row.functions), row.submitter, row.effective, row.ends),
        asked_at=row.asked_at,
        letter_version=row.letter_version,
        signed_name=row.signed_name,
        decided_at=row.decided_at,
        ended_at=row.ended_at,
        reason=row.reason,
    )


async def authorizations(work: UnitOfWork, organization_id: UUID, place: Place) -> Page[Authorization]:
    """Those that an organization is the provider or the vendor of, the newest first."""
    return await page_of(work, _all(), _NEWEST, place, within=_side(organization_id), make=_authorization)


async def authorization(work: UnitOfWork, organization_id: UUID, authorization_id: UUID) -> Authorization | None:
    """One that an organization is a side of."""
    found = _all().where(vendor_authorization.c.authorization_id == authorization_id, _side(organization_id))
    row = (await work.execute(found)).first()
    return None if row is None else _authorization(row)


async def provider_of(work: UnitOfWork, npi: str, ptan: str, tax_id: str) -> UUID | None:
    """The organization whose enrollment has this NPI, PTAN and tax identifier."""
    named = enrollment.c.npi == npi, sa.func.upper(enrollment.c.ptan) == ptan.upper(), enrollment.c.tax_id == tax_id
    rows = await work.execute(sa.select(enrollment.c.organization_id).where(*named).limit(1))
    return rows.scalar_one_or_none()


async def lock_provider(work: UnitOfWork, organization_id: UUID) -> None:
    """Let no other transaction ask or change an authorization of this provider until this one ends."""
    mine = organization.c.organization_id == organization_id
    await work.execute(sa.select(organization.c.organization_id).where(mine).with_for_update())


async def of_pair(work: UnitOfWork, organization_id: UUID, vendor_id: UUID) -> dict[str, UUID]:
    """The authorization of a vendor that waits, and the one that counts, by state."""
    rows = await work.execute(
        sa.select(vendor_authorization.c.state, vendor_authorization.c.authorization_id).where(
            vendor_authorization.c.organization_id == organization_id,
            vendor_authorization.c.vendor_id == vendor_id,
            vendor_authorization.c.state.in_(("asked", "confirmed")),
        )
    )
    return {row.state: row.authorization_id for row in rows}


async def submitters_of(work: UnitOfWork, organization_id: UUID) -> Sequence[str]:
    """The submitter IDs that the EDI agreements of a provider name."""
    named = sa.select(sa.func.unnest(enrollment.c.submitters)).where(
        enrollment.c.organization_id == organization_id, enrollment.c.edi_agreement_signed
    )
    return sorted(set((await work.execute(named)).scalars()))


async def add(work: UnitOfWork, row: dict[str, Any], terms: Terms) -> None:
    """Write a new authorization."""
    await work.execute(vendor_authorization.insert().values(**row, **_columns(terms)))


async def change(work: UnitOfWork, authorization_id: UUID, terms: Terms | None = None, **columns: Any) -> None:
    """Write what became of an authorization."""
    values = columns if terms is None else columns | _columns(terms)
    await work.execute(
        sa.update(vendor_authorization)
        .where(vendor_authorization.c.authorization_id == authorization_id)
        .values(**values)
    )


def _columns(terms: Terms) -> dict[str, Any]:
    return {
        "functions": sorted(terms.functions),
        "submitter": terms.submitter,
        "effective": terms.effective,
        "ends": terms.ends,
    }
