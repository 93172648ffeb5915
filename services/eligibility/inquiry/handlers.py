"""Asks HETS: the pending inquiry is committed, HETS is asked outside of any transaction, the outcome is committed.

Whoever dies in between leaves a pending inquiry, which the sweep of the line closes as not answered. The first outcome
stands. While HETS takes no more, a question waits in line.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any, NoReturn
from uuid import UUID

from libs.common.contracts.auth import Enrollment
from libs.common.contracts.base import Contract
from libs.common.contracts.eligibility import InquiryAnswered, InquiryFailed
from libs.common.errors import Rejected
from libs.common.ids import digest_of
from libs.common.observability.alarms import report_unknown_codes
from libs.common.observability.logs import log
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.ports import Ports
from libs.common.web.formats import count
from libs.common.web.idempotency import claim
from libs.common.web.permit import Admission, Permit
from services.eligibility.conduct.domain import Asker
from services.eligibility.conduct.handlers import (
    refuse_over_limits,
    take_back_guess,
    take_refusal,
)
from services.eligibility.conduct.repository import take_back_question, values_of
from services.eligibility.conduct.views import asker_of
from services.eligibility.enrollment.views import not_enrolled, our_submitter
from services.eligibility.hets.domain import ANSWERED, BUSY, NO_ANSWER, REFUSED, Question, Written
from services.eligibility.hets.partner import PARTNER, Asked, Hets, HetsBusy, Outcome
from services.eligibility.inquiry import repository
from services.eligibility.inquiry.domain import ASK_WAITING, DESK
from services.eligibility.inquiry.repository import Inquiry
from services.eligibility.inquiry.tables import ANSWER, QUESTION
from services.eligibility.inquiry.views import Opened, faults_of, found, question_digest
from services.eligibility.settings import eligibility_settings

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Answering:
    """An inquiry that was asked, in the transaction that wrote its outcome down. `fresh`: what has just come of it.

    `repeated`: the same question was answered a little while ago, so this is that inquiry and HETS was not asked.
    """

    permit: Permit
    inquiry_id: UUID
    fresh: Opened | None
    repeated: bool = False

    async def read(self) -> Opened:
        """As `found`, without looking up again what was only now written."""
        if self.fresh is None:
            return await found(self.permit, str(self.inquiry_id))
        self.permit.work.audit("read", "inquiry", self.inquiry_id)
        return self.fresh


@asynccontextmanager
async def asking(
    admission: Admission, question: Question, key: str, *, again: bool = False, written: Written | None = None
) -> AsyncIterator[Answering]:
    """Ask HETS for whoever was admitted; the block is part of the transaction that writes the outcome down.

    The same form again gives the same inquiry, and asks nobody; neither does the same question within minutes, unless
    `again` says so. With `written`, HETS is asked as the program wrote it. Raises `Rejected` before HETS is asked: with
    what to correct in the question, because the NPI is not enrolled for HETS or the user may not ask (403), because too
    much was asked, or because it was sent a moment ago and has no answer (429); the refusal is audited. While HETS
    takes no more it waits for its turn; what a program wrote does not.
    """
    async with admission.open() as permit:
        runtime = permit.work.runtime
        _refuse_faults(permit, question)
        inquiry_id = runtime.ids.new()
        content = digest_of("inquiry", str(permit.enrollment.enrollment_id), QUESTION.encode(question))
        token, asker = runtime.keys.beneficiary_token(question.mbi), asker_of(permit)
        digest = question_digest(runtime, asker.user_id, permit.enrollment.enrollment_id, question, written)
        repeated = await _admit(permit, asker, token, inquiry_id, digest, again=again)
        sent = digest_of(content, written.payload) if written else content
        first = await claim(permit, key, sent, str(repeated or inquiry_id))
        if first or repeated:
            await take_back_question(permit.work, asker, token, slot=inquiry_id.int)
        asked = None if first or repeated else await _open(permit, inquiry_id, question, token, digest)
        if asked and written:
            asked = replace(asked, written=written.inquiry)
    outcome = await ask_hets(runtime, asked) if asked else None
    if asked and written and outcome is None:
        # Whoever passes a question through waits for its answer alone.
        outcome = Outcome(NO_ANSWER, reason=BUSY)
    async with admission.open() as permit:
        fresh = await close(permit.work, asker, inquiry_id, question, outcome) if outcome else None
        if asked and outcome is None:
            await _stand_in_line(permit, inquiry_id)
        if first:
            yield Answering(permit, UUID(first), None)
        else:
            yield Answering(permit, repeated or inquiry_id, fresh, repeated=repeated is not None)


async def ask_hets(runtime: Ports, asked: Asked) -> Outcome | None:
    """What comes of a question; None when HETS takes no more now, so that it was not sent."""
    try:
        return await Hets(runtime.settings, runtime.clock).ask(asked)
    except HetsBusy:
        return None


async def _stand_in_line(permit: Permit, inquiry_id: UUID) -> None:
    work, enrollment_id = permit.work, permit.enrollment.enrollment_id
    last = await repository.last_turn(work, enrollment_id, DESK)
    await repository.stand_in_line(work, inquiry_id, DESK, last + 1)
    await work.schedule(ASK_WAITING, "all", work.now)


async def ask(admission: Admission, question: Question, key: str, *, again: bool = False) -> tuple[UUID, bool]:
    """As `asking`, for whoever needs nothing but the id, and whether the question was repeated."""
    async with asking(admission, question, key, again=again) as answering:
        return answering.inquiry_id, answering.repeated


def _refuse_faults(permit: Permit, question: Question) -> None:
    work = permit.work
    if faults := faults_of(work.runtime, question):
        work.audit("ask", "inquiry", "none", outcome="refused", reason="form-invalid")
        raise Rejected("form-invalid", "Correct the fields below, then ask again.", fields=faults)


async def _admit(
    permit: Permit, asker: Asker, token: str, inquiry_id: UUID, digest: bytes, *, again: bool
) -> UUID | None:
    """Count the question, and refuse it where HETS may not be asked; the inquiry that answered it already, if any."""
    settings, work = eligibility_settings(), permit.work
    runtime = work.runtime
    since = runtime.clock.business() - timedelta(minutes=settings.repeat_minutes)
    opening = await repository.opening(
        work,
        {
            **values_of(
                work,
                asker,
                token,
                over=work.now - timedelta(hours=settings.guess_hours),
                slot=inquiry_id.int,
            ),
            "npi": asker.npi,
            "submitter": our_submitter(runtime),
            "today": runtime.today,
            "enrollment": permit.enrollment.enrollment_id,
            "question_digest": digest,
            # Nothing is found of a question that is to be asked again.
            "repeated_since": _NEVER if again else since,
        },
    )
    refuse_over_limits(work, asker, opening.standing)
    if not opening.may_ask:
        raise not_enrolled(work, asker.npi)
    return opening.repeated


async def _refuse_repeating(permit: Permit, digest: bytes, sent_after: datetime) -> NoReturn:
    """Refuse what was sent a moment ago and has no answer: HETS may still be at work on it (CAQH CORE rule 153)."""
    work = permit.work
    sent_at = await repository.last_sent(work, digest, sent_after=sent_after)
    left = max(1, ceil(((sent_at or sent_after) - sent_after).total_seconds()))
    work.audit("ask", "inquiry", "none", outcome="refused", reason="inquiry-repeated")
    sentence = (
        "HETS was sent this question a moment ago and has not answered it. By its rules the same question is not sent "
        f"again at once: ask again in {count(left, 'second')}. Other questions can be asked now."
    )
    raise Rejected("inquiry-repeated", sentence, status=429, fields={"": sentence}, retry_after=left)


async def _open(permit: Permit, inquiry_id: UUID, question: Question, token: str, digest: bytes) -> Asked:
    work, enrollment = permit.work, permit.enrollment
    row = row_of(work, asker_of(permit), enrollment.enrollment_id, inquiry_id, question, token, digest)
    sent_after = work.now - timedelta(seconds=eligibility_settings().hets_again_seconds)
    if not await repository.add(work, row | {"sent_at": work.now}, sent_after=sent_after):
        await _refuse_repeating(permit, digest, sent_after)
    work.audit("ask", "inquiry", inquiry_id)
    return asked_of(work.runtime, inquiry_id, question, enrollment)


def row_of(
    work: UnitOfWork,
    asker: Asker,
    enrollment_id: UUID,
    inquiry_id: UUID,
    question: Question,
    token: str,
    digest: bytes,
) -> dict[str, Any]:
    """An inquiry as it is written down before HETS is asked."""
    return {
        "inquiry_id": inquiry_id,
        "enrollment_id": enrollment_id,
        "asked_by": asker.user_id,
        "asked_at": work.runtime.clock.business(),
        "trace": _trace(inquiry_id),
        "beneficiary_token": token,
        "question": QUESTION.seal(work.runtime.keys, question, inquiry_id),
        "question_digest": digest,
    }


def _trace(inquiry_id: UUID) -> str:
    """HETS gives the trace back: it tells answers of one question from those of another."""
    return inquiry_id.hex[:24].upper()


def asked_of(runtime: Ports, inquiry_id: UUID, question: Question, enrollment: Enrollment) -> Asked:
    """What HETS is asked, for whom, in whose name."""
    return Asked(
        inquiry_id=inquiry_id,
        trace=_trace(inquiry_id),
        question=question,
        npi=enrollment.npi,
        organization=enrollment.organization_name,
        submitter=runtime.deployment.hets_submitter,
        today=runtime.today,
    )


async def close(
    work: UnitOfWork, asker: Asker | None, inquiry_id: UUID, question: Question, outcome: Outcome
) -> Opened | None:
    """Write the outcome down. `None` when it was written before: the first outcome stands.

    `asker` is whose refusals are counted; None when HETS was not asked for them any more.
    """
    answer = None
    if outcome.answer:
        answer = ANSWER.seal(work.runtime.keys, outcome.answer, inquiry_id)
    codes = " ".join(outcome.codes)
    closed = await repository.close(
        work,
        inquiry_id,
        outcome.state,
        answer=answer,
        codes=codes,
        reason=outcome.reason,
        was_sent=outcome.was_sent,
    )
    if closed is None:
        return None
    if outcome.state != ANSWERED:
        log.info("inquiry not answered", code=outcome.state, reason=outcome.reason or codes)
    if closed.counts_as_guess:
        await take_back_guess(work, closed.asked_by, closed.beneficiary_token, outcome.codes)
    if asker and outcome.state == REFUSED:
        await take_refusal(work, asker, outcome.codes, slot=inquiry_id.int)
    report_unknown_codes(PARTNER, outcome.unknown)
    work.append(event_of(closed, outcome.codes, work.runtime.clock.business()))
    work.audit("answer", "inquiry", inquiry_id, outcome="done" if outcome.state == ANSWERED else "failed")
    return Opened(closed, question, outcome.entitlement, outcome.refusals)


def event_of(closed: Inquiry, codes: tuple[str, ...], at: datetime) -> Contract:
    """What others are told of a closed inquiry that HETS refused for the reasons `codes`, if it did."""
    if closed.state == ANSWERED:
        return InquiryAnswered(
            inquiry_id=closed.inquiry_id,
            enrollment_id=closed.enrollment_id,
            asked_by=closed.asked_by,
            beneficiary_token=closed.beneficiary_token,
            answered_at=at,
        )
    return InquiryFailed.model_validate(
        {
            "inquiry_id": closed.inquiry_id,
            "enrollment_id": closed.enrollment_id,
            "asked_by": closed.asked_by,
            "outcome": closed.state,
            "codes": codes,
        }
    )
