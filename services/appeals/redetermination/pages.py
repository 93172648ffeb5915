"""Appeals for people: what can be appealed, the request, its confirmation, and what becomes of it."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from pydantic import BaseModel, Field

from libs.common.appeal_deadlines import reconsideration_until
from libs.common.business_days import BusinessDays
from libs.common.documents import attachments
from libs.common.documents.kinds import ACCEPTED_DOCUMENTS
from libs.common.errors import Rejected
from libs.common.ids import secret_text
from libs.common.persistence.paging import START, Page, Place
from libs.common.security.permissions import (
    APPEALS_SENDING,
    CLAIM_STATUS,
    CLAIM_SUBMIT,
    REDETERMINATION_FILE,
    REDETERMINATION_READ,
)
from libs.common.web import forms
from libs.common.web.drafts import Draft, Drafts
from libs.common.web.formats import day
from libs.common.web.forms import Rows
from libs.common.web.pages import NextStep, Receipt, Step, render, text
from libs.common.web.paging import Around, Column, Listing, batches, csv_file
from libs.common.web.permit import FORM_TIME, Admission, Permit, admitted, fresh_code, permitted
from libs.common.web.permitted_form import PermittedForm, permitted_form
from libs.common.web.saved_filters import FilteredList
from services.appeals.reconsideration import repository as reconsiderations
from services.appeals.reconsideration.domain import PURPOSE as SECOND_PURPOSE
from services.appeals.reconsideration.repository import Reconsideration
from services.appeals.reconsideration.views import history, of_appeal
from services.appeals.redetermination import repository
from services.appeals.redetermination.domain import (
    GOOD_CAUSE_LENGTH,
    NEXT_LEVEL,
    NOT_REMITTED,
    PURPOSE,
    STATES,
    Asked,
    LineRight,
    line_name,
    line_names,
    reason_of,
    state_words,
    was_reconsidered,
)
from services.appeals.redetermination.handlers import add_document, file_request
from services.appeals.redetermination.repository import Appeal, Claim
from services.appeals.redetermination.tables import DRAFT
from services.appeals.redetermination.views import (
    apart,
    argument,
    business_days,
    claim_or_404,
    documents,
    facts,
    found,
    letter_answer,
    letter_of,
    rationale,
    rights,
    what_to_do,
)
from services.appeals.redetermination.views import document as document_answer
from services.appeals.settings import appeals_settings

router = APIRouter()

APPEALS = "/appeals"
_CLAIMS = f"{APPEALS}/claims"
_MAX_FOUND = 50
_PURPOSES = (PURPOSE, SECOND_PURPOSE)
_COLUMNS = (
    Column("Appeal"),
    Column("Claim (ICN)"),
    Column("Lines"),
    Column("Received"),
    Column("Decision by"),
    Column("Status"),
)
_FILE_COLUMNS = ("Appeal", "Claim (ICN)", "Received", "Decision by", "Status", "Decided")
_NONE = "No appeals match. To appeal, find the claim by its ICN above: its page says what can be appealed and by when."
_NO_CLAIM = (
    "No decided claim has this ICN for the NPI and PTAN you act for. A claim that is in process, or that was returned"
    " to you, cannot be appealed."
)
_LIST = FilteredList(APPEALS, {"state": lambda value: STATES[value][1] if value in STATES else value})
_LIST.add_routes(router, REDETERMINATION_READ)
_KINDS = {
    "appeal": ("bad", "Denied"),
    "appeal-late": ("bad", "Denied"),
    "appealed": ("waiting", "In appeal"),
    "paid": ("good", "Paid"),
    "correct-and-resubmit": ("returned", "Returned to you"),
    "not-decided": ("unknown", "Not decided"),
    "reversed": ("information", "Taken back"),
    "no-rights": ("bad", "Denied"),
    "unidentified": ("bad", "Denied"),
}


# ---- finding --------------------------------------------------------------------------------------------------------


@router.get(APPEALS)
async def appeals(
    request: Request,
    permit: Annotated[Permit, permitted(REDETERMINATION_READ)],
    place: Around,
    state: Annotated[str, Query(max_length=30)] = "",
) -> HTMLResponse:
    """The appeals of the enrollment acted for, the newest first, and the way to a claim."""
    return await _list_page(request, permit, forms.Form(), state=state if state in STATES else "", place=place)


@router.get(APPEALS + "/list.csv")
async def appeals_file(
    admission: Annotated[Admission, admitted(REDETERMINATION_READ)], state: Annotated[str, Query(max_length=30)] = ""
) -> Response:
    """All rows of the list as a file for a spreadsheet."""
    async with admission.open() as permit:
        permit.work.audit("download", "appeals", permit.enrollment.enrollment_id)

    async def some(permit: Permit, place: Place) -> Page[Appeal]:
        wanted = state if state in STATES else ""
        return await repository.newest(permit.work, permit.enrollment.enrollment_id, wanted, place)

    rows = ([_in_file(each) for each in some_rows] async for some_rows in batches(admission, some))
    return csv_file("appeals.csv", _FILE_COLUMNS, rows)


def _in_file(one: Appeal) -> Sequence[str]:
    _, words = state_words(one.outcome)
    decided = day(one.decided_on) if one.decided_on else ""
    due = day(one.decide_by) if one.open else ""
    return one.number, one.internal_control_number, day(one.received_on), due, words, decided


async def _list_page(
    request: Request,
    permit: Permit,
    search: forms.Form,
    *,
    state: str = "",
    place: Place = START,
    claims: Sequence[Claim] = (),
    status_code: int = 200,
) -> HTMLResponse:
    work, enrollment_id = permit.work, permit.enrollment.enrollment_id
    page = await repository.newest(work, enrollment_id, state, place)
    lines = await repository.lines(work, [each.appeal_id for each in page.rows])
    work.audit("list", "appeals", enrollment_id)
    listing = Listing(
        "appeal",
        _COLUMNS,
        page,
        APPEALS,
        _NONE,
        filters={"state": state} if state else {},
        csv=f"{APPEALS}/list.csv",
        saved=await _LIST.saved(permit),
    )
    context = {
        "search": search,
        "form": search,
        "filter": forms.Form({"state": state}),
        "states": [("", "Any"), *((name, words) for name, (_, words) in STATES.items())],
        "claims": claims,
        "listing": listing,
        "rows": [
            (each, line_names(line.number for line in lines.get(each.appeal_id, ())), *state_words(each.outcome))
            for each in page.rows
        ],
        "not_received": await attachments.not_received(work, enrollment_id, _PURPOSES),
        "idempotency_key": secret_text(),
        "crumbs": (),
    }
    return render(request, "appeals/redetermination/appeals.html", context, status_code=status_code)


class NumberForm(BaseModel):
    """The number of a claim."""

    number: str = Field(title="ICN", max_length=60, json_schema_extra={"correction": "Enter the ICN of a claim."})


@router.post(APPEALS + "/search")
async def search(
    request: Request,
    form: Annotated[PermittedForm[NumberForm], permitted_form(REDETERMINATION_READ, NumberForm, page=_list_page)],
) -> Response:
    """Find a claim by its ICN and say what can be done about it."""
    async with form.open() as permit:
        enrollment_id = permit.enrollment.enrollment_id
        claims = await repository.claims_by_number(permit.work, enrollment_id, form.value.number, limit=_MAX_FOUND)
        permit.work.audit("search", "claims", enrollment_id)
        if len(claims) == 1:
            return RedirectResponse(f"{_CLAIMS}/{claims[0].claim_id}/rights", 303)
        if not claims:
            return await _list_page(request, permit, form.form.with_error("number", _NO_CLAIM), status_code=404)
        return await _list_page(request, permit, form.form, claims=claims)


# ---- rights ---------------------------------------------------------------------------------------------------------


@router.get(_CLAIMS + "/{claim_id}/rights")
async def claim_rights(
    request: Request, permit: Annotated[Permit, permitted(REDETERMINATION_READ)], claim_id: str
) -> HTMLResponse:
    """What can be done about each line of a claim: a page, or its middle alone when another page asks for it."""
    claim = await claim_or_404(permit, claim_id)
    permit.work.audit("read", "claim", claim.claim_id)
    of_lines = await rights(permit.work, claim)
    context = {
        "claim": claim,
        "rows": [(right, *_decided(right), what_to_do(right)) for right in of_lines],
        "not_remitted": NOT_REMITTED,
        "line_name": line_name,
        "file_at": f"{_CLAIMS}/{claim.claim_id}/redetermination" if any(each.may_file for each in of_lines) else "",
        "may_file": permit.may(REDETERMINATION_FILE),
        "may_see_claim": permit.may(CLAIM_STATUS),
        "may_submit": permit.may(CLAIM_SUBMIT),
        "crumbs": (("Appeals", APPEALS),),
    }
    if request.headers.get("hx-request"):
        around = {"frame": request.state.frame, "path": request.url.path}
        return HTMLResponse(text("appeals/redetermination/rights_part.html", context | around))
    return render(request, "appeals/redetermination/rights.html", context)


def _decided(right: LineRight) -> tuple[str, str]:
    """Kind of status and word of what was decided of a line."""
    if right.kind == "decided" and right.appeal is not None:
        if not right.appeal.favorable and was_reconsidered(right.appeal.next_level):
            return state_words(right.appeal.next_level)
        return state_words("favorable" if right.appeal.favorable else "unfavorable")
    if right.may_file and right.line.paid_cents:
        return "warning", "Paid in part"
    return _KINDS[right.kind]


# ---- a request ------------------------------------------------------------------------------------------------------


class RequestForm(BaseModel):
    """A request as it is typed. What is missing or wrong in it is judged by `form_faults`."""

    claim_id: str = ""
    lines: Annotated[dict[int, str], Rows(r"line_(\d{1,4})"), Field(title="Lines")] = {}
    explanation: Annotated[str, Field(title="Explanation")] = ""
    good_cause: Annotated[str, Field(title="Good cause")] = ""
    requester: Annotated[str, Field(title="Name")] = ""

    def asked(self) -> Asked:
        """What is asked for."""
        lines = frozenset(number for number, chosen in self.lines.items() if chosen == "yes")
        return Asked(lines, self.requester, self.explanation, self.good_cause)


def request_address(claim_id: str) -> str:
    """Where the form for a claim is."""
    return f"{_CLAIMS}/{claim_id}/redetermination"


DRAFTS = Drafts(
    DRAFT,
    REDETERMINATION_FILE,
    RequestForm,
    "claim_id",
    claim_or_404,
    request_address,
    f"{APPEALS}/drafts/redetermination",
)


@router.get(_CLAIMS + "/{claim_id}/redetermination")
async def request_form(
    request: Request,
    permit: Annotated[Permit, permitted(REDETERMINATION_FILE)],
    claim_id: str,
    draft: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """The form for a redetermination of a claim's lines; where no line can be appealed, why not."""
    claim = await claim_or_404(permit, claim_id)
    open_lines = [right for right in await rights(permit.work, claim) if right.may_file]
    if not open_lines:
        return RedirectResponse(f"{_CLAIMS}/{claim.claim_id}/rights", 303)
    if not permit.is_fresh(APPEALS_SENDING, FORM_TIME):
        return RedirectResponse(fresh_code(request_address(claim_id)), 303)
    typed = {"requester": permit.principal.name}
    if len(open_lines) == 1:
        typed[f"line_{open_lines[0].line.number}"] = "yes"
    form, offered = await DRAFTS.opened(permit, str(claim.claim_id), forms.Form(typed), draft)
    return await _form_page(request, permit, claim, form, offered)


