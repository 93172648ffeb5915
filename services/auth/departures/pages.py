"""Pages of those who leave: an administrator ends a person's access; a person leaves, or stops managing users."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, Field

from libs.common.errors import nothing_here
from libs.common.ids import secret_text
from libs.common.security.permissions import OWN_ACCOUNT, OWN_SECURITY, USERS_MANAGE, USERS_READ
from libs.common.web.forms import Form
from libs.common.web.pages import render
from libs.common.web.permit import Permit, fresh_code, opaque, permitted
from libs.common.web.permitted_form import PermittedForm, permitted_form
from services.auth.access import repository as access
from services.auth.access.domain import ADMINISTRATORS
from services.auth.departures.domain import LEAVING, WHY, Departure, Why, belongs
from services.auth.departures.handlers import end_access, go
from services.auth.departures.views import is_alone
from services.auth.settings import auth_settings

router = APIRouter()

USERS = "/auth/users"
_NEARLY = timedelta(minutes=1)


class EndForm(BaseModel):
    """Why the access of a person ends."""

    why: Why = Field(title="Why it ends")


class LeavingForm(BaseModel):
    """What a person does: leave, or stay without managing users. `confirmed` by the last administrator."""

    departure: Departure = Field(title="What you want to do")
    confirmed: str = ""


@router.get(USERS + "/{user_id}/end")
async def ending(request: Request, permit: Annotated[Permit, permitted(USERS_READ)], user_id: str) -> HTMLResponse:
    """What ends when a person's access to the organization does."""
    return await _ending(request, permit, opaque(user_id), Form())


async def _ending(request: Request, permit: Permit, user_id: UUID, form: Form) -> HTMLResponse:
    member = await access.member(permit.work, user_id)
    if member is None or member.organization_id != permit.principal.organization_id:
        raise nothing_here()
    permit.work.audit("read", "user", user_id)
    path = f"{USERS}/{user_id}"
    context = {
        "member": member,
        "myself": user_id == permit.principal.user_id,
        "reasons": [(value, words, "") for value, words in WHY.items()],
        "organization": permit.facts.organization,
        "form": form,
        "fresh": permit.is_fresh(USERS_MANAGE, _NEARLY),
        "step_up": fresh_code(f"{path}/end"),
        "action": f"{path}/end",
        "idempotency_key": secret_text(),
        "crumbs": (("Administration", USERS), (member.name, path)),
    }
    return render(request, "auth/departures/end.html", context)


async def _ending_again(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    return await _ending(request, permit, opaque(request.path_params["user_id"]), form)


@router.post(USERS + "/{user_id}/end")
async def end(
    form: Annotated[PermittedForm[EndForm], permitted_form(USERS_MANAGE, EndForm, page=_ending_again)], user_id: str
) -> RedirectResponse:
    """End all access of a person to the organization, at once."""
    async with form.open() as permit:

        async def do() -> str:
            await end_access(permit, opaque(user_id), form.value.why)
            return USERS

        return await form.once(permit, do)


@router.get(LEAVING)
async def leaving(request: Request, permit: Annotated[Permit, permitted(OWN_ACCOUNT)]) -> HTMLResponse:
    """What follows when one leaves the organization, or manages its users no more."""
    return await _leaving(request, permit, Form())


async def _leaving(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    member = await access.member(permit.work, permit.principal.user_id)
    if member is None:
        raise nothing_here()
    context = {
        "belongs": belongs(member.role),
        "manages": member.role in ADMINISTRATORS,
        "dual_role": member.dual_role,
        "alone": await is_alone(permit.work, member),
        "days": auth_settings().recertification_window_days,
        "organization": permit.facts.organization,
        "form": form,
        "fresh": permit.is_fresh(OWN_SECURITY, _NEARLY),
        "step_up": fresh_code(LEAVING),
        "action": LEAVING,
        "idempotency_key": secret_text(),
        "crumbs": (("Your account", "/auth"),),
    }
    return render(request, "auth/departures/leaving.html", context)


@router.post(LEAVING)
async def leave(
    form: Annotated[PermittedForm[LeavingForm], permitted_form(OWN_SECURITY, LeavingForm, page=_leaving)],
) -> RedirectResponse:
    """Leave the organization, or stop managing its users. The session ends with it."""
    async with form.open() as permit:
        await go(permit, form.value.departure, confirmed=form.value.confirmed == "yes")
    return RedirectResponse("/auth", status_code=303)
