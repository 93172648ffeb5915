"""A well-formed request for every route, so that what a test sees is the rule it asks about and not a missing field.

A route that changes something and has no line here fails the tests that walk all routes.
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


_GRANT = {"grant_enrollment": "{enrollment_id}", "permission": "claims.status", "idempotency_key": "{key}"}
_NEW_GRANT = {"enrollment_id": "{enrollment_id}", "permission": "claims.status"}
_RULES = {"version": "an old one", "accepted": "yes", "idempotency_key": "{key}"}
_CERTIFICATION = {"verdict": "certify", "seen": "what is not there"}
_APPEAL = {"claim_id": "{enrollment_id}", "lines": [1], "requester": "J. Doe", "explanation": "Needed."}
_RECONSIDERATION = {"appeal_id": "{enrollment_id}", "requester": "J. Doe", "explanation": "Needed."}
_QUESTION = {"mbi": "1EG4TE5MK73", "last_name": "Doe", "first_name": ""}
_ASSERTION = {"grant_type": "client_credentials", "client_assertion_type": "none", "client_assertion": "none"}

BODIES: Mapping[str, Body] = {
    "POST /sign-in": Body("origin", {"user_id": "nobody", "password": "nothing", "accepted": ""}),
    "POST /sign-in/code": Body("origin", {"code": "123 456"}),
    "POST /sign-out": Body("session form"),
    "POST /session/extend": Body("header", form="none"),
    "POST /session/acting": Body("session form", {"acting": "{enrollment_id}", "return_to": "/claims"}),
    "POST /session/step-up": Body("form", {"code": ""}),
    "POST /auth/rules-of-behavior": Body("form", _RULES),
    "POST /auth/users/recertification": Body("form", {"idempotency_key": "{key}"}),
    "POST /auth/users/{user_id}/grants/remove": Body("form", _GRANT),
    "POST /auth/users/{user_id}/grants/add": Body("form", _GRANT),
    "POST /api/auth/token": Body("bearer", _ASSERTION),
    "POST /api/auth/users/{user_id}/grants": Body("bearer", _NEW_GRANT, "json"),
    "DELETE /api/auth/users/{user_id}/grants/{enrollment_id}/{permission}": Body("bearer", form="none"),
    "POST /api/auth/users/{user_id}/enrollments/{enrollment_id}/recertification": Body(
        "bearer", _CERTIFICATION, "json"
    ),
    "POST /claims/submissions": Body("form", {"idempotency_key": "{key}"}, "file"),
    "POST /remittance/search": Body("form", {"number": "none such"}),
    "POST /remittance/{remittance_id}/claims/{number}/reveal": Body("form"),
    "POST /claims/search": Body("form", {"number": "none such"}),
    "POST /claims/{claim_id}/reveal": Body("form"),
    "POST /api/claims/submissions": Body("bearer", form="file"),
    "POST /appeals": Body("form", {"claim_id": "{enrollment_id}", "idempotency_key": "{key}"}, "file"),
    "POST /appeals/search": Body("form", {"number": "none such"}),
    "POST /appeals/documents": Body("form", {"appeal_id": "{enrollment_id}", "idempotency_key": "{key}"}, "file"),
    "POST /appeals/review/{appeal_id}": Body("form", {"idempotency_key": "{key}"}),
    "POST /appeals/reconsiderations": Body("form", _RECONSIDERATION | {"idempotency_key": "{key}"}, "file"),
    "POST /api/appeals": Body("bearer", _APPEAL, "json"),
    "POST /api/appeals/reconsiderations": Body("bearer", _RECONSIDERATION, "json"),
    "POST /api/appeals/documents": Body("bearer", {"appeal_id": "{enrollment_id}"}, "file"),
    "POST /eligibility/inquiries": Body("form", _QUESTION | {"idempotency_key": "{key}"}),
    "POST /api/eligibility/inquiries": Body("bearer", _QUESTION, "json"),
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
