"""The contractor's own staff, for security officers: who belongs to it, and what two of them change together."""

from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import AfterValidator, BaseModel, Field

from libs.common.errors import nothing_here
from libs.common.ids import secret_text
from libs.common.security.permissions import STAFF_MANAGE, STAFF_READ
from libs.common.web.forms import Form, Pressed, Ticket, Why
from libs.common.web.pages import render
from libs.common.web.paging import Around, Column, Listing
from libs.common.web.permit import Permit, fresh_code, opaque, permitted
from libs.common.web.permitted_form import PermittedForm, permitted_form
from services.auth.access import repository as access
from services.auth.back_office.domain import ROLES
from services.auth.back_office.pages import ACCOUNTS, DESK
from services.auth.registration.domain import LOGIN_RULE, normal_login
from services.auth.settings import auth_settings
from services.auth.staff import handlers, repository
from services.auth.staff.domain import NewMember, Verdict

router = APIRouter()

STAFF = f"{DESK}/staff"
REQUESTS, MEMBERS, NEW = f"{STAFF}/requests", f"{STAFF}/members", f"{STAFF}/new"
_COLUMNS = tuple(map(Column, ("Name", "User ID", "Role", "Account")))
_NEARLY = timedelta(minutes=1)
_OPTIONS = list(ROLES.items())

StaffRole = Annotated[
    Literal["MAC_CSR", "MAC_EDI", "MAC_SECURITY", "MAC_AUDITOR", "PORTAL_OPERATOR", "APPEALS_REVIEWER"],
    Field(title="Role"),
]


class MemberForm(BaseModel):
    """Who is to belong to the staff, and why."""

    name: str = Field(title="Name", min_length=3, max_length=100)
    email: str = Field(
        title="Email address",
        max_length=254,
        pattern=r"^[^\s@<>,;:\"()]+@[^\s@<>,;:\"()]+\.[^\s@<>,;:\"()]+$",
        json_schema_extra={"correction": "Enter an email address such as name@example.com."},
    )
    login: Annotated[str, AfterValidator(normal_login)] = Field(title="User ID", min_length=1, max_length=30)
    staff_role: StaffRole
    reason: Why


class RoleForm(BaseModel):
    """Which role somebody is to have for good, and why."""

    staff_role: StaffRole
    reason: Why


class EndForm(BaseModel):
    """Why an account ends for good."""

    reason: Why
    ticket: Ticket
    confirmed: Literal["yes"] = Field(
        title="Confirmation", json_schema_extra={"correction": "Confirm that the account is to end for good."}
    )


class VerdictForm(BaseModel):
    """Whether what another person asked for is done."""

    staff_verdict: Verdict = Field(title="Decision")


@router.get(STAFF)
async def staff(request: Request, permit: Annotated[Permit, permitted(STAFF_READ)], place: Around) -> HTMLResponse:
    """Who belongs to the staff, and what waits for a decision."""
    work, principal = permit.work, permit.principal
    page = await access.members(work, principal.organization_id, place)
    since = work.now - timedelta(days=auth_settings().staff_request_days)
    work.audit("list", "staff", principal.organization_id)
    context = {
        "listing": Listing("member", _COLUMNS, page, STAFF, "Nobody.", plural="members"),
        "requests": await repository.open_requests(work, since),
        "me": principal.user_id,
        "roles": ROLES,
        "fresh": permit.is_fresh(STAFF_MANAGE, _NEARLY),
        "step_up": fresh_code(STAFF),
        "page": STAFF,
        "idempotency_key": secret_text(),
        "crumbs": (),
    }
    return render(request, "auth/staff/staff.html", context)


@router.get(NEW)
async def new_member(request: Request, permit: Annotated[Permit, permitted(STAFF_READ)]) -> HTMLResponse:
    """Ask for a new member of the staff."""
    return await _new(request, permit, Form())


