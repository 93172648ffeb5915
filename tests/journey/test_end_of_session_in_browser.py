"""The end of a session in two tabs of one browser, through the gateway (S07): asked, put off, and over, for both."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support.browser import barriers, browser
from tests.support.portal import Walked, WholePortal
from tests.support.windows import enter_code, enter_password, window

BILLER = "riverside.biller"
IDLE_SECONDS = 1800
SOON = 2_000
"""Milliseconds within which all tabs follow."""


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with browser() as started:
        yield started


async def not_used_for(portal: WholePortal, seconds: int, *tabs: Page) -> None:
    """Let the session of the biller look as if it had not been used for so long, and its tabs look again."""
    await portal.rows(
        "auth",
        "UPDATE session SET last_seen_at = now() - make_interval(secs => $2)"
        " WHERE user_id = $1 AND ended_at IS NULL RETURNING key",
        portal.population.user(BILLER).user_uuid,
        float(seconds),
    )
    for tab in tabs:
        await tab.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")


async def unused_seconds(portal: WholePortal) -> float:
    return float(
        await portal.value(
            "auth",
            "SELECT extract(epoch FROM now() - last_seen_at)::float FROM session"
            " WHERE user_id = $1 AND ended_at IS NULL",
            portal.population.user(BILLER).user_uuid,
        )
    )


async def test_both_tabs_ask_one_key_keeps_both_both_end_and_nothing_typed_is_lost(
    chromium: Browser, portal: WholePortal, walked: Walked
) -> None:
    number = list(walked.journey.denied)[2]
    form = f"{portal.place.address}/appeals{walked.journey.sent.accepted[number]}/redetermination"
    async with window(chromium, portal, BILLER) as context:
        first, second = await context.new_page(), await context.new_page()
        await first.goto(form)
        await second.goto(f"{portal.place.address}/claims")
        await first.get_by_label("Why do you disagree?").fill("Not finished yet.")

        await not_used_for(portal, IDLE_SECONDS - 100, first, second)
        for tab in (first, second):
            await expect(tab.get_by_role("dialog", name="Your session is about to end")).to_be_visible()
        await expect(first.get_by_text("What you typed on this page is saved as a draft.")).to_be_visible()
        assert await barriers(first) == []
        assert await unused_seconds(portal) > IDLE_SECONDS - 110  # saving it was no use of the session

        await second.get_by_role("button", name="Stay signed in").click()
        await expect(second.locator("#time-out")).to_be_hidden()
        await expect(first.locator("#time-out")).to_be_hidden(timeout=SOON)
        assert await unused_seconds(portal) < 60

        await not_used_for(portal, IDLE_SECONDS, first)
        await first.wait_for_url("**/session/ended?reason=timeout&next=**")
        await second.wait_for_url("**/session/ended?reason=timeout&next=**", timeout=SOON)
        await expect(first.locator("main")).to_contain_text("was not used for a while")

        await first.get_by_role("link", name="Sign in").click()
        await enter_password(first, portal, BILLER)
        await enter_code(first, portal, BILLER)
        await first.wait_for_url("**/session/acting?next=**")
        await first.locator("main").get_by_role("button", name="Continue").click()
        await first.wait_for_url(form)
        await first.get_by_role("link", name="Continue").click()
        await expect(first.get_by_label("Why do you disagree?")).to_have_value("Not finished yet.")
        await first.get_by_role("button", name="Discard").click()
        await expect(first.get_by_label("Why do you disagree?")).to_have_value("")
