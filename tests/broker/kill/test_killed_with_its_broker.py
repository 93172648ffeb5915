"""A consumer that is killed together with its broker: both come back, and it goes on at once."""

import asyncio
from uuid import uuid4

import asyncpg
import pytest

from deploy.local.portal import LocalPortal
from libs.common.clock import SystemClock
from libs.common.contracts.claims import ClaimStatusChanged
from libs.common.contracts.envelope import Origin, seal_envelope
from libs.common.messaging.kafka import KafkaPublisher
from tests.support.platform import platform
from tests.support.portal import WholePortal
from tools.walk.place import until

SESSION_SECONDS = 10.0
"""As long as a broker that has come back waits for a member that is gone."""
CONSUMER, BROKER = "remittance", "kafka"

pytestmark = pytest.mark.timeout(300)


async def handled(portal: LocalPortal, number: str, *, within: float) -> None:
    """Return when a claim that is told of now is known to remittance."""
    event = ClaimStatusChanged(
        claim_id=uuid4(),
        enrollment_id=uuid4(),
        internal_control_number=number,
        category="F1",
        status_code="65",
        version=2,
    )
    publisher = KafkaPublisher(portal.settings.kafka, client="tests")
    await publisher.start()
    origin = Origin(actor="tests", correlation_id="test")
    await publisher.publish(
        [seal_envelope(event, event_id=uuid4(), source_name="/tests", at=SystemClock().now(), origin=origin)]
    )
    await publisher.stop()
    connection = await asyncpg.connect(portal.settings.database(CONSUMER, "work").replace("+asyncpg", ""))

    async def look() -> bool:
        return bool(await connection.fetchval("SELECT 1 FROM known_claim WHERE internal_control_number = $1", number))

    try:
        await until(look, within=within, waiting_for="the claim", pause=0.1)
    finally:
        await connection.close()


async def test_a_consumer_killed_with_its_broker_does_not_wait_for_its_own_session() -> None:
    async with platform("auth", "enrollment_feeds", CONSUMER, profile="local") as portal:
        whole = WholePortal(portal)
        await handled(portal, "2611230000001", within=60)
        await asyncio.gather(*(whole.killed(name) for name in (CONSUMER, BROKER)))
        await portal.wait_ready()
        await handled(portal, "2611230000002", within=SESSION_SECONDS)
