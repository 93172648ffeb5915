"""One's own account."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from libs.common.contracts.auth import Enrollment
from libs.common.functions import NAMES
from libs.common.security.permissions import CATALOG, OWN_ACCOUNT
from libs.common.web.pages import render
from libs.common.web.permit import Permit, permitted
from services.auth.access import repository
from services.auth.recertification.domain import STATES, State, state_of
from services.auth.settings import auth_settings
from services.auth.sign_in import repository as sessions

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Access:
    """What one may do for one enrollment, and until when the first of it is certified."""

    enrollment: Enrollment
    functions: tuple[str, ...]
    certified_until: datetime
    state: State


@router.get("/auth")
async def account(request: Request, permit: Annotated[Permit, permitted(OWN_ACCOUNT)]) -> HTMLResponse:
    """Who one is here, since when one is signed in, and when the yearly duties are due."""
    work, principal = permit.work, permit.principal
    begun, before = await sessions.sign_ins(work, principal.user_id, bytes.fromhex(principal.session))
    context = {
        "member": await repository.member(work, principal.user_id),
        "user": permit.facts.user,
        "organization": permit.facts.organization,
        "begun": begun,
        "before": before,
        "access": _access(permit),
        "STATES": STATES,
        "crumbs": (),
    }
    return render(request, "auth/profile/account.html", context)


def _access(permit: Permit) -> list[Access]:
    offered = permit.work.runtime.deployment.offered
    clock, window = permit.work.runtime.clock, auth_settings().recertification_window
    found = []
    for enrollment in permit.facts.choices():
        grants = permit.facts.grants(enrollment.enrollment_id)
        codes = {CATALOG[each.permission].function for each in grants if each.permission in CATALOG}
        until = min(each.certified_until for each in grants)
        functions = tuple(sorted(NAMES[code] for code in codes & offered))
        state = state_of(until, now=permit.work.now, business=clock.business(), window=window)
        found.append(Access(enrollment, functions, until, state))
    return found
