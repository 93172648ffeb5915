"""Appeals for the contractor's reviewers: the work list by due day, an appeal with all that was sent, its decision."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse
from pydantic import BaseModel, Field

from libs.common.documents import attachments
from libs.common.ids import secret_text
from libs.common.security.permissions import APPEAL_REVIEW
from libs.common.web import forms
from libs.common.web.forms import Rows
from libs.common.web.pages import render
from libs.common.web.paging import Around, Column, Listing
from libs.common.web.permit import Permit, permitted
from libs.common.web.permitted_form import PermittedForm, permitted_form
from services.appeals.redetermination import repository
from services.appeals.redetermination.domain import line_name, line_names, reason_of
from services.appeals.redetermination.repository import Appeal
from services.appeals.redetermination.views import (
    apart,
    argument,
    claim_of,
    documents,
    facts,
    letter_answer,
    letter_of,
    rationale,
)
from services.appeals.redetermination.views import document as document_answer
from services.appeals.review.domain import RATIONALE_LENGTH, LineDecision
from services.appeals.review.handlers import decide
from services.appeals.review.views import found_for_review

router = APIRouter()

_STATES: Mapping[str, tuple[str, str]] = {
    "filed": ("waiting", "Waiting for the decision"),
    "favorable": ("good", "Favorable to the provider"),
    "partially-favorable": ("warning", "Partly favorable to the provider"),
    "unfavorable": ("bad", "Unfavorable to the provider"),
}
"""Kind of status and words, for staff of the contractor."""

REVIEW = "/appeals/review"
_COLUMNS = (
    Column("Appeal"),
    Column("Decision by"),
    Column("Days left", number=True),
    Column("Provider"),
    Column("Claim (ICN)"),
    Column("Lines"),
    Column("Status"),
)
_NONE = "No appeal is in this state. New ones appear here as providers file them."


@router.get(REVIEW)
async def work_list(
    request: Request,
    permit: Annotated[Permit, permitted(APPEAL_REVIEW)],
    place: Around,
    state: Annotated[str, Query(max_length=30)] = "filed",
) -> HTMLResponse:
    """The appeals of all providers, those due first on top."""
    work = permit.work
    state = state if state in _STATES else ""
    page = await repository.by_due_day(work, state, place)
    lines = await repository.lines(work, [each.appeal_id for each in page.rows])
    work.audit("list", "appeals", "all")
    listing = Listing("appeal", _COLUMNS, page, REVIEW, _NONE, filters={"state": state or "any"})
    today = work.runtime.today
    context = {
        "filter": forms.Form({"state": state or "any"}),
        "states": [*((name, words) for name, (_, words) in _STATES.items()), ("any", "Any")],
        "listing": listing,
        "rows": [
            (
                each,
                line_names(line.number for line in lines.get(each.appeal_id, ())),
                (each.decide_by - today).days,
                *_STATES[each.outcome or "filed"],
            )
            for each in page.rows
        ],
        "crumbs": (),
    }
    return render(request, "appeals/review/work_list.html", context)


@router.get(REVIEW + "/{appeal_id}")
async def appeal(request: Request, permit: Annotated[Permit, permitted(APPEAL_REVIEW)], appeal_id: str) -> HTMLResponse:
    """One appeal with the patient's facts, what was claimed, argued and sent, and the form of its decision."""
    return await _appeal_page(request, permit, await found_for_review(permit, appeal_id), forms.Form())


async def _appeal_page(request: Request, permit: Permit, one: Appeal, form: forms.Form) -> HTMLResponse:
    work = permit.work
    work.audit("read", "appeal", one.appeal_id)
    known = facts(work, await claim_of(work, one))
    lines = (await repository.lines(work, [one.appeal_id])).get(one.appeal_id, [])
    kind, words = _STATES[one.outcome or "filed"]
    context = {
        "appeal": one,
        "kind": kind,
        "words": words,
        "left": (one.decide_by - work.runtime.today).days,
        "facts": known,
        "argument": argument(work, one),
        "lines": [
            (
                line,
                known.lines.get(line.number),
                [(written, reason_of(written)) for written in line.reasons.split()],
                rationale(work, one, line),
            )
            for line in lines
        ],
        "line_name": partial(line_name, apart=await apart(work, one)),
        "documents": attachments.named(work, await documents(work, one)),
        "form": form,
        "rationale_length": RATIONALE_LENGTH,
        "idempotency_key": secret_text(),
        "crumbs": (("Appeal reviews", REVIEW),),
    }
    return render(request, "appeals/review/appeal.html", context)


class DecisionForm(BaseModel):
    """What a reviewer chose and wrote, by the number of the line. What is missing is judged by `decision_faults`."""

    chosen: Annotated[dict[int, str], Rows(r"decision_(\d{1,4})"), Field(title="Decision")] = {}
    rationales: Annotated[dict[int, str], Rows(r"rationale_(\d{1,4})"), Field(title="Rationale")] = {}

    def of_line(self, number: int) -> LineDecision:
        """What was decided of one line."""
        favorable = {"favorable": True, "unfavorable": False}.get(self.chosen.get(number, ""))
        return LineDecision(favorable, self.rationales.get(number, ""))


async def _decision_again(request: Request, permit: Permit, form: forms.Form) -> HTMLResponse:
    one = await found_for_review(permit, request.path_params["appeal_id"])
    return await _appeal_page(request, permit, one, form)


@router.post(REVIEW + "/{appeal_id}")
async def send_decision(
    form: Annotated[PermittedForm[DecisionForm], permitted_form(APPEAL_REVIEW, DecisionForm, page=_decision_again)],
    appeal_id: str,
) -> Response:
    """Issue the decision. The same form sent twice decides once."""
    async with form.open() as permit:
        one = await found_for_review(permit, appeal_id)
        lines = (await repository.lines(permit.work, [one.appeal_id])).get(one.appeal_id, [])
        decided = {line.number: form.value.of_line(line.number) for line in lines}

        async def do() -> str:
            await decide(permit.work, one.appeal_id, decided, decided_by=permit.principal.user_id)
            return f"{REVIEW}/{one.appeal_id}"

        return await form.once(permit, do)


@router.get(REVIEW + "/{appeal_id}/documents/{document_id}")
async def document(
    permit: Annotated[Permit, permitted(APPEAL_REVIEW)], appeal_id: str, document_id: str
) -> StreamingResponse:
    """A document that the provider sent."""
    return await document_answer(permit.work, await found_for_review(permit, appeal_id), document_id)


@router.get(REVIEW + "/{appeal_id}/letter")
async def letter(request: Request, permit: Annotated[Permit, permitted(APPEAL_REVIEW)], appeal_id: str) -> HTMLResponse:
    """The decision letter as the provider reads it."""
    one = await found_for_review(permit, appeal_id)
    context = {
        "appeal": one,
        "letter": letter_of(permit.work, one),
        "file": f"{REVIEW}/{one.appeal_id}/letter.pdf",
        "crumbs": (("Appeal reviews", REVIEW), (one.number, f"{REVIEW}/{one.appeal_id}")),
    }
    return render(request, "appeals/letters/letter.html", context)


@router.get(REVIEW + "/{appeal_id}/letter.pdf")
async def letter_file(permit: Annotated[Permit, permitted(APPEAL_REVIEW)], appeal_id: str) -> Response:
    """The decision letter as a PDF."""
    one = await found_for_review(permit, appeal_id)
    return await letter_answer(one, letter_of(permit.work, one))
