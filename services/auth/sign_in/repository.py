"""Every query about passwords, codes, failed attempts and sessions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from libs.common.persistence.unit_of_work import UnitOfWork
from services.auth.access.repository import GRANTED, STANDING
from services.auth.sign_in.domain import EndReason, Failures, Proof, Session
from services.auth.sign_in.tables import attempt_count, credential, failure, session, sign_in_attempt, totp


@dataclass(frozen=True, slots=True)
class Account:
    """A person who may sign in: state, role, stored password hash and sealed secret of the second factor."""

    user_id: UUID
    state: str
    role: str
    password_hash: str
    secret: str
    last_counter: int


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


async def count_attempt(work: UnitOfWork, key: bytes, *, window: timedelta) -> int:
    """Count one attempt under `key`; how many there were in this window."""
    statement = insert(attempt_count).values(key=key, since=work.now, count=1)
    fresh = attempt_count.c.since <= work.now - window
    counted = await work.execute(
        statement.on_conflict_do_update(
            index_elements=["key"],
            set_={
                "since": sa.case((fresh, statement.excluded.since), else_=attempt_count.c.since),
                "count": sa.case((fresh, 1), else_=attempt_count.c.count + 1),
            },
        ).returning(attempt_count.c.count)
    )
    return int(counted.scalar_one())


def _accounts(work: UnitOfWork) -> sa.Select[Any]:
    # Who lets an account rest too long proves as much as ever, and has it back: see `inactive`.
    dormant = sa.and_(STANDING.c.state == "disabled", STANDING.c.dormant_until > work.now)
    return (
        sa.select(
            STANDING.c.user_id,
            sa.case((dormant, "active"), else_=STANDING.c.state).label("state"),
            STANDING.c.role,
            credential.c.password_hash,
            totp.c.secret,
            totp.c.last_counter,
        )
        .join(credential, credential.c.user_id == STANDING.c.user_id)
        .join(totp, totp.c.user_id == STANDING.c.user_id)
    )


async def account_by_login(work: UnitOfWork, login: str) -> Account | None:
    """The person who signs in as `login`."""
    row = (await work.execute(_accounts(work).where(STANDING.c.login == login))).first()
    return None if row is None else Account(*tuple(row))


async def account(work: UnitOfWork, user_id: UUID) -> Account | None:
    """One person who may sign in."""
    row = (await work.execute(_accounts(work).where(STANDING.c.user_id == user_id))).first()
    return None if row is None else Account(*tuple(row))


async def lock_failures(work: UnitOfWork, user_id: UUID, proof: Proof) -> Failures:
    """The failures of an account at one kind of proof, for this transaction alone to change."""
    await work.execute(
        insert(failure).values(user_id=user_id, kind=proof, recent=[], consecutive=0).on_conflict_do_nothing()
    )
    kept = sa.select(failure).where(failure.c.user_id == user_id, failure.c.kind == proof)
    row = (await work.execute(kept.with_for_update())).one()
    return Failures(tuple(row.recent), row.consecutive, row.locked_until)


async def put_failures(work: UnitOfWork, user_id: UUID, proof: Proof, failures: Failures) -> None:
    """Write the failures of an account at one kind of proof."""
    await work.execute(
        sa.update(failure)
        .where(failure.c.user_id == user_id, failure.c.kind == proof)
        .values(recent=list(failures.recent), consecutive=failures.consecutive, locked_until=failures.locked_until)
    )


async def put_credential(work: UnitOfWork, user_id: UUID, password_hash: str) -> None:
    """Write the password hash of a person."""
    statement = insert(credential).values(user_id=user_id, password_hash=password_hash, changed_at=work.now)
    await work.execute(
        statement.on_conflict_do_update(
            index_elements=["user_id"],
            set_={"password_hash": statement.excluded.password_hash, "changed_at": statement.excluded.changed_at},
        )
    )


async def put_factor(work: UnitOfWork, user_id: UUID, sealed_secret: str) -> None:
    """Write the sealed secret of a person's second factor."""
    await work.execute(totp.insert().values(user_id=user_id, secret=sealed_secret, last_counter=0))


