from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from tests.support.appeals import Appeals, appeals_service
from tests.support.platform import CloneSettings


@pytest.fixture
async def portal(databases: Callable[..., Awaitable[CloneSettings]]) -> AsyncIterator[Appeals]:
    async with appeals_service(await databases("appeals")) as running:
        yield running
