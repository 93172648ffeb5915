"""Rows that are kept for a time only: old ones go, however many, and young ones stay."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from libs.common import sweeps
from libs.common.persistence.tables import attachment, idempotency, inbox
from libs.common.runtime import Runtime
from libs.common.sweeps import FAILED_UPLOADS_KEPT, IDEMPOTENCY_KEPT, INBOX_KEPT, sweep
from tests.support.effects import claim_id
from tests.support.platform import CloneSettings
from tests.support.portico import MORNING, runtime_for

SERVICE = "claims"
MOMENT = timedelta(seconds=1)


def received(number: int, at: datetime) -> dict[str, Any]:
    return {"consumer": "test", "event_id": claim_id(number), "received_at": at}


def claimed(number: int, at: datetime) -> dict[str, Any]:
    return {"user_id": claim_id(number), "key": "a key", "request_hash": b"", "location": "", "created_at": at}


def uploaded(number: int, at: datetime, *, failed: bool = True) -> dict[str, Any]:
    return {
        **dict.fromkeys(("attachment_id", "enrollment_id", "added_by"), claim_id(number)),
        **dict.fromkeys(("purpose", "name"), ""),
        "document": str(number),
        "state": "failed" if failed else "pending",
        "next_step": "Send it again." if failed else "",
        "begun_at": at,
    }


async def left(runtime: Runtime) -> set[UUID]:
    async with runtime.database.work(runtime) as work:
        received_events = (await work.execute(sa.select(inbox.c.event_id))).scalars()
        claimed_keys = (await work.execute(sa.select(idempotency.c.user_id))).scalars()
        return {*received_events, *claimed_keys, *(await work.execute(sa.select(attachment.c.attachment_id))).scalars()}


async def test_what_is_old_goes_and_what_is_young_stays(databases: Any) -> None:
    settings: CloneSettings = await databases(SERVICE)
    async with runtime_for(SERVICE, settings) as runtime:
        async with runtime.database.work(runtime) as work:
            inbox_ends, keys_end = work.now - INBOX_KEPT, work.now - IDEMPOTENCY_KEPT
            work.insert(inbox, [received(1, inbox_ends - MOMENT), received(2, inbox_ends)])
            work.insert(idempotency, [claimed(3, keys_end - MOMENT), claimed(4, keys_end)])
            uploads_end = work.now - FAILED_UPLOADS_KEPT
            gone, young = uploaded(5, uploads_end - MOMENT), uploaded(6, uploads_end)
            work.insert(attachment, [gone, young, uploaded(7, uploads_end - MOMENT, failed=False)])
        async with runtime.database.work(runtime) as work:
            assert not await sweep(work)
        assert await left(runtime) == {claim_id(number) for number in (2, 4, 6, 7)}


async def test_many_old_rows_go_in_several_steps(databases: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(sweeps, "_ROWS_AT_ONCE", 2)
    settings: CloneSettings = await databases(SERVICE)
    async with runtime_for(SERVICE, settings) as runtime:
        async with runtime.database.work(runtime) as work:
            work.insert(inbox, [received(number, MORNING - 2 * INBOX_KEPT) for number in range(1, 4)])
        async with runtime.database.work(runtime) as work:
            assert await sweep(work)
        assert len(await left(runtime)) == 1
        async with runtime.database.work(runtime) as work:
            assert not await sweep(work)
        assert await left(runtime) == set()
