"""Remittances for people: the list, one payment, one claim of it with every reason in words, the file and the PDF."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, BeforeValidator, Field

from libs.common.appeal_deadlines import redetermination_until
from libs.common.documents.kinds import PDF
from libs.common.errors import Rejected
from libs.common.ids import secret_text
from libs.common.money import format_dollars, parse_cents
from libs.common.persistence.paging import Page, Place, whole
from libs.common.security.permissions import CLAIM_STATUS, REDETERMINATION_READ, REMITTANCE_READ
from libs.common.web import forms
from libs.common.web.downloads import download_made
from libs.common.web.formats import day
from libs.common.web.pages import render, text
from libs.common.web.paging import Around, Column, Listing, batches, csv_file
from libs.common.web.permit import Admission, Permit, admitted, permitted
from libs.common.web.permitted_form import PermittedForm, permitted_form
from libs.common.web.saved_filters import FilteredList
from services.remittance.advice import repository
from services.remittance.advice.domain import REVERSED, outcome_words
from services.remittance.advice.repository import Claim, Remittance, RemittanceFilter
from services.remittance.advice.views import claim_or_404, details, download, found, found_newest
from services.remittance.statement.views import parts, statement
from services.remittance.wording.views import (
    beside_summaries,
    explained,
    explained_adjustments,
    explained_facts,
    explained_lines,
    explained_remarks,
    method_words,
    status_words,
    summaries,
)

router = APIRouter()

REMITTANCES = "/remittance"
_MAX_FOUND = 50
_COLUMNS = (
    Column("Payment"),
    Column("Issued"),
    Column("How"),
    Column("Claims", number=True),
    Column("Paid", number=True),
)
_CLAIM_COLUMNS = (
    Column("Claim"),
    Column("Patient"),
    Column("Patient control number"),
    Column("Outcome"),
    Column("Service"),
    Column("Charge", number=True),
    Column("Allowed", number=True),
    Column("Paid", number=True),
    Column("Patient owes", number=True),
)
_NONE = (
    "No remittance has come for this NPI and PTAN yet. A paid claim is remitted on the 14th day after its receipt"
    " (payment floor)."
)
_NONE_MATCHES = "No remittance matches. Change the number, the days or the amount, or clear them."
_NOT_YET = (
    "No remittance advice for this claim has come yet. It comes once the payment floor has passed, also for a denied"
    " claim."
)
_NOT_ONE = (
    "No remitted claim has this number for the NPI and PTAN you act for. Check the number, or choose another provider."
)

_LIST = FilteredList(
    REMITTANCES,
    {
        "trace_number": "Check or EFT number {}".format,
        "issued_from": "Issued from {}".format,
        "issued_to": "Issued to {}".format,
        "amount": "Amount {}".format,
    },
)
_LIST.add_routes(router, REMITTANCE_READ)


def _cents(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return parse_cents(value.replace("$", "").replace(",", ""))
    except ValueError as error:
        raise ValueError("Enter the amount in dollars and cents, for example 1,234.50.") from error


class _Filter(BaseModel):
    """The filter of the list, as it is typed."""

    trace_number: Annotated[str, Field(title="Check or EFT number", max_length=50)] = ""
    issued_from: Annotated[forms.Day | None, Field(title="Issued from")] = None
    issued_to: Annotated[forms.Day | None, Field(title="Issued to")] = None
    amount: Annotated[int | None, BeforeValidator(_cents), Field(title="Amount")] = None


def _wanted(request: Request) -> tuple[forms.Form, RemittanceFilter]:
    """The filter as it was typed, and as it is used."""
    value, form = forms.check(_Filter, request.query_params)
    asked = value or _Filter()
    return form, RemittanceFilter(asked.trace_number, asked.issued_from, asked.issued_to, asked.amount)


@router.get(REMITTANCES)
async def remittances(
    request: Request, permit: Annotated[Permit, permitted(REMITTANCE_READ)], place: Around
) -> HTMLResponse:
    """The remittances of the enrollment acted for, the newest first; those asked for by number, day or amount."""
    enrollment_id = permit.enrollment.enrollment_id
    form, wanted = _wanted(request)
    page = await repository.newest(permit.work, enrollment_id, wanted, place)
    permit.work.audit("list", "remittances", enrollment_id)
    filters = {name: typed for name, typed in form.typed.items() if typed and name not in form.errors}
    empty = _NONE_MATCHES if filters else _NONE
    context = {
        "search": forms.Form(),
        "filter": form,
        "listing": Listing(
            "remittance",
            _COLUMNS,
            page,
            REMITTANCES,
            empty,
            filters=filters,
            csv=f"{REMITTANCES}/list.csv",
            saved=await _LIST.saved(permit),
        ),
        "rows": [(each, method_words(each.method)) for each in page.rows],
        "idempotency_key": secret_text(),
    }
    return render(request, "remittance/advice/remittances.html", context)


@router.get(REMITTANCES + "/list.csv")
async def remittances_file(request: Request, admission: Annotated[Admission, admitted(REMITTANCE_READ)]) -> Response:
    """All rows of the list as a file for a spreadsheet."""
    _, wanted = _wanted(request)
    async with admission.open() as permit:
        permit.work.audit("download", "remittances", permit.enrollment.enrollment_id)

    async def some(permit: Permit, place: Place) -> Page[Remittance]:
        return await repository.newest(permit.work, permit.enrollment.enrollment_id, wanted, place)

    rows = ([_in_file(each) for each in some_rows] async for some_rows in batches(admission, some))
    return csv_file("remittances.csv", [column.label for column in _COLUMNS], rows)


def _in_file(one: Remittance) -> Sequence[str]:
    method, paid = method_words(one.method), format_dollars(one.paid_cents)
    return one.trace_number, day(one.issued_on), method, str(one.claims), paid


class NumberForm(BaseModel):
    """A claim's number: the contractor's or the provider's own."""

    number: str = Field(
        title="Number", max_length=60, json_schema_extra={"correction": "Enter an ICN or a patient control number."}
    )


