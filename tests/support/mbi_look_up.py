"""The source of Medicare numbers beside a test: the simulator itself, over HTTPS; and the form as a clerk sends it."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from typing import Any

import httpx
import pytest

from deploy.local.portal import free_port_base
from libs.common.clock import Clock, SetClock
from libs.common.settings import MBI_LOOK_UP, Settings
from services.eligibility.look_up.domain import human_check
from services.eligibility.look_up.views import challenge_in
from services.eligibility.settings import eligibility_settings
from simulators.mbi_look_up.people import People
from simulators.mbi_look_up.server import Behavior, State, door
from simulators.population import DEFAULT_SEED, Beneficiary, Population
from simulators.serving import install_client, install_trust, serve_http
from tests.support.applications import BILLER, Application, Someone
from tests.support.eligibility import EligibilityService, listens, wait_for_partner
from tests.support.portico import MORNING
from tools.walk.place import until

LOOK_UP = "/eligibility/look-up"
POPULATION = Population()
PATIENT: Beneficiary = POPULATION.beneficiary(7)
DIED_3, DIED_5, TWICE = (POPULATION.beneficiary(place) for place in (40, 41, 42))


def ssn_of(patient: Beneficiary) -> str:
    """The SSN of a patient."""
    return POPULATION.social_security_number(patient.mbi)


def typed(patient: Beneficiary = PATIENT, **changes: str) -> dict[str, str]:
    """The form as a clerk fills it in, without what the page asks besides."""
    return {
        "first_name": patient.first_name,
        "last_name": patient.last_name,
        "ssn": ssn_of(patient),
        "birth_date": f"{patient.birth_date:%m/%d/%Y}",
        "confirmed": "yes",
        **changes,
    }


@dataclass
class Source:
    """The source while it runs: how it behaves, how much it answered; it can be stopped."""

    monkeypatch: pytest.MonkeyPatch
    state: State
    stopping: asyncio.Event
    serving: asyncio.Task[None]

    def behave(self, **behavior: Any) -> None:
        wait_for_partner(self.monkeypatch, "MBI_LOOK_UP_SECONDS", held=behavior.get("hold", False))
        self.state.behavior = Behavior(**behavior)

    async def stop(self) -> None:
        self.stopping.set()
        await self.serving


@asynccontextmanager
async def source_serving(settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Source]:
    """The source on a port of its own, trusted by the service of `settings`."""
    async with free_port_base() as base:
        port = base + MBI_LOOK_UP
        monkeypatch.setenv("PORTICO_ELIGIBILITY_MBI_LOOK_UP_ADDRESS", f"https://localhost:{port}/look-ups")
        wait_for_partner(monkeypatch, "MBI_LOOK_UP_SECONDS", held=False)
        files = install_trust("mbi-look-up", settings.state_directory, SetClock(MORNING))
        clients = install_client("mbi-look-up", settings.state_directory, SetClock(MORNING))
        state, stop = State(), asyncio.Event()
        application = door(People(DEFAULT_SEED), state, lambda: clock.business().date())
        serving = asyncio.create_task(serve_http(application, port, stop, certificates=files, clients=clients))
        await until(lambda: listens(port), within=10, waiting_for="the source of Medicare numbers")
        try:
            yield Source(monkeypatch, state, stop, serving)
        finally:
            stop.set()
            await serving
            eligibility_settings.cache_clear()


@dataclass
class LookUps:
    """The eligibility service with the source beside it."""

    eligibility: EligibilityService
    source: Source

    @property
    def app(self) -> Application:
        """The application."""
        return self.eligibility.app

    async def rows(self, statement: str) -> Any:
        """What a query of the test finds, past row security."""
        return await self.eligibility.rows(statement)

    async def accept_rules(self, *people: Someone) -> None:
        """Accept the HETS Rules of Behavior."""
        for who in people or (BILLER,):
            page = await self.app.call("GET", f"{LOOK_UP}/rules", who)
            fields = {**hidden(page.text), "accepted": "yes"}
            sent = await self.app.call("POST", f"{LOOK_UP}/rules", who, data=fields)
            assert sent.headers["location"] == LOOK_UP

    async def opened(self, who: Someone = BILLER) -> dict[str, str]:
        """What a form that was just opened carries unseen."""
        return hidden((await self.app.call("GET", LOOK_UP, who)).text)

    def answer(self, form: dict[str, str], who: Someone = BILLER) -> str:
        """The answer to the question of a form."""
        identity = challenge_in(self.app.web, who.user_id, form["challenge"])
        assert identity is not None
        return human_check(identity).answers[0]

    async def send(self, who: Someone = BILLER, form: dict[str, str] | None = None, **fields: str) -> httpx.Response:
        """Open the form unless one is given, answer its question, and send it."""
        carried = form or await self.opened(who)
        answer = {} if "answer" in fields else {"answer": self.answer(carried, who)}
        return await self.app.call("POST", LOOK_UP, who, data={**carried, **typed(), **answer, **fields})


def hidden(page: str) -> dict[str, str]:
    """The unseen fields of the form of a page in its main part."""
    main = page.partition("<main")[2]
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', main)
    return {name: unescape(value) for name, value in fields}


@asynccontextmanager
async def look_ups(portal: EligibilityService, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[LookUps]:
    """The source beside an eligibility service."""
    async with source_serving(portal.app.web.settings, portal.app.clock, monkeypatch) as source:
        yield LookUps(portal, source)
