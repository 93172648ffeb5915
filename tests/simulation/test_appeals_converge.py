"""A denied claim from its decision to the order that pays it, through crashes, repeats and delays on the way."""

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy import MetaData

from libs.common.contracts.appeals import AppealDecided, AppealFiled, AppealForwarded
from libs.common.contracts.partner import ClaimAdjustment
from libs.common.errors import Rejected
from libs.common.ids import derived_id
from libs.common.persistence.tables import audit, due_work, outbox, parked
from libs.common.runtime import Runtime
from libs.common.service import Service
from services.appeals.app import service as appeals
from services.appeals.reconsideration.handlers import ask
from services.appeals.reconsideration.tables import reconsideration
from services.appeals.redetermination import repository
from services.appeals.redetermination.domain import Argument, Asked
from services.appeals.redetermination.handlers import claim_finalized, claim_remitted, file_appeal
from services.appeals.redetermination.tables import appeal, finalized_claim, remitted_claim
from services.appeals.review.domain import LineDecision
from services.appeals.review.handlers import decide
from services.claims.app import service as claims
from services.claims.submission.handlers import door, receive
from simulators.population import claim_file
from tests.support.appeals import denied, finalized, received, remitted
from tests.support.attachments import arrived
from tests.support.claims import RIVERSIDE, enrollment_of
from tests.support.portico import MORNING
from tests.support.qic import qic_serving
from tests.support.simulation import Simulation, runtime_in, seeds, simulation

_CLAIMS = 20
_ENROLLMENT, _PERSON = RIVERSIDE.enrollments[0].enrollment_id, derived_id("person")
_PROVIDER = ("Riverside Clinic", "1234567893", "MR10001")


async def _send(runtime: Runtime) -> None:
    content = claim_file(received=MORNING.date(), claims=_CLAIMS, faulty=0, seed=5, organization=RIVERSIDE)
    file = await arrived(runtime, door(), content, enrollment_id=_ENROLLMENT)
    async with runtime.database.work(runtime) as work:
        await receive(work, file, enrollment=enrollment_of(RIVERSIDE, RIVERSIDE.enrollments[0]), submitted_by=_PERSON)


async def _column(runtime: Runtime, statement: sa.Select[Any]) -> list[Any]:
    async with runtime.database.work(runtime) as work:
        return list((await work.execute(statement)).scalars())


async def _remit(runtime: Runtime, claim_id: UUID, sequence: int) -> None:
    async with runtime.database.work(runtime) as work:
        work.append(remitted(claim_id, _ENROLLMENT, denied(1), sequence=sequence))


async def _appeal(runtime: Runtime, claim_id: UUID, *, favorable: bool) -> UUID:
    """Ask, and decide: each in a transaction of its own, as requests do."""
    async with runtime.database.work(runtime) as work:
        claim = await repository.find_claim(work, claim_id, _ENROLLMENT)
        assert claim is not None
        asked = Asked(frozenset({1}), "Jo Clerk", "It was needed.")
        appeal_id = await file_appeal(work, claim, asked, filed_by=_PERSON, provider=_PROVIDER)
    decision = {1: LineDecision(favorable=favorable, rationale="The record shows it.")}
    async with runtime.database.work(runtime) as work:
        await decide(work, appeal_id, decision, decided_by=_PERSON)
    with pytest.raises(Rejected):
        async with runtime.database.work(runtime) as work:
            await decide(work, appeal_id, decision, decided_by=_PERSON)
    return appeal_id


def _told(world: Simulation, kind: str) -> Counter[str]:
    """How often each event of a type was sent, by its id."""
    sent = (message.headers for log in world.bus.logs.values() for message in log)
    return Counter(headers["ce_id"] for headers in sent if headers["ce_type"] == kind)


