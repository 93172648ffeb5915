"""The guard and Faust on a real broker: what Faust alone would lose is not lost."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer

from libs.common.clock import SystemClock
from libs.common.contracts.envelope import Message, Origin, Received, seal_envelope
from libs.common.contracts.ops import PERFORMANCE, TRAFFIC, FunctionTraffic
from libs.common.deployment import load_deployment
from libs.common.errors import Poison
from libs.common.ids import Ids
from libs.common.messaging.kafka import KafkaPublisher
from libs.common.messaging.topics import create_topics
from libs.common.settings import Settings
from libs.common.streams import guard as guard_module
from libs.common.streams.app import stream_app, topic_of
from libs.common.streams.guard import guarded
from services.notifier.health.streams import function_figures

CONTRACT = Path(__file__).parents[4] / "contract.toml"
CLOCK = SystemClock()


class Ports:
    """As much of a runtime as a stream application uses: no database."""

    def __init__(self, settings: Settings) -> None:
        self.service = "notifier"
        self.settings = settings
        self.deployment = load_deployment(CONTRACT)
        self.clock = CLOCK
        self.ids = Ids(CLOCK)
        self.source = "/test"


@pytest.fixture
async def ports(kafka_server: Any) -> Any:
    await create_topics(kafka_server.settings.kafka)
    return Ports(kafka_server.settings)


@pytest.fixture
async def publish(ports: Any) -> AsyncIterator[Callable[..., Awaitable[None]]]:
    publisher = KafkaPublisher(ports.settings.kafka, client="test")
    await publisher.start()
    yield publisher.publish
    await publisher.stop()


def traffic(function: str, *, failed: int = 0) -> Message:
    event = FunctionTraffic(
        function=function,
        service="claims",
        second=CLOCK.now().replace(microsecond=0),
        outcome_ok=40 - failed,
        outcome_refused=0,
        outcome_failed=failed,
        latency_ms={25: 40},
    )
    origin = Origin("system:test", "")
    return seal_envelope(event, event_id=Ids(CLOCK).new(), source_name="/test", at=CLOCK.now(), origin=origin)


@asynccontextmanager
async def reading(ports: Any, topic: str) -> AsyncIterator[Callable[[], Awaitable[Any]]]:
    """Reads what is published to `topic` from now on."""
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=ports.settings.kafka, auto_offset_reset="latest")
    await consumer.start()
    await consumer.seek_to_end()

    async def one() -> Any:
        return await asyncio.wait_for(consumer.getone(), 30)

    try:
        yield one
    finally:
        await consumer.stop()


async def test_an_exception_neither_stops_an_agent_nor_loses_an_event(
    ports: Any, publish: Callable[..., Awaitable[None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard_module, "_PAUSE_FIRST_SECONDS", 0.01)
    handled: list[str] = []
    tries: dict[str, int] = {}
    done = asyncio.Event()

    async def handle(received: Received[FunctionTraffic]) -> None:
        name = received.event.function
        tries[name] = tries.get(name, 0) + 1
        if name == "test-broken" and tries[name] < 3:
            raise ConnectionError
        if name == "test-poison":
            raise Poison(name)
        if name.startswith("test-"):
            handled.append(name)
        if name == "test-last":
            done.set()

    app = stream_app(ports, "guard-test")
    app.agent(topic_of(app, TRAFFIC), name="guard-test")(guarded(app, ports, handle))
    # One key, so one partition: the order of the events is the order of the agent.
    names = ("test-first", "test-broken", "test-poison", "test-after", "test-last")
    messages = [Message(m.topic, "one-key", m.headers, m.payload) for m in map(traffic, names)]
    async with reading(ports, "notifier.dead-letters.v1") as next_letter, app:
        await publish(messages)
        await asyncio.wait_for(done.wait(), 60)
        letter = await next_letter()

    assert handled == ["test-first", "test-broken", "test-after", "test-last"]
    assert tries["test-broken"] == 3
    assert letter.value == messages[2].payload
    assert dict(letter.headers)["dead_letter_error_class"] == b"Poison"


async def test_a_restarted_application_goes_on_where_it_was(
    ports: Any, publish: Callable[..., Awaitable[None]]
) -> None:
    seen: list[list[str]] = []

    async def life(name: str) -> None:
        handled: list[str] = []
        seen.append(handled)
        done = asyncio.Event()

        async def handle(received: Received[FunctionTraffic]) -> None:
            if received.event.function.startswith("life-"):
                handled.append(received.event.function)
            if received.event.function == name:
                done.set()

        app = stream_app(ports, "restart-test")
        app.agent(topic_of(app, TRAFFIC), name="restart-test")(guarded(app, ports, handle))
        async with app:
            await publish([traffic(name)])
            await asyncio.wait_for(done.wait(), 60)

    await life("life-1")
    await life("life-2")

    assert seen == [["life-1"], ["life-2"]]


async def test_no_web_server_of_fausts_own(ports: Any) -> None:
    app = function_figures(ports)
    async with app:
        assert not app.conf.web_enabled
        with closing(socket.socket()) as probe:
            assert probe.connect_ex(("127.0.0.1", app.conf.web_port)) != 0


async def test_a_function_that_fails_is_called_degraded(ports: Any, publish: Callable[..., Awaitable[None]]) -> None:
    async with reading(ports, PERFORMANCE) as next_word, function_figures(ports):
        await publish([traffic("F-07", failed=10), traffic("F-12")])
        word = await next_word()

    assert b'"function":"F-07"' in word.value
    assert b'"degraded":true' in word.value


def test_topics_come_from_the_catalog_only(tmp_path: Path) -> None:
    app = stream_app(Ports(Settings(state_directory=tmp_path)), "catalog-test")
    with pytest.raises(KeyError):
        topic_of(app, "invented.v1")
    assert not app.conf.topic_allow_declare
    assert app.conf.broker_commit_interval == timedelta(seconds=1).total_seconds()
