"""Accounts that are not used: told on days 45 and 55, disabled on day 60, taken back by whoever signs in in time."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from libs.common.contracts.sealed import WANTED_MESSAGE
from libs.common.messaging.subscriptions import Due
from libs.common.settings import Settings
from libs.common.web.formats import day
from services.auth.access import repository as access
from services.auth.access.tables import user_account
from services.auth.inactive.handlers import SWEEP, sweep
from services.auth.inactive.tables import enrollment_use
from tests.support.auth import ADMINISTRATOR, BILLER, POPULATION, RIVERSIDE, Auth, Browser, auth_with_people, path_of

PRIVILEGED = {each.user_uuid for each in POPULATION.users if each.role not in ("PROVIDER_USER", "VENDOR_USER")}


@pytest.fixture
async def auth(databases: Callable[..., Awaitable[Settings]]) -> AsyncIterator[Auth]:
    async with auth_with_people(await databases("auth")) as running:
        yield running


async def swept(auth: Auth, days: float = 0) -> list[Any]:
    """What is told of accounts after so many more days."""
    auth.clock.advance(timedelta(days=days))
    async with auth.work.database.work(auth.work) as work:
        await sweep(work, Due(SWEEP, "all", auth.clock.now(), {}, 0))
    events = [each.event for each in await auth.copy_access()]
    return [each for each in events if getattr(each, "kind", "").startswith("account-inactive")]


def told_to(auth: Auth, event: Any) -> Any:
    """What only the notifier can read."""
    return WANTED_MESSAGE.open(auth.work.keys, event.sealed_message, event.user_id)


async def states(auth: Auth) -> dict[Any, str]:
    return {row.user_id: row.state for row in await auth.rows(user_account)}


async def entered(browser: Browser) -> bool:
    """Whether the biller gets in with password and code."""
    answer = await browser.password(BILLER)
    if answer.status_code != 303:
        return False
    return path_of(await browser.code(browser.auth_code(BILLER))) != "/sign-in"


def day_after(auth: Auth, days: int) -> str:
    return day((auth.clock.now() + timedelta(days=days)).astimezone(auth.work.deployment.zone).date())


async def test_notices_then_disabled_then_taken_back_by_its_owner(auth: Auth) -> None:
    biller = auth.client()
    assert await entered(biller)
    assert await swept(auth, 14) == []
    told = await swept(auth, 1)
    assert {each.user_id for each in told} == PRIVILEGED
    assert {each.kind for each in told} == {"account-inactive-notice"}
    assert await swept(auth) == []
    assert {each.kind for each in await swept(auth, 15)} == {"account-inactive-disabled"}  # day 30 of the privileged
    assert {state for user, state in (await states(auth)).items() if user in PRIVILEGED} == {"disabled"}
    for days, matter, left in ((15, "notice", 15), (10, "notice", 5), (5, "disabled", 90)):
        letters = {each.user_id: each for each in await swept(auth, days)}
        mine = letters[BILLER.user_uuid]
        letter = told_to(auth, mine)
        assert (mine.kind, letter.facts["day"]) == (f"account-inactive-{matter}", day_after(auth, left))
        assert (letter.name, letter.email) == (f"{BILLER.first_name} {BILLER.last_name}", BILLER.email)
        assert BILLER.email not in mine.model_dump_json()
    assert ("disable", "account", "done", "inactive") in await auth.audited()
    assert len(await states(auth)) == len(POPULATION.users) + len(POPULATION.api_clients)  # nobody is deleted
    # A wrong password gives nothing back, and is answered as for everybody.
    assert (await biller.password(BILLER, password="wrong wrong wrong")).status_code == 401
    assert (await states(auth))[BILLER.user_uuid] == "disabled"
    assert await entered(biller)
    assert (await states(auth))[BILLER.user_uuid] == "active"
    events = [each.event for each in await auth.copy_access()]
    assert "account-inactive-enabled-again" in [getattr(each, "kind", "") for each in events]
    assert [each.state for each in events if each.type == "auth.user-access.v1"] == ["active"]
    assert ("enable", "account", "done", "inactive") in await auth.audited()
    assert await swept(auth, 44) == []


async def test_after_the_grace_time_or_for_another_reason_nobody_takes_it_back(auth: Auth) -> None:
    biller = auth.client()
    assert await entered(biller)
    await swept(auth, 60)
    async with auth.work.database.work(auth.work) as work:
        await access.set_state(work, BILLER.user_uuid, "disabled")  # by somebody, whatever it was before
    assert not await entered(biller)
    async with auth.work.database.work(auth.work) as work:
        await access.set_state(
            work, BILLER.user_uuid, "disabled", dormant_until=auth.clock.now() + timedelta(minutes=1)
        )
    auth.clock.advance(timedelta(minutes=1))
    assert not await entered(auth.client("203.0.113.9"))
    async with auth.work.database.work(auth.work) as work:
        await access.set_state(work, BILLER.user_uuid, "active")  # the help desk
    assert all(each.user_id != BILLER.user_uuid for each in await swept(auth, 1))


async def test_the_session_of_an_account_that_is_disabled_ends(auth: Auth) -> None:
    administrator = auth.client()
    await administrator.sign_in(ADMINISTRATOR)
    await swept(auth, 30)
    assert (await administrator.authorize("GET", "/auth/users")).status_code == 303


async def test_the_last_use_of_an_npi_is_kept(auth: Auth) -> None:
    biller = auth.client()
    assert await entered(biller)
    auth.clock.advance(timedelta(minutes=5))
    await biller.authorize("GET", "/claims")
    await swept(auth)
    (row,) = await auth.rows(enrollment_use)
    assert (row.user_id, row.used_at) == (BILLER.user_uuid, auth.clock.now())
    assert row.enrollment_id in {each.enrollment_id for each in RIVERSIDE.enrollments}
