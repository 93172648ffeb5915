"""Timers and jobs: done once they are due, done again after a failure or a crash, never by two at once."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from libs.common.clock import SetClock
from libs.common.messaging.due_work import DueWork
from libs.common.messaging.subscriptions import Due
from libs.common.persistence.tables import due_work
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.runtime import Runtime
from tests.support.effects import create_effect_table, effect, effects
from tests.support.portico import runtime_for

SERVICE = "remittance"


@pytest.fixture
async def runtime(databases: Any) -> AsyncIterator[Runtime]:
    settings = await databases(SERVICE)
    await create_effect_table(settings, SERVICE)
    async with runtime_for(SERVICE, settings) as made:
        yield made


def forward(runtime: Runtime, **step: float) -> None:
    assert isinstance(runtime.clock, SetClock)
    runtime.clock.advance(timedelta(**step))


async def ask(runtime: Runtime, kind: str, subject: str, **delay: float) -> None:
    async with runtime.database.work(runtime) as work:
        await work.schedule(kind, subject, work.now + timedelta(**delay))


async def remind(work: UnitOfWork, due: Due) -> None:
    work.insert(effect, [{"subject": due.subject, "what": due.kind}])


async def waiting(runtime: Runtime) -> list[Any]:
    async with runtime.database.work(runtime) as work:
        return list(await work.execute(sa.select(due_work)))


async def test_a_timer_runs_when_it_is_due_and_not_before(runtime: Runtime) -> None:
    subject = DueWork(runtime, {"remind": remind}, {})
    await ask(runtime, "remind", "a", hours=1)
    assert not await subject.step()

    forward(runtime, hours=1)
    assert await subject.step()

    assert await effects(runtime) == [("a", "remind")]
    assert await waiting(runtime) == []


async def test_asking_again_moves_the_one_row(runtime: Runtime) -> None:
    await ask(runtime, "remind", "a", hours=1)
    await ask(runtime, "remind", "a", hours=5)
    forward(runtime, hours=2)

    assert not await DueWork(runtime, {"remind": remind}, {}).step()
    assert len(await waiting(runtime)) == 1


async def test_a_failed_timer_leaves_no_effect_and_comes_again(runtime: Runtime) -> None:
    failures = iter([True, False])

    async def shaky(work: UnitOfWork, due: Due) -> None:
        await remind(work, due)
        if next(failures):
            raise ConnectionResetError

    subject = DueWork(runtime, {"remind": shaky}, {})
    await ask(runtime, "remind", "a")
    await subject.step()
    assert await effects(runtime) == []
    assert not await subject.step()

    forward(runtime, seconds=5)
    await subject.step()

    assert await effects(runtime) == [("a", "remind")]


async def test_a_job_is_leased_so_that_nobody_else_runs_it(runtime: Runtime) -> None:
    ran: list[str] = []

    async def job(_runtime: Runtime, due: Due) -> None:
        ran.append(due.subject)

    first, second = DueWork(runtime, {}, {"read": job}), DueWork(runtime, {}, {"read": job})
    await ask(runtime, "read", "a")
    assert await first.step()
    assert not await second.step()
    await first.finish_jobs()

    assert ran == ["a"]
    assert await waiting(runtime) == []


async def test_a_job_whose_owner_died_is_taken_over_when_its_lease_ends(runtime: Runtime) -> None:
    ran: list[str] = []

    async def dies(_runtime: Runtime, _due: Due) -> None:
        raise KeyboardInterrupt  # stands for the end of the process: nothing after it runs

    async def job(_runtime: Runtime, due: Due) -> None:
        ran.append(due.subject)

    await ask(runtime, "read", "a")
    dead = DueWork(runtime, {}, {"read": dies})
    claimed = await dead._claim_job()
    assert claimed is not None
    heir = DueWork(runtime, {}, {"read": job})
    assert not await heir.step()

    forward(runtime, seconds=11)
    assert await heir.step()
    await heir.finish_jobs()

    assert ran == ["a"]


async def test_a_job_may_ask_for_its_own_next_run(runtime: Runtime) -> None:
    async def job(within: Runtime, due: Due) -> None:
        async with within.database.work(within) as work:
            await work.schedule(due.kind, due.subject, work.now + timedelta(days=1))

    subject = DueWork(runtime, {}, {"republish": job})
    await ask(runtime, "republish", "all")
    await subject.step()
    await subject.finish_jobs()

    [row] = await waiting(runtime)
    assert row.due_at == runtime.clock.now() + timedelta(days=1)
    assert row.leased_by is None