async def _search_again(request: Request, permit: Permit, form: forms.Form) -> HTMLResponse:
    return await _found_page(request, permit, form, [])


@router.post(REMITTANCES + "/search")
async def search(
    request: Request,
    form: Annotated[PermittedForm[NumberForm], permitted_form(REMITTANCE_READ, NumberForm, page=_search_again)],
) -> Response:
    """Find what was remitted for a claim, by its ICN or the provider's own number. One opens; several are listed."""
    async with form.open() as permit:
        enrollment_id = permit.enrollment.enrollment_id
        rows = await repository.by_number(permit.work, enrollment_id, form.value.number, limit=_MAX_FOUND)
        permit.work.audit("search", "remittances", enrollment_id)
        if len(rows) == 1:
            return RedirectResponse(_address(rows[0]), 303)
        return await _found_page(request, permit, form.form, rows)


async def _found_page(request: Request, permit: Permit, form: forms.Form, rows: list[Claim]) -> HTMLResponse:
    context = {
        "search": form,
        "listing": Listing("claim", _CLAIM_COLUMNS, whole(rows), REMITTANCES, _NOT_ONE),
        "rows": await _rows(permit, rows),
        "crumbs": (("Remittances", REMITTANCES),),
        "idempotency_key": secret_text(),
    }
    return render(request, "remittance/advice/found.html", context)


@router.get(REMITTANCES + "/of-claim/{claim_id}")
async def of_claim(permit: Annotated[Permit, permitted(REMITTANCE_READ)], claim_id: str) -> Response:
    """The newest remittance of a claim, for pages that know the claim only."""
    claim = await _newest(permit, claim_id)
    permit.work.audit("search", "remittances", permit.enrollment.enrollment_id)
    return RedirectResponse(_address(claim), 303)


