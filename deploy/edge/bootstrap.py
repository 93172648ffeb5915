"""The gateway's own configuration: one TLS listener, the filters before the routes, the services behind them.

The order of the filters is measured, not a matter of taste (the traps stand at the filters):
headers → missing service → rate → body size → auth decides → token is verified → route.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.edge import pages
from deploy.edge.certificates import Certificates
from deploy.edge.routes import MISSING_MARK, NAME, STATIC_CLUSTER, own_page_headers, set_header, strict_transport
from deploy.edge.settings import Limits
from libs.common.deployment import Deployment
from libs.common.edge_banner import ROUTES
from libs.common.settings import GATEWAY, GATEWAY_HEALTH, SERVICES, Settings
from libs.common.web.headers import ANSWERED_BY, PROTECTIVE

ISSUER = "portal-identity"
AUTHORIZE = "/gateway/authorize"
KEYS = "/gateway/jwks"

TO_AUTH = (
    "cookie",
    "authorization",
    "x-request-id",
    "traceparent",
    "sec-fetch-site",
    "origin",
    "user-agent",
    "accept",
    "hx-request",
    "x-forwarded-for",
)
"""What auth hears of a request besides method, host and path. Trap: without the list it gets no cookie."""

FROM_AUTH = (
    "location",
    "set-cookie",
    "content-type",
    "cache-control",
    "www-authenticate",
    "retry-after",
    "hx-redirect",
    *PROTECTIVE,
    ANSWERED_BY,
)
"""What of auth's refusal reaches the client, besides status and body."""

NEVER_FROM_CLIENTS = ("x-portal-", "x-portico-", "x-envoy-", "x-forwarded-")
NEVER_FROM_CLIENTS_EXACT = ("forwarded", "x-real-ip", "true-client-ip", "traceparent", "tracestate", "baggage")

TRACE_OF_REQUEST = """
function envoy_on_request(request)
  local headers = request:headers()
  local id = string.gsub(headers:get("x-request-id"), "-", "")
  headers:replace("traceparent", "00-" .. id .. "-" .. string.sub(id, 17) .. "-01")
end
"""
"""The trace of a request has the request's own id: whoever holds the one a page or a log line shows has the other."""

_TYPE = "type.googleapis.com/envoy."
_HTTP = f"{_TYPE}extensions.filters.http."
_ALWAYS = {"default_value": {"numerator": 100, "denominator": "HUNDRED"}}
_JWKS_CACHE_SECONDS = 300
_TOKENS_CACHED = 1000
_UPSTREAM_IDLE_SECONDS = 3  # shorter than uvicorn's 5 s, or a request meets a connection that is just being closed


@dataclass(frozen=True, slots=True)
class Parts:
    """What a gateway is made of. `directory` holds its routes file; `log` takes one JSON line per request.

    Without a `log` the lines go to standard output.
    """

    settings: Settings
    limits: Limits
    deployment: Deployment
    certificates: Certificates
    directory: Path
    log: Path | None


def bootstrap(parts: Parts) -> dict[str, Any]:
    """Compose Envoy's start-up configuration.

    Without its administration, which takes orders from any page of any browser that reaches its port.
    """
    settings, limits = parts.settings, parts.limits
    return {
        "node": {"id": "gateway", "cluster": "portico"},
        "static_resources": {
            "listeners": [_listener(parts), _health_listener(settings)],
            "clusters": [
                *(_cluster(name, [_service(settings, name)]) for name in SERVICES),
                _cluster(STATIC_CLUSTER, [_service(settings, name) for name in SERVICES]),
            ],
        },
        "overload_manager": {
            "resource_monitors": [
                {
                    "name": "envoy.resource_monitors.global_downstream_max_connections",
                    "typed_config": {
                        "@type": f"{_TYPE}extensions.resource_monitors.downstream_connections.v3."
                        "DownstreamConnectionsConfig",
                        "max_active_downstream_connections": limits.connections,
                    },
                }
            ]
        },
    }


def _address(host: str, port: int) -> dict[str, Any]:
    return {"socket_address": {"address": host, "port_value": port}}


def _service(settings: Settings, name: str) -> dict[str, Any]:
    return _address(settings.service_host(name, "api"), settings.service_port(name, "api"))


