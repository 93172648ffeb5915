"""The whole portal for tests: every process of it, on free ports, with its own state, and a look behind its pages."""

from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import asyncpg

from deploy.local.portal import LocalPortal
from libs.common.settings import Settings
from simulators.population import Population
from tests.support.platform import platform
from tools.walk.codes import Codes
from tools.walk.journey import Journey
from tools.walk.person import Person
from tools.walk.place import Place
from tools.walk.program import Program
from tools.walk.telling import Outcome


@dataclass
class WholePortal:
    """A running portal and whoever uses it. People keep their session from one test to the next."""

    portal: LocalPortal
    people: dict[str, Person] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        return self.portal.settings

    @property
    def state(self) -> Path:
        return self.settings.state_directory

    @cached_property
    def place(self) -> Place:
        return Place(self.settings, self.portal)

    @cached_property
    def codes(self) -> Codes:
        return Codes(self.state / "walk" / "codes.json")

    @cached_property
    def population(self) -> Population:
        return Population()

    def person(self, user_id: str) -> Person:
        """A person with a browser of their own, not signed in."""
        return Person(self.place, self.codes, self.population.user(user_id))

    async def signed_in(self, user_id: str) -> Person:
        """The same person as last time while their session lives, else after signing in."""
        person = self.people.setdefault(user_id, self.person(user_id))
        answer = await person.client.get("/auth", follow_redirects=False)
        if answer.status_code != 200:
            page = await person.sign_in()
            assert page.status in (200, 404), page.text
        return person

    def program(self) -> Program:
        return Program(self.place, self.population.api_clients[0])

    async def killed(self, name: str) -> None:
        """Kill a process and wait until the supervisor has brought it back."""

        def starts() -> int:
            return next(one.starts for one in self.portal.status() if one.name == name)

        before = starts()
        await self.portal.kill(name, keep_down=False)
        await self.portal.wait_ready([name], within=90)
        assert starts() > before

    @asynccontextmanager
    async def held(self, service: str, table: str) -> AsyncIterator[None]:
        """Nobody writes into a table of `service` meanwhile; reading goes on."""
        connection = await asyncpg.connect(self.settings.database(service, "owner").replace("+asyncpg", ""))
        try:
            async with connection.transaction():
                await connection.execute(f"LOCK TABLE {table} IN SHARE MODE")
                yield
        finally:
            await connection.close()

    async def rows(self, service: str, query: str, *values: object) -> list[asyncpg.Record]:
        """What stands in the database of `service`."""
        connection = await asyncpg.connect(self.settings.database(service, "work").replace("+asyncpg", ""))
        try:
            return list(await connection.fetch(query, *values))
        finally:
            await connection.close()

    async def value(self, service: str, query: str, *values: object) -> Any:
        return (await self.rows(service, query, *values))[0][0]

    def log_lines(self) -> Iterator[str]:
        """Every line the processes wrote so far, oldest file first."""
        for path in sorted((self.state / "logs").glob("portico.log*"), reverse=True):
            yield from path.read_text(encoding="utf-8", errors="replace").splitlines()

    async def close(self) -> None:
        for person in self.people.values():
            await person.client.aclose()


@dataclass(frozen=True)
class Walked:
    """A walk that was taken: what its people know now, and how each step went."""

    journey: Journey
    outcomes: dict[str, Outcome]


@asynccontextmanager
async def whole_portal(*, split: Collection[str] = ()) -> AsyncIterator[WholePortal]:
    """A running portal (fsync off), gone after the block. `split` names services to run in separate roles."""
    async with platform(split=split, profile="local") as portal:
        whole = WholePortal(portal)
        try:
            yield whole
        finally:
            await whole.close()
