"""Holds a service's migrations against the tables its code declares."""

from importlib import import_module
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool


async def differences(service: str, server: Any) -> list[Any]:
    """What Alembic would still have to change after all migrations; nothing, if they are complete."""
    import_module(f"services.{service}.app")  # declares every feature's tables
    metadata = import_module(f"services.{service}.metadata").metadata
    name = await server.clone(service)
    address = server.settings.database(service, "owner").rsplit("/", 1)[0]
    engine = create_async_engine(f"{address}/{name}", poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(lambda sync: _compare(sync, metadata))
    finally:
        await engine.dispose()
        await server.drop(name)


def _compare(connection: sa.Connection, metadata: sa.MetaData) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"include_name": _not_alembics_own})
    return list(compare_metadata(context, metadata))


def _not_alembics_own(name: str | None, kind: str, _parents: Any) -> bool:
    return not (kind == "table" and name == "alembic_version")
