"""Who walks through the portal, and what they know so far."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from uuid import UUID

from libs.common.clock import SystemClock
from simulators.population import Population
from tools.walk.codes import Codes
from tools.walk.html import Form
from tools.walk.person import Page, Person
from tools.walk.place import Place
from tools.walk.program import Program
from tools.walk.telling import UnexpectedError


@dataclass
class Upload:
    """A claim file that was sent, and what came of it. Addresses are those a person has in the browser."""

    number: str
    path: str
    form: Form
    content: bytes
    documents: dict[str, str] = field(default_factory=dict)
    """Addresses of its acknowledgements, by what they are: 999, 277CA."""
    accepted: dict[str, str] = field(default_factory=dict)
    """Address of the page of each accepted claim, by its internal control number."""
    not_accepted: list[str] = field(default_factory=list)
    """Address of the page of each claim that was not accepted."""

    @property
    def id(self) -> UUID:
        """Its id, as it stands in its address."""
        return UUID(self.path.rstrip("/").rsplit("/", 1)[-1])


@dataclass
class Outage:
    """When a function was killed and came back, on this machine's steady clock, and what CMS had been told before."""

    killed_at: float
    messages_before: int
    started_at: float = 0.0


@dataclass
class Journey:
    """One walk: a biller with their administrator, a biller of another organisation, and a vendor's program."""

    place: Place
    population: Population
    biller: Person
    administrator: Person
    stranger: Person
    program: Program
    directory: Path
    upload: Upload | None = None
    foreign_upload: Upload | None = None
    outage: Outage | None = None

    @property
    def sent(self) -> Upload:
        """The biller's file. Raises `UnexpectedError` when an earlier step did not get it through."""
        if self.upload is None:
            raise UnexpectedError("a file that was received", "none, because an earlier step failed")
        return self.upload

    @property
    def lost(self) -> Outage:
        """The outage. Raises `UnexpectedError` when an earlier step did not cause it."""
        if self.outage is None:
            raise UnexpectedError("a killed function", "none, because an earlier step failed")
        return self.outage


def today() -> date:
    """The day on which a file is written now."""
    return SystemClock().now().date()


@asynccontextmanager
async def journey(place: Place, codes: Codes, directory: Path) -> AsyncIterator[Journey]:
    """Everybody with a browser or client of their own, nobody signed in. Files go to `directory`."""
    population = Population()
    async with AsyncExitStack() as stack:
        biller, administrator, stranger = [
            await stack.enter_async_context(Person(place, codes, population.user(user_id)))
            for user_id in ("riverside.biller", "riverside.admin", "juniper.biller")
        ]
        program = await stack.enter_async_context(Program(place, population.api_clients[0]))
        yield Journey(place, population, biller, administrator, stranger, program, directory)


def expect(page: Page, status: int, *sentences: str) -> None:
    """Raise `UnexpectedError` unless the page came with `status` and says every one of `sentences`."""
    if page.status != status:
        raise UnexpectedError(f"status {status}", f"{page.status}, “{page.heading or page.answer.text[:200]}”")
    for sentence in sentences:
        if not page.says(sentence):
            raise UnexpectedError(f"“{sentence}” on the page", f"“{page.main.text[:300]}”")