@router.get(REMITTANCES + "/of-claim/{claim_id}/lines")
async def lines_of_claim(
    request: Request, permit: Annotated[Permit, permitted(REMITTANCE_READ)], claim_id: str
) -> Response:
    """How a claim was paid line by line, as the middle of another page; asked for by itself, the remitted claim."""
    if not request.headers.get("hx-request"):
        return await of_claim(permit, claim_id)
    claim = await _newest(permit, claim_id)
    one = await found(permit, str(claim.remittance_id))
    permit.work.audit("read", "remitted-claim", f"{one.remittance_id}:{claim.number}")
    lines = await repository.lines_of(permit.work, one.remittance_id, [claim.number])
    context = {
        "frame": request.state.frame,
        "path": request.url.path,
        "remittance": one,
        "claim": claim,
        "address": _address(claim),
        "reasons": explained(claim.adjustments),
        "remarks": explained_remarks(claim.remarks),
        "lines": explained_lines(lines.get(claim.number, [])),
    }
    return HTMLResponse(text("remittance/advice/lines_part.html", context))


async def _newest(permit: Permit, claim_id: str) -> Claim:
    try:
        return await found_newest(permit, claim_id)
    except Rejected as unknown:
        raise Rejected(unknown.code, _NOT_YET, unknown.status) from unknown


def _address(claim: Claim) -> str:
    return _place(claim.remittance_id, claim.number)


def _place(remittance_id: UUID, number: int) -> str:
    return f"{REMITTANCES}/{remittance_id}/claims/{number}"


@dataclass(frozen=True, slots=True)
class _Row:
    """A remitted claim as lists show it."""

    claim: Claim
    address: str
    patient: str
    kind: str
    words: str


async def _rows(permit: Permit, claims: Sequence[Claim]) -> list[_Row]:
    corrections = await repository.corrections(permit.work, permit.enrollment.enrollment_id, claims)
    rows = []
    for claim in claims:
        is_corrected = (claim.remittance_id, claim.number) in corrections
        kind, words, _ = outcome_words(claim.outcome, claim.status, corrected=is_corrected)
        rows.append(_Row(claim, _address(claim), details(permit.work, claim).patient.name, kind, words))
    return rows


@router.get(REMITTANCES + "/{remittance_id}")
async def remittance(
    request: Request,
    permit: Annotated[Permit, permitted(REMITTANCE_READ)],
    remittance_id: str,
    place: Around,
) -> HTMLResponse:
    """One payment: how much, how, when, what was taken from it, and its claims."""
    one = await found(permit, remittance_id)
    permit.work.audit("read", "remittance", one.remittance_id)
    page = await repository.claims_of(permit.work, one.remittance_id, place)
    adjustments = explained_adjustments(one.provider_adjustments)
    context = {
        "remittance": one,
        "method": method_words(one.method),
        "totals": await repository.totals(permit.work, one.remittance_id),
        "adjustments": adjustments,
        "of_claims": await _addresses(permit, [each.claim_number for each in adjustments if each.claim_number]),
        "facts": beside_summaries(one.facts),
        "summaries": summaries(one.facts),
        "parts": parts(one),
        "appeal_by": redetermination_until(one.issued_on, permit.work.runtime.deployment.business_days),
        "listing": Listing("claim", _CLAIM_COLUMNS, page, f"{REMITTANCES}/{one.remittance_id}", "It names no claim."),
        "rows": await _rows(permit, page.rows),
        "crumbs": (("Remittances", REMITTANCES),),
    }
    return render(request, "remittance/advice/remittance.html", context)


async def _addresses(permit: Permit, numbers: Sequence[str]) -> dict[str, str]:
    """Where the claims under these ICNs are shown, as far as they were remitted."""
    found_at = await repository.addresses(permit.work, permit.enrollment.enrollment_id, numbers)
    return {icn: _place(remittance_id, number) for icn, (remittance_id, number) in found_at.items()}


