"""What the API of a service promises to programs: its OpenAPI 3.1 document, in which every name leads somewhere."""

from collections.abc import Iterator
from typing import Any

from pydantic.json_schema import models_json_schema

from libs.common.service import Service
from libs.common.web.app import build_routes
from libs.common.web.problems import ANSWERS

_SERVERS = [
    {
        "url": "https://{gateway}",
        "description": "The gateway of the contractor's portal",
        "variables": {"gateway": {"default": "localhost:8443", "description": "Host, and port where it is not 443"}},
    }
]
_LICENSE = {"name": "Apache 2.0", "identifier": "Apache-2.0"}
_SCHEMA = "#/components/schemas/"
_ANSWERS = models_json_schema([(each, "validation") for each in ANSWERS], ref_template=_SCHEMA + "{model}")[1]["$defs"]


def api_description(service: Service) -> dict[str, Any]:
    """The OpenAPI document of `service`: operations below /api alone, and of the components those they name."""
    told = build_routes(service).openapi()
    paths = {path: each for path, each in told["paths"].items() if path.startswith("/api/")}
    for path in paths.values():
        for operation in path.values():
            operation.setdefault("security", [])  # said, not left out: the operation asks for no token
    components = told["components"]  # every service has routes that ask for a token
    schemas = {**components.get("schemas", {}), **_ANSWERS}
    return {
        **told,
        "info": {**told["info"], "license": _LICENSE},
        "servers": _SERVERS,
        "paths": paths,
        "components": {**components, "schemas": _used(schemas, paths)},
    }


def _used(schemas: dict[str, Any], paths: Any) -> dict[str, Any]:
    """Those of `schemas` that `paths` name, by themselves or through others."""
    used: dict[str, Any] = {}
    waiting = [*_names(paths)]
    while waiting:
        name = waiting.pop()
        if name not in used:
            used[name] = schemas[name]
            waiting += _names(schemas[name])
    return used


def _names(part: Any) -> Iterator[str]:
    """The schemas that `part` of a document refers to."""
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"].removeprefix(_SCHEMA)
        for each in part.values():
            yield from _names(each)
    elif isinstance(part, list):
        for each in part:
            yield from _names(each)
