"""Who may take and give access, and that it counts everywhere at the next request."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from libs.common.access import AccessCopy
from libs.common.contracts.auth import STATE
from libs.common.crashpoints import set_crash_hook
from libs.common.errors import Rejected
from libs.common.functions import FUNCTIONS
from libs.common.messaging.due_work import DueWork
from libs.common.persistence.tables import due_work, outbox
from libs.common.security.decision import Resource, decide
from libs.common.security.permissions import CATALOG, CLAIM_STATUS
from libs.common.security.principal import Principal
from libs.common.security.tokens import verify_internal_token
from libs.common.settings import Settings
from services.auth.access import handlers
from services.auth.access.domain import BUNDLES, GRANTABLE
from services.auth.access.handlers import REPUBLISH, republish_state
from services.auth.access.tables import organization, user_account, user_grant
from tests.support.auth import (
    ADMINISTRATOR,
    BILLER,
    JUNIPER,
    OTHER_BILLER,
    POPULATION,
    RIVERSIDE,
    Auth,
    Browser,
    auth_with_people,
)

ENROLLMENT = RIVERSIDE.enrollments[0].enrollment_id

# What the accounts of the demonstration have: all that a contract for Part A and Part B can offer.
GRANTED = [name for name in GRANTABLE if FUNCTIONS[CATALOG[name].function].belongs_to(("A", "B"))]
DME_ALONE = GRANTABLE - set(GRANTED)


@pytest.fixture
async def auth(databases: Callable[..., Awaitable[Settings]]) -> AsyncIterator[Auth]:
    async with auth_with_people(await databases("auth")) as running:
        yield running


async def change(browser: Browser, what: str, user: object, **form: str) -> int:
    body = {
        "csrf": await browser.csrf(),
        "grant_enrollment": str(ENROLLMENT),
        "permission": CLAIM_STATUS.name,
        "idempotency_key": str(uuid4()),
        **form,
    }
    answer = await browser.through("POST", f"/auth/users/{user}/grants/{what}", data=body)
    return answer.status_code


async def administrator(auth: Auth) -> Browser:
    browser = auth.client()
    await browser.sign_in(ADMINISTRATOR)
    return browser


async def may_read(auth: Auth, browser: Browser) -> bool:
    """What a service that has auth's records would decide for this browser's next request."""
    principal = await principal_of(auth, browser)
    facts = await AccessCopy(auth.work).facts(principal)
    return decide(facts, CLAIM_STATUS, Resource(principal.enrollment_id), principal, auth.clock.now()).allow


async def principal_of(auth: Auth, browser: Browser) -> Principal:
    decided = await browser.authorize("GET", "/auth")
    return verify_internal_token(auth.web, decided.headers["authorization"])


async def test_the_page_lists_the_users_of_ones_own_organization_only(auth: Auth) -> None:
    boss = await administrator(auth)
    page = await boss.through("GET", "/auth/users")
    assert page.status_code == 200
    assert BILLER.user_id in page.text
    assert OTHER_BILLER.user_id not in page.text
    assert str(OTHER_BILLER.user_uuid) not in page.text
    found = await boss.through("GET", "/auth/users?find=nobody")
    assert "No user has this name or user ID." in found.text


async def test_a_user_has_a_page_with_each_function_of_each_enrollment(auth: Auth) -> None:
    boss = await administrator(auth)
    page = (await boss.through("GET", f"/auth/users/{BILLER.user_uuid}")).text
    removes = re.findall(rf'action="/auth/users/{BILLER.user_uuid}/grants/remove"', page)
    assert len(removes) == 2 * len(GRANTED) + 2  # and all of an enrollment
    # Each button says for which NPI it is, to whoever cannot see its row.
    said = re.findall(r">(?:Remove|Grant)<span[^>]*>([^<]+)<", page)
    assert len(set(said)) == len(said) == 2 * len(GRANTED) + 2
    for user in (OTHER_BILLER.user_uuid, uuid4(), "nonsense"):
        assert (await boss.through("GET", f"/auth/users/{user}")).status_code == 404


async def test_a_bundle_is_granted_at_once_and_all_of_it_can_be_removed(auth: Auth) -> None:
    boss = await administrator(auth)

    async def held() -> set[str]:
        rows = await auth.rows(user_grant)
        return {row.permission for row in rows if (row.user_id, row.enrollment_id) == (BILLER.user_uuid, ENROLLMENT)}

    assert await change(boss, "remove", BILLER.user_uuid, permission="", bundle="all") == 303
    assert await held() == set()
    assert await change(boss, "add", BILLER.user_uuid, permission="", bundle="front-desk") == 303
    front_desk = BUNDLES["front-desk"].permissions - DME_ALONE
    assert await held() == front_desk
    assert await change(boss, "add", BILLER.user_uuid, permission="", bundle="money") == 303
    assert await held() == front_desk | BUNDLES["money"].permissions
    assert await change(boss, "add", BILLER.user_uuid, permission="", bundle="no such desk") == 403
    removed = [each.event for each in await auth.copy_access() if each.event.type == "auth.role-removed.v1"]
    assert len(removed) == len(GRANTED)


@pytest.mark.parametrize("permission", sorted(DME_ALONE))
async def test_what_the_contract_does_not_offer_is_not_given(auth: Auth, permission: str) -> None:
    boss = await administrator(auth)
    assert await change(boss, "add", BILLER.user_uuid, permission=permission) == 422
    assert permission not in {row.permission for row in await auth.rows(user_grant)}


async def test_a_removed_grant_is_gone_at_the_next_request_and_can_be_given_back(auth: Auth) -> None:
    biller, boss = auth.client("203.0.113.9"), await administrator(auth)
    await biller.sign_in(BILLER)
    assert await may_read(auth, biller)
    assert await change(boss, "remove", BILLER.user_uuid) == 303
    events = await auth.copy_access()
    assert [each.event.type for each in events] == ["auth.user-access.v1", "auth.role-removed.v1"]
    assert not await may_read(auth, biller)
    assert ("remove", "grant", "done", "") in await auth.audited()
    assert await change(boss, "add", BILLER.user_uuid) == 303
    await auth.copy_access()
    assert await may_read(auth, biller)


async def test_a_session_acts_for_nothing_once_its_last_grant_is_gone_though_others_have_theirs(auth: Auth) -> None:
    biller, other, boss = auth.client("203.0.113.9"), auth.client("203.0.113.10"), await administrator(auth)
    await other.sign_in(OTHER_BILLER)
    await biller.sign_in(BILLER)
    assert (await principal_of(auth, biller)).enrollment_id == ENROLLMENT
    await change(boss, "remove", BILLER.user_uuid, permission="", bundle="all")
    assert (await principal_of(auth, biller)).enrollment_id is None
    assert (await principal_of(auth, other)).enrollment_id == JUNIPER.enrollments[0].enrollment_id


async def test_a_service_whose_copy_is_behind_refuses_for_now_instead_of_serving_old_facts(auth: Auth) -> None:
    biller, boss = auth.client("203.0.113.9"), await administrator(auth)
    await biller.sign_in(BILLER)
    await change(boss, "remove", BILLER.user_uuid)
    with pytest.raises(Rejected) as refused:
        await may_read(auth, biller)
    assert (refused.value.code, refused.value.status) == ("access-changing", 503)


async def test_removing_the_last_grant_is_a_refusal_and_no_delay_for_who_held_a_token(auth: Auth) -> None:
    biller = auth.client("203.0.113.9")
    await biller.sign_in(BILLER)
    principal = await principal_of(auth, biller)
    boss = await administrator(auth)
    for grant in [row for row in await auth.rows(user_grant) if row.user_id == BILLER.user_uuid]:
        await change(boss, "remove", BILLER.user_uuid, permission=grant.permission)
    await auth.copy_access()
    facts = await AccessCopy(auth.work).facts(principal)
    decision = decide(facts, CLAIM_STATUS, Resource(principal.enrollment_id), principal, auth.clock.now())
    assert decision.reason == "NPI_NOT_GRANTED"


async def test_the_same_form_sent_twice_changes_once(auth: Auth) -> None:
    boss = await administrator(auth)
    key = str(uuid4())
    assert await change(boss, "remove", BILLER.user_uuid, idempotency_key=key) == 303
    assert await change(boss, "remove", BILLER.user_uuid, idempotency_key=key) == 303
    assert await change(boss, "add", BILLER.user_uuid, idempotency_key=key) == 409
    epochs = {row.user_id: row.epoch for row in await auth.rows(user_account)}
    assert epochs[BILLER.user_uuid] == 2


async def test_a_form_of_another_session_or_for_another_enrollment_is_refused(auth: Auth) -> None:
    boss = await administrator(auth)
    before = await auth.rows(user_grant)
    assert await change(boss, "remove", BILLER.user_uuid, csrf="another session's") == 403
    assert await change(boss, "remove", BILLER.user_uuid, enrollment=str(ENROLLMENT)) == 409
    assert len(await auth.rows(user_grant)) == len(before)


async def test_the_second_factor_must_be_fresh(auth: Auth) -> None:
    boss = await administrator(auth)
    auth.clock.advance(timedelta(minutes=8))
    await boss.through("GET", "/auth")
    auth.clock.advance(timedelta(minutes=8))
    page = await boss.through("GET", f"/auth/users/{BILLER.user_uuid}")
    assert "/session/step-up" in page.text
    assert "/grants/remove" not in page.text
    assert await change(boss, "remove", BILLER.user_uuid) == 403
    assert ("refuse", "route", "refused", "STEP_UP_REQUIRED") in await auth.audited()


@pytest.mark.parametrize(
    ("user", "form", "status", "reason"),
    [
        (OTHER_BILLER.user_uuid, {}, 404, "not-a-member"),
        (uuid4(), {}, 404, "not-a-member"),
        (BILLER.user_uuid, {"grant_enrollment": str(JUNIPER.enrollments[0].enrollment_id)}, 404, "foreign-enrollment"),
        (BILLER.user_uuid, {"permission": "auth.manage-users"}, 403, "unknown-permission"),
        (ADMINISTRATOR.user_uuid, {}, 403, "own-access"),
    ],
)
async def test_what_an_administrator_may_not_give(
    auth: Auth, user: object, form: dict[str, str], status: int, reason: str
) -> None:
    boss = await administrator(auth)
    before = await auth.rows(user_grant)
    assert await change(boss, "add", user, **form) == status
    assert ("refuse", "grant", "refused", reason) in await auth.audited()
    assert len(await auth.rows(user_grant)) == len(before)


async def test_a_grant_that_does_not_exist_cannot_be_removed(auth: Auth) -> None:
    boss = await administrator(auth)
    assert await change(boss, "remove", BILLER.user_uuid) == 303
    assert await change(boss, "remove", BILLER.user_uuid) == 404


async def test_nonsense_in_place_of_an_id_is_nothing_here(auth: Auth) -> None:
    assert await change(await administrator(auth), "add", "nonsense") == 404


async def test_a_biller_does_not_manage_users(auth: Auth) -> None:
    biller = auth.client()
    await biller.sign_in(BILLER)
    assert (await biller.through("GET", "/auth/users")).status_code == 403
    assert await change(biller, "remove", BILLER.user_uuid, enrollment=str(ENROLLMENT)) == 403
    assert ("refuse", "route", "refused", "FUNCTION_NOT_GRANTED") in await auth.audited()


async def test_the_same_by_program(auth: Auth) -> None:
    """The routes below /api, with the token that auth would give to an administrator's program."""
    boss = await administrator(auth)
    token = {"authorization": (await boss.authorize("GET", "/auth")).headers["authorization"]}
    listed = (await boss.direct("GET", "/api/auth/users", token)).json()["users"]
    assert {each["login"] for each in listed} == {ADMINISTRATOR.user_id, BILLER.user_id}
    grant = f"/api/auth/users/{BILLER.user_uuid}/grants"
    assert (await boss.direct("DELETE", f"{grant}/{ENROLLMENT}/{CLAIM_STATUS.name}", token)).status_code == 204
    body = {"enrollment_id": str(ENROLLMENT), "permission": CLAIM_STATUS.name}
    once = {**token, "idempotency-key": "0123456789"}
    assert (await boss.direct("POST", grant, once, json=body)).status_code == 204
    assert (await boss.direct("POST", grant, once, json=body)).status_code == 204
    foreign = f"/api/auth/users/{OTHER_BILLER.user_uuid}/grants/{ENROLLMENT}/{CLAIM_STATUS.name}"
    refused = await boss.direct("DELETE", foreign, token)
    assert (refused.status_code, refused.headers["content-type"]) == (404, "application/problem+json")


