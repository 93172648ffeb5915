"""Every query about what is to be certified and what was decided."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from libs.common.persistence.unit_of_work import UnitOfWork
from services.auth.access import repository as access
from services.auth.recertification.domain import Item
from services.auth.recertification.tables import certification


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision that was made. `verdict` is `certify` or `decline`."""

    user_id: UUID
    enrollment_id: UUID
    verdict: str
    permissions: tuple[str, ...]
    decided_by: UUID
    decided_at: datetime


async def items(work: UnitOfWork, user_ids: Iterable[UUID]) -> dict[tuple[UUID, UUID], Item]:
    """Every enrollment that these users can reach, by user and enrollment."""
    found: dict[tuple[UUID, UUID], Item] = {}
    for user_id, grants in (await access.grants_of(work, user_ids)).items():
        for enrollment_id in sorted({each.enrollment_id for each in grants}):
            here = [each for each in grants if each.enrollment_id == enrollment_id]
            found[user_id, enrollment_id] = Item(
                user_id=user_id,
                enrollment_id=enrollment_id,
                permissions=tuple(sorted(each.permission for each in here)),
                certified_until=min(each.certified_until for each in here),
            )
    return found


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
