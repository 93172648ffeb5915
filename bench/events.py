"""Events and effects for the benches of messaging: what one accepted claim weighs."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from random import Random
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from libs.common.contracts.claims import ClaimAccepted
from libs.common.contracts.envelope import Received
from libs.common.ids import derived_id
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.process import build_runtime
from libs.common.runtime import Runtime
from libs.common.settings import Settings

effect = sa.Table(
    "bench_effect",
    sa.MetaData(),
    sa.Column("event_id", sa.Uuid, primary_key=True),
    sa.Column("cents", sa.BigInteger, nullable=False),
)


@asynccontextmanager
async def runtime(service: str, settings: Settings) -> AsyncIterator[Runtime]:
    """A runtime as its processes have it, and the table of effects in its database."""
    engine = create_async_engine(settings.database(service, "owner"), poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(effect.metadata.create_all)
    await engine.dispose()
    made = build_runtime(service, "all", settings)
    yield made
    await made.database.close()


def accepted(number: int) -> ClaimAccepted:
    """An event of the size and shape that each accepted claim causes."""
    return ClaimAccepted(
        claim_id=derived_id("bench", number),
        submission_id=derived_id("bench", "submission"),
        enrollment_id=derived_id("bench", "enrollment"),
        internal_control_number=f"2226326{number:06d}",
        beneficiary_token=Random(number).randbytes(16).hex(),
        total_charge_cents=12_500,
        lines=2,
    )


async def record(work: UnitOfWork, events: Sequence[Received[Any]]) -> None:
    """The effect: a row for each event."""
    work.insert(effect, [{"event_id": each.event_id, "cents": each.event.total_charge_cents} for each in events])


async def count(within: Runtime) -> int:
    """How many effects there are."""
    async with within.database.work(within) as work:
        return int((await work.execute(sa.select(sa.func.count()).select_from(effect))).scalar_one())
