"""What follows the journal: rows, events, and what a restart makes of both."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from deploy.local.portal import free_port_base
from libs.common.clock import SystemClock
from libs.common.persistence.tables import due_work, outbox
from libs.common.runtime import Runtime
from libs.common.settings import Settings
from services.notifier.banners.tables import portal_state
from services.notifier.contractor_alerts import handlers as alerts
from services.notifier.contractor_alerts.tables import contractor_alert, contractor_alert_attempt
from services.notifier.interruptions import repository
from services.notifier.interruptions.domain import Change, Interruption
from services.notifier.interruptions.handlers import record_change
from services.notifier.interruptions.tables import interruption, interruption_change
from simulators.cms_mailbox.mailbox import Mailbox
from tests.support.notifier import World, until
from tests.support.portico import MORNING, runtime_for

CONTRACT = "15004"


@pytest.fixture
async def runtime(databases: Callable[..., Awaitable[Settings]]) -> AsyncIterator[Runtime]:
    async with runtime_for("notifier", await databases("notifier"), clock=SystemClock()) as made:
        yield made


@pytest.fixture
async def world(runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    monkeypatch.setattr(alerts, "pause_after", lambda _attempts: timedelta(milliseconds=20))
    async with free_port_base() as base:
        settings = runtime.settings.model_copy(update={"port_base": base})
        mailbox = Mailbox(tmp_path / "mailbox", SystemClock())
        yield World(settings, mailbox)
        mailbox.close()


def opened(number: int, domain: str = "claims") -> Change:
    whole = Interruption(
        interruption_id=_id(number),
        fault_domain=domain,
        functions=("F-07", "F-08"),
        started_at=MORNING,
        detected_at=MORNING + timedelta(seconds=3),
    )
    return Change("opened", whole.detected_at, whole)


def closed(change: Change) -> Change:
    at = MORNING + timedelta(minutes=5)
    after = replace(change.interruption, sequence=change.interruption.sequence + 1, state="closed", ended_at=at)
    return Change("closed", at, after)


def _id(number: int) -> UUID:
    return UUID(int=number)


async def rows(runtime: Runtime, statement: Any) -> list[Any]:
    async with runtime.database.work(runtime) as work:
        return list(await work.execute(statement))


async def published(runtime: Runtime) -> list[str]:
    found = await rows(runtime, sa.select(outbox.c.headers).order_by(outbox.c.id))
    return [json.loads(row.headers)["ce_type"].split(".")[1] for row in found]


async def test_rows_and_events_follow_once_however_often_the_journal_is_read(runtime: Runtime) -> None:
    first = opened(1)
    for change in (first, closed(first), first, closed(first)):
        async with runtime.database.work(runtime) as work:
            await record_change(work, CONTRACT, change)

    (row,) = await rows(runtime, sa.select(interruption))
    assert (row.state, row.sequence, row.ended_at) == ("closed", 2, MORNING + timedelta(minutes=5))
    assert await published(runtime) == ["interruption-opened", "interruption-closed"]


async def test_a_fault_domain_has_one_open_interruption(runtime: Runtime) -> None:
    first = opened(1)
    async with runtime.database.work(runtime) as work:
        await record_change(work, CONTRACT, first)
    with pytest.raises(IntegrityError, match="interruption_one_open"):
        async with runtime.database.work(runtime) as work:
            await record_change(work, CONTRACT, opened(2))
    async with runtime.database.work(runtime) as work:
        await record_change(work, CONTRACT, opened(3, "eligibility"))
        await record_change(work, CONTRACT, closed(first))
        await record_change(work, CONTRACT, opened(4))

    found = await rows(runtime, sa.select(interruption.c.fault_domain).where(interruption.c.state == "open"))
    assert sorted(row.fault_domain for row in found) == ["claims", "eligibility"]


async def test_the_engine_leaves_proof_of_notice(runtime: Runtime, world: World) -> None:
    async with world.mail(), world.engine(runtime):
        await until(lambda: '"available"' in world.functions)
        world.down.add("claims")
        await until(lambda: len(world.letters) == 1)
        world.down.clear()
        await until(lambda: len(world.letters) == 2)
        await _until_recorded(runtime, 2)
        at_rest = sa.select(portal_state).where(portal_state.c.situation["banner"].astext.is_(None))
        await _until_found(runtime, at_rest, 1)

    found = await rows(runtime, sa.select(contractor_alert).order_by(contractor_alert.c.sequence))
    assert [row.state for row in found] == ["accepted", "accepted"]
    assert [row.message_id for row in found] == [letter.message_id for letter in world.letters]
    told = await published(runtime)
    assert [each for each in told if each != "portal-state"] == [
        "interruption-opened",
        "contractor-alert-accepted",
        "interruption-closed",
        "contractor-alert-accepted",
    ]
    assert "portal-state" in told
    assert len(await rows(runtime, sa.select(due_work).where(due_work.c.kind == "republish-portal-state"))) == 1


async def test_what_happened_without_a_database_is_recorded_when_it_answers(runtime: Runtime, world: World) -> None:
    async with world.mail(), world.engine():
        await until(lambda: '"available"' in world.functions)
        world.down.add("claims")
        await until(lambda: len(world.letters) == 1)
    world.down.clear()
    async with world.mail(), world.engine(runtime):
        await until(lambda: len(world.letters) == 2)
        await _until_recorded(runtime, 2)

    kinds = await rows(runtime, sa.select(interruption_change.c.kind).order_by(interruption_change.c.sequence))
    assert [row.kind for row in kinds] == ["opened", "closed"]


async def test_an_open_row_that_the_journal_lost_is_taken_up_and_closed(runtime: Runtime, world: World) -> None:
    lost = opened(1)
    async with runtime.database.work(runtime) as work:
        await record_change(work, CONTRACT, lost)
    async with world.mail(), world.engine(runtime):
        await _until_state(runtime, "closed")

    (row,) = await rows(runtime, sa.select(interruption))
    assert row.interruption_id == lost.interruption.interruption_id


async def test_a_false_alarm_is_taken_back_with_a_correction(runtime: Runtime, world: World) -> None:
    async with world.mail(), world.engine(runtime):
        await until(lambda: '"available"' in world.functions)
        world.down.add("claims")
        await until(lambda: len(world.letters) == 1)
        world.down.clear()
        await _until_state(runtime, "closed")
        (row,) = await rows(runtime, sa.select(interruption))
        async with runtime.database.work(runtime) as work:
            await repository.request_retraction(work, row.interruption_id, "person:operator")
        await until(lambda: len(world.letters) == 3)
        await _until_state(runtime, "retracted")

    assert "Correction" in world.letters[2].subject
    assert "interruption-retracted" in await published(runtime)


async def test_a_merged_alert_and_each_attempt_have_their_receipts(runtime: Runtime, world: World) -> None:
    async with world.engine(runtime):
        await until(lambda: '"available"' in world.functions)
        world.down.add("claims")
        await until(lambda: "been unavailable since" in world.banner)
        world.down.clear()
        await until(lambda: (2, "temporary") in world.attempts)
        async with world.mail():
            await until(lambda: len(world.letters) == 1)
        await _until_recorded(runtime, 2)

    found = await rows(runtime, sa.select(contractor_alert).order_by(contractor_alert.c.sequence))
    assert [row.state for row in found] == ["merged", "accepted"]
    attempts = await rows(runtime, sa.select(contractor_alert_attempt.c.outcome))
    assert [row.outcome for row in attempts].count("accepted") == 1
    assert {row.outcome for row in attempts} == {"temporary", "accepted"}


async def _until_recorded(runtime: Runtime, alerts_done: int) -> None:
    done = sa.select(contractor_alert).where(contractor_alert.c.state.in_(["accepted", "merged"]))
    await _until_found(runtime, done, alerts_done)


async def _until_state(runtime: Runtime, state: str) -> None:
    await _until_found(runtime, sa.select(interruption).where(interruption.c.state == state), 1)


async def _until_found(runtime: Runtime, statement: Any, count: int) -> None:
    async with asyncio.timeout(20):
        while len(await rows(runtime, statement)) < count:  # noqa: ASYNC110 - the rows are another task's doing
            await asyncio.sleep(0.02)
