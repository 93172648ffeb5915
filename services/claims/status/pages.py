"""Claims for people: the list, the search by number, and the claim with its answer first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, Field

from libs.common.ids import secret_text
from libs.common.money import format_dollars
from libs.common.persistence.paging import Order, Page, Place, order_of, whole
from libs.common.security.permissions import CLAIM_STATUS, CLAIM_SUBMIT, REDETERMINATION_READ, REMITTANCE_READ
from libs.common.web import forms
from libs.common.web.formats import day, diagnosis
from libs.common.web.pages import NextStep, render
from libs.common.web.paging import Around, Column, Listing, batches, csv_file
from libs.common.web.permit import Admission, Permit, admitted, permitted, runtime_of
from libs.common.web.permitted_form import PermittedForm, permitted_form
from libs.common.web.saved_filters import FilteredList
from libs.x12.code_sets import CODE_SETS
from services.claims.status import repository
from services.claims.status.domain import (
    STATES,
    Choice,
    LineStatements,
    Statement,
    choices_of,
    may_be_remitted,
    payment_is_due,
    state_words,
    what_next,
)
from services.claims.status.repository import ORDERS, Claim, ClaimFilter, ClaimRow, StatusStep
from services.claims.status.views import found, in_words, patient_in, rows_in_words, status_in_words

router = APIRouter()

CLAIMS = "/claims"
_MAX_FOUND = 50
_NEWEST_FIRST = "-received"
_COLUMNS = (
    Column("Claim, your number"),
    Column("Patient"),
    Column("Service", key="service"),
    Column("Status"),
    Column("Charge", key="charge", number=True),
    Column("Payment", number=True),
    Column("Finalized"),
    Column("Check or EFT"),
)
_FILE_COLUMNS = (
    "ICN",
    "Patient control number",
    "Status",
    "Received",
    "Service from",
    "Service to",
    "Charge",
    "Payment",
    "Payment date",
    "Finalized",
    "Check or EFT",
)
_NONE = "No claims match. Clear the filter, or look for a claim by its ICN or your patient control number."
_NONE_YET = "No claim was sent for this NPI and PTAN yet. Send a file of claims, or choose another provider."
_NOT_ONE = "No claim has this number for the NPI and PTAN you act for. Check the number, or choose another provider."
_LIST = FilteredList(
    CLAIMS,
    {
        "state": lambda value: STATES[value][1] if value in STATES else value,
        "service_from": "Service from {}".format,
        "service_to": "Service to {}".format,
        "received_from": "Received from {}".format,
        "received_to": "Received to {}".format,
    },
)
_LIST.add_routes(router, CLAIM_STATUS)

Sort = Annotated[str, Query(max_length=20)]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The filter as it was typed, and as it is used."""

    form: forms.Form
    filter: ClaimFilter
    sort: str
    order: Order

    @property
    def filters(self) -> dict[str, str]:
        return {name: value for name, value in self.form.typed.items() if value and name not in self.form.errors}


class _Filter(BaseModel):
    """The filter of the list, as it is typed."""

    state: str = ""
    received_from: Annotated[forms.Day | None, Field(title="Received from")] = None
    received_to: Annotated[forms.Day | None, Field(title="Received to")] = None
    service_from: Annotated[forms.Day | None, Field(title="Service from")] = None
    service_to: Annotated[forms.Day | None, Field(title="Service to")] = None


def _wanted(request: Request, sort: str) -> _Wanted:
    value, form = forms.check(_Filter, request.query_params)
    asked = value or _Filter()
    name, order = order_of(ORDERS, sort, _NEWEST_FIRST)
    return _Wanted(
        form,
        ClaimFilter(
            state=asked.state if asked.state in STATES else "",
            received_from=asked.received_from,
            received_to=asked.received_to,
            service_from=asked.service_from,
            service_to=asked.service_to,
        ),
        name,
        order,
    )


@router.get(CLAIMS)
async def claims(
    request: Request, permit: Annotated[Permit, permitted(CLAIM_STATUS)], place: Around, sort: Sort = _NEWEST_FIRST
) -> HTMLResponse:
    """The claims of the enrollment acted for, the newest first."""
    wanted = _wanted(request, sort)
    enrollment_id = permit.enrollment.enrollment_id
    page = await repository.listed(permit.work, enrollment_id, wanted.filter, place, wanted.order)
    permit.work.audit("list", "claims", enrollment_id)
    listing = Listing(
        "claim",
        _COLUMNS,
        page,
        CLAIMS,
        _NONE if wanted.filters else _NONE_YET,
        sort=wanted.sort,
        descending=wanted.order.descending,
        filters=wanted.filters,
        csv=f"{CLAIMS}/list.csv",
        saved=await _LIST.saved(permit),
    )
    return render(request, "claims/status/claims.html", _list_context(permit, wanted.form, listing, forms.Form()))


