"""Every query about new mail addresses."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from libs.common.persistence.unit_of_work import UnitOfWork
from services.auth.profile.tables import email_change


@dataclass(frozen=True, slots=True)
class EmailChange:
    """An address that waits to be confirmed by the code with this digest, and how often another one was typed."""

    email: str
    digest: bytes
    sent_at: datetime
    tries: int


async def put_change(work: UnitOfWork, user_id: UUID, email: str, digest: bytes) -> None:
    """Write the address that a code is about to go to; the one before waits no more."""
    row = {"user_id": user_id, "email": email, "digest": digest, "sent_at": work.now, "tries": 0}
    statement = insert(email_change).values(row)
    await work.execute(statement.on_conflict_do_update(index_elements=["user_id"], set_=row))


async def change_of(work: UnitOfWork, user_id: UUID) -> EmailChange | None:
    """The address of a user that waits, for this transaction alone to use."""
    columns = (email_change.c.email, email_change.c.digest, email_change.c.sent_at, email_change.c.tries)
    row = (await work.execute(sa.select(*columns).where(email_change.c.user_id == user_id).with_for_update())).first()
    return None if row is None else EmailChange(*tuple(row))


async def count_try(work: UnitOfWork, user_id: UUID) -> None:
    """Something else was typed than the code."""
    mine = email_change.c.user_id == user_id
    await work.execute(sa.update(email_change).where(mine).values(tries=email_change.c.tries + 1))


async def end_change(work: UnitOfWork, user_id: UUID) -> None:
    """No address of a user waits any more."""
    await work.execute(sa.delete(email_change).where(email_change.c.user_id == user_id))
