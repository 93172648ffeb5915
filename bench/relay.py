"""How many events a second one relay moves from the outbox to the broker."""

import asyncio
import time

import sqlalchemy as sa

from bench.events import accepted, runtime
from bench.measuring import CORE, line, platform
from libs.common.messaging.kafka import KafkaPublisher
from libs.common.messaging.relay import Relay
from libs.common.persistence.tables import outbox
from libs.common.runtime import Runtime

_EVENTS = 50_000
_CHUNK = 2_000


async def fill(within: Runtime, events: int) -> None:
    """Put `events` events into the outbox."""
    for start in range(0, events, _CHUNK):
        async with within.database.work(within) as work:
            work.append(*(accepted(number) for number in range(start, min(start + _CHUNK, events))))


async def run() -> None:
    """Fill an outbox, then empty it."""
    async with platform(*CORE) as portal, runtime("remittance", portal.settings) as within:
        await fill(within, _EVENTS)
        publisher = KafkaPublisher(portal.settings.kafka, client="bench")
        await publisher.start()
        stop = asyncio.Event()
        started = time.perf_counter()
        relay = asyncio.create_task(Relay(within, publisher, woken=False).run(stop))
        while await _waiting(within):  # noqa: ASYNC110 - the outbox tells nobody that it is empty
            await asyncio.sleep(0.02)
        seconds = time.perf_counter() - started
        stop.set()
        await relay
        await publisher.stop()
    line("relay", events=_EVENTS, per_second=_EVENTS / seconds, floor_per_second=22_000.0)


async def _waiting(within: Runtime) -> bool:
    async with within.database.work(within) as work:
        return (await work.execute(sa.select(outbox.c.id).limit(1))).first() is not None