async def _new(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    context = {
        "options": _OPTIONS,
        "rule": LOGIN_RULE,
        "fresh": permit.is_fresh(STAFF_MANAGE, _NEARLY),
        "step_up": fresh_code(NEW),
        "action": NEW,
        "back": STAFF,
        "form": form,
        "idempotency_key": secret_text(),
        "crumbs": (("Staff", STAFF),),
    }
    return render(request, "auth/staff/new.html", context)


@router.post(NEW)
async def ask_member(
    form: Annotated[PermittedForm[MemberForm], permitted_form(STAFF_MANAGE, MemberForm, page=_new)],
) -> RedirectResponse:
    """Ask for a new member of the staff; another security officer approves."""
    asked = form.value
    new = NewMember(" ".join(asked.name.split()), asked.email, asked.login)
    async with form.open() as permit:

        async def do() -> str:
            await handlers.ask_member(permit, new, asked.staff_role, asked.reason)
            return STAFF

        return await form.once(permit, do)


@router.post(REQUESTS + "/{request_id}")
async def decide(
    form: Annotated[PermittedForm[VerdictForm], permitted_form(STAFF_MANAGE, VerdictForm)], request_id: str
) -> RedirectResponse:
    """Approve or refuse what another security officer asked for."""
    async with form.open() as permit:

        async def do() -> str:
            await handlers.decide(permit, opaque(request_id), form.value.staff_verdict)
            return STAFF

        return await form.once(permit, do)


@router.post(REQUESTS + "/{request_id}/withdraw")
async def withdraw(
    form: Annotated[PermittedForm[Pressed], permitted_form(STAFF_READ, Pressed)], request_id: str
) -> RedirectResponse:
    """Take back what one asked for."""
    async with form.open() as permit:
        await handlers.withdraw(permit, opaque(request_id))
    return RedirectResponse(STAFF, status_code=303)


@router.get(MEMBERS + "/{user_id}")
async def member(request: Request, permit: Annotated[Permit, permitted(STAFF_READ)], user_id: str) -> HTMLResponse:
    """One member of the staff: another role, or the end of the account."""
    return await _member(request, permit, opaque(user_id), Form())


async def _member(request: Request, permit: Permit, user_id: UUID, form: Form) -> HTMLResponse:
    work = permit.work
    one = await access.member(work, user_id)
    if one is None or one.organization_id != permit.principal.organization_id or one.state == "removed":
        raise nothing_here()
    work.audit("read", "account", user_id)
    path = f"{MEMBERS}/{user_id}"
    context = {
        "member": one,
        "myself": user_id == permit.principal.user_id,
        "account": f"{ACCOUNTS}/{user_id}",
        "roles": ROLES,
        "options": _OPTIONS,
        "fresh": permit.is_fresh(STAFF_MANAGE, _NEARLY),
        "step_up": fresh_code(path),
        "path": path,
        "form": form,
        "idempotency_key": secret_text(),
        "crumbs": (("Staff", STAFF),),
    }
    return render(request, "auth/staff/member.html", context)


async def _member_again(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    return await _member(request, permit, opaque(request.path_params["user_id"]), form)


@router.post(MEMBERS + "/{user_id}/role")
async def ask_role(
    form: Annotated[PermittedForm[RoleForm], permitted_form(STAFF_MANAGE, RoleForm, page=_member_again)], user_id: str
) -> RedirectResponse:
    """Ask for another role of somebody, for good; another security officer approves."""
    about, asked = opaque(user_id), form.value
    async with form.open() as permit:

        async def do() -> str:
            await handlers.ask_role(permit, about, asked.staff_role, asked.reason)
            return STAFF

        return await form.once(permit, do)


@router.post(MEMBERS + "/{user_id}/end")
async def end(
    form: Annotated[PermittedForm[EndForm], permitted_form(STAFF_MANAGE, EndForm, page=_member_again)], user_id: str
) -> RedirectResponse:
    """End the account of somebody for good, at once."""
    about, asked = opaque(user_id), form.value
    async with form.open() as permit:

        async def do() -> str:
            await handlers.end(permit, about, reason=asked.reason, ticket=asked.ticket)
            return STAFF

        return await form.once(permit, do)
