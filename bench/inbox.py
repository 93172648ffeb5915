"""How many events a second one worker takes in: inbox, effect by COPY, offsets."""

import time

from bench.events import accepted, count, record, runtime
from bench.measuring import CORE, line, platform
from bench.relay import fill
from libs.common.contracts.claims import EVENTS, ClaimAccepted
from libs.common.messaging.kafka import KafkaConsumer, KafkaPublisher
from libs.common.messaging.relay import Relay
from libs.common.messaging.subscriptions import Subscription
from libs.common.messaging.worker import Worker

_EVENTS = 50_000


async def run() -> None:
    """Publish events, then consume them; a second time, to show that repeats cost little and change nothing."""
    async with (
        platform(*CORE) as portal,
        runtime("remittance", portal.settings) as source,
        runtime("appeals", portal.settings) as sink,
    ):
        await fill(source, _EVENTS)
        publisher = KafkaPublisher(portal.settings.kafka, client="bench")
        await publisher.start()
        await Relay(source, publisher, woken=False).drain()
        await publisher.stop()
        consumer = KafkaConsumer(portal.settings.kafka, group="bench", topics=[EVENTS])
        await consumer.start()
        worker = Worker(sink, consumer, [Subscription(ClaimAccepted, record)], name="bench")
        started = time.perf_counter()
        taken = 0
        while taken < _EVENTS:
            taken += await worker.step()
        seconds = time.perf_counter() - started
        effects = await count(sink)
        await consumer.stop()
    line("inbox", events=_EVENTS, per_second=_EVENTS / seconds, effects=effects, subject=accepted(0).type)
