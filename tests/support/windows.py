"""Browser windows before the whole portal, with or without a person in them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, BrowserContext, Page

from tests.support.browser import watch_policy
from tests.support.portal import WholePortal

WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 320, "height": 800}


@asynccontextmanager
async def window(
    chromium: Browser, portal: WholePortal, user_id: str | None = None, *, scripts: bool = True
) -> AsyncIterator[BrowserContext]:
    """A browser window, with the session of a user in it; what breaches the policy inside fails the test at its end."""
    context = await chromium.new_context(viewport=WIDE, ignore_https_errors=True, java_script_enabled=scripts)
    breaches = await watch_policy(context)
    if user_id is not None:
        person = await portal.signed_in(user_id)
        await context.add_cookies(
            [
                {
                    "name": "__Host-sid",
                    "value": person.client.cookies["__Host-sid"],
                    "domain": "localhost",
                    "path": "/",
                    "secure": True,
                    "httpOnly": True,
                    "sameSite": "Lax",
                }
            ]
        )
    yield context
    await context.close()
    assert breaches == []


async def enter_password(page: Page, portal: WholePortal, user_id: str) -> None:
    """The first step of sign-in, on the page of it that is open."""
    user = portal.population.user(user_id)
    await page.get_by_label("I have read this notice").check()
    await page.get_by_label("User ID").fill(user.user_id)
    await page.get_by_label("Password", exact=True).fill(user.password)
    await page.get_by_role("button", name="Sign in", exact=True).click()


async def enter_code(page: Page, portal: WholePortal, user_id: str) -> None:
    """The second step, on the page of it that is open."""
    await page.wait_for_url("**/sign-in/code**")
    await page.get_by_label("Code", exact=True).fill(await portal.codes.next(portal.population.user(user_id)))
    await page.get_by_role("button", name="Continue").click()
