"""The reconsideration of an appeal for people: its form, and what became of it, at one address."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, Field

from libs.common.appeal_deadlines import hearing_until
from libs.common.business_days import BusinessDays
from libs.common.documents import attachments
from libs.common.documents.kinds import ACCEPTED_DOCUMENTS
from libs.common.errors import Rejected
from libs.common.ids import secret_text
from libs.common.security.permissions import APPEALS_SENDING, REDETERMINATION_FILE, REDETERMINATION_READ
from libs.common.web import forms
from libs.common.web.drafts import Draft, Drafts
from libs.common.web.formats import day
from libs.common.web.pages import NextStep, render
from libs.common.web.permit import FORM_TIME, Permit, fresh_code, permitted
from libs.common.web.permitted_form import PermittedForm, permitted_form
from services.appeals.reconsideration import repository
from services.appeals.reconsideration.domain import STATES, WHY_NOT, decide_by
from services.appeals.reconsideration.handlers import file_request
from services.appeals.reconsideration.repository import Reconsideration
from services.appeals.reconsideration.tables import DRAFT
from services.appeals.reconsideration.views import (
    argument,
    documents,
    found,
    history,
    open_lines,
    rationale,
    right,
    stopped_at,
)
from services.appeals.redetermination.domain import Argument, line_name, reason_of
from services.appeals.redetermination.pages import APPEALS
from services.appeals.redetermination.repository import Appeal
from services.appeals.redetermination.views import apart, business_days, claim_of, facts
from services.appeals.redetermination.views import found as found_appeal
from services.appeals.redetermination.views import rationale as first_rationale
from services.appeals.settings import appeals_settings

router = APIRouter()

_SEND = f"{APPEALS}/reconsiderations"


def address(appeal_id: object) -> str:
    """Where the reconsideration of an appeal is."""
    return f"{APPEALS}/{appeal_id}/reconsideration"


class RequestForm(BaseModel):
    """A request as it is typed. What is missing or wrong in it is judged by `form_faults`."""

    appeal_id: str = ""
    explanation: Annotated[str, Field(title="Explanation")] = ""
    good_cause: Annotated[str, Field(title="Good cause")] = ""
    requester: Annotated[str, Field(title="Name")] = ""


DRAFTS = Drafts(
    DRAFT,
    REDETERMINATION_FILE,
    RequestForm,
    "appeal_id",
    found_appeal,
    address,
    f"{APPEALS}/drafts/reconsideration",
)


def _crumbs(appeal: Appeal) -> tuple[tuple[str, str], ...]:
    return (("Appeals", APPEALS), (f"Appeal {appeal.number}", f"{APPEALS}/{appeal.appeal_id}"))


@router.get(APPEALS + "/{appeal_id}/reconsideration")
async def reconsideration(
    request: Request,
    permit: Annotated[Permit, permitted(REDETERMINATION_READ)],
    appeal_id: str,
    draft: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """What became of the reconsideration of an appeal; where none was asked for, the form, or why there is none."""
    appeal = await found_appeal(permit, appeal_id)
    if appeal.next_level:
        return await _page(request, permit, appeal, await found(permit, appeal_id))
    if _may_ask(permit, appeal) and not permit.is_fresh(APPEALS_SENDING, FORM_TIME):
        return RedirectResponse(fresh_code(address(appeal_id)), 303)
    fresh = forms.Form({"requester": permit.principal.name})
    form, offered = await DRAFTS.opened(permit, str(appeal.appeal_id), fresh, draft)
    return await _form_page(request, permit, appeal, form, offered)


# ---- a request ------------------------------------------------------------------------------------------------------


def _may_ask(permit: Permit, appeal: Appeal) -> bool:
    return right(permit.work, appeal).may_ask and permit.may(REDETERMINATION_FILE)


async def _form_page(
    request: Request, permit: Permit, appeal: Appeal, form: forms.Form, offered: Draft
) -> HTMLResponse:
    work = permit.work
    work.audit("read", "appeal", appeal.appeal_id)
    now = right(work, appeal)
    if not _may_ask(permit, appeal):
        why = WHY_NOT.get(now.kind) or (
            "To ask for a reconsideration you need access to this function. Your office's portal administrator can"
            " grant it."
        )
        context = {"appeal": appeal, "why": why, "crumbs": _crumbs(appeal)}
        return render(request, "appeals/reconsideration/not_now.html", context)
    context = {
        "appeal": appeal,
        "facts": facts(work, await claim_of(work, appeal)),
        "form": form,
        "right": now,
        "lines": [(line, first_rationale(work, appeal, line)) for line in await open_lines(work, appeal)],
        "line_name": partial(line_name, apart=await apart(permit.work, appeal)),
        "limit": appeals_settings().upload_limit_bytes,
        "accept": ACCEPTED_DOCUMENTS,
        "action": _SEND,
        "enctype": "multipart/form-data",
        "draft": offered,
        "idempotency_key": secret_text(),
        "crumbs": _crumbs(appeal),
    }
    return render(request, "appeals/reconsideration/request.html", context)


async def _request_again(request: Request, permit: Permit, form: forms.Form) -> HTMLResponse:
    appeal = await found_appeal(permit, form.typed.get("appeal_id", ""))
    return await _form_page(request, permit, appeal, form, DRAFTS.none(str(appeal.appeal_id)))


router.include_router(DRAFTS.routes(_request_again))


@router.post(_SEND)
async def send_request(
    request: Request,
    form: Annotated[
        PermittedForm[RequestForm], permitted_form(APPEALS_SENDING, RequestForm, page=_request_again, upload=True)
    ],
) -> Response:
    """Take a request with its document. The same form sent twice asks once."""
    asked = form.value
    written = Argument(asked.requester, asked.explanation, asked.good_cause)
    try:
        await file_request(form.admission, asked.appeal_id, written, form.key, form.file)
    except Rejected as refused:
        if refused.code != "appeal-exists":
            raise
        async with form.open() as permit:
            appeal = await found_appeal(permit, asked.appeal_id)
            return await _asked_page(request, permit, appeal, refused, asked.explanation)
    async with form.open() as permit:
        await DRAFTS.forget(permit, asked.appeal_id)
    return RedirectResponse(address(asked.appeal_id), 303)


async def _asked_page(
    request: Request, permit: Permit, appeal: Appeal, refused: Rejected, explanation: str
) -> HTMLResponse:
    first = await found(permit, str(appeal.appeal_id))
    permit.work.audit("read", "appeal", appeal.appeal_id)
    context = {
        "appeal": appeal,
        "first": first,
        "kind_words": STATES[first.state],
        "sentence": refused.sentence,
        "first_at": address(appeal.appeal_id),
        "explanation": explanation,
        "crumbs": _crumbs(appeal),
    }
    return render(request, "appeals/reconsideration/asked.html", context, status_code=refused.status)


# ---- what became of it ----------------------------------------------------------------------------------------------


async def _page(request: Request, permit: Permit, appeal: Appeal, one: Reconsideration) -> HTMLResponse:
    work = permit.work
    work.audit("read", "reconsideration", one.appeal_id)
    kind, words = STATES[one.state]
    stopped = not one.outcome and await stopped_at(work, one.appeal_id) is not None
    if stopped:
        kind = "warning"
    first = {line.number: line for line in await open_lines(work, appeal)}
    context = {
        "appeal": appeal,
        "one": one,
        "kind": kind,
        "words": words,
        "next": not_delivered(one) if stopped else what_next(one, business_days(work)),
        "rights": _next_steps(appeal, one, business_days(work)),
        "facts": facts(work, await claim_of(work, appeal)),
        "argument": argument(work, one),
        "lines": [
            (
                line,
                first[line.number],
                [(written, reason_of(written).words) for written in first[line.number].reasons.split()],
                rationale(work, one.appeal_id, line),
            )
            for line in await repository.lines(work, one.appeal_id)
        ],
        "line_name": partial(line_name, apart=await apart(permit.work, appeal)),
        "steps": history(one)[::-1],
        "documents": attachments.named(work, await documents(work, appeal)),
        "crumbs": _crumbs(appeal),
    }
    return render(request, "appeals/reconsideration/reconsideration.html", context)


def not_delivered(one: Reconsideration) -> str:
    """What to do when the QIC could not be reached for so long that we have stopped."""
    if one.received_on is None:
        return (
            "We could not deliver your request to the Qualified Independent Contractor (QIC). Our staff has been"
            " alerted. It counts as filed on the day the QIC receives it, and the last day is"
            f" {day(one.asked_until)}: to be sure, send it to the QIC yourself too. The letter about your"
            " redetermination has the address."
        )
    return (
        f"The QIC received it on {day(one.received_on)} and decides by {day(decide_by(one.received_on))}, but no longer"
        " answers us. Our staff has been alerted. The QIC will still send you its decision by letter."
    )


def what_next(one: Reconsideration, days: BusinessDays) -> str:
    """What happens next, and by when."""
    if one.received_on is None:
        return (
            "We send your request with our case file to the Qualified Independent Contractor (QIC), and go on until it"
            " has both; you need do nothing. It counts as filed on the day the QIC receives it: the last day is"
            f" {day(one.asked_until)}."
        )
    if one.decided_on is None:
        return (
            f"The QIC received it on {day(one.received_on)} and decides by {day(decide_by(one.received_on))}. If it"
            " does not, you may ask it to pass your appeal on to a hearing."
        )
    granted = "What was granted is paid with a new remittance advice. " if one.outcome != "unfavorable" else ""
    if one.outcome == "favorable":
        return "The claim is adjusted. A new remittance advice shows what is paid."
    return f"{granted}The next level, a hearing, can be requested until {day(hearing_until(one.decided_on, days))}."


def _next_steps(appeal: Appeal, one: Reconsideration, days: BusinessDays) -> tuple[NextStep, ...]:
    first = NextStep("See the redetermination (level 1)", "What we decided, and why.", f"{APPEALS}/{one.appeal_id}")
    claim = NextStep(
        "See what can be done about the claim",
        "Each line, with its last day.",
        f"{APPEALS}/claims/{appeal.claim_id}/rights",
    )
    if one.decided_on is None or one.outcome == "favorable":
        return first, claim
    hearing = NextStep(
        "Ask for a hearing (level 3)",
        f"An administrative law judge must receive it by {day(hearing_until(one.decided_on, days))}: 60 days and 5"
        " mailing days after the decision of the QIC, if enough money is at stake. Its letter says where to ask.",
    )
    return hearing, first, claim
