"""What messaging needs of a broker. Kafka and the in-memory bus of the simulation tier stand behind it."""

from collections.abc import Sequence
from typing import Protocol

from libs.common.contracts.envelope import Message


class Publisher(Protocol):
    """Takes messages to the broker."""

    async def publish(self, messages: Sequence[Message]) -> None:
        """Return when every message is acknowledged, in order per key; raise when any is not.

        After an error some may have arrived: the caller sends all of them again and the inbox drops the repeats.
        """


class Consumer(Protocol):
    """Hands out messages and remembers how far they were handled."""

    async def fetch(self) -> Sequence[Message]:
        """The next messages, in order per key; empty after a short wait when there are none."""

    async def commit(self) -> None:
        """Everything fetched so far is handled."""

    async def rewind(self) -> None:
        """Nothing fetched since the last commit is handled: hand it out again."""
