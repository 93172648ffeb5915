"""A claim file from the upload to the decision, through crashes, repeats and delays in every service on its way."""

from typing import Any

import pytest
import sqlalchemy as sa

from libs.common.ids import derived_id
from libs.common.persistence.tables import due_work, outbox, parked
from libs.common.runtime import Runtime
from services.claims.app import service as claims
from services.claims.status.tables import claim, claim_line, claim_status
from services.claims.submission.handlers import door, receive
from services.notifier.app import service as notifier
from services.notifier.monthly_reports.repository import total
from simulators.population import claim_file
from tests.support.attachments import arrived
from tests.support.claims import RIVERSIDE, enrollment_of
from tests.support.portico import MORNING
from tests.support.simulation import runtime_in, seeds, simulation

_CLAIMS, _FAULTY, _FILES = 40, 3, 3


async def _send(runtime: Runtime, number: int) -> None:
    enrollment = enrollment_of(RIVERSIDE, RIVERSIDE.enrollments[0])
    content = claim_file(received=MORNING.date(), claims=_CLAIMS, faulty=_FAULTY, seed=number, organization=RIVERSIDE)
    file = await arrived(runtime, door(), content, enrollment_id=enrollment.enrollment_id)
    async with runtime.database.work(runtime) as work:
        await receive(work, file, enrollment=enrollment, submitted_by=derived_id("person"))


async def _rows(runtime: Runtime, statement: sa.Select[Any]) -> list[Any]:
    async with runtime.database.work(runtime) as work:
        return list(await work.execute(statement))


def _count(table: sa.Table) -> sa.Select[Any]:
    return sa.select(sa.func.count()).select_from(table)


@pytest.mark.parametrize("seed", seeds(3, 11))
async def test_every_claim_is_stored_answered_decided_and_counted_once(databases: Any, seed: int) -> None:
    settings = await databases("claims", "notifier")
    services = [(claims, claims.subscriptions), (notifier, notifier.subscriptions)]

    async with simulation(settings, services, seed) as world:
        sender = runtime_in(world, "claims")
        for number in range(_FILES):
            await _send(sender, number)
        await world.trouble(200)
        await world.settle()

        assert world.crashes > 3
        expected = _FILES * _CLAIMS
        good = expected - _FILES * _FAULTY
        counter = runtime_in(world, "notifier")
        async with counter.database.work(counter) as work:
            counted = {
                name: await total(work, "F-08", name)
                for name in ("submissions-received", "submissions-acknowledged", "claims-accepted", "claims-rejected")
            }
        assert counted == {
            "submissions-received": _FILES,
            "submissions-acknowledged": _FILES,
            "claims-accepted": good,
            "claims-rejected": expected - good,
        }
        numbers = [
            row.internal_control_number
            for row in await _rows(
                sender, sa.select(claim.c.internal_control_number).where(claim.c.state != "not-accepted")
            )
        ]
        assert len(numbers) == len(set(numbers)) == good
        [(stored,)] = await _rows(sender, _count(claim))
        assert stored == expected
        [(lines,)] = await _rows(sender, _count(claim_line))
        assert lines >= expected
        newest = await _rows(sender, sa.select(sa.func.max(claim_status.c.version)).group_by(claim_status.c.claim_id))
        assert [row[0] for row in newest] == [2] * good
        for runtime in (sender, counter):
            for table in (outbox, parked, due_work):
                [(left,)] = await _rows(runtime, _count(table))
                assert left == 0, f"{table.name} of {runtime.service}"
