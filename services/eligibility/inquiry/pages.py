"""Eligibility for people: the question, the entitlement page, and a refusal that says what to try next."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, BeforeValidator, Field

from libs.common.errors import Rejected
from libs.common.ids import secret_text
from libs.common.mbi import format_mbi, normalize_mbi
from libs.common.observability.logs import log
from libs.common.security.permissions import ELIGIBILITY_INQUIRY
from libs.common.web.forms import Day, Form, read_form
from libs.common.web.pages import render
from libs.common.web.permit import Admission, Permit, admitted, check_form, permitted, runtime_of
from services.eligibility.hets.domain import Question
from services.eligibility.inquiry import repository
from services.eligibility.inquiry.handlers import ask, asked_question, found
from services.eligibility.inquiry.repository import Inquiry

router = APIRouter()

ELIGIBILITY = "/eligibility"
_LATEST = 5
_WORDS = {
    "pending": ("waiting", "Being asked"),
    "answered": ("good", "Answered"),
    "refused": ("warning", "Not found as asked"),
    "unreadable": ("bad", "The answer was not usable"),
    "no-answer": ("bad", "HETS did not answer"),
}


class QuestionForm(BaseModel):
    """The form as it is typed."""

    mbi: Annotated[
        str, BeforeValidator(lambda typed: normalize_mbi(str(typed))), Field(title="Medicare number", max_length=30)
    ]
    last_name: Annotated[str, Field(title="Last name", max_length=60)]
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
class _Asked:
    """A line of the last inquiries."""

    inquiry: Inquiry
    patient: str
    kind: str
    words: str


@router.get(ELIGIBILITY)
async def form(request: Request, permit: Annotated[Permit, permitted(ELIGIBILITY_INQUIRY)]) -> HTMLResponse:
    """The question, and what the same person asked last."""
    return await _form_page(request, permit, Form())


@router.post(ELIGIBILITY + "/inquiries")
async def inquire(request: Request, admission: Annotated[Admission, admitted(ELIGIBILITY_INQUIRY)]) -> Response:
    """Ask HETS. The same form sent twice is asked once."""
    sent = await read_form(request, QuestionForm)
    check_form(admission, csrf=sent.csrf, enrollment=sent.enrollment)
    shown = sent.form
    if sent.value is not None:
        try:
            inquiry_id = await ask(admission, sent.value.question(_today(request)), sent.idempotency_key)
        except Rejected as refused:
            if not refused.fields:
                raise
            shown = Form(shown.typed, refused.fields)
        else:
            return RedirectResponse(f"{ELIGIBILITY}/inquiries/{inquiry_id}", 303)
    log.info("request refused", code="form-invalid", status=422, route=f"{ELIGIBILITY}/inquiries")
    async with admission.open() as permit:
        return await _form_page(request, permit, shown, status_code=422)


@router.get(ELIGIBILITY + "/inquiries/{inquiry_id}")
async def answer(
    request: Request, permit: Annotated[Permit, permitted(ELIGIBILITY_INQUIRY)], inquiry_id: str
) -> HTMLResponse:
    """The answer: the entitlement page, printable; or why there is none, with the question to ask again."""
    one = await found(permit, inquiry_id)
    crumbs = (("Eligibility", ELIGIBILITY),)
    kind, words = _WORDS[one.inquiry.state]
    context = {"one": one, "kind": kind, "words": words, "crumbs": crumbs, "idempotency_key": secret_text()}
    if one.answer is not None:
        return render(request, "eligibility/inquiry/entitlement.html", context)
    return render(request, "eligibility/inquiry/refused.html", context | {"form": Form(_typed(one.question))})


async def _form_page(request: Request, permit: Permit, shown: Form, *, status_code: int = 200) -> HTMLResponse:
    work = permit.work
    rows = await repository.latest(work, permit.enrollment.enrollment_id, permit.principal.user_id, limit=_LATEST)
    work.audit("list", "inquiries", permit.enrollment.enrollment_id)
    context = {
        "form": shown,
        "idempotency_key": secret_text(),
        "latest": [_line(permit, row) for row in rows],
    }
    return render(request, "eligibility/inquiry/question.html", context, status_code=status_code)


def _line(permit: Permit, row: Inquiry) -> _Asked:
    question = asked_question(permit.work.runtime, row)
    return _Asked(row, f"{question.last_name}, {question.first_name}".rstrip(", "), *_WORDS[row.state])


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


def _today(request: Request) -> date:
    runtime = runtime_of(request)
    return runtime.clock.business().astimezone(runtime.deployment.zone).date()
