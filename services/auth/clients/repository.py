"""Every query about clients."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from libs.common.ids import digest_of
from libs.common.persistence.unit_of_work import UnitOfWork
from services.auth.access.repository import STANDING
from services.auth.clients.domain import Key
from services.auth.clients.tables import api_client, client_key, used_assertion


@dataclass(frozen=True, slots=True)
class Client:
    """A client and how its account stands. `public_keys` are those that count now."""

    client_id: str
    user_id: UUID
    public_keys: tuple[dict[str, Any], ...]
    state: str


@dataclass(frozen=True, slots=True)
class Program:
    """A client as the administrator of its organization sees it. `keys`: the newest first, those that ended too."""

    client_id: str
    user_id: UUID
    name: str
    state: str
    keys: tuple[Key, ...]


async def client(work: UnitOfWork, client_id: str) -> Client | None:
    """One client."""
    row = (
        await work.execute(
            sa.select(api_client.c.client_id, api_client.c.user_id, STANDING.c.state)
            .join(STANDING, STANDING.c.user_id == api_client.c.user_id)
            .where(api_client.c.client_id == client_id)
        )
    ).first()
    if row is None:
        return None
    living = sa.or_(client_key.c.ends_at.is_(None), client_key.c.ends_at > work.now)
    keys = sa.select(client_key.c.public_key).where(client_key.c.client_id == client_id, living)
    return Client(row.client_id, row.user_id, tuple((await work.execute(keys)).scalars()), row.state)


async def programs(work: UnitOfWork, organization_id: UUID, client_id: str | None = None) -> list[Program]:
    """The clients of an organization with their keys, all or one of them; by their ids."""
    this = sa.true() if client_id is None else api_client.c.client_id == client_id
    rows = await work.execute(
        sa.select(api_client.c.client_id, api_client.c.user_id, STANDING.c.name, STANDING.c.state)
        .join(STANDING, STANDING.c.user_id == api_client.c.user_id)
        .where(STANDING.c.organization_id == organization_id, STANDING.c.state != "removed", this)
        .order_by(api_client.c.client_id)
    )
    found = list(rows)
    keys: dict[str, list[Key]] = {row.client_id: [] for row in found}
    theirs = sa.select(client_key).where(client_key.c.client_id.in_(keys))
    for key in await work.execute(theirs.order_by(client_key.c.added_at.desc(), client_key.c.key_id)):
        keys[key.client_id].append(Key(key.key_id, key.added_at, key.ends_at))
    return [Program(row.client_id, row.user_id, row.name, row.state, tuple(keys[row.client_id])) for row in found]


async def add_client(work: UnitOfWork, client_id: str, user_id: UUID) -> None:
    """Add a client to an account of its own."""
    await work.execute(api_client.insert().values(client_id=client_id, user_id=user_id))


async def add_key(
    work: UnitOfWork, client_id: str, key_id: str, public_key: dict[str, Any], *, added_by: UUID | None
) -> bool:
    """Add a key. False when it was anybody's before."""
    row = {"key_id": key_id, "client_id": client_id, "public_key": public_key, "added_by": added_by}
    statement = insert(client_key).values(**row, added_at=work.now).on_conflict_do_nothing()
    return (await work.execute(statement.returning(client_key.c.key_id))).first() is not None


async def end_keys(work: UnitOfWork, client_id: str, key_ids: Collection[str], at: datetime) -> None:
    """Let keys of a client count no longer than until then."""
    await work.execute(
        sa.update(client_key)
        .where(
            client_key.c.client_id == client_id,
            client_key.c.key_id.in_(list(key_ids)),
            sa.or_(client_key.c.ends_at.is_(None), client_key.c.ends_at > at),
        )
        .values(ends_at=at)
    )


async def end_keys_added_by(work: UnitOfWork, user_id: UUID) -> list[tuple[str, UUID]]:
    """End the keys that a person installed, now. Of which clients, with their accounts."""
    theirs = client_key.c.added_by == user_id, sa.or_(client_key.c.ends_at.is_(None), client_key.c.ends_at > work.now)
    ended = await work.execute(
        sa.update(client_key).where(*theirs).values(ends_at=work.now).returning(client_key.c.client_id)
    )
    clients = sa.select(api_client.c.client_id, api_client.c.user_id)
    of_them = clients.where(api_client.c.client_id.in_(set(ended.scalars()))).order_by(api_client.c.client_id)
    return [(row.client_id, row.user_id) for row in await work.execute(of_them)]


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
