"""Real PostgreSQL and Kafka for tests: one server per session (and per xdist worker), one cheap clone per test.

Load the fixtures with `pytest_plugins = ["tests.support.platform"]` in the root conftest.
"""

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from uuid import uuid4

import pytest
from pydantic import Field

from deploy.local.portal import LocalPortal, free_port_base
from deploy.local.postgresql import Postgresql, clone, drop
from deploy.local.processes import chosen, processes
from libs.common.persistence.migrate import migrate
from libs.common.settings import POSTGRESQL, DatabaseRole, Settings
from tests.support.containers import SERVERS, containers, from_containers


class CloneSettings(Settings):
    """Settings under which each service of `clones` uses its clone instead of the database of its own name."""

    clones: dict[str, str] = Field(default_factory=dict)

    def database(self, service: str, role: DatabaseRole) -> str:
        address = super().database(service, role)
        return f"{address.rsplit('/', 1)[0]}/{self.clones.get(service, service)}"


@dataclass
class PostgresqlServer:
    """A running server (fsync off) and the databases that tests took from it."""

    settings: Settings
    portal: LocalPortal
    migrated: set[str] = field(default_factory=set)

    @property
    def server(self) -> Postgresql:
        return Postgresql(self.settings)

    async def clone(self, service: str) -> str:
        """A new database with today's tables of `service` and no rows; about 50 ms after the first."""
        if service not in self.migrated:
            await migrate(service, self.settings)
            self.migrated.add(service)
        name = f"{service}_{uuid4().hex[:12]}"
        connection = await self.server.connect()
        try:
            await clone(connection, service, name)
        finally:
            await connection.close()
        return name

    async def drop(self, name: str) -> None:
        connection = await self.server.connect()
        try:
            await drop(connection, name)
        finally:
            await connection.close()


@dataclass(frozen=True)
class Database:
    """One test's own database of one service."""

    service: str
    name: str
    settings: CloneSettings

    def url(self, role: DatabaseRole) -> str:
        return self.settings.database(self.service, role)


@pytest.fixture(scope="session")
async def postgresql_server() -> AsyncIterator[PostgresqlServer]:
    """PostgreSQL with every service's roles and empty database, shared by the session."""
    async with platform("postgresql") as portal:
        yield PostgresqlServer(portal.settings, portal)


@pytest.fixture(scope="session")
async def kafka_server() -> AsyncIterator[LocalPortal]:
    """Apache Kafka without topics, shared by the session: `kafka_server.settings.kafka` is its address."""
    async with platform("kafka") as portal:
        yield portal


@pytest.fixture
async def databases(
    postgresql_server: PostgresqlServer, tmp_path: Path
) -> AsyncIterator[Callable[..., Awaitable[CloneSettings]]]:
    """`await databases("claims", "notifier")` gives settings under which each has a database of this test alone."""
    taken: list[str] = []

    async def take(*services: str) -> CloneSettings:
        clones = {service: await postgresql_server.clone(service) for service in services}
        taken.extend(clones.values())
        return clone_settings(postgresql_server.settings, clones, tmp_path / "state")

    yield take
    for name in taken:
        await postgresql_server.drop(name)


@pytest.fixture
async def database(
    databases: Callable[..., Awaitable[CloneSettings]],
) -> Callable[[str], Awaitable[Database]]:
    """`await database("claims")` gives this test its own database of one service."""

    async def take(service: str) -> Database:
        settings = await databases(service)
        return Database(service, settings.clones[service], settings)

    return take


def clone_settings(server: Settings, clones: dict[str, str], state_directory: Path) -> CloneSettings:
    """Settings of a test: its own state directory, the shared server's passwords, its own databases."""
    passwords = state_directory / "secrets" / "database"
    if not passwords.exists():
        passwords.parent.mkdir(parents=True, exist_ok=True)
        passwords.symlink_to(server.state_directory / "secrets" / "database")
    return CloneSettings(
        **{
            **server.model_dump(by_alias=True),
            "DATABASE_URL": f"postgresql://127.0.0.1:{server.port(POSTGRESQL)}",
            "state_directory": state_directory,
            "clones": clones,
        }
    )


@asynccontextmanager
async def platform(
    *only: str, split: Collection[str] = (), profile: Literal["local", "test"] = "test"
) -> AsyncIterator[LocalPortal]:
    """A running portal, or the named part of it, on free ports with a state directory of its own (fsync off).

    Both are gone after the block. Kafka and PostgreSQL of a part come from containers when that was asked for; the
    whole portal has its own, which tests kill. The directory is not pytest's: a server that root hands to another
    user could not enter that one.
    """
    with tempfile.TemporaryDirectory(prefix="portico-test-") as name:
        directory = Path(name)
        # Others may enter: it is empty, and the secrets below it close themselves.
        directory.chmod(0o755)  # noqa: ASYNC240 - one call on our own directory
        async with free_port_base() as base:
            settings, here = Settings(profile=profile, port_base=base, state_directory=directory), only
            with ExitStack() as stack:
                if only and from_containers():
                    needed = {process.name for process in chosen(processes(settings, split=split), only)}
                    settings = stack.enter_context(containers(settings, needed))
                    here = tuple(name for name in only if name not in SERVERS)
                async with LocalPortal(settings, only=here if only else None, split=split, fsync=False) as portal:
                    yield portal
