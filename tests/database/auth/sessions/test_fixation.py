"""What a browser holds changes at each step, and what it held before is worth nothing any more (S06)."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest

from libs.common.settings import Settings
from services.auth.sessions.tables import session
from tests.support.auth import BILLER, OTHER_BILLER, Auth, Browser, auth_with_people

SID, ATTEMPT = "__Host-sid", "__Host-attempt"


@pytest.fixture
async def auth(databases: Callable[..., Awaitable[Settings]]) -> AsyncIterator[Auth]:
    async with auth_with_people(await databases("auth")) as running:
        yield running


async def let_in(auth: Auth, secret: str) -> bool:
    """Whether a browser that holds nothing but this secret of a session gets in."""
    holder = Browser(auth, "198.51.100.1")
    holder.cookies[SID] = secret
    return (await holder.authorize("GET", "/claims")).status_code == 200


async def test_every_step_gives_another_secret_and_the_one_before_is_dead(auth: Auth) -> None:
    planted = auth.client("198.51.100.9")
    await planted.sign_in(OTHER_BILLER)
    browser = auth.client()
    browser.cookies[SID] = planted.cookies[SID]
    await browser.password(BILLER)
    waiting = browser.cookies[ATTEMPT]
    assert not await let_in(auth, waiting)
    code = browser.auth_code(BILLER)
    await browser.code(code)
    signed_in = browser.cookies[SID]
    assert signed_in not in (waiting, planted.cookies[SID])
    assert not await let_in(auth, planted.cookies[SID])
    replayed = auth.client("198.51.100.2")
    replayed.cookies[ATTEMPT] = waiting
    auth.clock.advance(timedelta(minutes=1))
    assert "reason=code" in (await replayed.code(browser.auth_code(BILLER))).headers["location"]
    assert SID not in replayed.cookies
    form = {"csrf": await browser.csrf(), "code": browser.auth_code(BILLER), "next": "/claims"}
    await browser.through("POST", "/session/step-up", data=form)
    stepped_up = browser.cookies[SID]
    assert (stepped_up != signed_in, await let_in(auth, signed_in)) == (True, False)
    await browser.through("POST", "/sign-out", data={"csrf": await browser.csrf()})
    assert (SID in browser.cookies, await let_in(auth, stepped_up)) == (False, False)
    assert all(row.ended_at is not None for row in await auth.rows(session))
