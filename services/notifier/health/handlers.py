"""Probes every fault domain in turn and keeps what is known of each; tells who listens when something changed."""

import asyncio
import contextlib
import random
from collections.abc import Mapping
from datetime import datetime
from typing import NoReturn

import httpx

from libs.common.clock import Clock
from libs.common.observability import metrics
from libs.common.observability.logs import log
from services.notifier.health.domain import Condition, FaultDomain, Health, Result, known_down, observe
from services.notifier.health.partner import Canary, NotKnownError, Probe
from services.notifier.settings import WatchSettings

_STATE = {Condition.UP: 1, Condition.SUSPECT: 1, Condition.UNKNOWN: -1}


class Watch:
    """Watches `domains`, each by its probe. `health` is what is known now; `changed` is set when that changes."""

    def __init__(
        self, domains: Mapping[str, FaultDomain], probes: Mapping[str, Probe], clock: Clock, settings: WatchSettings
    ) -> None:
        self.health: dict[str, Health] = {name: Health() for name in domains}
        self.changed = asyncio.Event()
        self._domains = domains
        self._probes = probes
        self._clock = clock
        self._settings = settings
        self._rules = settings.rules()
        self._at_once = {name: asyncio.Event() for name in domains}
        self._canary = Canary()
        self._looked: set[str] = set()

    @property
    def looked_everywhere(self) -> bool:
        """Whether every domain was probed at least once: before that, nothing is worth telling."""
        return len(self._looked) == len(self._domains)

    def believe_down(self, name: str, since: datetime) -> None:
        """Start from an interruption that was open before this monitor started."""
        if name in self.health:
            self.health[name] = known_down(since)

    async def run(self) -> NoReturn:
        """Watch until canceled."""
        async with self._canary:
            await asyncio.gather(*(self._follow(name) for name in self._domains))
        raise AssertionError("a watch ends only by being canceled")

    async def _follow(self, name: str) -> None:
        loop = asyncio.get_running_loop()
        while True:
            started = loop.time()
            try:
                result, refused = await self._look(name)
                self._take_in(name, result)
            except Exception:  # noqa: BLE001 - whatever happens to one probe, the watch goes on
                log.exception("a probe could not be judged", fault_domain=name)
                refused = False
            pause = self._pause(name, refused=refused) - (loop.time() - started)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._at_once[name].wait(), max(pause, 0.0))
            self._at_once[name].clear()

    async def _look(self, name: str) -> tuple[Result, bool]:
        partner = bool(self._domains[name].partner_of)
        try:
            async with asyncio.timeout(self._settings.partner_timeout if partner else self._settings.timeout):
                await self._probes[name]()
        except NotKnownError:
            return Result.BLIND, False
        except Exception as error:  # noqa: BLE001 - every way of not answering is a failure of what was asked
            if partner and isinstance(error, TimeoutError):
                return Result.BLIND, False  # the service that talks to it did not answer; its own probe tells of that
            refused = isinstance(error, ConnectionRefusedError | httpx.ConnectError)
            return (Result.FAILED if await self._see_ourselves() else Result.BLIND), refused
        return Result.OK, False

    async def _see_ourselves(self) -> bool:
        try:
            async with asyncio.timeout(self._settings.timeout):
                await self._canary()
        except (OSError, TimeoutError, EOFError):
            return False
        return True

    def _take_in(self, name: str, result: Result) -> None:
        now = self._clock.now()
        before = self.health[name]
        after, events = observe(before, result, now, self._rules)
        self.health[name] = after
        self._looked.add(name)
        metrics.PROBE_STATE.labels(fault_domain=name).set(_STATE.get(after.condition, 0))
        for event in events:
            log.info("health changed", fault_domain=name, kind=type(event).__name__)
        if before.failures == 0 and after.failures == 1:
            # A service that fails alone is one thing, all of them by a common cause another: ask the causes now.
            for parent in self._domains[name].parents:
                self._at_once[parent].set()
        if events or before.condition is not after.condition:
            self.changed.set()

    def _pause(self, name: str, *, refused: bool) -> float:
        settings, health = self._settings, self.health[name]
        # Nobody waits for the state of a partner that nobody can tell of: its service is away, or does not know it.
        unheard_of = bool(self._domains[name].partner_of) and health.condition is Condition.UNKNOWN and not health.down
        if health.condition is Condition.UP or (unheard_of and not health.failures):
            return settings.interval * random.uniform(0.8, 1.0)
        if refused and health.condition is Condition.SUSPECT:
            return settings.refused_interval
        return settings.suspect_interval
