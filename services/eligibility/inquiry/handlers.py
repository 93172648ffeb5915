"""Asks HETS: the pending inquiry is committed, HETS is asked outside of any transaction, the outcome is committed.

Whoever dies in between leaves a pending inquiry, which the sweep closes as not answered. The first outcome stands.

What need not be answered at once is put in line. The job `ask_waiting` calls it in turn, some at once, and each outcome
is committed by itself. What was called when its worker died is called again after two minutes, what HETS did not answer
after 90 seconds; both so often only. It is held against the limits when it is called, not when it is put in line.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any, NoReturn
from uuid import UUID

from libs.common.access import enrollment_granted
from libs.common.contracts.auth import Enrollment
from libs.common.contracts.base import Contract
from libs.common.contracts.eligibility import InquiryAnswered, InquiryFailed
from libs.common.crashpoints import crashpoint
from libs.common.errors import Rejected
from libs.common.ids import digest_of
from libs.common.messaging.subscriptions import Due
from libs.common.observability.alarms import report_unknown_codes
from libs.common.observability.logs import log
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.ports import Ports
from libs.common.runtime import Runtime
from libs.common.security.permissions import ELIGIBILITY_INQUIRY
from libs.common.web.formats import count
from libs.common.web.idempotency import claim
from libs.common.web.permit import Admission, Permit
from services.eligibility.conduct.domain import Asker, hour_of, why_not
from services.eligibility.conduct.handlers import forget_old, refuse_over_limits, take_back_guess, take_refusal
from services.eligibility.conduct.repository import take_back_question, values_of
from services.eligibility.conduct.views import asker_of
from services.eligibility.enrollment.views import not_enrolled_sentence, our_submitter
from services.eligibility.hets.domain import ANSWERED, BUSY, NO_ANSWER, REFUSED, RESTS, Question, Written
from services.eligibility.hets.partner import PARTNER, Asked, Hets, HetsBusy, Outcome
from services.eligibility.inquiry import repository
from services.eligibility.inquiry.domain import DESK, GUESSED, HELD, NOT_ENROLLED, NOT_GRANTED, SCHEDULE, Lane
from services.eligibility.inquiry.repository import Inquiry, Opening
from services.eligibility.inquiry.tables import ANSWER, QUESTION
from services.eligibility.inquiry.views import Opened, asked_question, faults_of, found, question_digest
from services.eligibility.settings import eligibility_settings

SWEEP = "sweep-inquiries"
"""The kind of due work that closes orphans and deletes old answers."""

ASK_WAITING = "ask-waiting"
"""The kind of due work that asks for what waits in line; its one subject is all of it."""

_SWEEP_EVERY = timedelta(minutes=1)
_ORPHAN_AFTER = timedelta(minutes=2)
_NEVER = datetime.max.replace(tzinfo=UTC)
_LOOK_SECONDS = 0.2
# As long nothing is called when HETS takes nothing more, or is left alone.
_UNSENT = timedelta(seconds=1)
# So many questions about one beneficiary may be on their way that each next one looks like a guess.
_GUESSED_REST = timedelta(minutes=1)

Follow = Callable[[UnitOfWork, Inquiry, Opened | None], Awaitable[None]]
"""Is told what came of an inquiry that waited in line, in the transaction that writes it down.

