"""What messaging promises whatever stands behind its ports: one suite for the bus in memory and for Kafka.

A test module gives the fixtures `publisher` and `consumer`, the latter of `TOPICS`, at the end of what is there, and
derives a class of its own from `MessagingPorts`.
"""

from libs.common.contracts.envelope import Message
from libs.common.contracts.ops import HEARTBEAT, TRAFFIC
from libs.common.messaging.ports import Consumer, Publisher

TOPICS = (HEARTBEAT, TRAFFIC)


def numbered(key: str, *numbers: int, topic: str = TRAFFIC) -> list[Message]:
    """Messages of one key that can be told apart."""
    return [Message(topic, key, {"ce_type": "numbered", "ce_id": f"{key}-{each}"}, b"%d" % each) for each in numbers]


async def taken(consumer: Consumer, count: int) -> list[Message]:
    """Fetch until `count` messages are there; a broker may bring them a few at a time."""
    messages: list[Message] = []
    while len(messages) < count:
        messages.extend(await consumer.fetch())
    return messages


class MessagingPorts:
    async def test_a_message_arrives_as_it_was_published(self, publisher: Publisher, consumer: Consumer) -> None:
        whole = Message(TRAFFIC, "key-é", {"ce_type": "x", "ce_subject": "é", "ce_actor": ""}, b'{"a":"\xc3\xa9"}')
        await publisher.publish([whole])
        assert await taken(consumer, 1) == [whole]

    async def test_messages_of_a_key_arrive_in_their_order(self, publisher: Publisher, consumer: Consumer) -> None:
        await publisher.publish([*numbered("a", 1, 2), *numbered("b", 1), *numbered("a", 3), *numbered("b", 2)])
        await publisher.publish([*numbered("b", 3), *numbered("a", 4)])
        arrived = await taken(consumer, 7)
        assert [each for each in arrived if each.key == "a"] == numbered("a", 1, 2, 3, 4)
        assert [each for each in arrived if each.key == "b"] == numbered("b", 1, 2, 3)

    async def test_all_topics_asked_for_are_handed_out(self, publisher: Publisher, consumer: Consumer) -> None:
        sent = [*numbered("a", 1), *numbered("a", 2, topic=HEARTBEAT)]
        await publisher.publish(sent)
        arrived = await taken(consumer, 2)
        assert sorted(arrived, key=lambda each: each.topic) == sorted(sent, key=lambda each: each.topic)

    async def test_without_messages_a_fetch_returns_nothing(self, consumer: Consumer) -> None:
        assert list(await consumer.fetch()) == []

    async def test_publishing_nothing_is_no_error(self, publisher: Publisher, consumer: Consumer) -> None:
        await publisher.publish([])
        assert list(await consumer.fetch()) == []

    async def test_what_was_not_committed_is_handed_out_again(self, publisher: Publisher, consumer: Consumer) -> None:
        await publisher.publish(numbered("a", 1, 2))
        await taken(consumer, 2)
        await publisher.publish(numbered("a", 3))
        await taken(consumer, 1)
        await consumer.rewind()
        assert await taken(consumer, 3) == numbered("a", 1, 2, 3)

    async def test_what_was_committed_is_not_handed_out_again(self, publisher: Publisher, consumer: Consumer) -> None:
        await publisher.publish(numbered("a", 1))
        await taken(consumer, 1)
        await publisher.publish(numbered("a", 2))
        await taken(consumer, 1)
        await consumer.commit()
        await publisher.publish(numbered("a", 3))
        await taken(consumer, 1)
        await consumer.rewind()
        assert await taken(consumer, 1) == numbered("a", 3)

    async def test_who_rewinds_twice_loses_nothing(self, publisher: Publisher, consumer: Consumer) -> None:
        await publisher.publish(numbered("a", 1))
        for _ in range(2):
            await taken(consumer, 1)
            await consumer.rewind()
        assert await taken(consumer, 1) == numbered("a", 1)

    async def test_a_rewind_or_commit_without_a_fetch_changes_nothing(
        self, publisher: Publisher, consumer: Consumer
    ) -> None:
        await consumer.rewind()
        await consumer.commit()
        await publisher.publish(numbered("a", 1))
        assert await taken(consumer, 1) == numbered("a", 1)
