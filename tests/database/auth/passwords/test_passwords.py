"""New passwords on real PostgreSQL: changed by their owner, chosen again by a mailed link, asked for after a lock."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from statistics import median

import pytest
import sqlalchemy as sa

from libs.common.messaging.due_work import DueWork
from libs.common.messaging.subscriptions import Due
from libs.common.persistence.tables import due_work
from libs.common.settings import Settings
from services.auth.access.tables import user_account
from services.auth.factors.tables import mfa_window
from services.auth.passwords.handlers import MAIL_LINK, MAIL_USER_IDS, mail_link, mail_user_ids
from services.auth.settings import auth_settings
from services.auth.sign_in.handlers import unlock
from services.auth.sign_in.tables import mailed_link
from tests.support.auth import BILLER, OTHER_BILLER, Auth, Browser, auth_with_people, path_of

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NEW = "copper lantern behind nine doors"
AGAIN = "seven quiet harbors under snow"


@pytest.fixture
async def auth(databases: Callable[..., Awaitable[Settings]]) -> AsyncIterator[Auth]:
    async with auth_with_people(await databases("auth")) as running:
        yield running


def form(new: str = NEW, again: str = "", **fields: str) -> dict[str, str]:
    return {"new_password": new, "again": again or new, **fields}


async def mailed(auth: Auth) -> list[str]:
    """The addresses of the letters about new passwords, once the worker has written them."""
    async with auth.work.database.work(auth.work) as work:
        rows = (await work.execute(sa.delete(due_work).where(due_work.c.kind == MAIL_LINK).returning(due_work))).all()
        for row in rows:
            await mail_link(work, Due(row.kind, row.subject, row.due_at, row.payload, 0))
    return [facts["link"] for kind, facts in await auth.letters() if kind == "password-reset-link"]


async def ask(browser: Browser, user_id: str) -> tuple[int, str]:
    answer = await browser.direct("POST", "/sign-in/forgotten", data={"user_id": user_id})
    return answer.status_code, answer.headers.get("location", "")


async def follow(auth: Auth, link: str) -> Browser:
    """A browser that opened the mailed address: what it holds is in a cookie then, and in no address."""
    browser = auth.client("203.0.113.44")
    path = link.removeprefix(auth.web.settings.public_address)
    assert (await browser.direct("GET", path)).headers["location"] == "/sign-in/reset"
    return browser


async def lock(auth: Auth) -> None:
    for number in range(5):
        await auth.client(f"198.51.100.{number}").password(BILLER, password="not the password at all")


async def sign_in(auth: Auth, password: str = BILLER.password) -> bool:
    """Whether the biller gets in with this password and a code that is new."""
    auth.clock.advance(MINUTE)
    browser = auth.client("203.0.113.77")
    await browser.password(BILLER, password=password)
    return (await browser.code(browser.auth_code(BILLER))).status_code == 303 and "__Host-sid" in browser.cookies


async def test_who_changes_the_password_stays_and_everybody_else_is_out(auth: Auth) -> None:
    browser = auth.client()
    await browser.sign_in(BILLER)
    page = await browser.through("GET", "/auth/password")
    assert "15 to 128 characters" in page.text
    for wrong, said in (
        (form(password="not the password at all"), "not your present password"),
        (form("too short", password=BILLER.password), "at least 15 characters"),
        (form(f"{BILLER.password}!", password=BILLER.password), "at least 75 percent"),
        (form("Riverside2026Riverside", password=BILLER.password), "easy to guess"),
        (form(NEW, AGAIN, password=BILLER.password), "twice"),
    ):
        refused = await browser.send("/auth/password", **wrong)
        assert (refused.status_code, said in refused.text) == (422, True)
        assert wrong["new_password"] not in refused.text
        auth.clock.advance(MINUTE)
    await auth.letters()
    changed = await browser.send("/auth/password", **form(password=BILLER.password))
    assert path_of(changed) == "/auth/security"
    assert (await browser.authorize("GET", "/claims")).status_code == 200
    assert [kind for kind, _ in await auth.letters()] == ["password-changed"]
    assert await auth.rows(mfa_window) == []
    assert ("change", "password", "done", "") in await auth.audited()
    assert not await sign_in(auth)
    assert await sign_in(auth, NEW)


async def test_an_old_code_changes_no_password(auth: Auth) -> None:
    browser = auth.client()
    await browser.sign_in(BILLER)
    auth.clock.advance(16 * MINUTE)
    assert "Enter a fresh code" in (await browser.through("GET", "/auth/password")).text
    refused = await browser.send("/auth/password", **form(password=BILLER.password))
    assert refused.status_code == 403
    assert not await sign_in(auth, NEW)


async def test_five_wrong_present_passwords_end_the_session(auth: Auth) -> None:
    browser = auth.client()
    await browser.sign_in(BILLER)
    csrf = await browser.csrf()
    for _ in range(5):
        await browser.through("POST", "/auth/password", data={"csrf": csrf, **form(password="not the password at all")})
    assert "reason=locked" in (await browser.authorize("GET", "/claims")).headers["location"]


async def test_a_forgotten_password_is_chosen_again_by_link_and_code_and_begins_no_session(auth: Auth) -> None:
    signed_in = auth.client()
    await signed_in.sign_in(BILLER)
    auth.clock.advance(MINUTE)
    await auth.letters()
    stranger = auth.client("203.0.113.8")
    assert await ask(stranger, BILLER.user_id) == await ask(stranger, "nobody.here")
    (link,) = await mailed(auth)
    browser = await follow(auth, link)
    assert "What is asked of a password" in (await browser.direct("GET", "/sign-in/reset")).text
    wrong = await browser.direct("POST", "/sign-in/reset", data=form(code="000000"))
    assert (wrong.status_code, NEW in wrong.text) == (401, False)
    weak = await browser.direct("POST", "/sign-in/reset", data=form("aaaaaaaaaaaaaaaaaaaa", code="000000"))
    assert (weak.status_code, "easy to guess" in weak.text) == (422, True)
    done = await browser.direct("POST", "/sign-in/reset", data=form(code=browser.auth_code(BILLER)))
    assert done.headers["location"] == "/sign-in?reason=password"
    assert "__Host-sid" not in browser.cookies
    assert "reason=password" in (await signed_in.authorize("GET", "/claims")).headers["location"]
    assert [kind for kind, _ in await auth.letters()] == ["password-changed"]
    again = await follow(auth, link)
    assert "used before" in (await again.direct("GET", "/sign-in/reset")).text
    assert (await again.direct("POST", "/sign-in/reset", data=form(AGAIN, code="000000"))).status_code == 404
    assert await sign_in(auth, NEW)


async def test_a_link_works_for_half_an_hour_the_last_one_alone_and_few_are_mailed(auth: Auth) -> None:
    links = []
    for _ in range(4):
        await ask(auth.client(), BILLER.user_id)
        links += await mailed(auth)
        auth.clock.advance(2 * MINUTE)
    assert len(links) == 3
    old, last = await follow(auth, links[0]), await follow(auth, links[2])
    assert "too old" in (await old.direct("GET", "/sign-in/reset")).text
    assert "too old" not in (await last.direct("GET", "/sign-in/reset")).text
    auth.clock.advance(26 * MINUTE)
    assert "too old" in (await last.direct("GET", "/sign-in/reset")).text
    kept = [row.key for row in await auth.rows(mailed_link)]
    assert not any(link.rpartition("=")[2].encode() in key for link in links for key in kept)


async def test_a_locked_account_opens_after_the_hour_by_a_new_password(auth: Auth) -> None:
    await lock(auth)
    assert "account-locked" in [kind for kind, _ in await auth.letters()]
    await ask(auth.client(), BILLER.user_id)
    (link,) = await mailed(auth)
    early = await follow(auth, link)
    refused = await early.direct("POST", "/sign-in/reset", data=form(code=early.auth_code(BILLER)))
    assert refused.status_code == 401
    auth.clock.advance(HOUR)
    assert not await sign_in(auth)
    await ask(auth.client(), BILLER.user_id)
    (link,) = await mailed(auth)
    browser = await follow(auth, link)
    auth.clock.advance(MINUTE)
    done = await browser.direct("POST", "/sign-in/reset", data=form(code=browser.auth_code(BILLER)))
    assert done.headers["location"] == "/sign-in?reason=password"
    assert await sign_in(auth, NEW)


async def test_by_setting_the_hour_alone_opens_a_locked_account(auth: Auth, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTICO_AUTH_LOCKOUT_UNTIL_RESET", "false")
    auth_settings.cache_clear()
    await lock(auth)
    assert not await sign_in(auth)
    auth.clock.advance(HOUR)
    assert await sign_in(auth)


async def test_the_help_desk_unlocks_at_once_and_the_owner_is_told(auth: Auth) -> None:
    await lock(auth)
    async with auth.work.database.work(auth.work) as work:
        await unlock(work, BILLER.user_uuid)
    assert "account-unlocked" in [kind for kind, _ in await auth.letters()]
    assert await sign_in(auth)


async def test_a_new_browser_is_told_of_and_who_says_it_was_another_locks_the_account(auth: Auth) -> None:
    first = auth.client()
    await first.sign_in(BILLER)
    auth.clock.advance(MINUTE)
    await first.sign_in(BILLER)
    assert [kind for kind, _ in await auth.letters()] == []
    auth.clock.advance(MINUTE)
    other = auth.client("198.51.100.7")
    await other.sign_in(BILLER)
    ((kind, facts),) = await auth.letters()
    assert kind == "new-device"
    owner = auth.client("203.0.113.44")
    path = facts["link"].removeprefix(auth.web.settings.public_address)
    assert (await owner.direct("GET", path)).headers["location"] == "/sign-in/not-mine"
    assert "This was not me" in (await owner.direct("GET", "/sign-in/not-mine")).text
    assert (await other.authorize("GET", "/claims")).status_code == 200
    pressed = await owner.direct("POST", "/sign-in/not-mine")
    assert pressed.headers["location"] == "/session/ended?reason=not-mine"
    assert "reason=not-mine" in (await other.authorize("GET", "/claims")).headers["location"]
    assert not await sign_in(auth)
    async with auth.work.database.work(auth.work) as work:
        await unlock(work, BILLER.user_uuid)
    assert not await sign_in(auth)
    assert [kind for kind, _ in await auth.letters()] == ["sign-in-not-mine", "account-unlocked"]


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/forgotten"])
async def test_known_unknown_locked_and_disabled_take_as_long_and_look_alike(auth: Auth, path: str) -> None:
    """S15: medians less than 5 ms apart, or a quarter on a busy machine. Each address asks once, within all limits."""
    await lock(auth)
    async with auth.work.database.work(auth.work) as work:
        await work.execute(sa.text("UPDATE user_account SET state = 'disabled' WHERE login = 'juniper.admin'"))
    logins = (OTHER_BILLER.user_id, "nobody.here", BILLER.user_id, "juniper.admin")
    spent: dict[str, list[float]] = {each: [] for each in logins}
    seen = set()
    for turn in range(30):
        for place, login in enumerate(logins):
            browser = auth.client(f"203.0.{turn}.{place}")
            form = {"user_id": login, "password": "not the password at all", "accepted": "yes"}
            started = time.perf_counter()
            answer = await browser.direct("POST", path, data=form)
            spent[login].append(time.perf_counter() - started)
            seen.add((answer.status_code, answer.text.replace(login, ""), answer.headers.get("location")))
        auth.clock.advance(HOUR)  # so few failures lie in two hours that nobody else is locked
    medians = [median(each) for each in spent.values()]
    assert len(seen) == 1
    assert max(medians) - min(medians) < max(0.005, 0.25 * max(medians))


async def asked_for_ids(auth: Auth, email: str, address: str = "203.0.113.7") -> list[str]:
    """The user IDs that letters name after somebody asked for those of an address."""
    browser = auth.client(address)
    answer = await browser.direct("POST", "/sign-in/forgotten-user-id", data={"email": email})
    assert answer.headers["location"] == "/sign-in/forgotten-user-id?asked=yes"
    worker = DueWork(auth.work, {MAIL_USER_IDS: mail_user_ids}, {})
    while await worker.step():
        pass
    return [facts["who"] for kind, facts in await auth.letters() if kind == "user-ids"]


async def test_user_ids_are_sent_to_their_address_and_to_no_other(auth: Auth) -> None:
    assert await asked_for_ids(auth, BILLER.email.upper()) == [BILLER.user_id]
    async with auth.work.database.work(auth.work) as work:
        same = sa.update(user_account).where(user_account.c.login == OTHER_BILLER.user_id)
        await work.execute(same.values(email=BILLER.email))
    (told,) = await asked_for_ids(auth, BILLER.email)
    assert set(told.split(", ")) == {BILLER.user_id, OTHER_BILLER.user_id}
    assert await asked_for_ids(auth, "nobody@nowhere.example") == []
    assert await asked_for_ids(auth, BILLER.email, "203.0.113.8") != []
    assert await asked_for_ids(auth, BILLER.email, "203.0.113.9") == []  # too many letters in half an hour
    wrong = await auth.client().direct("POST", "/sign-in/forgotten-user-id", data={"email": "nobody"})
    assert wrong.status_code == 422


async def test_known_and_unknown_addresses_are_answered_alike_and_as_fast(auth: Auth) -> None:
    """S15."""
    spent: dict[str, list[float]] = {BILLER.email: [], "nobody@nowhere.example": []}
    seen = set()
    for turn in range(30):
        for place, email in enumerate(spent):
            browser = auth.client(f"203.0.{turn}.{place}")
            started = time.perf_counter()
            answer = await browser.direct("POST", "/sign-in/forgotten-user-id", data={"email": email})
            spent[email].append(time.perf_counter() - started)
            seen.add((answer.status_code, answer.text, answer.headers.get("location")))
    medians = [median(each) for each in spent.values()]
    assert len(seen) == 1
    assert max(medians) - min(medians) < max(0.005, 0.25 * max(medians))


async def test_failed_attempts_since_the_last_sign_in_are_told_after_the_next(auth: Auth) -> None:
    browser = auth.client()
    await browser.sign_in(BILLER)
    for number in range(3):
        await auth.client(f"198.51.100.{number}").password(BILLER, password="not the password at all")
    auth.clock.advance(MINUTE)
    again = auth.client("203.0.113.9")
    await again.sign_in(BILLER)
    assert "3 attempts failed since then" in (await again.through("GET", "/auth")).text


async def test_two_new_passwords_by_one_link_at_once_are_one(auth: Auth) -> None:
    await ask(auth.client(), BILLER.user_id)
    (link,) = await mailed(auth)
    one, other = await follow(auth, link), await follow(auth, link)
    code = one.auth_code(BILLER)
    answers = await asyncio.gather(
        one.direct("POST", "/sign-in/reset", data=form(NEW, code=code)),
        other.direct("POST", "/sign-in/reset", data=form(AGAIN, code=code)),
    )
    first, second = sorted(each.status_code for each in answers)
    assert (first, second in (401, 404)) == (303, True)