def _list_context(permit: Permit, form: forms.Form, listing: Listing, search: forms.Form) -> dict[str, object]:
    return {
        "filter": form,
        "search": search,
        "listing": listing,
        "rows": rows_in_words(permit.work, listing.page.rows),
        "states": [("", "Any"), *((state, words) for state, (_, words) in STATES.items())],
        "may_submit": permit.may(CLAIM_SUBMIT),
        "idempotency_key": secret_text(),
        "crumbs": (),
    }


@router.get(CLAIMS + "/list.csv")
async def claims_file(
    request: Request, admission: Annotated[Admission, admitted(CLAIM_STATUS)], sort: Sort = _NEWEST_FIRST
) -> Response:
    """All rows of the list as a file for a spreadsheet."""
    wanted = _wanted(request, sort)
    today = runtime_of(request).today
    async with admission.open() as permit:
        permit.work.audit("download", "claims", permit.enrollment.enrollment_id)

    async def some(permit: Permit, place: Place) -> Page[ClaimRow]:
        return await repository.listed(permit.work, permit.enrollment.enrollment_id, wanted.filter, place, wanted.order)

    rows = ([_in_file(each, today) for each in some_rows] async for some_rows in batches(admission, some))
    return csv_file("claims.csv", _FILE_COLUMNS, rows)


def _in_file(row: ClaimRow, today: date) -> Sequence[str]:
    return (
        row.internal_control_number or "",
        row.patient_control_number,
        state_words(row.state, row.pays_on, today)[1],
        day(row.received_on),
        _day(row.service_from),
        _day(row.service_to),
        format_dollars(row.total_charge_cents),
        "" if row.paid_cents is None else format_dollars(row.paid_cents),
        _day(row.pays_on),
        _day(row.finalized_on),
        row.check_number,
    )


def _day(value: date | None) -> str:
    return day(value) if value else ""


class NumberForm(BaseModel):
    """A claim's number: the contractor's or the provider's own."""

    number: str = Field(
        title="Number", max_length=60, json_schema_extra={"correction": "Enter an ICN or a patient control number."}
    )


async def _search_again(request: Request, permit: Permit, form: forms.Form) -> HTMLResponse:
    return await _found_page(request, permit, form, [])


@router.post(CLAIMS + "/search")
async def search(
    request: Request,
    form: Annotated[PermittedForm[NumberForm], permitted_form(CLAIM_STATUS, NumberForm, page=_search_again)],
) -> Response:
    """Find a claim by its ICN or the provider's own number. One match opens; several are listed."""
    async with form.open() as permit:
        enrollment_id = permit.enrollment.enrollment_id
        rows = await repository.by_number(permit.work, enrollment_id, form.value.number, limit=_MAX_FOUND)
        permit.work.audit("search", "claims", enrollment_id)
        if len(rows) == 1:
            return RedirectResponse(f"{CLAIMS}/{rows[0].claim_id}", 303)
        return await _found_page(request, permit, form.form, rows)


async def _found_page(request: Request, permit: Permit, form: forms.Form, rows: Sequence[ClaimRow]) -> HTMLResponse:
    columns = tuple(Column(each.label, number=each.number) for each in _COLUMNS)
    listing = Listing("claim", columns, whole(rows), CLAIMS, _NOT_ONE)
    context = _list_context(permit, forms.Form(), listing, form)
    return render(request, "claims/status/claims.html", context)


@router.get(CLAIMS + "/{claim_id}")
async def claim(request: Request, permit: Annotated[Permit, permitted(CLAIM_STATUS)], claim_id: str) -> HTMLResponse:
    """One claim: status in words and what happens next, what may be done, facts, lines, history."""
    one = await found(permit, claim_id)
    permit.work.audit("read", "claim", one.claim_id)
    return await _claim_page(request, permit, one, revealed=False)


