"""A process that starts before its broker works as soon as there is one."""

import pytest
from aiokafka.errors import KafkaConnectionError

from libs.common.contracts.envelope import Message
from libs.common.contracts.ops import HEARTBEAT
from libs.common.messaging.kafka import KafkaConsumer, KafkaPublisher
from libs.common.messaging.topics import create_topics
from tests.support.platform import platform


async def test_clients_that_found_no_broker_work_once_it_is_there() -> None:
    async with platform("kafka") as portal:
        await create_topics(portal.settings.kafka)
        await portal.kill("kafka")
        consumer = KafkaConsumer(portal.settings.kafka, group="early", topics=[HEARTBEAT])
        publisher = KafkaPublisher(portal.settings.kafka, client="early")
        for client in (consumer, publisher):
            with pytest.raises(KafkaConnectionError):
                await client.start()
            await client.stop()

        await portal.start_process("kafka")
        await publisher.start()
        await consumer.start()
        await publisher.publish([Message(HEARTBEAT, "key", {"ce_type": "x"}, b"{}")])
        taken = []
        while not taken:
            taken = list(await consumer.fetch())
        await consumer.commit()
        await consumer.stop()
        await publisher.stop()

    assert [message.key for message in taken] == ["key"]
