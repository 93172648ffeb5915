"""Forgets what is kept for a time only: inbox rows, idempotency keys, drafts, failed uploads. Makes months to come."""

import asyncio
import contextlib
from datetime import datetime, timedelta

import sqlalchemy as sa

from libs.common.messaging.topics import CATALOG
from libs.common.observability.logs import log
from libs.common.persistence.partitions import keep_partitions
from libs.common.persistence.tables import attachment, draft, idempotency, inbox
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.runtime import Runtime

IDEMPOTENCY_KEPT = timedelta(days=30)
"""How long the same key still gives the first answer."""

FAILED_UPLOADS_KEPT = timedelta(days=90)
"""How long it can be seen that a file was not received, and why: as long as anybody asks after it."""
DRAFTS_KEPT = timedelta(days=30)
"""How long a form that was put aside can be taken up again after it was last saved."""

# While the broker keeps an event it may come again, to a consumer that lost its place.
INBOX_KEPT = max(topic.retention for topic in CATALOG.values() if topic.retention) + timedelta(days=30)
_EVERY_SECONDS = 3600.0
_ROWS_AT_ONCE = 10_000


async def keep_swept(runtime: Runtime, stop: asyncio.Event) -> None:
    """Sweep every hour until `stop` is set. Several workers of a service may do it at once."""
    while not stop.is_set():
        try:
            while await _sweep_some(runtime):
                pass
            async with runtime.database.work(runtime) as work:
                await keep_partitions(work)
        except Exception as error:  # noqa: BLE001 - the database is away: the rows are old an hour later too
            log.warning("old rows were not removed", error_class=type(error).__name__)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _EVERY_SECONDS)


async def _sweep_some(runtime: Runtime) -> bool:
    async with runtime.database.work(runtime) as work:
        return await sweep(work)


async def sweep(work: UnitOfWork) -> bool:
    """Remove a bounded number of old rows. Whether there may be more."""
    removed = [
        await _remove(work, inbox, inbox.c.received_at, work.now - INBOX_KEPT),
        await _remove(work, idempotency, idempotency.c.created_at, work.now - IDEMPOTENCY_KEPT),
        await _remove(
            work, attachment, attachment.c.begun_at, work.now - FAILED_UPLOADS_KEPT, attachment.c.state == "failed"
        ),
        await _remove(work, draft, draft.c.saved_at, work.now - DRAFTS_KEPT),
    ]
    return max(removed) == _ROWS_AT_ONCE


async def _remove(
    work: UnitOfWork, table: sa.Table, at: sa.Column[datetime], before: datetime, *rules: sa.ColumnElement[bool]
) -> int:
    """Remove at most `_ROWS_AT_ONCE` rows older than `before` that keep the `rules`, and say how many those were."""
    place: sa.ColumnClause[str] = sa.literal_column("ctid")
    old = sa.select(place).select_from(table).where(at < before, *rules)
    old = old.limit(_ROWS_AT_ONCE).with_for_update(skip_locked=True)
    removed = await work.execute(sa.delete(table).where(place == sa.func.any(sa.func.array(old.scalar_subquery()))))
    return removed.rowcount
