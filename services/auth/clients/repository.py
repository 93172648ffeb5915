"""Every query about clients."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from libs.common.ids import digest_of
from libs.common.persistence.unit_of_work import UnitOfWork
from services.auth.access.repository import STANDING
from services.auth.clients.tables import api_client, used_assertion


@dataclass(frozen=True, slots=True)
class Client:
    """A client and how its account stands."""

    client_id: str
    user_id: UUID
    public_key: dict[str, Any]
    state: str


async def client(work: UnitOfWork, client_id: str) -> Client | None:
    """One client."""
    row = (
        await work.execute(
            sa.select(api_client.c.client_id, api_client.c.user_id, api_client.c.public_key, STANDING.c.state)
            .join(STANDING, STANDING.c.user_id == api_client.c.user_id)
            .where(api_client.c.client_id == client_id)
        )
    ).first()
    return None if row is None else Client(*tuple(row))


async def add_client(work: UnitOfWork, client_id: str, user_id: UUID, public_key: dict[str, Any]) -> None:
    """Add a client to an account of its own."""
    await work.execute(api_client.insert().values(client_id=client_id, user_id=user_id, public_key=public_key))


async def use_assertion(work: UnitOfWork, client_id: str, token_id: str, expires_at: datetime) -> bool:
    """Use up an assertion. False when it was used before."""
    key = digest_of(client_id, token_id)
    used = await work.execute(
        insert(used_assertion)
        .values(key=key, expires_at=expires_at)
        .on_conflict_do_nothing()
        .returning(used_assertion.c.key)
    )
    return used.first() is not None


async def delete_spent(work: UnitOfWork, before: datetime) -> None:
    """Delete assertions that nobody would accept any more."""
    await work.execute(sa.delete(used_assertion).where(used_assertion.c.expires_at < before))
