from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from tests.support.claims import ClaimsService, claims_service
from tests.support.platform import CloneSettings


@pytest.fixture
async def portal(databases: Callable[..., Awaitable[CloneSettings]]) -> AsyncIterator[ClaimsService]:
    async with claims_service(await databases("claims")) as running:
        yield running
