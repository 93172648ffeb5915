"""The contractor's staff as a test meets them: what they send from the pages of the back office."""

import httpx

from libs.common.ids import digest_of
from services.auth.access.tables import user_account
from simulators.population import DemoUser
from tests.support.auth import POPULATION, Auth, Browser, read_claims

HELP_DESK, SECURITY, EDI = (POPULATION.user(f"meridian.{each}") for each in ("helpdesk", "security", "edi"))
WHY = {"reason": "Asked for by phone.", "ticket": "T-1001"}


async def signed_in(auth: Auth, user: DemoUser) -> Browser:
    """A browser of its own in which somebody has signed in."""
    browser = auth.client()
    await browser.sign_in(user)
    return browser


async def send(browser: Browser, path: str, **form: str) -> httpx.Response:
    """A form of a page of staff; the same form at the same moment counts once."""
    csrf = read_csrf(await browser.authorize("GET", "/session/status"))
    fields = {"csrf": csrf, "idempotency_key": digest_of(path, str(form), str(browser.auth.clock.now())).hex(), **form}
    return await browser.through("POST", path, {"sec-fetch-site": "same-origin"}, data=fields)


def read_csrf(decided: httpx.Response) -> str:
    """The value that forms of a session carry."""
    return str(read_claims(decided.headers["authorization"])["csrf"])


async def helped(auth: Auth, by: DemoUser, deed: str, about: DemoUser) -> httpx.Response:
    """Staff does something to an account, and every service learns of it."""
    answer = await ask_desk(auth, by, deed, about)
    await auth.copy_access()
    return answer


async def ask_desk(auth: Auth, by: DemoUser, deed: str, about: DemoUser) -> httpx.Response:
    """Staff does something to an account; what is published stays to be looked at."""
    browser = await signed_in(auth, by)
    if deed == "high-risk":
        return await send(browser, f"/auth/desk/accounts/{about.user_uuid}/secure", confirmed="yes", **WHY)
    return await send(browser, f"/auth/desk/accounts/{about.user_uuid}/help", deed=deed, **WHY)


async def state_of(auth: Auth, user: DemoUser) -> str:
    """How an account stands."""
    return str(next(row.state for row in await auth.rows(user_account) if row.user_id == user.user_uuid))
