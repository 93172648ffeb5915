"""Of events that a consumer does not handle it takes the type and nothing else."""

from libs.common.contracts.envelope import Message
from libs.common.contracts.ops import HEARTBEAT
from libs.common.messaging.kafka import KafkaConsumer, KafkaPublisher
from libs.common.messaging.topics import create_topics
from tests.support.platform import platform


async def test_a_consumer_opens_only_the_types_it_handles() -> None:
    mine = Message(HEARTBEAT, "key", {"ce_type": "mine", "ce_id": "1"}, b'{"one":1}')
    of_others = Message(HEARTBEAT, "key", {"ce_type": "of-others", "ce_id": "2"}, b'{"two":2}')
    async with platform("kafka") as portal:
        await create_topics(portal.settings.kafka)
        publisher = KafkaPublisher(portal.settings.kafka, client="test")
        consumer = KafkaConsumer(portal.settings.kafka, group="test", topics=[HEARTBEAT], types={"mine"})
        await publisher.start()
        await consumer.start()
        await publisher.publish([of_others, mine])
        taken: list[Message] = []
        while len(taken) < 2:
            taken.extend(await consumer.fetch())
        await consumer.commit()
        await consumer.stop()
        await publisher.stop()

    assert taken == [Message(HEARTBEAT, "", {"ce_type": "of-others"}, b""), mine]