@router.post(CLAIMS + "/{claim_id}/reveal")
async def reveal(
    request: Request,
    form: Annotated[PermittedForm[forms.Pressed], permitted_form(CLAIM_STATUS, forms.Pressed)],
    claim_id: str,
) -> HTMLResponse:
    """The same page with the whole Medicare number: asked for on purpose, and audited."""
    async with form.open() as permit:
        one = await found(permit, claim_id)
        permit.work.audit("reveal-mbi", "claim", one.claim_id)
        return await _claim_page(request, permit, one, revealed=True)


async def _claim_page(request: Request, permit: Permit, one: Claim, *, revealed: bool) -> HTMLResponse:
    work = permit.work
    today = work.runtime.today
    kind, words = state_words(one.state, one.pays_on, today)
    steps = await repository.steps(work, one.claim_id)
    context = {
        "claim": one,
        "kind": kind,
        "words": words,
        "next": what_next(one.state, one.pays_on, today, steps[0].effective_on if steps else None),
        "details": status_in_words(one, steps, today),
        "payment_is_due": payment_is_due(one.state, one.pays_on, today),
        "place": _with_words("pos", one.place_of_service, one.place_of_service),
        "bill_type": _with_words("type_of_bill", one.type_of_bill[:2], one.type_of_bill),
        "diagnoses": [diagnosis(code) for code in one.diagnoses.split()],
        "patient": patient_in(work, one),
        "revealed": revealed,
        "findings": (await repository.findings(work, [one.claim_id])).get(one.claim_id, []),
        "lines": await repository.lines(work, one.claim_id),
        "paid_at": _paid_at(one, today) if permit.may(REMITTANCE_READ) else "",
        "steps": [_step(each, today) for each in steps],
        "rights": [_right(each, one, permit) for each in choices_of(one.state, one.pays_on, today)],
        "may_submit": permit.may(CLAIM_SUBMIT),
        "idempotency_key": secret_text(),
        "crumbs": (("Claims", CLAIMS),),
    }
    return render(request, "claims/status/claim.html", context)


def _paid_at(one: Claim, today: date) -> str:
    """Where remittance says how each line was decided; nothing before that can be there."""
    return f"/remittance/of-claim/{one.claim_id}/lines" if may_be_remitted(one.state, one.pays_on, today) else ""


@dataclass(frozen=True, slots=True)
class _Step:
    """An answer of the shared system: its statements, and those about its lines, each with its statuses in words."""

    step: StatusStep
    statements: tuple[tuple[Statement, tuple[str, ...]], ...]
    lines: tuple[tuple[LineStatements, tuple[tuple[Statement, tuple[str, ...]], ...]], ...]


def _step(step: StatusStep, today: date) -> _Step:
    first = step.account.statements[:1]
    payment_on = first[0].payment_on if first else None

    def worded(statements: Sequence[Statement]) -> tuple[tuple[Statement, tuple[str, ...]], ...]:
        return tuple((each, in_words(each, today, each.payment_on or payment_on)) for each in statements)

    lines = tuple((line, worded(line.statements)) for line in step.account.lines)
    return _Step(step, worded(step.account.statements), lines)


def _with_words(code_set: str, code: str, written: str) -> tuple[str, str]:
    """A code as it was written, and what it stands for."""
    return written, CODE_SETS[code_set].words(code) or ""


_NEEDS = {
    "correct-and-resubmit": CLAIM_SUBMIT,
    "appeal-rights": REDETERMINATION_READ,
    "see-remittance": REMITTANCE_READ,
}
_NO_ACCESS = "You need access to this function. Your office's portal administrator can grant it."


def _right(choice: Choice, of: Claim, permit: Permit) -> NextStep:
    """What may be done, and where; the way there only for whom it is open to."""
    step = {
        "correct-and-resubmit": NextStep(
            "Correct it and send it again",
            "Send it as a new claim within one calendar year after the service. There is nothing to appeal.",
            "/claims/submissions",
        ),
        "send-records": NextStep("Send the records we asked for", "The request says where to send them and by when."),
        "appeal-rights": NextStep(
            "See what can be appealed",
            "Each line, by when and why. The time runs from the date of the remittance advice.",
            f"/appeals/claims/{of.claim_id}/rights",
        ),
        "see-remittance": NextStep(
            "See the remittance advice",
            "It gives each reason for what was paid.",
            f"/remittance/of-claim/{of.claim_id}",
        ),
    }[choice]
    needed = _NEEDS.get(choice)
    if needed is None or permit.may(needed):
        return step
    return replace(step, sentence=f"{step.sentence} {_NO_ACCESS}", path=None)
