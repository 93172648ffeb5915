"""The bus of the simulation tier keeps the promises of the ports when it makes no trouble on purpose."""

from random import Random

import pytest

from libs.common.messaging.memory import MemoryBus, MemoryConsumer
from tests.support.messaging_ports import TOPICS, MessagingPorts


@pytest.fixture
def publisher() -> MemoryBus:
    return MemoryBus()


@pytest.fixture
def consumer(publisher: MemoryBus) -> MemoryConsumer:
    consumer = MemoryConsumer(publisher, TOPICS, Random(1))
    consumer.calm = True
    return consumer


class TestMemory(MessagingPorts):
    pass
