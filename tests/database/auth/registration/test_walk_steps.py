"""The steps of the walk in which somebody registers, against auth itself: what the demonstration shows goes well."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from libs.common.clock import SystemClock
from libs.common.messaging.subscriptions import Due
from libs.common.settings import Settings
from services.auth.access.handlers import REPUBLISH, republish_state
from services.notifier.delivery.composers import COMPOSERS
from services.notifier.delivery.domain import HelpDesk, Recipient
from simulators.population import Population
from tests.support.auth import auth_with_people
from tests.support.registration import Registering, registering
from tools.walk.codes import Codes
from tools.walk.journey import Journey, newcomer
from tools.walk.person import Person
from tools.walk.place import BackgroundPortal, Place
from tools.walk.program import Program
from tools.walk.registration import visitor_registers, visitor_signs_in

HELP = HelpDesk("Meridian", "1-800-555-0142", "Monday to Friday", "help@portico.example")
OPEN = ("/register", "/sign-in")


class Gateway(httpx.AsyncBaseTransport):
    """Asks auth before each request, as Envoy does, and lets it answer."""

    def __init__(self, portal: "Mail") -> None:
        self._portal = portal
        self._auth = httpx.ASGITransport(portal.auth.application, raise_app_exceptions=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        clock = self._portal.auth.clock  # authenticators of the walk have no other clock than the machine's
        clock.advance(SystemClock().now() - clock.now())
        path = request.url.raw_path.decode()
        request.headers["x-forwarded-for"] = "203.0.113.7"
        if not path.startswith(OPEN):
            asked = request.url.copy_with(raw_path=f"/gateway/authorize{path}".encode())
            decided = await self._auth.handle_async_request(
                httpx.Request(request.method, asked, headers={**request.headers, "content-length": "0"})
            )
            if decided.status_code != 200:
                return decided
            request.headers["authorization"] = decided.headers["authorization"]
        answer = await self._auth.handle_async_request(request)
        await self._portal.take()
        return answer


@dataclass
class Mail(Registering):
    """Keeps every letter, and carries what auth publishes into its copy of access after each request."""

    async def take(self) -> None:
        self.letters.extend(await self.mail())


@dataclass(frozen=True)
class Beside(Place):
    """Auth in the place of a whole portal."""

    portal: Any = None

    def client(self, **options: Any) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=Gateway(self.portal), base_url=self.address, **options)

    async def messages(self, after: int = 0) -> list[dict[str, Any]]:
        found = []
        for kind, told in self.portal.letters[after:]:
            composer = COMPOSERS[kind]
            letter = composer.compose(Recipient(told.name, told.email), composer.facts(**told.facts), HELP)
            found.append({"recipients": [told.email], "body": letter.text})
        return found


@pytest.fixture
async def walk(
    databases: Callable[..., Awaitable[Settings]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> AsyncIterator[Journey]:
    async with auth_with_people(await databases("auth")) as auth, registering(auth, monkeypatch) as running:
        async with auth.work.database.work(auth.work) as work:
            await republish_state(work, Due(REPUBLISH, "all", auth.clock.now(), {}, 0))
        portal = Mail(auth, running.partner, [])
        place = Beside(auth.web.settings, BackgroundPortal(auth.web.settings.state_directory), portal)
        population, codes = Population(), Codes(tmp_path / "codes.json")
        people = [Person(place, codes, population.user("riverside.biller")) for _ in range(5)]
        async with Person(place, codes, newcomer()) as visitor:
            program = Program(place, population.api_clients[0])
            biller, administrator, stranger, reviewer, operator = people
            yield Journey(
                place, population, biller, administrator, stranger, program, tmp_path, reviewer, operator, visitor
            )


async def test_somebody_registers_and_signs_in_for_the_first_time(walk: Journey) -> None:
    assert "10 recovery codes" in await visitor_registers(walk)
    assert "is asked for an organization" in await visitor_signs_in(walk)
