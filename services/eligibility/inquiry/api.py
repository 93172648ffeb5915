"""Eligibility for programs: ask, and read the answer again."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from libs.common.mbi import normalize_mbi
from libs.common.ports import Ports
from libs.common.security.permissions import ELIGIBILITY_INQUIRY
from libs.common.web.bodies import SentBody
from libs.common.web.paging import Following, Listed, listed
from libs.common.web.permit import Admission, Permit, admitted, permitted, runtime_of
from services.eligibility.amounts.domain import YearAmounts, amounts_of, is_unpublished
from services.eligibility.benefits.views import DISCLAIMERS
from services.eligibility.coverage.domain import headline
from services.eligibility.entitlement.domain import TABS, Entitlement
from services.eligibility.hets.domain import ALL_BENEFITS, NO_ANSWER, Question
from services.eligibility.inquiry import repository
from services.eligibility.inquiry.domain import is_open
from services.eligibility.inquiry.handlers import asking
from services.eligibility.inquiry.repository import Inquiry
from services.eligibility.inquiry.views import Opened, asked_question, found, words_for

router = APIRouter(prefix="/api/eligibility/inquiries")

_LOOK_AGAIN_SECONDS = "5"
_NEW_KEY = (
    "Send it with a new Idempotency-Key: the same key gives this outcome again. What was sent must wait 90 seconds."
)


class QuestionBody(SentBody):
    """Whom to ask about: Medicare number and last name, with first name or birth date. Days of service: today.

    `service_type` is EQ01 of the 270. `suffix_inside`: a suffix at the end of the last name is part of it; otherwise it
    travels beside the name. `again`: ask HETS also when it answered the same question within minutes.
    """

    mbi: str = Field(max_length=30)
    last_name: str = Field(max_length=60)
    first_name: str = Field(default="", max_length=35)
    birth_date: date | None = None
    service_from: date | None = None
    service_to: date | None = None
    service_type: str = Field(default=ALL_BENEFITS, max_length=3)
    suffix_inside: bool = False
    again: bool = False


class _Answer(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class FactAnswer(_Answer):
    """Something that is said beside the rest, with the word for what it is."""

    label: str
    words: str


class NumberAnswer(_Answer):
    """A number with its kind in words; `name` is the plan's or group's name that came with it."""

    kind: str
    number: str
    name: str


class PeriodAnswer(_Answer):
    """Days, each side open when it is null. `code` is DTP01 of the 271; `endless`: HETS says there is no last day."""

    code: str
    words: str
    first: date | None
    last: date | None
    endless: bool


class EntityAnswer(_Answer):
    """A plan, insurer, contractor or provider that belongs to a benefit: its numbers, address, telephone, website."""

    role: str
    name: str
    facts: tuple[FactAnswer, ...]


class RefusalAnswer(_Answer):
    """Why HETS refused (AAA03), in words, what to do, and who can help (`helper`).

    `follow_up` is AAA04 in words, `about` whom it is about, `understood` AAA01: HETS could read the question.
    """

    code: str
    sentence: str
    remedy: str
    follow_up: str
    about: str
    understood: bool
    helper: str


class BenefitAnswer(_Answer):
    """One statement of HETS, in words; `code` is EB01 and `insurance_type` EB04 of the 271.

    `first_day` and `last_day` are the days of a stay it is about, such as 61 to 90; `left` is what remains of them, or
    of visits and units, in words. `unit` is EB09; `procedure_code` and `modifiers` are EB13. `network` says in or out
    of network where that makes a difference. `remarks` say what HETS left out.
    """

    code: str
    what: str
    service: str
    service_types: tuple[str, ...]
    insurance_type: str
    insurance: str
    span: str
    plan: str
    amount_cents: int | None
    percent: str
    quantity: str
    unit: str
    first_day: int | None
    last_day: int | None
    left: str
    procedure: str
    procedure_code: str
    modifiers: tuple[str, ...]
    network: str
    periods: tuple[PeriodAnswer, ...]
    facts: tuple[FactAnswer, ...]
    numbers: tuple[NumberAnswer, ...]
    messages: tuple[str, ...]
    entities: tuple[EntityAnswer, ...]
    refusals: tuple[RefusalAnswer, ...]
    remarks: tuple[str, ...]


class PersonAnswer(_Answer):
    """The patient as HETS knows them; claims need these data. `corrected`: they differ from those of the question."""

    mbi: str
    last_name: str
    first_name: str
    middle_name: str
    suffix: str
    birth_date: date | None
    sex: str
    address: str
    corrected: bool
    periods: tuple[PeriodAnswer, ...]
    numbers: tuple[NumberAnswer, ...]
    facts: tuple[FactAnswer, ...]


class DaysAnswer(_Answer):
    """Days from `first` to `last`, both counted in."""

    first: date
    last: date


class CoverageAnswer(_Answer):
    """One part of Medicare on the days asked about: on which `days` it is active, in words, and why not on all."""

    part: str
    state: Literal["active", "partly", "inactive", "not-reported"]
    days: tuple[DaysAnswer, ...]
    words: str
    reasons: tuple[str, ...]


class TabAnswer(_Answer):
    """The headings that stand together on a tab of the entitlement page, in its order."""

    name: str
    headings: tuple[str, ...]


class AmountsAnswer(_Answer):
    """What CMS published for a calendar year, in cents; coinsurance is for each day. None while not `published`.

    `therapy` is the KX modifier threshold, one for physical therapy and speech-language pathology together and one for
    occupational therapy; above `therapy_review` records may be asked for.
    """

    year: int
    published: bool = True
    part_a_deductible: int | None = None
    hospital_coinsurance: int | None = None
    reserve_coinsurance: int | None = None
    nursing_coinsurance: int | None = None
    part_b_deductible: int | None = None
    therapy: int | None = None
    therapy_review: int | None = None


class InquiryAnswer(BaseModel):
    """One inquiry and its outcome; `message` says what happened and what to do.

    `coverage` is about the days asked about, `parts` those active on any of them, `death` the date of death,
    `number_ended` the last day of a Medicare number that was replaced. `groups`
    hold the benefits by the headings of the entitlement page, `tabs` say which of these stand together: an empty one
    was not reported. `amounts` are those of CMS for the years asked about; where a benefit has an amount, that is
    HETS's and stands. `refusals` beside benefits are parts of the question that HETS did not answer; `remarks` say what
    the answer lacks, `disclaimers` what it is not.
    """

    inquiry_id: UUID
    state: Literal["waiting", "pending", "answered", "refused", "unreadable", "no-answer"]
    message: str
    trace: str
    asked_at: datetime
    answered_at: datetime | None
    hets_trace: str = ""
    headline: str = ""
    coverage: tuple[CoverageAnswer, ...] = ()
    parts: tuple[str, ...] = ()
    death: date | None = None
    number_ended: date | None = None
    person: PersonAnswer | None = None
    tabs: tuple[TabAnswer, ...] = ()
    groups: dict[str, tuple[BenefitAnswer, ...]] = {}
    amounts: tuple[AmountsAnswer, ...] = ()
    about: tuple[FactAnswer, ...] = ()
    refusals: tuple[RefusalAnswer, ...] = ()
    remarks: tuple[str, ...] = ()
    disclaimers: tuple[str, ...] = ()


class AskedAnswer(BaseModel):
    """What was asked, and how it ended. `kept`: the answer can still be read at `/{inquiry_id}`."""

    inquiry_id: UUID
    mbi: str
    last_name: str
    first_name: str
    birth_date: date | None
    service_from: date
    service_to: date
    service_type: str
    asked_at: datetime
    state: str
    kept: bool


class InquiriesAnswer(Listed):
    """Some inquiries of the caller."""

    inquiries: tuple[AskedAnswer, ...]


@router.post(
    "",
    status_code=201,
    responses={
        202: {
            "description": "It waits for its turn: ask again at Location",
            "model": InquiryAnswer,
            "headers": {"Retry-After": {"description": "Seconds", "required": True, "schema": {"type": "integer"}}},
        }
    },
)
async def inquire(
    request: Request,
    response: Response,
    body: QuestionBody,
    admission: Annotated[Admission, admitted(ELIGIBILITY_INQUIRY)],
    idempotency_key: Annotated[str, Header()] = "",
) -> InquiryAnswer:
    """Ask HETS and wait for its answer. Needs an `Idempotency-Key` of 8 to 200 characters.

    The same key and question are asked once and have one outcome, also when HETS did not answer: to ask again, send a
    new key. While HETS is busy the inquiry waits for its turn: 202, and later its outcome at Location. Several
    inquiries about one Medicare number with details that do not match lead to 429; so does one that was sent within
    the last 90 seconds and has no answer, with `Retry-After`.

    200 instead of 201: the same question was answered within minutes, and this is that answer.
    """
    first = body.service_from or body.service_to or runtime_of(request).today
    question = Question(
        normalize_mbi(body.mbi),
        body.last_name,
        body.first_name,
        body.birth_date,
        first,
        body.service_to or first,
        body.service_type,
        suffix_inside=body.suffix_inside,
    )
    async with asking(admission, question, idempotency_key, again=body.again) as answering:
        response.status_code = 200 if answering.repeated else 201
        response.headers["location"] = f"{router.prefix}/{answering.inquiry_id}"
        one = await answering.read()
        if is_open(one.inquiry.state):
            response.status_code = 202
            response.headers["retry-after"] = _LOOK_AGAIN_SECONDS
        return shown(one)


@router.get("")
async def inquiries(permit: Annotated[Permit, permitted(ELIGIBILITY_INQUIRY)], place: Following) -> InquiriesAnswer:
    """What the caller asked for the enrollment acted for, the newest first: whom and when, not what HETS said."""
    work, enrollment_id = permit.work, permit.enrollment.enrollment_id
    page = await repository.history(work, enrollment_id, permit.principal.user_id, place)
    work.audit("list", "inquiries", enrollment_id)
    return InquiriesAnswer(**listed(page), inquiries=tuple(_asked(work.runtime, each) for each in page.rows))


def _asked(runtime: Ports, one: Inquiry) -> AskedAnswer:
    question = asked_question(runtime, one)
    return AskedAnswer(
        inquiry_id=one.inquiry_id,
        mbi=question.mbi,
        last_name=question.last_name,
        first_name=question.first_name,
        birth_date=question.birth_date,
        service_from=question.service_from,
        service_to=question.service_to,
        service_type=question.service_type,
        asked_at=one.asked_at,
        state=one.state,
        kept=one.answer is not None,
    )


@router.get("/{inquiry_id}")
async def inquiry(permit: Annotated[Permit, permitted(ELIGIBILITY_INQUIRY)], inquiry_id: str) -> InquiryAnswer:
    """One inquiry and its outcome."""
    return shown(await found(permit, inquiry_id))


def shown(one: Opened) -> InquiryAnswer:
    """An inquiry as a program is told it."""
    inquiry = one.inquiry
    return InquiryAnswer.model_validate(
        {
            "inquiry_id": inquiry.inquiry_id,
            "state": inquiry.state,
            "message": _message(one),
            "trace": inquiry.trace,
            "asked_at": inquiry.asked_at,
            "answered_at": inquiry.answered_at,
            "refusals": one.refusals,
            "number_ended": one.number_ended,
            **(entitlement_of(one.answer, one.question) if one.answer else {}),
        }
    )


def _message(one: Opened) -> str:
    state = words_for(one.inquiry)
    if one.answer:
        return state.sentence
    remedies = [each.remedy for each in one.refusals] or [state.remedy]
    if one.inquiry.state == NO_ANSWER:
        remedies.append(_NEW_KEY)
    return " ".join([state.sentence, *remedies])


def entitlement_of(answer: Entitlement, asked: Question) -> dict[str, Any]:
    """What HETS said, field by field of `InquiryAnswer`."""
    first, last = asked.service_from, asked.service_to
    found = headline(answer, first, last)
    return {
        "hets_trace": answer.trace,
        "headline": found.words,
        "coverage": found.parts,
        "parts": [each.part for each in found.parts if each.days],
        "death": answer.death,
        "person": answer.person,
        "tabs": TABS,
        "groups": answer.groups,
        "amounts": list(_amounts(first.year, last.year)),
        "about": answer.about,
        "refusals": answer.refusals,
        "remarks": answer.remarks,
        "disclaimers": DISCLAIMERS,
    }


def _amounts(first: int, last: int) -> Iterator[YearAmounts | AmountsAnswer]:
    for year in range(first, last + 1):
        if amounts := amounts_of(year):
            yield amounts
        elif is_unpublished(year):
            yield AmountsAnswer(year=year, published=False)
