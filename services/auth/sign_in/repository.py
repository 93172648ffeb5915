"""Every query about passwords, failed attempts, mailed links and known browsers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from libs.common.persistence.unit_of_work import UnitOfWork
from services.auth.access.repository import STANDING
from services.auth.access.tables import user_account
from services.auth.sign_in.domain import Failures, LinkPurpose, MustReset, Proof
from services.auth.sign_in.tables import (
    attempt_count,
    credential,
    failure,
    known_device,
    mailed_link,
    sign_in_attempt,
)


@dataclass(frozen=True, slots=True)
class Account:
    """A person who may sign in: state, role, stored password hash, and why they must choose a new one, if they must."""

    user_id: UUID
    state: str
    role: str
    password_hash: str
    must_reset: MustReset | None


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
    state = sa.case((dormant, "active"), else_=STANDING.c.state).label("state")
    columns = (STANDING.c.user_id, state, STANDING.c.role, credential.c.password_hash)
    return sa.select(*columns, credential.c.must_reset).join(credential, credential.c.user_id == STANDING.c.user_id)


async def account_by_login(work: UnitOfWork, login: str) -> Account | None:
    """The person who signs in as `login`."""
    row = (await work.execute(_accounts(work).where(STANDING.c.login == login))).first()
    return None if row is None else Account(*tuple(row))


async def account(work: UnitOfWork, user_id: UUID) -> Account | None:
    """One person who may sign in."""
    row = (await work.execute(_accounts(work).where(STANDING.c.user_id == user_id))).first()
    return None if row is None else Account(*tuple(row))


async def lock_failures(work: UnitOfWork, user_id: UUID, proof: Proof) -> Failures:
    """The failures of an account at one kind of proof, for this transaction alone to change.

    Of an account that is not there: none, found by the same statements.
    """
    first = sa.select(user_account.c.user_id, sa.literal(proof), sa.text("'{}'"), sa.literal(0))
    columns = ["user_id", "kind", "recent", "consecutive"]
    await work.execute(
        insert(failure).from_select(columns, first.where(user_account.c.user_id == user_id)).on_conflict_do_nothing()
    )
    kept = sa.select(failure).where(failure.c.user_id == user_id, failure.c.kind == proof)
    row = (await work.execute(kept.with_for_update())).first()
    return Failures() if row is None else Failures(tuple(row.recent), row.consecutive, row.locked_until)


async def put_failures(work: UnitOfWork, user_id: UUID, proof: Proof, failures: Failures) -> None:
    """Write the failures of an account at one kind of proof."""
    await work.execute(
        sa.update(failure)
        .where(failure.c.user_id == user_id, failure.c.kind == proof)
        .values(recent=list(failures.recent), consecutive=failures.consecutive, locked_until=failures.locked_until)
    )


async def put_credential(work: UnitOfWork, user_id: UUID, password_hash: str) -> None:
    """Write the hash of a new password of a person, who need not choose another one."""
    statement = insert(credential).values(user_id=user_id, password_hash=password_hash, changed_at=work.now)
    await work.execute(
        statement.on_conflict_do_update(
            index_elements=["user_id"],
            set_={
                "password_hash": statement.excluded.password_hash,
                "changed_at": statement.excluded.changed_at,
                "must_reset": None,
            },
        )
    )


async def renew_hash(work: UnitOfWork, user_id: UUID, password_hash: str) -> None:
    """Write another hash of the same password."""
    await work.execute(sa.update(credential).where(credential.c.user_id == user_id).values(password_hash=password_hash))


async def set_must_reset(work: UnitOfWork, user_id: UUID, why: MustReset | None) -> None:
    """Say why a person must choose a new password before the next sign-in, or that they need not."""
    await work.execute(sa.update(credential).where(credential.c.user_id == user_id).values(must_reset=why))


def add_link(
    work: UnitOfWork,
    key: bytes,
    user_id: UUID,
    purpose: LinkPurpose,
    expires_at: datetime,
    *,
    email: str = "",
) -> None:
    """Write a link that is about to be mailed. `email`: the address it goes to, which is not the one on file then."""
    row = {"key": key, "user_id": user_id, "purpose": purpose, "email": email}
    work.insert(mailed_link, [{**row, "made_at": work.now, "expires_at": expires_at}])


async def link_user(work: UnitOfWork, key: bytes, purpose: LinkPurpose) -> UUID | None:
    """Whose link this is, as long as it works; for this transaction alone to use."""
    found = await work.execute(
        sa.select(mailed_link.c.user_id)
        .where(mailed_link.c.key == key, mailed_link.c.purpose == purpose, mailed_link.c.expires_at > work.now)
        .with_for_update()
    )
    return found.scalar_one_or_none()


async def end_link(work: UnitOfWork, key: bytes) -> None:
    """Let a link work no more."""
    await work.execute(sa.update(mailed_link).where(mailed_link.c.key == key).values(expires_at=work.now))


async def address_before(work: UnitOfWork, key: bytes) -> str:
    """The address that a letter about a new one went to; empty of any other letter.

    Links in such letters that went out later, to addresses that are not believed any more, end.
    """
    this = sa.select(mailed_link.c.user_id, mailed_link.c.email, mailed_link.c.made_at).where(mailed_link.c.key == key)
    row = (await work.execute(this)).one()
    if row.email:
        later = mailed_link.c.user_id == row.user_id, mailed_link.c.email != "", mailed_link.c.made_at >= row.made_at
        await work.execute(sa.update(mailed_link).where(*later).values(expires_at=work.now))
    return str(row.email)


async def reset_links_since(work: UnitOfWork, user_id: UUID, since: datetime) -> int:
    """How many links to a new password were mailed to a person."""
    mine = mailed_link.c.user_id == user_id, mailed_link.c.purpose == "reset", mailed_link.c.made_at > since
    return int((await work.execute(sa.select(sa.func.count()).select_from(mailed_link).where(*mine))).scalar_one())


async def end_reset_links(work: UnitOfWork, user_id: UUID) -> None:
    """Let no link to a new password work any more."""
    mine = mailed_link.c.user_id == user_id, mailed_link.c.purpose == "reset", mailed_link.c.expires_at > work.now
    await work.execute(sa.update(mailed_link).where(*mine).values(expires_at=work.now))


async def know_device(work: UnitOfWork, user_id: UUID, key: bytes) -> tuple[bool, bool]:
    """Remember that a person signs in with a browser: whether it was known, and whether any other was."""
    mine = sa.select(known_device.c.key).where(known_device.c.user_id == user_id)
    known = set((await work.execute(mine)).scalars())
    statement = insert(known_device).values(user_id=user_id, key=key, seen_at=work.now)
    await work.execute(
        statement.on_conflict_do_update(index_elements=["user_id", "key"], set_={"seen_at": statement.excluded.seen_at})
    )
    return key in known, bool(known - {key})


async def forget_devices(work: UnitOfWork, user_id: UUID) -> None:
    """Let no browser of a person count as known."""
    await work.execute(sa.delete(known_device).where(known_device.c.user_id == user_id))


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


async def delete_spent(work: UnitOfWork, before: datetime, *, devices_before: datetime) -> None:
    """Delete what nobody can use any more and was kept long enough; browsers that were not seen for long."""
    await work.execute(sa.delete(mailed_link).where(mailed_link.c.expires_at < before))
    await work.execute(sa.delete(known_device).where(known_device.c.seen_at < devices_before))
    await work.execute(sa.delete(sign_in_attempt).where(sign_in_attempt.c.expires_at < before))
    await work.execute(sa.delete(attempt_count).where(attempt_count.c.since < before))
