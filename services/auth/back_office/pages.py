"""The back office for the contractor's staff: accounts of all organizations, looking as a user, roles for a time."""

from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, Field

from libs.common.errors import nothing_here
from libs.common.ids import secret_text
from libs.common.persistence.paging import Place
from libs.common.security.permissions import (
    DESK_HELP,
    DESK_READ,
    DESK_SECURE,
    ELEVATION,
    ELEVATION_ASK,
    ELEVATION_DECIDE,
    VIEW_AS,
    VIEW_AS_BEGIN,
)
from libs.common.web.forms import Form, Pressed, Ticket, Why
from libs.common.web.pages import render
from libs.common.web.paging import Around, Column, Listing
from libs.common.web.permit import Permit, fresh_code, opaque, permitted
from libs.common.web.permitted_form import PermittedForm, permitted_form
from services.auth.access import repository as access
from services.auth.back_office import handlers, repository
from services.auth.back_office.domain import DEEDS, END_VIEW, OPENS, PRIVILEGED, ROLES, Deed, HelpDeed, how_it_opens
from services.auth.settings import auth_settings

router = APIRouter()

DESK, ELEVATIONS = "/auth/desk", "/auth/desk/elevation"
ACCOUNTS, VIEWS = f"{DESK}/accounts", f"{DESK}/view-as"
_COLUMNS = tuple(map(Column, ("Name", "User ID", "Organization", "Role", "Account")))
_LEAST = 3
_NEARLY = timedelta(minutes=1)
_NONE = "No account has this user ID, name or NPI."
_ASK = "Enter at least three characters of a user ID or a name, or a whole NPI or support code."

Find = Annotated[str, Query(max_length=100)]


@router.get(DESK)
async def desk(
    request: Request, permit: Annotated[Permit, permitted(DESK_READ)], place: Around, find: Find = ""
) -> HTMLResponse:
    """Find an account by user ID, name or NPI, or a registration by its support code. Nobody pages through all."""
    work, words = permit.work, find.strip()
    asked = len(words) >= _LEAST
    page = await repository.find(work, words, place) if asked else None
    if asked:
        work.audit("list", "accounts", "all")
    context = {
        "listing": Listing("account", _COLUMNS, page, DESK, _NONE, filters={"find": words}) if page else None,
        "registration": await repository.registration_named(work, words) if asked else None,
        "roles": ROLES,
        "form": Form({"find": words}, {"find": _ASK} if words and not asked else {}),
        "crumbs": (),
    }
    return render(request, "auth/back_office/desk.html", context)


@router.get(ACCOUNTS + "/{user_id}")
async def account(request: Request, permit: Annotated[Permit, permitted(DESK_READ)], user_id: str) -> HTMLResponse:
    """How an account stands, what was done to it, and what staff can do now."""
    return await _account(request, permit, opaque(user_id), Form())


async def _account(request: Request, permit: Permit, user_id: UUID, form: Form) -> HTMLResponse:
    work, role = permit.work, permit.principal.role
    one = await repository.account(work, user_id)
    if one is None:
        raise nothing_here()
    work.audit("read", "account", user_id)
    path = f"{ACCOUNTS}/{user_id}"
    subject = await repository.subject(work, one)
    context = {
        "account": one,
        "opens": OPENS[how_it_opens(subject)],
        "locked": one.locked_until is not None and one.locked_until > work.now,
        "high_risk": subject.disabled_by is not None,
        "enrollments": await access.granted_enrollments(work, user_id, Place(size=10)),
        "same_mail": await repository.same_mail(work, one),
        "deeds": await repository.deeds(work, user_id),
        "happened": await repository.happened(work, user_id),
        "DEEDS": DEEDS,
        "roles": ROLES,
        "helps": role in DESK_HELP.staff,
        "secures": role in DESK_SECURE.staff,
        "views": role in VIEW_AS.staff,
        "fresh": permit.is_fresh(DESK_HELP, _NEARLY),
        "step_up": fresh_code(path),
        "path": path,
        "accounts": ACCOUNTS,
        "view_path": f"{VIEWS}/{user_id}",
        "form": form,
        "idempotency_key": secret_text(),
        "crumbs": (("Accounts", DESK),),
    }
    return render(request, "auth/back_office/account.html", context)


