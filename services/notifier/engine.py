"""The interruption engine: watch, decide, write the journal, show the banner, tell CMS; rows and events follow.

Everything before "rows and events" needs neither database nor broker. One engine runs for a journal: a second process
waits for the first to end. It is at the service's root, beside `app.py`, because it drives several features.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Mapping, Sequence
from typing import NoReturn

from libs.common.clock import Clock
from libs.common.deployment import Deployment
from libs.common.mail import MailServer
from libs.common.observability.logs import log
from libs.common.persistence.journal import Journal
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.runtime import Runtime
from libs.common.settings import Settings
from services.notifier.banners import handlers as banners
from services.notifier.banners import repository as banner_rows
from services.notifier.contractor_alerts import handlers as alerts
from services.notifier.contractor_alerts.domain import Delivery
from services.notifier.health.domain import Condition, FaultDomain
from services.notifier.health.handlers import Watch
from services.notifier.health.partner import Probe
from services.notifier.interruptions import handlers as interruptions
from services.notifier.interruptions import repository as interruption_rows
from services.notifier.interruptions.domain import Change
from services.notifier.settings import WatchSettings

_TICK_SECONDS = 1.0
_RECORD_SECONDS = 5.0
_RETRY_SECONDS = 1.0
_BATCH = 100
_JOURNAL_ENTRIES = 1000


class Engine:
    """Watches `domains` by `probes`. Without a runtime (a bench, a test) rows and events do not follow."""

    def __init__(
        self,
        domains: Mapping[str, FaultDomain],
        probes: Mapping[str, Probe],
        *,
        deployment: Deployment,
        settings: Settings,
        watch_settings: WatchSettings,
        clock: Clock,
    ) -> None:
        self._clock = clock
        self._deployment = deployment
        self._settings = settings
        self._journal = Journal(settings.state_directory / "journal" / "notifier.jsonl")
        self._watch = Watch(domains, probes, clock, watch_settings)
        self._interruptions = interruptions.Interruptions(
            deployment.contract_id, domains, self._journal, clock, watch_settings.rules()
        )
        self._banners = banners.Banners(deployment, settings, domains, clock)
        self._alerts = alerts.Alerts(
            deployment,
            MailServer(settings.mailbox_smtp, deployment.contractor_alerts.sender),
            domains,
            self._journal,
            clock,
            working=self._working,
            delivered=self._to_record,
        )
        self._unrecorded: deque[Change | Delivery] = deque()
        self._record_now = asyncio.Event()
        self._degraded: frozenset[str] = frozenset()
        self._told = False

    async def run(self, runtime: Runtime | None = None) -> None:
        """Watch until canceled."""
        await self._journal.hold()
        try:
            self._restore()
            async with asyncio.TaskGroup() as group:
                group.create_task(self._watch.run())
                group.create_task(self._act())
                if runtime is not None:
                    group.create_task(self._record(runtime))
        finally:
            await self._alerts.stop()
            self._journal.close()

    def _restore(self) -> None:
        entries = self._journal.load()
        changes = self._interruptions.restore(entries)
        deliveries = self._alerts.restore(changes, entries)
        for name, interruption in self._interruptions.open.items():
            self._watch.believe_down(name, interruption.started_at)
        self._unrecorded.extend([*changes, *deliveries])
        self._alerts.resume()

    async def _act(self) -> NoReturn:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._watch.changed.wait(), _TICK_SECONDS)
            self._watch.changed.clear()
            if not self._watch.looked_everywhere:
                continue
            try:
                changes = await self._interruptions.follow(self._watch.health)
                await self._tell(changes)
            except Exception:  # noqa: BLE001 - the next tick decides again from what is known
                log.exception("the engine could not act")

    async def _tell(self, changes: Sequence[Change]) -> None:
        """The banner first: it takes milliseconds. CMS next. Rows when there is a database."""
        unseen = {name for name, each in self._watch.health.items() if each.condition is Condition.UNKNOWN}
        open_now = list(self._interruptions.open.values())
        if await self._banners.show(open_now, unseen, self._degraded):
            self._told = False
            self._record_now.set()
        for change in changes:
            self._alerts.enqueue(change)
            self._to_record(change)

    def _working(self) -> list[str]:
        down = {code for each in self._interruptions.open.values() for code in each.functions}
        return [each.name for each in self._deployment.functions if each.code not in down]

    def _to_record(self, fact: Change | Delivery) -> None:
        self._unrecorded.append(fact)
        self._record_now.set()

    async def _record(self, runtime: Runtime) -> NoReturn:
        """Let rows and events follow the journal, in its order, as soon as the database answers."""
        adopted = False
        while True:
            self._record_now.clear()
            try:
                if not adopted:
                    await self._adopt(runtime)
                    adopted = True
                while self._unrecorded:
                    await self._record_some(runtime)
                await self._exchange(runtime)
                await self._shorten_journal()
            except Exception as error:  # noqa: BLE001 - the journal has it all; the database will answer again
                log.warning("the record waits", error_class=type(error).__name__, count=len(self._unrecorded))
                await asyncio.sleep(_RETRY_SECONDS)
                continue
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._record_now.wait(), _RECORD_SECONDS)

    async def _adopt(self, runtime: Runtime) -> None:
        async with runtime.database.work(runtime) as work:
            recorded = await interruption_rows.open_interruptions(work, self._deployment.contract_id)
            await banners.schedule_republishing(work)
        changes = await self._interruptions.adopt(recorded)
        # Before all else: the rows allow one open interruption for each fault domain.
        self._unrecorded.extendleft(reversed(changes))
        for change in changes:
            self._alerts.enqueue(change)

    async def _record_some(self, runtime: Runtime) -> None:
        facts = list(self._unrecorded)[:_BATCH]
        async with runtime.database.work(runtime) as work:
            for fact in facts:
                await self._record_one(work, fact)
        for _ in facts:
            self._unrecorded.popleft()

    async def _record_one(self, work: UnitOfWork, fact: Change | Delivery) -> None:
        if isinstance(fact, Change):
            await interruptions.record_change(work, self._deployment.contract_id, fact)
            await alerts.record_queued(work, fact)
        else:
            await alerts.record_delivery(work, fact)

    async def _exchange(self, runtime: Runtime) -> None:
        """Publish the state if it is new, and look for what only the database knows."""
        situation = self._banners.situation
        async with runtime.database.work(runtime) as work:
            self._degraded = await banner_rows.degraded_functions(work)
            false_alarms = await interruption_rows.requested_retractions(work)
            if not self._told and situation.functions:
                await banners.publish_state(work, situation)
        self._told = bool(situation.functions) and situation == self._banners.situation
        for interruption in false_alarms:
            await self._tell(await self._interruptions.retract(interruption))

    async def _shorten_journal(self) -> None:
        """Drop what the rows have and nobody waits for, once it is long."""
        if self._unrecorded or self._journal.entries < _JOURNAL_ENTRIES:
            return
        wanted = {each.interruption_id for each in self._interruptions.open.values()} | self._alerts.waiting
        # What to drop, not what to keep: an interruption that opens this moment is not in either set.
        await self._journal.forget({str(each) for each in self._interruptions.known - wanted})
