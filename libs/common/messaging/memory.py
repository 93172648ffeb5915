"""A bus in memory for the simulation tier: the ports of messaging, with a scheduler that may repeat and delay.

It is not a broker and proves nothing about one; it proves that the effects converge whatever a broker does.
"""

from collections.abc import Sequence
from random import Random

from libs.common.contracts.envelope import Message

_REPEAT = 0.1
_MOST = 8


class MemoryBus:
    """Logs by topic; consumers keep positions of their own."""

    def __init__(self) -> None:
        self.logs: dict[str, list[Message]] = {}

    async def publish(self, messages: Sequence[Message]) -> None:
        """See `Publisher.publish`."""
        for message in messages:
            self.logs.setdefault(message.topic, []).append(message)


class MemoryConsumer:
    """Reads topics of a bus from the start, in order, a few at a time; a seed decides how many and which repeat.

    Once `calm`, it hands out everything and repeats nothing.
    """

    def __init__(self, bus: MemoryBus, topics: Sequence[str], random: Random) -> None:
        self._bus = bus
        self._topics = list(topics)
        self._random = random
        self._committed = dict.fromkeys(topics, 0)
        self._position = dict(self._committed)
        self.calm = False

    async def fetch(self) -> Sequence[Message]:
        """See `Consumer.fetch`. Sometimes goes back over what was already committed: a repeat."""
        if self._topics and not self.calm and self._random.random() < _REPEAT:
            topic = self._random.choice(self._topics)
            self._position[topic] = max(0, self._position[topic] - self._random.randint(1, _MOST))
        messages: list[Message] = []
        for topic in self._topics:
            start = self._position[topic]
            most = None if self.calm else start + self._random.randint(0, _MOST)
            taken = self._bus.logs.get(topic, [])[start:most]
            self._position[topic] = start + len(taken)
            messages.extend(taken)
        return messages

    async def commit(self) -> None:
        """See `Consumer.commit`."""
        self._committed = dict(self._position)

    async def rewind(self) -> None:
        """See `Consumer.rewind`."""
        self._position = dict(self._committed)

    @property
    def caught_up(self) -> bool:
        """Whether everything published so far is committed."""
        return all(self._committed[topic] >= len(self._bus.logs.get(topic, [])) for topic in self._topics)
