"""One's own account, and its mail address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, Field

from libs.common.contracts.auth import Enrollment, Grant
from libs.common.errors import Rejected
from libs.common.functions import NAMES
from libs.common.ids import secret_text
from libs.common.security.permissions import CATALOG, OWN_ACCOUNT, OWN_SECURITY
from libs.common.web.forms import Form
from libs.common.web.pages import render
from libs.common.web.paging import Around, Listing
from libs.common.web.permit import Permit, fresh_code, permitted
from libs.common.web.permitted_form import PermittedForm, permitted_form
from services.auth.access import repository
from services.auth.access.domain import ADMINISTRATORS, EMAIL
from services.auth.departures.domain import belongs
from services.auth.factors.pages import ConfirmForm
from services.auth.factors.views import factors_of
from services.auth.feeds.views import Told, standings_told
from services.auth.profile import handlers
from services.auth.profile import repository as changes
from services.auth.recertification.domain import STATES, State, state_of
from services.auth.sessions import repository as sessions
from services.auth.settings import auth_settings

router = APIRouter()

ACCOUNT, ADDRESS = "/auth", "/auth/email"
_NEARLY = timedelta(minutes=1)
_WRONG = "The code is wrong, too old or used. Enter the newest one we sent, or ask for another one."
_CRUMBS = (("Your account", ACCOUNT),)


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
    request: Request,
    permit: Annotated[Permit, permitted(OWN_ACCOUNT)],
    place: Around,
    asked: str = "",
    changed: str = "",
) -> HTMLResponse:
    """Who one is here, since when one is signed in, and when the yearly duties are due."""
    work, principal = permit.work, permit.principal
    page = await repository.granted_enrollments(work, principal.user_id, place)
    _, email = await repository.contact(work, principal.user_id)
    context = {
        "email": email,
        "phone": (await factors_of(work, principal.user_id)).phone,
        "changed": changed == "email",
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


class EmailForm(BaseModel):
    """A new mail address."""

    email: str = Field(
        title="New email address",
        max_length=254,
        pattern=EMAIL,
        json_schema_extra={"correction": "Enter an email address such as name@example.com."},
    )


@router.get(ADDRESS)
async def email_page(request: Request, permit: Annotated[Permit, permitted(OWN_ACCOUNT)]) -> HTMLResponse:
    """Change one's mail address."""
    return await _email(request, permit, Form())


async def _email(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    _, email = await repository.contact(permit.work, permit.principal.user_id)
    context = {
        "email": email,
        "form": form,
        "fresh": permit.is_fresh(OWN_SECURITY, _NEARLY),
        "step_up": fresh_code(ADDRESS),
        "crumbs": _CRUMBS,
    }
    return render(request, "auth/profile/email.html", context)


@router.post(ADDRESS)
async def change_email(
    form: Annotated[PermittedForm[EmailForm], permitted_form(OWN_SECURITY, EmailForm, page=_email)],
) -> RedirectResponse:
    """Send a code to the new address."""
    async with form.open() as permit:
        accepted = await handlers.may_send(permit)
    if not accepted:
        raise handlers.limited()
    async with form.open() as permit:
        await handlers.ask(permit, form.value.email)
    return RedirectResponse(f"{ADDRESS}/code", 303)


@router.get(ADDRESS + "/code")
async def email_code_page(request: Request, permit: Annotated[Permit, permitted(OWN_ACCOUNT)]) -> HTMLResponse:
    """Ask for the code that was mailed."""
    return await _email_code(request, permit, Form())


async def _email_code(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    waiting = await changes.change_of(permit.work, permit.principal.user_id)
    context = {
        "waiting": waiting.email if waiting else "",
        "form": form,
        "minutes": auth_settings().email_code_minutes,
        "crumbs": (*_CRUMBS, ("Email address", ADDRESS)),
    }
    return render(request, "auth/profile/email_code.html", context)


@router.post(ADDRESS + "/confirm")
async def confirm_email(
    form: Annotated[PermittedForm[ConfirmForm], permitted_form(OWN_SECURITY, ConfirmForm, page=_email_code)],
) -> RedirectResponse:
    """Take the code: the new address counts from now on."""
    async with form.open() as permit:
        right = await handlers.confirm(permit, form.value.code)
    if not right:
        raise Rejected("form-invalid", _WRONG, fields={"code": _WRONG})
    return RedirectResponse(f"{ACCOUNT}?changed=email", 303)


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
