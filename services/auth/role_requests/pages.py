"""Requests for access: what one asks for oneself, and what administrators decide about."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, BeforeValidator, Field

from libs.common.errors import nothing_here
from libs.common.functions import NAMES
from libs.common.ids import secret_text
from libs.common.security.permissions import (
    CATALOG,
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
from services.auth.access.domain import ADMINISTRATORS, BUNDLES, GRANTABLE
from services.auth.organization_link.domain import REVIEW
from services.auth.role_requests import repository
from services.auth.role_requests.domain import DUAL, MANAGE, OF_CONTRACTOR, OWN, STATES, TO_DECIDE, may_remind
from services.auth.role_requests.domain import Request as AccessRequest
from services.auth.role_requests.handlers import (
    approve,
    approve_as_contractor,
    ask,
    refuse,
    refuse_as_contractor,
    remind,
    withdraw,
)
from services.auth.role_requests.tables import ANSWER, REASON, VERIFIED
from services.auth.settings import auth_settings

router = APIRouter()

NEW = f"{OWN}/new"
_OWN_COLUMNS = tuple(map(Column, ("Asked for", "NPI and PTAN", "Asked", "Status")))
_COLUMNS = tuple(map(Column, ("User", "Asked for", "NPI and PTAN", "Asked", "Status")))
_NEARLY = timedelta(minutes=1)

Npi = Annotated[str, BeforeValidator(lambda typed: str(typed).replace(" ", "").replace("-", ""))]


class AskForm(BaseModel):
    """What is asked for: a bundle, a single function, or `role` to manage users."""

    what: Annotated[str, Field(title="What you ask for", max_length=100)] = ""
    npi: Annotated[Npi, Field(title="NPI", max_length=20)] = ""
    ptan: Annotated[str, Field(title="PTAN", max_length=20)] = ""
    last_day: Annotated[Day | None, Field(title="Last day")] = None
    reason: Annotated[str, Field(title="What you need it for", max_length=500)] = ""


class AnswerForm(BaseModel):
    """Why a request is refused."""

    answer: Annotated[str, Field(title="Reason", max_length=500)] = ""


class VerifiedForm(BaseModel):
    """Whom of the organization the contractor called before it approved, and how."""

    verified: Annotated[str, Field(title="Whom you called, and how", max_length=500)] = ""


# ---- one's own -------------------------------------------------------------------------------------------------------


@router.get(OWN)
async def own(request: Request, permit: Annotated[Permit, permitted(OWN_ACCOUNT)], place: Around) -> HTMLResponse:
    """What one asked for, and what became of it."""
    work = permit.work
    page = await repository.of_user(work, permit.principal.user_id, place)
    work.audit("list", "access-requests", permit.principal.user_id)
    context = {
        "rows": page.rows,
        "listing": Listing("request", _OWN_COLUMNS, page, OWN, "You have asked for nothing yet."),
        "STATES": STATES,
        "new": NEW,
        "crumbs": (("Your account", "/auth"),),
    }
    return render(request, "auth/role_requests/own.html", context)


@router.get(NEW)
async def new(request: Request, permit: Annotated[Permit, permitted(OWN_ACCOUNT)]) -> HTMLResponse:
    """The form to ask for access."""
    acting = permit.facts.enrollment
    return await _ask_page(request, permit, Form({"npi": acting.npi, "ptan": acting.ptan} if acting else {}))


async def _ask_page(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    offered = permit.work.runtime.deployment.offered
    single = sorted((NAMES[CATALOG[name].function], name) for name in GRANTABLE if CATALOG[name].function in offered)
    choices = [("", "Choose"), *((name, bundle.title) for name, bundle in BUNDLES.items())]
    choices += [(name, f"Only {title}") for title, name in single]
    user = permit.facts.user
    if permit.principal.role not in ADMINISTRATORS:
        choices.append((MANAGE, "Manage users, as an administrator"))
    elif user is not None and not user.dual_role:
        choices = [("", "Choose"), (DUAL, "Work with patient data too, as an administrator (dual role)")]
    context = {
        "form": form,
        "choices": choices,
        "days": auth_settings().request_days,
        "action": OWN,
        "idempotency_key": secret_text(),
        "crumbs": (("Your account", "/auth"), ("Requests for access", OWN)),
    }
    return render(request, "auth/role_requests/ask.html", context)


@router.post(OWN)
async def send(
    form: Annotated[PermittedForm[AskForm], permitted_form(OWN_ACCOUNT, AskForm, page=_ask_page)],
) -> RedirectResponse:
    """Ask for access."""
    value = form.value
    async with form.open() as permit:

        async def do() -> str:
            asked = await ask(
                permit, value.what, npi=value.npi, ptan=value.ptan, last_day=value.last_day, reason=value.reason
            )
            return f"{OWN}/{asked}"

        return await form.once(permit, do)


@router.get(OWN + "/{request_id}")
async def own_one(request: Request, permit: Annotated[Permit, permitted(OWN_ACCOUNT)], request_id: str) -> HTMLResponse:
    """One of one's own requests."""
    found = await repository.request(permit.work, opaque(request_id))
    if found is None or found.user_id != permit.principal.user_id:
        raise nothing_here()
    permit.work.audit("read", "access-request", found.request_id)
    context = {
        **_shown(permit, found),
        "own": True,
        "contractor": False,
        "may_remind": may_remind(found, permit.work.now, hours=auth_settings().reminder_hours),
        "action": f"{OWN}/{found.request_id}",
        "crumbs": (("Your account", "/auth"), ("Requests for access", OWN)),
    }
    return render(request, "auth/role_requests/request.html", context)


