from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from libs.common.contracts.envelope import Message, Origin, Received, seal_envelope
from libs.common.contracts.ops import FunctionTraffic
from libs.common.errors import Poison
from libs.common.streams import guard as guard_module
from libs.common.streams.guard import Guard


def traffic(function: str) -> Message:
    event = FunctionTraffic(
        function=function,
        service="claims",
        second=datetime(2026, 11, 23, tzinfo=UTC),
        outcome_ok=1,
        outcome_refused=0,
        outcome_failed=0,
        latency_ms={25: 1},
    )
    return seal_envelope(
        event, event_id=UUID(int=7), source_name="/test", at=event.second, origin=Origin("system:test", "")
    )


class Recorder:
    """A handler that fails as told, and a broker for dead letters that may refuse a few."""

    def __init__(self, *failures: Exception, refusals: int = 0) -> None:
        self.failures = list(failures)
        self.refusals = refusals
        self.handled: list[str] = []
        self.letters: list[Message] = []

    async def handle(self, received: Received[Any]) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.handled.append(received.event.function)

    async def publish(self, message: Message) -> None:
        if self.refusals:
            self.refusals -= 1
            raise ConnectionError
        self.letters.append(message)


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard_module, "_PAUSE_FIRST_SECONDS", 0)


@pytest.fixture
def guarded() -> Callable[[Recorder], Callable[[Message], Awaitable[None]]]:
    return lambda recorder: Guard("notifier", "test", recorder.handle, recorder.publish).take


async def test_what_is_broken_around_an_event_is_waited_out_in_place(guarded: Any) -> None:
    recorder = Recorder(ConnectionError(), TimeoutError(), KeyError())
    await guarded(recorder)(traffic("F-07"))

    assert recorder.handled == ["F-07"]
    assert recorder.letters == []


async def test_poison_is_in_the_dead_letters_before_the_next_event(guarded: Any) -> None:
    recorder = Recorder(Poison("no"), refusals=2)
    take = guarded(recorder)
    await take(traffic("F-07"))
    await take(traffic("F-08"))

    (letter,) = recorder.letters
    assert letter.topic == "notifier.dead-letters.v1"
    assert letter.payload == traffic("F-07").payload
    assert letter.headers["dead_letter_topic"] == "ops.function-traffic.v1"
    assert recorder.handled == ["F-08"]


async def test_a_body_that_does_not_fit_its_contract_is_poison(guarded: Any) -> None:
    recorder = Recorder()
    whole = traffic("F-07")
    await guarded(recorder)(Message(whole.topic, whole.key, whole.headers, b"{"))

    assert [letter.headers["dead_letter_error_class"] for letter in recorder.letters] == ["ValidationError"]


async def test_an_unknown_type_is_passed_over(guarded: Any) -> None:
    recorder = Recorder()
    whole = traffic("F-07")
    await guarded(recorder)(Message(whole.topic, whole.key, {**whole.headers, "ce_type": "ops.later.v9"}, b""))

    assert (recorder.handled, recorder.letters) == ([], [])
