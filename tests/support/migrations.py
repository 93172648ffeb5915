"""Holds a service's migrations against the tables its code declares, from nothing and from the first schema."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from libs.common.persistence.migrate import upgrade
from libs.common.settings import SERVICES
from tests.support.platform import PostgresqlServer

_MONTH = re.compile(r"_\d{4}_\d{2}\b|_\d{4}_\d{2}_")
SCHEMAS = Path(__file__).parent / "schemas"
WITH_A_FIRST_SCHEMA = [each for each in SERVICES if (SCHEMAS / f"{each}.sql").exists()]


async def differences(connection: AsyncConnection, service: str) -> list[Any]:
    """What Alembic would still have to change for the tables the code declares; nothing, if they are complete."""
    import_module(f"services.{service}.app")  # declares every feature's tables
    metadata = import_module(f"services.{service}.metadata").metadata
    return await connection.run_sync(lambda sync: _compare(sync, metadata))


def _compare(connection: sa.Connection, metadata: sa.MetaData) -> list[Any]:
    partitions = set(connection.scalars(sa.text("SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r'")))
    made = partitions | {"alembic_version", "common_version"}

    def is_of_the_code(name: str | None, kind: str, _parents: Any) -> bool:
        return not (kind == "table" and name in made)

    context = MigrationContext.configure(connection, opts={"include_name": is_of_the_code})
    return list(compare_metadata(context, metadata))


async def shape(connection: AsyncConnection) -> set[tuple[str, str, str]]:
    """All that migrations made, for comparing one database with another; which months are there depends on the rows."""
    statement = (SCHEMAS / "shape.sql").read_text(encoding="utf-8")
    rows = [tuple(row) for row in await connection.exec_driver_sql(statement)]
    return {row for row in rows if not _MONTH.search(row[1])}


@asynccontextmanager
async def database_of_today(server: PostgresqlServer, service: str) -> AsyncIterator[AsyncConnection]:
    """A new database with all migrations, and a connection to it as its owner."""
    name = await server.clone(service)
    async with _owner(server, service, name) as connection:
        yield connection


@asynccontextmanager
async def database_of_the_first_schema(
    server: PostgresqlServer, service: str, rows: tuple[str, ...] = ()
) -> AsyncIterator[AsyncConnection]:
    """A database that began with the first schema, held `rows`, and was brought up to today."""
    name = await server.clone(service)
    superuser = await server.server.connect(name)
    try:
        await superuser.execute(f"DROP SCHEMA public CASCADE; CREATE SCHEMA public AUTHORIZATION {service}_owner")
        common, own = ((SCHEMAS / f"{name}.sql").read_text(encoding="utf-8") for name in ("common", service))
        for statement in (common.replace("{service}", service), own, *rows):
            await superuser.execute(statement)
    finally:
        await superuser.close()
    async with _owner(server, service, name) as connection:
        await connection.run_sync(lambda sync: upgrade(service, sync))
        yield connection


@asynccontextmanager
async def _owner(server: PostgresqlServer, service: str, name: str) -> AsyncIterator[AsyncConnection]:
    address = server.settings.database(service, "owner").rsplit("/", 1)[0]
    engine = create_async_engine(f"{address}/{name}", poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            yield connection
    finally:
        await engine.dispose()
        await server.drop(name)
