from collections.abc import AsyncIterator

import pytest

from tests.support.gateway import Gateway
from tests.support.gateway import gateway as start


@pytest.fixture(scope="session")
async def running_gateway(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gateway]:
    async with start(tmp_path_factory.mktemp("gateway")) as running:
        yield running


@pytest.fixture
def gateway(running_gateway: Gateway) -> Gateway:
    """The gateway of the session, with nothing seen yet."""
    running_gateway.forget()
    return running_gateway
