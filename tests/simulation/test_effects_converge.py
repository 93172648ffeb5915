"""Whatever is repeated, delayed or killed: every event takes effect once, in order of its key."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import MetaData, func, select

from libs.common.contracts.claims import ClaimAccepted, ClaimRejected
from libs.common.messaging.subscriptions import Due, Subscription
from libs.common.persistence.tables import inbox, outbox, parked
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.service import Service
from tests.support.effects import accepted, claim_id, create_effect_table, effects, record, rejected
from tests.support.simulation import runtime_in, seeds, simulation

_KEYS = 30


async def _publish(work: UnitOfWork, due: Due) -> None:
    number = int(due.subject)
    work.append(accepted(number), rejected(number))


@pytest.mark.parametrize("seed", seeds(0, 1, 2, 3))
async def test_one_service_tells_another_through_crashes_and_repeats(databases: Any, seed: int) -> None:
    settings = await databases("remittance", "appeals")
    await create_effect_table(settings, "appeals")
    source = Service("remittance", MetaData(), timers={"publish": _publish})
    sink = Service("appeals", MetaData())
    subscriptions = (Subscription(ClaimAccepted, record), Subscription(ClaimRejected, record))

    random = Random(seed)
    async with simulation(settings, [(source, ()), (sink, subscriptions)], seed) as world:
        source_runtime = runtime_in(world, "remittance")
        async with source_runtime.database.work(source_runtime) as work:
            for number in range(_KEYS):
                delay = timedelta(seconds=random.uniform(0, 100))
                await work.schedule("publish", str(number), work.now + delay)
        await world.trouble(250)
        await world.settle()

        assert world.crashes > 5
        told = runtime_in(world, "appeals")
        done = await effects(told)
        for number in range(_KEYS):
            of_key = [what for key, what in done if key == str(claim_id(number))]
            assert of_key == [ClaimAccepted.type, ClaimRejected.type]
        assert len(done) == 2 * _KEYS
        for node, table, expected in (
            ("remittance", outbox, 0), ("appeals", outbox, 0), ("appeals", parked, 0), ("appeals", inbox, 2 * _KEYS),
        ):  # fmt: skip
            runtime = runtime_in(world, node)
            async with runtime.database.work(runtime) as work:
                found = (await work.execute(select(func.count()).select_from(table))).scalar_one()
            assert found == expected, f"{table.name} of {node}"
