"""What every answer carries and what no answer tells: headers, errors, the inventory of routes (S22, S31, S33)."""

import re
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from deploy.edge.routes import CLOSED, route_configuration
from deploy.edge.settings import Limits
from libs.common.contracts import functions
from libs.common.deployment import FunctionSwitch
from libs.common.persistence.tables import outbox
from libs.common.persistence.unit_of_work import Database
from libs.common.settings import SERVICES, Settings
from services.auth.clients.domain import ASSERTION_TYPE, GRANT_TYPE
from tests.support.applications import ADMINISTRATOR, ALL_ROUTES, BILLER, Application, Applications, Route
from tests.support.portico import switched
from tests.support.requests import SAFE, body_of, path_of

EVERYWHERE = {
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
FOR_EVERYBODY = ("/notifier/public/status.json", "/notifier/public/status.html", "/notifier/public/interruptions.atom")
"""What other sites may read and keep for seconds."""
DIRECTIVES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
}


def headers_missing(answer: httpx.Response) -> list[str]:
    told = answer.headers
    wrong = [name for name, value in EVERYWHERE.items() if told.get(name) != value]
    policy = dict(part.strip().split(" ", 1) for part in told.get("content-security-policy", "none none").split(";"))
    wrong += [name for name, value in DIRECTIVES.items() if policy.get(name) != value]
    path = answer.request.url.path
    if path in FOR_EVERYBODY and answer.is_success:
        wrong.remove("cross-origin-resource-policy")
        public = {
            "cache-control": "public, max-age=5",
            "access-control-allow-origin": "*",
            "cross-origin-resource-policy": "cross-origin",
        }
        wrong += [name for name, value in public.items() if told.get(name) != value]
    elif not path.startswith("/static/") and told.get("cache-control") != "no-store":
        wrong.append("cache-control")
    if path not in FOR_EVERYBODY and "access-control-allow-origin" in told:
        wrong.append("access-control-allow-origin")
    return wrong + [name for name in ("server", "x-powered-by") if name in told]


async def admitted(app: Application) -> None:
    if not app.answers:
        await app.admit(BILLER, ADMINISTRATOR)


class _Gone(Database):
    """A database that nobody reaches any more."""

    def __init__(self) -> None:
        super().__init__("postgresql+asyncpg://nobody:none@127.0.0.1:1/none", connections=1)


class _Broken(Database):
    """A database by which every request fails for a reason nobody thought of."""

    def __init__(self) -> None:
        super().__init__("postgresql+asyncpg://nobody:none@127.0.0.1:1/none", connections=1)

    def request(self, *_facts: Any, **_more: Any) -> Any:
        raise LookupError("asyncpg at 127.0.0.1")

    def read_once(self) -> Any:
        raise LookupError("asyncpg at 127.0.0.1")


# What a route for everybody takes, so that it comes as far as its database.
WELL_FORMED: dict[str, dict[str, Any]] = {
    "POST /api/auth/token": {
        "data": {"grant_type": GRANT_TYPE, "client_assertion_type": ASSERTION_TYPE, "client_assertion": "a.e30.a"}
    }
}


@pytest.mark.parametrize("path", ["/", "/manual", "/livez", "/static/portico.css"])
async def test_a_head_is_answered_as_the_get_would_be(path: str, applications: Applications) -> None:
    app = await applications("portal")
    whole, head = await app.call("GET", path), await app.call("HEAD", path)
    assert (head.status_code, head.headers["content-type"]) == (200, whole.headers["content-type"])


@pytest.mark.parametrize(
    ("name", "path", "owned"),
    [
        ("claims", "/claims", True),
        ("remittance", "/remittance", True),
        ("appeals", "/appeals", True),
        ("eligibility", "/eligibility", True),
        ("auth", "/auth", False),
    ],
)
async def test_pages_with_codes_name_the_owners_of_these(
    name: str, path: str, owned: bool, applications: Applications
) -> None:
    app = await applications(name)
    await admitted(app)
    page = await app.call("GET", path, BILLER)
    year = app.clock.business().year - 1
    line = f"CPT codes, descriptions and other data only are copyright {year} American Medical Association."
    assert (page.status_code, line in page.text) == (200, owned)