async def _form_page(request: Request, permit: Permit, claim: Claim, form: forms.Form, offered: Draft) -> HTMLResponse:
    of_lines = await rights(permit.work, claim)
    known = facts(permit.work, claim) if claim.finalized else None
    permit.work.audit("read", "claim", claim.claim_id)
    late = next((right for right in of_lines if right.kind == "appeal-late"), None)
    until = next((right.until for right in of_lines if right.may_file), None)
    context = {
        "claim": claim,
        "facts": known,
        "form": form,
        "choices": [right for right in of_lines if right.may_file],
        "others": [(right, what_to_do(right)) for right in of_lines if not right.may_file],
        "late": late,
        "until": until,
        "line_name": line_name,
        "limit": appeals_settings().upload_limit_bytes,
        "accept": ACCEPTED_DOCUMENTS,
        "good_cause_length": GOOD_CAUSE_LENGTH,
        "action": APPEALS,
        "enctype": "multipart/form-data",
        "draft": offered,
        "idempotency_key": secret_text(),
        "crumbs": (
            ("Appeals", APPEALS),
            (f"ICN {claim.internal_control_number}", f"{_CLAIMS}/{claim.claim_id}/rights"),
        ),
    }
    return render(request, "appeals/redetermination/request.html", context)


async def _request_again(request: Request, permit: Permit, form: forms.Form) -> HTMLResponse:
    claim = await claim_or_404(permit, form.typed.get("claim_id", ""))
    return await _form_page(request, permit, claim, form, DRAFTS.none(str(claim.claim_id)))


