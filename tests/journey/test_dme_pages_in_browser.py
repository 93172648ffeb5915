"""The pages that DME contracts alone have, in Chromium: barriers, policy, narrow. The walk serves Part A and Part B."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from playwright.async_api import BrowserContext, Page, Route

from tests.support.applications import HOST
from tests.support.browser import barriers, browser, overflows, scrolled_tables, unreachable, watch_policy
from tests.support.item_history import US, DmeService, dme_service, patient_of, typed
from tests.support.platform import CloneSettings

ITEMS, CERTIFICATES = "/eligibility/same-or-similar", "/eligibility/certificates"
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 320, "height": 800}


@pytest.fixture
async def portal(
    databases: Callable[..., Awaitable[CloneSettings]], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[DmeService]:
    async with dme_service(await databases("eligibility"), monkeypatch, ITEMS) as running:
        yield running


async def served(context: BrowserContext, portal: DmeService) -> None:
    """Answer every request of the browser by the service itself, as the gateway would for the supplier's biller."""

    async def answer(route: Route) -> None:
        request = route.request
        path = request.url.removeprefix(HOST)
        sent = {"content": request.post_data_buffer} if request.post_data_buffer else {}
        kind = request.headers.get("content-type")
        headers = {"content-type": kind} if kind else {}
        got = await portal.app.call(request.method, path, US, headers=headers, **sent)
        if got.is_redirect:
            got = await portal.app.call("GET", got.headers["location"], US)
        await route.fulfill(status=got.status_code, headers=dict(got.headers), body=got.content)

    await context.route("**/*", answer)


PAGES = {
    "same-or-similar": (ITEMS, None),
    "same-or-similar-denial": (ITEMS, typed(patient_of("A CPAP"), "E0601")),
    "same-or-similar-nothing": (ITEMS, typed(patient_of("Nothing"), "E0601")),
    "same-or-similar-many": (ITEMS, typed(patient_of("1,000"), "E0607")),
    "same-or-similar-refused": (ITEMS, typed(patient_of("A CPAP"), "E0601", birth_date="01/02/1940")),
    "same-or-similar-corrected": (ITEMS, typed(patient_of("A CPAP"), "99213", "NU RR")),
    "certificates": (CERTIFICATES, None),
    "certificates-found": (CERTIFICATES, typed(patient_of("Oxygen"), "")),
}


@pytest.mark.parametrize("name", PAGES)
async def test_pages_of_a_supplier(portal: DmeService, name: str) -> None:
    address, fields = PAGES[name]
    async with browser() as chromium:
        context = await chromium.new_context(viewport=WIDE)
        breaches = await watch_policy(context)
        await served(context, portal)
        page = await context.new_page()
        await page.goto(HOST + address)
        if fields:
            await filled(page, fields)
        await page.wait_for_load_state("networkidle")
        assert breaches == []  # before the judges come in, who bring styles of their own
        for width, viewport in (("wide", WIDE), ("narrow", NARROW)):
            await page.set_viewport_size(viewport)
            assert await barriers(page) == [], width
            assert not await overflows(page), width
            assert await unreachable(page) == [], width
            assert await scrolled_tables(page) == [], width
        assert await page.locator("h1").count() == 1
        await context.close()


async def filled(page: Page, fields: dict[str, str]) -> None:
    """Fill in the form and send it with the keyboard."""
    for name, value in fields.items():
        if await page.locator(f"#{name}").count():
            await page.locator(f"#{name}").fill(value)
    await page.locator("#last_name").press("Enter")
    await page.wait_for_load_state()
