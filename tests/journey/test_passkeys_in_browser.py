"""Passkeys with Chromium's own authenticator, through the gateway: added, used in each place, removed."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.support.browser import barriers, browser
from tests.support.portal import Walked, WholePortal
from tests.support.windows import enter_code, enter_password, window

BILLER = "juniper.biller"


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with browser() as started:
        yield started


async def authenticator(context: BrowserContext, page: Page) -> None:
    """Give the page an authenticator that keeps passkeys and whose user is always verified at once."""
    tools = await context.new_cdp_session(page)
    await tools.send("WebAuthn.enable")
    await tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


async def sign_out(page: Page) -> None:
    await page.locator("details.p-user summary").click()
    await page.locator("details.p-user").get_by_role("button", name="Sign out").click()
    await page.wait_for_url("**/session/ended**")


async def test_a_passkey_is_added_signs_in_alone_and_as_second_factor_steps_up_and_is_removed(
    chromium: Browser, portal: WholePortal, walked: Walked
) -> None:
    del walked  # there the biller signed what is asked before anything else
    passkeys = f"{portal.place.address}/auth/passkeys"
    async with window(chromium, portal) as context:
        page = await context.new_page()
        await authenticator(context, page)
        await page.goto(f"{portal.place.address}/sign-in?next=/auth/passkeys")
        await enter_password(page, portal, BILLER)
        await enter_code(page, portal, BILLER)
        await page.wait_for_url(passkeys)
        await page.get_by_label("Name", exact=True).fill("Front desk")
        await page.get_by_role("button", name="Add a passkey").click()
        await expect(page.get_by_role("rowheader", name="Front desk")).to_be_visible()
        assert await barriers(page) == []

        await sign_out(page)
        await page.goto(f"{portal.place.address}/sign-in?next=/auth/passkeys")
        await page.get_by_label("I have read this notice").check()
        assert await barriers(page) == []
        await page.get_by_role("button", name="Sign in with a passkey").click()
        await page.wait_for_url(passkeys)

        await sign_out(page)
        await context.clear_cookies(name="__Host-mfaw")  # else this browser would be asked for no second factor
        await page.goto(f"{portal.place.address}/sign-in?next=/auth/passkeys")
        await enter_password(page, portal, BILLER)
        await page.wait_for_url("**/sign-in/code**")
        await page.get_by_role("button", name="Use a passkey").click()
        await page.wait_for_url(passkeys)

        await portal.rows(
            "auth",
            "UPDATE session SET factor_at = now() - interval '20 minutes'"
            " WHERE user_id = $1 AND ended_at IS NULL RETURNING key",
            portal.population.user(BILLER).user_uuid,
        )
        await page.reload()
        await page.get_by_role("link", name="Enter a fresh code").click()
        await page.get_by_role("button", name="Use a passkey").click()
        await page.wait_for_url(passkeys)
        await page.get_by_role("button", name="Remove Front desk").click()
        await expect(page.get_by_text("You have no passkey yet.")).to_be_visible()
