"""Keys that wait: an event that cannot be handled yet holds those behind it, so that the order of its key survives.

Each is tried again, ever later. One that never can be handled goes to the dead letters; its key is held for a person.
"""

import asyncio
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert

from libs.common.contracts.envelope import Message, Received, headers_from_text, headers_to_text, open_envelope
from libs.common.errors import NotYet, Poison
from libs.common.messaging.subscriptions import Subscription
from libs.common.messaging.topics import dead_letters
from libs.common.observability import metrics
from libs.common.observability.logs import log
from libs.common.persistence.tables import parked, waiting_key
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
        keys = {each.key for each in events if not self._subscriptions[each.event.type].state}
        waiting = await self._waiting(work, keys) if keys else set()
        if not waiting:
            return events
        behind = [each for each in events if each.key in waiting and not self._subscriptions[each.event.type].state]
        work.insert(parked, [self._row(each.message, each.key, each.event_id, "Queued") for each in behind])
        parked_now = {id(each) for each in behind}
        return [each for each in events if id(each) not in parked_now]

    async def _waiting(self, work: UnitOfWork, keys: Collection[str]) -> set[str]:
        """Which of `keys` wait. They go on waiting until this transaction has ended."""
        asked = sa.select(sa.func.unnest(sa.bindparam("keys", sorted(keys), ARRAY(sa.Text))))
        of_batch = sa.select(waiting_key.c.partition_key).where(
            waiting_key.c.consumer == self._consumer, waiting_key.c.partition_key.in_(asked)
        )
        return set((await work.execute(of_batch.with_for_update(read=True))).scalars())

    async def park(
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
        statement = insert(waiting_key).values(
            consumer=self._consumer, partition_key=key, due_at=None if dead else work.now + _delay(attempts)
        )
        # A key that waits already is left as it is, and held like those of `_waiting`.
        as_it_is = {"due_at": waiting_key.c.due_at}
        await work.execute(statement.on_conflict_do_update(index_elements=["consumer", "partition_key"], set_=as_it_is))
        work.insert(parked, [self._row(message, key, event_id, error_class, attempts=attempts, dead=dead)])
        if dead:
            work.forward(self.dead_letter(message, error_class, attempts))

    def _row(
        self, message: Message, key: str, event_id: UUID, error_class: str, *, attempts: int = 0, dead: bool = False
    ) -> dict[str, Any]:
        return {
            "consumer": self._consumer,
            "partition_key": key,
            "event_id": event_id,
            "topic": message.topic,
            "headers": headers_to_text(message.headers),
            "payload": message.payload,
            "state": "held" if dead else "waiting",
            "error_class": error_class,
            "attempts": attempts,
        }

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
        head: Any = None
        try:
            async with self._runtime.database.work(self._runtime) as work:
                head = await self._due_head(work)
                if head is None:
                    return False
                received = open_envelope(_message(head))
                await work.execute(sa.delete(parked).where(parked.c.id == head.id))
                await self._subscriptions[received.event.type].handler(work, [received])
                await go_on(work, self._consumer, head.partition_key)
        except (NotYet, Poison) as error:
            await self._postpone(head, error)
        except Exception as error:  # infrastructure: later, and meanwhile the other keys
            if head is None:
                raise
            log.warning("parked event failed, will retry", consumer=self._consumer, error_class=type(error).__name__)
            await self._move_back(head, head.attempts + 1)
        return True

    async def _due_head(self, work: UnitOfWork) -> Any:
        """The first event of the key that has been due longest, with its time; the key is this transaction's."""
        longest = (
            sa.select(waiting_key)
            .where(waiting_key.c.consumer == self._consumer, waiting_key.c.due_at <= work.now)
            .order_by(waiting_key.c.due_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        key = (await work.execute(longest)).first()
        if key is None:
            return None
        # Only now, that nobody else takes it: another look may have found an event that is gone.
        due_at: sa.ColumnElement[datetime] = sa.literal(key.due_at, sa.DateTime(timezone=True))
        first = sa.select(parked, due_at.label("due_at")).where(*_of_key(parked, self._consumer, key.partition_key))
        return (await work.execute(first.order_by(parked.c.id).limit(1))).one()

    async def _move_back(self, head: Any, attempts: int) -> None:
        async with self._runtime.database.work(self._runtime) as work:
            await self._next_try(work, head, work.now + _delay(attempts))

    async def _postpone(self, head: Any, error: NotYet | Poison) -> None:
        attempts = head.attempts + 1
        dead = isinstance(error, Poison) or attempts >= _NOT_YET_ATTEMPTS
        error_class = error_name(error)
        async with self._runtime.database.work(self._runtime) as work:
            # Another worker may have tried the same event meanwhile; one of the two reports it.
            again_at = None if dead else work.now + _delay(attempts)
            if not await self._next_try(work, head, again_at):
                return
            await work.execute(
                sa.update(parked)
                .where(parked.c.id == head.id)
                .values(state="held" if dead else "waiting", attempts=attempts, error_class=error_class)
            )
            if dead:
                work.forward(self.dead_letter(_message(head), error_class, attempts))
        if dead:
            metrics.DEAD_LETTERS.labels(consumer=self._consumer).inc()

    async def _next_try(self, work: UnitOfWork, head: Any, due_at: datetime | None) -> bool:
        """Set when a key is tried again, never if `due_at` is None. False when somebody else was there meanwhile."""
        moved = await work.execute(
            sa.update(waiting_key)
            .where(*_of_key(waiting_key, self._consumer, head.partition_key), waiting_key.c.due_at == head.due_at)
            .values(due_at=due_at)
        )
        return moved.rowcount == 1


async def hold_key(work: UnitOfWork, consumer: str, key: str) -> None:
    """Keep workers from a key until this transaction has ended."""
    await work.execute(sa.select(waiting_key).where(*_of_key(waiting_key, consumer, key)).with_for_update())


async def go_on(work: UnitOfWork, consumer: str, key: str) -> None:
    """Go on with a key whose first event has gone: the next one is tried at once, and without one nothing waits.

    The caller holds the row of the key.
    """
    first = sa.select(parked.c.state).where(*_of_key(parked, consumer, key)).order_by(parked.c.id).limit(1)
    state = (await work.execute(first)).scalar_one_or_none()
    mine = _of_key(waiting_key, consumer, key)
    if state is None:
        await work.execute(sa.delete(waiting_key).where(*mine))
    else:
        await work.execute(sa.update(waiting_key).where(*mine).values(due_at=None if state == "held" else work.now))


def _of_key(table: sa.Table, consumer: str, key: str) -> tuple[sa.ColumnElement[bool], ...]:
    return table.c.consumer == consumer, table.c.partition_key == key


def _message(row: Any) -> Message:
    return Message(row.topic, row.partition_key, headers_from_text(row.headers), row.payload)


def error_name(error: Exception) -> str:
    """What is kept of an error: the class of what lies below it. Its text may quote values."""
    return type(error.__cause__ or error).__name__


def _delay(attempts: int) -> timedelta:
    return min(_RETRY_FIRST * 2 ** min(attempts, 16), _RETRY_MOST) if attempts else timedelta(0)
