"""One's own account."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from libs.common.contracts.auth import Enrollment, Grant
from libs.common.functions import NAMES
from libs.common.ids import secret_text
from libs.common.security.permissions import CATALOG, OWN_ACCOUNT
from libs.common.web.pages import render
from libs.common.web.paging import Around, Listing
from libs.common.web.permit import Permit, permitted
from services.auth.access import repository
from services.auth.access.domain import ADMINISTRATORS
from services.auth.departures.domain import belongs
from services.auth.feeds.views import Told, standings_told
from services.auth.recertification.domain import STATES, State, state_of
from services.auth.sessions import repository as sessions
from services.auth.settings import auth_settings

router = APIRouter()

ACCOUNT = "/auth"


@dataclass(frozen=True, slots=True)
class Access:
    """What one may do for one enrollment, and until when the first of it is certified."""

    enrollment: Enrollment
    functions: tuple[str, ...]
    certified_until: datetime
    state: State
    standings: tuple[Told, ...]


@router.get(ACCOUNT)
async def account(
    request: Request, permit: Annotated[Permit, permitted(OWN_ACCOUNT)], place: Around, asked: str = ""
) -> HTMLResponse:
    """Who one is here, since when one is signed in, and when the yearly duties are due."""
    work, principal = permit.work, permit.principal
    page = await repository.granted_enrollments(work, principal.user_id, place)
    context = {
        "member": await repository.member(work, principal.user_id),
        "leaves": belongs(principal.role),
        "manages": principal.role in ADMINISTRATORS,
        "user": permit.facts.user,
        "organization": permit.facts.organization,
        "begun": await sessions.signed_in_since(work, bytes.fromhex(principal.session)),
        "before": principal.last_sign_in,
        "sessions": await sessions.living_sessions(work, principal.user_id),
        "this_session": bytes.fromhex(principal.session),
        "hours": auth_settings().session_hours,
        "idle_minutes": auth_settings().session_idle(principal.role) // timedelta(minutes=1),
        "access": await _access(permit, page.rows),
        "listing": Listing("enrollment", (), page, ACCOUNT, ""),
        "STATES": STATES,
        "asked": asked == "yes",
        "idempotency_key": secret_text(),
        "crumbs": (),
    }
    return render(request, "auth/profile/account.html", context)


async def _access(permit: Permit, shown: Sequence[Enrollment]) -> list[Access]:
    work, user_id = permit.work, permit.principal.user_id
    offered = work.runtime.deployment.offered
    clock, window = work.runtime.clock, auth_settings().recertification_window
    held: dict[UUID, list[Grant]] = {each.enrollment_id: [] for each in shown}
    for grant in (await repository.grants_of(work, [user_id], held))[user_id]:
        held[grant.enrollment_id].append(grant)
    told = await standings_told(work, held)
    found = []
    for enrollment in shown:
        grants = held[enrollment.enrollment_id]
        codes = {CATALOG[each.permission].function for each in grants if each.permission in CATALOG}
        until = min(each.certified_until for each in grants)
        functions = tuple(sorted(NAMES[code] for code in codes & offered))
        state = state_of(until, now=work.now, business=clock.business(), window=window)
        found.append(Access(enrollment, functions, until, state, told[enrollment.enrollment_id]))
    return found
