"""Every query about use, and about accounts that are not used."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from libs.common.persistence.unit_of_work import UnitOfWork
from services.auth.access.tables import enrollment, membership, user_account
from services.auth.inactive.tables import enrollment_use, inactivity_notice
from services.auth.sessions.tables import session
from services.auth.sign_in.tables import credential


@dataclass(frozen=True, slots=True)
class Idle:
    """An account that is not used: since when, and its role."""

    user_id: UUID
    role: str
    idle_since: datetime


async def note_use(work: UnitOfWork, since: datetime) -> None:
    """Keep which enrollments were acted for in sessions that were used after `since`."""
    used = (
        sa.select(session.c.user_id, session.c.enrollment_id, sa.func.max(session.c.last_seen_at))
        .join(enrollment, enrollment.c.enrollment_id == session.c.enrollment_id)
        .where(session.c.last_seen_at > since)
        .group_by(session.c.user_id, session.c.enrollment_id)
        .order_by(session.c.user_id, session.c.enrollment_id)
    )
    statement = insert(enrollment_use).from_select(["user_id", "enrollment_id", "used_at"], used)
    later = sa.func.greatest(enrollment_use.c.used_at, statement.excluded.used_at)
    await work.execute(
        statement.on_conflict_do_update(index_elements=["user_id", "enrollment_id"], set_={"used_at": later})
    )


async def last_uses(
    work: UnitOfWork, user_ids: Iterable[UUID], enrollment_ids: Iterable[UUID]
) -> dict[tuple[UUID, UUID], datetime]:
    """When these users last acted for these enrollments, by user and enrollment."""
    rows = await work.execute(
        sa.select(enrollment_use).where(
            enrollment_use.c.user_id.in_(list(user_ids)), enrollment_use.c.enrollment_id.in_(list(enrollment_ids))
        )
    )
    return {(row.user_id, row.enrollment_id): row.used_at for row in rows}


async def last_sign_ins(work: UnitOfWork, user_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """When these persons last signed in; a program when it was last given a token. Who never did is left out."""
    named = list(user_ids)
    persons = sa.select(credential.c.user_id, credential.c.signed_in_at.label("at")).where(
        credential.c.user_id.in_(named), credential.c.signed_in_at.is_not(None)
    )
    programs = (
        sa.select(enrollment_use.c.user_id, sa.func.max(enrollment_use.c.used_at).label("at"))
        .join(user_account, user_account.c.user_id == enrollment_use.c.user_id)
        .where(enrollment_use.c.user_id.in_(named), user_account.c.kind == "client")
        .group_by(enrollment_use.c.user_id)
    )
    return {row.user_id: row.at for row in await work.execute(sa.union_all(persons, programs))}


async def idle(
    work: UnitOfWork,
    ordinary: timedelta,
    privileged: timedelta,
    roles: Collection[str],
    *,
    after: UUID | None,
    at_most: int,
) -> list[Idle]:
    """Active persons without a sign-in for so long, those of privileged `roles` for their own time, by id."""
    # The latest of them: what is not there does not count.
    since = sa.func.greatest(credential.c.signed_in_at, user_account.c.created_at, user_account.c.active_since)
    long = sa.case((membership.c.role.in_(sorted(roles)), work.now - privileged), else_=work.now - ordinary)
    rows = (
        sa.select(user_account.c.user_id, membership.c.role, since.label("idle_since"))
        .join(membership, membership.c.user_id == user_account.c.user_id)
        .join(credential, credential.c.user_id == user_account.c.user_id)
        .where(user_account.c.kind == "person", user_account.c.state == "active", since <= long)
        .order_by(user_account.c.user_id)
        .limit(at_most)
    )
    if after is not None:
        rows = rows.where(user_account.c.user_id > after)
    return [Idle(*tuple(row)) for row in await work.execute(rows)]


async def note(work: UnitOfWork, one: Idle, day: int) -> bool:
    """Remember that the owner was told on that day of this silence. False when they were."""
    noted = await work.execute(
        insert(inactivity_notice)
        .values(user_id=one.user_id, idle_since=one.idle_since, day=day)
        .on_conflict_do_nothing()
        .returning(inactivity_notice.c.day)
    )
    return noted.first() is not None


async def is_dormant(work: UnitOfWork, user_id: UUID) -> bool:
    """Whether an account is disabled for want of use, and its owner may still take it back."""
    dormant = user_account.c.state == "disabled", user_account.c.dormant_until > work.now
    found = await work.execute(
        sa.select(user_account.c.user_id).where(user_account.c.user_id == user_id, *dormant).with_for_update()
    )
    return found.first() is not None
