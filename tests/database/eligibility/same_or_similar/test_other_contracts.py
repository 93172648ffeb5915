"""Under a contract for Part A and Part B the functions of DME are nowhere: no entry, no page, no question asked."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from libs.common.deployment import load_deployment
from tests.support.applications import ALL_ROUTES, BILLER, Application, application
from tests.support.platform import CloneSettings
from tests.support.portico import CONTRACT, DME_CONTRACT
from tests.support.requests import body_of

OF_DME = [each for each in ALL_ROUTES if each.permission is not None and each.permission.function in ("F-02", "F-25")]


@pytest.fixture
async def other(databases: Callable[..., Awaitable[CloneSettings]]) -> AsyncIterator[Application]:
    async with application("eligibility", await databases("eligibility"), load_deployment(CONTRACT)) as app:
        await app.admit(BILLER)
        yield app


async def test_every_route_is_refused_with_words_and_nothing_is_kept(other: Application) -> None:
    before = await other.content()
    assert len(OF_DME) == 10
    for route in OF_DME:
        path = route.path.replace("{check_id}", str(BILLER.user_id)).replace("{history_id}", str(BILLER.user_id))
        answer = await other.call(route.method, path, BILLER, **body_of(route, BILLER))
        assert answer.status_code == 403, route
        assert "(DME only) is not offered under this contract." in answer.text
    assert await other.content() == before


async def test_no_page_leads_to_them(other: Application) -> None:
    page = await other.call("GET", "/eligibility", BILLER)
    assert page.status_code == 200
    assert "same-or-similar" not in page.text
    assert "certificates" not in page.text


async def test_under_the_dme_contract_they_stand_below_eligibility(
    databases: Callable[..., Awaitable[CloneSettings]],
) -> None:
    async with application("eligibility", await databases("eligibility"), load_deployment(DME_CONTRACT)) as app:
        await app.admit(BILLER)
        page = (await app.call("GET", "/eligibility", BILLER)).text
    group = page[page.index('class="p-nav__group"') :]
    places = [group.index(f'href="{path}"') for path in ("/eligibility", "/eligibility/certificates")]
    assert places == sorted(places)
    assert 'href="/eligibility/same-or-similar"' in group
