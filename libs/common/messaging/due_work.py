"""Timers and jobs: rows that come due, claimed by one worker at a time.

A timer runs inside the transaction that removes its row. A job spans several transactions: its row is leased, the
lease renewed while it runs, and taken over by another worker soon after its owner died. A job that only ever fails, or
takes its worker down, is given up when its patience has ended; its row stays until it is released or asked for again.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from libs.common.crashpoints import crashpoint
from libs.common.messaging.subscriptions import Due, Job, Timer
from libs.common.observability import metrics
from libs.common.observability.alarms import report_given_up
from libs.common.observability.logs import log
from libs.common.observability.traces import span
from libs.common.persistence.tables import due_work
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.runtime import Runtime

_LEASE = timedelta(seconds=10)
_RENEW_SECONDS = 3.0
_JOBS_AT_ONCE = 4
_POLL_LEAST_SECONDS = 0.05
_POLL_MAX_SECONDS = 0.1
_POLL_WOKEN_SECONDS = 1.0
_RETRY_MOST = timedelta(minutes=5)
_FREE: dict[str, Any] = {"leased_by": None, "leased_until": None}


class DueWork:
    """Runs what comes due in one service's database.

    `woken`: this process also asks for the work, so it need not look often.
    """

    def __init__(
        self, runtime: Runtime, timers: Mapping[str, Timer], jobs: Mapping[str, Job], *, woken: bool = False
    ) -> None:
        self._runtime = runtime
        self._timers = timers
        self._jobs = jobs
        self._poll_most = _POLL_WOKEN_SECONDS if woken else _POLL_MAX_SECONDS
        self._running: set[asyncio.Task[None]] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; jobs under way are then canceled and found again by their leases."""
        pause = _POLL_LEAST_SECONDS
        while not stop.is_set():
            try:
                busy = await self.step()
            except Exception as error:  # noqa: BLE001 - the database is away: the rows wait there
                log.warning("due work waits", error_class=type(error).__name__)
                busy = False
            pause = _POLL_LEAST_SECONDS if busy else min(pause * 1.5, self._poll_most)
            if not busy:
                await self._runtime.wait_for_due_work(pause)
        for task in self._running:
            task.cancel()

    async def step(self) -> bool:
        """Run the timer or start the job that came due first. Whether there was one."""
        for kind in await self._due_kinds():
            if await (self._run_timer(kind) if kind in self._timers else self._start_job(kind)):
                return True
        return False

    async def _due_kinds(self) -> list[str]:
        """What is due of what may run now, the longest due first: one look, and most of them find nothing."""
        kinds = [*self._timers, *(self._jobs if len(self._running) < _JOBS_AT_ONCE else ())]
        kind = sa.func.unnest(sa.bindparam("kinds", kinds, ARRAY(sa.Text))).column_valued("asked")
        first = _next_of(kind, self._runtime.clock.now()).lateral()
        look = sa.select(kind).join(first, sa.true()).order_by(first.c.due_at)
        async with self._runtime.database.read_once() as connection:
            return list((await connection.execute(look)).scalars())

    async def finish_jobs(self) -> None:
        """Wait for the jobs under way: for tests and the simulation tier."""
        while self._running:
            await asyncio.gather(*self._running)

    async def _run_timer(self, kind: str) -> bool:
        due: Due | None = None
        try:
            async with self._runtime.database.work(self._runtime) as work:
                row = await self._take(work, kind)
                if row is None:
                    return False
                due = _due(row)
                await work.execute(_row_of(sa.delete(due_work), due))
                with span(f"timer {due.kind}", traceparent=due.payload.get("traceparent", "")):
                    await self._timers[due.kind](work, due)
                await work.flush()
                crashpoint("due-work.before-commit")
            crashpoint("due-work.after-commit")
        except Exception as error:
            if due is None:
                raise
            await self._postpone(due, error, patience=None)
        return True

    async def _take(self, work: UnitOfWork, kind: str) -> Any:
        return (await work.execute(_next_of(kind, work.now).with_for_update(skip_locked=True))).first()

    async def _start_job(self, kind: str) -> bool:
        due = await self._claim_job(kind)
        if due is None:
            return False
        task = asyncio.create_task(self.run_job(due))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return True

    async def _claim_job(self, kind: str) -> Due | None:
        async with self._runtime.database.work(self._runtime) as work:
            row = await self._take(work, kind)
            if row is None:
                return None
            due = _due(row)
            changed: dict[str, Any] = self._lease(work)
            if row.leased_by is not None:
                # Its worker ended with it, perhaps by it.
                due = _failing(due, work.now)
                changed |= {"failing_since": due.failing_since} | self._end_of(due, self._jobs[kind].patience, work)
            await work.execute(_row_of(sa.update(due_work), due).values(**changed))
        crashpoint("job.claimed")
        return None if "given_up_at" in changed else due

    def _lease(self, work: UnitOfWork) -> dict[str, Any]:
        return {"leased_by": self._runtime.instance, "leased_until": work.now + _LEASE}

    async def run_job(self, due: Due) -> None:
        """Run a claimed job to its end; a failure is written down and tried again later."""
        renewal = asyncio.create_task(self._renew(due))
        try:
            with span(f"job {due.kind}", traceparent=due.payload.get("traceparent", "")):
                await self._jobs[due.kind].run(self._runtime, due)
            crashpoint("job.finished")
            async with self._runtime.database.work(self._runtime) as work:
                # Only the row as it was claimed: the job may have asked for its own next run.
                await work.execute(_row_of(sa.delete(due_work), due).where(due_work.c.due_at == due.due_at))
                await work.execute(_row_of(sa.update(due_work), due).values(**_FREE, attempts=0, failing_since=None))
        except Exception as error:  # noqa: BLE001 - recorded and retried
            await self._postpone(due, error, self._jobs[due.kind].patience)
        finally:
            renewal.cancel()

    async def _renew(self, due: Due) -> None:
        while True:
            await asyncio.sleep(_RENEW_SECONDS)
            try:
                async with self._runtime.database.work(self._runtime) as work:
                    await work.execute(_row_of(sa.update(due_work), due).values(**self._lease(work)))
            except Exception as error:  # noqa: BLE001 - the next renewal may succeed; if none does, the lease ends
                log.warning("lease not renewed", kind=due.kind, error_class=type(error).__name__)

    async def _postpone(self, due: Due, error: Exception, patience: timedelta | None) -> None:
        log.warning("due work failed", kind=due.kind, attempts=due.attempts + 1, error_class=type(error).__name__)
        metrics.DUE_WORK_FAILED.labels(kind=due.kind).inc()
        try:
            async with self._runtime.database.work(self._runtime) as work:
                delay = min(timedelta(seconds=2 ** min(due.attempts, 16)), _RETRY_MOST)
                failed = _failing(due, work.now)
                changed = {"attempts": due.attempts + 1, "failing_since": failed.failing_since}
                later = {"due_at": work.now + delay} | self._end_of(failed, patience, work)
                await work.execute(_row_of(sa.update(due_work), due).values(_FREE | changed | later))
        except Exception as again:  # noqa: BLE001 - the row is still there and its lease ends by itself
            log.warning("due work could not be postponed", kind=due.kind, error_class=type(again).__name__)

    def _end_of(self, due: Due, patience: timedelta | None, work: UnitOfWork) -> dict[str, Any]:
        """What is written when work that fails has had its time; nothing before, and an operator is called."""
        if patience is None or due.failing_since is None or work.now - due.failing_since < patience:
            return {}
        work.after_commit(lambda: report_given_up(due.kind))
        return _FREE | {"given_up_at": work.now}


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Work that was given up, as far as an operator is told of it."""

    kind: str
    subject: str
    attempts: int
    failing_since: datetime
    given_up_at: datetime


async def given_up_at(work: UnitOfWork, kind: str, subject: str | UUID) -> datetime | None:
    """Since when nobody works on it any more; None while somebody does, or when it is done."""
    mine = due_work.c.kind == kind, due_work.c.subject == str(subject)
    return (await work.execute(sa.select(due_work.c.given_up_at).where(*mine))).scalar_one_or_none()


async def given_up(work: UnitOfWork) -> list[GivenUp]:
    """All work of the service that was given up, the longest ago first."""
    columns = [due_work.c[name] for name in GivenUp.__dataclass_fields__]
    rows = sa.select(*columns).where(due_work.c.given_up_at.is_not(None)).order_by(due_work.c.given_up_at)
    return [GivenUp(*tuple(row)) for row in await work.execute(rows)]


async def release(work: UnitOfWork, kind: str, subject: str) -> bool:
    """Let work that was given up be tried again, with all its patience. False when there is no such work."""
    again = sa.update(due_work).where(*_was_given_up(kind, subject))
    released = await work.execute(again.values(given_up_at=None, failing_since=None, attempts=0, due_at=work.now))
    return released.rowcount == 1


async def drop(work: UnitOfWork, kind: str, subject: str) -> bool:
    """Forget work that was given up. False when there is no such work."""
    return (await work.execute(sa.delete(due_work).where(*_was_given_up(kind, subject)))).rowcount == 1


def _was_given_up(kind: str, subject: str) -> tuple[sa.ColumnElement[bool], ...]:
    return due_work.c.kind == kind, due_work.c.subject == subject, due_work.c.given_up_at.is_not(None)


def _next_of(kind: str | sa.ColumnElement[str], now: datetime) -> sa.Select[Any]:
    """The row of a kind that has been due longest and is nobody's."""
    free = sa.or_(due_work.c.leased_until.is_(None), due_work.c.leased_until < now)
    waiting = due_work.c.given_up_at.is_(None), due_work.c.due_at <= now, free
    return sa.select(due_work).where(due_work.c.kind == kind, *waiting).order_by(due_work.c.due_at).limit(1)


def _due(row: Any) -> Due:
    return Due(**{name: row._mapping[name] for name in Due.__dataclass_fields__})  # noqa: SLF001 - columns by name


def _failing(due: Due, now: datetime) -> Due:
    return replace(due, failing_since=due.failing_since or now)


def _row_of(statement: Any, due: Due) -> Any:
    return statement.where(due_work.c.kind == due.kind, due_work.c.subject == due.subject)
