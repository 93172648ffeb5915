"""Whose an address is, held against the gateway's own routes and against the routes of the applications."""

import pytest

from deploy.edge.routes import CLOSED, route_configuration
from deploy.edge.settings import Limits
from libs.common.addresses import service_of
from libs.common.deployment import load_deployment
from libs.common.settings import Settings
from tests.support.applications import ALL_ROUTES
from tests.support.portico import ROOT


@pytest.mark.parametrize(
    ("path", "service"),
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
def test_each_address_belongs_to_one_service(path: str, service: str) -> None:
    assert service_of(path) == service


def test_the_gateway_sends_each_address_where_its_token_is_for() -> None:
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
        assert service_of(path) == needs["requirement_name"] == cluster, path
        assert service_of(f"{path}/x") == cluster, path
    assert asked > 10


def test_every_route_lies_where_its_service_is() -> None:
    assert [
        f"{route} of {route.service}"
        for route in ALL_ROUTES
        if not route.path.startswith(CLOSED) and service_of(route.path) != route.service
    ] == []


def test_files_come_to_one_address_for_all() -> None:
    """The gateway knows such an address by its whole path: what the file belongs to is a field beside it."""
    assert [str(route) for route in ALL_ROUTES if route.upload and ("{" in route.path or route.method != "POST")] == []
