"""What an address means to the gateway's question, held against the gateway's own routes."""

import pytest

from deploy.edge.routes import route_configuration
from deploy.edge.settings import Limits
from libs.common.deployment import load_deployment
from libs.common.settings import Settings
from services.auth.gateway.domain import (
    audience_of,
    changes_state,
    credential_of,
    is_use,
    leads_back,
    open_before_rules,
)
from tests.support.portico import ROOT


@pytest.mark.parametrize(
    ("path", "audience"),
    [
        ("/claims", "claims"),
        ("/claims/submissions/x", "claims"),
        ("/api/claims/submissions", "claims"),
        ("/api/auth/users", "auth"),
        ("/auth/users", "auth"),
        ("/session/status", "auth"),
        ("/sign-out", "auth"),
        ("/remittance", "remittance"),
        ("/", "portal"),
        ("/home", "portal"),
        ("/claimsx", "portal"),
        ("/api", "portal"),
        ("/api/nothing", "portal"),
        ("/portal", "portal"),
    ],
)
def test_the_audience_is_the_service_of_the_address(path: str, audience: str) -> None:
    assert audience_of(path) == audience


def test_the_gateway_sends_each_address_where_its_token_is_for() -> None:
    """Two descriptions of one thing: they may not part."""
    routes = route_configuration(Settings(), load_deployment(ROOT / "contract.toml"), Limits())["virtual_hosts"][0][
        "routes"
    ]
    asked = 0
    for route in routes:
        cluster = route.get("route", {}).get("cluster", "")
        needs = route.get("typed_per_filter_config", {}).get("envoy.filters.http.jwt_authn", {})
        path = route["match"].get("path_separated_prefix") or route["match"].get("path")
        if path is None or "requirement_name" not in needs:
            continue
        asked += 1
        assert audience_of(path) == needs["requirement_name"] == cluster, path
        assert audience_of(f"{path}/x") == cluster, path
    assert asked > 10


@pytest.mark.parametrize(
    ("path", "credential"), [("/api", "token"), ("/api/claims", "token"), ("/apiary", "cookie"), ("/claims", "cookie")]
)
def test_programs_bring_tokens_and_people_cookies(path: str, credential: str) -> None:
    assert credential_of(path) == credential


@pytest.mark.parametrize(
    ("path", "use"),
    [
        ("/claims", True),
        ("/claims/submissions/live", True),
        ("/claims/live/submissions", False),
        ("/session/status", False),
        ("/session/extend", False),
        ("/livestock", True),
    ],
)
def test_looking_at_what_refreshes_itself_is_no_use(path: str, use: bool) -> None:
    assert is_use(path) is use


@pytest.mark.parametrize(("method", "changes"), [("GET", False), ("HEAD", False), ("POST", True), ("DELETE", True)])
def test_only_reading_changes_nothing(method: str, changes: bool) -> None:
    assert changes_state(method) is changes


@pytest.mark.parametrize(
    ("path", "opens"),
    [
        ("/auth/rules-of-behavior", True),
        ("/auth/rules-of-behavior/", True),
        ("/sign-out", True),
        ("/session/status", True),
        ("/session/extend", True),
        ("/session/acting", False),
        ("/session/step-up", False),
        ("/auth", False),
        ("/auth/rules-of-behavior/x", False),
        ("/claims", False),
        ("/", False),
    ],
)
def test_before_the_rules_are_accepted_only_they_and_the_way_out_open(path: str, opens: bool) -> None:
    assert open_before_rules(path) is opens


@pytest.mark.parametrize(
    ("path", "back"),
    [("/claims", True), ("/session/acting", True), ("/session/status", False), ("/claims/live/submissions/1", False)],
)
def test_one_is_led_back_to_pages_only(path: str, back: bool) -> None:
    assert leads_back(path) is back
