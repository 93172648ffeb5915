"""Runs a service's Alembic migrations as its owner role, and tells whether a database stands at the right one."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command, context
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from libs.common.settings import Settings

_ROOT = Path(__file__).parents[3]


def _config(service: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_ROOT / "services" / service / "migrations"))
    return config


async def migrate(service: str, settings: Settings) -> None:
    """Bring the database of `service` to the newest migration. Safe to repeat."""
    engine = create_async_engine(settings.database(service, "owner"), poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(lambda sync: _upgrade(service, sync))
    await engine.dispose()


def _upgrade(service: str, connection: sa.Connection) -> None:
    config = _config(service)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def run_environment(metadata: sa.MetaData) -> None:
    """What each service's `migrations/env.py` calls: run within the connection that `migrate` opened."""
    context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()


def newest_revision(service: str) -> str:
    """The migration this code needs."""
    revision = ScriptDirectory.from_config(_config(service)).get_current_head()
    if revision is None:
        raise LookupError(f"{service} has no migrations")
    return revision


async def stands_at(engine: AsyncEngine, revision: str) -> bool:
    """Whether the database answers and stands at `revision`: the whole of readiness."""
    async with engine.connect() as connection:
        found = await connection.execute(sa.text("SELECT version_num FROM alembic_version"))
        return found.scalar_one_or_none() == revision
