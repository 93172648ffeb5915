"""Every query about sessions."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from libs.common.persistence.unit_of_work import UnitOfWork
from services.auth.access.repository import STANDING, owner_epoch
from services.auth.sessions.domain import EndReason, Session
from services.auth.sessions.tables import session


@dataclass(frozen=True, slots=True)
class Standing:
    """How the user of a session stands now. `enrollment_id` is empty once its last grant was removed."""

    name: str
    state: str
    role: str
    organization_id: UUID
    enrollment_id: UUID | None
    user_epoch: int
    organization_epoch: int
    rules_of_behavior_until: datetime
    training_until: datetime
    code_sets_until: datetime


def key_of(secret: str) -> bytes:
    """What is stored of a secret that a browser or client holds."""
    return sha256(secret.encode()).digest()


async def begin_session(work: UnitOfWork, new: Session) -> None:
    """Write a new session."""
    work.insert(
        session,
        [
            {
                "key": new.key,
                "kind": new.kind,
                "user_id": new.user_id,
                "enrollment_id": new.enrollment_id,
                "assurance": new.assurance,
                "factor_at": new.factor_at,
                "created_at": work.now,
                "signed_in_at": new.signed_in_at,
                "signed_in_before": new.signed_in_before,
                "failed_before": new.failed_before,
                "last_seen_at": new.last_seen_at,
                "idle": new.idle,
                "ends_at": new.ends_at,
                "csrf": new.csrf,
                "browser": new.browser,
                "address": new.address,
            }
        ],
    )


async def signed_in_since(work: UnitOfWork, key: bytes) -> datetime | None:
    """When the person of the session `key` signed in."""
    return (await work.execute(sa.select(session.c.signed_in_at).where(session.c.key == key))).scalar_one_or_none()


async def session_with_standing(connection: AsyncConnection, key: bytes, kind: str) -> tuple[Session, Standing] | None:
    """A session and how its user stands: the one query of every request through the gateway."""
    row = (await connection.execute(_SESSION, {"key": key, "kind": kind})).first()
    return None if row is None else (_session(row), _standing(row))


async def session_of(work: UnitOfWork, key: bytes) -> Session | None:
    """A session, for this transaction alone to change."""
    row = (await work.execute(sa.select(session).where(session.c.key == key).with_for_update())).first()
    return None if row is None else _session(row)


_SESSION = (
    sa.select(
        session,
        STANDING.c.name,
        STANDING.c.state,
        STANDING.c.role,
        STANDING.c.organization_id,
        STANDING.c.epoch,
        STANDING.c.organization_epoch,
        STANDING.c.rules_of_behavior_until,
        STANDING.c.training_until,
        STANDING.c.code_sets_until,
        owner_epoch(session),
    )
    .join(STANDING, STANDING.c.user_id == session.c.user_id)
    .where(session.c.key == sa.bindparam("key"), session.c.kind == sa.bindparam("kind"))
)


def _session(row: Any) -> Session:
    return Session(
        key=row.key,
        kind=row.kind,
        user_id=row.user_id,
        enrollment_id=row.enrollment_id,
        assurance=row.assurance,
        factor_at=row.factor_at,
        last_seen_at=row.last_seen_at,
        idle=row.idle,
        ends_at=row.ends_at,
        csrf=row.csrf,
        signed_in_at=row.signed_in_at,
        signed_in_before=row.signed_in_before,
        failed_before=row.failed_before,
        browser=row.browser,
        address=row.address,
        ended_reason=row.ended_reason,
    )


def _standing(row: Any) -> Standing:
    granted = row.owner_epoch is not None
    return Standing(
        name=row.name,
        state=row.state,
        role=row.role,
        organization_id=row.organization_id,
        enrollment_id=row.enrollment_id if granted else None,
        user_epoch=row.epoch,
        organization_epoch=row.owner_epoch if granted else row.organization_epoch,
        rules_of_behavior_until=row.rules_of_behavior_until,
        training_until=row.training_until,
        code_sets_until=row.code_sets_until,
    )


async def saw(connection: AsyncConnection, key: bytes, now: datetime) -> None:
    """The session is in use."""
    await connection.execute(sa.update(session).where(session.c.key == key).values(last_seen_at=now))


async def extend(work: UnitOfWork, key: bytes) -> None:
    """The session is in use: its owner says so."""
    await work.execute(sa.update(session).where(session.c.key == key).values(last_seen_at=work.now))


async def act_for(work: UnitOfWork, key: bytes, enrollment_id: UUID) -> None:
    """From now on the session acts for another enrollment."""
    await work.execute(sa.update(session).where(session.c.key == key).values(enrollment_id=enrollment_id))


async def end_session(work: UnitOfWork, key: bytes, reason: EndReason) -> bool:
    """End one session. False when it was over before."""
    ended = await work.execute(
        sa.update(session)
        .where(session.c.key == key, session.c.ended_at.is_(None))
        .values(ended_at=work.now, ended_reason=reason)
    )
    return ended.rowcount == 1


async def living_sessions(work: UnitOfWork, user_id: UUID) -> list[Session]:
    """The sessions of a user that are not over, the last one begun first; a program's tokens, at most a hundred."""
    mine = (session.c.user_id == user_id, session.c.ended_at.is_(None), ~_overdue(work.now))
    ordered = sa.select(session).where(*mine).order_by(session.c.signed_in_at.desc(), session.c.key).limit(100)
    return [_session(row) for row in await work.execute(ordered)]


def _overdue(now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(session.c.ends_at <= now, session.c.last_seen_at + session.c.idle <= now)


async def end_sessions_of(work: UnitOfWork, user_id: UUID, reason: EndReason, *, but: bytes = b"") -> int:
    """End every session of a user, all but the one whose key is `but`. How many were open."""
    ended = await work.execute(
        sa.update(session)
        .where(session.c.user_id == user_id, session.c.ended_at.is_(None), session.c.key != but)
        .values(ended_at=work.now, ended_reason=reason)
    )
    return ended.rowcount


async def end_overdue(work: UnitOfWork) -> list[tuple[bytes, UUID, EndReason]]:
    """End the sessions whose time is over: key, user and reason of each."""
    absolute = session.c.ends_at <= work.now
    ended = await work.execute(
        sa.update(session)
        .where(session.c.ended_at.is_(None), session.c.kind == "person", _overdue(work.now))
        .values(ended_at=work.now, ended_reason=sa.case((absolute, "twelve-hours"), else_="timeout"))
        .returning(session.c.key, session.c.user_id, session.c.ended_reason)
    )
    return [(row.key, row.user_id, row.ended_reason) for row in ended]


async def delete_ended(work: UnitOfWork, before: datetime) -> None:
    """Delete the sessions that nobody can use any more and were kept long enough."""
    await work.execute(sa.delete(session).where(session.c.ends_at < before))
