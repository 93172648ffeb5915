"""Which address goes to which service, what stands before it, and what is answered when the service is gone.

The result is one Envoy `RouteConfiguration`. It holds the "unavailable" answers too, so that a new banner needs
nothing but a new file.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from deploy.edge import pages
from deploy.edge.settings import Limits
from libs.common.addresses import PREFIXES
from libs.common.deployment import Deployment
from libs.common.edge_banner import BANNER_IN_HEADER, INTERRUPTION_HEADER
from libs.common.settings import GATEWAY, SERVICES, Settings
from libs.common.web.headers import ANSWERED_BY, PROTECTIVE

NAME = "portal"
STATIC_CLUSTER = "static"
MISSING_MARK = "x-portico-missing"
"""The gateway sets it on its own answer when auth did not decide."""

CLOSED = ("/gateway", "/livez", "/readyz", "/partnerz", "/metrics")
"""For the inside only: the talk with auth, health of ourselves and of partners, figures."""
TABLE = Path(__file__).with_name("routes.csv")
"""Every route of every service, as `make contracts` writes it: which are open to all, and where files come in."""

_RETRY_AFTER_SECONDS = "30"

Route = dict[str, Any]


def route_configuration(settings: Settings, deployment: Deployment, limits: Limits) -> dict[str, Any]:
    """List the routes of the whole portal, first match first. Banner marks are still in it.

    They are for the hosts that are ours: whoever names another in `Host` finds nothing.
    """
    return {
        "@type": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
        "name": NAME,
        "request_headers_to_add": [
            {
                "header": {"key": INTERRUPTION_HEADER, "value": BANNER_IN_HEADER},
                "append_action": "OVERWRITE_IF_EXISTS_OR_ADD",
            }
        ],
        "virtual_hosts": [
            {"name": NAME, "domains": _hosts(settings), "routes": [*_Routes(deployment, limits).all()]},
        ],
    }


def _hosts(settings: Settings) -> list[str]:
    """As browsers, programs and the inside name the gateway, with the port and without."""
    names = {settings.public_host or "localhost", settings.gateway_host}
    if settings.profile != "cluster":
        names.add("127.0.0.1")
    ports = ("", ":443", f":{settings.port(GATEWAY)}")
    return [f"{name}{port}" for name in sorted(names) for port in ports]


def _table() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _open_to_all(table: Iterable[Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    """Service and address of what asks for no permission, up to its first parameter; each but once."""
    found = {
        (row["service"], row["path"].split("{")[0].rstrip("/") or "/")
        for row in table
        if not row["permission"] and not row["path"].startswith(CLOSED)
    }
    for service, path in sorted(found):
        if not any(path.startswith(f"{other}/") for _, other in found):
            yield service, path


class _Routes:
    def __init__(self, deployment: Deployment, limits: Limits) -> None:
        self._deployment = deployment
        self._limits = limits

    def all(self) -> Iterable[Route]:
        for prefix in CLOSED:
            yield self._nothing_at(prefix)
        table = _table()
        for row in table:
            if row["upload"]:
                yield self._upload(row["service"], row["path"])
        for service, path in _open_to_all(table):
            yield self._open(service, {"path": path} if path == "/" else _below(path))
        yield self._static()
        for service in SERVICES:
            yield self._signed_in(service, f"/{service}/live", seconds=self._limits.live_seconds)
        for service, prefixes in PREFIXES.items():
            for prefix in prefixes:
                yield self._signed_in(service, prefix)
        for service in SERVICES:
            yield self._signed_in(service, f"/api/{service}")
        yield self._nothing_at("/api")
        yield self._signed_in("portal", "/")

    def _signed_in(self, service: str, prefix: str, seconds: int | None = None) -> Route:
        """Auth decides first; then the token it gave must be meant for `service`."""
        return {
            "name": prefix,
            "match": _below(prefix),
            "route": self._to(service, seconds or self._limits.request_seconds),
            "typed_per_filter_config": {
                **_token_for(service),
                **self._when_missing(service, under_api=prefix.startswith("/api")),
            },
        }

    def _upload(self, service: str, path: str) -> Route:
        return {
            "name": path,
            "match": {
                "path": path,
                "headers": [{"name": ":method", "string_match": {"exact": "POST"}}],
            },
            "route": self._to(service, self._limits.upload_seconds),
            "typed_per_filter_config": {
                **_token_for(service),
                **_unbuffered(),
                **self._when_missing(service, under_api=path.startswith("/api")),
            },
        }

    def _open(self, service: str, match: dict[str, Any]) -> Route:
        """No sign-in needed, so what a client calls its authorization must not reach the service."""
        name = "".join(match.values())
        under_api = name.startswith("/api")
        return {
            "name": name,
            "match": match,
            "route": self._to(service, self._limits.request_seconds),
            "request_headers_to_remove": ["authorization"],
            "typed_per_filter_config": {
                **_without_sign_in(),
                **self._when_missing(service, under_api=under_api),
            },
        }

    def _static(self) -> Route:
        """Every service has the same files: while one lives, pages keep their look."""
        return {
            "name": "/static",
            "match": {"prefix": "/static/"},
            "request_headers_to_remove": ["authorization"],
            "typed_per_filter_config": _without_sign_in(),
            "route": {
                "cluster": STATIC_CLUSTER,
                "timeout": f"{self._limits.request_seconds}s",
                "retry_policy": {
                    "retry_on": "connect-failure,refused-stream,reset,5xx",
                    "num_retries": len(SERVICES) - 1,
                    "retry_back_off": {"base_interval": "0.001s", "max_interval": "0.005s"},
                    "retry_host_predicate": [
                        {
                            "name": "envoy.retry_host_predicates.previous_hosts",
                            "typed_config": {
                                "@type": "type.googleapis.com/"
                                "envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate"
                            },
                        }
                    ],
                    "host_selection_retry_max_attempts": 3 * len(SERVICES),
                },
            },
        }

    def _nothing_at(self, prefix: str) -> Route:
        return {
            "name": f"nothing at {prefix}",
            "match": _below(prefix),
            "direct_response": {"status": 404},
            "typed_per_filter_config": _without_sign_in(),
        }

    def _to(self, service: str, seconds: int) -> dict[str, Any]:
        return {"cluster": service, "timeout": f"{seconds}s", "idle_timeout": f"{seconds}s"}

    def _when_missing(self, service: str, *, under_api: bool) -> dict[str, Any]:
        """Replace a 502, 503 or 504 that the service did not give itself; auth, when missing, is named first."""
        gone = {"or_matcher": {"predicate": [_status_is(status) for status in ("502", "503", "504")]}}
        without_auth = _both(gone, _header(MISSING_MARK, {"exact": "auth"}))
        unmarked = _both(gone, {"not_matcher": _header(ANSWERED_BY, {"safe_regex": {"google_re2": {}, "regex": ".*"}})})
        return {
            "envoy.filters.http.custom_response": {
                "@type": "type.googleapis.com/envoy.extensions.filters.http.custom_response.v3.CustomResponse",
                "custom_response_matcher": {
                    "matcher_list": {
                        "matchers": [
                            {"predicate": without_auth, "on_match": self._say_gone("auth", under_api=under_api)},
                            {"predicate": unmarked, "on_match": self._say_gone(service, under_api=under_api)},
                        ]
                    }
                },
            }
        }

    def _say_gone(self, service: str, *, under_api: bool) -> dict[str, Any]:
        make, kind = (pages.unavailable_problem, pages.PROBLEM) if under_api else (pages.unavailable_page, pages.HTML)
        return {
            "action": {
                "name": f"unavailable-{service}",
                "typed_config": {
                    "@type": "type.googleapis.com/"
                    "envoy.extensions.http.custom_response.local_response_policy.v3.LocalResponsePolicy",
                    "status_code": 503,
                    "body_format": {
                        "text_format_source": {"inline_string": make(self._deployment, service)},
                        "content_type": kind,
                    },
                    "response_headers_to_add": [
                        set_header("content-type", kind),
                        set_header("retry-after", _RETRY_AFTER_SECONDS),
                        *own_page_headers(self._limits),
                    ],
                },
            }
        }


def set_header(name: str, value: str) -> dict[str, Any]:
    """Make an Envoy header option that puts `value` in place of whatever stood there."""
    return {"header": {"key": name, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}


def strict_transport(limits: Limits) -> dict[str, Any]:
    """Make the header that keeps browsers on TLS."""
    return set_header("strict-transport-security", f"max-age={limits.strict_transport_seconds}; includeSubDomains")


def own_page_headers(limits: Limits) -> list[dict[str, Any]]:
    """List the protective headers of an answer that the gateway makes itself; services set their own."""
    return [
        *(set_header(name, value) for name, value in PROTECTIVE.items()),
        strict_transport(limits),
        set_header("cache-control", "no-store"),
    ]


def _below(prefix: str) -> dict[str, Any]:
    return {"prefix": "/"} if prefix == "/" else {"path_separated_prefix": prefix}


def _without_sign_in() -> dict[str, Any]:
    return {
        "envoy.filters.http.ext_authz": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute",
            "disabled": True,
        },
        "envoy.filters.http.jwt_authn": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.PerRouteConfig",
            "disabled": True,
        },
    }


def _token_for(service: str) -> dict[str, Any]:
    return {
        "envoy.filters.http.jwt_authn": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.PerRouteConfig",
            "requirement_name": service,
        }
    }


def _unbuffered() -> dict[str, Any]:
    return {
        "envoy.filters.http.buffer": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.buffer.v3.BufferPerRoute",
            "disabled": True,
        }
    }


def _status_is(status: str) -> dict[str, Any]:
    return {
        "single_predicate": {
            "input": {
                "name": f"status-{status}",
                "typed_config": {"@type": "type.googleapis.com/envoy.type.matcher.v3.HttpResponseStatusCodeMatchInput"},
            },
            "value_match": {"exact": status},
        }
    }


def _header(name: str, value_match: dict[str, Any]) -> dict[str, Any]:
    return {
        "single_predicate": {
            "input": {
                "name": name,
                "typed_config": {
                    "@type": "type.googleapis.com/envoy.type.matcher.v3.HttpResponseHeaderMatchInput",
                    "header_name": name,
                },
            },
            "value_match": value_match,
        }
    }


def _both(*predicates: dict[str, Any]) -> dict[str, Any]:
    return {"and_matcher": {"predicate": list(predicates)}}