router.include_router(DRAFTS.routes(_request_again))


@router.post(APPEALS)
async def send_request(
    request: Request,
    form: Annotated[
        PermittedForm[RequestForm], permitted_form(APPEALS_SENDING, RequestForm, page=_request_again, upload=True)
    ],
) -> Response:
    """Take a request with its first document. The same form sent twice leads to the same appeal."""
    asked = form.value
    try:
        appeal_id = await file_request(form.admission, asked.claim_id, asked.asked(), form.key, form.file)
    except Rejected as refused:
        if refused.code != "appeal-exists":
            raise
        async with form.open() as permit:
            claim = await claim_or_404(permit, asked.claim_id)
            return await _appealed_page(request, permit, claim, refused, asked.explanation)
    async with form.open() as permit:
        await DRAFTS.forget(permit, asked.claim_id)
    return RedirectResponse(f"{APPEALS}/{appeal_id}/receipt", 303)


async def _appealed_page(
    request: Request, permit: Permit, claim: Claim, refused: Rejected, explanation: str
) -> HTMLResponse:
    first = await found(permit, refused.fields["appeal_id"])
    permit.work.audit("read", "appeal", first.appeal_id)
    context = {
        "claim": claim,
        "first": first,
        "kind_words": state_words(first.outcome),
        "sentence": refused.fields["lines"],
        "explanation": explanation,
        "crumbs": (("Appeals", APPEALS),),
    }
    return render(request, "appeals/redetermination/appealed.html", context, status_code=refused.status)


