"""Keys that wait: an event that cannot be handled yet holds those behind it, so that the order of its key survives.

Each is tried again, ever later. One that never can be handled goes to the dead letters; its key is held for a person.
"""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from libs.common.contracts.envelope import Message, Received, headers_from_text, headers_to_text, open_envelope
from libs.common.errors import NotYet, Poison
from libs.common.messaging.subscriptions import Subscription
from libs.common.messaging.topics import dead_letters
from libs.common.observability import metrics
from libs.common.observability.logs import log
from libs.common.persistence.tables import parked
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.runtime import Runtime

_RETRY_FIRST = timedelta(seconds=1)
_RETRY_MOST = timedelta(minutes=5)
_NOT_YET_ATTEMPTS = 50
_POLL_SECONDS = 2.0


class Parking:
    """The parked keys of one consumer."""

    def __init__(self, runtime: Runtime, consumer: str, subscriptions: Mapping[str, Subscription]) -> None:
        self._runtime = runtime
        self._consumer = consumer
        self._subscriptions = subscriptions

    async def queue_behind(self, work: UnitOfWork, events: list[Received[Any]]) -> list[Received[Any]]:
        """Park the events of keys that wait already; the others."""
        statement = sa.select(parked.c.partition_key).where(parked.c.consumer == self._consumer).distinct()
        waiting = set((await work.execute(statement)).scalars())
        if not waiting:
            return events
        behind = [each for each in events if each.key in waiting and not self._subscriptions[each.event.type].state]
        for each in behind:
            self.park(work, each.message, each.key, each.event_id, "Queued")
        parked_now = {id(each) for each in behind}
        return [each for each in events if id(each) not in parked_now]

    def park(
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
                    "consumer": self._consumer,
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
            work.forward(self.dead_letter(message, error_class, attempts))

    def dead_letter(self, message: Message, error_class: str, attempts: int) -> Message:
        """The original bytes and headers; never the text of the exception, which may quote values."""
        headers = {
            **message.headers,
            "dead_letter_topic": message.topic,
            "dead_letter_consumer": self._consumer,
            "dead_letter_error_class": error_class,
            "dead_letter_attempts": str(attempts),
        }
        return Message(dead_letters(self._runtime.service), message.key, headers, message.payload)

    async def retry_for_ever(self, stop: asyncio.Event) -> None:
        """Retry what is due until `stop` is set."""
        while not stop.is_set():
            try:
                while await self.retry():
                    pass
            except Exception as error:  # noqa: BLE001 - as in `Worker.run`
                log.warning("retry of parked keys failed", consumer=self._consumer, error_class=type(error).__name__)
            await asyncio.sleep(_POLL_SECONDS)

    async def retry(self) -> bool:
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
            log.warning("parked event failed, will retry", consumer=self._consumer, error_class=type(error).__name__)
            await self._move_back(head.id, head.attempts + 1)
        return True

    async def _move_back(self, row: int, attempts: int) -> None:
        async with self._runtime.database.work(self._runtime) as work:
            await work.execute(sa.update(parked).where(parked.c.id == row).values(next_at=work.now + _delay(attempts)))

    async def _due_head(self, work: UnitOfWork) -> Any:
        first = (
            sa.select(sa.func.min(parked.c.id))
            .where(parked.c.consumer == self._consumer)
            .group_by(parked.c.partition_key)
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
        error_class = error_name(error)
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
                work.forward(self.dead_letter(message, error_class, attempts))
        if dead:
            metrics.DEAD_LETTERS.labels(consumer=self._consumer).inc()


def error_name(error: Exception) -> str:
    """What is kept of an error: the class of what lies below it. Its text may quote values."""
    return type(error.__cause__ or error).__name__


def _delay(attempts: int) -> timedelta:
    return min(_RETRY_FIRST * 2 ** min(attempts, 16), _RETRY_MOST) if attempts else timedelta(0)
