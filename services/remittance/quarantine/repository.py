"""Every query about whose a remittance is. One in quarantine has no enrollment: nobody acts for it, nobody sees it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from libs.common.persistence.tables import access_enrollment
from libs.common.persistence.unit_of_work import UnitOfWork
from services.remittance.advice.tables import known_claim, remittance, remitted_claim, remitted_line, waiting_advice
from services.remittance.quarantine.domain import Enrolled, Payee, Reason

_TABLES = (remittance, remitted_claim, remitted_line)


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A remittance in quarantine, as far as an operator is told of it. Money in cents."""

    remittance_id: UUID
    payee: Payee
    reason: Reason
    payer_identifier: str
    trace_number: str
    paid_cents: int
    claims: int
    issued_on: date
    received_at: datetime


async def enrolled(work: UnitOfWork, payee: Payee, of_claims: Collection[UUID]) -> list[Enrolled]:
    """The enrollments with the payee's NPI (its tax identifier when it has none), and those of its claims."""
    named = access_enrollment.c.npi == payee.npi if payee.npi else access_enrollment.c.tax_id == payee.tax_id
    columns = (
        access_enrollment.c.enrollment_id,
        access_enrollment.c.npi,
        access_enrollment.c.tax_id,
        access_enrollment.c.document["ptan"].astext.label("ptan"),
    )
    rows = await work.execute(
        sa.select(*columns).where(sa.or_(named, access_enrollment.c.enrollment_id.in_(of_claims)))
    )
    return [Enrolled(row.enrollment_id, row.npi, row.tax_id, row.ptan) for row in rows]


async def contradicted(work: UnitOfWork, numbers: Iterable[str]) -> list[UUID]:
    """The remittances of an enrollment that has not the claims with these ICNs, which they pay."""
    rows = await work.execute(
        sa.select(remitted_claim.c.remittance_id)
        .join(known_claim, known_claim.c.internal_control_number == remitted_claim.c.internal_control_number)
        .where(
            remitted_claim.c.internal_control_number.in_(sorted(numbers)),
            remitted_claim.c.enrollment_id != known_claim.c.enrollment_id,
        )
        .distinct()
    )
    return sorted(rows.scalars())


async def give(work: UnitOfWork, remittance_id: UUID, enrollment_id: UUID | None, reason: Reason) -> None:
    """Make a remittance that of an enrollment, or nobody's for a reason."""
    for table in _TABLES:
        await work.execute(
            sa.update(table).where(table.c.remittance_id == remittance_id).values(enrollment_id=enrollment_id)
        )
    await work.execute(
        sa.update(remittance).where(remittance.c.remittance_id == remittance_id).values(quarantine=reason)
    )


async def waiting(work: UnitOfWork) -> list[Quarantined]:
    """Every remittance in quarantine, the longest there first."""
    rows = await work.execute(_in_quarantine().order_by(remittance.c.received_at))
    return [_quarantined(row) for row in rows]


async def hold(work: UnitOfWork, remittance_id: UUID) -> Quarantined | None:
    """One remittance, if it is in quarantine; nobody else decides about it until this transaction ends."""
    rows = await work.execute(_in_quarantine().where(remittance.c.remittance_id == remittance_id).with_for_update())
    row = rows.first()
    return None if row is None else _quarantined(row)


def _in_quarantine() -> sa.Select[Any]:
    return sa.select(remittance).where(remittance.c.enrollment_id.is_(None))


def _quarantined(row: Any) -> Quarantined:
    return Quarantined(
        row.remittance_id,
        Payee(row.payee_npi, row.payee_tax_id, row.payee_ptan),
        row.quarantine,
        row.payer_identifier,
        row.trace_number,
        row.paid_cents,
        row.claims,
        row.issued_on,
        row.received_at,
    )


@dataclass(frozen=True, slots=True)
class Refused:
    """A remittance that cannot be posted, and how many of its payee wait behind it."""

    remittance_id: UUID
    lane: str
    reason: str
    received_at: datetime
    behind: int


async def refused(work: UnitOfWork) -> list[Refused]:
    """Every remittance that holds its payee up, the longest there first."""
    behind = waiting_advice.alias()
    count = (
        sa.select(sa.func.count())
        .where(behind.c.lane == waiting_advice.c.lane, behind.c.place > waiting_advice.c.place)
        .scalar_subquery()
    )
    columns = [waiting_advice.c[name] for name in ("remittance_id", "lane", "refused", "received_at")]
    rows = await work.execute(
        sa.select(*columns, count).where(waiting_advice.c.refused != "").order_by(waiting_advice.c.place)
    )
    return [Refused(*tuple(row)) for row in rows]


async def try_again(work: UnitOfWork, remittance_id: UUID) -> str | None:
    """Let a refused remittance be tried again; its payee, or nothing when there is none."""
    again = sa.update(waiting_advice).values(refused="").where(*_is_refused(remittance_id))
    return (await work.execute(again.returning(waiting_advice.c.lane))).scalar_one_or_none()


async def drop_refused(work: UnitOfWork, remittance_id: UUID) -> str | None:
    """Give a refused remittance up; its payee, or nothing when there is none."""
    gone = sa.delete(waiting_advice).where(*_is_refused(remittance_id))
    return (await work.execute(gone.returning(waiting_advice.c.lane))).scalar_one_or_none()


def _is_refused(remittance_id: UUID) -> tuple[sa.ColumnElement[bool], ...]:
    return waiting_advice.c.remittance_id == remittance_id, waiting_advice.c.refused != ""


async def numbers_of(work: UnitOfWork, remittance_id: UUID) -> Sequence[str]:
    """The ICNs of a remittance."""
    rows = await work.execute(
        sa.select(remitted_claim.c.internal_control_number).where(remitted_claim.c.remittance_id == remittance_id)
    )
    return rows.scalars().all()


async def remove(work: UnitOfWork, remittance_id: UUID) -> None:
    """Remove a remittance with its claims and lines."""
    for table in reversed(_TABLES):
        await work.execute(sa.delete(table).where(table.c.remittance_id == remittance_id))
