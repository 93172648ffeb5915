"""The Rules of Behavior as people read and accept them: the page to which every other leads until they have."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field

from libs.common.errors import Rejected
from libs.common.ids import secret_text
from libs.common.security.permissions import OWN_ACCOUNT
from libs.common.web.forms import Form
from libs.common.web.pages import render
from libs.common.web.permit import Permit, permitted
from libs.common.web.permitted_form import PermittedForm, permitted_form
from services.auth.agreements import repository
from services.auth.agreements.domain import RULES, rules_for
from services.auth.agreements.handlers import accept
from services.auth.sessions.domain import landing_of, safe_next
from services.auth.settings import auth_settings

router = APIRouter()

_TICK = "Read the Rules of Behavior and accept them to continue. Without that the portal stays closed to you."
_TICK_ADDENDUM = "Read the rules for administrators too, and accept them."


class RulesForm(BaseModel):
    """The text that was read, and that it is accepted."""

    version: str = Field(default="", max_length=100)
    accepted: str = Field(default="", title="Rules of Behavior")
    addendum: str = Field(default="", title="Rules for administrators")
    next: str = Field(default="", max_length=2000)


@router.get(RULES)
async def rules(
    request: Request,
    permit: Annotated[Permit, permitted(OWN_ACCOUNT)],
    next: str = "",  # noqa: A002 - the address says it
) -> HTMLResponse:
    """Read them, and accept them where they are due."""
    return await _page(request, permit, Form({"next": next}))


async def _page(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    work, user_id, role = permit.work, permit.principal.user_id, permit.principal.role
    agreement = rules_for(role)
    accepted = await repository.accepted(work, user_id)
    stands = accepted.stands(role, work.now)
    context = {
        "agreement": agreement,
        "form": form,
        "asked": accepted.asked_again(role, work.now, early=timedelta(days=auth_settings().rules_early_days)),
        "before": accepted.version,
        "stands": stands,
        "signed_at": await repository.last_signed_at(work, user_id, agreement.version),
        "until": accepted.until,
        "would_count_until": work.now + timedelta(days=auth_settings().rules_days),
        "idempotency_key": secret_text(),
        "crumbs": (("Your account", "/auth"),) if stands else None,
    }
    if not stands:  # nothing else can be opened, so nothing else is offered
        request.state.frame = replace(request.state.frame, navigation=(), choices=())
    return render(request, "auth/agreements/rules.html", context)


@router.post(RULES)
async def accept_rules(
    form: Annotated[PermittedForm[RulesForm], permitted_form(OWN_ACCOUNT, RulesForm, page=_page)],
) -> Response:
    """Accept them for a year, and go on to where one was going."""
    value, role = form.value, form.admission.principal.role
    corrections = {} if value.accepted == "yes" else {"accepted": _TICK}
    if rules_for(role).addendum and value.addendum != "yes":
        corrections["addendum"] = _TICK_ADDENDUM
    if corrections:
        raise Rejected("form-invalid", " ".join(corrections.values()), fields=corrections)
    async with form.open() as permit:

        async def do() -> str:
            await accept(permit, value.version)
            return safe_next(value.next, landing_of(role))

        return await form.once(permit, do)
