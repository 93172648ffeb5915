"""A fresh code within a session: it goes on under a new secret; wrong ones end it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest

from libs.common.settings import Settings
from tests.support.auth import ADMINISTRATOR, Auth, auth_with_people, path_of, read_claims


@pytest.fixture
async def auth(databases: Callable[..., Awaitable[Settings]]) -> AsyncIterator[Auth]:
    async with auth_with_people(await databases("auth")) as running:
        yield running


async def test_a_fresh_code_gives_the_session_a_new_secret_and_keeps_its_forms(auth: Auth) -> None:
    browser = auth.client()
    await browser.sign_in(ADMINISTRATOR)
    before, csrf = dict(browser.cookies), await browser.csrf()
    auth.clock.advance(timedelta(minutes=14))
    page = await browser.through("GET", "/session/step-up?next=/auth/users")
    assert page.status_code == 200
    form = {"csrf": csrf, "code": browser.auth_code(ADMINISTRATOR), "next": "/auth/users"}
    answer = await browser.through("POST", "/session/step-up", data=form)
    assert path_of(answer) == "/auth/users"
    assert browser.cookies != before
    claims = read_claims((await browser.authorize("GET", "/auth/users")).headers["authorization"])
    assert claims["csrf"] == csrf
    assert claims["factor_at"] == int(auth.clock.now().timestamp())
    browser.cookies = before
    assert "reason=renewed" in (await browser.authorize("GET", "/auth/users")).headers["location"]


async def test_a_used_code_does_not_step_up(auth: Auth) -> None:
    browser = auth.client()
    await browser.sign_in(ADMINISTRATOR)
    form = {"csrf": await browser.csrf(), "code": browser.auth_code(ADMINISTRATOR)}
    assert (await browser.through("POST", "/session/step-up", data=form)).status_code == 401


async def test_sign_ins_that_others_failed_spoil_no_step_up_and_end_no_session(auth: Auth) -> None:
    browser = auth.client()
    await browser.sign_in(ADMINISTRATOR)
    for number in range(5):
        await auth.client(f"203.0.113.{number}").password(ADMINISTRATOR, password="not the password at all")
    auth.clock.advance(timedelta(minutes=1))
    form = {"csrf": await browser.csrf(), "code": browser.auth_code(ADMINISTRATOR), "next": "/auth/users"}
    assert path_of(await browser.through("POST", "/session/step-up", data=form)) == "/auth/users"


async def test_five_wrong_codes_at_a_step_up_end_the_session_and_say_why(auth: Auth) -> None:
    browser = auth.client()
    await browser.sign_in(ADMINISTRATOR)
    auth.clock.advance(timedelta(minutes=1))
    right = browser.auth_code(ADMINISTRATOR)
    form = {"csrf": await browser.csrf(), "code": "000000" if right != "000000" else "111111"}
    for _ in range(5):
        await browser.through("POST", "/session/step-up", data=form)
    assert "reason=locked" in (await browser.authorize("GET", "/auth/users")).headers["location"]
    assert "five wrong codes" in (await browser.direct("GET", "/session/ended?reason=locked")).text
