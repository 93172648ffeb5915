"""Writes `contracts/`: JSON Schema and a sample of each event, AsyncAPI of the topics, OpenAPI of each service.

And a sample of each sealed value, and the table of all routes, which the gateway reads.

`make contracts` after a contract or a route changed. A sample that is there already is never written again: what was
published once must still decode.
"""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from pydantic import BaseModel, TypeAdapter

from libs.common.contracts.base import REGISTRY, Contract
from libs.common.ids import derived_id
from libs.common.messaging.topics import CATALOG
from libs.common.sealing import KINDS, Sealed
from libs.common.service import Service
from libs.common.settings import SERVICES
from libs.common.web.description import api_description
from libs.common.web.routes import as_table, routes_of

ROOT = Path(__file__).parents[1] / "contracts"
ROUTES = Path(__file__).parents[1] / "deploy" / "edge" / "routes.csv"


def main() -> None:
    """Write whatever differs."""
    for path, content in documents().items():
        write(path, content)
    ROUTES.write_text(routes(), encoding="utf-8")
    for contract in REGISTRY.values():
        path = f"samples/{contract.type}.json"
        if not (ROOT / path).exists():
            write(path, sample(contract))
    for kind in sealed():
        path = sealed_path(kind)
        if not (ROOT / path).exists():
            write(path, json.loads(kind.encode(TypeAdapter(kind.holds).validate_python(_value("value", kind.holds)))))


def documents() -> dict[str, Any]:
    """Every generated document by its path below `contracts/`, samples left out."""
    return {
        **{f"events/{name}.schema.json": contract.model_json_schema() for name, contract in REGISTRY.items()},
        "asyncapi.json": asyncapi(),
        **{f"openapi/{service}.json": document for service in SERVICES if (document := openapi(service))["paths"]},
    }


def sealed() -> list[Sealed[Any]]:
    """Every kind of sealed value that has a shape; what is sealed as plain bytes has none of ours."""
    for service in SERVICES:
        wired(service)
    return [kind for kind in KINDS.values() if kind.holds is not bytes]


def sealed_path(kind: Sealed[Any]) -> str:
    """Where the sample of a sealed value is kept."""
    return f"sealed/{kind.place.replace('/', '.')}.json"


def write(path: str, content: Any) -> None:
    """Write one document, its keys in order."""
    target = ROOT / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(as_text(content), encoding="utf-8")


def as_text(content: Any) -> str:
    """A document as it stands in the file."""
    return json.dumps(content, indent=2, sort_keys=True) + "\n"


def openapi(service: str) -> Any:
    """What the API of `service` promises."""
    return api_description(wired(service))


def routes() -> str:
    """The table of all routes of all services."""
    return as_table(route for service in SERVICES for route in routes_of(wired(service)))


def wired(service: str) -> Service:
    """A service as its `app.py` wires it."""
    found: Service = import_module(f"services.{service}.app").service
    return found


def asyncapi() -> Any:
    """AsyncAPI 3 of all topics: each with the messages it carries."""
    carried: dict[str, list[type[Contract]]] = {name: [] for name in CATALOG}
    for contract in REGISTRY.values():
        carried[contract.topic].append(contract)
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Portico events", "version": "1"},
        "channels": {
            name: {
                "address": name,
                "bindings": {"kafka": {"partitions": topic.partitions}},
                "messages": {
                    contract.type: {
                        "contentType": "application/json",
                        "payload": {"$ref": f"events/{contract.type}.schema.json"},
                    }
                    for contract in carried[name]
                },
            }
            for name, topic in CATALOG.items()
        },
    }


def sample(model: type[BaseModel]) -> Any:
    """An example of `model`, the same at every run."""
    values = {name: _value(name, field.annotation) for name, field in model.model_fields.items()}
    return model.model_validate(values).model_dump(mode="json")


def _value(name: str, kind: Any) -> Any:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return arguments[0]
    if origin in (Union, UnionType):
        return _value(name, arguments[0])
    if origin is tuple:
        return [_value(name, each) for each in arguments if each is not Ellipsis]
    if origin in (dict, Mapping):
        return {_value("key", arguments[0]): _value(name, arguments[1])}
    return _plain_value(name, kind)


def _plain_value(name: str, kind: Any) -> Any:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return sample(kind)
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return {field.name: _value(field.name, hints[field.name]) for field in fields(kind)}
    plain: dict[Any, Any] = {
        str: f"sample {name.replace('_', ' ')}",
        int: 1,
        bool: True,
        UUID: derived_id("sample", name),
        datetime: datetime(2026, 11, 22, 16, 0, tzinfo=UTC),
        date: date(2026, 11, 22),
    }
    return plain[kind]


if __name__ == "__main__":
    main()
