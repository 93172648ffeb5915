"""Pages of the organization link: asking for one's organization; deciding who becomes administrator, and who joins."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from libs.common.errors import Rejected, nothing_here
from libs.common.ids import secret_text
from libs.common.money import parse_cents
from libs.common.npi import is_valid_npi
from libs.common.persistence.paging import Place
from libs.common.security.permissions import (
    ORGANIZATION_DECIDE,
    ORGANIZATION_REVIEW,
    OWN_ACCOUNT,
    USERS_MANAGE,
    USERS_READ,
    Permission,
)
from libs.common.web.forms import Day, Form, Pressed
from libs.common.web.pages import render
from libs.common.web.paging import Around, Column, Listing
from libs.common.web.permit import Permit, fresh_code, opaque, permitted
from libs.common.web.permitted_form import PermittedForm, permitted_form
from services.auth.access import repository as access
from services.auth.organization_link import handlers, repository
from services.auth.organization_link.domain import AGREES, JOINING, ORGANIZATION, REASONS, REVIEW, Asked
from services.auth.organization_link.domain import Request as Asking
from services.auth.organization_link.tables import VERIFIED
from services.auth.organization_link.views import checked
from services.auth.registration.domain import APPLICANT
from services.auth.role_requests import repository as requests
from services.auth.role_requests.domain import Request as AccessRequest
from services.auth.settings import auth_settings

router = APIRouter()

_COLUMNS = tuple(map(Column, ("Name", "Organization", "Wants to be", "Asked on")))
_NEARLY = timedelta(minutes=1)
_CALLED = "Say whom of the organization you called, and how you found the number."
_DECLINE = "Say why, for the person to read: what does not agree, and what to do."


def _npi(value: str) -> str:
    if not is_valid_npi(value):
        raise ValueError("Check the NPI: it has 10 digits, and these do not agree with its check digit.")
    return value


def _cents(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return parse_cents(value.replace("$", "").replace(",", ""))
    except ValueError as error:
        raise ValueError("Enter the amount in dollars and cents, for example 1,234.50.") from error


def _digits(value: object) -> object:
    return value.replace("-", "").replace(" ", "") if isinstance(value, str) else value


def _upper(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


Npi = Annotated[str, BeforeValidator(_digits), AfterValidator(_npi)]
Ptan = Annotated[str, BeforeValidator(_upper), Field(min_length=1, max_length=20)]
TaxId = Annotated[
    str,
    BeforeValidator(_digits),
    Field(pattern=r"^[0-9]{9}$", json_schema_extra={"correction": "Enter the 9 digits of the TIN."}),
]
SubmitterId = Annotated[str, BeforeValidator(_upper), Field(min_length=2, max_length=15)]


class RequestForm(BaseModel):
    """Which organization is asked for, and what shows that one belongs to it: as much as its kind needs."""

    kind: Literal["provider", "vendor"] = Field(title="Kind of organization")
    wanted: Literal["administrator", "user"] = Field(title="What you want to be")
    npi: Npi | None = Field(default=None, title="NPI")
    ptan: Ptan | None = Field(default=None, title="PTAN")
    tax_id: TaxId | None = Field(
        default=None, title="TIN", json_schema_extra={"correction": "Enter the 9 digits of the TIN."}
    )
    submitter_id: SubmitterId | None = Field(default=None, title="Submitter ID")
    paid_amount: Annotated[int, BeforeValidator(_cents)] | None = Field(default=None, title="Amount of the payment")
    paid_on: Day | None = Field(default=None, title="Date of the payment")


_NEEDED: dict[tuple[str, str], tuple[str, ...]] = {
    ("provider", "administrator"): ("npi", "ptan", "tax_id", "submitter_id", "paid_amount", "paid_on"),
    ("provider", "user"): ("npi", "ptan", "tax_id"),
    ("vendor", "administrator"): ("submitter_id", "npi", "ptan"),
    ("vendor", "user"): ("submitter_id",),
}
_ENTER = {
    "npi": "Enter the NPI of the provider.",
    "ptan": "Enter the PTAN of the provider.",
    "tax_id": "Enter the TIN of the organization.",
    "submitter_id": "Enter the submitter ID.",
    "paid_amount": "Enter the amount of one payment of the last 90 days.",
    "paid_on": "Enter the date of that payment.",
}


@router.get(ORGANIZATION)
async def organization(request: Request, permit: Annotated[Permit, permitted(OWN_ACCOUNT)]) -> HTMLResponse:
    """What became of one's request; the form, for whoever belongs to no organization and has no open one."""
    return await _own(request, permit, Form({"kind": "provider", "wanted": "administrator"}))


