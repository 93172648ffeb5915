"""Asks HETS: the pending inquiry is committed, HETS is asked outside of any transaction, the outcome is committed.

Whoever dies in between leaves a pending inquiry, which the sweep closes as not answered. The first outcome stands.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil
from typing import NoReturn
from uuid import UUID

from libs.common.contracts.base import Contract
from libs.common.contracts.eligibility import InquiryAnswered, InquiryFailed
from libs.common.errors import Rejected
from libs.common.ids import digest_of
from libs.common.messaging.subscriptions import Due
from libs.common.observability.alarms import report_unknown_codes
from libs.common.observability.logs import log
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.ports import Ports
from libs.common.web.formats import count, moment
from libs.common.web.idempotency import claim
from libs.common.web.permit import Admission, Permit
from services.eligibility.hets.domain import ANSWERED, BUSY, NO_ANSWER, Question, Written
from services.eligibility.hets.partner import PARTNER, Asked, Hets, HetsBusy, Outcome
from services.eligibility.inquiry import repository
from services.eligibility.inquiry.domain import is_guess
from services.eligibility.inquiry.tables import ANSWER, QUESTION
from services.eligibility.inquiry.views import Opened, faults_of, found
from services.eligibility.settings import eligibility_settings

SWEEP = "sweep-inquiries"
"""The kind of due work that closes orphans and deletes old answers."""

_SWEEP_EVERY = timedelta(minutes=1)
_ORPHAN_AFTER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Answering:
    """An inquiry that was asked, in the transaction that wrote its outcome down. `fresh`: what has just come of it."""

    permit: Permit
    inquiry_id: UUID
    fresh: Opened | None

    async def read(self) -> Opened:
        """As `found`, without looking up again what was only now written."""
        if self.fresh is None:
            return await found(self.permit, str(self.inquiry_id))
        self.permit.work.audit("read", "inquiry", self.inquiry_id)
        return self.fresh


@asynccontextmanager
async def asking(
    admission: Admission, question: Question, key: str, *, written: Written | None = None
) -> AsyncIterator[Answering]:
    """Ask HETS for whoever was admitted; the block is part of the transaction that writes the outcome down.

    The same form again gives the same inquiry, and asks nobody. With `written`, HETS is asked as the program wrote it.
    Raises `Rejected` before HETS is asked, with what to correct in the question, or because the user asks by guessing,
    or asks again what was sent a moment ago and has no answer (429); the refusal is audited.
    """
    async with admission.open() as permit:
        runtime = permit.work.runtime
        _refuse_faults(permit, question)
        inquiry_id = runtime.ids.new()
        content = digest_of("inquiry", str(permit.enrollment.enrollment_id), QUESTION.encode(question))
        sent = digest_of(content, written.payload) if written else content
        first = await claim(permit, key, sent, str(inquiry_id))
        asked = None if first else await _open(permit, inquiry_id, question, content)
        if asked and written:
            asked = replace(asked, written=written.inquiry)
    outcome = await _ask_hets(runtime, asked) if asked else None
    async with admission.open() as permit:
        fresh = await _close(permit, asked, outcome) if asked and outcome else None
        yield Answering(permit, UUID(first) if first else inquiry_id, fresh)


async def _ask_hets(runtime: Ports, asked: Asked) -> Outcome:
    try:
        return await Hets(runtime.settings, runtime.clock).ask(asked)
    except HetsBusy:
        return Outcome(NO_ANSWER, reason=BUSY)


async def ask(admission: Admission, question: Question, key: str) -> UUID:
    """As `asking`, for whoever needs nothing but the id."""
    async with asking(admission, question, key) as answering:
        return answering.inquiry_id


def _refuse_faults(permit: Permit, question: Question) -> None:
    work = permit.work
    if faults := faults_of(work.runtime, question):
        work.audit("ask", "inquiry", "none", outcome="refused", reason="form-invalid")
        raise Rejected("form-invalid", "Correct the fields below, then ask again.", fields=faults)


async def _refuse_guessing(permit: Permit, token: str) -> None:
    """Refuse who has asked too often about one beneficiary with details that did not match."""
    settings, work = eligibility_settings(), permit.work
    window = timedelta(hours=settings.guess_hours)
    guesses, since = await repository.count_guess(work, permit.principal.user_id, token, over=work.now - window)
    if guesses <= settings.guesses:
        return
    work.audit("ask", "inquiry", "none", outcome="refused", reason="inquiry-limited")
    sentence = (
        f"You asked {settings.guesses} times about this Medicare number with a name or birth date that does not match. "
        "Check the patient's ID. You can ask about this number again after "
        f"{moment(since + window + work.runtime.clock.offset(), work.runtime.deployment.zone)}."
    )
    raise Rejected("inquiry-limited", sentence, status=429, fields={"mbi": sentence})


async def _refuse_repeating(permit: Permit, question_digest: bytes, sent_after: datetime) -> NoReturn:
    """Refuse what was sent a moment ago and has no answer: HETS may still be at work on it (CAQH CORE rule 153)."""
    work = permit.work
    sent_at = await repository.last_sent(work, question_digest, sent_after=sent_after)
    left = max(1, ceil(((sent_at or sent_after) - sent_after).total_seconds()))
    work.audit("ask", "inquiry", "none", outcome="refused", reason="inquiry-repeated")
    sentence = (
        "HETS was sent this question a moment ago and has not answered it. By its rules the same question is not sent "
        f"again at once: ask again in {count(left, 'second')}. Other questions can be asked now."
    )
    raise Rejected("inquiry-repeated", sentence, status=429, fields={"": sentence}, retry_after=left)


async def _open(permit: Permit, inquiry_id: UUID, question: Question, content: bytes) -> Asked:
    work, enrollment = permit.work, permit.enrollment
    runtime = work.runtime
    token = runtime.keys.beneficiary_token(question.mbi)
    await _refuse_guessing(permit, token)
    asked = Asked(
        inquiry_id=inquiry_id,
        # HETS gives the trace back: it tells answers of one question from those of another.
        trace=inquiry_id.hex[:24].upper(),
        question=question,
        npi=enrollment.npi,
        organization=enrollment.organization_name,
        submitter=runtime.deployment.hets_submitter,
        today=runtime.today,
    )
    question_digest = runtime.keys.keyed_digest(permit.principal.user_id.bytes + content)
    sent_after = work.now - timedelta(seconds=eligibility_settings().hets_again_seconds)
    is_new = await repository.add(
        work,
        {
            "inquiry_id": inquiry_id,
            "enrollment_id": enrollment.enrollment_id,
            "asked_by": permit.principal.user_id,
            "asked_at": runtime.clock.business(),
            "trace": asked.trace,
            "beneficiary_token": token,
            "question": QUESTION.seal(runtime.keys, question, inquiry_id),
            "question_digest": question_digest,
            "sent_at": work.now,
        },
        sent_after=sent_after,
    )
    if not is_new:
        await _refuse_repeating(permit, question_digest, sent_after)
    work.audit("ask", "inquiry", inquiry_id)
    return asked


async def _close(permit: Permit, asked: Asked, outcome: Outcome) -> Opened | None:
    """Write the outcome down. `None` when it was written before: the first outcome stands."""
    work = permit.work
    answer = None
    if outcome.answer:
        answer = ANSWER.seal(work.runtime.keys, outcome.answer, asked.inquiry_id)
    codes = " ".join(outcome.codes)
    closed = await repository.close(
        work,
        asked.inquiry_id,
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
    if not is_guess(outcome.codes):
        await repository.take_back_guess(work, closed.asked_by, closed.beneficiary_token)
    report_unknown_codes(PARTNER, outcome.unknown)
    work.append(
        _event(
            asked.inquiry_id,
            permit.enrollment.enrollment_id,
            permit.principal.user_id,
            closed.beneficiary_token,
            outcome.state,
            outcome.codes,
            work.runtime.clock.business(),
        )
    )
    work.audit("answer", "inquiry", asked.inquiry_id, outcome="done" if outcome.state == ANSWERED else "failed")
    return Opened(closed, asked.question, outcome.entitlement, outcome.refusals)


def _event(
    inquiry_id: UUID,
    enrollment_id: UUID,
    asked_by: UUID,
    token: str,
    state: str,
    codes: tuple[str, ...],
    at: datetime,
) -> Contract:
    if state == ANSWERED:
        return InquiryAnswered(
            inquiry_id=inquiry_id,
            enrollment_id=enrollment_id,
            asked_by=asked_by,
            beneficiary_token=token,
            answered_at=at,
        )
    return InquiryFailed.model_validate(
        {
            "inquiry_id": inquiry_id,
            "enrollment_id": enrollment_id,
            "asked_by": asked_by,
            "outcome": state,
            "codes": codes,
        }
    )


async def sweep(work: UnitOfWork, _due: Due) -> None:
    """Close what nobody waits for any more, and delete answers that are old."""
    now = work.runtime.clock.business()
    for one in await repository.give_up(work, now - _ORPHAN_AFTER):
        work.append(_event(one.inquiry_id, one.enrollment_id, one.asked_by, one.beneficiary_token, NO_ANSWER, (), now))
        await repository.take_back_guess(work, one.asked_by, one.beneficiary_token)
        work.audit("answer", "inquiry", one.inquiry_id, outcome="failed", reason="orphan")
    settings = eligibility_settings()
    await repository.forget_answers(work, now - timedelta(days=settings.answer_days))
    await repository.forget_guesses(work, work.now - timedelta(hours=settings.guess_hours))
    await work.schedule(SWEEP, "all", work.now + _SWEEP_EVERY)
