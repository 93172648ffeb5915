"""A table that shows what a handler did: one row for each effect, so that a lost or doubled one can be counted."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from libs.common.contracts.claims import ClaimAccepted, ClaimRejected
from libs.common.contracts.envelope import Received
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.runtime import Runtime
from libs.common.settings import Settings

effect = sa.Table(
    "effect",
    sa.MetaData(),
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
)

_NAMESPACE = UUID("5f0c6f6a-4c53-4d5f-9d56-0d7b35c1c0de")


async def create_effect_table(settings: Settings, service: str) -> None:
    engine = create_async_engine(settings.database(service, "owner"), poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(effect.metadata.create_all)
    await engine.dispose()


async def record(work: UnitOfWork, events: Sequence[Received[Any]]) -> None:
    work.insert(effect, [{"subject": each.key, "what": each.event.type} for each in events])


async def effects(runtime: Runtime) -> list[tuple[str, str]]:
    async with runtime.database.work(runtime) as work:
        rows = await work.execute(sa.select(effect.c.subject, effect.c.what).order_by(effect.c.id))
        return [(row.subject, row.what) for row in rows]


def claim_id(number: int) -> UUID:
    return uuid5(_NAMESPACE, str(number))


def accepted(number: int) -> ClaimAccepted:
    return ClaimAccepted(
        claim_id=claim_id(number),
        submission_id=claim_id(0),
        enrollment_id=claim_id(0),
        internal_control_number=f"2226326{number:06d}",
        beneficiary_token="b1.token",
        total_charge_cents=10_000,
        lines=2,
    )


def rejected(number: int) -> ClaimRejected:
    return ClaimRejected(
        claim_id=claim_id(number), submission_id=claim_id(0), enrollment_id=claim_id(0), codes=("mbi-form",)
    )
