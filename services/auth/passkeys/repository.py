"""Every query about passkeys."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from libs.common.persistence.unit_of_work import UnitOfWork
from services.auth.passkeys.domain import Challenge, Passkey, Purpose
from services.auth.passkeys.tables import passkey, passkey_challenge


async def passkeys_of(work: UnitOfWork, user_id: UUID) -> list[Passkey]:
    """The passkeys of a user, the first added first."""
    mine = sa.select(passkey).where(passkey.c.user_id == user_id).order_by(passkey.c.added_at, passkey.c.passkey_id)
    return [_passkey(row) for row in await work.execute(mine)]


async def passkey_by_credential(work: UnitOfWork, credential: bytes) -> Passkey | None:
    """The passkey by the name that its authenticator gave it."""
    row = (await work.execute(sa.select(passkey).where(passkey.c.credential == credential))).first()
    return None if row is None else _passkey(row)


def _passkey(row: Any) -> Passkey:
    return Passkey(*(getattr(row, name) for name in Passkey.__slots__))


async def add_passkey(work: UnitOfWork, new: Passkey) -> bool:
    """Write a new passkey. False when there is one of that name already, whoever has it."""
    values = {name: getattr(new, name) for name in Passkey.__slots__}
    added = await work.execute(insert(passkey).values(values).on_conflict_do_nothing(index_elements=["credential"]))
    return added.rowcount == 1


async def use_passkey(work: UnitOfWork, passkey_id: UUID, count: int) -> bool:
    """Note that a passkey was used with this count. False when a use side by side came with as high a one."""
    rising = sa.or_(passkey.c.sign_count < count, sa.and_(passkey.c.sign_count == 0, sa.literal(count) == 0))
    used = await work.execute(
        sa.update(passkey).where(passkey.c.passkey_id == passkey_id, rising).values(sign_count=count, used_at=work.now)
    )
    return used.rowcount == 1


async def remove_passkey(work: UnitOfWork, user_id: UUID, passkey_id: UUID) -> str | None:
    """Delete a passkey of a user. Its name; `None` when they have none such."""
    mine = sa.delete(passkey).where(passkey.c.passkey_id == passkey_id, passkey.c.user_id == user_id)
    return (await work.execute(mine.returning(passkey.c.name))).scalar_one_or_none()


async def remove_passkeys(work: UnitOfWork, user_id: UUID) -> None:
    """Delete every passkey of a user."""
    await work.execute(sa.delete(passkey).where(passkey.c.user_id == user_id))


def add_challenge(work: UnitOfWork, key: bytes, purpose: Purpose, challenge: Challenge, expires_at: datetime) -> None:
    """Write what an authenticator is asked to sign."""
    row = {
        "key": key,
        "purpose": purpose,
        "user_id": challenge.user_id,
        "content": challenge.content,
        "expires_at": expires_at,
    }
    work.insert(passkey_challenge, [row])


async def end_challenge(work: UnitOfWork, key: bytes, purpose: Purpose) -> Challenge | None:
    """What was asked, for the first answer alone; `None` when nothing such waits for one any more."""
    asked = passkey_challenge.c.key == key, passkey_challenge.c.purpose == purpose
    row = (await work.execute(sa.delete(passkey_challenge).where(*asked).returning(passkey_challenge))).first()
    return None if row is None or row.expires_at <= work.now else Challenge(row.content, row.user_id)


async def delete_spent(work: UnitOfWork, before: datetime) -> None:
    """Delete what nobody answered."""
    await work.execute(sa.delete(passkey_challenge).where(passkey_challenge.c.expires_at < before))
