"""The QIC beside a test: the simulator itself, over HTTPS, that can be stopped and started on what it wrote down."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from deploy.local.portal import free_port_base
from deploy.local.probes import tcp
from libs.common.clock import Clock
from libs.common.settings import QIC, Settings
from libs.partners.qic import Case
from services.appeals.settings import appeals_settings
from simulators.qic.cases import Cases
from simulators.qic.server import Behavior, State, door
from simulators.serving import install_trust, serve_http
from tools.walk.place import until

DECIDES_AFTER = 60.0
"""Seconds by the clock of the test."""


@dataclass
class RunningQic:
    """The QIC while it runs: how it behaves, what came to it."""

    settings: Settings
    clock: Clock
    port: int
    state: State = field(default_factory=State)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    serving: asyncio.Task[None] | None = None
    cases: Cases | None = None

    @property
    def known(self) -> dict[str, Case]:
        """What it has taken, by the case's id."""
        kept = self.opened()
        try:
            return kept.all()
        finally:
            kept.close()

    def opened(self) -> Cases:
        """What it wrote down."""
        directory = self.settings.state_directory / "qic"
        return Cases(directory, self.clock, seed=1, decide_seconds=DECIDES_AFTER)

    def behave(self, **behavior: Any) -> None:
        """From now on answer like this."""
        self.state.behavior = Behavior(**behavior)

    async def start(self) -> None:
        """Serve, from what was written down before."""
        files = install_trust("qic", self.settings.state_directory, self.clock)
        self.stopping, self.cases = asyncio.Event(), self.opened()
        application = door(self.cases, self.state)
        self.serving = asyncio.create_task(serve_http(application, self.port, self.stopping, certificates=files))
        await until(self._listens, within=10, waiting_for="the QIC")

    async def stop(self) -> None:
        """Be gone, as after a kill: what was answered is on the disk."""
        if self.serving is not None and self.cases is not None:
            self.stopping.set()
            await self.serving
            self.cases.close()
            self.serving = self.cases = None

    async def _listens(self) -> bool:
        try:
            return await tcp(self.port)()
        except OSError:
            return False


@asynccontextmanager
async def qic_serving(settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[RunningQic]:
    """A QIC on a port of its own, known to the appeals service of `settings`."""
    async with free_port_base() as base:
        monkeypatch.setenv("PORTICO_APPEALS_QIC_ADDRESS", f"https://localhost:{base + QIC}")
        monkeypatch.setenv("PORTICO_APPEALS_QIC_SECONDS", "60")
        appeals_settings.cache_clear()
        qic = RunningQic(settings, clock, base + QIC)
        await qic.start()
        try:
            yield qic
        finally:
            await qic.stop()
            appeals_settings.cache_clear()
