"""Eligibility for people: the question, the entitlement page, and a refusal that says what to try next."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, BeforeValidator, Field

from libs.common.ids import secret_text
from libs.common.mbi import format_mbi, normalize_mbi
from libs.common.ports import Ports
from libs.common.runtime import Runtime
from libs.common.security.permissions import ELIGIBILITY_INQUIRY
from libs.common.web.forms import Day, Form
from libs.common.web.pages import render
from libs.common.web.permit import Permit, permitted, runtime_of
from libs.common.web.permitted_form import PermittedForm, permitted_form
from services.eligibility.benefits.views import DISCLAIMERS, beside_the_tabs, shown_tabs
from services.eligibility.hets.domain import Question
from services.eligibility.inquiry import repository
from services.eligibility.inquiry.domain import corrections, words_of
from services.eligibility.inquiry.handlers import ask
from services.eligibility.inquiry.views import Opened, faults_of, found, opened

router = APIRouter()

ELIGIBILITY = "/eligibility"
_LATEST = 5


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
        )


@dataclass(frozen=True, slots=True)
class _Check:
    """A line of the recent checks: the question, and what came of it."""

    one: Opened
    patient: str
    kind: str
    result: str


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
    """Ask HETS. The same form sent twice is asked once."""
    inquiry_id = await ask(form.admission, form.value.question(runtime.today), form.key)
    return RedirectResponse(f"{ELIGIBILITY}/inquiries/{inquiry_id}", 303)


@router.get(ELIGIBILITY + "/inquiries/{inquiry_id}")
async def answer(
    request: Request, permit: Annotated[Permit, permitted(ELIGIBILITY_INQUIRY)], inquiry_id: str
) -> HTMLResponse:
    """The answer: the entitlement page, printable; or why there is none, with the question to ask again."""
    one = await found(permit, inquiry_id)
    context = {"one": one, "crumbs": (("Eligibility", ELIGIBILITY),), "idempotency_key": secret_text()}
    if one.answer is None:
        state = words_of(one.inquiry.state, one.inquiry.reason)
        return render(
            request, "eligibility/inquiry/refused.html", context | {"state": state, "form": Form(_typed(one.question))}
        )
    return render(request, "eligibility/inquiry/entitlement.html", context | entitlement_facts(one))


def entitlement_facts(one: Opened) -> dict[str, object]:
    """What the entitlement page shows of an answered inquiry, beside the form for the next one."""
    known, asked = one.answer, one.question
    assert known is not None  # noqa: S101 - only answered inquiries have the page
    return {
        "form": Form(),
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
        "latest": [_check(opened(work.runtime, row)) for row in rows],
    }
    return render(request, "eligibility/inquiry/question.html", context)


def _check(one: Opened) -> _Check:
    state, asked = words_of(one.inquiry.state, one.inquiry.reason), one.question
    patient = ", ".join(part for part in (asked.last_name, asked.first_name) if part)
    if one.headline:
        return _Check(one, patient, one.headline.kind, one.headline.words)
    return _Check(one, patient, state.kind, state.words)


def _typed(question: Question) -> dict[str, str]:
    """A question as the form shows it."""
    return {
        "mbi": format_mbi(question.mbi),
        "last_name": question.last_name,
        "first_name": question.first_name,
        "birth_date": f"{question.birth_date:%m/%d/%Y}" if question.birth_date else "",
        "service_from": f"{question.service_from:%m/%d/%Y}",
        "service_to": f"{question.service_to:%m/%d/%Y}",
    }