@pytest.mark.parametrize("seed", seeds(2, 9, 17))
async def test_copies_converge_and_each_grant_is_ordered_once(databases: Any, seed: int) -> None:
    settings = await databases("claims", "remittance", "appeals")
    services = [
        (claims, claims.subscriptions),
        (Service("remittance", MetaData()), ()),
        (appeals, appeals.subscriptions),
    ]
    async with simulation(settings, services, seed) as world:
        sender, payer, court = (runtime_in(world, name) for name in ("claims", "remittance", "appeals"))
        await _send(sender)
        await world.trouble(120)
        await world.settle()
        final = await _column(court, sa.select(finalized_claim.c.claim_id).order_by(finalized_claim.c.claim_id))
        assert len(final) > _CLAIMS // 2
        for sequence in (2, 1):
            for claim_id in final:
                await _remit(payer, claim_id, sequence)
        await world.trouble(120)
        await world.settle()
        assert await _column(court, sa.select(remitted_claim.c.sequence)) == [2] * len(final)

        asked = [await _appeal(court, claim_id, favorable=number % 2 == 0) for number, claim_id in enumerate(final)]
        await world.trouble(120)
        await world.settle()

        assert world.crashes > 3
        assert len(_told(world, AppealFiled.type)) == len(_told(world, AppealDecided.type)) == len(final)
        granted = await _column(court, sa.select(appeal.c.appeal_id).where(appeal.c.outcome == "favorable"))
        assert len(granted) == len(asked[::2])
        assert set(_told(world, ClaimAdjustment.type)) == {str(derived_id(each, "adjustment", 1)) for each in granted}
        ordered = await _column(sender, sa.select(audit.c.object_id).where(audit.c.action == "order-adjustment"))
        assert len(ordered) == len(set(ordered)) == len(granted)
        for runtime in (sender, payer, court):
            for table in (outbox, parked):
                [left] = await _column(runtime, sa.select(sa.func.count()).select_from(table))
                assert left == 0, f"{table.name} of {runtime.service}"


async def _refused(runtime: Runtime) -> UUID:
    """A claim that was denied, appealed, refused, and is now asked to be reconsidered."""
    claim_id = runtime.ids.new()
    async with runtime.database.work(runtime) as work:
        await claim_finalized(work, [received(runtime, finalized(runtime.keys, claim_id, _ENROLLMENT))])
        await claim_remitted(work, [received(runtime, remitted(claim_id, _ENROLLMENT, denied(1)))])
    appeal_id = await _appeal(runtime, claim_id, favorable=False)
    async with runtime.database.work(runtime) as work:
        one = await repository.lock(work, appeal_id)
        await ask(work, one, Argument("Jo Clerk", "It was needed.", ""), asked_by=_PERSON)
    return appeal_id


@pytest.mark.parametrize("seed", seeds(3, 12, 21))
async def test_each_request_is_received_by_the_qic_once_and_decided_once(
    databases: Any, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    settings = await databases("appeals")
    async with (
        simulation(settings, [(appeals, appeals.subscriptions)], seed) as world,
        qic_serving(settings, world.clock, monkeypatch) as qic,
    ):
        court = runtime_in(world, "appeals")
        asked = [await _refused(court) for _ in range(8)]
        for behavior in ({}, {"lose": True}, {"refuse": True}, {}):
            qic.behave(**behavior)
            await world.trouble(40)
        await qic.stop()
        await world.trouble(20)
        await qic.start()
        await world.trouble(40)
        # What was postponed longest is tried again within 5 minutes, and decided a minute after that.
        for _ in range(3):
            await world.settle()
            world.clock.advance(timedelta(minutes=10))

        assert world.crashes > 3
        assert qic.known.keys() == {str(each) for each in asked}
        assert len(_told(world, AppealForwarded.type)) == len(asked)
        assert len(_told(world, AppealDecided.type)) == 2 * len(asked)
        numbers = await _column(court, sa.select(reconsideration.c.number))
        assert sorted(numbers) == sorted(case.receipt.number for case in qic.known.values())
        assert "" not in await _column(court, sa.select(reconsideration.c.outcome))
        assert await _column(court, sa.select(due_work.c.subject)) == []
