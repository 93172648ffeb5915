"""Eligibility for programs: ask, and read the answer again."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response
from pydantic import BaseModel, Field

from libs.common.mbi import normalize_mbi
from libs.common.security.permissions import ELIGIBILITY_INQUIRY
from libs.common.web.permit import Admission, Permit, admitted, permitted, runtime_of
from services.eligibility.hets.domain import Benefit, Question, Refusal
from services.eligibility.inquiry.handlers import Opened, asking, found

router = APIRouter(prefix="/api/eligibility/inquiries")


class QuestionBody(BaseModel):
    """Whom to ask about: Medicare number and last name, with first name or birth date. Days of service: today."""

    mbi: str = Field(max_length=30)
    last_name: str = Field(min_length=1, max_length=60)
    first_name: str = Field(default="", max_length=35)
    birth_date: date | None = None
    service_from: date | None = None
    service_to: date | None = None


class PeriodAnswer(BaseModel):
    """Days, each side open when it is null."""

    words: str
    first: date | None
    last: date | None


class EntityAnswer(BaseModel):
    """A plan, contractor or provider that belongs to a benefit."""

    role: str
    name: str
    identifier: str
    contact: str


class BenefitAnswer(BaseModel):
    """One statement of HETS, in words; `code` is EB01 and `insurance_type` EB04 of the 271."""

    code: str
    what: str
    service: str
    insurance_type: str
    insurance: str
    span: str
    plan: str
    amount_cents: int | None
    percent: str
    quantity: str
    procedure: str
    periods: tuple[PeriodAnswer, ...]
    references: tuple[str, ...]
    messages: tuple[str, ...]
    entities: tuple[EntityAnswer, ...]


class RefusalAnswer(BaseModel):
    """Why HETS refused (AAA03), in words, and what to do."""

    code: str
    sentence: str
    remedy: str


class InquiryAnswer(BaseModel):
    """One inquiry and its outcome. `groups` hold the benefits by the headings of the entitlement page."""

    inquiry_id: UUID
    state: Literal["pending", "answered", "refused", "unreadable", "no-answer"]
    trace: str
    asked_at: datetime
    answered_at: datetime | None
    parts: tuple[str, ...] = ()
    groups: dict[str, tuple[BenefitAnswer, ...]] = {}
    refusals: tuple[RefusalAnswer, ...] = ()


@router.post("", status_code=201)
async def inquire(
    request: Request,
    response: Response,
    body: QuestionBody,
    admission: Annotated[Admission, admitted(ELIGIBILITY_INQUIRY)],
    idempotency_key: Annotated[str, Header()] = "",
) -> InquiryAnswer:
    """Ask HETS and wait for its answer. Needs an `Idempotency-Key`: the same key and question are asked once."""
    runtime = runtime_of(request)
    today = runtime.clock.business().astimezone(runtime.deployment.zone).date()
    first = body.service_from or body.service_to or today
    question = Question(
        normalize_mbi(body.mbi),
        body.last_name.strip(),
        body.first_name.strip(),
        body.birth_date,
        first,
        body.service_to or first,
    )
    async with asking(admission, question, idempotency_key) as answering:
        response.headers["location"] = f"{router.prefix}/{answering.inquiry_id}"
        return _shown(await answering.read())


@router.get("/{inquiry_id}")
async def inquiry(permit: Annotated[Permit, permitted(ELIGIBILITY_INQUIRY)], inquiry_id: str) -> InquiryAnswer:
    """One inquiry and its outcome."""
    return _shown(await found(permit, inquiry_id))


def _shown(one: Opened) -> InquiryAnswer:
    answer = one.answer
    return InquiryAnswer(
        inquiry_id=one.inquiry.inquiry_id,
        state=one.inquiry.state,
        trace=one.inquiry.trace,
        asked_at=one.inquiry.asked_at,
        answered_at=one.inquiry.answered_at,
        parts=answer.parts if answer else (),
        groups={} if answer is None else {name: tuple(map(_benefit, some)) for name, some in answer.groups.items()},
        refusals=tuple(_refusal(each) for each in one.refusals),
    )


def _benefit(benefit: Benefit) -> BenefitAnswer:
    return BenefitAnswer.model_validate(benefit, from_attributes=True)


def _refusal(refusal: Refusal) -> RefusalAnswer:
    return RefusalAnswer.model_validate(refusal, from_attributes=True)
