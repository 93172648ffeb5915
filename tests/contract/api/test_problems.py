"""Problems (RFC 9457) are the same whoever makes them: a service, auth for the gateway, the gateway itself."""

import json
import re
from typing import Any
from uuid import UUID

import pytest

from deploy.edge import pages
from libs.common.deployment import load_deployment
from libs.common.edge_banner import BANNER_IN_PROBLEM, Banner, publish_banner, publish_template
from libs.common.errors import ERROR_CODES, problem_type
from libs.common.settings import SERVICES
from libs.common.web.problems import ProblemAnswer, UnavailableAnswer
from tests.support.applications import ADMINISTRATOR, ALL_ROUTES, BILLER, Application, Applications, Route, staff_for
from tests.support.portico import ROOT
from tests.support.requests import path_of

DEPLOYMENT = load_deployment(ROOT / "contract.toml")
REQUEST = UUID("7c9e6679-7425-40de-944b-e07fc1f90ae7")
TRACEPARENT = f"00-{REQUEST.hex}-{REQUEST.hex[16:]}-01"
LISTS = [each for each in ALL_ROUTES if each.api and each.method == "GET" and each.permission and "{" not in each.path]

ADMITTED: set[str] = set()
STAFF = {each.permission: staff_for(each.permission) for each in LISTS if each.permission and each.permission.staff}
NEEDED = {"/api/auth/accounts": "find=nobody"}
"""What a list cannot be asked without."""


async def admitted(app: Application) -> None:
    """Who asks, known to the service, once in this module, as its applications are."""
    if app.service.name not in ADMITTED:
        await app.admit(BILLER, ADMINISTRATOR, *STAFF.values())
        ADMITTED.add(app.service.name)


def filled(text: str) -> dict[str, Any]:
    """What the gateway makes of its text."""
    told: dict[str, Any] = json.loads(text.replace("%REQ(X-REQUEST-ID)%", str(REQUEST)).replace("%%", "%"))
    return told


@pytest.mark.parametrize("refusal", pages.REFUSALS, ids=lambda each: each.code)
def test_a_refusal_of_the_gateway_is_a_problem_as_described(refusal: pages.Refusal) -> None:
    told = filled(pages.refusal_problem(refusal))

    assert set(told) == set(ProblemAnswer.model_fields) - {"fields"}
    assert (told["type"], told["title"]) == (problem_type(refusal.code), ERROR_CODES[refusal.code])
    assert told["reference"] == str(REQUEST)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    "banner", [None, Banner("HETS does not answer.", ("Eligibility",), "9:00 a.m.")], ids=["no banner", "a banner"]
)
def test_the_gateways_answer_for_a_service_has_no_member_without_a_schema(
    service: str, banner: Banner | None, tmp_path: Any
) -> None:
    publish_template(tmp_path, json.dumps({"body": pages.unavailable_problem(DEPLOYMENT, service)}))
    publish_banner(tmp_path, banner)
    told = filled(json.loads((tmp_path / "routes" / "routes.json").read_text())["body"])

    assert set(told) == set(UnavailableAnswer.model_fields) - {"fields"}
    answer = UnavailableAnswer.model_validate(told)
    assert (answer.type, answer.title) == (problem_type(answer.code), ERROR_CODES[answer.code])
    assert (answer.interruption is None) == (banner is None)
    if told["interruption"] and answer.interruption:
        assert set(told["interruption"]) == set(type(answer.interruption).model_fields)


def test_the_banner_has_its_place_in_the_text() -> None:
    assert BANNER_IN_PROBLEM in pages.unavailable_problem(DEPLOYMENT, "claims")


@pytest.mark.parametrize("name", SERVICES)
async def test_the_reference_is_the_id_of_the_request(name: str, applications: Applications) -> None:
    app = await applications(name)
    headers = {"traceparent": TRACEPARENT}

    problem = (await app.call("GET", f"/api/{name}/nothing/there", headers=headers)).json()
    page = (await app.call("GET", "/nothing/there", headers=headers)).text

    assert (problem["reference"], problem["type"]) == (str(REQUEST), problem_type("not-found"))
    assert str(REQUEST) in page


async def test_auth_tells_the_gateway_the_same_reference(applications: Applications) -> None:
    app = await applications("auth")
    answer = await app.call("GET", "/gateway/authorize/api/claims", headers={"traceparent": TRACEPARENT})

    assert (answer.status_code, answer.json()["reference"]) == (401, str(REQUEST))
    assert answer.json()["type"] == problem_type("sign-in-required")


@pytest.mark.parametrize("route", LISTS, ids=str)
async def test_a_query_parameter_that_a_route_does_not_have_is_refused_by_name(
    route: Route, applications: Applications
) -> None:
    app = await applications(route.service)
    await admitted(app)
    who = ADMINISTRATOR if route.permission and route.permission.administrators else BILLER
    who = STAFF.get(route.permission, who)
    asked = f"{path_of(route)}?{NEEDED.get(route.path, '')}"

    plain = await app.call("GET", asked, who)
    wrong = await app.call("GET", f"{asked}&icnn=1", who)
    odd = await app.call("GET", f"{asked}&%00=1&1EG4TE5MK73=2", who)

    assert plain.status_code == 200
    told = wrong.json()
    assert (wrong.status_code, told["code"], set(told["fields"])) == (400, "parameter-unknown", {"icnn"})
    assert "icnn" in told["detail"]
    assert (odd.status_code, set(odd.json()["fields"])) == (400, {"query"})
    assert not re.search("1EG4|\x00", odd.text)


async def test_what_a_route_has_is_named_when_another_parameter_is_refused(applications: Applications) -> None:
    app = await applications("claims")
    await admitted(app)

    assert (await app.call("GET", "/api/claims?state=paid&after=", BILLER)).status_code == 200
    refused = (await app.call("GET", "/api/claims?status=paid", BILLER)).json()
    assert re.search("It has: after, .*state", refused["detail"])


async def test_what_other_sites_add_to_the_address_of_a_page_does_no_harm(applications: Applications) -> None:
    app = await applications("portal")
    assert (await app.call("GET", "/?utm_source=newsletter")).status_code == 200
