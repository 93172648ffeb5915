"""The effect loop: a batch of events, one transaction, one commit of offsets.

If a batch fails it is done again event by event. An event that must wait parks its key, so that order survives; a
poisoned one goes to the dead letters and its key is held; anything else is infrastructure and comes again, and if it is
one event alone that fails again and again, that event is parked.
"""

import asyncio
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

from opentelemetry.trace import SpanKind

from libs.common.contracts.envelope import Message, Received, known, open_envelope
from libs.common.crashpoints import crashpoint
from libs.common.errors import NotYet, Poison
from libs.common.ids import derived_id
from libs.common.messaging.breaker import BreakerOpenError, CircuitBreaker
from libs.common.messaging.inbox import Inbox
from libs.common.messaging.parking import Parking, error_name
from libs.common.messaging.ports import Consumer
from libs.common.messaging.subscriptions import Subscription, by_type
from libs.common.observability import metrics
from libs.common.observability.logs import log
from libs.common.observability.traces import span
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.runtime import Runtime

# So often a batch fails for reasons unknown before its events are tried one by one and the failing one is parked.
_PATIENCE = 3
_BACK_OFF_MAX_SECONDS = 10.0


class Worker:
    """Handles what a consumer hands out. `name` is the consumer group and the inbox's consumer."""

    def __init__(
        self, runtime: Runtime, consumer: Consumer, subscriptions: Sequence[Subscription], *, name: str
    ) -> None:
        self._runtime = runtime
        self._consumer = consumer
        self._subscriptions: Mapping[str, Subscription] = by_type(subscriptions)
        self._name = name
        self._inbox = Inbox(name, self._subscriptions)
        self._parking = Parking(runtime, name, self._subscriptions)
        self._breaker = CircuitBreaker()
        self._failures = 0
        self.stopped_by_breaker = False

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set. Infrastructure errors are waited out, never passed over."""
        back_off = 0.2
        retries = asyncio.create_task(self._parking.retry_for_ever(stop))
        try:
            while not stop.is_set():
                try:
                    await self.step()
                    back_off = 0.2
                except BreakerOpenError:
                    self.stopped_by_breaker = True
                    metrics.BREAKER_OPEN.labels(consumer=self._name).set(1)
                    log.error("consumer stopped by its circuit breaker", consumer=self._name)
                    await self._consumer.rewind()
                    await stop.wait()
                except Exception as error:  # noqa: BLE001 - whatever is not typed is infrastructure: wait and retry
                    log.warning("batch failed, will retry", consumer=self._name, error_class=type(error).__name__)
                    await self._consumer.rewind()
                    await asyncio.sleep(back_off)
                    back_off = min(back_off * 2, _BACK_OFF_MAX_SECONDS)
        finally:
            retries.cancel()

    async def step(self) -> int:
        """Handle one batch and commit its offsets; the number of messages it had."""
        messages = await self._consumer.fetch()
        if messages:
            try:
                await self._handle(messages)
            except Exception:
                self._failures += 1
                raise
            self._failures = 0
            await self._consumer.commit()
        return len(messages)

    async def retry_parked(self) -> bool:
        """Try the oldest event of one key that is due. False when no key is due."""
        return await self._parking.retry()

    async def _handle(self, messages: Sequence[Message]) -> None:
        wanted = [message for message in messages if self._wanted(message)]
        if not wanted:
            return
        try:
            events = [open_envelope(message) for message in wanted]
            async with self._runtime.database.work(self._runtime) as work:
                handled = await self._effects(work, events)
                crashpoint("worker.before-commit")
            crashpoint("worker.after-commit")
        except (NotYet, Poison):
            await self._one_by_one(wanted)
        except Exception:
            if self._failures < _PATIENCE:
                raise
            await self._one_by_one(wanted)
        else:
            self._breaker.success(handled)
            metrics.EVENTS_HANDLED.labels(consumer=self._name).inc(handled)

    def _wanted(self, message: Message) -> bool:
        event_type = message.headers.get("ce_type", "")
        if event_type in self._subscriptions:
            return True
        if not known(message):
            metrics.EVENTS_UNKNOWN.labels(consumer=self._name).inc()
        return False

    async def _effects(self, work: UnitOfWork, events: Sequence[Received[Any]]) -> int:
        """Handle what is new, in waves: types together, but an event never before an older one of its key."""
        fresh = await self._inbox.fresh(work, events)
        fresh = await self._parking.queue_behind(work, fresh)
        for batch in _waves(fresh):
            with span(
                f"handle {batch[0].event.type}",
                traceparent=batch[0].origin.traceparent,
                kind=SpanKind.CONSUMER,
                events=len(batch),
            ):
                await self._subscriptions[batch[0].event.type].handler(work, batch)
        await work.flush()
        return len(fresh)

    async def _one_by_one(self, messages: Sequence[Message]) -> None:
        for message in messages:
            await self._single(message)

    async def _single(self, message: Message) -> None:
        try:
            received = open_envelope(message)
        except Poison as error:
            key, event_id = _name_unreadable(message)
            await self._set_aside(message, key, event_id, error)
            return
        try:
            async with self._runtime.database.work(self._runtime) as work:
                await self._effects(work, [received])
        except (NotYet, Poison) as error:
            await self._set_aside(message, received.key, received.event_id, error)
        except Exception as error:
            if self._failures < _PATIENCE:
                raise
            # Not the database, or this could not be written down: one event must not stop all the others for ever.
            waiting = NotYet()
            waiting.__cause__ = error
            await self._set_aside(message, received.key, received.event_id, waiting)
        else:
            self._breaker.success()
            metrics.EVENTS_HANDLED.labels(consumer=self._name).inc()

    async def _set_aside(self, message: Message, key: str, event_id: UUID, error: NotYet | Poison) -> None:
        """Park an event, once. Raises `BreakerOpenError` when that makes one dead letter too many."""
        dead = isinstance(error, Poison)
        error_class = error_name(error)
        event_type = message.headers.get("ce_type", "")
        async with self._runtime.database.work(self._runtime) as work:
            if self._subscriptions[event_type].state:
                # The next record of the key is whole and newer: nothing waits for this one.
                work.forward(self._parking.dead_letter(message, error_class, 1))
            elif not await self._inbox.take_in(work, [event_id]):
                return
            else:
                await self._parking.park(work, message, key, event_id, error_class, attempts=1, dead=dead)
        log.warning("event set aside", consumer=self._name, event_type=event_type, error_class=error_class)
        if dead:
            metrics.DEAD_LETTERS.labels(consumer=self._name).inc()
            self._breaker.failure()


def _name_unreadable(message: Message) -> tuple[str, UUID]:
    """Key and id of an event that cannot be opened: from its headers as far as they go, else from its bytes."""
    try:
        event_id = UUID(message.headers.get("ce_id", ""))
    except ValueError:
        event_id = derived_id("unreadable", message.topic, message.key, sha256(message.payload).hexdigest())
    return message.headers.get("ce_partitionkey") or message.key, event_id


def _waves(events: Sequence[Received[Any]]) -> list[list[Received[Any]]]:
    """Group by type without letting an event pass an older one of the same key."""
    waves: list[dict[str, list[Received[Any]]]] = []
    last: dict[str, tuple[int, str]] = {}
    for each in events:
        wave, event_type = last.get(each.key, (0, each.event.type))
        if event_type != each.event.type:
            wave += 1
        last[each.key] = (wave, each.event.type)
        while len(waves) <= wave:
            waves.append({})
        waves[wave].setdefault(each.event.type, []).append(each)
    return [batch for wave in waves for batch in wave.values()]
