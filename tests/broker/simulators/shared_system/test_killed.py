import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import httpx
import pytest

from deploy.local.portal import LocalPortal
from libs.common.contracts.envelope import Message
from libs.common.contracts.partner import CLAIMS_STATUS
from libs.common.messaging.kafka import KafkaConsumer, KafkaPublisher
from libs.common.settings import SHARED_SYSTEM
from tests.support.partner_claims import TRACEPARENT, opened_answer, outbound_part
from tests.support.platform import platform

NAME = "shared_system"
PARTS = 12
CLAIMS = 20
SUBMISSIONS = [UUID(int=number) for number in range(1, PARTS + 1)]


@asynccontextmanager
async def broker(portal: LocalPortal) -> AsyncIterator[tuple[KafkaPublisher, KafkaConsumer]]:
    publisher = KafkaPublisher(portal.settings.kafka, client="test")
    consumer = KafkaConsumer(portal.settings.kafka, group="test", topics=[CLAIMS_STATUS])
    await publisher.start()
    await consumer.start()
    try:
        yield publisher, consumer
    finally:
        await consumer.stop()
        await publisher.stop()


async def test_killed_at_any_moment_it_answers_everything_and_repeats_are_recognizable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PORTICO_SHARED_SYSTEM_DELAY_SECONDS", "0.3")
    async with platform(NAME) as portal, broker(portal) as (publisher, consumer):
        settings = portal.settings
        parts = [outbound_part(settings, submission, claims=CLAIMS) for submission in SUBMISSIONS]
        seen: dict[tuple[UUID, int], set[tuple[str, str]]] = defaultdict(set)

        async def read_until(answers: int) -> None:
            while len(seen) < answers:
                for message in await consumer.fetch():
                    keep(message)

        def keep(message: Message) -> None:
            event, statuses = opened_answer(settings, message)
            assert (event.claims, len(statuses)) == (CLAIMS, CLAIMS)
            assert message.headers["ce_traceparent"].split("-")[1] == TRACEPARENT.split("-")[1]
            seen[event.submission_id, event.sequence].add((message.headers["ce_id"], event.digest))

        async with asyncio.timeout(120):
            # Sent on three occasions, killed as soon as something of each came back.
            for occasion in range(3):
                await publisher.publish(parts[occasion * 4 : occasion * 4 + 4])
                await read_until(len(seen) + 1)
                await portal.kill(NAME)
                await portal.start_process(NAME)
            await read_until(2 * PARTS)
            async with httpx.AsyncClient() as client:
                answer = await client.get(f"http://127.0.0.1:{settings.port(SHARED_SYSTEM)}/progress")
            counts = answer.json()
        assert set(seen) == {(submission, sequence) for submission in SUBMISSIONS for sequence in (1, 2)}
        # Whatever was sent again has the id and the content of the first time, so the inbox drops it.
        assert {len(each) for each in seen.values()} == {1}
        assert counts["taken"] == PARTS
        assert counts["unreadable"] == 0