@router.get(APPEALS + "/{appeal_id}/receipt")
async def receipt(
    request: Request, permit: Annotated[Permit, permitted(REDETERMINATION_READ)], appeal_id: str
) -> HTMLResponse:
    """What was received, and what happens next by when."""
    one = await found(permit, appeal_id)
    work = permit.work
    work.audit("read", "appeal", one.appeal_id)
    following = (
        "A reviewer who took no part in the first decision looks at the claim and at what you sent.",
        (
            f"You get our decision by {day(one.decide_by)}: 60 days after the business day of receipt. Evidence that"
            " you add on a later day gives us 14 days more each time."
        ),
        (
            "In your favor: the claim is adjusted, and a new remittance advice is the notice. Otherwise a decision"
            " letter says why, and how to go to the next level."
        ),
    )
    lines = (await repository.lines(work, [one.appeal_id])).get(one.appeal_id, [])
    context = {
        "receipt": Receipt("Appeal number", one.number, one.filed_at, one.received_on, following),
        "appeal": one,
        "lines": line_names(line.number for line in lines),
        "documents": len(await documents(work, one)),
        "follow": f"{APPEALS}/{one.appeal_id}",
        "crumbs": (("Appeals", APPEALS),),
    }
    return render(request, "appeals/redetermination/receipt.html", context)


# ---- an appeal ------------------------------------------------------------------------------------------------------


@router.get(APPEALS + "/{appeal_id}")
async def appeal(
    request: Request, permit: Annotated[Permit, permitted(REDETERMINATION_READ)], appeal_id: str
) -> HTMLResponse:
    """One appeal: how it stands and by when what happens, its lines, its history, its documents."""
    return await _appeal_page(request, permit, await found(permit, appeal_id), forms.Form())


async def _appeal_page(request: Request, permit: Permit, one: Appeal, form: forms.Form) -> HTMLResponse:
    work = permit.work
    work.audit("read", "appeal", one.appeal_id)
    claim = await repository.find_claim(work, one.claim_id, one.enrollment_id)
    lines = (await repository.lines(work, [one.appeal_id])).get(one.appeal_id, [])
    files = await attachments.of_subject(work, PURPOSE, one.appeal_id)
    second = await of_appeal(work, one)
    second_lines = await reconsiderations.lines(work, one.appeal_id) if second else []
    # What was decided last is the answer; below it stands what was decided at each level.
    kind, words = state_words(one.next_level if one.reconsidered else one.outcome)
    context = {
        "appeal": one,
        "kind": kind,
        "words": words,
        "next": what_next(one, business_days(work)),
        "rights": _next_steps(one, business_days(work)),
        "argument": argument(work, one),
        "facts": facts(work, claim) if claim and claim.finalized else None,
        "lines": [(line, _reasons_in_words(line.reasons), rationale(work, one, line)) for line in lines],
        "second": {line.number: line for line in second_lines},
        "line_name": partial(line_name, apart=await apart(work, one)),
        "steps": _history(one, [each.received_at for each in files if each.received_at], second),
        "documents": attachments.named(work, files),
        "form": form,
        "may_add": one.open and permit.may(REDETERMINATION_FILE),
        "limit": appeals_settings().upload_limit_bytes,
        "accept": ACCEPTED_DOCUMENTS,
        "idempotency_key": secret_text(),
        "crumbs": (("Appeals", APPEALS),),
    }
    return render(request, "appeals/redetermination/appeal.html", context)


