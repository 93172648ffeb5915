import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from libs.common.clock import SetClock
from libs.common.messaging.due_work import DueWork
from libs.common.persistence.tables import due_work, outbox
from libs.common.runtime import Runtime
from libs.common.settings import Settings
from services.notifier.banners import repository
from services.notifier.banners.domain import FunctionState, Situation
from services.notifier.banners.handlers import REPUBLISH, publish_state, republish, schedule_republishing
from services.notifier.banners.repository import told
from tests.support.portico import MORNING, runtime_for

SITUATION = Situation(
    (FunctionState("F-07", "Claim Status", "not-available", MORNING),), "Claim Status is not available.", MORNING
)


@pytest.fixture
async def clock() -> SetClock:
    return SetClock(MORNING)


@pytest.fixture
async def runtime(databases: Callable[..., Awaitable[Settings]], clock: SetClock) -> AsyncIterator[Runtime]:
    async with runtime_for("notifier", await databases("notifier"), clock=clock) as made:
        yield made


async def states(runtime: Runtime) -> list[dict[str, object]]:
    async with runtime.database.work(runtime) as work:
        found = await work.execute(sa.select(outbox.c.payload).order_by(outbox.c.id))
        return [json.loads(row.payload) for row in found]


async def test_each_state_is_whole_and_newer_than_the_last(runtime: Runtime) -> None:
    for situation in (SITUATION, Situation(())):
        async with runtime.database.work(runtime) as work:
            await publish_state(work, situation)

    first, second = await states(runtime)
    assert (first["generation"], first["version"], second["version"]) == (1, 1, 2)
    assert first["banner"] == "Claim Status is not available."
    assert second["banner"] is None


async def test_the_state_is_published_again_every_day(runtime: Runtime, clock: SetClock) -> None:
    async with runtime.database.work(runtime) as work:
        await publish_state(work, SITUATION)
        await schedule_republishing(work)
    timers = DueWork(runtime, {REPUBLISH: republish}, {})
    assert not await timers.step()
    clock.advance(timedelta(days=1))
    assert await timers.step()

    assert [state["version"] for state in await states(runtime)] == [1, 2]
    async with runtime.database.work(runtime) as work:
        (row,) = await work.execute(sa.select(due_work.c.due_at))
    assert row.due_at == MORNING + timedelta(days=2)


async def test_what_is_told_comes_from_the_rows_where_nobody_watches_and_from_the_file_where_somebody_does(
    runtime: Runtime,
) -> None:
    assert await told(runtime) is None
    async with runtime.database.work(runtime) as work:
        await publish_state(work, SITUATION)
    assert await told(runtime) == SITUATION

    repository.keep(runtime.settings, Situation(()))
    assert await told(runtime) == Situation(())


async def test_a_function_is_degraded_only_while_it_is_said_again(runtime: Runtime, clock: SetClock) -> None:
    async with runtime.database.work(runtime) as work:
        await repository.keep_performance(work, "F-07", MORNING, degraded=True)
        await repository.keep_performance(work, "F-07", MORNING - timedelta(seconds=9), degraded=False)
        await repository.keep_performance(work, "F-08", MORNING, degraded=False)
        assert await repository.degraded_functions(work) == {"F-07"}
    clock.advance(timedelta(seconds=91))
    async with runtime.database.work(runtime) as work:
        assert await repository.degraded_functions(work) == frozenset()
