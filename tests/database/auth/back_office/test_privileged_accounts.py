"""The desk and the certification of privileged accounts: neither opens what the other one closed (ARS AC-2(13))."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from libs.common.messaging.subscriptions import Due
from libs.common.settings import Settings
from services.auth.access import repository as access
from services.auth.access.handlers import REPUBLISH, republish_state
from services.auth.access.tables import membership, user_grant
from services.auth.recertification.domain import ACCOUNT
from services.auth.recertification.handlers import SWEEP, sweep
from services.auth.recertification.tables import account_certification
from simulators.population import DemoUser
from tests.support.auth import ADMINISTRATOR, BILLER, Auth, auth_with_people, path_of
from tests.support.certifications import choose, row
from tests.support.certifications import send as decide
from tests.support.desk import EDI, HELP_DESK, SECURITY, ask_desk, helped, signed_in, state_of
from tests.support.portico import DAYS

DAY = timedelta(days=1)
PAUSE = timedelta(minutes=2)


@pytest.fixture
async def auth(databases: Callable[..., Awaitable[Settings]]) -> AsyncIterator[Auth]:
    """Auth with two administrators of one clinic, whose accounts are certified: the biller is the second one."""
    async with auth_with_people(await databases("auth")) as running:
        async with running.work.database.work(running.work) as work:
            await access.put_role(work, BILLER.user_uuid, role="PROVIDER_ADMIN")
            await work.execute(user_grant.delete().where(user_grant.c.user_id == BILLER.user_uuid))
            await republish_state(work, Due(REPUBLISH, "all", running.clock.now(), {}, 0))
        await campaign(running)
        yield running


async def campaign(auth: Auth) -> None:
    async with auth.work.database.work(auth.work) as work:
        await sweep(work, Due(SWEEP, "all", auth.clock.now(), {}, 0))
    await auth.copy_access()


async def nobody_certifies(auth: Auth, user: DemoUser, days: int = 1) -> None:
    """Let the certification of an account have ended so many days ago, and the campaign look."""
    mine = account_certification.c.user_id == user.user_uuid
    async with auth.work.database.work(auth.work) as work:
        ended = auth.clock.now() - days * DAY
        await work.execute(account_certification.update().where(mine).values(certified_until=ended))
    await campaign(auth)


async def certify(auth: Auth, user: DemoUser) -> None:
    boss = await signed_in(auth, ADMINISTRATOR)
    assert (await decide(boss, await choose(boss, "certify", row(user.user_uuid, ACCOUNT))))[0] == 303
    await auth.copy_access()


async def certification_of(auth: Auth, user: DemoUser) -> Any:
    rows = await auth.rows(account_certification)
    return next((each for each in rows if each.user_id == user.user_uuid), None)


async def test_an_account_that_was_only_suspended_opens_when_it_is_certified(auth: Auth) -> None:
    await nobody_certifies(auth, BILLER)
    assert await state_of(auth, BILLER) == "disabled"
    await certify(auth, BILLER)
    assert await state_of(auth, BILLER) == "active"


@pytest.mark.parametrize("deed", ["disable", "high-risk"])
@pytest.mark.parametrize("suspended", [False, True], ids=["before it lapsed", "while suspended"])
async def test_to_certify_an_account_does_not_open_what_staff_closed(auth: Auth, deed: str, suspended: bool) -> None:
    if suspended:
        await nobody_certifies(auth, BILLER)
    assert (await helped(auth, SECURITY, deed, BILLER)).status_code == 303
    await nobody_certifies(auth, BILLER)
    await certify(auth, BILLER)
    assert await state_of(auth, BILLER) == "disabled"


async def test_the_desk_does_not_enable_an_account_that_nobody_certified_in_time(auth: Auth) -> None:
    await nobody_certifies(auth, BILLER)
    answer = await helped(auth, HELP_DESK, "enable", BILLER)
    assert (answer.status_code, "EDI, certifies it first" in answer.text) == (403, True)
    assert await state_of(auth, BILLER) == "disabled"
    auth.clock.advance(PAUSE)
    desk = await signed_in(auth, HELP_DESK)
    assert "Nobody certified it in time" in (await desk.through("GET", f"/auth/desk/accounts/{BILLER.user_uuid}")).text


async def test_whoever_is_active_without_a_certification_is_suspended_whatever_was_before(auth: Auth) -> None:
    await nobody_certifies(auth, BILLER)
    async with auth.work.database.work(auth.work) as work:
        await access.set_state(work, BILLER.user_uuid, "active")
    await campaign(auth)
    assert await state_of(auth, BILLER) == "disabled"


async def test_an_administrator_whose_account_ended_comes_back_without_the_role_and_is_certified_with_the_next_one(
    auth: Auth,
) -> None:
    await nobody_certifies(auth, BILLER, days=46)
    assert (await certification_of(auth, BILLER)).ended_at == auth.clock.now()
    await auth.copy_access()
    assert (await ask_desk(auth, HELP_DESK, "enable", BILLER)).status_code == 303
    assert [kind for kind, _ in await auth.letters()] == ["account-enabled-without-role"]
    auth.clock.advance(PAUSE)
    browser = await signed_in(auth, BILLER)
    assert (await browser.through("GET", "/auth/users")).status_code == 403
    assert (await browser.through("GET", "/auth/organization")).status_code == 200
    assert await certification_of(auth, BILLER) is None
    async with auth.work.database.work(auth.work) as work:
        mine = membership.c.user_id == BILLER.user_uuid
        await work.execute(sa.update(membership).where(mine).values(role="PROVIDER_ADMIN"))
    await campaign(auth)
    certified = await certification_of(auth, BILLER)
    assert (certified.ended_at, certified.certified_until) == (None, DAYS.end_within(auth.clock.now(), 90))


async def test_an_account_of_staff_that_ended_is_not_enabled_by_the_desk(auth: Auth) -> None:
    await nobody_certifies(auth, EDI, days=46)
    answer = await helped(auth, SECURITY, "enable", EDI)
    assert (answer.status_code, "another one approves" in answer.text) == (403, True)
    assert await state_of(auth, EDI) == "disabled"


async def test_to_disable_an_account_that_rests_ends_the_time_in_which_its_owner_takes_it_back(auth: Auth) -> None:
    async with auth.work.database.work(auth.work) as work:
        await access.set_state(work, BILLER.user_uuid, "disabled", dormant_until=auth.clock.now() + 30 * DAY)
    desk = await signed_in(auth, HELP_DESK)
    page = (await desk.through("GET", f"/auth/desk/accounts/{BILLER.user_uuid}")).text
    assert "its owner can enable it by signing in" in page
    auth.clock.advance(PAUSE)
    assert (await helped(auth, HELP_DESK, "disable", BILLER)).status_code == 303
    assert path_of(await auth.client().sign_in(BILLER)) == "/sign-in"
    assert await state_of(auth, BILLER) == "disabled"
    auth.clock.advance(PAUSE)
    assert (await helped(auth, HELP_DESK, "disable", BILLER)).status_code == 403  # once is enough


@pytest.mark.parametrize(
    ("deed", "letters"),
    [
        ("disable", ["account-disabled-by-staff"]),
        ("end-sessions", ["signed-out-by-staff"]),
        ("high-risk", ["account-closed", "account-closed-of"]),
    ],
)
async def test_whoever_is_concerned_is_told_what_staff_did(auth: Auth, deed: str, letters: list[str]) -> None:
    assert (await ask_desk(auth, SECURITY, deed, BILLER)).status_code == 303
    told = await auth.letters()
    assert [kind for kind, _ in told] == letters
    if deed == "high-risk":
        assert told[1][1]["about"] == f"{BILLER.first_name} {BILLER.last_name}"


async def test_whoever_is_enabled_again_is_told_once(auth: Auth) -> None:
    assert (await helped(auth, HELP_DESK, "disable", BILLER)).status_code == 303
    auth.clock.advance(PAUSE)
    assert (await ask_desk(auth, HELP_DESK, "enable", BILLER)).status_code == 303
    about_account = [kind for kind, _ in await auth.letters() if kind.startswith("account-")]
    assert about_account == ["account-enabled-by-staff"]
