"""The audit trail of a service for auditors: a search, the same for programs and as a file, and who saw one patient.

Every service has these routes (`app.py`), at `/<service>/audit`: each trail is asked in its own database, and one page
leads to the same search in the next. The search is audited too. A Medicare number comes by a form, never by an address.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from libs.common.audit.search import ACTIONS, KINDS, Concerned, Record, Wanted, disclosures, find
from libs.common.errors import Rejected
from libs.common.ids import secret_text
from libs.common.mbi import is_valid_mbi, normalize_mbi
from libs.common.persistence.paging import Page, Place
from libs.common.security.permissions import AUDIT_SEARCH
from libs.common.settings import SERVICES
from libs.common.web.forms import Day, Form, check
from libs.common.web.pages import render
from libs.common.web.paging import Around, Column, Following, Listed, Listing, batches, csv_file, listed
from libs.common.web.permit import Admission, Permit, admitted, permitted
from libs.common.web.permitted_form import PermittedForm, permitted_form

Outcome = Literal["", "done", "refused", "failed"]

_DAYS = timedelta(days=7)
_MOST = 1_000
_COLUMNS = tuple(map(Column, ("When", "Who", "What", "Object", "Outcome", "From")))
_NONE = "No record matches. Widen the days, or leave a field empty."
_FILE = (
    *("record", "at", "actor", "action", "object kind", "object", "outcome", "reason"),
    *("enrollment", "permission", "session", "address", "trace"),
)
_NO_NUMBER = "Enter the whole Medicare number: 11 letters and digits, as on the card."


class _Filter(BaseModel):
    """The search as it is typed."""

    since: Annotated[Day | None, Field(title="From")] = None
    until: Annotated[Day | None, Field(title="To")] = None
    actor: Annotated[str, Field(title="Who", max_length=80)] = ""
    action: Annotated[Literal["", *ACTIONS], Field(title="Action")] = ""  # type: ignore[valid-type]
    kind: Annotated[Literal["", *KINDS], Field(title="Kind of object")] = ""  # type: ignore[valid-type]
    object_id: Annotated[str, Field(title="Object", max_length=80)] = ""
    outcome: Annotated[Outcome, Field(title="Outcome")] = ""


class DisclosureForm(BaseModel):
    """Whose disclosures are asked for; `claims` are the ids of the patient's claims that another service told."""

    mbi: Annotated[str, BeforeValidator(lambda typed: normalize_mbi(str(typed))), Field(max_length=20)] = ""
    claims: Annotated[str, Field(max_length=200_000)] = ""


class RecordAnswer(BaseModel):
    """One audit record. `words` say what action and kind of object mean."""

    model_config = ConfigDict(from_attributes=True)

    audit_id: UUID
    at: datetime
    actor: str
    action: str
    object_kind: str
    object_id: str
    outcome: Literal["done", "refused", "failed"]
    reason: str
    enrollment_id: UUID | None
    permission: str
    session: str
    address: str
    trace_id: str
    words: str


class RecordsAnswer(Listed):
    """Some audit records, the newest first."""

    records: tuple[RecordAnswer, ...]