None in the place of the answer: it was not asked, or its askers died.
"""


@dataclass(frozen=True, slots=True)
class OnBehalf:
    """On whose behalf an inquiry waits: a user, whether that is a program, and the enrollment acted for."""

    user_id: UUID
    enrollment_id: UUID
    program: bool = False


def on_behalf(permit: Permit) -> OnBehalf:
    """On behalf of who holds a permit."""
    who = permit.principal
    return OnBehalf(who.user_id, permit.enrollment.enrollment_id, program=who.kind == "client")


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
    `again` says so. While HETS takes no more it waits for its turn. With `written`, HETS is asked as the program wrote
    it, and nothing waits. Raises `Rejected` before HETS is asked: with
    what to correct in the question, because the NPI is not enrolled for HETS or the user may not ask (403), because too
    much was asked, or because it was sent a moment ago and has no answer (429); the refusal is audited.
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
    outcome = await _ask_hets(runtime, asked) if asked else None
    async with admission.open() as permit:
        fresh = None
        if outcome and outcome.reason == BUSY and not written:
            await _stand_in_line(permit, asker, inquiry_id, token)
        elif outcome:
            fresh = await _close(permit.work, asker, inquiry_id, question, outcome)
        if first:
            yield Answering(permit, UUID(first), None)
        else:
            yield Answering(permit, repeated or inquiry_id, fresh, repeated=repeated is not None)


async def _ask_hets(runtime: Ports, asked: Asked) -> Outcome:
    try:
        return await Hets(runtime.settings, runtime.clock).ask(asked)
    except HetsBusy:
        return Outcome(NO_ANSWER, reason=BUSY)


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
    work = permit.work
    since = work.runtime.clock.business() - timedelta(minutes=eligibility_settings().repeat_minutes)
    # Nothing is found of a question that is to be asked again.
    repeated_since = _NEVER if again else since
    opening = await _opening(
        work, asker, permit.enrollment.enrollment_id, token, inquiry_id, digest, repeated_since=repeated_since
    )
    refuse_over_limits(work, asker, opening.standing)
    if not opening.may_ask:
        work.audit("ask", "inquiry", "none", outcome="refused", reason="inquiry-not-enrolled")
        sentence = not_enrolled_sentence(asker.npi)
        raise Rejected("inquiry-not-enrolled", sentence, status=403, fields={"": sentence})
    return opening.repeated


async def _opening(
    work: UnitOfWork,
    asker: Asker,
    enrollment_id: UUID,
    token: str,
    inquiry_id: UUID,
    digest: bytes,
    *,
    repeated_since: datetime = _NEVER,
) -> Opening:
    over = work.now - timedelta(hours=eligibility_settings().guess_hours)
    return await repository.opening(
        work,
        {
            **values_of(work, asker, token, over=over, slot=inquiry_id.int),
            "npi": asker.npi,
            "submitter": our_submitter(work.runtime),
            "today": work.runtime.today,
            "enrollment": enrollment_id,
            "question_digest": digest,
            "repeated_since": repeated_since,
        },
    )


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
    work = permit.work
    sent_after = work.now - timedelta(seconds=eligibility_settings().hets_again_seconds)
    row = _row(work, on_behalf(permit), inquiry_id, question, token, digest)
    if not await repository.add(work, row | {"sent_at": work.now}, sent_after=sent_after):
        await _refuse_repeating(permit, digest, sent_after)
    work.audit("ask", "inquiry", inquiry_id)
    return _asked(work.runtime, inquiry_id, question, permit.enrollment)


def _row(
    work: UnitOfWork, whose: OnBehalf, inquiry_id: UUID, question: Question, token: str, digest: bytes
) -> dict[str, Any]:
    """An inquiry as it is written down before HETS is asked."""
    return {
        "inquiry_id": inquiry_id,
        "enrollment_id": whose.enrollment_id,
        "asked_by": whose.user_id,
        "asked_at": work.runtime.clock.business(),
        "trace": _trace(inquiry_id),
        "beneficiary_token": token,
        "question": QUESTION.seal(work.runtime.keys, question, inquiry_id),
        "question_digest": digest,
    }


def _trace(inquiry_id: UUID) -> str:
    """HETS gives the trace back: it tells answers of one question from those of another."""
    return inquiry_id.hex[:24].upper()


def _asked(runtime: Ports, inquiry_id: UUID, question: Question, enrollment: Enrollment) -> Asked:
    return Asked(
        inquiry_id=inquiry_id,
        trace=_trace(inquiry_id),
        question=question,
        npi=enrollment.npi,
        organization=enrollment.organization_name,
        submitter=runtime.deployment.hets_submitter,
        today=runtime.today,
    )


async def _close(
    work: UnitOfWork, asker: Asker, inquiry_id: UUID, question: Question, outcome: Outcome
) -> Opened | None:
    """Write the outcome down. `None` when it was written before: the first outcome stands."""
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
    await take_back_guess(work, closed.asked_by, closed.beneficiary_token, outcome.codes)
    if outcome.state == REFUSED:
        await take_refusal(work, asker, outcome.codes, slot=inquiry_id.int)
    report_unknown_codes(PARTNER, outcome.unknown)
    work.append(_event(closed, outcome.codes, work.runtime.clock.business()))
    work.audit("answer", "inquiry", inquiry_id, outcome="done" if outcome.state == ANSWERED else "failed")
    return Opened(closed, question, outcome.entitlement, outcome.refusals)


def _event(closed: Inquiry, codes: tuple[str, ...], at: datetime) -> Contract:
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


async def put_in_line(
    work: UnitOfWork, whose: OnBehalf, questions: Sequence[Question], lane: Lane = SCHEDULE
) -> list[UUID]:
    """Write questions without faults down, to be asked when their turn comes. Their ids, in their order."""
    keys, ids = work.runtime.keys, work.runtime.ids.batch(len(questions))
    last = await repository.last_turn(work, whose.enrollment_id, lane)
    rows = []
    for turn, (inquiry_id, question) in enumerate(zip(ids, questions, strict=True), start=last + 1):
        digest = question_digest(work.runtime, whose.user_id, whose.enrollment_id, question)
        row = _row(work, whose, inquiry_id, question, keys.beneficiary_token(question.mbi), digest)
        rows.append(row | {"lane": lane, "turn": turn, "by_program": whose.program})
        work.audit("ask", "inquiry", inquiry_id)
    await repository.add_in_line(work, rows)
    await work.schedule(ASK_WAITING, "all", work.now)
    return ids


async def _stand_in_line(permit: Permit, asker: Asker, inquiry_id: UUID, token: str) -> None:
    """Let an inquiry wait that HETS did not take; it is counted again when it is called."""
    work = permit.work
    await take_back_question(work, asker, token, slot=inquiry_id.int)
    last = await repository.last_turn(work, permit.enrollment.enrollment_id, DESK)
    await repository.stand_in_line(work, inquiry_id, DESK, last + 1, by_program=asker.program)
    await work.schedule(ASK_WAITING, "all", work.now)


async def ask_waiting(runtime: Runtime, _due: Due, *, follow: Follow) -> None:
    """Ask for what waits, in turn, until nothing does. `follow` is told each outcome."""
    settings = eligibility_settings()
    under_way: set[asyncio.Task[bool]] = set()
    try:
        while True:
            called = await _call(runtime, settings.in_line_at_once - len(under_way))
            under_way |= {asyncio.create_task(_ask_called(runtime, follow, each)) for each in called}
            if not under_way and not await _is_waiting(runtime):
                return
            await asyncio.sleep(len(called) / settings.in_line_per_second or _LOOK_SECONDS)
            ended = {each for each in under_way if each.done()}
            under_way -= ended
            if not all(each.result() for each in ended):
                await asyncio.sleep(_UNSENT.total_seconds())
    except Exception:
        # The database is away, and what was called must not be asked again for that.
        await asyncio.gather(*under_way)
        raise
    finally:
        for each in under_way:
            each.cancel()


async def _is_waiting(runtime: Runtime) -> bool:
    async with runtime.database.work(runtime) as work:
        return await repository.is_waiting(work)


async def _call(runtime: Runtime, count: int) -> list[Inquiry]:
    """Take the next from the line."""
    if count == 0:
        return []
    async with runtime.database.work(runtime) as work:
        called = await repository.call(work, count)
    crashpoint("eligibility.called")
    return called


async def _ask_called(runtime: Runtime, follow: Follow, called: Inquiry) -> bool:
    """Ask for one that was called. False when HETS takes nothing more now, or is left alone: it waits again."""
    try:
        question = asked_question(runtime, called)
        async with runtime.database.work(runtime) as work:
            admitted = await _admit_called(work, follow, called)
        if admitted is None:
            return True
        asker, enrollment = admitted
        outcome = await _ask_hets(runtime, _asked(runtime, called.inquiry_id, question, enrollment))
        unsent = outcome.reason in (BUSY, RESTS)
        async with runtime.database.work(runtime) as work:
            if unsent:
                await take_back_question(work, asker, called.beneficiary_token, slot=called.inquiry_id.int)
                await repository.not_sent(work, called.inquiry_id, work.now + _UNSENT)
            else:
                await _settle(work, follow, asker, called, question, outcome)
            await work.flush()
            crashpoint("eligibility.before-outcome-commit")
        crashpoint("eligibility.after-outcome-commit")
    except Exception as error:  # noqa: BLE001 - it stays pending until the sweep comes by; the others go on
        log.warning("inquiry in line not asked", error_class=type(error).__name__)
        return True
    return not unsent


async def _admit_called(work: UnitOfWork, follow: Follow, called: Inquiry) -> tuple[Asker, Enrollment] | None:
    """Hold a called inquiry against grants and limits. None when it is not asked now, or at all: that is written down.

    In a transaction of its own, which is short: the counts it locks are in the way of everybody who asks.
    """
    granted = await enrollment_granted(work, called.asked_by, called.enrollment_id, ELIGIBILITY_INQUIRY)
    if granted is None:
        await _not_asked(work, follow, called, NOT_GRANTED)
        return None
    organization_id, enrollment = granted
    asker, inquiry_id = (
        Asker(called.asked_by, organization_id, enrollment.npi, program=called.by_program),
        called.inquiry_id,
    )
    token = called.beneficiary_token
    opening = await _opening(work, asker, called.enrollment_id, token, inquiry_id, called.question_digest)
    why = why_not(opening.standing, eligibility_settings().limits, asker)
    if why is None and opening.may_ask:
        return asker, enrollment
    await take_back_question(work, asker, token, slot=inquiry_id.int)
    if why == "too-many":
        await repository.not_sent(work, inquiry_id, hour_of(work.now) + timedelta(hours=1))
    elif why != "guessed":
        await _not_asked(work, follow, called, HELD if why == "held" else NOT_ENROLLED)
    elif not await repository.back_in_line(work, inquiry_id, work.now + _GUESSED_REST):
        await _not_asked(work, follow, called, GUESSED)
    return None


async def _not_asked(work: UnitOfWork, follow: Follow, called: Inquiry, reason: str) -> None:
    """Close a called inquiry that may not be asked."""
    inquiry_id = called.inquiry_id
    closed = await repository.close(work, inquiry_id, NO_ANSWER, answer=None, codes="", reason=reason, was_sent=False)
    if closed is not None:
        log.info("inquiry not answered", code=NO_ANSWER, reason=reason)
        work.append(_event(closed, (), work.runtime.clock.business()))
        work.audit("answer", "inquiry", inquiry_id, outcome="failed", reason=reason)
        await follow(work, closed, None)


async def _settle(
    work: UnitOfWork, follow: Follow, asker: Asker, called: Inquiry, question: Question, outcome: Outcome
) -> None:
    """Write the outcome of a called inquiry down, or let it be asked once more when HETS did not answer."""
    again = work.now + timedelta(seconds=eligibility_settings().hets_again_seconds)
    if outcome.state == NO_ANSWER and await repository.back_in_line(work, called.inquiry_id, again):
        await take_back_guess(work, called.asked_by, called.beneficiary_token)
        return
    closed = await _close(work, asker, called.inquiry_id, question, outcome)
    if closed is not None:
        await follow(work, closed.inquiry, closed)


async def sweep(work: UnitOfWork, _due: Due, *, follow: Follow) -> None:
    """Close what nobody waits for any more, and delete answers that are old. `follow` as for `ask_waiting`."""
    now = work.runtime.clock.business()
    orphans = await repository.orphans_back_in_line(work, now - _ORPHAN_AFTER)
    for one in orphans:
        await take_back_guess(work, one.asked_by, one.beneficiary_token)
    if orphans:
        await work.schedule(ASK_WAITING, "all", work.now)
    for one in await repository.give_up(work, now - _ORPHAN_AFTER):
        work.append(_event(one, (), now))
        await take_back_guess(work, one.asked_by, one.beneficiary_token)
        work.audit("answer", "inquiry", one.inquiry_id, outcome="failed", reason="orphan")
        if one.lane is not None:
            await follow(work, one, None)
    settings = eligibility_settings()
    await repository.forget_answers(work, now - timedelta(days=settings.answer_days))
    await forget_old(work)
    await work.schedule(SWEEP, "all", work.now + _SWEEP_EVERY)
