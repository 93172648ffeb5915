"""What one batch or one look costs while 100,000 others wait: parked keys, events behind one key, due work.

Also the longest transaction in which auth publishes all its state again (5,000 organizations), and 500 events for the
home page at once.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from bench.access_at_size import fill as fill_access
from bench.events import accepted, record, runtime
from bench.measuring import line, percentile, platform
from libs.common.contracts.base import Contract
from libs.common.contracts.claims import SubmissionReceived
from libs.common.contracts.envelope import Message, Origin, Received, headers_to_text, open_envelope, seal_envelope
from libs.common.ids import derived_id
from libs.common.messaging.due_work import DueWork
from libs.common.messaging.subscriptions import Due, Job, Subscription
from libs.common.messaging.worker import Worker
from libs.common.persistence.tables import due_work, parked, waiting_key
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.process import build_runtime
from libs.common.runtime import Runtime
from libs.common.settings import Settings
from services.auth.access.handlers import REPUBLISH
from services.auth.app import service as auth
from services.portal.home.handlers import note_submissions

_WAITING, _BATCH, _CHUNK, _TIMES = 100_000, 500, 5_000, 15
_CONSUMER, _HELD_KEY = "bench", "held"


async def run() -> None:
    """Fill each queue and ask."""
    async with platform("postgresql", "keys", "migrate") as place:
        async with runtime("appeals", place.settings) as within:
            figures = {**await _parked(within), **await _due(within)}
        figures["republish_longest_ms"] = await _republish(place.settings)
        figures["home_batch_ms"] = await _home(place.settings)
    line("queues-at-depth", waiting=_WAITING, batch=_BATCH, **figures)


class _Handed:
    """A consumer that hands out what it was given."""

    def __init__(self) -> None:
        self.next: list[Message] = []

    async def fetch(self) -> Sequence[Message]:
        return self.next

    async def commit(self) -> None:
        self.next = []

    async def rewind(self) -> None: ...


async def _parked(within: Runtime) -> dict[str, float]:
    await _fill_parked(within)
    consumer = _Handed()
    worker = Worker(within, consumer, [Subscription(type(accepted(0)), record)], name=_CONSUMER)
    numbers = iter(range(_WAITING, 1 << 30))

    async def batch() -> None:
        consumer.next = [_message(within, accepted(next(numbers))) for _ in range(_BATCH)]
        await worker.step()

    async def look() -> None:
        if await worker.retry_parked():
            raise RuntimeError("nothing was due")

    return {"parked_batch_ms": await _middle(batch), "parked_look_ms": await _middle(look)}


async def _fill_parked(within: Runtime) -> None:
    """Keys that wait for an hour yet, one event each; and as many events behind one key that is held."""
    for start in range(0, _WAITING, _CHUNK):
        async with within.database.work(within) as work:
            numbers = range(start, start + _CHUNK)
            work.insert(parked, [_parked_row(number, key) for number in numbers for key in (str(number), _HELD_KEY)])
            work.insert(waiting_key, [_key_row(str(number), work.now + timedelta(hours=1)) for number in numbers])
    async with within.database.work(within) as work:
        work.insert(waiting_key, [_key_row(_HELD_KEY, None)])


def _key_row(key: str, due_at: datetime | None) -> dict[str, Any]:
    return {"consumer": _CONSUMER, "partition_key": key, "due_at": due_at}


def _parked_row(number: int, key: str) -> dict[str, Any]:
    held = key == _HELD_KEY
    return {
        "consumer": _CONSUMER,
        "partition_key": key,
        "event_id": derived_id("bench", key, number),
        "topic": "claims.events.v1",
        "headers": headers_to_text({}),
        "payload": b"{}",
        "state": "held" if held and not number else "waiting",
        "error_class": "Queued" if held else "NotYet",
        "attempts": 0 if held else 1,
    }


async def _due(within: Runtime) -> dict[str, float]:
    """Jobs wait behind as many as can run at once; meanwhile timers come due."""
    async with within.database.work(within) as work:
        now = work.now
    for start in range(0, _WAITING, _CHUNK):
        async with within.database.work(within) as work:
            numbers = range(start, start + _CHUNK)
            rows = [{"kind": "job", "subject": str(each), "due_at": now, "payload": {}} for each in numbers]
            work.insert(due_work, rows)
    end = asyncio.Event()

    async def job(_runtime: Runtime, _due: Due) -> None:
        await end.wait()

    async def timer(_work: UnitOfWork, _due: Due) -> None: ...

    due = DueWork(within, {"timer": timer}, {"job": Job(job)})
    while await due.step():
        if len(due._running) == 4:  # noqa: SLF001 - as many as it runs at once
            break
    asked = iter(range(1 << 30))

    async def look() -> None:
        await due.step()

    async def one_timer() -> None:
        async with within.database.work(within) as work:
            await work.schedule("timer", str(next(asked)), work.now)
        await due.step()

    figures = {"due_look_ms": await _middle(look), "timer_ms": await _middle(one_timer)}
    end.set()
    await due.finish_jobs()
    return figures


async def _republish(settings: Settings) -> float:
    within = build_runtime("auth", "all", settings)
    try:
        await fill_access(within)
        async with within.database.work(within) as work:
            await work.schedule(REPUBLISH, "all", work.now)
        due = DueWork(within, {REPUBLISH: auth.timers[REPUBLISH]}, {})
        longest, busy = 0.0, True
        while busy:
            started = time.perf_counter()
            busy = await due.step()
            longest = max(longest, time.perf_counter() - started)
    finally:
        await within.database.close()
    return 1000 * longest


async def _home(settings: Settings) -> float:
    within = build_runtime("portal", "all", settings)
    numbers = iter(range(1 << 30))

    async def batch() -> None:
        events = list(_sent(within, [next(numbers) for _ in range(_BATCH)]))
        async with within.database.work(within) as work:
            await note_submissions(work, events)

    try:
        return await _middle(batch)
    finally:
        await within.database.close()


def _sent(within: Runtime, numbers: Sequence[int]) -> Iterator[Received[Any]]:
    now = within.clock.now()
    for number in numbers:
        event = SubmissionReceived(
            submission_id=derived_id("bench", "submission", number),
            enrollment_id=derived_id("bench", "enrollment", number),
            submitted_by=derived_id("bench", "biller"),
            size_bytes=1,
            digest="",
            received_at=now,
            business_date=now.date(),
        )
        yield open_envelope(_message(within, event))


def _message(within: Runtime, event: Contract) -> Message:
    identity: UUID = within.ids.new()
    origin = Origin(actor="system:bench", correlation_id="")
    return seal_envelope(event, event_id=identity, source_name=within.source, at=within.clock.now(), origin=origin)


async def _middle(act: Callable[[], Awaitable[None]]) -> float:
    """How many milliseconds it takes, the middle of several."""
    seconds = []
    for _ in range(_TIMES):
        started = time.perf_counter()
        await act()
        seconds.append(time.perf_counter() - started)
    return 1000 * percentile(seconds, 0.5)


__all__ = ["run"]