async def republished(auth: Auth) -> None:
    """All of one day's republishing."""
    timers = await republishing(auth)
    while await timers.step():
        pass


async def republishing(auth: Auth) -> DueWork:
    async with auth.work.database.work(auth.work) as work:
        await work.schedule(REPUBLISH, "all", work.now)
    return DueWork(auth.work, {REPUBLISH: republish_state}, {})


async def test_the_daily_republishing_changes_no_version(auth: Auth) -> None:
    before = [row.version for table in (organization, user_account) for row in await auth.rows(table)]
    await republished(auth)
    events = [each.event for each in await auth.copy_access()]
    # Whoever registered and belongs to nobody yet belongs to an organization of the portal.
    assert len(events) == len(POPULATION.organizations) + 1 + len(POPULATION.users) + len(POPULATION.api_clients)
    assert [row.version for table in (organization, user_account) for row in await auth.rows(table)] == before


async def test_the_daily_republishing_goes_on_after_a_crash_where_it_was(
    auth: Auth, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handlers, "_AT_ONCE", 3)
    timers = await republishing(auth)
    for _ in range(2):
        assert await timers.step()

    def crash(point: str) -> None:
        if point == "due-work.before-commit":
            raise ConnectionResetError

    set_crash_hook(crash)
    try:
        assert await timers.step()
    finally:
        set_crash_hook(None)
    auth.clock.advance(timedelta(minutes=1))
    while await timers.step():
        pass

    async with auth.work.database.work(auth.work) as work:
        rows = await work.execute(sa.select(outbox.c.key).where(outbox.c.topic == STATE))
        published = sorted(rows.scalars())
        [next_at] = (await work.execute(sa.select(due_work.c.due_at).where(due_work.c.kind == REPUBLISH))).scalars()
    everybody = len(POPULATION.organizations) + 1 + len(POPULATION.users) + len(POPULATION.api_clients)
    assert (len(published), len(set(published))) == (everybody, everybody)
    assert next_at == auth.clock.now() + timedelta(days=1)


async def test_a_lower_record_never_replaces_a_higher_one(auth: Auth) -> None:
    await republished(auth)
    boss = await administrator(auth)
    await change(boss, "remove", BILLER.user_uuid)
    biller = auth.client("203.0.113.9")
    await biller.sign_in(BILLER)
    await auth.copy_access()
    principal = replace(await principal_of(auth, biller), user_epoch=2)
    facts = await AccessCopy(auth.work).facts(principal)
    assert facts.user is not None
    assert facts.user.epoch == 2
