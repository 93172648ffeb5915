"""Runs the Alembic migrations of a service's database as its owner role, and tells whether it is at the right ones.

A database has two chains: that of the common tables (`migrations/` beside this file) and, after it, the service's own.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import command, context
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from libs.common.settings import Settings

COMMON_VERSIONS = "common_version"
"""The table that says at which migration the common tables are."""

_ROOT = Path(__file__).parents[3]

Revisions = tuple[str, str]
"""The newest migration of the common tables, and that of the service."""


def _chains(service: str) -> tuple[Config, Config]:
    return _config(Path(__file__).parent / "migrations"), _config(_ROOT / "services" / service / "migrations")


def _config(scripts: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(scripts))
    return config


async def migrate(service: str, settings: Settings) -> None:
    """Bring the database of `service` to the newest migrations. Safe to repeat."""
    engine = create_async_engine(settings.database(service, "owner"), poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(lambda sync: upgrade(service, sync))
    await engine.dispose()


def upgrade(service: str, connection: sa.Connection) -> None:
    """Run the missing migrations of both chains within the transaction of `connection`."""
    for config in _chains(service):
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def run_environment(metadata: sa.MetaData | None, *, version_table: str = "alembic_version") -> None:
    """What each `migrations/env.py` calls: run within the connection that `migrate` opened."""
    context.configure(
        connection=context.config.attributes["connection"], target_metadata=metadata, version_table=version_table
    )
    with context.begin_transaction():
        context.run_migrations()


def newest_revisions(service: str) -> Revisions:
    """The migrations this code needs."""
    common, own = (_head(config) for config in _chains(service))
    return common, own


def _head(config: Config) -> str:
    revision = ScriptDirectory.from_config(config).get_current_head()
    if revision is None:
        raise LookupError(f"no migrations in {config.get_main_option('script_location')}")
    return revision


async def stands_at(engine: AsyncEngine, revisions: Revisions) -> bool:
    """Whether the database answers and is at `revisions`: the whole of readiness."""
    async with engine.connect() as connection:
        found = await connection.execute(
            sa.text("SELECT c.version_num, a.version_num FROM common_version c, alembic_version a")
        )
        row = found.one_or_none()
        return row is not None and tuple(row) == revisions
