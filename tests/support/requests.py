"""A well-formed request for every route, so that what a test sees is the rule it asks about and not a missing field.

What a body holds follows from what its route declares. A field of a new name is a line in `_SAMPLES`; without it the
tests that walk all routes see a missing field and fail.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from tests.support.applications import ALL_ROUTES, Route, Someone
from tests.support.planting import object_id

Guard = Literal["form", "session form", "header", "bearer", "origin"]
"""What stands against forgery: the session's value and the enrollment; the session's value alone; the same in a header;
nothing but the bearer token, under /api; the origin, before there is a session."""

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
NOBODYS = UUID("00000000-0000-7000-8000-000000000000")
"""An enrollment that no row belongs to."""

_FILLED: Mapping[str, str] = {
    "kind": "999",
    "month": "2026-11",
    "module": "functionality",
    "number": "1",
    "permission": "claims.status",
    "path": "/claims",
}


@dataclass(frozen=True, slots=True)
class Body:
    """What a request that changes something carries. `{enrollment_id}` and `{key}` are filled in."""

    guard: Guard
    fields: Mapping[str, Any] = field(default_factory=dict)
    form: Literal["urlencoded", "json", "file", "none"] = "urlencoded"


_SAMPLES: Mapping[str, Any] = {
    "acting": "{enrollment_id}",
    "appeal_id": "{enrollment_id}",
    "claim_id": "{enrollment_id}",
    "client_assertion": "none",
    "client_assertion_type": "none",
    "enrollment_id": "{enrollment_id}",
    "explanation": "Needed.",
    "first_name": "",
    "grant_enrollment": "{enrollment_id}",
    "grant_type": "client_credentials",
    "idempotency_key": "{key}",
    "last_name": "Doe",
    "lines": [1],
    "mbi": "1EG4TE5MK73",
    "number": "none such",
    "permission": "claims.status",
    "query": "state=filed&trace_number=1",
    "requester": "J. Doe",
    "return_to": "/claims",
    "seen": "what is not there",
    "verdict": "certify",
}
"""What a field of that name holds. A route is sent those it declares; a form is sent its idempotency key besides."""

_OWN_GUARD: Mapping[str, Guard] = {
    "POST /sign-in": "origin",
    "POST /sign-in/code": "origin",
    "POST /sign-out": "session form",
    "POST /session/extend": "header",
    "POST /session/acting": "session form",
}
"""What stands against forgery where it is neither the form of a page nor the token of a program."""

_READ_BY_HAND: Mapping[str, Mapping[str, Any]] = {
    "POST /sign-in": {"user_id": "nobody", "password": "nothing", "accepted": ""},
    "POST /sign-in/code": {"code": "123 456"},
    "POST /session/step-up": {"code": ""},
    "POST /auth/rules-of-behavior": {"version": "an old one", "accepted": "yes"},
    "POST /eligibility/inquiries": {name: _SAMPLES[name] for name in ("mbi", "last_name", "first_name")},
    "POST /appeals": {"claim_id": "{enrollment_id}"},
    "POST /appeals/documents": {"appeal_id": "{enrollment_id}"},
    "POST /api/appeals/documents": {"appeal_id": "{enrollment_id}"},
    "POST /appeals/reconsiderations": {name: _SAMPLES[name] for name in ("appeal_id", "requester", "explanation")},
}
"""The fields of forms that a route reads by itself, so that nobody but it knows their names."""


def _body(route: Route) -> Body:
    guard = _OWN_GUARD.get(str(route), "bearer" if route.api else "form")
    fields = {name: _SAMPLES[name] for name in route.fields if name in _SAMPLES}
    if guard == "form":
        fields["idempotency_key"] = _SAMPLES["idempotency_key"]
    fields |= _READ_BY_HAND.get(str(route), {})
    if route.upload:
        return Body(guard, fields, "file")
    if route.json:
        return Body(guard, fields, "json")
    return Body(guard, fields, "urlencoded" if fields or route.fields or guard == "form" else "none")


BODIES: Mapping[str, Body] = {
    str(route): _body(route)
    for route in ALL_ROUTES
    if route.method not in SAFE and not route.path.startswith("/gateway/")
}
"""By method and path. `/gateway/authorize` has none: only the gateway reaches it, and it changes nothing by method."""

GUARDED = [route for route in ALL_ROUTES if route.method not in SAFE and route.permission is not None and not route.api]
"""The pages that change something for somebody who is signed in."""


def path_of(route: Route, enrollment_id: UUID = NOBODYS, **named: object) -> str:
    """The path of a route, its ids those of the planted objects of an enrollment, or as `named`."""
    return re.sub(r"\{(\w+)(?::path)?\}", lambda found: _filled(found[1], enrollment_id, named), route.path)


def _filled(name: str, enrollment_id: UUID, named: Mapping[str, object]) -> str:
    if name in named:
        return str(named[name])
    return _FILLED.get(name) or str(object_id(enrollment_id, name))


def body_of(
    route: Route,
    who: Someone,
    enrollment_id: UUID = NOBODYS,
    *,
    csrf: str | None = None,
    acting: str | None = None,
    key: str = "key of a test",
) -> dict[str, Any]:
    """What to send along, as keywords of `Application.call`. `csrf` and `acting` replace what the form would say."""
    body = BODIES.get(str(route))
    if route.method in SAFE or body is None:
        return {}
    fields = {
        name: value.replace("{enrollment_id}", str(enrollment_id)).replace("{key}", key)
        if isinstance(value, str)
        else value
        for name, value in body.fields.items()
    }
    csrf = who.csrf if csrf is None else csrf
    headers = {"idempotency-key": key, "sec-fetch-site": "same-origin"}
    if body.guard == "header":
        headers["x-csrf-token"] = csrf
    if body.guard in ("form", "session form"):
        fields["csrf"] = csrf
    if body.guard == "form":
        fields["enrollment"] = str(who.told_enrollment or "") if acting is None else acting
    if body.form == "json":
        return {"headers": headers, "json": fields}
    if body.form == "file":
        return {"headers": headers, "data": fields, "files": {"file": ("claims.x12", b"no claim file at all " * 10)}}
    return {"headers": headers, **({"data": fields} if body.form == "urlencoded" else {})}
