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

Guard = Literal["form", "session form", "bearer", "origin"]
"""What stands against forgery: the session's value and the enrollment; the session's value alone; nothing but the
bearer token, under /api; the origin, before there is a session."""

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
    "about": "{enrollment_id}",
    "accepted": "yes",
    "acting": "{enrollment_id}",
    "again": "nothing new",
    "appeal_id": "{enrollment_id}",
    "birth_date": "02/03/2999",
    "channel": "sms",
    "city": "Fernmoor",
    "claim_id": "{enrollment_id}",
    "claims": "",
    "client_assertion": "none",
    "client_assertion_type": "none",
    "code": "123 456",
    "confirmed": "yes",
    "consent": "yes",
    "dual_role": "yes",
    "credential": "{}",
    "decision": "approve",
    "deed": "unlock",
    "device_id": "{enrollment_id}",
    "device_name": "Office phone",
    "departure": "step-down",
    "effective": "2026-11-23",
    "email": "jo@example.example",
    "enrollment_id": "{enrollment_id}",
    "explanation": "Needed.",
    "file_verdict": "refuse",
    "first_name": "",
    "functions": ["F-07"],
    "grant_enrollment": "{enrollment_id}",
    "grant_type": "client_credentials",
    "hours": "1",
    "idempotency_key": "{key}",
    "kind": "vendor",
    "last_name": "Doe",
    "lines": [1],
    "login": "jo.doe.staff",
    "mbi": "1EG4TE5MK73",
    "modifiers": "NU",
    "name": "Front desk",
    "new_password": "nothing new",
    "npi": "2900000003",
    "number": "none such",
    "outcome": "approved",
    "password": "nothing",
    "permission": "claims.status",
    "phone": "202-555-0123",
    "postal_code": "45001",
    "privacy": "yes",
    "proof": "refused",
    "procedure": "E0601",
    "ptan": "MR1",
    "public_key": "none",
    "query": "state=filed&trace_number=1",
    "reason": "Asked for by phone.",
    "recovery_code": "AAAA-BBBB-CCCC-DDDD",
    "requester": "J. Doe",
    "return_to": "/claims",
    "signed_name": "Nobody",
    "role_verdict": "refuse",
    "tax_id": "001000001",
    "rows": "1EG4TE5MK73\tDoe\tJo",
    "schedule_id": "{enrollment_id}",
    "seen": "what is not there",
    "signer": "J. Doe",
    "ssn": "900001234",
    "staff_role": "MAC_AUDITOR",
    "staff_verdict": "refuse",
    "state": "OH",
    "street": "12 Lantern Lane",
    "submitter": "15004",
    "submitter_id": "NONE",
    "support_code": "R-2345-6789",
    "telephone": "614-555-0142",
    "ticket": "T-1001",
    "user_id": "nobody",
    "verdict": "certify",
    "version": "an old one",
    "wanted": "user",
    "what": "claims.status",
    "why": "left",
}
"""What a field of that name holds. A route is sent those it declares; a form is sent its idempotency key besides."""

_READ_BY_HAND: Mapping[str, Mapping[str, Any]] = {"POST /api/appeals/documents": {"appeal_id": "{enrollment_id}"}}
"""The fields that a route reads by itself, so that nobody but it knows their names."""


def _body(route: Route) -> Body:
    fields = {name: _SAMPLES[name] for name in route.fields if name in _SAMPLES}
    guard = _guard(route)
    if route.form and guard != "origin":
        fields["idempotency_key"] = _SAMPLES["idempotency_key"]
    fields |= _READ_BY_HAND.get(str(route), {})
    if route.upload:
        return Body(guard, fields, "file")
    if route.json:
        return Body(guard, fields, "json")
    return Body(guard, fields, "urlencoded" if fields or route.fields or route.form else "none")


def _guard(route: Route) -> Guard:
    if route.api:
        return "bearer"
    if route.permission is None:
        return "origin"
    return "form" if route.permission.needs_enrollment else "session form"


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
    if body.guard in ("form", "session form"):
        fields["csrf"] = csrf
    if body.guard == "form":
        fields["enrollment"] = str(who.told_enrollment or "") if acting is None else acting
    if body.form == "json":
        return {"headers": headers, "json": fields}
    if body.form == "file":
        return {"headers": headers, "data": fields, "files": {"file": ("claims.x12", b"no claim file at all " * 10)}}
    return {"headers": headers, **({"data": fields} if body.form == "urlencoded" else {})}