def _cluster(name: str, addresses: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": name,
        "type": "STRICT_DNS",  # an address that is no name is taken as it is
        "connect_timeout": "1s",
        # Retries are only for static files, and there one dead service of seven must not exhaust them.
        "circuit_breakers": {"thresholds": [{"max_retries": 1024}]},
        "load_assignment": {
            "cluster_name": name,
            "endpoints": [{"lb_endpoints": [{"endpoint": {"address": address}} for address in addresses]}],
        },
        "typed_extension_protocol_options": {
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                "@type": f"{_TYPE}extensions.upstreams.http.v3.HttpProtocolOptions",
                "common_http_protocol_options": {"idle_timeout": f"{_UPSTREAM_IDLE_SECONDS}s"},
                "explicit_http_config": {"http_protocol_options": {}},
            }
        },
    }


def _listener(parts: Parts) -> dict[str, Any]:
    return {
        "name": NAME,
        "address": _address(parts.settings.listen_address, parts.settings.port(GATEWAY)),
        # Trap: the body cap does not bind when this buffer is larger than the cap.
        "per_connection_buffer_limit_bytes": parts.limits.body_bytes,
        "filter_chains": [
            {
                "transport_socket": _tls(parts.certificates),
                "transport_socket_connect_timeout": "10s",
                "filters": [
                    {
                        "name": "envoy.filters.network.http_connection_manager",
                        "typed_config": _connection_manager(parts),
                    }
                ],
            }
        ],
    }


def _health_listener(settings: Settings) -> dict[str, Any]:
    """Answer whoever watches this process, and nothing else. It listens once there are routes: then all is ready."""
    routes = [{"match": {"path": path}, "direct_response": {"status": 200}} for path in ("/livez", "/readyz")]
    return {
        "name": "health",
        "address": _address(settings.listen_address, settings.port(GATEWAY_HEALTH)),
        "filter_chains": [
            {
                "filters": [
                    {
                        "name": "envoy.filters.network.http_connection_manager",
                        "typed_config": {
                            "@type": f"{_TYPE}extensions.filters.network.http_connection_manager.v3."
                            "HttpConnectionManager",
                            "stat_prefix": "health",
                            "route_config": {"virtual_hosts": [{"name": "health", "domains": ["*"], "routes": routes}]},
                            "http_filters": [_router()],
                        },
                    }
                ],
            }
        ],
    }


def _router() -> dict[str, Any]:
    return {
        "name": "envoy.filters.http.router",
        "typed_config": {"@type": f"{_HTTP}router.v3.Router", "suppress_envoy_headers": True},
    }


def _tls(certificates: Certificates) -> dict[str, Any]:
    return {
        "name": "envoy.transport_sockets.tls",
        "typed_config": {
            "@type": f"{_TYPE}extensions.transport_sockets.tls.v3.DownstreamTlsContext",
            "common_tls_context": {
                "alpn_protocols": ["h2", "http/1.1"],
                # TLS 1.2 and 1.3 with what FIPS 140 approves alone (NIST SP 800-52 revision 2). Trap: `cipher_suites`
                # says nothing of 1.3.
                "tls_params": {"compliance_policies": ["FIPS_202205"]},
                "tls_certificates": [
                    {
                        "certificate_chain": {"filename": str(certificates.certificate)},
                        "private_key": {"filename": str(certificates.key)},
                    }
                ],
            },
        },
    }


def _connection_manager(parts: Parts) -> dict[str, Any]:
    limits, directory = parts.limits, parts.directory
    return {
        "@type": f"{_TYPE}extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": NAME,
        "codec_type": "AUTO",
        "max_request_headers_kb": limits.header_kibibytes,
        "common_http_protocol_options": {
            "headers_with_underscores_action": "REJECT_REQUEST",
            "idle_timeout": "300s",
            "max_headers_count": 100,
        },
        "http2_protocol_options": {
            "max_concurrent_streams": 100,
            "initial_stream_window_size": 65_536,
            "initial_connection_window_size": 1_048_576,
        },
        "normalize_path": True,
        "merge_slashes": True,
        "path_with_escaped_slashes_action": "REJECT_REQUEST",
        # The client is who connected, never who it says it is. Trap: without a range of its own Envoy takes clients
        # on loopback for internal and keeps their x-request-id; this range holds nobody.
        "use_remote_address": True,
        "xff_num_trusted_hops": 0,
        "internal_address_config": {"cidr_ranges": [{"address_prefix": "255.255.255.255", "prefix_len": 32}]},
        "early_header_mutation_extensions": [_strip_client_headers()],
        "generate_request_id": True,
        "always_set_request_id_in_response": True,
        "server_header_transformation": "PASS_THROUGH",
        "request_headers_timeout": "10s",
        "request_timeout": f"{limits.upload_seconds}s",
        "stream_idle_timeout": f"{limits.request_seconds}s",
        "access_log": [_access_log(parts.log)],
        "local_reply_config": _local_replies(limits, parts.deployment),
        "rds": {
            "route_config_name": NAME,
            "config_source": {
                "resource_api_version": "V3",
                "path_config_source": {
                    "path": str(directory / ROUTES),
                    "watched_directory": {"path": str((directory / ROUTES).parent)},
                },
            },
        },
        "http_filters": [
            _response_headers(limits),
            _trace_of_request(),
            _missing_service(),
            _rate_limit(limits),
            _body_limit(limits),
            _auth_decides(limits),
            _token_verified(limits),
            _router(),
        ],
    }


