"""The effect loop: a batch of events, one transaction, one commit of offsets.

If a batch fails it is done again event by event. An event that must wait parks its key, so that order survives; a
poisoned one goes to the dead letters and its key is held; anything else is infrastructure and comes again, and if it is
one event alone that fails again and again, that event is parked.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from opentelemetry.trace import SpanKind
from sqlalchemy.dialects.postgresql import ARRAY, insert

from libs.common.contracts.envelope import Message, Received, headers_from_text, headers_to_text, known, open_envelope
from libs.common.crashpoints import crashpoint
from libs.common.errors import NotYet, Poison
from libs.common.ids import derived_id
from libs.common.messaging.ports import Consumer
from libs.common.messaging.subscriptions import Subscription, by_type
from libs.common.messaging.topics import dead_letters
from libs.common.observability import metrics
from libs.common.observability.logs import log
from libs.common.observability.traces import span
from libs.common.persistence.tables import inbox, parked
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.runtime import Runtime

_RETRY_FIRST = timedelta(seconds=1)
_RETRY_MOST = timedelta(minutes=5)
_NOT_YET_ATTEMPTS = 50
_PARKED_POLL_SECONDS = 2.0
# So often a batch fails for reasons unknown before its events are tried one by one and the failing one is parked.
_PATIENCE = 3
_BACK_OFF_MAX_SECONDS = 10.0


class BreakerOpenError(Exception):
    """Too many events in a row were poison: more likely a bad release than bad events. The consumer stops."""


@dataclass
class CircuitBreaker:
    """Opens after `limit` dead letters with no success between, or when they are over half of the last `window`."""

    limit: int = 10
    window: int = 100
    _recent: list[bool] = field(default_factory=list)

    def success(self, count: int = 1) -> None:
        """Events were handled."""
        self._recent = (self._recent + [True] * min(count, self.window))[-self.window :]

    def failure(self) -> None:
        """An event became a dead letter. Raises `BreakerOpenError` when that is one too many."""
        self._recent = [*self._recent, False][-self.window :]
        in_a_row = len(self._recent) - (max((i for i, ok in enumerate(self._recent) if ok), default=-1) + 1)
        too_many = len(self._recent) == self.window and self._recent.count(False) * 2 > self.window
        if in_a_row >= self.limit or too_many:
            raise BreakerOpenError


class Worker:
    """Handles what a consumer hands out. `name` is the consumer group and the inbox's consumer."""

    def __init__(
        self, runtime: Runtime, consumer: Consumer, subscriptions: Sequence[Subscription], *, name: str
    ) -> None:
        self._runtime = runtime
        self._consumer = consumer
        self._subscriptions: Mapping[str, Subscription] = by_type(subscriptions)
        self._name = name
        self._breaker = CircuitBreaker()
        self._failures = 0
        self.stopped_by_breaker = False

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set. Infrastructure errors are waited out, never passed over."""
        back_off = 0.2
        retries = asyncio.create_task(self._retry_parked_for_ever(stop))
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
        fresh = await self._fresh(work, events)
        fresh = await self._queue_behind_parked(work, fresh)
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

    async def _fresh(self, work: UnitOfWork, events: Sequence[Received[Any]]) -> list[Received[Any]]:
        effects = [each.event_id for each in events if not self._subscriptions[each.event.type].state]
        new = await self._take_in(work, effects) if effects else set()
        fresh = []
        for each in events:
            if self._subscriptions[each.event.type].state:
                fresh.append(each)
            elif each.event_id in new:
                new.remove(each.event_id)
                fresh.append(each)
        return fresh

    async def _take_in(self, work: UnitOfWork, event_ids: Sequence[UUID]) -> set[UUID]:
        """Write events into the inbox; those that were not there before."""
        ids = sa.func.unnest(sa.bindparam("ids", event_ids, ARRAY(sa.Uuid)))
        statement = (
            insert(inbox)
            .from_select(["consumer", "event_id"], sa.select(sa.literal(self._name), ids))
            .on_conflict_do_nothing()
            .returning(inbox.c.event_id)
        )
        return set((await work.execute(statement)).scalars())

    async def _queue_behind_parked(self, work: UnitOfWork, events: list[Received[Any]]) -> list[Received[Any]]:
        statement = sa.select(parked.c.partition_key).where(parked.c.consumer == self._name).distinct()
        waiting = set((await work.execute(statement)).scalars())
        if not waiting:
            return events
        behind = [each for each in events if each.key in waiting and not self._subscriptions[each.event.type].state]
        for each in behind:
            self._park(work, each.message, each.key, each.event_id, "Queued")
        parked_now = {id(each) for each in behind}
        return [each for each in events if id(each) not in parked_now]

    def _park(
        self,
        work: UnitOfWork,
        message: Message,
        key: str,
        event_id: UUID,
        error_class: str,
        *,
        attempts: int = 0,
        dead: bool = False,
    ) -> None:
        """Put an event behind what waits of its key; a dead one holds the key and goes to the dead letters too."""
        work.insert(
            parked,
            [
                {
                    "consumer": self._name,
                    "partition_key": key,
                    "event_id": event_id,
                    "topic": message.topic,
                    "headers": headers_to_text(message.headers),
                    "payload": message.payload,
                    "state": "held" if dead else "waiting",
                    "error_class": error_class,
                    "attempts": attempts,
                    "next_at": work.now + _delay(attempts),
                }
            ],
        )
        if dead:
            work.forward(self._dead_letter(message, error_class, attempts))

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
        error_class = type(error.__cause__ or error).__name__
        event_type = message.headers.get("ce_type", "")
        async with self._runtime.database.work(self._runtime) as work:
            if self._subscriptions[event_type].state:
                # The next record of the key is whole and newer: nothing waits for this one.
                work.forward(self._dead_letter(message, error_class, 1))
            elif not await self._take_in(work, [event_id]):
                return
            else:
                self._park(work, message, key, event_id, error_class, attempts=1, dead=dead)
        log.warning("event set aside", consumer=self._name, event_type=event_type, error_class=error_class)
        if dead:
            metrics.DEAD_LETTERS.labels(consumer=self._name).inc()
            self._breaker.failure()

    def _dead_letter(self, message: Message, error_class: str, attempts: int) -> Message:
        """The original bytes and headers; never the text of the exception, which may quote values."""
        headers = {
            **message.headers,
            "dead_letter_topic": message.topic,
            "dead_letter_consumer": self._name,
            "dead_letter_error_class": error_class,
            "dead_letter_attempts": str(attempts),
        }
        return Message(dead_letters(self._runtime.service), message.key, headers, message.payload)

    async def _retry_parked_for_ever(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                while await self.retry_parked():
                    pass
            except Exception as error:  # noqa: BLE001 - as in run
                log.warning("retry of parked keys failed", consumer=self._name, error_class=type(error).__name__)
            await asyncio.sleep(_PARKED_POLL_SECONDS)

    async def retry_parked(self) -> bool:
        """Try the oldest event of one key that is due. False when no key is due."""
        async with self._runtime.database.work(self._runtime) as work:
            head = await self._due_head(work)
        if head is None:
            return False
        message = Message(head.topic, head.partition_key, headers_from_text(head.headers), head.payload)
        try:
            received = open_envelope(message)
            async with self._runtime.database.work(self._runtime) as work:
                gone = await work.execute(sa.delete(parked).where(parked.c.id == head.id).returning(parked.c.id))
                if gone.first() is not None:
                    await self._subscriptions[received.event.type].handler(work, [received])
        except (NotYet, Poison) as error:
            await self._postpone(head.id, message, error, head.attempts + 1)
        except Exception as error:  # noqa: BLE001 - infrastructure: later, and meanwhile the other keys
            log.warning("parked event failed, will retry", consumer=self._name, error_class=type(error).__name__)
            await self._move_back(head.id, head.attempts + 1)
        return True

    async def _move_back(self, row: int, attempts: int) -> None:
        async with self._runtime.database.work(self._runtime) as work:
            await work.execute(sa.update(parked).where(parked.c.id == row).values(next_at=work.now + _delay(attempts)))

    async def _due_head(self, work: UnitOfWork) -> Any:
        first = (
            sa.select(sa.func.min(parked.c.id)).where(parked.c.consumer == self._name).group_by(parked.c.partition_key)
        )
        statement = (
            sa.select(parked)
            .where(parked.c.id.in_(first), parked.c.state == "waiting", parked.c.next_at <= work.now)
            .order_by(parked.c.next_at)
            .limit(1)
        )
        return (await work.execute(statement)).first()

    async def _postpone(self, row: int, message: Message, error: NotYet | Poison, attempts: int) -> None:
        dead = isinstance(error, Poison) or attempts >= _NOT_YET_ATTEMPTS
        error_class = type(error.__cause__ or error).__name__
        async with self._runtime.database.work(self._runtime) as work:
            moved = await work.execute(
                sa.update(parked)
                .where(parked.c.id == row, parked.c.attempts == attempts - 1)
                .returning(parked.c.id)
                .values(
                    state="held" if dead else "waiting",
                    attempts=attempts,
                    error_class=error_class,
                    next_at=work.now + _delay(attempts),
                )
            )
            # Another worker may have tried the same event at the same time; one of the two reports it.
            dead = dead and moved.first() is not None
            if dead:
                work.forward(self._dead_letter(message, error_class, attempts))
        if dead:
            metrics.DEAD_LETTERS.labels(consumer=self._name).inc()


def _name_unreadable(message: Message) -> tuple[str, UUID]:
    """Key and id of an event that cannot be opened: from its headers as far as they go, else from its bytes."""
    try:
        event_id = UUID(message.headers.get("ce_id", ""))
    except ValueError:
        event_id = derived_id("unreadable", message.topic, message.key, sha256(message.payload).hexdigest())
    return message.headers.get("ce_partitionkey") or message.key, event_id


def _delay(attempts: int) -> timedelta:
    return min(_RETRY_FIRST * 2 ** min(attempts, 16), _RETRY_MOST) if attempts else timedelta(0)


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
