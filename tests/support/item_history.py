"""The eligibility service under the DME contract, with the item history beside it: the simulator itself, over HTTPS."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import httpx
import pytest

from deploy.local.portal import free_port_base
from libs.common.clock import SetClock
from libs.common.deployment import load_deployment
from libs.common.settings import ITEM_HISTORY, Settings
from services.eligibility.settings import eligibility_settings
from simulators.item_history.history import History
from simulators.item_history.server import Behavior, State, door
from simulators.population import DEFAULT_SEED, Beneficiary, Population
from simulators.serving import install_trust, serve_http
from tests.support.applications import BILLER, OTHER_BILLER, Application, Someone, application
from tests.support.eligibility import EligibilityService, Hets, listens, wait_for_partner
from tests.support.platform import CloneSettings
from tests.support.portico import DME_CONTRACT, MORNING
from tools.walk.place import until

POPULATION = Population()
HISTORY = History(DEFAULT_SEED)
US = Someone("supplier", npi=HISTORY.suppliers[0].npi)
"""A biller of the supplier that the stories know as ours."""


def patient_of(story: str) -> Beneficiary:
    """The patient whose story's title begins so."""
    [found] = [person for person, each in HISTORY.patients.values() if each.title.startswith(story)]
    return found


def typed(patient: Beneficiary, procedure: str, modifiers: str = "", **changes: str) -> dict[str, str]:
    """The form as a clerk fills it in."""
    return {
        "procedure": procedure,
        "modifiers": modifiers,
        "mbi": patient.mbi,
        "last_name": patient.last_name,
        "birth_date": f"{patient.birth_date:%m/%d/%Y}",
        **changes,
    }


@dataclass
class RunningItemHistory:
    """The item history while it runs: how it behaves, how much it answered; it can be stopped."""

    monkeypatch: pytest.MonkeyPatch
    state: State = field(default_factory=State)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    serving: asyncio.Task[None] | None = None

    def behave(self, **behavior: Any) -> None:
        wait_for_partner(self.monkeypatch, "ITEM_HISTORY_SECONDS", held=behavior.get("hold", False))
        self.state.behavior = Behavior(**behavior)

    async def stop(self) -> None:
        self.stopping.set()
        if self.serving is not None:
            await self.serving


@asynccontextmanager
async def item_history_serving(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[RunningItemHistory]:
    """The item history on a port of its own, trusted by the service of `settings`."""
    async with free_port_base() as base:
        port = base + ITEM_HISTORY
        monkeypatch.setenv("PORTICO_ELIGIBILITY_ITEM_HISTORY_ADDRESS", f"https://localhost:{port}")
        wait_for_partner(monkeypatch, "ITEM_HISTORY_SECONDS", held=False)
        files = install_trust("item-history", settings.state_directory, SetClock(MORNING))
        running = RunningItemHistory(monkeypatch)
        served = door(HISTORY, running.state, lambda: MORNING)
        running.serving = asyncio.create_task(serve_http(served, port, running.stopping, certificates=files))
        await until(lambda: listens(port), within=10, waiting_for="the item history")
        try:
            yield running
        finally:
            await running.stop()
            eligibility_settings.cache_clear()


@dataclass
class DmeService:
    """The service under the DME contract, our supplier and two offices, and the item history."""

    app: Application
    history: RunningItemHistory
    page: str

    @cached_property
    def today(self) -> date:
        """The day of the test."""
        return MORNING.date()

    async def ask(self, who: Someone = US, *, key: str = "key-000001", **fields: str) -> httpx.Response:
        """Send the form of the page."""
        body = {"csrf": who.csrf, "enrollment": str(who.enrollment_id), "idempotency_key": key, **fields}
        return await self.app.call("POST", f"{self.page}/checks", who, data=body)

    async def answered(self, who: Someone = US, *, key: str = "key-000001", **fields: str) -> httpx.Response:
        """The page that the form leads to."""
        sent = await self.ask(who, key=key, **fields)
        assert sent.status_code == 303, sent.text
        return await self.app.call("GET", sent.headers["location"], who)

    async def program(self, body: dict[str, Any], who: Someone = US, *, key: str = "key-000001") -> httpx.Response:
        """Ask as a program does."""
        return await self.app.call("POST", f"/api{self.page}", who, json=body, headers={"idempotency-key": key})

    @property
    def eligibility(self) -> EligibilityService:
        """The same service for what is read past row security."""
        return EligibilityService(self.app, Hets(None, None, None, None))  # type: ignore[arg-type] # HETS is not asked


@asynccontextmanager
async def dme_service(settings: CloneSettings, monkeypatch: pytest.MonkeyPatch, page: str) -> AsyncIterator[DmeService]:
    """The eligibility service under the DME contract, and the item history."""
    async with (
        application("eligibility", settings, load_deployment(DME_CONTRACT)) as app,
        item_history_serving(settings, monkeypatch) as history,
    ):
        await app.admit(US, BILLER, OTHER_BILLER)
        yield DmeService(app, history, page)
