"""Remittances for people: the list, one payment, one claim of it with every reason in words, the file and the PDF."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from libs.common.ids import secret_text
from libs.common.security.permissions import CLAIM_STATUS, REDETERMINATION_READ, REMITTANCE_READ
from libs.common.web import forms
from libs.common.web.pages import PAGE_SIZE, Column, Listing, render
from libs.common.web.permit import Permit, check_form, permitted
from services.remittance.advice import repository
from services.remittance.advice.domain import method_words, outcome_of
from services.remittance.advice.handlers import (
    download,
    explained,
    explained_lines,
    explained_remarks,
    found,
    found_claim,
    patient,
    statement,
)
from services.remittance.advice.repository import Claim

router = APIRouter()

REMITTANCES = "/remittance"
_MOST_FOUND = 50
_COLUMNS = (
    Column("Payment"),
    Column("Issued"),
    Column("How"),
    Column("Claims", number=True),
    Column("Paid", number=True),
)
_CLAIM_COLUMNS = (
    Column("Claim"),
    Column("Patient control number"),
    Column("Outcome"),
    Column("Service"),
    Column("Charge", number=True),
    Column("Paid", number=True),
    Column("Patient owes", number=True),
)
_NONE = (
    "No remittance has come for this NPI and PTAN yet. A paid claim is remitted on the 14th day after its receipt"
    " (payment floor)."
)
_NOT_ONE = (
    "No remitted claim has this number for the NPI and PTAN you act for. Check the number, or change for whom you act."
)


@router.get(REMITTANCES)
async def remittances(
    request: Request,
    permit: Annotated[Permit, permitted(REMITTANCE_READ)],
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> HTMLResponse:
    """The remittances of the enrollment acted for, the newest first."""
    enrollment_id = permit.enrollment.enrollment_id
    total, rows = await repository.newest(permit.work, enrollment_id, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    permit.work.audit("list", "remittances", enrollment_id)
    context = {
        "search": forms.Form(),
        "listing": Listing("remittance", _COLUMNS, total, REMITTANCES, _NONE, page=page),
        "rows": [(each, method_words(each.method)) for each in rows],
        "idempotency_key": secret_text(),
    }
    return render(request, "remittance/advice/remittances.html", context)


@router.post(REMITTANCES + "/search")
async def search(
    request: Request,
    permit: Annotated[Permit, permitted(REMITTANCE_READ)],
    number: Annotated[str, Form(max_length=60)] = "",
    csrf: Annotated[str, Form()] = "",
    enrollment: Annotated[str, Form()] = "",
) -> Response:
    """Find what was remitted for a claim, by its ICN or the provider's own number. One opens; several are listed."""
    check_form(permit, csrf=csrf, enrollment=enrollment)
    wanted = number.strip()
    form = forms.Form({"number": number})
    rows: list[Claim] = []
    if wanted:
        enrollment_id = permit.enrollment.enrollment_id
        rows = await repository.by_number(permit.work, enrollment_id, wanted, limit=_MOST_FOUND)
        permit.work.audit("search", "remittances", enrollment_id)
    else:
        form = form.with_error("number", "Write an ICN or a patient control number.")
    if len(rows) == 1:
        return RedirectResponse(_address(rows[0]), 303)
    context = {
        "search": form,
        "listing": Listing("claim", _CLAIM_COLUMNS, len(rows), REMITTANCES, _NOT_ONE),
        "rows": [_row(each) for each in rows],
        "crumbs": (("Remittances", REMITTANCES),),
        "idempotency_key": secret_text(),
    }
    return render(request, "remittance/advice/found.html", context, status_code=422 if form.errors else 200)


def _address(claim: Claim) -> str:
    return f"{REMITTANCES}/{claim.remittance_id}/claims/{claim.number}"


def _row(claim: Claim) -> tuple[Claim, str, str, str]:
    kind, words, _ = outcome_of(claim.status, claim.paid_cents, claim.remarks)
    return claim, _address(claim), kind, words


@router.get(REMITTANCES + "/{remittance_id}")
async def remittance(
    request: Request,
    permit: Annotated[Permit, permitted(REMITTANCE_READ)],
    remittance_id: str,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> HTMLResponse:
    """One payment: how much, how, when, what was taken from it, and its claims."""
    one = await found(permit, remittance_id)
    permit.work.audit("read", "remittance", one.remittance_id)
    claims = await repository.claims_of(permit.work, one.remittance_id, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    context = {
        "remittance": one,
        "method": method_words(one.method),
        "listing": Listing(
            "claim", _CLAIM_COLUMNS, one.claims, f"{REMITTANCES}/{one.remittance_id}", "It names no claim.", page=page
        ),
        "rows": [_row(each) for each in claims],
        "crumbs": (("Remittances", REMITTANCES),),
    }
    return render(request, "remittance/advice/remittance.html", context)


@router.get(REMITTANCES + "/{remittance_id}/835")
async def file(permit: Annotated[Permit, permitted(REMITTANCE_READ)], remittance_id: str) -> Response:
    """The remittance as the X12 file it is."""
    return await download(permit, remittance_id)


@router.get(REMITTANCES + "/{remittance_id}/pdf")
async def document(permit: Annotated[Permit, permitted(REMITTANCE_READ)], remittance_id: str) -> Response:
    """The remittance as a tagged PDF."""
    one = await found(permit, remittance_id)
    return Response(
        await statement(permit.work, one),
        media_type="application/pdf",
        headers={"content-disposition": f'attachment; filename="{one.trace_number}.pdf"'},
    )


@router.get(REMITTANCES + "/{remittance_id}/claims/{number}")
async def claim(
    request: Request,
    permit: Annotated[Permit, permitted(REMITTANCE_READ)],
    remittance_id: str,
    number: Annotated[int, Path(ge=1, le=10_000_000)],
) -> HTMLResponse:
    """One claim of a remittance: what was paid, each reason in words, and what may be done about it."""
    one, found_one = await found_claim(permit, remittance_id, number)
    work = permit.work
    work.audit("read", "remitted-claim", f"{one.remittance_id}:{number}")
    lines = await repository.lines_of(work, one.remittance_id, [number])
    kind, words, meaning = outcome_of(found_one.status, found_one.paid_cents, found_one.remarks)
    return render(
        request,
        "remittance/advice/claim.html",
        {
            "remittance": one,
            "claim": found_one,
            "patient": patient(work, found_one),
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
