"""Eligibility use for administrators: how much each user asked of HETS, how much was refused, who is locked."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from libs.common.ids import secret_text
from libs.common.security.permissions import ELIGIBILITY_UNLOCK, ELIGIBILITY_USE
from libs.common.web.forms import Pressed
from libs.common.web.pages import render
from libs.common.web.permit import Permit, fresh_code, opaque, permitted
from libs.common.web.permitted_form import PermittedForm, permitted_form
from services.eligibility.conduct import repository
from services.eligibility.conduct.domain import HOLD_WORDS
from services.eligibility.conduct.handlers import lift
from services.eligibility.settings import eligibility_settings

router = APIRouter()

USE = "/eligibility/use"
_NEARLY = timedelta(minutes=1)


@router.get(USE)
async def use(request: Request, permit: Annotated[Permit, permitted(ELIGIBILITY_USE)]) -> HTMLResponse:
    """Counts of the last days by user: nothing of whom they asked about."""
    work, organization_id = permit.work, permit.principal.organization_id
    days = eligibility_settings().tally_days - 1
    rows = await repository.uses(work, organization_id, work.now - timedelta(days=days))
    work.audit("list", "eligibility-use", organization_id)
    context = {
        "rows": rows,
        "days": days,
        "words": HOLD_WORDS,
        "organization": permit.facts.organization,
        "fresh": permit.is_fresh(ELIGIBILITY_UNLOCK, _NEARLY),
        "step_up": fresh_code(USE),
        "idempotency_key": secret_text(),
        "crumbs": (),
    }
    return render(request, "eligibility/conduct/use.html", context)


@router.post(USE + "/{user_id}/unlock")
async def unlock(
    form: Annotated[PermittedForm[Pressed], permitted_form(ELIGIBILITY_UNLOCK, Pressed)], user_id: str
) -> RedirectResponse:
    """Let a user ask HETS again."""
    async with form.open() as permit:

        async def do() -> str:
            await lift(permit, opaque(user_id))
            return USE

        return await form.once(permit, do)
