"""One's own mail address: shown, changed by a code to the new one, put back by whoever had the old one."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from libs.common.contracts.auth import MessageWanted
from libs.common.contracts.sealed import WANTED_MESSAGE, WantedMessage
from libs.common.settings import Settings
from services.auth.access.tables import user_account
from services.auth.factors.tables import mfa_window
from services.auth.settings import auth_settings
from tests.support.auth import BILLER, Auth, Browser, auth_with_people, path_of

ADDRESS, NEW = "/auth/email", "new.desk@riverside.example"


@pytest.fixture
async def auth(databases: Callable[..., Awaitable[Settings]]) -> AsyncIterator[Auth]:
    async with auth_with_people(await databases("auth")) as running:
        yield running


async def signed_in(auth: Auth) -> Browser:
    browser = auth.client()
    await browser.sign_in(BILLER)
    await auth.letters()
    return browser


async def mailed(auth: Auth) -> list[tuple[str, WantedMessage]]:
    """The letters since the last look: their kind, to whom, and what they say."""
    wanted = [each.event for each in await auth.copy_access() if each.event.type == MessageWanted.type]
    return [(each.kind, WANTED_MESSAGE.open(auth.work.keys, each.sealed_message, each.user_id)) for each in wanted]


async def on_file(auth: Auth) -> str:
    (email,) = [row.email for row in await auth.rows(user_account) if row.user_id == BILLER.user_uuid]
    return str(email)


async def changed(auth: Auth, browser: Browser, email: str = NEW) -> WantedMessage:
    """The biller's address is `email` now; the letter that the one before got."""
    await browser.send(ADDRESS, email=email)
    ((_, letter),) = await mailed(auth)
    assert path_of(await browser.send(f"{ADDRESS}/confirm", code=letter.facts["code"])) == "/auth"
    ((kind, told),) = await mailed(auth)
    assert kind == "email-changed"
    return told


async def follow(auth: Auth, letter: WantedMessage, address: str) -> str:
    """Whoever reads a letter presses the button behind its link: what they read then."""
    link, browser = urlsplit(letter.facts["link"]), auth.client(address)
    await browser.direct("GET", f"{link.path}?{link.query}")
    answer = await browser.direct("POST", "/sign-in/not-mine")
    return answer.text or answer.headers["location"]


async def test_the_account_shows_the_address_and_a_code_to_the_new_one_changes_it(auth: Auth) -> None:
    browser = await signed_in(auth)
    before = await on_file(auth)
    assert before in (await browser.through("GET", "/auth")).text
    assert path_of(await browser.send(ADDRESS, email=NEW)) == f"{ADDRESS}/code"
    ((kind, letter),) = await mailed(auth)
    assert (kind, letter.email, await on_file(auth)) == ("email-code", NEW, before)
    assert NEW in (await browser.through("GET", f"{ADDRESS}/code")).text
    assert await auth.rows(mfa_window)
    assert path_of(await browser.send(f"{ADDRESS}/confirm", code=letter.facts["code"])) == "/auth"
    ((kind, told),) = await mailed(auth)
    assert (kind, told.email, await on_file(auth)) == ("email-changed", before, NEW)
    assert await auth.rows(mfa_window) == []
    assert NEW in (await browser.through("GET", "/auth")).text
    assert (await browser.send(f"{ADDRESS}/confirm", code=letter.facts["code"])).status_code == 422
    assert ("change", "email", "done", "") in await auth.audited()


async def test_a_code_counts_for_three_tries_for_half_an_hour_and_only_the_newest(auth: Auth) -> None:
    browser = await signed_in(auth)

    async def code() -> str:
        await browser.send(ADDRESS, email=NEW)
        ((_, letter),) = await mailed(auth)
        return letter.facts["code"]

    async def refused(typed: str) -> bool:
        answer = await browser.send(f"{ADDRESS}/confirm", code=typed)
        return (answer.status_code, "wrong, too old or used" in answer.text) == (422, True)

    first, second = await code(), await code()
    assert first == second or await refused(first)
    wrong = "000000" if second != "000000" else "111111"
    assert [await refused(wrong) for _ in range(3)] == [True, True, True]
    assert await refused(second)
    third = await code()
    auth.clock.advance(timedelta(minutes=auth_settings().email_code_minutes))
    await browser.sign_in(BILLER)
    await browser.send("/session/step-up", code=browser.auth_code(BILLER))
    assert await refused(third)
    assert await on_file(auth) != NEW


async def test_it_needs_a_fresh_code_and_another_address_and_sends_few_letters(auth: Auth) -> None:
    browser = await signed_in(auth)
    for email in (await on_file(auth), "no address"):
        assert (await browser.send(ADDRESS, email=email)).status_code == 422
    for _ in range(2):
        await browser.send(ADDRESS, email=NEW)
    limited = await browser.send(ADDRESS, email=NEW)
    assert (limited.status_code, "several codes" in limited.text) == (429, True)
    auth.clock.advance(timedelta(minutes=16))
    assert (await browser.send(ADDRESS, email=NEW)).status_code == 403
    assert "fresh code" in (await browser.through("GET", ADDRESS)).text


async def test_whoever_had_the_address_before_gets_it_back_and_the_password_counts_no_more(auth: Auth) -> None:
    browser = await signed_in(auth)
    before = await on_file(auth)
    letter = await changed(auth, browser)
    assert "not-mine" in await follow(auth, letter, "203.0.113.70")
    assert await on_file(auth) == before
    assert (await auth.client("203.0.113.71").password(BILLER)).status_code == 401
    assert "reason=not-mine" in (await browser.authorize("GET", "/claims")).headers["location"]
    assert ("restore", "email", "done", "") in await auth.audited()


async def test_after_two_changes_the_first_owner_has_the_last_word(auth: Auth) -> None:
    browser = await signed_in(auth)
    before = await on_file(auth)
    first = await changed(auth, browser)
    auth.clock.advance(timedelta(minutes=11))
    second = await changed(auth, browser, "another@thief.example")
    assert second.email == NEW
    await follow(auth, first, "203.0.113.72")
    assert "too old" in await follow(auth, second, "203.0.113.73")
    assert await on_file(auth) == before
