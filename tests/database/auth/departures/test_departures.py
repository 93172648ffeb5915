"""Who leaves an organization: all access ends at once, the account stays, and nobody else's access goes with it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest

from libs.common.contracts.auth import MessageWanted, RoleRemoved, UserAccess
from libs.common.messaging.subscriptions import Due
from libs.common.settings import Settings
from services.auth.access.handlers import REPUBLISH, republish_state
from services.auth.access.tables import membership, user_account, user_grant
from services.auth.registration.domain import APPLICANT, APPLICANTS
from services.auth.role_requests.tables import role_request
from simulators.population import DemoUser
from tests.support.auth import (
    ADMINISTRATOR,
    BILLER,
    CLIENT,
    OTHER_BILLER,
    POPULATION,
    RIVERSIDE,
    Auth,
    Browser,
    auth_with_people,
    signed_in,
    somebody,
)

LEAVING = "/auth/leaving"
PAGE = f"/auth/users/{BILLER.user_uuid}/end"
NPI = {"npi": RIVERSIDE.enrollments[0].npi, "ptan": RIVERSIDE.enrollments[0].ptan}


@pytest.fixture
async def auth(databases: Callable[..., Awaitable[Settings]]) -> AsyncIterator[Auth]:
    async with auth_with_people(await databases("auth")) as running:
        async with running.work.database.work(running.work) as work:
            await republish_state(work, Due(REPUBLISH, "all", running.clock.now(), {}, 0))
        await running.copy_access()
        yield running


async def browser_of(auth: Auth, user: DemoUser) -> Browser:
    auth.clock.advance(timedelta(seconds=30))  # a code counts once
    browser = auth.client("203.0.113.9")
    await browser.sign_in(user)
    return browser


async def send(browser: Browser, path: str, **fields: str) -> httpx.Response:
    own = {"csrf": await browser.csrf(), "idempotency_key": str(uuid4())}
    return await browser.through("POST", path, {"sec-fetch-site": "same-origin"}, data={**own, **fields})


async def standing(auth: Auth, user_id: UUID) -> tuple[UUID, str, bool]:
    [row] = [each for each in await auth.rows(membership) if each.user_id == user_id]
    return row.organization_id, row.role, row.dual_role


async def grants(auth: Auth, user_id: UUID) -> int:
    return len([each for each in await auth.rows(user_grant) if each.user_id == user_id])


async def test_all_access_of_a_person_ends_at_once_and_the_account_stays(auth: Auth) -> None:
    second = await somebody(auth, "second", role="PROVIDER_ADMIN", organization=RIVERSIDE.organization_id)
    biller, boss = await browser_of(auth, BILLER), await browser_of(auth, ADMINISTRATOR)
    asked = await send(biller, "/auth/requests", what="role", reason="I am to help.")
    assert asked.status_code == 303
    await auth.copy_access()
    others = await grants(auth, OTHER_BILLER.user_uuid)
    assert "access here</a>" in (await boss.through("GET", f"/auth/users/{BILLER.user_uuid}")).text
    assert BILLER.user_id in (await boss.through("GET", PAGE)).text
    ended = await send(boss, PAGE, why="left")
    assert (ended.status_code, ended.headers["location"]) == (303, "/auth/users")

    assert await standing(auth, BILLER.user_uuid) == (APPLICANTS, APPLICANT, False)
    assert (await grants(auth, BILLER.user_uuid), await grants(auth, OTHER_BILLER.user_uuid)) == (0, others)
    assert [each.state for each in await auth.rows(role_request)] == ["withdrawn"]
    assert {each.state for each in await auth.rows(user_account) if each.user_id == BILLER.user_uuid} == {"active"}
    assert (await biller.authorize("GET", "/auth")).headers["location"].startswith("/session/ended")
    assert ("end", "membership", "done", "left") in await auth.audited()
    events = [each.event for each in await auth.copy_access()]
    [told] = [each for each in events if isinstance(each, UserAccess)]
    assert (told.user_id, told.organization_id, told.grants) == (BILLER.user_uuid, APPLICANTS, ())
    assert {each.user_id for each in events if isinstance(each, RoleRemoved)} == {BILLER.user_uuid}
    letters = {(each.user_id, each.kind) for each in events if isinstance(each, MessageWanted)}
    assert letters == {(BILLER.user_uuid, "membership-ended"), (second.user_uuid, "member-removed")}
    # She arrives where one asks for an organization, and the users of the one before no longer name her.
    again = await browser_of(auth, BILLER)
    assert "Ask for this organization" in (await again.through("GET", "/auth/organization")).text
    assert BILLER.user_id not in (await boss.through("GET", "/auth/users")).text


async def test_whose_access_nobody_ends_on_that_page(auth: Auth) -> None:
    boss = await browser_of(auth, ADMINISTRATOR)
    for user, status in ((OTHER_BILLER.user_uuid, 404), (ADMINISTRATOR.user_uuid, 403), (uuid4(), 404)):
        assert (await send(boss, f"/auth/users/{user}/end", why="left")).status_code == status
    assert (await send(boss, PAGE)).status_code == 422
    assert (await boss.through("GET", f"/auth/users/{OTHER_BILLER.user_uuid}/end")).status_code == 404
    vendors = await signed_in(auth, "vendor", role="VENDOR_ADMIN", organization=POPULATION.vendor.organization_id)
    program = await send(vendors, f"/auth/users/{CLIENT.client_uuid}/end", why="left")
    assert (program.status_code, "Revoke its keys" in program.text) == (403, True)
    assert ("refuse", "membership", "refused", "own-access") in await auth.audited()
    assert await grants(auth, BILLER.user_uuid) > 0


async def test_the_second_factor_must_be_fresh(auth: Auth) -> None:
    boss = await browser_of(auth, ADMINISTRATOR)
    for _ in range(2):
        auth.clock.advance(timedelta(minutes=8))
        await boss.through("GET", "/auth")
    assert "/session/step-up" in (await boss.through("GET", PAGE)).text
    assert (await send(boss, PAGE, why="left")).status_code == 403
    assert await grants(auth, BILLER.user_uuid) > 0


async def test_the_same_by_program(auth: Auth) -> None:
    boss = await browser_of(auth, ADMINISTRATOR)
    token = {"authorization": (await boss.authorize("GET", "/auth")).headers["authorization"]}
    once, path = {**token, "idempotency-key": "0123456789"}, f"/api/auth/users/{BILLER.user_uuid}/end"
    for _ in range(2):
        assert (await boss.direct("POST", path, once, json={"why": "other-work"})).status_code == 204
    assert (await boss.direct("POST", path, token, json={"why": "because"})).status_code == 422
    assert await standing(auth, BILLER.user_uuid) == (APPLICANTS, APPLICANT, False)


async def test_a_user_leaves_alone_and_needs_nobody(auth: Auth) -> None:
    biller = await browser_of(auth, BILLER)
    assert "only administrator" not in (await biller.through("GET", LEAVING)).text
    assert (await send(biller, LEAVING, departure="step-down")).status_code == 403
    assert (await send(biller, LEAVING, departure="leave")).status_code == 303
    assert await standing(auth, BILLER.user_uuid) == (APPLICANTS, APPLICANT, False)
    assert sorted(each[0] for each in await auth.letters()) == ["member-left", "membership-ended"]
    await auth.copy_access()
    applicant = await browser_of(auth, BILLER)
    assert (await send(applicant, LEAVING, departure="leave")).status_code == 403


async def test_the_last_administrator_is_told_what_follows_before_she_goes(auth: Auth) -> None:
    boss = await browser_of(auth, ADMINISTRATOR)
    assert "You are the only administrator" in (await boss.through("GET", LEAVING)).text
    before = await grants(auth, BILLER.user_uuid)
    refused = await send(boss, LEAVING, departure="leave")
    assert (refused.status_code, 'id="confirmed-error"' in refused.text) == (422, True)
    assert await standing(auth, ADMINISTRATOR.user_uuid) == (RIVERSIDE.organization_id, "PROVIDER_ADMIN", False)
    assert (await send(boss, LEAVING, departure="leave", confirmed="yes")).status_code == 303
    assert await standing(auth, ADMINISTRATOR.user_uuid) == (APPLICANTS, APPLICANT, False)
    # Nobody else's access ends with hers, and the contractor knows that nobody manages it.
    assert await grants(auth, BILLER.user_uuid) == before
    assert sorted(each[0] for each in await auth.letters()) == ["membership-ended", "organization-unmanaged"]


async def test_an_administrator_stops_managing_users_and_stays(auth: Auth) -> None:
    second = await signed_in(auth, "second", role="PROVIDER_ADMIN", organization=RIVERSIDE.organization_id)
    [row] = [each for each in await auth.rows(user_account) if each.login == "second"]
    assert (await send(second, LEAVING, departure="step-down")).status_code == 303
    assert await standing(auth, row.user_id) == (RIVERSIDE.organization_id, "PROVIDER_USER", False)
    assert (await second.authorize("GET", "/auth")).headers["location"].startswith("/session/ended")
    assert [each[0] for each in await auth.letters()] == ["administrator-stepped-down"]
    assert ("change", "role", "done", "PROVIDER_USER") in await auth.audited()
