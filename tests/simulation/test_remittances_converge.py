"""Decisions, reversals and corrections of several payees through crashes, repeats and delays: once, and in order."""

from typing import Any

import pytest
import sqlalchemy as sa

from libs.common.contracts.envelope import Message, Origin, seal_envelope
from libs.common.ids import derived_id
from libs.common.persistence.tables import due_work, outbox, parked
from libs.common.runtime import Runtime
from libs.x12.remittance.objects import ClaimGroup
from services.appeals.app import service as appeals
from services.remittance.advice.tables import waiting_advice
from services.remittance.app import service as remittance
from simulators.shared_system.adjudication import adjudicate
from simulators.shared_system.payments import remitted
from tests.support.applications import BILLER, admit_into
from tests.support.portico import MORNING
from tests.support.remittance import (
    OTHER_CLINIC,
    SEED,
    changed_decision,
    decided_claims,
    handed_over,
    status_changed,
)
from tests.support.simulation import runtime_in, simulation

_CLAIMS = 8
_PAYEES = (BILLER, OTHER_CLINIC)


def _message(event: Any, *name: object) -> Message:
    origin = Origin(actor="tests", correlation_id="test")
    return seal_envelope(event, event_id=derived_id(*name), source_name="/tests", at=MORNING, origin=origin)


async def _rows(runtime: Runtime, query: str) -> list[tuple[Any, ...]]:
    async with runtime.database.work(runtime) as work:
        return [tuple(row) for row in await work.execute(sa.text(query))]


@pytest.mark.parametrize("seed", [2, 7])
async def test_every_remittance_is_posted_once_and_in_order(databases: Any, seed: int) -> None:
    settings = await databases("remittance", "appeals")
    services = [(remittance, remittance.subscriptions), (appeals, appeals.subscriptions)]
    claims = [each for each in decided_claims() if adjudicate(each, SEED).paid_cents][:_CLAIMS]

    async with simulation(settings, services, seed) as world:
        runtime = runtime_in(world, "remittance")
        await admit_into(runtime, *_PAYEES)
        numbers = iter(range(1, 100))
        stories = []
        for place, claim in enumerate(claims):
            payee = _PAYEES[place % len(_PAYEES)]
            told = remitted(claim, adjudicate(claim, SEED), ClaimGroup())
            files = changed_decision(told, npi=payee.npi, tax_id=payee.tax_id)
            stories.append(
                [handed_over(runtime, each, claims=1, advice_id=next(numbers), lane=payee.npi) for each in files]
            )
        known = [
            _message(status_changed(runtime, claim, _PAYEES[place % len(_PAYEES)]), "known", place)
            for place, claim in enumerate(claims)
        ]
        # All first decisions, then what takes them back, then the new ones; half of the claims are known before.
        advices = [_message(event, "advice", event.advice_id) for turn in zip(*stories, strict=True) for event in turn]
        await world.bus.publish(known[: _CLAIMS // 2])
        await world.bus.publish(advices)
        await world.trouble(60)
        await world.bus.publish(known[_CLAIMS // 2 :])
        await world.trouble(100)
        await world.settle()

        assert world.crashes > 3
        in_order = await _rows(
            runtime,
            "SELECT array_agg(sequence ORDER BY sequence), array_agg(status ORDER BY sequence),"
            " count(DISTINCT claim_id) FROM remitted_claim GROUP BY internal_control_number",
        )
        assert in_order == [([1, 2, 3], ["1", "22", "1"], 1)] * _CLAIMS
        assert await _rows(runtime, "SELECT count(*) FROM audit WHERE action = 'post'") == [(3 * _CLAIMS,)]
        newest = "SELECT sequence, status, count(*) FROM remitted_claim GROUP BY 1, 2"
        assert await _rows(runtime_in(world, "appeals"), newest) == [(3, "1", _CLAIMS)]
        for table in (outbox, parked, due_work, waiting_advice):
            assert await _rows(runtime, f"SELECT count(*) FROM {table.name}") == [(0,)]  # noqa: S608 - our own tables
