"""Each API does what its description says, for well-formed and broken requests alike: no failure, no surprise (S32)."""

from typing import Any

import httpx
import pytest
import requests
import schemathesis
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from libs.common.persistence.tables import access_user
from libs.common.settings import SERVICES
from libs.common.web.description import api_description
from tests.support.applications import ADMINISTRATOR, ALL_ROUTES, BILLER, Application, Applications, service_named

EXAMPLES = 12
DESCRIBED = [(each.service, each.method, each.path) for each in ALL_ROUTES if each.api and each.in_schema]
CHECKS = [
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]


def description(name: str) -> dict[str, Any]:
    """The OpenAPI description of a service."""
    return api_description(service_named(name))


def drawn(operation: Any, mode: schemathesis.GenerationMode) -> list[schemathesis.Case]:
    """The same requests at every run."""
    cases: list[schemathesis.Case] = []

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode))
    def draw(case: schemathesis.Case) -> None:
        cases.append(case)

    draw()
    return cases


async def send(app: Application, case: schemathesis.Case, token: str) -> httpx.Response:
    told = case.as_transport_kwargs(base_url="https://portal.example")
    told = {
        name: told[name] for name in ("method", "url", "headers", "params", "data", "json", "files") if name in told
    }
    prepared = requests.Request(**told).prepare()
    headers = {name: value for name, value in prepared.headers.items() if name.lower() != "authorization"}
    transport = httpx.ASGITransport(app.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport) as client:
        return await client.request(
            prepared.method or "GET",
            prepared.url or "",
            content=prepared.body,
            headers={**headers, "authorization": f"Bearer {token}"},
        )


@pytest.mark.parametrize(("service", "method", "path"), DESCRIBED, ids=[f"{each[1]} {each[2]}" for each in DESCRIBED])
@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode), ids=lambda each: each.value)
async def test_the_answers_are_those_described(
    service: str, method: str, path: str, mode: schemathesis.GenerationMode, applications: Applications
) -> None:
    app = await applications(service)
    async with app.work.database.work(app.work) as work:
        known = (await work.execute(sa.select(sa.func.count()).select_from(access_user))).scalar_one()
    if not known:
        await app.admit(BILLER, ADMINISTRATOR)
    operation = schemathesis.openapi.from_dict(description(service))[path][method]
    token = app.token(ADMINISTRATOR if service == "auth" else BILLER)
    try:
        cases = drawn(operation, mode)
    except Unsatisfiable:
        cases = []  # where nothing can be wrong with a request there is no broken one
    for case in cases:
        answer = await send(app, case, token)
        assert answer.status_code < 500, case.as_curl_command()
        # SOAP has faults of its own, as tokens have (RFC 6749).
        is_fault = answer.headers["content-type"].startswith("application/soap+xml")
        if answer.status_code >= 400 and path != "/api/auth/token" and not is_fault:
            assert answer.headers["content-type"] == "application/problem+json"
            problem = answer.json()
            assert set(problem) >= {"type", "title", "status", "code", "detail", "reference"}
            assert problem["status"] == answer.status_code
        case.validate_response(answer, checks=CHECKS)


@pytest.mark.parametrize("name", SERVICES)
def test_only_routes_of_the_api_are_described_as_such(name: str) -> None:
    described = {(method.upper(), path) for path, each in description(name)["paths"].items() for method in each}
    assert described == {(each.method, each.path) for each in ALL_ROUTES if each.service == name and each.api}


@pytest.mark.parametrize("name", SERVICES)
def test_an_operation_says_whether_it_asks_for_a_token(name: str) -> None:
    told = description(name)
    assert told["components"]["securitySchemes"]["access-token"]["scheme"] == "bearer"
    for route in ALL_ROUTES:
        if route.service == name and route.api:
            asked = told["paths"][route.path][route.method.lower()]["security"]
            assert asked == ([{"access-token": []}] if route.permission else []), route.path