def audit_routes(service: str, concerned: Concerned | None) -> APIRouter:
    """The routes of one service. `concerned` says which of its objects are about a patient; None: none are."""
    router, path = APIRouter(), f"/{service}/audit"

    @router.get(path)
    async def search(
        request: Request, permit: Annotated[Permit, permitted(AUDIT_SEARCH)], place: Around
    ) -> HTMLResponse:
        """The records of this service, the newest first; those of the last week unless other days are asked for."""
        form, wanted = _wanted(request, permit)
        page = await _found(permit, wanted, place)
        permit.work.audit("search", "audit", service)
        filters = {name: typed for name, typed in form.typed.items() if typed and name not in form.errors}
        context = {
            "service": service,
            "form": form,
            "listing": Listing("record", _COLUMNS, page, path, _NONE, filters=filters, csv=f"{path}/list.csv"),
            "actions": [("", "Any"), *((each, each) for each in ACTIONS)],
            "kinds": [("", "Any"), *((each, each) for each in KINDS)],
            "others": [(each, f"/{each}/audit?{urlencode(filters)}") for each in SERVICES if each != service],
            "patients": f"{path}/disclosures" if concerned else "",
            "crumbs": (),
        }
        return render(request, "audit.html", context)

    @router.get(path + "/list.csv")
    async def as_file(request: Request, admission: Annotated[Admission, admitted(AUDIT_SEARCH)]) -> Response:
        """All records of the search as a file for a spreadsheet."""
        async with admission.open() as permit:
            _, wanted = _wanted(request, permit)
            permit.work.audit("download", "audit", service)

        async def some(permit: Permit, place: Place) -> Page[Record]:
            return await _found(permit, wanted, place)

        async def rows() -> AsyncIterator[Sequence[Sequence[object]]]:
            async for page in batches(admission, some):
                yield [_line(each) for each in page]

        return csv_file(f"audit-{service}.csv", _FILE, rows())

    @router.get(f"/api/{service}/audit")
    async def records(
        permit: Annotated[Permit, permitted(AUDIT_SEARCH)],
        place: Following,
        since: date | None = None,
        until: date | None = None,
        actor: Annotated[str, Query(max_length=80)] = "",
        action: Annotated[str, Query(max_length=40)] = "",
        kind: Annotated[str, Query(max_length=40)] = "",
        object_id: Annotated[str, Query(max_length=80)] = "",
        outcome: Outcome = "",
    ) -> RecordsAnswer:
        """The audit records of this service, the newest first; of the last week unless `since` and `until` say else."""
        today = permit.work.runtime.today
        first, last = since or (until or today) - _DAYS, until or today
        page = await _found(permit, Wanted(first, last, actor, action, kind, object_id, outcome), place)
        permit.work.audit("search", "audit", service)
        return RecordsAnswer(**listed(page), records=tuple(map(RecordAnswer.model_validate, page.rows)))

    if concerned is not None:
        _add_disclosures(router, service, concerned)
    return router


def _add_disclosures(router: APIRouter, service: str, concerned: Concerned) -> None:
    path = f"/{service}/audit/disclosures"

    @router.get(path)
    async def ask(request: Request, permit: Annotated[Permit, permitted(AUDIT_SEARCH)]) -> HTMLResponse:
        """The form: of which patient."""
        return await _again(request, permit, Form())

    async def _again(request: Request, permit: Permit, form: Form) -> HTMLResponse:
        permit.work.audit("search", "audit", service)
        return _page(request, service, form, None, ())

    @router.post(path)
    async def show(
        request: Request,
        form: Annotated[PermittedForm[DisclosureForm], permitted_form(AUDIT_SEARCH, DisclosureForm, page=_again)],
    ) -> HTMLResponse:
        """Who saw, printed or was sent what of the patient, and when."""
        if not is_valid_mbi(form.value.mbi):
            raise Rejected("form-invalid", _NO_NUMBER, fields={"mbi": _NO_NUMBER})
        try:
            claims = tuple(map(UUID, form.value.claims.split()))
        except ValueError:
            raise Rejected("form-invalid", "Begin at Claims again.", fields={"mbi": "Begin at Claims again."}) from None
        async with form.open() as permit:
            token = permit.work.runtime.keys.beneficiary_token(form.value.mbi)
            found = await disclosures(permit.work, concerned, token, claims, limit=_MOST)
            permit.work.audit("account", "disclosures", token)
            return _page(request, service, form.form, found.records, found.claims)


def _page(
    request: Request, service: str, form: Form, records: Sequence[Record] | None, claims: Sequence[UUID]
) -> HTMLResponse:
    context = {
        "service": service,
        "form": form,
        "records": records,
        "claims": " ".join(map(str, claims)),
        "others": [each for each in _WITH_PATIENTS if each != service],
        "most": _MOST,
        "idempotency_key": secret_text(),
        "crumbs": (("Audit", f"/{service}/audit"),),
    }
    return render(request, "disclosures.html", context)


_WITH_PATIENTS = ("claims", "eligibility", "remittance", "appeals")


def _wanted(request: Request, permit: Permit) -> tuple[Form, Wanted]:
    """The search as it was typed, and as it is used."""
    value, form = check(_Filter, request.query_params)
    asked = value or _Filter()
    today = permit.work.runtime.today
    first, last = asked.since or (asked.until or today) - _DAYS, asked.until or today
    return form, Wanted(first, last, asked.actor, asked.action, asked.kind, asked.object_id, asked.outcome)


async def _found(permit: Permit, wanted: Wanted, place: Place) -> Page[Record]:
    return await find(permit.work, wanted, place, permit.work.runtime.deployment.zone)


def _line(one: Record) -> tuple[Any, ...]:
    return (
        *(one.audit_id, one.at.isoformat(), one.actor, one.action, one.object_kind, one.object_id, one.outcome),
        *(one.reason, one.enrollment_id or "", one.permission, one.session, one.address, one.trace_id),
    )
