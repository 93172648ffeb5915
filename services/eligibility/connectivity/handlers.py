"""Passes a program's own inquiry through to HETS: judged first, asked as any inquiry is, answered as the program asked.

CMS counts the refusals of HETS, so what HETS would refuse is refused here, by the same codes (CAQH CORE 259).
"""

from collections.abc import Iterable, Sequence

from libs.common.errors import Rejected
from libs.common.web.permit import Admission
from libs.x12.eligibility.judging import rejections_for
from libs.x12.eligibility.objects import EligibilityInquiry, Rejection
from services.eligibility.connectivity.domain import (
    AWAY,
    NOT_AUTHORIZED,
    question_of,
    refusals_of,
    refusing,
    restored,
)
from services.eligibility.connectivity.views import Sent, Told, written
from services.eligibility.hets.domain import Written
from services.eligibility.inquiry.handlers import asking
from services.eligibility.inquiry.views import as_it_came


async def pass_through(admission: Admission, sent: Sent, key: str) -> Told:
    """The 271 for a program's inquiry: that of HETS, or why HETS was not asked or did not answer.

    The same payload under the same `key` has the same outcome, and HETS is not asked again. Raises `Rejected` as
    `asking` does, but for what is to be corrected in the question: that is in the 271.
    """
    inquiry = sent.inquiry
    async with admission.open() as permit:
        question = question_of(inquiry, permit.work.runtime.today)
        if refused := _refusals(inquiry, permit.enrollment.npi):
            permit.work.audit("ask", "inquiry", "none", outcome="refused", reason="form-invalid")
            return _refused(sent, refused)
    try:
        async with asking(admission, question, key, again=True, written=Written(inquiry, sent.payload)) as answering:
            one = (await answering.read()).inquiry
            answer = as_it_came(answering.permit.work.runtime, one)
    except Rejected as error:
        if told_so := _told_by_the_answer(error):
            return _refused(sent, told_so)
        raise
    told = sent.answered_at(one.answered_at or one.asked_at)
    return written(restored(answer, inquiry, one.trace), told.envelope) if answer else _refused(told, [AWAY])


def _refused(sent: Sent, refusals: Iterable[Rejection]) -> Told:
    return written(refusing(sent.inquiry, refusals, sent.envelope.created), sent.envelope)


def _told_by_the_answer(error: Rejected) -> Sequence[Rejection]:
    """What a refusal of the question is in a 271; nothing for one that is about the caller."""
    match error.code:
        case "form-invalid":
            return refusals_of(error.fields)
        case "inquiry-not-enrolled":
            return [NOT_AUTHORIZED]
        case _:
            return []


def _refusals(inquiry: EligibilityInquiry, npi: str) -> list[Rejection]:
    """Why HETS is not asked, in the order of the 271; nothing when it is."""
    found = [*rejections_for(inquiry.findings)]
    if inquiry.provider_npi != npi and not any(each.loop == "2100B" for each in found):
        found.append(NOT_AUTHORIZED)
    return found
