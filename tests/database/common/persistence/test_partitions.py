"""Monthly partitions: made ahead, nothing is refused without one, nobody passes row security by, months are dropped."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from libs.common.clock import SetClock
from libs.common.persistence.partitions import keep_partitions, kept_since
from libs.common.persistence.tables import audit
from libs.common.runtime import Runtime
from tests.support.platform import CloneSettings
from tests.support.portico import MORNING, runtime_for
from tools import operating, retention

SERVICE = "claims"
LATER = MORNING.replace(year=2091, month=12)  # no migration has made its months, whenever the tests run


@pytest.fixture
async def settings(databases: Callable[..., Awaitable[CloneSettings]]) -> CloneSettings:
    return await databases(SERVICE)


@pytest.fixture
async def runtime(settings: CloneSettings) -> AsyncIterator[Runtime]:
    async with runtime_for(SERVICE, settings, clock=SetClock(LATER)) as made:
        yield made


async def note(runtime: Runtime, times: int = 1) -> None:
    async with runtime.database.work(runtime) as work:
        for number in range(times):
            work.audit("read", "claim", str(number))


async def places(runtime: Runtime) -> list[str]:
    """Which partition each audit row lies in."""
    async with runtime.database.work(runtime) as work:
        rows = await work.execute(sa.select(sa.literal_column("tableoid::regclass::text")).select_from(audit))
        return sorted(rows.scalars())


async def keep(runtime: Runtime) -> None:
    async with runtime.database.work(runtime) as work:
        await keep_partitions(work)


async def test_a_row_without_a_month_is_not_refused_and_moves_when_the_month_is_made(
    runtime: Runtime, capsys: pytest.CaptureFixture[str]
) -> None:
    await note(runtime, 3)
    assert await places(runtime) == ["audit_default"] * 3
    await keep(runtime)
    assert await places(runtime) == [f"audit_{LATER:%Y_%m}"] * 3
    assert "holds rows" not in capsys.readouterr().out
    await note(runtime)
    assert await places(runtime) == [f"audit_{LATER:%Y_%m}"] * 4


async def test_every_partitioned_table_has_its_months_well_ahead(runtime: Runtime) -> None:
    await keep(runtime)
    async with runtime.database.work(runtime) as work:
        found = (await work.execute(sa.text("SELECT relname FROM pg_class WHERE relispartition"))).scalars().all()
    for table in ("audit", "claim", "claim_line", "claim_finding", "claim_status"):
        assert {f"{table}_2091_12", f"{table}_2092_01", f"{table}_2092_02", f"{table}_2092_03"} <= set(found)


async def test_rows_that_no_month_takes_call_an_operator(runtime: Runtime, capsys: pytest.CaptureFixture[str]) -> None:
    assert isinstance(runtime.clock, SetClock)
    await note(runtime)
    runtime.clock.advance(timedelta(days=200))
    await keep(runtime)
    assert "audit_default holds rows" in capsys.readouterr().out


async def test_a_month_that_cannot_be_made_now_calls_an_operator_and_stops_nobody(
    runtime: Runtime, capsys: pytest.CaptureFixture[str]
) -> None:
    assert isinstance(runtime.clock, SetClock)
    await keep(runtime)
    runtime.clock.advance(timedelta(days=31))
    async with runtime.database.work(runtime) as busy:
        await busy.execute(sa.text("SELECT count(*) FROM audit"))
        await keep(runtime)
        await note(runtime)
    assert "audit_2092_04 is missing" in capsys.readouterr().out
    await keep(runtime)
    assert "is missing" not in capsys.readouterr().out


@pytest.mark.parametrize("role", ["web", "work"])
async def test_nobody_reaches_a_partition_past_its_table(settings: CloneSettings, role: str) -> None:
    async with runtime_for(SERVICE, settings, clock=SetClock(LATER)) as worker:
        await keep(worker)
    async with runtime_for(SERVICE, settings, role=role, clock=SetClock(LATER)) as runtime:
        for name in ("claim_default", f"claim_{LATER:%Y_%m}", f"audit_{LATER:%Y_%m}"):
            with pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
                async with runtime.database.work(runtime) as work:
                    await work.execute(sa.text(f"SELECT * FROM {name}"))  # noqa: S608 - names of our own


async def test_only_the_worker_makes_months(settings: CloneSettings) -> None:
    async with runtime_for(SERVICE, settings, role="web", clock=SetClock(LATER)) as web:
        with pytest.raises(sa.exc.ProgrammingError, match="permission denied for function keep_partitions"):
            await keep(web)


def test_what_is_kept_for_years_is_counted_in_whole_months() -> None:
    assert kept_since(6, MORNING) == date(2020, 11, 1)


async def test_a_month_is_dropped_when_it_was_kept_long_enough_and_not_before(
    runtime: Runtime, settings: CloneSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(runtime.clock, SetClock)
    runtime.clock.advance(MORNING - LATER - timedelta(days=9 * 365))
    await keep(runtime)
    await note(runtime)
    month = f"{runtime.clock.now():%Y-%m}"
    monkeypatch.setattr(operating, "Settings", lambda: settings)

    async def run(*arguments: str) -> Any:
        return await asyncio.to_thread(CliRunner().invoke, retention.application, list(arguments))

    listed = await run("list", SERVICE)
    assert f"audit {month}  may be dropped" in listed.output
    assert f"claim {month}\n" in listed.output
    young = await run("drop", SERVICE, "claim", month, "--reason", "x")
    unknown = await run("drop", SERVICE, "audit", "1999-01", "--reason", "x")
    dropped = await run("drop", SERVICE, "audit", month, "--reason", "no hold")
    assert [each.exit_code for each in (young, unknown, dropped)] == [1, 1, 0]
    assert "must still be kept" in young.output
    async with runtime.database.work(runtime) as work:
        rows = (await work.execute(sa.select(audit.c.action, audit.c.object_id, audit.c.reason))).all()
    assert [tuple(row) for row in rows] == [("drop", f"audit_{month.replace('-', '_')}", "no hold")]
