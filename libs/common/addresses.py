"""Which address belongs to which service: the gateway leads requests by it, and auth gives tokens by it."""

from collections.abc import Mapping

from libs.common.settings import SERVICES

PREFIXES: Mapping[str, tuple[str, ...]] = {
    **{service: (f"/{service}",) for service in SERVICES},
    "auth": ("/auth", "/register", "/sign-in", "/sign-out", "/session"),
}
"""Where the pages of each service are; its API is below `/api/<service>`. What is nobody else's is the portal's."""

_BY_FIRST_PART = {prefix: service for service, prefixes in PREFIXES.items() for prefix in prefixes}


def service_of(path: str) -> str:
    """The service that an address belongs to. `path` has no query."""
    first, _, rest = path.strip("/").partition("/")
    if first == "api":
        name = rest.partition("/")[0]
        return name if name in SERVICES else "portal"
    return _BY_FIRST_PART.get(f"/{first}", "portal")
