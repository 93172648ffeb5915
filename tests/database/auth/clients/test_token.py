"""Access tokens for programs: only for an assertion that is right in every respect, and only once."""

from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from joserfc.jwk import ECKey

from libs.common.settings import Settings
from services.auth.clients.handlers import token_address
from tests.support.auth import CLIENT, JUNIPER, RIVERSIDE, Auth, assertion, auth_with_people, read_claims

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@pytest.fixture
async def auth(databases: Callable[..., Awaitable[Settings]]) -> AsyncIterator[Auth]:
    async with auth_with_people(await databases("auth")) as running:
        yield running


def claiming(claims: bytes) -> str:
    return f"a.{urlsafe_b64encode(claims).decode()}.c"


async def ask(auth: Auth, signed: str, **form: str) -> httpx.Response:
    body = {"grant_type": "client_credentials", "client_assertion_type": TYPE, "client_assertion": signed, **form}
    return await auth.client().direct("POST", "/api/auth/token", data=body)


async def test_a_signed_assertion_gives_a_token_that_passes_the_gateway_for_ten_minutes(auth: Auth) -> None:
    answer = await ask(auth, assertion(auth.clock, audience=token_address(auth.web)))
    body = answer.json()
    assert (answer.status_code, body["token_type"], body["expires_in"]) == (200, "Bearer", 600)
    assert body["scope"] == f"enrollment:{RIVERSIDE.enrollments[0].enrollment_id}"
    bearer = {"authorization": f"Bearer {body['access_token']}"}
    decided = await auth.client().authorize("POST", "/api/claims/submissions", bearer)
    claims = read_claims(decided.headers["authorization"])
    assert (claims["kind"], claims["sub"], claims["aud"]) == ("client", str(CLIENT.client_uuid), "claims")
    assert (claims["aal"], claims["factor_at"], claims["exp_in"]) == (2, int(auth.clock.now().timestamp()), 0)
    auth.clock.advance(timedelta(minutes=10))
    assert (await auth.client().authorize("POST", "/api/claims/submissions", bearer)).status_code == 401


async def test_the_issuer_is_accepted_as_audience_too(auth: Auth) -> None:
    assert (await ask(auth, assertion(auth.clock, audience="portal-identity"))).status_code == 200


async def test_an_assertion_counts_once(auth: Auth) -> None:
    signed = assertion(auth.clock, audience=token_address(auth.web))
    assert (await ask(auth, signed)).status_code == 200
    again = await ask(auth, signed)
    assert (again.status_code, again.json()["error"]) == (401, "invalid_client")
    assert ("sign-in", "client", "refused", "replayed") in await auth.audited()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"aud": "https://elsewhere.example/token"}, "audience"),
        ({"aud": ["portal-identity", "https://elsewhere.example"]}, "audience"),
        ({"sub": "somebody-else"}, "subject"),
        ({"jti": None}, "claims"),
        ({"exp": None}, "claims"),
        ({"exp": 1}, "expired"),
        ({"exp": 4_000_000_000}, "too-long"),
        ({"iat": 4_000_000_000}, "from-the-future"),
        ({"nbf": "tomorrow"}, "claims"),
        ({"iss": "nobody"}, "unknown"),
        ({"iss": "no\0body"}, "unknown"),
    ],
)
async def test_whatever_is_wrong_is_refused_alike_and_noted(auth: Auth, changes: dict[str, Any], reason: str) -> None:
    answer = await ask(auth, assertion(auth.clock, **{"audience": "portal-identity", **changes}))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert "access_token" not in answer.text
    assert ("sign-in", "client", "refused", reason) in await auth.audited()


@pytest.mark.parametrize(
    "signed",
    [
        "",
        "x",
        "a.b.c",
        "x" * 5000,
        pytest.param(claiming(b"[" * 3000), id="nested-too-deep"),
        pytest.param(claiming(rb'{"iss": "\ud800"}'), id="half-a-sign"),
    ],
)
async def test_what_is_no_assertion_is_refused(auth: Auth, signed: str) -> None:
    assert (await ask(auth, signed)).status_code == 401


async def test_another_key_is_refused(auth: Auth) -> None:
    stranger = ECKey.generate_key("P-256").as_pem(private=True).decode()
    answer = await ask(auth, assertion(auth.clock, audience="portal-identity", key=stranger))
    assert answer.status_code == 401
    assert ("sign-in", "client", "refused", "signature") in await auth.audited()


async def test_a_client_cannot_ask_for_an_enrollment_it_has_no_grant_for(auth: Auth) -> None:
    signed = assertion(auth.clock, audience="portal-identity")
    foreign = await ask(auth, signed, scope=f"enrollment:{JUNIPER.enrollments[0].enrollment_id}")
    assert (foreign.status_code, foreign.json()["error"]) == (400, "invalid_scope")
    nonsense = await ask(auth, signed, scope="everything")
    assert nonsense.status_code == 400
    assert (await ask(auth, signed, scope=f"enrollment:{RIVERSIDE.enrollments[0].enrollment_id}")).status_code == 200


async def test_only_client_credentials_are_offered(auth: Auth) -> None:
    answer = await ask(auth, "x", grant_type="password")
    assert answer.json()["error"] == "unsupported_grant_type"


async def test_guessing_is_slowed_down(auth: Auth) -> None:
    for _ in range(20):
        await ask(auth, "a.b.c")
    answer = await ask(auth, "a.b.c")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