async def _account_again(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    return await _account(request, permit, opaque(request.path_params["user_id"]), form)


class HelpForm(BaseModel):
    """What is to be done to an account, and why."""

    deed: HelpDeed = Field(title="What is to be done")
    reason: Why
    ticket: Ticket


class SecureForm(BaseModel):
    """Why an account is high-risk."""

    reason: Why
    ticket: Ticket
    confirmed: Literal["yes"] = Field(
        title="Confirmation", json_schema_extra={"correction": "Confirm that the account is to be closed everywhere."}
    )


@router.post(ACCOUNTS + "/{user_id}/help")
async def help_account(
    form: Annotated[PermittedForm[HelpForm], permitted_form(DESK_HELP, HelpForm, page=_account_again)], user_id: str
) -> RedirectResponse:
    """Unlock an account, send its owner a link to a new password, sign out, disable or enable."""
    return await _do(form, user_id, form.value.deed, form.value.reason, form.value.ticket)


@router.post(ACCOUNTS + "/{user_id}/secure")
async def secure_account(
    form: Annotated[PermittedForm[SecureForm], permitted_form(DESK_SECURE, SecureForm, page=_account_again)],
    user_id: str,
) -> RedirectResponse:
    """Close an account everywhere at once: it is high-risk."""
    return await _do(form, user_id, "high-risk", form.value.reason, form.value.ticket)


async def _do(
    form: PermittedForm[HelpForm] | PermittedForm[SecureForm], user_id: str, deed: Deed, reason: str, ticket: str
) -> RedirectResponse:
    about = opaque(user_id)
    async with form.open() as permit:

        async def do() -> str:
            await handlers.do(permit, about, deed, reason=reason, ticket=ticket)
            return f"{ACCOUNTS}/{about}"

        return await form.once(permit, do)


@router.post(END_VIEW)
async def end_view(form: Annotated[PermittedForm[Pressed], permitted_form(VIEW_AS, Pressed)]) -> RedirectResponse:
    """Look as oneself again."""
    async with form.open() as permit:
        ended = await handlers.end_view(permit)
    return RedirectResponse(f"{ACCOUNTS}/{ended}" if ended else DESK, status_code=303)


@router.get(VIEWS + "/{user_id}")
async def view_page(request: Request, permit: Annotated[Permit, permitted(VIEW_AS)], user_id: str) -> HTMLResponse:
    """Ask why, and for which NPI, before one looks as a user."""
    return await _view(request, permit, opaque(user_id), Form())


async def _view(request: Request, permit: Permit, user_id: UUID, form: Form) -> HTMLResponse:
    work = permit.work
    one = await repository.account(work, user_id)
    if one is None:
        raise nothing_here()
    work.audit("read", "account", user_id)
    context = {
        "account": one,
        "choices": [
            (str(each.enrollment_id), f"{each.organization_name}, NPI {each.npi}, PTAN {each.ptan}")
            for each in (await access.granted_enrollments(work, user_id, Place())).rows
        ],
        "minutes": auth_settings().view_as_minutes,
        "fresh": permit.is_fresh(VIEW_AS_BEGIN, _NEARLY),
        "step_up": fresh_code(f"{VIEWS}/{user_id}"),
        "action": f"{VIEWS}/{user_id}",
        "back": f"{ACCOUNTS}/{user_id}",
        "form": form,
        "idempotency_key": secret_text(),
        "crumbs": (("Accounts", DESK), (one.login, f"{ACCOUNTS}/{user_id}")),
    }
    return render(request, "auth/back_office/view_as.html", context)


async def _view_again(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    return await _view(request, permit, opaque(request.path_params["user_id"]), form)


class ViewForm(BaseModel):
    """Why one looks as a user, and for which enrollment."""

    reason: Why
    ticket: Ticket
    viewed_enrollment: str = ""


@router.post(VIEWS + "/{user_id}")
async def begin_view(
    form: Annotated[PermittedForm[ViewForm], permitted_form(VIEW_AS_BEGIN, ViewForm, page=_view_again)], user_id: str
) -> RedirectResponse:
    """Look at the portal as a user, read only."""
    asked, about = form.value, opaque(user_id)
    enrollment_id = opaque(asked.viewed_enrollment) if asked.viewed_enrollment else None
    async with form.open() as permit:
        landing = await handlers.view_as(permit, about, enrollment_id, reason=asked.reason, ticket=asked.ticket)
    return RedirectResponse(landing, status_code=303)


class ElevationForm(BaseModel):
    """Which role, for how long, and why."""

    staff_role: Literal["MAC_EDI", "MAC_SECURITY", "MAC_AUDITOR", "PORTAL_OPERATOR"] = Field(title="Role")
    hours: int = Field(title="Hours", ge=1, le=24)
    reason: Why


class VerdictForm(BaseModel):
    """Whether another person may have the role."""

    role_verdict: Literal["approve", "refuse"] = Field(title="Decision")


@router.get(ELEVATIONS)
async def elevations(request: Request, permit: Annotated[Permit, permitted(ELEVATION)]) -> HTMLResponse:
    """The roles one asked for; for the security officer also what others asked for and hold."""
    return await _elevations(request, permit, Form({"hours": "1"}))


async def _elevations(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    work, principal = permit.work, permit.principal
    decides = principal.role in ELEVATION_DECIDE.staff
    mine = await repository.elevations(work, of=principal.user_id)
    open_ones = await repository.elevations(work, states=("asked", "begun")) if decides else []
    work.audit("list", "elevations", "all" if decides else principal.user_id)
    context = {
        "mine": mine,
        "others": [each for each in open_ones if each.user_id != principal.user_id],
        "decides": decides,
        "roles": ROLES,
        "options": [(role, ROLES[role]) for role in PRIVILEGED if role != principal.role],
        "may_ask": not any(each.state in ("asked", "begun") for each in mine),
        "most": auth_settings().elevation_hours,
        "fresh": permit.is_fresh(ELEVATION_ASK, _NEARLY),
        "step_up": fresh_code(ELEVATIONS),
        "page": ELEVATIONS,
        "form": form,
        "idempotency_key": secret_text(),
        "crumbs": (),
    }
    return render(request, "auth/back_office/elevation.html", context)


@router.post(ELEVATIONS)
async def ask_elevation(
    form: Annotated[PermittedForm[ElevationForm], permitted_form(ELEVATION_ASK, ElevationForm, page=_elevations)],
) -> RedirectResponse:
    """Ask for a privileged role for a time."""
    asked = form.value
    async with form.open() as permit:

        async def do() -> str:
            await handlers.ask_elevation(permit, asked.staff_role, asked.hours, asked.reason)
            return ELEVATIONS

        return await form.once(permit, do)


@router.post(ELEVATIONS + "/{elevation_id}")
async def decide_elevation(
    form: Annotated[PermittedForm[VerdictForm], permitted_form(ELEVATION_DECIDE, VerdictForm)], elevation_id: str
) -> RedirectResponse:
    """Approve or refuse what another person asked for."""
    async with form.open() as permit:

        async def do() -> str:
            await handlers.decide_elevation(permit, opaque(elevation_id), form.value.role_verdict)
            return ELEVATIONS

        return await form.once(permit, do)


@router.post(ELEVATIONS + "/{elevation_id}/end")
async def end_elevation(
    form: Annotated[PermittedForm[Pressed], permitted_form(ELEVATION, Pressed)], elevation_id: str
) -> RedirectResponse:
    """Give a role back before its time, or withdraw what was asked."""
    async with form.open() as permit:
        await handlers.give_back(permit, opaque(elevation_id))
    return RedirectResponse(ELEVATIONS, status_code=303)