@router.get(REMITTANCES + "/{remittance_id}/835")
async def file(permit: Annotated[Permit, permitted(REMITTANCE_READ)], remittance_id: str) -> Response:
    """The remittance as the X12 file it is."""
    return await download(permit, remittance_id)


@router.get(REMITTANCES + "/{remittance_id}/pdf")
async def document(
    permit: Annotated[Permit, permitted(REMITTANCE_READ)],
    remittance_id: str,
    part: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """The remittance as a tagged PDF; a long one in parts. Raises `Rejected` (404) for a part it does not have."""
    one = await found(permit, remittance_id)
    shown = parts(one)
    if part > len(shown):
        raise Rejected("not-found", f"This remittance has {len(shown)} parts as PDF.", status=404)
    name = one.trace_number if len(shown) == 1 else f"{one.trace_number}-{part}"
    return download_made(await statement(permit.work, one, part), name=f"{name}.pdf", media_type=PDF.media_type)


@router.get(REMITTANCES + "/{remittance_id}/claims/{number}")
async def claim(
    request: Request,
    permit: Annotated[Permit, permitted(REMITTANCE_READ)],
    remittance_id: str,
    number: Annotated[int, Path(ge=1, le=10_000_000)],
) -> HTMLResponse:
    """One claim of a remittance: what was paid, each reason in words, and what may be done about it."""
    return await _claim_page(request, permit, remittance_id, number, revealed=False)


@router.post(REMITTANCES + "/{remittance_id}/claims/{number}/reveal")
async def reveal(
    request: Request,
    form: Annotated[PermittedForm[forms.Pressed], permitted_form(REMITTANCE_READ, forms.Pressed)],
    remittance_id: str,
    number: Annotated[int, Path(ge=1, le=10_000_000)],
) -> HTMLResponse:
    """The same page with the whole Medicare numbers: asked for on purpose, and audited."""
    async with form.open() as permit:
        return await _claim_page(request, permit, remittance_id, number, revealed=True)


async def _claim_page(
    request: Request, permit: Permit, remittance_id: str, number: int, *, revealed: bool
) -> HTMLResponse:
    one, found_one = await claim_or_404(permit, remittance_id, number)
    work = permit.work
    work.audit("reveal-mbi" if revealed else "read", "remitted-claim", f"{one.remittance_id}:{number}")
    lines = await repository.lines_of(work, one.remittance_id, [number])
    correction = (await repository.corrections(work, one.enrollment_id, [found_one])).get((one.remittance_id, number))
    kind, words, meaning = outcome_words(found_one.outcome, found_one.status, corrected=correction is not None)
    icn = found_one.internal_control_number
    # A decision that was taken back without a new one leads to what took it back.
    newest = (await _addresses(permit, [icn])).get(icn)
    here = _place(one.remittance_id, number)
    said = details(work, found_one)
    return render(
        request,
        "remittance/advice/claim.html",
        {
            "remittance": one,
            "claim": found_one,
            "patient": said.patient,
            "status": status_words(found_one.status),
            "facts": explained_facts(said.facts, revealed=revealed),
            "revealed": revealed,
            "new_decision": _place(*correction) if correction else None,
            "reversal": None if correction or newest == here or found_one.outcome == REVERSED else newest,
            "idempotency_key": secret_text(),
            "kind": kind,
            "words": words,
            "meaning": meaning,
            "reasons": explained(found_one.adjustments),
            "remarks": explained_remarks(found_one.remarks),
            "lines": explained_lines(lines.get(number, [])),
            "may_appeal": permit.may(REDETERMINATION_READ),
            "may_see_claim": permit.may(CLAIM_STATUS),
            "crumbs": (("Remittances", REMITTANCES), (one.trace_number, f"{REMITTANCES}/{one.remittance_id}")),
        },
    )
