from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime
from random import Random
from uuid import UUID

import pytest
import sqlalchemy as sa

from libs.common.contracts.base import Contract
from libs.common.contracts.claims import (
    EVENTS,
    ClaimAccepted,
    ClaimRejected,
    SubmissionAcknowledged,
    SubmissionReceived,
)
from libs.common.contracts.envelope import Message, Origin, Received, seal_envelope
from libs.common.contracts.functions import FunctionUsed
from libs.common.functions import USED, Counter
from libs.common.messaging.memory import MemoryBus, MemoryConsumer
from libs.common.messaging.worker import Worker
from libs.common.runtime import Runtime
from libs.common.settings import Settings
from services.notifier.monthly_reports import repository
from services.notifier.monthly_reports.handlers import counts
from services.notifier.monthly_reports.subscriptions import SUBSCRIPTIONS
from services.notifier.monthly_reports.tables import function_activity
from tests.support.portico import runtime_for

EVENING = datetime(2026, 12, 1, 3, 30, tzinfo=UTC)  # still 30 November in the contractor's zone
ID = UUID(int=1)


@pytest.fixture
async def runtime(databases: Callable[..., Awaitable[Settings]]) -> AsyncIterator[Runtime]:
    async with runtime_for("notifier", await databases("notifier")) as made:
        yield made


def events() -> list[Contract]:
    received = SubmissionReceived(
        submission_id=ID,
        enrollment_id=ID,
        submitted_by=ID,
        size_bytes=1,
        digest="d",
        received_at=EVENING,
        business_date=date(2026, 12, 1),
    )
    accepted = [
        ClaimAccepted(
            claim_id=UUID(int=n),
            submission_id=ID,
            enrollment_id=ID,
            internal_control_number=f"{n:013d}",
            beneficiary_token="t",
            total_charge_cents=100,
            lines=1,
        )
        for n in range(100, 123)
    ]
    rejected = [
        ClaimRejected(claim_id=UUID(int=n), submission_id=ID, enrollment_id=ID, codes=("A7",)) for n in (201, 202)
    ]
    acknowledged = SubmissionAcknowledged(
        submission_id=ID, enrollment_id=ID, submitted_by=ID, claims_accepted=23, claims_rejected=2, verdict="A"
    )
    return [received, *accepted, *rejected, acknowledged]


async def test_each_event_counts_once_on_the_contractors_day_whatever_the_broker_repeats(runtime: Runtime) -> None:
    bus = MemoryBus()
    await bus.publish(
        [
            seal_envelope(event, event_id=UUID(int=n + 1), source_name="/test", at=EVENING, origin=Origin("test", ""))
            for n, event in enumerate(events())
        ]
    )
    consumer = MemoryConsumer(bus, [EVENTS], Random(7))
    worker = Worker(runtime, consumer, SUBSCRIPTIONS, name="notifier-worker")
    while not consumer.caught_up:
        await worker.step()
    for _ in range(20):
        await worker.step()

    async with runtime.database.work(runtime) as work:
        found = {row.counter: (row.day, row.count) for row in await work.execute(sa.select(function_activity))}
        accepted = await repository.total(work, "F-08", "claims-accepted")
    evening, next_day = date(2026, 11, 30), date(2026, 12, 1)
    assert found == {
        "submissions-received": (next_day, 1),
        "claims-accepted": (evening, 23),
        "claims-rejected": (evening, 2),
        "submissions-acknowledged": (evening, 1),
    }
    assert accepted == 23


async def test_the_use_of_a_function_is_counted_for_that_function_alone(runtime: Runtime) -> None:
    used = [
        Received(
            event=FunctionUsed(function=function, enrollment_id=ID, used_by=ID),
            event_id=UUID(int=number),
            key="",
            time=EVENING,
            origin=Origin("test", ""),
            message=Message("", "", [], b""),
        )
        for number, function in enumerate(("F-10", "F-09", "F-10"))
    ]
    counter = Counter("things-used", "Things used", USED)
    async with runtime.database.work(runtime) as work:
        for function in ("F-09", "F-10", "F-11"):
            await counts(function, counter)(work, used)
        found = [await repository.total(work, function, "things-used") for function in ("F-09", "F-10", "F-11")]
    assert found == [1, 2, 0]
