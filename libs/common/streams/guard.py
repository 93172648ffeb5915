"""The wrapper of every agent: nothing escapes it.

Faust acknowledges an event whose agent failed and goes on with the next. So what is broken around an agent is waited
out in place, and what is broken in the event goes to the dead letters first. With this, Faust's default
acknowledgment and a concurrency of 1, every event is handled at least once and in order (engineering 1.3). `noack`
and more concurrency break that and are not offered here.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import faust
from faust.types import StreamT

from libs.common.contracts.envelope import Message, Received, known, open_envelope
from libs.common.errors import Poison
from libs.common.messaging.topics import dead_letters
from libs.common.observability import metrics
from libs.common.observability.logs import log
from libs.common.runtime import Runtime
from libs.common.streams.app import send_message

_PAUSE_FIRST_SECONDS = 0.2
_PAUSE_MAX_SECONDS = 10.0

Handle = Callable[[Received[Any]], Awaitable[None]]


class Agent(Protocol):
    """What Faust calls with the stream of one partition set."""

    async def __call__(self, stream: StreamT[bytes]) -> None:
        """Work until the stream ends."""


def guarded(app: faust.App, runtime: Runtime, handle: Handle) -> Agent:
    """An agent that gives each known event to `handle`, in order, and that nothing escapes.

    `handle` raises `Poison` for an event it can never handle; every other error has it called again with the same.
    """
    guard = Guard(runtime.service, app.conf.id, handle, lambda message: send_message(app, message))

    async def agent(stream: StreamT[bytes]) -> None:
        async for event in stream.events():
            await guard.take(_message(event))

    return agent


class Guard:
    """One message after the other, none lost. `publish` takes dead letters."""

    def __init__(self, service: str, name: str, handle: Handle, publish: Callable[[Message], Awaitable[None]]) -> None:
        self._service = service
        self._name = name
        self._handle = handle
        self._publish = publish

    async def take(self, message: Message) -> None:
        """Return when `message` is handled, or lies in the dead letters, or is none of ours."""
        if not known(message):
            metrics.EVENTS_UNKNOWN.labels(consumer=self._name).inc()
            return
        try:
            received = open_envelope(message)
            await self._until_done(lambda: self._handle(received))
        except Poison as error:
            await self._set_aside(message, error)
        else:
            metrics.EVENTS_HANDLED.labels(consumer=self._name).inc()

    async def _set_aside(self, message: Message, error: Poison) -> None:
        error_class = type(error.__cause__ or error).__name__
        headers = {
            **message.headers,
            "dead_letter_topic": message.topic,
            "dead_letter_consumer": self._name,
            "dead_letter_error_class": error_class,
            "dead_letter_attempts": "1",
        }
        letter = Message(dead_letters(self._service), message.key, headers, message.payload)
        await self._until_done(lambda: self._publish(letter))
        metrics.DEAD_LETTERS.labels(consumer=self._name).inc()
        log.warning("event set aside", consumer=self._name, error_class=error_class)

    async def _until_done(self, attempt: Callable[[], Awaitable[None]]) -> None:
        pause = _PAUSE_FIRST_SECONDS
        while True:
            try:
                await attempt()
            except Poison:
                raise
            except Exception as error:  # noqa: BLE001 - whatever is not typed is infrastructure: wait and retry
                log.warning("event failed, will retry", consumer=self._name, error_class=type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, _PAUSE_MAX_SECONDS)
            else:
                return


def _message(event: Any) -> Message:
    return Message(
        topic=event.message.topic,
        key=(event.key or b"").decode(),
        headers={name: bytes(value).decode() for name, value in event.headers.items()},
        payload=event.value or b"",
    )
