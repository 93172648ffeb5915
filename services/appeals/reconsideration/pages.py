"""The reconsideration of an appeal for people: its form, and what became of it, at one address."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from libs.common.appeal_deadlines import hearing_until
from libs.common.business_days import BusinessDays
from libs.common.documents import attachments
from libs.common.documents.intake import Upload
from libs.common.documents.kinds import ACCEPTED_DOCUMENTS
from libs.common.errors import Rejected
from libs.common.ids import secret_text
from libs.common.observability.logs import log
from libs.common.security.permissions import APPEALS_SENDING, REDETERMINATION_FILE, REDETERMINATION_READ
from libs.common.text import plain
from libs.common.web import forms
from libs.common.web.formats import day
from libs.common.web.forms import CSRF, ENROLLMENT, IDEMPOTENCY_KEY
from libs.common.web.pages import NextStep, render
from libs.common.web.permit import FORM_TIME, Admission, Permit, admitted, check_form, fresh_code, permitted
from libs.common.web.uploads import read_upload
from services.appeals.reconsideration import repository
from services.appeals.reconsideration.domain import STATES, WHY_NOT, decide_by
from services.appeals.reconsideration.handlers import file_request
from services.appeals.reconsideration.repository import Reconsideration
from services.appeals.reconsideration.views import (
    argument,
    documents,
    found,
    history,
    open_lines,
    rationale,
    right,
)
from services.appeals.redetermination.domain import Argument, line_name, reason_of
from services.appeals.redetermination.pages import APPEALS, drain
from services.appeals.redetermination.repository import Appeal
from services.appeals.redetermination.views import apart, business_days, claim_of, facts
from services.appeals.redetermination.views import found as found_appeal
from services.appeals.redetermination.views import rationale as first_rationale
from services.appeals.settings import appeals_settings

router = APIRouter()

_SEND = f"{APPEALS}/reconsiderations"


def address(appeal: Appeal) -> str:
    """Where the reconsideration of an appeal stands."""
    return f"{APPEALS}/{appeal.appeal_id}/reconsideration"


def _crumbs(appeal: Appeal) -> tuple[tuple[str, str], ...]:
    return (("Appeals", APPEALS), (f"Appeal {appeal.number}", f"{APPEALS}/{appeal.appeal_id}"))


@router.get(APPEALS + "/{appeal_id}/reconsideration")
async def reconsideration(
    request: Request, permit: Annotated[Permit, permitted(REDETERMINATION_READ)], appeal_id: str
) -> Response:
    """What became of the reconsideration of an appeal; where none was asked for, the form, or why there is none."""
    appeal = await found_appeal(permit, appeal_id)
    if appeal.next_level:
        return await _page(request, permit, appeal, await found(permit, appeal_id))
    if _may_ask(permit, appeal) and not permit.is_fresh(APPEALS_SENDING, FORM_TIME):
        return RedirectResponse(fresh_code(address(appeal)), 303)
    return await _form_page(request, permit, appeal, forms.Form({"requester": permit.principal.name}))


# ---- a request ------------------------------------------------------------------------------------------------------


def _may_ask(permit: Permit, appeal: Appeal) -> bool:
    return right(permit.work, appeal).may_ask and permit.may(REDETERMINATION_FILE)


async def _form_page(
    request: Request, permit: Permit, appeal: Appeal, form: forms.Form, *, status_code: int = 200
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
        "idempotency_key": secret_text(),
        "crumbs": _crumbs(appeal),
    }
    return render(request, "appeals/reconsideration/request.html", context, status_code=status_code)


@router.post(_SEND)
async def send_request(
    request: Request, admission: Annotated[Admission, admitted(APPEALS_SENDING, upload=True)]
) -> Response:
    """Take a request with its document. The same form sent twice asks once."""
    sent = await read_upload(request)
    fields = {name: plain(value) for name, value in sent.fields.items()}
    check_form(admission, csrf=fields.get(CSRF, ""), enrollment=fields.get(ENROLLMENT, ""))
    appeal_id = fields.get("appeal_id", "")
    upload = Upload(sent.file_name, sent.pieces) if sent.file_name else None
    try:
        await file_request(admission, appeal_id, _written(fields), fields.get(IDEMPOTENCY_KEY, ""), upload)
    except Rejected as refused:
        await drain(sent.pieces)
        if not refused.fields:
            raise
        log.info("request refused", code=refused.code, status=refused.status, route=_SEND)
        async with admission.open() as permit:
            appeal = await found_appeal(permit, appeal_id)
            if refused.code == "appeal-exists":
                return await _asked_page(request, permit, appeal, refused, fields)
            errors = dict(refused.fields)
            if upload and "file" not in errors:
                errors["file"] = "Choose the file again: it is kept only with a request that is complete."
            return await _form_page(request, permit, appeal, forms.Form(fields, errors), status_code=refused.status)
    return RedirectResponse(f"{APPEALS}/{appeal_id}/reconsideration", 303)


def _written(fields: Mapping[str, str]) -> Argument:
    return Argument(
        fields.get("requester", ""),
        fields.get("explanation", "").replace("\r\n", "\n"),
        fields.get("good_cause", "").replace("\r\n", "\n"),
    )


async def _asked_page(
    request: Request, permit: Permit, appeal: Appeal, refused: Rejected, fields: Mapping[str, str]
) -> HTMLResponse:
    first = await found(permit, str(appeal.appeal_id))
    permit.work.audit("read", "appeal", appeal.appeal_id)
    context = {
        "appeal": appeal,
        "first": first,
        "kind_words": STATES[first.state],
        "sentence": refused.sentence,
        "first_at": address(appeal),
        "explanation": fields.get("explanation", ""),
        "crumbs": _crumbs(appeal),
    }
    return render(request, "appeals/reconsideration/asked.html", context, status_code=refused.status)


# ---- what became of it ----------------------------------------------------------------------------------------------


async def _page(request: Request, permit: Permit, appeal: Appeal, one: Reconsideration) -> HTMLResponse:
    work = permit.work
    work.audit("read", "reconsideration", one.appeal_id)
    kind, words = STATES[one.state]
    first = {line.number: line for line in await open_lines(work, appeal)}
    context = {
        "appeal": appeal,
        "one": one,
        "kind": kind,
        "words": words,
        "next": what_next(one, business_days(work)),
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
            f"The QIC has it since {day(one.received_on)} and decides by {day(decide_by(one.received_on))}. If it does"
            " not, you may ask it to pass your appeal on to a hearing."
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