@router.post(OWN + "/{request_id}/remind")
async def send_reminder(
    form: Annotated[PermittedForm[Pressed], permitted_form(OWN_ACCOUNT, Pressed)], request_id: str
) -> RedirectResponse:
    """Have the administrators told again."""
    async with form.open() as permit:

        async def do() -> str:
            await remind(permit, opaque(request_id))
            return f"{OWN}/{request_id}"

        return await form.once(permit, do)


@router.post(OWN + "/{request_id}/withdraw")
async def take_back(
    form: Annotated[PermittedForm[Pressed], permitted_form(OWN_ACCOUNT, Pressed)], request_id: str
) -> RedirectResponse:
    """Take a request back."""
    async with form.open() as permit:

        async def do() -> str:
            await withdraw(permit, opaque(request_id))
            return f"{OWN}/{request_id}"

        return await form.once(permit, do)


# ---- to decide -------------------------------------------------------------------------------------------------------


@router.get(TO_DECIDE)
async def to_decide(request: Request, permit: Annotated[Permit, permitted(USERS_READ)], place: Around) -> HTMLResponse:
    """What the users of the organization asked for: those that wait, and what became of the others."""
    work, organization_id = permit.work, permit.principal.organization_id
    page = await repository.of_organization(work, organization_id, place)
    work.audit("list", "access-requests", organization_id)
    facts = permit.facts.organization
    context = {
        "rows": page.rows,
        "waiting": facts.access_requests if facts else 0,
        "listing": Listing("request", _COLUMNS, page, TO_DECIDE, "Nobody has asked for access yet."),
        "STATES": STATES,
        "days": auth_settings().request_days,
        "crumbs": (),
    }
    return render(request, "auth/role_requests/to_decide.html", context)


@router.get(TO_DECIDE + "/{request_id}")
async def one(request: Request, permit: Annotated[Permit, permitted(USERS_READ)], request_id: str) -> HTMLResponse:
    """One request of the organization, to decide about."""
    found = await _of_organization(permit, opaque(request_id))
    permit.work.audit("read", "access-request", found.request_id)
    return _decide_page(request, permit, found, Form())


