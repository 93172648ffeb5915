"""What an operator does with jobs that were given up, by the real command."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from libs.common.messaging.due_work import given_up
from libs.common.persistence.tables import audit, due_work
from libs.common.runtime import Runtime
from tests.support.platform import CloneSettings
from tests.support.portico import runtime_for
from tools import due_work as tool
from tools import operating, rehearsal

SERVICE = "claims"
JOBS = (("process-submission", "a"), ("process-submission", "b"), ("forward-submission", "c"))


@pytest.fixture
async def settings(databases: Callable[..., Awaitable[CloneSettings]]) -> CloneSettings:
    return await databases(SERVICE)


@pytest.fixture
async def runtime(settings: CloneSettings) -> AsyncIterator[Runtime]:
    """Three jobs that were given up, and one that waits."""
    async with runtime_for(SERVICE, settings) as runtime:
        async with runtime.database.work(runtime) as work:
            for kind, subject in JOBS:
                await work.schedule(kind, subject, work.now)
            await work.execute(sa.update(due_work).values(given_up_at=work.now, failing_since=work.now, attempts=60))
            await work.schedule("process-submission", "waits", work.now + timedelta(hours=1))
        yield runtime


async def left(runtime: Runtime) -> list[str]:
    async with runtime.database.work(runtime) as work:
        return [each.subject for each in await given_up(work)]


async def audited(runtime: Runtime) -> list[tuple[str, str, str]]:
    async with runtime.database.work(runtime) as work:
        rows = (await work.execute(sa.select(audit).order_by(audit.c.audit_id))).all()
        return sorted((row.action, row.object_id, row.reason) for row in rows)


async def test_one_job_or_all_of_a_kind_are_released(runtime: Runtime) -> None:
    async with runtime.database.work(runtime) as work:
        released = await tool.release(work, "process-submission", "a", reason="fixed")
    assert ([each.subject for each in released], await left(runtime)) == (["a"], ["b", "c"])
    async with runtime.database.work(runtime) as work:
        await tool.release(work, "process-submission", "", reason="disk is back")
    assert await left(runtime) == ["c"]
    assert await audited(runtime) == [
        ("release", "process-submission:a", "fixed"),
        ("release", "process-submission:b", "disk is back"),
    ]


async def test_what_was_not_given_up_is_left_alone(runtime: Runtime) -> None:
    async with runtime.database.work(runtime) as work:
        assert await tool.release(work, "process-submission", "waits", reason="x") == []
        assert not await tool.drop(work, "process-submission", "waits", reason="x")
        assert await tool.drop(work, "forward-submission", "c", reason="void")
    assert (await left(runtime), await audited(runtime)) == (["a", "b"], [("drop", "forward-submission:c", "void")])


@pytest.mark.usefixtures("runtime")
def test_the_command_says_what_it_did(settings: CloneSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operating, "Settings", lambda: settings)
    run = CliRunner().invoke
    listed = run(tool.application, ["list", SERVICE])
    released = run(tool.application, ["release", SERVICE, "process-submission", "--reason", "fixed"])
    again = run(tool.application, ["release", SERVICE, "process-submission", "--reason", "fixed"])
    dropped = run(tool.application, ["drop", SERVICE, "forward-submission", "c", "--reason", "void"])
    empty = run(tool.application, ["list", SERVICE])
    assert [each.exit_code for each in (listed, released, again, dropped, empty)] == [0, 0, 1, 0, 0]
    assert all(f"{kind} {subject}" in listed.output for kind, subject in JOBS)
    assert "60 times" in listed.output
    assert "claims has given no job up." in empty.output


def test_the_rehearsal_asks_for_a_job_that_fails_since_yesterday(
    settings: CloneSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operating, "Settings", lambda: settings)
    monkeypatch.setattr(rehearsal, "Settings", lambda: settings)
    asked = CliRunner().invoke(rehearsal.application, ["stuck"])
    assert asked.exit_code == 0, asked.output
    assert "process-submission" in asked.output
