"""One event on an idle system: from the commit in service A to the committed effect in service B.

A and B are two processes, as in a deployment. Goal: p95 of at most 25 ms.
"""

import asyncio
import multiprocessing
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import Any

from bench.events import accepted, record, runtime
from bench.measuring import CORE, line, percentile, platform
from libs.common.contracts.claims import EVENTS, ClaimAccepted
from libs.common.contracts.envelope import Received
from libs.common.messaging.kafka import KafkaConsumer, KafkaPublisher
from libs.common.messaging.relay import Relay
from libs.common.messaging.subscriptions import Subscription
from libs.common.messaging.worker import Worker
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.settings import Settings

_EVENTS = 200
_WARM_UP = 20
_APART_SECONDS = 0.05


def _consume(settings: Settings, told: Connection) -> None:
    asyncio.run(_consume_for_ever(settings, told))


async def _consume_for_ever(settings: Settings, told: Connection) -> None:
    async def stamp(work: UnitOfWork, events: Sequence[Received[Any]]) -> None:
        await record(work, events)
        work.after_commit(lambda: told.send([(each.key, time.monotonic()) for each in events]))

    async with runtime("appeals", settings) as sink:
        consumer = KafkaConsumer(settings.kafka, group="bench", topics=[EVENTS])
        await consumer.start()
        told.send([])
        await Worker(sink, consumer, [Subscription(ClaimAccepted, stamp)], name="bench").run(asyncio.Event())


async def run() -> None:
    """Send events one by one, the relay woken in process and polling as it does in a process of its own."""
    async with platform(*CORE) as portal, runtime("remittance", portal.settings) as source:
        here, there = multiprocessing.get_context("spawn").Pipe(duplex=False)
        child = multiprocessing.get_context("spawn").Process(
            target=_consume, args=(portal.settings, there), daemon=True
        )
        child.start()
        await asyncio.to_thread(here.recv)
        publisher = KafkaPublisher(portal.settings.kafka, client="bench")
        await publisher.start()
        figures: dict[str, float] = {}
        for name, woken in (("woken", True), ("polled", False)):
            stop = asyncio.Event()
            relay = asyncio.create_task(Relay(source, publisher, woken=woken).run(stop))
            milliseconds = [await _one(source, here, f"{name}-{number}") for number in range(_EVENTS)][_WARM_UP:]
            stop.set()
            await relay
            figures[f"{name}_p50_ms"] = percentile(milliseconds, 0.5)
            figures[f"{name}_p95_ms"] = percentile(milliseconds, 0.95)
        child.terminate()
        await publisher.stop()
    line("event-latency", events=_EVENTS, **figures, goal_p95_ms=25)


async def _one(source: Any, here: Connection, name: str) -> float:
    event = accepted(abs(hash(name)) % 10_000_000)
    async with source.database.work(source) as work:
        work.append(event)
    committed = time.monotonic()
    arrived = 0.0
    while not arrived:
        arrived = dict(await asyncio.to_thread(here.recv)).get(event.subject, 0.0)
    await asyncio.sleep(_APART_SECONDS)
    return (arrived - committed) * 1000