async def _own(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    applicant = permit.principal.role == APPLICANT
    last = await repository.last_of(permit.work, permit.principal.user_id)
    context = {
        "form": form,
        "last": last,
        "asks": applicant and (last is None or last.state != "open"),
        "organization": None if applicant else permit.facts.organization,
        "days": auth_settings().payment_days,
        "kept_days": auth_settings().organization_request_days,
        "action": ORGANIZATION,
        "idempotency_key": secret_text(),
        "crumbs": (("Your account", "/auth"),),
    }
    return render(request, "auth/organization_link/organization.html", context)


@router.post(ORGANIZATION)
async def ask(
    form: Annotated[PermittedForm[RequestForm], permitted_form(OWN_ACCOUNT, RequestForm, page=_own)],
) -> RedirectResponse:
    """Ask for an organization."""
    value = form.value
    needed = _NEEDED[value.kind, value.wanted]
    if missing := {name: _ENTER[name] for name in needed if getattr(value, name) is None}:
        raise Rejected("form-invalid", " ".join(missing.values()), fields=missing)
    asked = Asked(
        kind=value.kind,
        wanted=value.wanted,
        npi=value.npi or "",
        ptan=value.ptan or "",
        tax_id=value.tax_id or "",
        submitter_id=value.submitter_id or "",
        paid_cents=value.paid_amount or 0,
        paid_on=value.paid_on,
    )
    async with form.open() as permit:
        accepted = await handlers.count(permit, asked.npi)
    if not accepted:
        raise handlers.limited()
    async with form.open() as permit:

        async def do() -> str:
            await handlers.ask(permit, asked)
            return ORGANIZATION

        return await form.once(permit, do)


@router.post(f"{ORGANIZATION}/withdraw")
async def withdraw(
    form: Annotated[PermittedForm[Pressed], permitted_form(OWN_ACCOUNT, Pressed)],
) -> RedirectResponse:
    """Withdraw one's open request."""
    async with form.open() as permit:
        await handlers.withdraw(permit)
    return RedirectResponse(ORGANIZATION, status_code=303)


@router.get(REVIEW)
async def review(
    request: Request, permit: Annotated[Permit, permitted(ORGANIZATION_REVIEW)], place: Around
) -> HTMLResponse:
    """Who asks to become an administrator: the contractor verifies each."""
    page = await repository.for_contractor(permit.work, place)
    unmanaged = await requests.for_contractor(permit.work, Place())
    permit.work.audit("list", "organization-requests", permit.principal.organization_id)
    listing = Listing("request", _COLUMNS, page, REVIEW, "Nobody asks to become administrator by registering.")
    return _queue(request, listing, REVIEW, unmanaged=unmanaged.rows)


@router.get(JOINING)
async def joining(request: Request, permit: Annotated[Permit, permitted(USERS_READ)], place: Around) -> HTMLResponse:
    """Who asks to join one's organization as a user."""
    organization_id = permit.principal.organization_id
    page = await repository.for_administrators(permit.work, organization_id, place)
    permit.work.audit("list", "organization-requests", organization_id)
    return _queue(request, Listing("request", _COLUMNS, page, JOINING, "Nobody asks to join."), JOINING)


def _queue(request: Request, listing: Listing, path: str, *, unmanaged: Sequence[AccessRequest] = ()) -> HTMLResponse:
    context = {
        "rows": listing.page.rows,
        "unmanaged": unmanaged,
        "listing": listing,
        "form": Form(),
        "address": path,
        "crumbs": (),
    }
    return render(request, "auth/organization_link/queue.html", context)


@router.get(REVIEW + "/{request_id}")
async def reviewed(
    request: Request, permit: Annotated[Permit, permitted(ORGANIZATION_REVIEW)], request_id: str
) -> HTMLResponse:
    """One request, with what agrees with PECOS and EDI enrollment."""
    return await _one(request, permit, await _of_contractor(permit, request_id), Form(), REVIEW, ORGANIZATION_DECIDE)


@router.get(JOINING + "/{request_id}")
async def joining_one(
    request: Request, permit: Annotated[Permit, permitted(USERS_READ)], request_id: str
) -> HTMLResponse:
    """One request to join."""
    return await _one(request, permit, await _of_administrator(permit, request_id), Form(), JOINING, USERS_MANAGE)


async def _one(
    request: Request, permit: Permit, asking: Asking, form: Form, path: str, deciding: Permission
) -> HTMLResponse:
    address = f"{path}/{asking.request_id}"
    permit.work.audit("read", "organization-request", asking.request_id)
    context = {
        "asking": asking,
        "form": form,
        "others": await access.administrators(permit.work, asking.organization_id),
        "fresh": permit.is_fresh(deciding, _NEARLY),
        "step_up": fresh_code(address),
        "action": f"{address}/decision",
        "contractor": path == REVIEW,
        "checks": [(AGREES[each], agrees, REASONS[each].what) for each, agrees in await checked(permit.work, asking)],
        "verified": VERIFIED.open(permit.work.runtime.keys, asking.verified, asking.request_id)
        if asking.verified
        else "",
        "idempotency_key": secret_text(),
        "crumbs": (("Organization requests" if path == REVIEW else "Requests to join", path),),
    }
    return render(request, "auth/organization_link/request.html", context)


class DecisionForm(BaseModel):
    """How it is decided; a refusal says why."""

    outcome: Literal["approved", "declined"] = Field(title="Decision")
    reason: str = Field(default="", title="Reason", max_length=500)
    verified: str = Field(default="", title="Whom you called, and how", max_length=500)


async def _review_again(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    asking = await _of_contractor(permit, request.path_params["request_id"])
    return await _one(request, permit, asking, form, REVIEW, ORGANIZATION_DECIDE)


@router.post(REVIEW + "/{request_id}/decision")
async def decide_review(
    form: Annotated[PermittedForm[DecisionForm], permitted_form(ORGANIZATION_DECIDE, DecisionForm, page=_review_again)],
    request_id: str,
) -> RedirectResponse:
    """Approve an administrator, or decline."""
    async with form.open() as permit:
        if form.value.outcome == "approved" and not form.value.verified:
            raise Rejected("form-invalid", _CALLED, fields={"verified": _CALLED})
        return await _decide(form, permit, await _of_contractor(permit, request_id), REVIEW)


async def _joining_again(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    asking = await _of_administrator(permit, request.path_params["request_id"])
    return await _one(request, permit, asking, form, JOINING, USERS_MANAGE)


@router.post(JOINING + "/{request_id}/decision")
async def decide_joining(
    form: Annotated[PermittedForm[DecisionForm], permitted_form(USERS_MANAGE, DecisionForm, page=_joining_again)],
    request_id: str,
) -> RedirectResponse:
    """Let a user join, or decline. What they may do is granted on their page then."""
    async with form.open() as permit:
        asking = await _of_administrator(permit, request_id)
        onward = f"/auth/users/{asking.user_id}" if form.value.outcome == "approved" else JOINING
        return await _decide(form, permit, asking, onward)


async def _decide(form: PermittedForm[DecisionForm], permit: Permit, asking: Asking, onward: str) -> RedirectResponse:
    value = form.value
    if value.outcome == "declined" and not value.reason:
        raise Rejected("form-invalid", _DECLINE, fields={"reason": _DECLINE})

    async def do() -> str:
        await handlers.decide(permit, asking, value.outcome, value.reason, value.verified)
        return onward

    return await form.once(permit, do)


async def _of_contractor(permit: Permit, request_id: str) -> Asking:
    asking = await repository.one(permit.work, opaque(request_id))
    if asking is None or asking.waits_for != "contractor":
        raise nothing_here()
    return asking


async def _of_administrator(permit: Permit, request_id: str) -> Asking:
    asking = await repository.one(permit.work, opaque(request_id))
    if (
        asking is None
        or asking.waits_for != "administrator"
        or asking.organization_id != permit.principal.organization_id
    ):
        raise nothing_here()
    return asking
