"""Timers and jobs: done once they are due, done again after a failure or a crash, never by two at once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from libs.common.clock import SetClock
from libs.common.messaging.due_work import DueWork, GivenUp, given_up, given_up_at, release
from libs.common.messaging.subscriptions import Due, Job
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

    first, second = DueWork(runtime, {}, {"read": Job(job)}), DueWork(runtime, {}, {"read": Job(job)})
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
    dead = DueWork(runtime, {}, {"read": Job(dies)})
    claimed = await dead._claim_job("read")
    assert claimed is not None
    heir = DueWork(runtime, {}, {"read": Job(job)})
    assert not await heir.step()

    forward(runtime, seconds=11)
    assert await heir.step()
    await heir.finish_jobs()

    assert ran == ["a"]


async def test_a_job_may_ask_for_its_own_next_run(runtime: Runtime) -> None:
    async def job(within: Runtime, due: Due) -> None:
        async with within.database.work(within) as work:
            await work.schedule(due.kind, due.subject, work.now + timedelta(days=1))

    subject = DueWork(runtime, {}, {"republish": Job(job)})
    await ask(runtime, "republish", "all")
    await subject.step()
    await subject.finish_jobs()

    [row] = await waiting(runtime)
    assert row.due_at == runtime.clock.now() + timedelta(days=1)
    assert row.leased_by is None


async def fails(_runtime: Runtime, _due: Due) -> None:
    raise ValueError


async def run_for(runtime: Runtime, subject: DueWork, **time: float) -> None:
    """Try what is due, every five minutes, for so long."""
    until = runtime.clock.now() + timedelta(**time)
    while runtime.clock.now() < until:
        await subject.step()
        await subject.finish_jobs()
        forward(runtime, minutes=5)


async def all_given_up(runtime: Runtime) -> list[GivenUp]:
    async with runtime.database.work(runtime) as work:
        return await given_up(work)


async def test_a_job_that_only_fails_is_given_up_when_its_patience_ends(
    runtime: Runtime, capsys: pytest.CaptureFixture[str]
) -> None:
    began = runtime.clock.now()
    subject = DueWork(runtime, {}, {"read": Job(fails, patience=timedelta(hours=1))})
    await ask(runtime, "read", "a")

    await run_for(runtime, subject, minutes=55)
    assert await all_given_up(runtime) == []
    await run_for(runtime, subject, minutes=15)

    [given] = await all_given_up(runtime)
    assert (given.kind, given.subject, given.failing_since) == ("read", "a", began)
    assert given.given_up_at >= began + timedelta(hours=1)
    assert "due work given up" in capsys.readouterr().out
    tried = given.attempts
    await run_for(runtime, subject, hours=2)
    assert [each.attempts for each in await all_given_up(runtime)] == [tried]


async def test_a_job_that_takes_its_worker_down_is_given_up_too(runtime: Runtime) -> None:
    jobs = {"read": Job(fails, patience=timedelta(minutes=1))}
    await ask(runtime, "read", "a")
    claims = 0
    while await DueWork(runtime, {}, jobs)._claim_job("read") is not None:
        claims += 1
        forward(runtime, seconds=11)

    assert claims > 1
    assert [each.subject for each in await all_given_up(runtime)] == ["a"]


async def test_a_job_without_patience_is_never_given_up(runtime: Runtime) -> None:
    subject = DueWork(runtime, {}, {"read": Job(fails, patience=None)})
    await ask(runtime, "read", "a")
    await run_for(runtime, subject, days=1)

    assert await all_given_up(runtime) == []


async def test_what_was_given_up_runs_again_once_it_is_released(runtime: Runtime) -> None:
    repaired = False

    async def job(within: Runtime, due: Due) -> None:
        if not repaired:
            await fails(within, due)

    subject = DueWork(runtime, {}, {"read": Job(job)})
    await ask(runtime, "read", "a")
    await run_for(runtime, subject, hours=5)
    async with runtime.database.work(runtime) as work:
        assert await given_up_at(work, "read", "a") is not None

    repaired = True
    async with runtime.database.work(runtime) as work:
        assert await release(work, "read", "a")
        assert not await release(work, "read", "a")
        assert await given_up_at(work, "read", "a") is None
    await run_for(runtime, subject, minutes=5)

    assert await waiting(runtime) == []


async def test_asking_again_for_what_was_given_up_tries_it_once_more(runtime: Runtime) -> None:
    subject = DueWork(runtime, {}, {"read": Job(fails)})
    await ask(runtime, "read", "a")
    await run_for(runtime, subject, hours=5)
    [before] = await all_given_up(runtime)

    await ask(runtime, "read", "a")
    await run_for(runtime, subject, hours=1)

    assert [each.attempts for each in await all_given_up(runtime)] == [before.attempts + 1]


async def test_a_job_that_was_done_once_has_all_its_patience_again(runtime: Runtime) -> None:
    fail = True

    async def job(within: Runtime, due: Due) -> None:
        if fail:
            await fails(within, due)
        async with within.database.work(within) as work:
            await work.schedule(due.kind, due.subject, work.now + timedelta(minutes=5))

    subject = DueWork(runtime, {}, {"read": Job(job)})
    await ask(runtime, "read", "a")
    for fail in (True, False, True):  # noqa: B007 - the job reads it
        await run_for(runtime, subject, hours=3)

    assert await all_given_up(runtime) == []


async def test_timers_run_while_more_jobs_are_due_than_can_run(runtime: Runtime) -> None:
    end = asyncio.Event()

    async def job(_runtime: Runtime, _due: Due) -> None:
        await end.wait()

    subject = DueWork(runtime, {"remind": remind}, {"read": Job(job)})
    for number in range(10):
        await ask(runtime, "read", str(number))
    while await subject.step():
        pass
    forward(runtime, seconds=1)
    await ask(runtime, "remind", "a")

    assert await subject.step()
    assert not await subject.step()
    assert await effects(runtime) == [("a", "remind")]
    end.set()
    await subject.finish_jobs()


async def test_a_timer_that_another_worker_runs_keeps_no_other_from_running(runtime: Runtime) -> None:
    async def slow(work: UnitOfWork, due: Due) -> None:
        assert await other.step()
        await remind(work, due)

    await ask(runtime, "slow", "a")
    forward(runtime, seconds=1)
    await ask(runtime, "remind", "b")
    other = DueWork(runtime, {"slow": slow, "remind": remind}, {})
    assert await DueWork(runtime, {"slow": slow}, {}).step()

    assert sorted(await effects(runtime)) == [("a", "slow"), ("b", "remind")]
