"""Timers and jobs: rows that come due, claimed by one worker at a time.

A timer runs inside the transaction that removes its row. A job spans several transactions: its row is leased, the
lease renewed while it runs, and taken over by another worker soon after its owner died.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from libs.common.crashpoints import crashpoint
from libs.common.messaging.subscriptions import Due, Job, Timer
from libs.common.observability import metrics
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
        """Run one timer and start one job, if any are due. Whether there was one."""
        if not await self._any_due():
            return False
        ran = bool(self._timers) and await self._run_timer()
        if self._jobs and len(self._running) < _JOBS_AT_ONCE:
            due = await self._claim_job()
            if due is not None:
                task = asyncio.create_task(self.run_job(due))
                self._running.add(task)
                task.add_done_callback(self._running.discard)
                ran = True
        return ran

    async def _any_due(self) -> bool:
        """One look without a transaction: most of them find nothing."""
        waiting = sa.select(_due_at(self._runtime.clock.now(), [*self._timers, *self._jobs]).exists())
        async with self._runtime.database.read_once() as connection:
            return bool((await connection.execute(waiting)).scalar_one())

    async def finish_jobs(self) -> None:
        """Wait for the jobs under way: for tests and the simulation tier."""
        while self._running:
            await asyncio.gather(*self._running)

    async def _run_timer(self) -> bool:
        due: Due | None = None
        try:
            async with self._runtime.database.work(self._runtime) as work:
                row = (await work.execute(self._due_rows(work, list(self._timers)))).first()
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
            await self._postpone(due, error)
        return True

    def _due_rows(self, work: UnitOfWork, kinds: list[str]) -> sa.Select[Any]:
        return _due_at(work.now, kinds).order_by(due_work.c.due_at).limit(1).with_for_update(skip_locked=True)

    async def _claim_job(self) -> Due | None:
        async with self._runtime.database.work(self._runtime) as work:
            row = (await work.execute(self._due_rows(work, list(self._jobs)))).first()
            if row is None:
                return None
            due = _due(row)
            await work.execute(_row_of(sa.update(due_work), due).values(**self._lease(work)))
        crashpoint("job.claimed")
        return due

    def _lease(self, work: UnitOfWork) -> dict[str, Any]:
        return {"leased_by": self._runtime.instance, "leased_until": work.now + _LEASE}

    async def run_job(self, due: Due) -> None:
        """Run a claimed job to its end; a failure is written down and tried again later."""
        renewal = asyncio.create_task(self._renew(due))
        try:
            with span(f"job {due.kind}", traceparent=due.payload.get("traceparent", "")):
                await self._jobs[due.kind](self._runtime, due)
            crashpoint("job.finished")
            async with self._runtime.database.work(self._runtime) as work:
                # Only the row as it was claimed: the job may have asked for its own next run.
                await work.execute(_row_of(sa.delete(due_work), due).where(due_work.c.due_at == due.due_at))
                await work.execute(_row_of(sa.update(due_work), due).values(leased_by=None, leased_until=None))
        except Exception as error:  # noqa: BLE001 - recorded and retried
            await self._postpone(due, error)
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

    async def _postpone(self, due: Due, error: Exception) -> None:
        log.warning("due work failed", kind=due.kind, attempts=due.attempts + 1, error_class=type(error).__name__)
        metrics.DUE_WORK_FAILED.labels(kind=due.kind).inc()
        try:
            async with self._runtime.database.work(self._runtime) as work:
                delay = min(timedelta(seconds=2 ** min(due.attempts, 16)), _RETRY_MOST)
                await work.execute(
                    _row_of(sa.update(due_work), due).values(
                        attempts=due.attempts + 1, due_at=work.now + delay, leased_by=None, leased_until=None
                    )
                )
        except Exception as again:  # noqa: BLE001 - the row is still there and its lease ends by itself
            log.warning("due work could not be postponed", kind=due.kind, error_class=type(again).__name__)


def _due_at(now: datetime, kinds: list[str]) -> sa.Select[Any]:
    return sa.select(due_work).where(
        due_work.c.kind.in_(kinds),
        due_work.c.due_at <= now,
        sa.or_(due_work.c.leased_until.is_(None), due_work.c.leased_until < now),
    )


def _due(row: Any) -> Due:
    return Due(kind=row.kind, subject=row.subject, due_at=row.due_at, payload=row.payload, attempts=row.attempts)


def _row_of(statement: Any, due: Due) -> Any:
    return statement.where(due_work.c.kind == due.kind, due_work.c.subject == due.subject)
