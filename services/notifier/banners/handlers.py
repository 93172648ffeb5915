"""Puts what is known into words and in front of people: the gateway's banner, the local file, the state topic."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from libs.common.clock import Clock
from libs.common.contracts.envelope import Received
from libs.common.contracts.notifier import FunctionState as PublishedState
from libs.common.contracts.notifier import PortalState
from libs.common.contracts.ops import FunctionPerformance
from libs.common.deployment import Deployment
from libs.common.edge_banner import Banner, publish_banner
from libs.common.messaging.subscriptions import Due
from libs.common.observability.logs import log
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.settings import Settings
from libs.common.web.formats import moment
from libs.common.web.formats import since as time_in_words
from services.notifier.banners import repository
from services.notifier.banners.domain import Interruption, Situation, function_states, sentence
from services.notifier.health.domain import FaultDomain

REPUBLISH = "republish-portal-state"
_REPUBLISH_EVERY = timedelta(days=1)


class Banners:
    """Keeps the gateway's banner and the local file at what is known; `situation` is what was told last."""

    def __init__(
        self, deployment: Deployment, settings: Settings, domains: Mapping[str, FaultDomain], clock: Clock
    ) -> None:
        self._deployment = deployment
        self._domains = domains
        self._clock = clock
        self._settings = settings
        self.situation = repository.kept(settings) or Situation(())
        self._shown: tuple[Banner | None] | None = None

    async def show(
        self, interruptions: Sequence[Interruption], unseen: Collection[str], degraded: Collection[str]
    ) -> bool:
        """Tell what is so now. Whether that was anything new. A disk that refuses is asked again the next time."""
        before = {each.code: each for each in self.situation.functions}
        states = function_states(self._deployment.functions, interruptions, unseen, degraded, before, self._clock.now())
        since = min((each.started_at for each in interruptions), default=None)
        text = None
        if since is not None:
            down = [each.name for each in states if each.condition == "not-available"]
            words = time_in_words(self._shown_at(since), self._clock.business(), self._deployment.zone)
            text = sentence(down, words, others=len(down) < len(states), cause=self._cause(interruptions))
        situation = Situation(states, text, since)
        new = situation != self.situation
        try:
            await self._publish(situation)
            if new:
                await asyncio.to_thread(repository.keep, self._settings, situation)
        except OSError as error:
            log.error("the banner could not be written", error_class=type(error).__name__)
            return False
        self.situation = situation
        return new

    def _shown_at(self, since: datetime) -> datetime:
        """A real moment by the clock of all pages."""
        return since + self._clock.offset()

    def _cause(self, interruptions: Sequence[Interruption]) -> str:
        """Why, where it is one partner that everybody knows; what fails inside the portal is nobody's help."""
        failed = {each.fault_domain for each in interruptions}
        domain = self._domains.get(failed.pop()) if len(failed) == 1 else None
        return domain.cause(over=False) if domain is not None and domain.partner_of else ""

    async def _publish(self, situation: Situation) -> None:
        banner = None
        if situation.banner is not None and situation.banner_since is not None:
            since = situation.banner_since
            words = moment(self._shown_at(since), self._deployment.zone)
            banner = Banner(situation.banner, situation.down, words, started_at=since.isoformat())
        if self._shown != (banner,):
            await asyncio.to_thread(publish_banner, self._settings.state_directory / "envoy", banner)
            self._shown = (banner,)


async def publish_state(work: UnitOfWork, situation: Situation) -> None:
    """Put the whole state into its topic, as the newest version of it."""
    contract_id = work.runtime.deployment.contract_id
    generation, version = await repository.tell(work, contract_id, situation)
    work.append(
        PortalState(
            contract_id=contract_id,
            generation=generation,
            version=version,
            banner=situation.banner,
            banner_since=situation.banner_since,
            functions=tuple(
                PublishedState(code=each.code, name=each.name, condition=each.condition, since=each.since)
                for each in situation.functions
            ),
        )
    )


async def schedule_republishing(work: UnitOfWork) -> None:
    """Ask for the next daily republishing."""
    await work.schedule(REPUBLISH, work.runtime.deployment.contract_id, work.now + _REPUBLISH_EVERY)


async def republish(work: UnitOfWork, due: Due) -> None:
    """Timer: publish the last told state once more, which repairs every copy, and ask for tomorrow's."""
    situation = await repository.last_told(work, due.subject)
    if situation is not None:
        await publish_state(work, situation)
    await schedule_republishing(work)


async def note_performance(work: UnitOfWork, events: Sequence[Received[FunctionPerformance]]) -> None:
    """Remember which functions are degraded."""
    for each in events:
        await repository.keep_performance(work, each.event.function, each.event.at, degraded=each.event.degraded)