def what_next(one: Appeal, days: BusinessDays) -> str:
    """What happens next, and by when."""
    if one.open:
        return f"We decide by {day(one.decide_by)}. Until then you can add documents."
    if one.outcome == "favorable":
        return "The claim is adjusted. The new remittance advice is the notice of this decision; no letter follows."
    until = day(reconsideration_until(one.decided_on, days)) if one.decided_on else ""
    adjusted = "What was granted is paid with a new remittance advice. " if one.outcome != "unfavorable" else ""
    if one.reconsidered:
        ours = state_words(one.outcome)[1]
        return f"At first it was {ours.lower()}; the letter says why. {NEXT_LEVEL[one.next_level]}"
    following = NEXT_LEVEL.get(one.next_level, f"The next level, a reconsideration, must be received by {until}.")
    return f"{adjusted}The letter says why. {following}"


def _next_steps(one: Appeal, days: BusinessDays) -> tuple[NextStep, ...]:
    claim = NextStep(
        "See what can be done about the claim", "Each line, with its last day.", f"{_CLAIMS}/{one.claim_id}/rights"
    )
    if one.open:
        more = "Evidence that comes on a later day gives us 14 more days to decide (42 CFR 405.946)."
        return NextStep("Add documents", more, "#add"), claim
    if one.letter is None:
        return (claim,)
    until = day(reconsideration_until(one.decided_on, days)) if one.decided_on else ""
    letter = NextStep(
        "Read the decision letter", "To read, print and save as a PDF.", f"{APPEALS}/{one.appeal_id}/letter"
    )
    next_level = f"{APPEALS}/{one.appeal_id}/reconsideration"
    if one.next_level:
        return letter, NextStep("See the reconsideration (level 2)", NEXT_LEVEL[one.next_level], next_level), claim
    more = (
        f"The QIC must receive it by {until}: 180 days and 5 mailing days after our decision. Later needs good cause."
    )
    return letter, NextStep("Ask for a reconsideration (level 2)", more, next_level), claim


def _reasons_in_words(reasons: str) -> list[tuple[str, str]]:
    return [(written, reason_of(written).words) for written in reasons.split()]


def _history(one: Appeal, added: Sequence[datetime], second: Reconsideration | None) -> list[Step]:
    steps = [Step(one.filed_at, "You sent the appeal", f"It counts as received on {day(one.received_on)}.")]
    steps += [Step(at, "You added a document") for at in added if at != one.filed_at]
    if one.decided_at is not None:
        steps.append(Step(one.decided_at, f"Redetermination: {state_words(one.outcome)[1].lower()}"))
    steps += history(second) if second else []
    return sorted(steps, key=lambda step: step.at, reverse=True)


class DocumentForm(BaseModel):
    """To which appeal a document is added."""

    appeal_id: str = ""


async def _add_again(request: Request, permit: Permit, form: forms.Form) -> HTMLResponse:
    return await _appeal_page(request, permit, await found(permit, form.typed.get("appeal_id", "")), form)


@router.post(APPEALS + "/documents")
async def send_document(
    form: Annotated[
        PermittedForm[DocumentForm],
        permitted_form(REDETERMINATION_FILE, DocumentForm, page=_add_again, upload=True),
    ],
) -> Response:
    """Add a document to an appeal. The same form sent twice adds it once."""
    appeal_id = form.value.appeal_id
    await add_document(form.admission, appeal_id, form.key, form.file)
    return RedirectResponse(f"{APPEALS}/{appeal_id}#documents", 303)


@router.get(APPEALS + "/{appeal_id}/documents/{document_id}")
async def document(
    permit: Annotated[Permit, permitted(REDETERMINATION_READ)], appeal_id: str, document_id: str
) -> StreamingResponse:
    """A document of an appeal as it was sent."""
    return await document_answer(permit.work, await found(permit, appeal_id), document_id)


@router.get(APPEALS + "/{appeal_id}/letter")
async def letter(
    request: Request, permit: Annotated[Permit, permitted(REDETERMINATION_READ)], appeal_id: str
) -> HTMLResponse:
    """The decision letter as a page."""
    one = await found(permit, appeal_id)
    context = {
        "appeal": one,
        "letter": letter_of(permit.work, one),
        "file": f"{APPEALS}/{one.appeal_id}/letter.pdf",
        "crumbs": (("Appeals", APPEALS), (one.number, f"{APPEALS}/{one.appeal_id}")),
    }
    return render(request, "appeals/letters/letter.html", context)


@router.get(APPEALS + "/{appeal_id}/letter.pdf")
async def letter_file(permit: Annotated[Permit, permitted(REDETERMINATION_READ)], appeal_id: str) -> Response:
    """The decision letter as a PDF."""
    one = await found(permit, appeal_id)
    return await letter_answer(one, letter_of(permit.work, one))
