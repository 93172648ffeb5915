"""Kafka keeps the promises of the ports; the bus in memory is held against the same suite."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from deploy.local.portal import LocalPortal
from libs.common.contracts.envelope import Message
from libs.common.messaging.kafka import KafkaConsumer, KafkaPublisher, partition_of
from libs.common.messaging.topics import create_topics
from tests.support.messaging_ports import TOPICS, MessagingPorts


@pytest.fixture
async def publisher(kafka_server: LocalPortal) -> AsyncIterator[KafkaPublisher]:
    await create_topics(kafka_server.settings.kafka)
    publisher = KafkaPublisher(kafka_server.settings.kafka, client="test")
    await publisher.start()
    yield publisher
    await publisher.stop()


@pytest.fixture
async def consumer(kafka_server: LocalPortal, publisher: KafkaPublisher) -> AsyncIterator[KafkaConsumer]:
    """A consumer in a group of its own, past what other tests left: it has seen a last message of each partition."""
    group = f"ports-{uuid4()}"
    consumer = KafkaConsumer(kafka_server.settings.kafka, group=group, topics=TOPICS)
    await consumer.start()
    marks = [
        Message(topic, key, {"ce_type": "mark", "ce_id": group}, b"")
        for topic in TOPICS
        for key in {partition_of(topic, key): key for key in map(str, range(100))}.values()
    ]
    await publisher.publish(marks)
    seen = 0
    while seen < len(marks):
        seen += sum(message in marks for message in await consumer.fetch())
    await consumer.commit()
    yield consumer
    await consumer.stop()


class TestKafka(MessagingPorts):
    pass
