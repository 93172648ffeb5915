"""Every query about passwords, codes and failed attempts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from libs.common.persistence.unit_of_work import UnitOfWork
from services.auth.access.repository import STANDING
from services.auth.sign_in.domain import Failures, Proof
from services.auth.sign_in.tables import attempt_count, credential, failure, sign_in_attempt, totp


@dataclass(frozen=True, slots=True)
class Account:
    """A person who may sign in: state, role, stored password hash and sealed secret of the second factor."""

    user_id: UUID
    state: str
    role: str
    password_hash: str
    secret: str
    last_counter: int


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


def _accounts() -> sa.Select[Any]:
    return (
        sa.select(
            STANDING.c.user_id,
            STANDING.c.state,
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
    row = (await work.execute(_accounts().where(STANDING.c.login == login))).first()
    return None if row is None else Account(*tuple(row))


async def account(work: UnitOfWork, user_id: UUID) -> Account | None:
    """One person who may sign in."""
    row = (await work.execute(_accounts().where(STANDING.c.user_id == user_id))).first()
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


async def note_sign_in(work: UnitOfWork, user_id: UUID) -> datetime | None:
    """Remember that a person signs in now; when they did so before, None at the first."""
    mine = credential.c.user_id == user_id
    known = await work.execute(sa.select(credential.c.signed_in_at).where(mine).with_for_update())
    before: datetime | None = known.scalar_one()
    await work.execute(sa.update(credential).where(mine).values(signed_in_at=work.now))
    return before


async def delete_spent(work: UnitOfWork, before: datetime) -> None:
    """Delete what nobody can use any more and was kept long enough."""
    await work.execute(sa.delete(sign_in_attempt).where(sign_in_attempt.c.expires_at < before))
    await work.execute(sa.delete(attempt_count).where(attempt_count.c.since < before))
