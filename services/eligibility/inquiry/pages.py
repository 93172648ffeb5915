"""Eligibility for people: the question, the entitlement page, and a refusal that says what to try next."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, BeforeValidator, Field

from libs.common.errors import Rejected
from libs.common.ids import secret_text
from libs.common.mbi import format_mbi, normalize_mbi
from libs.common.ports import Ports
from libs.common.runtime import Runtime
from libs.common.security.permissions import ELIGIBILITY_INQUIRY
from libs.common.web.forms import Day, Form
from libs.common.web.pages import render, text
from libs.common.web.paging import Around, Column, Listing
from libs.common.web.permit import Permit, permitted, runtime_of
from libs.common.web.permitted_form import PermittedForm, permitted_form
from services.eligibility.benefits.views import DISCLAIMERS, beside_the_tabs, shown_tabs
from services.eligibility.conduct.views import held_sentence
from services.eligibility.enrollment.views import may_ask_sentence, may_enroll
from services.eligibility.hets.domain import ALL_BENEFITS, Question
from services.eligibility.inquiry import repository
from services.eligibility.inquiry.domain import (
    MAX_RETRIES,
    REPLACED_NUMBER,
    SERVICE_TYPE_CHOICES,
    STATE_WORDS,
    StateWords,
    corrections,
    is_open,
    retries,
)
from services.eligibility.inquiry.handlers import ask
from services.eligibility.inquiry.repository import Inquiry
from services.eligibility.inquiry.views import Opened, asked_question, faults_of, found, standing, words_for
from services.eligibility.settings import eligibility_settings

router = APIRouter()

ELIGIBILITY = "/eligibility"
HISTORY = f"{ELIGIBILITY}/history"
_LATEST = 5
_COLUMNS = tuple(map(Column, ("Patient", "Medicare number", "Days of service", "Service type", "Asked", "Outcome")))


class QuestionForm(BaseModel):
    """The form as it is typed. What is missing or wrong in a question as a whole is judged by `faults_of`."""

    mbi: Annotated[
        str, BeforeValidator(lambda typed: normalize_mbi(str(typed))), Field(title="Medicare number", max_length=30)
    ] = ""
    last_name: Annotated[str, Field(title="Last name", max_length=60)] = ""
    first_name: Annotated[str, Field(title="First name", max_length=35)] = ""
    birth_date: Annotated[Day | None, Field(title="Birth date")] = None
    service_from: Annotated[Day | None, Field(title="First day of service")] = None
    service_to: Annotated[Day | None, Field(title="Last day of service")] = None
    service_type: Annotated[str, Field(title="Service type", max_length=3)] = ALL_BENEFITS
    suffix_inside: Annotated[Literal["", "yes"], Field(title="Suffix")] = ""

    def question(self, today: date) -> Question:
        """What is asked; without days of service it is asked about today."""
        first = self.service_from or self.service_to or today
        return Question(
            self.mbi,
            self.last_name,
            self.first_name,
            self.birth_date,
            first,
            self.service_to or self.service_from or today,
            self.service_type,
            suffix_inside=self.suffix_inside == "yes",
        )


class AgainForm(BaseModel):
    """Ask a question of before once more: as it was, or in the way of that number in `retries`, from 1."""

    way: Annotated[int, Field(title="Way to ask", ge=0, le=MAX_RETRIES)] = 0


@dataclass(frozen=True, slots=True)
class _Check:
    """A line of the checks of before: what was asked about whom, and how it ended; never what HETS said."""

    one: Inquiry
    question: Question
    service: str
    state: StateWords

    @property
    def patient(self) -> str:
        """The name, as it was typed."""
        return ", ".join(part for part in (self.question.last_name, self.question.first_name) if part)


@router.get(ELIGIBILITY)
async def form(request: Request, permit: Annotated[Permit, permitted(ELIGIBILITY_INQUIRY)]) -> HTMLResponse:
    """The question, and what the same person asked last."""
    return await _form_page(request, permit, Form())


async def _asked_page(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    """The question again, with everything to correct in one pass: what cannot be read, and what is wrong besides."""
    return await _form_page(request, permit, Form(form.typed, _all_faults(permit.work.runtime, form)))


@router.post(ELIGIBILITY + "/inquiries")
async def inquire(
    form: Annotated[PermittedForm[QuestionForm], permitted_form(ELIGIBILITY_INQUIRY, QuestionForm, page=_asked_page)],
    runtime: Annotated[Runtime, Depends(runtime_of)],
) -> Response:
    """Ask HETS. The same form sent twice is asked once; the same question within minutes leads to its answer."""
    inquiry_id, repeated = await ask(form.admission, form.value.question(runtime.today), form.key)
    return RedirectResponse(f"{ELIGIBILITY}/inquiries/{inquiry_id}{'?repeated=yes' if repeated else ''}", 303)


@router.get(ELIGIBILITY + "/inquiries/{inquiry_id}")
async def answer(
    request: Request,
    permit: Annotated[Permit, permitted(ELIGIBILITY_INQUIRY)],
    inquiry_id: str,
    repeated: Annotated[str, Query(max_length=3)] = "",
) -> HTMLResponse:
    """The answer: the entitlement page, printable; or why there is none, with the question to ask again.

    `repeated=yes`: it was there before the question was asked again.
    """
    one = await found(permit, inquiry_id)
    context = {
        "one": one,
        "crumbs": (("Eligibility", ELIGIBILITY),),
        "idempotency_key": secret_text(),
    }
    if one.answer is None:
        if is_open(one.inquiry.state):
            waiting = {"state": words_for(one.inquiry), "form": Form(), "service_types": SERVICE_TYPE_CHOICES}
            return render(request, "eligibility/inquiry/waiting.html", context | waiting)
        refused = {
            "state": words_for(one.inquiry),
            "form": Form(_typed(one.question)),
            "retries": retries(one.question, one.inquiry.reasons),
            "old_number": REPLACED_NUMBER in one.inquiry.reasons,
            "may_enroll": may_enroll(permit),
            "repeated": repeated == "yes",
            "service_types": SERVICE_TYPE_CHOICES,
        }
        return render(request, "eligibility/inquiry/refused.html", context | refused)
    return render(
        request, "eligibility/inquiry/entitlement.html", context | entitlement_facts(one, repeated=repeated == "yes")
    )


async def _again_page(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    """The question of before as a form, with why HETS was not asked once more."""
    one = await found(permit, request.path_params["inquiry_id"])
    errors = {name if name in QuestionForm.model_fields else "": sentence for name, sentence in form.errors.items()}
    return await _form_page(request, permit, Form(_typed(one.question), errors))


@router.post(ELIGIBILITY + "/inquiries/{inquiry_id}/again")
async def inquire_again(
    form: Annotated[PermittedForm[AgainForm], permitted_form(ELIGIBILITY_INQUIRY, AgainForm, page=_again_page)],
    inquiry_id: str,
) -> Response:
    """Ask HETS a question of before once more, or in another way: one click, and nothing of it in the address."""
    async with form.open() as permit:
        one = await found(permit, inquiry_id)
    ways = (one.question, *(each.question for each in retries(one.question, one.inquiry.reasons)))
    if form.value.way >= len(ways):
        sentence = "There is no such way to ask any more. Choose one of those below, or change the question."
        raise Rejected("form-invalid", sentence, fields={"": sentence})
    same = form.value.way == 0
    asked, repeated = await ask(form.admission, ways[form.value.way], form.key, again=same)
    return RedirectResponse(f"{ELIGIBILITY}/inquiries/{asked}{'?repeated=yes' if repeated else ''}", 303)


@router.get(ELIGIBILITY + "/live/inquiries/{inquiry_id}")
async def live(permit: Annotated[Permit, permitted(ELIGIBILITY_INQUIRY)], inquiry_id: str) -> HTMLResponse:
    """How an inquiry stands, for the page that waits for it; when it waits no more, it loads itself again."""
    one = await standing(permit, inquiry_id)
    if not is_open(one.state):
        return HTMLResponse("", headers={"HX-Refresh": "true"})
    return HTMLResponse(text("eligibility/inquiry/state.html", {"inquiry": one, "state": STATE_WORDS[one.state]}))


@router.get(HISTORY)
async def history(
    request: Request, permit: Annotated[Permit, permitted(ELIGIBILITY_INQUIRY)], place: Around
) -> HTMLResponse:
    """What the person asked for the enrollment acted for, the newest first: whom and when, not what HETS said."""
    work, enrollment_id = permit.work, permit.enrollment.enrollment_id
    page = await repository.history(work, enrollment_id, permit.principal.user_id, place)
    work.audit("list", "inquiries", enrollment_id)
    context = {
        "rows": [_check(work.runtime, row) for row in page.rows],
        "listing": Listing("check", _COLUMNS, page, HISTORY, "You have not checked eligibility for this provider yet."),
        "days": eligibility_settings().answer_days,
        "crumbs": (("Eligibility", ELIGIBILITY),),
    }
    return render(request, "eligibility/inquiry/history.html", context)


def entitlement_facts(one: Opened, *, repeated: bool = False) -> dict[str, object]:
    """What the entitlement page shows of an answered inquiry, beside the form for the next one.

    `repeated`: the answer was there before the question was asked again.
    """
    known, asked = one.answer, one.question
    assert known is not None  # noqa: S101 - only answered inquiries have the page
    return {
        "form": Form(),
        "repeated": repeated,
        "service_types": SERVICE_TYPE_CHOICES,
        "headline": one.headline,
        "corrections": corrections(asked, known.person),
        "tabs": shown_tabs(known, asked.service_from, asked.service_to),
        "beside": beside_the_tabs(known),
        "disclaimers": DISCLAIMERS,
    }


def _all_faults(runtime: Ports, typed: Form) -> dict[str, str]:
    """Everything to correct in one pass: fields that cannot be read, and what is wrong with the rest."""
    readable = {name: value for name, value in typed.typed.items() if value and name not in typed.errors}
    faults = faults_of(runtime, QuestionForm.model_validate(readable).question(runtime.today))
    if "birth_date" in typed.errors:
        # It was given, so the other half of the search is not missing.
        faults.pop("first_name", None)
    every = faults | dict(typed.errors)
    return {name: every[name] for name in ("", *QuestionForm.model_fields) if name in every}


async def _form_page(request: Request, permit: Permit, shown: Form) -> HTMLResponse:
    work = permit.work
    rows = await repository.latest(work, permit.enrollment.enrollment_id, permit.principal.user_id, limit=_LATEST)
    work.audit("list", "inquiries", permit.enrollment.enrollment_id)
    context = {
        "form": shown,
        "idempotency_key": secret_text(),
        "latest": [_check(work.runtime, row) for row in rows],
        "service_types": SERVICE_TYPE_CHOICES,
        # Whoever cannot ask learns it before a patient is typed.
        "why_not": "" if shown.errors else await held_sentence(permit) or await may_ask_sentence(permit),
        "may_enroll": may_enroll(permit),
    }
    return render(request, "eligibility/inquiry/question.html", context)


def _check(runtime: Ports, one: Inquiry) -> _Check:
    asked = asked_question(runtime, one)
    return _Check(one, asked, dict(SERVICE_TYPE_CHOICES).get(asked.service_type, asked.service_type), words_for(one))


def _typed(question: Question) -> dict[str, str]:
    """A question as the form shows it."""
    return {
        "mbi": format_mbi(question.mbi),
        "last_name": question.last_name,
        "first_name": question.first_name,
        "birth_date": f"{question.birth_date:%m/%d/%Y}" if question.birth_date else "",
        "service_from": f"{question.service_from:%m/%d/%Y}",
        "service_to": f"{question.service_to:%m/%d/%Y}",
        "service_type": question.service_type,
        "suffix_inside": "yes" if question.suffix_inside else "",
    }
