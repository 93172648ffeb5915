"""Finds inquiries for page and program, opens what is sealed of them, and says what to correct in a question."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from libs.common.errors import nothing_here
from libs.common.ports import Ports
from libs.common.web.permit import Permit, opaque
from libs.x12.eligibility.objects import EligibilityAnswer
from services.eligibility.coverage.domain import Headline, headline
from services.eligibility.entitlement.domain import Entitlement, Refusal
from services.eligibility.hets.domain import Question, Written, sent_name
from services.eligibility.hets.partner import answer_of, open_answer
from services.eligibility.inquiry import repository
from services.eligibility.inquiry.domain import NUMBER_ENDS, StateWords, question_faults, words_of
from services.eligibility.inquiry.repository import Inquiry
from services.eligibility.inquiry.tables import ANSWER, QUESTION
from services.eligibility.settings import eligibility_settings


@dataclass(frozen=True, slots=True)
class Opened:
    """An inquiry with its seals opened. `answer` only when HETS gave benefits that are still kept."""

    inquiry: Inquiry
    question: Question
    answer: Entitlement | None
    refusals: tuple[Refusal, ...]

    @property
    def number_ended(self) -> date | None:
        """The last day of the Medicare number, where HETS says that it was replaced."""
        periods = self.answer.person.periods if self.answer else ()
        return next((each.last for each in periods if each.code == NUMBER_ENDS), None)

    @property
    def headline(self) -> Headline | None:
        """What the answer comes to on the days asked about."""
        asked = self.question
        return headline(self.answer, asked.service_from, asked.service_to) if self.answer else None


def faults_of(runtime: Ports, question: Question) -> dict[str, str]:
    """What to correct in a question before HETS is asked, by field of the form."""
    settings = eligibility_settings()
    return question_faults(question, runtime.today, years_back=settings.years_back, months_ahead=settings.months_ahead)


async def found(permit: Permit, inquiry_id: str) -> Opened:
    """The inquiry of the enrollment acted for, opened and audited. Raises `Rejected` (404)."""
    one = await standing(permit, inquiry_id)
    permit.work.audit("read", "inquiry", one.inquiry_id)
    return opened(permit.work.runtime, one)


async def standing(permit: Permit, inquiry_id: str) -> Inquiry:
    """The inquiry of the enrollment acted for with its seals closed: how it stands. Raises `Rejected` (404)."""
    one = await repository.find(permit.work, opaque(inquiry_id), permit.enrollment.enrollment_id)
    if one is None:
        raise nothing_here()
    return one


def question_digest(
    runtime: Ports, user_id: UUID, enrollment_id: UUID, question: Question, written: Written | None = None
) -> bytes:
    """The same for the same question of the same user, however it was typed: by what HETS is sent."""
    if written:
        # All it asks, but for its traces: they differ each time.
        asked = repr(replace(written.inquiry.subscriber, traces=[])).encode()
        return runtime.keys.keyed_digest(user_id.bytes + enrollment_id.bytes + asked)
    name = sent_name(question)
    parts = (
        question.mbi,
        name.last,
        name.first,
        name.suffix,
        question.birth_date,
        question.service_from,
        question.service_to,
        question.service_type,
    )
    asked = "|".join(map(str, parts)).encode()
    return runtime.keys.keyed_digest(user_id.bytes + enrollment_id.bytes + asked)


def words_for(one: Inquiry) -> StateWords:
    """How an inquiry stands, in words."""
    return words_of(one.state, one.reason, one.reasons)


def opened(runtime: Ports, one: Inquiry) -> Opened:
    """The inquiry with its seals opened."""
    question = asked_question(runtime, one)
    if one.answer is None:
        return Opened(one, question, None, ())
    content = ANSWER.open(runtime.keys, one.answer, one.inquiry_id)
    answer, refusals = open_answer(content, one.asked_at.date())
    return Opened(one, question, answer, refusals)


def as_it_came(runtime: Ports, one: Inquiry) -> EligibilityAnswer | None:
    """The 271 of HETS, with its seal opened; `None` when there was none or it is not kept any more."""
    if one.answer is None:
        return None
    return answer_of(ANSWER.open(runtime.keys, one.answer, one.inquiry_id), one.asked_at.date())


def asked_question(runtime: Ports, one: Inquiry) -> Question:
    """What was asked, with its seal opened."""
    return QUESTION.open(runtime.keys, one.question, one.inquiry_id)
