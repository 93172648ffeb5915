"""What an operator counts on: every event takes effect once, in order, whatever goes wrong on the way."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa

from libs.common.clock import SetClock
from libs.common.contracts.claims import EVENTS, ClaimAccepted, ClaimRejected
from libs.common.contracts.envelope import Message, Received, open_envelope
from libs.common.errors import NotYet, Poison
from libs.common.messaging.breaker import BreakerOpenError
from libs.common.messaging.memory import MemoryBus, MemoryConsumer
from libs.common.messaging.parking import Parking
from libs.common.messaging.relay import Relay
from libs.common.messaging.subscriptions import Handler, Subscription
from libs.common.messaging.topics import dead_letters
from libs.common.messaging.worker import Worker
from libs.common.persistence.tables import inbox, outbox, parked, waiting_key
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.runtime import Runtime
from tests.support.effects import accepted, claim_id, create_effect_table, effects, record, rejected
from tests.support.portico import MORNING, runtime_for
from tools.dead_letters import drop_event, reinsert

SERVICE = "remittance"


def all_at_once(bus: MemoryBus) -> MemoryConsumer:
    """A consumer on a quiet day: everything at once, nothing twice."""
    consumer = MemoryConsumer(bus, [EVENTS], Random(1))
    consumer.calm = True
    return consumer


@pytest.fixture
async def runtime(databases: Any) -> AsyncIterator[Runtime]:
    settings = await databases(SERVICE)
    await create_effect_table(settings, SERVICE)
    async with runtime_for(SERVICE, settings) as made:
        yield made


@pytest.fixture
def bus() -> MemoryBus:
    return MemoryBus()


def worker(runtime: Runtime, bus: MemoryBus, handler: Handler = record) -> Worker:
    subscriptions = [Subscription(ClaimAccepted, handler), Subscription(ClaimRejected, handler)]
    return Worker(runtime, all_at_once(bus), subscriptions, name="test")


async def publish(runtime: Runtime, bus: MemoryBus, *events: Any) -> None:
    async with runtime.database.work(runtime) as work:
        work.append(*events)
    await Relay(runtime, bus, woken=False).drain()


async def count(runtime: Runtime, table: sa.Table) -> int:
    async with runtime.database.work(runtime) as work:
        return (await work.execute(sa.select(sa.func.count()).select_from(table))).scalar_one()


async def run_until_quiet(subject: Worker) -> None:
    while await subject.step():
        pass


async def test_events_of_a_rolled_back_transaction_are_never_published(runtime: Runtime, bus: MemoryBus) -> None:
    with pytest.raises(ZeroDivisionError):
        async with runtime.database.work(runtime) as work:
            work.append(accepted(1))
            await work.flush()
            raise ZeroDivisionError

    assert await Relay(runtime, bus, woken=False).drain() == 0


async def test_every_event_takes_effect_once_and_in_order_of_its_key(runtime: Runtime, bus: MemoryBus) -> None:
    for _ in range(2):
        await publish(runtime, bus, *(accepted(n) for n in range(20)), *(rejected(n) for n in range(20)))

    await run_until_quiet(worker(runtime, bus))

    done = await effects(runtime)
    assert len(done) == 80
    for number in range(20):
        of_key = [what for key, what in done if key == str(claim_id(number))]
        assert of_key == [ClaimAccepted.type, ClaimRejected.type] * 2
    assert await count(runtime, outbox) == 0


async def test_a_repeated_event_is_dropped(runtime: Runtime, bus: MemoryBus) -> None:
    await publish(runtime, bus, accepted(1))
    await bus.publish(list(bus.logs[EVENTS]))
    await bus.publish(list(bus.logs[EVENTS]))

    await run_until_quiet(worker(runtime, bus))

    assert len(await effects(runtime)) == 1
    assert await count(runtime, inbox) == 1


async def test_an_event_that_must_wait_holds_back_its_key_and_no_other(runtime: Runtime, bus: MemoryBus) -> None:
    ready = False

    async def handler(work: UnitOfWork, events: Sequence[Received[Any]]) -> None:
        if not ready and any(each.key == str(claim_id(1)) and each.event.type == ClaimAccepted.type for each in events):
            raise NotYet
        await record(work, events)

    subject = worker(runtime, bus, handler)
    await publish(runtime, bus, accepted(1), accepted(2), rejected(1))
    await run_until_quiet(subject)
    assert await effects(runtime) == [(str(claim_id(2)), ClaimAccepted.type)]
    assert await count(runtime, parked) == 2

    ready = True
    assert isinstance(runtime.clock, SetClock)
    runtime.clock.advance(timedelta(minutes=10))
    while await subject.retry_parked():
        pass

    of_key = [what for key, what in await effects(runtime) if key == str(claim_id(1))]
    assert of_key == [ClaimAccepted.type, ClaimRejected.type]
    assert await count(runtime, parked) == 0


async def test_a_poisoned_event_becomes_a_dead_letter_with_its_original_bytes(runtime: Runtime, bus: MemoryBus) -> None:
    async def handler(work: UnitOfWork, events: Sequence[Received[Any]]) -> None:
        if any(each.key == str(claim_id(1)) for each in events):
            raise Poison("says something that must not be written down")
        await record(work, events)

    await publish(runtime, bus, accepted(1), accepted(2))
    await run_until_quiet(worker(runtime, bus, handler))
    await Relay(runtime, bus, woken=False).drain()

    [dead] = bus.logs[dead_letters(SERVICE)]
    original = next(each for each in bus.logs[EVENTS] if each.key == str(claim_id(1)))
    assert dead.payload == original.payload
    assert dead.headers["dead_letter_error_class"] == "Poison"
    assert "must not be written" not in str(dead)
    assert await effects(runtime) == [(str(claim_id(2)), ClaimAccepted.type)]
    async with runtime.database.work(runtime) as work:
        assert (await work.execute(sa.select(parked.c.state))).scalars().all() == ["held"]


async def test_an_unreadable_body_does_not_stop_its_neighbors(runtime: Runtime, bus: MemoryBus) -> None:
    await publish(runtime, bus, accepted(1))
    good = bus.logs[EVENTS][0]
    other = {**good.headers, "ce_id": str(claim_id(9)), "ce_partitionkey": "x"}
    bus.logs[EVENTS].insert(0, Message(EVENTS, "x", other, b"{broken"))

    await run_until_quiet(worker(runtime, bus))

    assert len(await effects(runtime)) == 1


async def test_an_unreadable_event_holds_its_key_and_becomes_one_dead_letter(runtime: Runtime, bus: MemoryBus) -> None:
    await publish(runtime, bus, accepted(1), rejected(1))
    first = next(each for each in bus.logs[EVENTS] if each.headers["ce_type"] == ClaimAccepted.type)
    broken = Message(EVENTS, first.key, first.headers, b"{broken")
    bus.logs[EVENTS] = [broken, broken, *(each for each in bus.logs[EVENTS] if each is not first)]

    await run_until_quiet(worker(runtime, bus))
    await Relay(runtime, bus, woken=False).drain()

    assert len(bus.logs[dead_letters(SERVICE)]) == 1
    assert await effects(runtime) == []
    async with runtime.database.work(runtime) as work:
        rows = await work.execute(sa.select(parked.c.state, parked.c.partition_key).order_by(parked.c.id))
        assert [tuple(row) for row in rows] == [("held", first.key), ("waiting", first.key)]


async def test_an_unreadable_event_put_back_is_held_again_and_blocks_nobody(runtime: Runtime, bus: MemoryBus) -> None:
    await publish(runtime, bus, accepted(1))
    first = bus.logs[EVENTS][0]
    bus.logs[EVENTS] = [Message(EVENTS, first.key, first.headers, b"{broken")]
    subject = worker(runtime, bus)
    await run_until_quiet(subject)
    async with runtime.database.work(runtime) as work:
        assert await reinsert(work, "test", first.key, reason="corrected") != []

    while await subject.retry_parked():
        pass

    async with runtime.database.work(runtime) as work:
        assert (await work.execute(sa.select(parked.c.state))).scalars().all() == ["held"]


async def test_of_keys_that_wait_those_that_are_due_are_tried_and_others_are_left(
    runtime: Runtime, bus: MemoryBus
) -> None:
    ready: set[str] = set()

    async def handler(work: UnitOfWork, events: Sequence[Received[Any]]) -> None:
        if any(each.key not in ready for each in events):
            raise NotYet
        await record(work, events)

    subject = worker(runtime, bus, handler)
    await publish(runtime, bus, accepted(1), rejected(1))
    await run_until_quiet(subject)
    assert isinstance(runtime.clock, SetClock)
    runtime.clock.advance(timedelta(minutes=1))
    await publish(runtime, bus, accepted(2), rejected(2))
    await run_until_quiet(subject)

    ready = {str(claim_id(1)), str(claim_id(2))}
    while await subject.retry_parked():
        pass
    assert [key for key, _ in await effects(runtime)] == [str(claim_id(1))] * 2

    runtime.clock.advance(timedelta(minutes=1))
    while await subject.retry_parked():
        pass
    assert len(await effects(runtime)) == 4
    assert (await count(runtime, parked), await count(runtime, waiting_key)) == (0, 0)


async def test_a_key_that_is_free_again_waits_no_more(runtime: Runtime, bus: MemoryBus) -> None:
    broken = True

    async def handler(work: UnitOfWork, events: Sequence[Received[Any]]) -> None:
        if broken:
            raise Poison
        await record(work, events)

    subject = worker(runtime, bus, handler)
    await publish(runtime, bus, accepted(1), rejected(1))
    await run_until_quiet(subject)
    broken = False
    async with runtime.database.work(runtime) as work:
        [held] = (await work.execute(sa.select(parked.c.event_id).where(parked.c.state == "held"))).scalars()
        assert await drop_event(work, "test", str(claim_id(1)), held, reason="sent twice") == [held]
    while await subject.retry_parked():
        pass
    await publish(runtime, bus, accepted(1))
    await run_until_quiet(subject)

    assert [what for _, what in await effects(runtime)] == [ClaimRejected.type, ClaimAccepted.type]


async def test_nobody_takes_the_last_event_of_a_key_while_another_is_put_behind_it(
    runtime: Runtime, bus: MemoryBus
) -> None:
    ready = False

    async def handler(work: UnitOfWork, events: Sequence[Received[Any]]) -> None:
        if not ready:
            raise NotYet
        await record(work, events)

    subject = worker(runtime, bus, handler)
    await publish(runtime, bus, accepted(1))
    await run_until_quiet(subject)
    await publish(runtime, bus, rejected(1))
    behind = open_envelope(bus.logs[EVENTS][-1])

    ready = True
    assert isinstance(runtime.clock, SetClock)
    runtime.clock.advance(timedelta(minutes=10))
    parking = Parking(runtime, "test", {ClaimRejected.type: Subscription(ClaimRejected, handler)})
    async with runtime.database.work(runtime) as work:
        assert await parking.queue_behind(work, [behind]) == []
        assert not await subject.retry_parked()
    while await subject.retry_parked():
        pass

    assert [what for _, what in await effects(runtime)] == [ClaimAccepted.type, ClaimRejected.type]
    assert await count(runtime, waiting_key) == 0


async def test_one_event_that_fails_for_unknown_reasons_does_not_stop_the_others_for_ever(
    runtime: Runtime, bus: MemoryBus
) -> None:
    repaired = False

    async def handler(work: UnitOfWork, events: Sequence[Received[Any]]) -> None:
        if not repaired and any(each.key == str(claim_id(1)) for each in events):
            raise RuntimeError
        await record(work, events)

    consumer = all_at_once(bus)
    subject = Worker(runtime, consumer, [Subscription(ClaimAccepted, handler)], name="test")
    await publish(runtime, bus, accepted(1), accepted(2))
    for _ in range(3):
        with pytest.raises(RuntimeError):
            await subject.step()
        await consumer.rewind()
    await subject.step()
    assert await effects(runtime) == [(str(claim_id(2)), ClaimAccepted.type)]

    assert isinstance(runtime.clock, SetClock)
    runtime.clock.advance(timedelta(minutes=10))
    await subject.retry_parked()
    assert await count(runtime, parked) == 1
    repaired = True
    runtime.clock.advance(timedelta(minutes=10))
    await subject.retry_parked()

    assert len(await effects(runtime)) == 2
    assert await count(runtime, parked) == 0


async def test_state_records_never_wait_behind_a_broken_one(runtime: Runtime, bus: MemoryBus) -> None:
    subject = Worker(runtime, all_at_once(bus), [Subscription(ClaimAccepted, record, state=True)], name="test")
    await publish(runtime, bus, accepted(1))
    whole = bus.logs[EVENTS][0]
    bus.logs[EVENTS] = [Message(EVENTS, whole.key, whole.headers, b"{broken"), whole, whole]

    await run_until_quiet(subject)

    assert len(await effects(runtime)) == 2
    assert await count(runtime, parked) == 0


async def test_an_unknown_type_is_skipped(runtime: Runtime, bus: MemoryBus) -> None:
    await publish(runtime, bus, accepted(1))
    good = bus.logs[EVENTS][0]
    bus.logs[EVENTS].insert(0, Message(EVENTS, "x", {**good.headers, "ce_type": "claims.of-tomorrow.v1"}, b"{}"))

    await run_until_quiet(worker(runtime, bus))

    assert len(await effects(runtime)) == 1


async def test_the_breaker_stops_a_consumer_that_would_drain_a_topic_into_dead_letters(
    runtime: Runtime, bus: MemoryBus
) -> None:
    async def handler(_work: UnitOfWork, _events: Sequence[Received[Any]]) -> None:
        raise Poison

    await publish(runtime, bus, *(accepted(n) for n in range(50)))

    with pytest.raises(BreakerOpenError):
        await run_until_quiet(worker(runtime, bus, handler))
    assert await count(runtime, parked) == 10


async def test_an_infrastructure_error_leaves_everything_to_be_done_again(runtime: Runtime, bus: MemoryBus) -> None:
    failures = iter([True, False])

    async def handler(work: UnitOfWork, events: Sequence[Received[Any]]) -> None:
        await record(work, events)
        if next(failures):
            raise ConnectionResetError

    consumer = all_at_once(bus)
    subject = Worker(runtime, consumer, [Subscription(ClaimAccepted, handler)], name="test")
    await publish(runtime, bus, *(accepted(n) for n in range(8)))

    with pytest.raises(ConnectionResetError):
        await subject.step()
    assert await effects(runtime) == []
    await consumer.rewind()
    await subject.step()

    assert len(await effects(runtime)) == 8
    assert runtime.clock.now() == MORNING