def _strip_client_headers() -> dict[str, Any]:
    """Remove what only the inside may say, before a route is chosen."""
    matchers = [
        *({"prefix": prefix} for prefix in NEVER_FROM_CLIENTS),
        *({"exact": name} for name in NEVER_FROM_CLIENTS_EXACT),
    ]
    return {
        "name": "envoy.http.early_header_mutation.header_mutation",
        "typed_config": {
            "@type": f"{_TYPE}extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation",
            "mutations": [{"remove_on_match": {"key_matcher": matcher}} for matcher in matchers],
        },
    }


def _trace_of_request() -> dict[str, Any]:
    return {
        "name": "envoy.filters.http.lua",
        "typed_config": {
            "@type": f"{_HTTP}lua.v3.Lua",
            "default_source_code": {"inline_string": TRACE_OF_REQUEST},
        },
    }


def _response_headers(limits: Limits) -> dict[str, Any]:
    """First in the list, so last on the way out: no answer passes without strict transport or with a version."""
    return {
        "name": "envoy.filters.http.header_mutation",
        "typed_config": {
            "@type": f"{_HTTP}header_mutation.v3.HeaderMutation",
            "mutations": {
                "response_mutations": [
                    {"append": strict_transport(limits)},
                    {"remove": "server"},
                    {"remove": "x-powered-by"},
                    {"remove": MISSING_MARK},
                ]
            },
        },
    }


def _missing_service() -> dict[str, Any]:
    """Each route says what to answer (`deploy.edge.routes`). Before ext_authz, to see also its failure."""
    return {
        "name": "envoy.filters.http.custom_response",
        "typed_config": {"@type": f"{_HTTP}custom_response.v3.CustomResponse"},
    }


def _rate_limit(limits: Limits) -> dict[str, Any]:
    """One token bucket for each client address."""
    bucket = {
        "max_tokens": limits.requests_burst,
        "tokens_per_fill": limits.requests_per_second,
        "fill_interval": "1s",
    }
    return {
        "name": "envoy.filters.http.local_ratelimit",
        "typed_config": {
            "@type": f"{_HTTP}local_ratelimit.v3.LocalRateLimit",
            "stat_prefix": "rate",
            "token_bucket": bucket,
            "always_consume_default_token_bucket": False,
            "filter_enabled": _ALWAYS,
            "filter_enforced": _ALWAYS,
            "max_dynamic_descriptors": limits.client_addresses,
            "rate_limits": [{"actions": [{"remote_address": {}}]}],
            "descriptors": [{"entries": [{"key": "remote_address"}], "token_bucket": bucket}],
            "response_headers_to_add": [set_header("retry-after", "2")],
        },
    }


def _body_limit(limits: Limits) -> dict[str, Any]:
    """Trap: behind ext_authz a large body slips through while auth is still deciding."""
    return {
        "name": "envoy.filters.http.buffer",
        "typed_config": {"@type": f"{_HTTP}buffer.v3.Buffer", "max_request_bytes": limits.body_bytes},
    }


def _auth_decides(limits: Limits) -> dict[str, Any]:
    return {
        "name": "envoy.filters.http.ext_authz",
        "typed_config": {
            "@type": f"{_HTTP}ext_authz.v3.ExtAuthz",
            "transport_api_version": "V3",
            "failure_mode_allow": False,
            "status_on_error": {"code": "ServiceUnavailable"},  # so that the missing-service page is shown
            "validate_mutations": True,
            "allowed_headers": _exactly(TO_AUTH),
            "http_service": {
                "server_uri": _auth(f"{AUTHORIZE}", limits.authorize_seconds),
                "path_prefix": AUTHORIZE,
                "authorization_response": {
                    "allowed_upstream_headers": _exactly(("authorization",)),
                    "allowed_client_headers": _exactly(FROM_AUTH),
                    "allowed_client_headers_on_success": _exactly(("set-cookie",)),
                },
            },
        },
    }


