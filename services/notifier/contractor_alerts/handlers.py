"""Tells CMS, from the journal: whatever was not accepted is tried again, also after a crash, also without a database.

One lane for each interruption and recipient, so that messages arrive in order. What happened while a message could
not be delivered goes into the next one: an interruption that is over by then is told once, with both times.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from libs.common.clock import Clock
from libs.common.contracts.notifier import ContractorAlertAccepted
from libs.common.deployment import Deployment
from libs.common.functions import NAMES
from libs.common.mail import MailServer
from libs.common.observability import metrics
from libs.common.observability.logs import log
from libs.common.persistence.journal import Entry, Journal
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.web.formats import moment
from services.notifier.contractor_alerts import repository
from services.notifier.contractor_alerts.domain import (
    GIVE_UP_AFTER,
    Change,
    Delivery,
    Facts,
    Letter,
    Outcome,
    compose,
    duration_in_words,
    message_id,
    pause_after,
)
from services.notifier.health.domain import FaultDomain


@dataclass
class _Lane:
    interruption_id: UUID
    channel: str
    recipient: str
    pending: list[Change] = field(default_factory=list)
    attempts: dict[int, int] = field(default_factory=dict)
    told_before: bool = False
    news: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None


def channels(deployment: Deployment) -> dict[str, str]:
    """The recipients of alerts by the name of their channel."""
    return {f"smtp-{n}": address for n, address in enumerate(deployment.contractor_alerts.recipients, 1)}


class Alerts:
    """Delivers alerts. `delivered` is called with each attempt after it is in the journal.

    `domains` tell the cause of an interruption; `working` gives the names of the functions that work now.
    """

    def __init__(
        self,
        deployment: Deployment,
        mailbox: MailServer,
        domains: Mapping[str, FaultDomain],
        journal: Journal,
        clock: Clock,
        *,
        working: Callable[[], Sequence[str]],
        delivered: Callable[[Delivery], None],
    ) -> None:
        self._deployment = deployment
        self._mailbox = mailbox
        self._domains = domains
        self._journal = journal
        self._clock = clock
        self._working = working
        self._delivered = delivered
        self._lanes: dict[tuple[UUID, str], _Lane] = {}

    @property
    def waiting(self) -> frozenset[UUID]:
        """Interruptions of which CMS has still to be told something."""
        return frozenset(lane.interruption_id for lane in self._lanes.values() if lane.pending)

    def restore(self, changes: Iterable[Change], entries: Iterable[Entry]) -> list[Delivery]:
        """Take up what the journal has; the attempts in it. Nothing is sent before `resume`."""
        deliveries = [each for each in map(repository.from_entry, entries) if each is not None]
        for change in changes:
            for lane in self._lanes_of(change):
                lane.pending.append(change)
        for each in deliveries:
            if (each.interruption_id, each.channel) not in self._lanes:
                continue
            lane = self._lanes[each.interruption_id, each.channel]
            lane.attempts[each.sequence] = each.attempt
            if each.final:
                lane.told_before = lane.told_before or each.outcome == "accepted"
                lane.pending = [change for change in lane.pending if change.interruption.sequence > each.sequence]
        return deliveries

    def resume(self) -> None:
        """Deliver what is waiting."""
        for lane in self._lanes.values():
            self._start(lane)

    def enqueue(self, change: Change) -> None:
        """Tell CMS of `change`, which is in the journal."""
        for lane in self._lanes_of(change):
            lane.pending.append(change)
            lane.news.set()
            self._start(lane)

    async def stop(self) -> None:
        """Stop; what was not accepted stays in the journal."""
        tasks = [lane.task for lane in self._lanes.values() if lane.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._mailbox.close()

    def _lanes_of(self, change: Change) -> list[_Lane]:
        interruption_id = change.interruption.interruption_id
        return [
            self._lanes.setdefault((interruption_id, channel), _Lane(interruption_id, channel, recipient))
            for channel, recipient in channels(self._deployment).items()
        ]

    def _start(self, lane: _Lane) -> None:
        if lane.pending and (lane.task is None or lane.task.done()):
            lane.task = asyncio.create_task(self._deliver(lane))

    async def _deliver(self, lane: _Lane) -> None:
        while lane.pending:
            lane.news.clear()
            change = lane.pending[-1]
            sequence = change.interruption.sequence
            try:
                outcome = await self._attempt(lane, change)
            except Exception:  # noqa: BLE001 - CMS must be told even if this attempt broke in a new way
                log.exception("an alert could not be tried", interruption_id=str(lane.interruption_id))
                outcome = "temporary"
            if outcome == "temporary":
                pause = pause_after(max(lane.attempts.get(sequence, 1), 1))
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(lane.news.wait(), pause.total_seconds())
            else:
                lane.pending = [each for each in lane.pending if each.interruption.sequence > sequence]

    async def _attempt(self, lane: _Lane, change: Change) -> Outcome:
        sequence = change.interruption.sequence
        mail_id = message_id(lane.interruption_id, sequence, lane.channel, self._deployment.contractor_alerts.sender)
        letter = self._letter(change, lane)
        receipt = await self._mailbox.send(lane.recipient, mail_id, subject=letter.subject, text=letter.text)
        now = self._clock.now()
        outcome: Outcome = receipt.outcome
        if outcome == "temporary" and now - change.at > GIVE_UP_AFTER:
            outcome = "expired"
        lane.attempts[sequence] = lane.attempts.get(sequence, 0) + 1
        delivery = Delivery(
            lane.interruption_id, sequence, lane.channel, lane.attempts[sequence], outcome, receipt.code, mail_id, now
        )
        try:
            await self._journal.append(repository.to_entry(delivery))
        except OSError as error:
            log.error("the journal refuses", error_class=type(error).__name__)
        log.info(
            f"contractor alert {outcome}",
            interruption_id=str(lane.interruption_id),
            sequence=sequence,
            attempts=delivery.attempt,
            code=receipt.code,
        )
        if outcome == "accepted":
            lane.told_before = True
            metrics.ALERT_ACCEPT_SECONDS.observe((now - change.at).total_seconds())
        self._delivered(delivery)
        return outcome

    def _letter(self, change: Change, lane: _Lane) -> Letter:
        after = change.interruption
        help_desk = self._deployment.help_desk
        domain = self._domains.get(after.fault_domain)
        return compose(
            Facts(
                kind=change.kind,
                contract_id=self._deployment.contract_id,
                contractor=self._deployment.contractor,
                jurisdiction=self._deployment.jurisdiction,
                interruption_id=after.interruption_id,
                functions=[NAMES[code] for code in after.functions],
                working=self._working(),
                started=self._time(after.started_at),
                detected=self._time(after.detected_at),
                told_before=lane.told_before,
                ended=self._time(after.ended_at) if after.ended_at else "",
                duration=duration_in_words(after.ended_at - after.started_at) if after.ended_at else "",
                retracted=self._time(after.retracted_at) if after.retracted_at else "",
                cause=domain.cause(over=after.ended_at is not None) if domain else "",
                workaround=(domain and domain.workaround)
                or f"Call the help desk: {help_desk.phone}, {help_desk.hours}.",
                contact=f"{self._deployment.contractor}, help desk: {help_desk.phone}, {help_desk.email}",
            )
        )

    def _time(self, at: datetime) -> str:
        return f"{moment(at, self._deployment.zone)} ({at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC)"


async def record_queued(work: UnitOfWork, change: Change) -> None:
    """Let the rows follow: CMS is to be told of `change`."""
    deployment = work.runtime.deployment
    after = change.interruption
    await repository.record_queued(
        work,
        after.interruption_id,
        after.sequence,
        change.at,
        [
            (each, message_id(after.interruption_id, after.sequence, each, deployment.contractor_alerts.sender))
            for each in channels(deployment)
        ],
    )


async def record_delivery(work: UnitOfWork, delivery: Delivery) -> None:
    """Let rows and events follow an attempt of the journal, once however often it is asked."""
    if await repository.record(work, delivery) and delivery.outcome == "accepted":
        work.append(
            ContractorAlertAccepted(
                interruption_id=delivery.interruption_id,
                sequence=delivery.sequence,
                message_id=delivery.message_id,
                accepted_at=delivery.at,
            )
        )
