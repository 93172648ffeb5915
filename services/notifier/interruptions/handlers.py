"""Keeps the interruptions: decides what changed, and has it in the journal before anybody acts on it."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from libs.common.clock import Clock
from libs.common.contracts.base import Contract
from libs.common.contracts.notifier import (
    InterruptionClosed,
    InterruptionOpened,
    InterruptionRetracted,
    InterruptionUpdated,
)
from libs.common.observability import metrics
from libs.common.observability.logs import log
from libs.common.persistence.journal import Entry, Journal
from libs.common.persistence.unit_of_work import UnitOfWork
from services.notifier.health.domain import FaultDomain, Health, Rules
from services.notifier.interruptions import repository
from services.notifier.interruptions.domain import Change, Interruption, decide, retracted, superseded


class Interruptions:
    """All open interruptions of one contract, by fault domain. Restored from the journal, written there first."""

    def __init__(
        self, contract_id: str, domains: Mapping[str, FaultDomain], journal: Journal, clock: Clock, rules: Rules
    ) -> None:
        self.open: dict[str, Interruption] = {}
        self.known: set[UUID] = set()
        self._alone = asyncio.Lock()
        self._contract_id = contract_id
        self._domains = domains
        self._journal = journal
        self._clock = clock
        self._rules = rules
        self._retracted: set[UUID] = set()

    def restore(self, entries: Iterable[Entry]) -> list[Change]:
        """Take up what the journal has; its changes, oldest first."""
        changes = [change for change in map(repository.from_entry, entries) if change is not None]
        for change in changes:
            self._apply(change)
        return changes

    async def follow(self, health: Mapping[str, Health]) -> list[Change]:
        """Open, update and close what `health` says; the changes, already in the journal."""
        async with self._alone:
            now = self._clock.now()
            flapping = [name for name, each in health.items() if each.flapping(now, self._rules)]
            return await self._write(decide(self._contract_id, self._domains, health, self.open, flapping, now))

    async def adopt(self, recorded: Iterable[Interruption]) -> list[Change]:
        """Take up open interruptions that the rows have and the journal lost; the changes that this makes.

        One whose fault domain has another open interruption by now, or is watched no more, is closed.
        """
        async with self._alone:
            now = self._clock.now()
            unwatched = [each for name, each in self.open.items() if name not in self._domains]
            changes = await self._write([superseded(each, now) for each in unwatched])
            for each in recorded:
                if each.interruption_id in self.known:
                    continue
                if each.fault_domain in self._domains and each.fault_domain not in self.open:
                    changes += await self._write([Change("updated", now, replace(each, sequence=each.sequence + 1))])
                else:
                    changes += await self._write([superseded(each, now)])
            return changes

    async def retract(self, interruption: Interruption) -> list[Change]:
        """Take a closed interruption back as a false alarm."""
        async with self._alone:
            change = retracted(interruption, self._clock.now())
            if change is None or interruption.interruption_id in self._retracted:
                return []
            return await self._write([change])

    async def _write(self, changes: list[Change]) -> list[Change]:
        for change in changes:
            after = change.interruption
            interruption_id = str(after.interruption_id)
            try:
                await self._journal.append(repository.to_entry(change))
            except OSError as error:
                # Without a disk there is no proof for later, but people must still be told now.
                log.error("the journal refuses", interruption_id=interruption_id, error_class=type(error).__name__)
            self._apply(change)
            log.warning(
                f"interruption {change.kind}",
                interruption_id=interruption_id,
                sequence=after.sequence,
                fault_domain=after.fault_domain,
            )
            if change.kind == "opened":
                metrics.INTERRUPTION_DETECT_SECONDS.observe((after.detected_at - after.started_at).total_seconds())
        return changes

    def _apply(self, change: Change) -> None:
        after = change.interruption
        self.known.add(after.interruption_id)
        if after.state == "open":
            self.open[after.fault_domain] = after
        elif (present := self.open.get(after.fault_domain)) and present.interruption_id == after.interruption_id:
            del self.open[after.fault_domain]
        if after.state == "retracted":
            self._retracted.add(after.interruption_id)


async def record_change(work: UnitOfWork, contract_id: str, change: Change) -> None:
    """Let rows and events follow a change of the journal, once however often it is asked."""
    if await repository.record(work, contract_id, change):
        work.append(_event(contract_id, change))


def _event(contract_id: str, change: Change) -> Contract:
    after = change.interruption
    if change.kind == "opened":
        return InterruptionOpened(
            interruption_id=after.interruption_id,
            contract_id=contract_id,
            fault_domain=after.fault_domain,
            functions=after.functions,
            started_at=after.started_at,
            detected_at=after.detected_at,
        )
    if change.kind == "updated":
        return InterruptionUpdated(
            interruption_id=after.interruption_id, functions=after.functions, sequence=after.sequence
        )
    if change.kind == "closed":
        return InterruptionClosed(
            interruption_id=after.interruption_id, sequence=after.sequence, ended_at=_told(after.ended_at)
        )
    return InterruptionRetracted(
        interruption_id=after.interruption_id, sequence=after.sequence, retracted_at=_told(after.retracted_at)
    )


def _told(at: datetime | None) -> datetime:
    if at is None:
        raise ValueError("an interruption that ended has a time of its end")
    return at