async def _again(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    return _decide_page(
        request, permit, await _of_organization(permit, opaque(request.path_params["request_id"])), form
    )


def _decide_page(request: Request, permit: Permit, found: AccessRequest, form: Form) -> HTMLResponse:
    return _deciding(request, permit, found, form, ("Requests for access", TO_DECIDE), TO_DECIDE, USERS_MANAGE)


def _deciding(
    request: Request,
    permit: Permit,
    found: AccessRequest,
    form: Form,
    above: tuple[str, str],
    path: str,
    permission: Permission,
) -> HTMLResponse:
    path = f"{path}/{found.request_id}"
    context = {
        **_shown(permit, found),
        "own": False,
        "myself": found.user_id == permit.principal.user_id,
        "contractor": permission is ORGANIZATION_DECIDE,
        "form": form,
        "fresh": permit.is_fresh(permission, _NEARLY),
        "step_up": fresh_code(path),
        "action": path,
        "crumbs": (above,),
    }
    return render(request, "auth/role_requests/request.html", context)


@router.post(TO_DECIDE + "/{request_id}/approve")
async def send_approval(
    form: Annotated[PermittedForm[Pressed], permitted_form(USERS_MANAGE, Pressed)], request_id: str
) -> RedirectResponse:
    """Give what was asked for."""
    async with form.open() as permit:

        async def do() -> str:
            await approve(permit, opaque(request_id))
            return f"{TO_DECIDE}/{request_id}"

        return await form.once(permit, do)


@router.post(TO_DECIDE + "/{request_id}/refuse")
async def send_refusal(
    form: Annotated[PermittedForm[AnswerForm], permitted_form(USERS_MANAGE, AnswerForm, page=_again)],
    request_id: str,
) -> RedirectResponse:
    """Refuse what was asked for, and say why."""
    async with form.open() as permit:

        async def do() -> str:
            await refuse(permit, opaque(request_id), form.value.answer)
            return f"{TO_DECIDE}/{request_id}"

        return await form.once(permit, do)


# ---- to decide for the contractor ------------------------------------------------------------------------------------


@router.get(OF_CONTRACTOR + "/{request_id}")
async def contractors_one(
    request: Request, permit: Annotated[Permit, permitted(ORGANIZATION_REVIEW)], request_id: str
) -> HTMLResponse:
    """One request of an organization without another administrator, to decide about."""
    return await _contractors_page(request, permit, Form(), request_id)


async def _contractors_page(request: Request, permit: Permit, form: Form, request_id: str) -> HTMLResponse:
    found = await repository.request(permit.work, opaque(request_id))
    if found is None or not found.for_contractor:
        raise nothing_here()
    permit.work.audit("read", "access-request", found.request_id)
    return _deciding(
        request, permit, found, form, ("Organization requests", REVIEW), OF_CONTRACTOR, ORGANIZATION_DECIDE
    )


async def _contractors_again(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    return await _contractors_page(request, permit, form, request.path_params["request_id"])


@router.post(OF_CONTRACTOR + "/{request_id}/approve")
async def send_contractors_approval(
    form: Annotated[
        PermittedForm[VerifiedForm], permitted_form(ORGANIZATION_DECIDE, VerifiedForm, page=_contractors_again)
    ],
    request_id: str,
) -> RedirectResponse:
    """Give what was asked for, after a call to the organization."""
    async with form.open() as permit:

        async def do() -> str:
            await approve_as_contractor(permit, opaque(request_id), form.value.verified)
            return f"{OF_CONTRACTOR}/{request_id}"

        return await form.once(permit, do)


@router.post(OF_CONTRACTOR + "/{request_id}/refuse")
async def send_contractors_refusal(
    form: Annotated[
        PermittedForm[AnswerForm], permitted_form(ORGANIZATION_DECIDE, AnswerForm, page=_contractors_again)
    ],
    request_id: str,
) -> RedirectResponse:
    """Refuse what was asked for, and say why."""
    async with form.open() as permit:

        async def do() -> str:
            await refuse_as_contractor(permit, opaque(request_id), form.value.answer)
            return f"{OF_CONTRACTOR}/{request_id}"

        return await form.once(permit, do)


async def _of_organization(permit: Permit, request_id: UUID) -> AccessRequest:
    found = await repository.request(permit.work, request_id)
    if found is None or found.organization_id != permit.principal.organization_id:
        raise nothing_here()
    return found


def _shown(permit: Permit, found: AccessRequest) -> dict[str, object]:
    keys = permit.work.runtime.keys
    return {
        "one": found,
        "status": STATES[found.state],
        "reason": REASON.open(keys, found.reason, found.request_id),
        "answer": ANSWER.open(keys, found.answer, found.request_id) if found.answer else "",
        "verified": VERIFIED.open(keys, found.verified, found.request_id) if found.verified else "",
        "hours": auth_settings().reminder_hours,
        "idempotency_key": secret_text(),
    }
