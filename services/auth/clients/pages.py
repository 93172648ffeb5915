"""The programs of one's own organization, and their keys: replaced without a stop, revoked at once."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, Field

from libs.common.ids import secret_text
from libs.common.security.permissions import USERS_MANAGE, USERS_READ
from libs.common.web.forms import Form, Pressed
from libs.common.web.pages import render
from libs.common.web.permit import Permit, fresh_code, permitted
from libs.common.web.permitted_form import PermittedForm, permitted_form
from services.auth.clients import handlers, repository
from services.auth.settings import auth_settings

router = APIRouter()

PROGRAMS = "/auth/users/programs"
_NEARLY = timedelta(minutes=1)


@router.get(PROGRAMS)
async def programs(request: Request, permit: Annotated[Permit, permitted(USERS_READ)]) -> HTMLResponse:
    """Each program with its keys."""
    return await _programs(request, permit, Form())


async def _programs(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    work, organization_id = permit.work, permit.principal.organization_id
    work.audit("list", "client-keys", organization_id)
    context = {
        "programs": await repository.programs(work, organization_id),
        "sent_for": request.path_params.get("client_id", ""),
        "form": form,
        "organization": permit.facts.organization,
        "now": work.now,
        "hours": auth_settings().key_overlap_hours,
        "fresh": permit.is_fresh(USERS_MANAGE, _NEARLY),
        "step_up": fresh_code(PROGRAMS),
        "page": PROGRAMS,
        "idempotency_key": secret_text(),
        "crumbs": (("Administration", "/auth/users"),),
    }
    return render(request, "auth/clients/programs.html", context)


class KeyForm(BaseModel):
    """The public half of a new key."""

    public_key: str = Field(title="Public key", max_length=2000)


@router.post(PROGRAMS + "/{client_id}/keys")
async def install(
    form: Annotated[PermittedForm[KeyForm], permitted_form(USERS_MANAGE, KeyForm, page=_programs)], client_id: str
) -> RedirectResponse:
    """Install a new key. The one before counts a while longer."""
    async with form.open() as permit:

        async def do() -> str:
            await handlers.install_key(permit, client_id, form.value.public_key)
            return PROGRAMS

        return await form.once(permit, do)


@router.post(PROGRAMS + "/{client_id}/keys/{key_id}/revoke")
async def revoke(
    form: Annotated[PermittedForm[Pressed], permitted_form(USERS_MANAGE, Pressed)], client_id: str, key_id: str
) -> RedirectResponse:
    """Revoke a key at once."""
    async with form.open() as permit:

        async def do() -> str:
            await handlers.revoke_key(permit, client_id, key_id)
            return PROGRAMS

        return await form.once(permit, do)