def _token_verified(limits: Limits) -> dict[str, Any]:
    """Let pass only a token that auth made for the service of the route; the service verifies it again."""
    return {
        "name": "envoy.filters.http.jwt_authn",
        "typed_config": {
            "@type": f"{_HTTP}jwt_authn.v3.JwtAuthentication",
            "providers": {
                service: {
                    "issuer": ISSUER,
                    "audiences": [service],
                    "forward": True,
                    "clock_skew_seconds": 5,
                    # Auth gives the same token again for seconds: its signature is computed once, its times each time.
                    "jwt_cache_config": {"jwt_cache_size": _TOKENS_CACHED},
                    "remote_jwks": {
                        "http_uri": _auth(KEYS, limits.authorize_seconds),
                        "cache_duration": f"{_JWKS_CACHE_SECONDS}s",
                    },
                    "from_headers": [{"name": "Authorization", "value_prefix": "Bearer "}],
                }
                for service in SERVICES
            },
            "requirement_map": {service: {"provider_name": service} for service in SERVICES},
        },
    }


def _auth(path: str, seconds: int) -> dict[str, Any]:
    return {"uri": f"http://auth{path}", "cluster": "auth", "timeout": f"{seconds}s"}


def _exactly(names: tuple[str, ...]) -> dict[str, Any]:
    return {"patterns": [{"exact": name} for name in names]}


def _local_replies(limits: Limits, deployment: Deployment) -> dict[str, Any]:
    """Make the gateway's own refusals speak like the portal; a refusal by auth keeps auth's own words."""
    by_gateway = "response.code_details != 'ext_authz_denied'"
    mappers: list[dict[str, Any]] = [
        {
            "filter": _when("response.code == 503 && response.code_details == 'ext_authz_error'"),
            "headers_to_add": [set_header(MISSING_MARK, "auth")],
        }
    ]
    for refusal in pages.REFUSALS:
        # A token that auth gave for another service is 403 to Envoy; to the client it is no sign-in, like any other.
        status = (
            "response.code_details.startsWith('jwt_authn_access_denied')"
            if refusal.status == 401
            else f"response.code == {refusal.status} && {by_gateway}"
        )
        for condition, body, kind in (
            (f"{status} && request.path.startsWith('/api')", pages.refusal_problem(refusal), pages.PROBLEM),
            (status, pages.refusal_page(deployment, refusal), pages.HTML),
        ):
            mappers.append(
                {
                    "filter": _when(condition),
                    "status_code": refusal.status,
                    "body_format_override": {
                        "text_format_source": {"inline_string": body},
                        "content_type": kind,
                    },
                    "headers_to_add": own_page_headers(limits),
                }
            )
    # Whatever else Envoy refuses by itself, such as a method or a protocol that it does not know.
    mappers.append(
        {"filter": _when(f"response.code >= 400 && {by_gateway}"), "headers_to_add": own_page_headers(limits)}
    )
    return {"mappers": mappers}


def _when(expression: str) -> dict[str, Any]:
    return {
        "extension_filter": {
            "name": "envoy.access_loggers.extension_filters.cel",
            "typed_config": {
                "@type": f"{_TYPE}extensions.access_loggers.filters.cel.v3.ExpressionFilter",
                "expression": expression,
            },
        }
    }


def _access_log(log: Path | None) -> dict[str, Any]:
    """One line per request, by allow-list: no query, no cookie, no referrer.

    `route` is the address of the route: what was typed behind it may be a number of a patient. The services write which
    of their routes it was, under the same trace.
    """
    fields = {
        "time": "%START_TIME%",
        "client": "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
        "protocol": "%PROTOCOL%",
        "method": "%REQ(:METHOD)%",
        "route": "%ROUTE_NAME%",
        "status": "%RESPONSE_CODE%",
        "why": "%RESPONSE_CODE_DETAILS%",
        "flags": "%RESPONSE_FLAGS%",
        "milliseconds": "%DURATION%",
        "received": "%BYTES_RECEIVED%",
        "sent": "%BYTES_SENT%",
        "service": "%UPSTREAM_CLUSTER%",
        "request_id": "%REQ(X-REQUEST-ID)%",
        "traceparent": "%REQ(TRACEPARENT)%",
    }
    kind, where = ("file.v3.File", {"path": str(log)}) if log is not None else ("stream.v3.Stdout", {})
    return {
        "name": "envoy.access_loggers.file" if log is not None else "envoy.access_loggers.stdout",
        "typed_config": {
            "@type": f"{_TYPE}extensions.access_loggers.{kind}AccessLog",
            **where,
            "log_format": {"json_format": fields},
        },
    }