@pytest.mark.parametrize(
    ("switch", "sentence"),
    [
        (FunctionSwitch(state="off"), "Claim Status is not offered under this contract."),
        (
            FunctionSwitch(state="planned", period="April to June 2027"),
            "Claim Status is not offered yet: it is planned for April to June 2027.",
        ),
    ],
    ids=lambda each: getattr(each, "state", ""),
)
async def test_a_function_that_is_not_on_is_refused_by_name_and_stands_in_no_navigation(
    switch: FunctionSwitch, sentence: str, applications: Applications, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = await applications("claims")
    await admitted(app)
    on = app.web.deployment
    monkeypatch.setattr(app.web, "deployment", switched(on, {**on.switches, "F-07": switch}))
    page, program = await app.call("GET", "/claims", BILLER), await app.call("GET", "/api/claims", BILLER)
    assert (page.status_code, program.status_code) == (403, 403)
    assert sentence in page.text
    assert program.json()["detail"] == sentence
    assert '<a href="/claims/submissions"' in page.text
    assert '<a href="/claims"' not in page.text


async def test_a_form_address_opened_as_a_page_says_where_to_begin(applications: Applications) -> None:
    app = await applications("eligibility")
    answer = await app.call("GET", "/eligibility/inquiries")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert "Open the page of that form" in answer.text


async def test_an_address_with_a_slash_too_many_is_the_page_and_no_host_of_the_client_is_repeated(
    applications: Applications,
) -> None:
    app = await applications("auth")
    answer = await app.call("GET", "/sign-in/", headers={"host": "evil.example"})
    assert answer.status_code == 200
    assert "evil.example" not in f"{answer.headers} {answer.text}"


@pytest.mark.parametrize("name", SERVICES)
async def test_every_answer_carries_the_headers(name: str, applications: Applications) -> None:
    app = await applications(name)
    await admitted(app)
    start = len(app.answers)
    for route in (each for each in ALL_ROUTES if each.service == name):
        for who in (None, BILLER, ADMINISTRATOR):
            await app.call(route.method, path_of(route), who, **body_of(route, who or BILLER))
    for path in ("/nothing/here", f"/api/{name}/nothing", "/static/nothing.css", "/livez", "/readyz", "/metrics"):
        await app.call("GET", path)
        await app.call("PUT", path)
    answers = app.answers[start:]
    assert {f"{each.request.method} {each.request.url.path}": headers_missing(each) for each in answers
            if headers_missing(each)} == {}  # fmt: skip
    assert all(each.headers["x-portico-answer"] == name for each in answers)
    assert {each.status_code for each in answers} >= {200, 404, 405}


@pytest.mark.parametrize("name", SERVICES)
async def test_a_failure_carries_the_headers_and_tells_nothing_of_its_cause(
    name: str, applications: Applications, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = await applications(name)
    await admitted(app)
    monkeypatch.setattr(app.web, "database", _Broken())
    for route in asked_of(name):
        with capture_logs() as logged:
            answer = await app.call(route.method, path_of(route), BILLER, **body_of(route, BILLER))
        assert [each["log_level"] for each in logged if each["event"] == "request failed"] == ["error"]
        assert answer.status_code == 500, str(route)
        assert "retry-after" not in answer.headers
        check_failure(route, answer)


@pytest.mark.parametrize("name", SERVICES)
async def test_while_the_database_is_away_every_route_asks_to_be_tried_again(
    name: str, applications: Applications, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = await applications(name)
    await admitted(app)
    monkeypatch.setattr(app.web, "database", _Gone())
    for route in asked_of(name):
        with capture_logs() as logged:
            answer = await app.call(route.method, path_of(route), BILLER, **body_of(route, BILLER))
        assert [each for each in logged if each["event"] == "request failed"] == []
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2"), str(route)
        check_failure(route, answer)


@pytest.mark.parametrize("route", [each for each in ALL_ROUTES if each.permission is None], ids=str)
async def test_a_route_for_everybody_never_fails_because_the_database_is_away(
    route: Route, applications: Applications, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = await applications(route.service)
    monkeypatch.setattr(app.web, "database", _Gone())
    answer = await app.call(route.method, path_of(route), **WELL_FORMED.get(str(route)) or body_of(route, BILLER))
    assert answer.status_code not in (500, 502, 504)
    if answer.status_code == 503 and route.in_schema:
        assert answer.headers["retry-after"]


def asked_of(name: str) -> list[Route]:
    return [each for each in ALL_ROUTES if each.service == name and each.permission is not None]


def check_failure(route: Route, answer: httpx.Response) -> None:
    """It carries the headers, has the form of an answer to who asked, and tells nothing of its cause."""
    assert headers_missing(answer) == [], str(route)
    assert not re.search(r"Traceback|asyncpg|sqlalchemy|ConnectionRefused|OSError|127\.0\.0\.1|\.py", answer.text)
    kind = "application/problem+json" if route.api else "text/html; charset=utf-8"
    assert answer.headers["content-type"] == kind


@pytest.mark.parametrize("name", SERVICES)
async def test_without_its_database_a_service_is_alive_and_not_ready(
    name: str, applications: Applications, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = await applications(name)
    assert (await app.call("GET", "/readyz")).status_code == 200
    monkeypatch.setattr(app.web, "database", _Gone())
    assert (await app.call("GET", "/livez")).status_code == 200
    assert (await app.call("GET", "/readyz")).status_code == 503


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/docs/oauth2-redirect"])
async def test_no_service_serves_its_description(name: str, path: str, applications: Applications) -> None:
    app = await applications(name)
    assert (await app.call("GET", path)).status_code == 404
    assert (await app.call("GET", f"/api/{name}{path}")).status_code in (401, 404)


@pytest.mark.parametrize("route", [each for each in ALL_ROUTES if each.api], ids=str)
async def test_a_method_that_is_not_offered_is_refused_by_name(route: Route, applications: Applications) -> None:
    app = await applications(route.service)
    offered = {each.method for each in ALL_ROUTES if each.service == route.service and each.path == route.path}
    answer = await app.call("PATCH", path_of(route))
    assert answer.status_code == 405
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(re.split(r",\s*", answer.headers["allow"])) <= offered
    told = answer.json()
    assert told["code"] == "method-not-allowed"
    assert told["detail"] == f"This address takes {answer.headers['allow']}, not PATCH."


async def test_a_program_is_told_where_its_json_breaks_off(applications: Applications) -> None:
    app = await applications("eligibility")
    await app.admit(BILLER)
    asked: dict[str, Any] = {"content": b'{"mbi": ', "headers": {"content-type": "application/json"}}
    answer = await app.call("POST", "/api/eligibility/inquiries", BILLER, **asked)
    told = answer.json()
    assert (answer.status_code, told["code"], "fields" in told) == (400, "request-malformed", False)
    assert told["detail"].startswith("The body is not valid JSON: ")
    assert "character 8" in told["detail"]


async def test_a_program_is_told_each_field_to_correct_and_a_missing_body_by_its_name(
    applications: Applications,
) -> None:
    app = await applications("eligibility")
    await app.admit(BILLER)
    answer = await app.call("POST", "/api/eligibility/inquiries", BILLER, json={"mbi": "1EG4TE5MK73"})
    assert answer.json()["detail"] == "Correct last_name and send the request again."
    nothing = await app.call("POST", "/api/eligibility/inquiries", BILLER)
    assert nothing.json()["detail"] == "Correct body and send the request again."


async def test_programs_are_told_of_their_key_and_people_of_their_form(applications: Applications) -> None:
    app = await applications("claims")
    await app.admit(BILLER)
    sent: dict[str, Any] = {"content": b"ISA*00*  ", "headers": {"content-type": "application/edi-x12"}}
    without = await app.call("POST", "/api/claims/submissions", BILLER, **sent)
    assert "Idempotency-Key" in without.json()["detail"]
    unbounded: dict[str, Any] = {"content": b"--b", "headers": {"content-type": "multipart/form-data"}}
    assert "Open the page again" in (await app.call("POST", "/claims/submissions", BILLER, **unbounded)).text
    told = (await app.call("POST", "/api/claims/submissions", BILLER, **unbounded)).json()["detail"]
    assert told.startswith("The multipart/form-data body could not be read")


def gateway_routes() -> list[dict[str, Any]]:
    from libs.common.deployment import load_deployment  # noqa: PLC0415 - beside its only use
    from tests.support.portico import ROOT  # noqa: PLC0415

    (host,) = route_configuration(Settings(), load_deployment(ROOT / "contract.toml"), Limits())["virtual_hosts"]
    return list(host["routes"])


def gateways_answer(route: Route) -> dict[str, Any]:
    """The route of the gateway that takes a request, by the gateway's own rule: the first that matches."""
    path = path_of(route)
    for each in gateway_routes():
        match = each["match"]
        if any(header["name"] == ":method" and header["string_match"]["exact"] != route.method
               for header in match.get("headers", ())):  # fmt: skip
            continue
        prefix = match.get("path_separated_prefix")
        below = prefix is not None and (path == prefix or path.startswith(f"{prefix}/"))
        if path == match.get("path") or below or (match.get("prefix") and path.startswith(match["prefix"])):
            return each
    raise LookupError(path)


@pytest.mark.parametrize("route", [each for each in ALL_ROUTES if not each.path.startswith(tuple(CLOSED))], ids=str)
def test_the_gateway_leads_every_route_to_its_service_and_asks_auth_where_the_route_does(route: Route) -> None:
    taken = gateways_answer(route)
    assert taken["route"]["cluster"] == route.service
    authorization = taken["typed_per_filter_config"].get("envoy.filters.http.ext_authz", {})
    assert authorization.get("disabled", False) == (route.permission is None)


@pytest.mark.parametrize("route", [each for each in ALL_ROUTES if each.path.startswith(tuple(CLOSED))], ids=str)
def test_the_gateway_leads_nobody_to_what_is_for_the_inside(route: Route) -> None:
    assert "route" not in gateways_answer(route)


async def kept(app: Application) -> tuple[dict[str, str], int]:
    """All rows, and how many events wait. That somebody looked leaves an audit row, and may be counted."""
    told = sa.select(sa.func.count()).where(outbox.c.topic != functions.EVENTS)
    async with app.work.database.work(app.work) as work:
        events = int((await work.execute(told)).scalar_one())
    return await app.content(but=("audit", "audit_unsealed", "audit_seal", "outbox")), events


@pytest.mark.parametrize("name", SERVICES)
async def test_looking_changes_nothing(name: str, applications: Applications) -> None:
    app = await applications(name)
    await admitted(app)
    looks = [each for each in ALL_ROUTES if each.service == name and each.method in SAFE]
    before = await kept(app)
    for route in looks:
        for who in (None, BILLER, ADMINISTRATOR):
            await app.call(route.method, path_of(route, BILLER.enrollment_id), who)
    assert await kept(app) == before
