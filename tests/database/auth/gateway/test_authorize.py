"""What auth tells the gateway: who may go on, as whom, to which service."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest

from libs.common.errors import Rejected
from libs.common.security.tokens import verify_internal_token
from libs.common.settings import Settings
from services.auth.access.handlers import publish_users
from services.auth.access.tables import user_grant
from tests.support.auth import ADMINISTRATOR, BILLER, RIVERSIDE, Auth, auth_with_people, read_claims
from tests.support.portico import runtime_for


@pytest.fixture
async def auth(databases: Callable[..., Awaitable[Settings]]) -> AsyncIterator[Auth]:
    async with auth_with_people(await databases("auth")) as running:
        yield running


async def test_a_session_becomes_a_token_for_the_service_of_the_address_alone(auth: Auth) -> None:
    browser = auth.client()
    await browser.sign_in(BILLER)
    decided = await browser.authorize("GET", "/claims/submissions?page=2")
    assert decided.status_code == 200
    claims = read_claims(decided.headers["authorization"])
    assert claims["aud"] == "claims"
    assert claims["sub"] == str(BILLER.user_uuid)
    assert claims["org"] == str(BILLER.organization_id)
    assert claims["enr"] == str(RIVERSIDE.enrollments[0].enrollment_id)
    assert claims["aal"] == 2
    assert claims["exp"] - claims["iat"] == 120
    assert RIVERSIDE.npi not in json.dumps(claims)


async def test_who_asks_again_at_once_is_given_the_same_token_until_something_changes(auth: Auth) -> None:
    browser = auth.client()
    await browser.sign_in(BILLER)

    async def token(path: str = "/claims") -> str:
        return (await browser.authorize("GET", path)).headers["authorization"]

    first = await token()
    assert await token() == first
    assert await token("/remittance") != first
    async with auth.web.database.work(auth.web) as work:
        await publish_users(work, [BILLER.user_uuid])
    changed = await token()
    assert read_claims(changed)["uep"] == read_claims(first)["uep"] + 1
    auth.clock.advance(timedelta(seconds=6))
    assert read_claims(await token())["jti"] != read_claims(changed)["jti"]


async def test_the_services_own_keys_verify_it_and_another_service_refuses_it(auth: Auth) -> None:
    browser = auth.client()
    await browser.sign_in(BILLER)
    token = (await browser.authorize("GET", "/claims")).headers["authorization"]
    settings = auth.web.settings
    auth_settings = settings.model_copy(update={"clones": {**settings.clones, "claims": settings.clones["auth"]}})
    async with runtime_for("claims", auth_settings, clock=auth.clock) as claims:
        principal = verify_internal_token(claims, token)
        assert (principal.user_id, principal.role, principal.assurance) == (BILLER.user_uuid, "PROVIDER_USER", 2)
    with pytest.raises(Rejected) as refused:
        verify_internal_token(auth.web, token)
    assert refused.value.status == 401


async def test_the_key_set_holds_the_key_in_use_and_the_next_and_no_private_half(auth: Auth) -> None:
    answer = await auth.client().direct("GET", "/gateway/jwks")
    keys = answer.json()["keys"]
    assert len(keys) == 2
    assert all({"kid", "x", "y"} <= set(key) and "d" not in key for key in keys)


async def test_without_a_session_a_page_leads_to_sign_in_and_back(auth: Auth) -> None:
    decided = await auth.client().authorize("GET", "/claims/submissions?page=2&sort=-date")
    assert decided.status_code == 303
    assert decided.headers["location"] == "/sign-in?next=/claims/submissions%3Fpage%3D2%26sort%3D-date"


async def test_without_a_session_a_form_is_not_returned_to(auth: Auth) -> None:
    decided = await auth.client().authorize("POST", "/claims/submissions")
    assert decided.headers["location"] == "/sign-in"


async def test_without_a_session_a_fragment_tells_the_page_to_go(auth: Auth) -> None:
    decided = await auth.client().authorize("GET", "/claims/live/x", {"hx-request": "true"})
    assert (decided.status_code, decided.headers["hx-redirect"]) == (401, "/sign-in")


async def test_a_made_up_session_is_no_session(auth: Auth) -> None:
    browser = auth.client()
    browser.cookies["__Host-sid"] = "made-up"
    assert (await browser.authorize("GET", "/claims")).headers["location"].startswith("/sign-in")


async def test_the_api_takes_no_cookie_and_a_page_takes_no_token(auth: Auth) -> None:
    browser = auth.client()
    await browser.sign_in(BILLER)
    decided = await browser.authorize("GET", "/api/claims/submissions")
    assert decided.status_code == 401
    assert decided.headers["content-type"] == "application/problem+json"
    assert decided.json()["code"] == "sign-in-required"
    secret = browser.cookies.pop("__Host-sid")
    assert (await browser.authorize("GET", "/claims", {"authorization": f"Bearer {secret}"})).status_code == 303
    stolen = {"authorization": f"Bearer {secret}"}
    assert (await browser.authorize("GET", "/api/claims", stolen)).status_code == 401


@pytest.mark.parametrize("sign", ["%0A", "%0D", "%00", "%E2%80%A8", "%C2%85"])
async def test_an_address_is_decided_about_whatever_signs_are_in_it(auth: Auth, sign: str) -> None:
    browser = auth.client()
    refused = await browser.authorize("GET", f"/api/claims/sub{sign}missions{sign}")
    assert (refused.status_code, refused.headers["content-type"]) == (401, "application/problem+json")
    await browser.sign_in(BILLER)
    decided = await browser.authorize("GET", f"/claims/sub{sign}missions{sign}")
    assert read_claims(decided.headers["authorization"])["aud"] == "claims"


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}])
async def test_what_another_site_sends_with_the_cookie_is_refused(auth: Auth, headers: dict[str, str]) -> None:
    browser = auth.client()
    await browser.sign_in(BILLER)
    assert (await browser.authorize("POST", "/claims/submissions", headers)).status_code == 403
    assert (await browser.authorize("GET", "/claims", headers)).status_code == 200


async def test_a_token_cannot_be_brought_along(auth: Auth) -> None:
    """What a client sends as its authorization is no internal token: only the session counts."""
    browser = auth.client()
    await browser.sign_in(BILLER)
    token = (await browser.authorize("GET", "/auth")).headers["authorization"]
    browser.cookies.clear()
    assert (await browser.authorize("GET", "/auth", {"authorization": token})).status_code == 303


async def test_use_is_written_down_at_most_every_fifteen_seconds(auth: Auth) -> None:
    browser = auth.client()
    await browser.sign_in(BILLER)
    left = []
    for _ in range(4):
        auth.clock.advance(timedelta(seconds=10))
        left.append(read_claims((await browser.authorize("GET", "/claims")).headers["authorization"])["exp_in"])
    assert left == [1790, 1800, 1790, 1800]


async def test_when_the_last_grant_is_gone_nobody_acts_for_the_enrollment(auth: Auth) -> None:
    browser = auth.client()
    await browser.sign_in(BILLER)
    before = read_claims((await browser.authorize("GET", "/claims")).headers["authorization"])
    async with auth.work.database.work(auth.work) as work:
        await work.execute(user_grant.delete().where(user_grant.c.user_id == BILLER.user_uuid))
        await publish_users(work, [BILLER.user_uuid])
    after = read_claims((await browser.authorize("GET", "/claims")).headers["authorization"])
    assert "enr" not in after
    assert after["uep"] == before["uep"] + 1


async def test_an_administrator_acts_for_no_enrollment(auth: Auth) -> None:
    browser = auth.client()
    await browser.sign_in(ADMINISTRATOR)
    assert "enr" not in read_claims((await browser.authorize("GET", "/auth/users")).headers["authorization"])
