"""Outbox to broker. One owner for each shard, by an advisory lock on the very connection that deletes.

Losing that connection loses the lock and the transaction together, so two owners never publish the same shard in
turns. A crash between the broker's acknowledgment and the commit repeats events; the inbox drops the repeats.
"""

import asyncio

import asyncpg
from opentelemetry.trace import SpanKind

from libs.common.contracts.envelope import Message, headers_from_text
from libs.common.crashpoints import crashpoint
from libs.common.messaging.ports import Publisher
from libs.common.observability import metrics
from libs.common.observability.logs import log
from libs.common.observability.traces import span
from libs.common.persistence.tables import OUTBOX_SHARDS
from libs.common.runtime import Runtime

_BATCH = 500
_LOCK_FAMILY = 0x504F5254  # spells PORT: keeps our advisory locks apart from anybody else's
_LOCK_POLL_SECONDS = 0.5
_BACK_OFF_SECONDS = 0.5
_POLL_LEAST_SECONDS = 0.02
_POLL_MAX_SECONDS = 0.1
_POLL_WOKEN_SECONDS = 2.0

# The outbox churns: its index is full of dead entries. The planner's guess (bitmap and sort) re-reads all of them on
# every poll; the plan forced here walks the index in order, and entries it found dead are passed over the next time. It
# starts from the lowest id each time: an id is given before its transaction commits, so a lower one may come later.
_SESSION = {
    "enable_bitmapscan": "off",
    "enable_sort": "off",
    "enable_seqscan": "off",
    "plan_cache_mode": "force_generic_plan",
    "application_name": "relay",
}
_WAITING = "SELECT EXISTS (SELECT FROM outbox WHERE shard = $1::smallint)"
_TAKE = """
    DELETE FROM outbox WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM outbox WHERE shard = $1::smallint ORDER BY id LIMIT $2))
    RETURNING id, topic, key, headers, payload
"""


class Relay:
    """Publishes a service's outbox. `woken`: this process also writes it and says so, so polling may be slow."""

    def __init__(self, runtime: Runtime, publisher: Publisher, *, woken: bool) -> None:
        self._runtime = runtime
        self._publisher = publisher
        self._woken = woken

    async def run(self, stop: asyncio.Event) -> None:
        """Own as many shards as are free, until `stop` is set."""
        await asyncio.gather(*(self._tend(shard, stop) for shard in range(OUTBOX_SHARDS)))

    async def _tend(self, shard: int, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await self._own(shard, stop)
            except Exception as error:  # noqa: BLE001 - broker or database is away: nothing is lost, so wait
                log.warning("relay waits", shard=shard, error_class=type(error).__name__)
                await asyncio.sleep(_BACK_OFF_SECONDS)

    async def _own(self, shard: int, stop: asyncio.Event) -> None:
        connection = await self._connect()
        try:
            while not await connection.fetchval("SELECT pg_try_advisory_lock($1, $2)", _LOCK_FAMILY, shard):
                if await _wait(stop, _LOCK_POLL_SECONDS):
                    return
            await self._publish_for_ever(connection, shard, stop)
        finally:
            await connection.close(timeout=2)

    async def _connect(self) -> "asyncpg.Connection[asyncpg.Record]":
        address = self._runtime.settings.database(self._runtime.service, "work")
        return await asyncpg.connect(address.replace("+asyncpg", ""), server_settings=_SESSION)

    async def _publish_for_ever(
        self, connection: "asyncpg.Connection[asyncpg.Record]", shard: int, stop: asyncio.Event
    ) -> None:
        pause = _POLL_LEAST_SECONDS
        while not stop.is_set():
            taken = await self._step(connection, shard)
            if taken == _BATCH:
                continue
            pause = _POLL_LEAST_SECONDS if taken else min(pause * 1.5, _POLL_MAX_SECONDS)
            if self._woken:
                await self._runtime.wait_for_outbox(shard, _POLL_WOKEN_SECONDS)
            else:
                await _wait(stop, pause)

    async def drain(self) -> int:
        """Publish everything that waits, once: for tests and the simulation tier. The number of messages."""
        connection = await self._connect()
        total = 0
        try:
            for shard in range(OUTBOX_SHARDS):
                taken = 1
                while taken:
                    taken = await self._step(connection, shard)
                    total += taken
        finally:
            await connection.close(timeout=2)
        return total

    async def _step(self, connection: "asyncpg.Connection[asyncpg.Record]", shard: int) -> int:
        """Move one batch; how many it had."""
        if not await connection.fetchval(_WAITING, shard):
            return 0  # most looks find nothing, and this one needs no transaction
        async with connection.transaction():
            rows = await connection.fetch(_TAKE, shard, _BATCH)
            if not rows:
                return 0
            rows.sort(key=lambda row: row["id"])
            messages = [
                Message(row["topic"], row["key"], headers_from_text(row["headers"]), row["payload"]) for row in rows
            ]
            crashpoint("relay.before-send")
            with span(
                f"publish {messages[0].headers.get('ce_type', messages[0].topic)}",
                traceparent=messages[0].headers.get("ce_traceparent", ""),
                kind=SpanKind.PRODUCER,
                messages=len(messages),
            ):
                await self._publisher.publish(messages)
            crashpoint("relay.after-send")
        crashpoint("relay.after-commit")
        metrics.OUTBOX_PUBLISHED.labels(service=self._runtime.service).inc(len(rows))
        return len(rows)


async def _wait(stop: asyncio.Event, seconds: float) -> bool:
    """Wait, but not longer than until `stop`; whether it was set."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return False
    return True
