"""Who walks through the portal, and what they know so far."""

import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from uuid import UUID

from libs.common.clock import SystemClock
from libs.common.ids import secret_text
from simulators.population import DemoUser, Population
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
    """Addresses of its acknowledgments, by what they are: 999, 277CA."""
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
    """One walk: a biller with their administrator, one of another organization, a program, staff, somebody new."""

    place: Place
    population: Population
    biller: Person
    administrator: Person
    stranger: Person
    program: Program
    directory: Path
    reviewer: Person
    operator: Person
    visitor: Person
    """Whom nobody knows yet: they register."""
    recovery_codes: tuple[str, ...] = ()
    """Those that they were shown."""
    upload: Upload | None = None
    hospital: Upload | None = None
    foreign_upload: Upload | None = None
    outage: Outage | None = None
    entitlement: str = ""
    """Address of the entitlement page."""
    schedule: str = ""
    """Address of a schedule that was checked."""
    unanswered: str = ""
    """Address of an inquiry that HETS did not answer."""
    remittance: str = ""
    """Address of the remittance of the file."""
    remitted: dict[str, str] = field(default_factory=dict)
    """Address of each remitted claim of it, by its internal control number."""
    denied: dict[str, str] = field(default_factory=dict)
    """Those that were denied as not necessary (CO-50), and those that cannot be processed (MA130)."""
    unprocessable: dict[str, str] = field(default_factory=dict)
    appeal: str = ""
    """Address of the appeal."""
    appeal_form: Form | None = None
    """The form it was asked for with."""
    second_appeal: str = ""
    """Address of another one, which goes on to the QIC."""

    @property
    def sent(self) -> Upload:
        """The biller's file. Raises `UnexpectedError` when an earlier step did not get it through."""
        if self.upload is None:
            raise UnexpectedError("a file that was received", "none, because an earlier step failed")
        return self.upload

    @property
    def sent_by_hospital(self) -> Upload:
        """The file of one hospital claim. Raises `UnexpectedError` when an earlier step did not get it through."""
        if self.hospital is None or not self.hospital.accepted:
            raise UnexpectedError("a hospital claim that was accepted", "none, because an earlier step failed")
        return self.hospital

    @property
    def lost(self) -> Outage:
        """The outage. Raises `UnexpectedError` when an earlier step did not cause it."""
        if self.outage is None:
            raise UnexpectedError("a killed function", "none, because an earlier step failed")
        return self.outage


def newcomer() -> DemoUser:
    """Somebody new at each walk, so that a portal which was walked through before has not seen them."""
    name = "".join(secrets.choice("bcdfghjklmnprstvw") for _ in range(8))
    return DemoUser(
        user_uuid=UUID(int=0),  # the portal gives one
        user_id=f"tamsin.{name}",
        password=secret_text(),
        totp_secret="",  # drawn by the portal
        role="PROVIDER_USER",
        organization_id=UUID(int=0),
        first_name="Tamsin",
        last_name=name.capitalize(),
        email=f"tamsin.{name}@newcomer.example",
    )


def today() -> date:
    """The day on which a file is written now."""
    return SystemClock().now().date()


@asynccontextmanager
async def journey(place: Place, codes: Codes, directory: Path) -> AsyncIterator[Journey]:
    """Everybody with a browser or client of their own, nobody signed in. Files go to `directory`."""
    population = Population()
    async with AsyncExitStack() as stack:
        biller, administrator, stranger, reviewer, operator = [
            await stack.enter_async_context(Person(place, codes, population.user(user_id)))
            for user_id in (
                "riverside.biller",
                "riverside.admin",
                "juniper.biller",
                "meridian.reviewer",
                "meridian.operator",
            )
        ]
        program = await stack.enter_async_context(Program(place, population.api_clients[0]))
        visitor = await stack.enter_async_context(Person(place, codes, newcomer()))
        yield Journey(
            place, population, biller, administrator, stranger, program, directory, reviewer, operator, visitor
        )


def expect(page: Page, status: int, *sentences: str) -> None:
    """Raise `UnexpectedError` unless the page came with `status` and says every one of `sentences`."""
    if page.status != status:
        raise UnexpectedError(f"status {status}", f"{page.status}, “{page.heading or page.answer.text[:200]}”")
    for sentence in sentences:
        if not page.says(sentence):
            raise UnexpectedError(f"“{sentence}” on the page", f"“{page.main.text[:300]}”")