async def use_counter(work: UnitOfWork, user_id: UUID, counter: int) -> bool:
    """Accept a code of time step `counter`. False when that step, or a later one, was used in the meantime."""
    used = await work.execute(
        sa.update(totp).where(totp.c.user_id == user_id, totp.c.last_counter < counter).values(last_counter=counter)
    )
    return used.rowcount == 1


async def begin_attempt(work: UnitOfWork, key: bytes, user_id: UUID, expires_at: datetime) -> None:
    """The password was right: wait for the code."""
    work.insert(sign_in_attempt, [{"key": key, "user_id": user_id, "expires_at": expires_at}])


async def attempt_user(work: UnitOfWork, key: bytes) -> UUID | None:
    """Whose code is waited for."""
    found = await work.execute(
        sa.select(sign_in_attempt.c.user_id).where(
            sign_in_attempt.c.key == key, sign_in_attempt.c.expires_at > work.now
        )
    )
    return found.scalar_one_or_none()


async def end_attempt(work: UnitOfWork, key: bytes) -> bool:
    """Nobody waits for this code any more. False when another request ended the wait first."""
    ended = await work.execute(sa.delete(sign_in_attempt).where(sign_in_attempt.c.key == key))
    return ended.rowcount == 1


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
                "last_seen_at": new.last_seen_at,
                "idle": new.idle,
                "ends_at": new.ends_at,
                "csrf": new.csrf,
            }
        ],
    )


async def note_sign_in(work: UnitOfWork, user_id: UUID) -> datetime | None:
    """Remember that a person signs in now; when they did so before, None at the first."""
    mine = credential.c.user_id == user_id
    known = await work.execute(sa.select(credential.c.signed_in_at).where(mine).with_for_update())
    before: datetime | None = known.scalar_one()
    await work.execute(sa.update(credential).where(mine).values(signed_in_at=work.now))
    return before


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
        GRANTED.c.owner_epoch,
    )
    .join(STANDING, STANDING.c.user_id == session.c.user_id)
    .outerjoin(
        GRANTED,
        sa.and_(GRANTED.c.user_id == session.c.user_id, GRANTED.c.enrollment_id == session.c.enrollment_id),
    )
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


async def end_sessions_of(work: UnitOfWork, user_id: UUID, reason: EndReason) -> int:
    """End every session of a user. How many were open."""
    ended = await work.execute(
        sa.update(session)
        .where(session.c.user_id == user_id, session.c.ended_at.is_(None))
        .values(ended_at=work.now, ended_reason=reason)
    )
    return ended.rowcount


async def end_overdue(work: UnitOfWork) -> list[tuple[bytes, UUID, EndReason]]:
    """End the sessions whose time is over: key, user and reason of each."""
    absolute = session.c.ends_at <= work.now
    idle = session.c.last_seen_at + session.c.idle <= work.now
    ended = await work.execute(
        sa.update(session)
        .where(session.c.ended_at.is_(None), session.c.kind == "person", sa.or_(absolute, idle))
        .values(ended_at=work.now, ended_reason=sa.case((absolute, "twelve-hours"), else_="timeout"))
        .returning(session.c.key, session.c.user_id, session.c.ended_reason)
    )
    return [(row.key, row.user_id, row.ended_reason) for row in ended]


async def delete_spent(work: UnitOfWork, before: datetime) -> None:
    """Delete what nobody can use any more and was kept long enough."""
    await work.execute(sa.delete(session).where(session.c.ends_at < before))
    await work.execute(sa.delete(sign_in_attempt).where(sign_in_attempt.c.expires_at < before))
    await work.execute(sa.delete(attempt_count).where(attempt_count.c.since < before))
