"""One's own account."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from libs.common.security.permissions import OWN_ACCOUNT
from libs.common.web.pages import render
from libs.common.web.permit import Permit, permitted
from services.auth.access import repository
from services.auth.sign_in import repository as sessions

router = APIRouter()


@router.get("/auth")
async def account(request: Request, permit: Annotated[Permit, permitted(OWN_ACCOUNT)]) -> HTMLResponse:
    """Who one is here, since when one is signed in, and when the yearly duties are due."""
    work, principal = permit.work, permit.principal
    begun, before = await sessions.sign_ins(work, principal.user_id, bytes.fromhex(principal.session))
    context = {
        "member": await repository.member(work, principal.user_id),
        "user": permit.facts.user,
        "organisation": permit.facts.organisation,
        "begun": begun,
        "before": before,
        "crumbs": (),
    }
    return render(request, "auth/profile/account.html", context)
