import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from libs.common.runtime import Runtime
from services.notifier.interruptions.domain import Change, Interruption
from services.notifier.interruptions.handlers import record_change
from services.notifier.interruptions.tables import retraction_request
from tests.support.platform import CloneSettings
from tests.support.portico import MORNING, runtime_for
from tools import interruptions

OPEN, CLOSED, NOBODYS = UUID(int=1), UUID(int=2), UUID(int=3)


@pytest.fixture
async def settings(databases: Callable[..., Awaitable[CloneSettings]]) -> CloneSettings:
    return await databases("notifier")


@pytest.fixture
async def runtime(settings: CloneSettings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Runtime]:
    """One interruption that is open, and one that was closed."""
    monkeypatch.setattr(interruptions, "Settings", lambda: settings)
    async with runtime_for("notifier", settings) as runtime:
        for number, domain in ((OPEN, "hets"), (CLOSED, "claims")):
            whole = Interruption(number, domain, ("F-07",), MORNING, MORNING + timedelta(seconds=3))
            async with runtime.database.work(runtime) as work:
                await record_change(work, "15004", Change("opened", whole.detected_at, whole))
        end = MORNING + timedelta(minutes=5)
        ended = replace(whole, sequence=2, state="closed", ended_at=end)
        async with runtime.database.work(runtime) as work:
            await record_change(work, "15004", Change("closed", end, ended))
        yield runtime


def run(*arguments: str) -> Result:
    return CliRunner().invoke(interruptions.application, arguments)


async def requested(runtime: Runtime) -> set[UUID]:
    async with runtime.database.work(runtime) as work:
        return set((await work.execute(sa.select(retraction_request.c.interruption_id))).scalars())


@pytest.mark.usefixtures("runtime")
def test_the_last_interruptions_are_listed_with_their_state() -> None:
    lines = {line.split()[0]: line for line in run("list").output.splitlines()}
    assert set(lines) == {str(OPEN), str(CLOSED)}
    assert " open " in lines[str(OPEN)]
    assert " closed " in lines[str(CLOSED)]


@pytest.mark.parametrize(
    ("which", "said", "asked"),
    [
        (CLOSED, "It is taken back now.", {CLOSED}),
        (OPEN, "It is open; it is taken back once it is closed.", {OPEN}),
        (NOBODYS, "There is no such interruption", set()),
    ],
)
async def test_the_engine_is_asked_to_take_one_back(runtime: Runtime, which: UUID, said: str, asked: set[UUID]) -> None:
    answer = await asyncio.to_thread(run, "retract", str(which))  # the command has a loop of its own

    assert said in answer.output
    assert answer.exit_code == (0 if asked else 1)
    assert await requested(runtime) == asked
