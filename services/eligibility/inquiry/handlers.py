"""Asks HETS: the pending inquiry is committed, HETS is asked outside of any transaction, the outcome is committed.

Whoever dies in between leaves a pending inquiry, which the sweep closes as not answered. The first outcome stands.

What need not be answered at once is put in line. The job `ask_waiting` calls it in turn, some at once, and each outcome
is committed by itself. What was called when its worker died is called again after two minutes, what HETS did not answer
after 90 seconds; both so often only. What still waits is asked once.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
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
from libs.common.web.formats import count, moment
from libs.common.web.idempotency import claim
from libs.common.web.permit import Admission, Permit
from services.eligibility.hets.domain import ANSWERED, NO_ANSWER, RESTS, Question
from services.eligibility.hets.partner import PARTNER, Asked, Hets, HetsBusy, Outcome
from services.eligibility.inquiry import repository
from services.eligibility.inquiry.domain import DESK, SCHEDULE, Lane, is_guess
from services.eligibility.inquiry.repository import Inquiry
from services.eligibility.inquiry.tables import ANSWER, QUESTION
from services.eligibility.inquiry.views import Opened, asked_question, faults_of, found
from services.eligibility.settings import eligibility_settings

SWEEP = "sweep-inquiries"
"""The kind of due work that closes orphans and deletes old answers."""

ASK_WAITING = "ask-waiting"
"""The kind of due work that asks for what waits in line; its one subject is all of it."""

_SWEEP_EVERY = timedelta(minutes=1)
_ORPHAN_AFTER = timedelta(minutes=2)
_LOOK_SECONDS = 0.2
# As long nothing is called when HETS takes nothing more, or is left alone.
_UNSENT_SECONDS = 1.0


Follow = Callable[[UnitOfWork, Inquiry, Opened | None], Awaitable[None]]
"""Is told what came of an inquiry that waited in line, in the transaction that writes it down.

None in the place of the answer: its asker died, as often as it may be asked.
"""


@dataclass(frozen=True, slots=True)
class Asker:
    """On whose behalf HETS is asked: a user, and the enrollment they act for."""

    user_id: UUID
    enrollment_id: UUID


def asker_of(permit: Permit) -> Asker:
    """Who holds a permit."""
    return Asker(permit.principal.user_id, permit.enrollment.enrollment_id)


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
async def asking(admission: Admission, question: Question, key: str) -> AsyncIterator[Answering]:
    """Ask HETS for whoever was admitted; the block is part of the transaction that writes the outcome down.

    The same form again gives the same inquiry, and asks nobody.
    While HETS takes no more, it waits for its turn. Raises `Rejected` before HETS is asked, with what to correct in the
    question, or because the user asks by guessing, or asks again what was sent a moment ago and has no answer (429);
    the refusal is audited.
    """
    async with admission.open() as permit:
        runtime = permit.work.runtime
        _refuse_faults(permit, question)
        inquiry_id = runtime.ids.new()
        first = await claim(permit, key, _content(asker_of(permit), question), str(inquiry_id))
        asked = None if first else await _open(permit, inquiry_id, question)
    outcome = await _ask_hets(runtime, asked) if asked else None
    async with admission.open() as permit:
        fresh = await _close(permit.work, inquiry_id, question, outcome) if outcome else None
        if asked and outcome is None:
            await _stand_in_line(permit, inquiry_id)
        yield Answering(permit, UUID(first) if first else inquiry_id, fresh)


async def _ask_hets(runtime: Ports, asked: Asked) -> Outcome | None:
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
    [until] = await _count(work, permit.principal.user_id, [token])
    if until is None:
        return
    work.audit("ask", "inquiry", "none", outcome="refused", reason="inquiry-limited")
    sentence = (
        f"You asked {settings.guesses} times about this Medicare number with a name or birth date that does not match. "
        "Check the patient's ID. You can ask about this number again after "
        f"{moment(until + work.runtime.clock.offset(), work.runtime.deployment.zone)}."
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


async def _count(work: UnitOfWork, user_id: UUID, tokens: Sequence[str]) -> list[datetime | None]:
    """Count inquiries before they are asked: for each until when it may not be asked, None when it may."""
    settings = eligibility_settings()
    window = timedelta(hours=settings.guess_hours)
    refused_until: list[datetime | None] = [None] * len(tokens)
    places: dict[str, list[int]] = defaultdict(list)
    for place, token in enumerate(tokens):
        places[token].append(place)
    while places:
        counted = await repository.count_guesses(work, user_id, places, over=work.now - window)
        over = {token: since for token, (guesses, since) in counted.items() if guesses > settings.guesses}
        for token, left in places.items():
            place = left.pop(0)
            refused_until[place] = over[token] + window if token in over else None
        if over:
            await repository.take_back_guess(work, user_id, *over)
        places = {token: left for token, left in places.items() if left}
    return refused_until


async def _open(permit: Permit, inquiry_id: UUID, question: Question) -> Asked:
    work = permit.work
    token = work.runtime.keys.beneficiary_token(question.mbi)
    await _refuse_guessing(permit, token)
    row = _row(work, asker_of(permit), inquiry_id, question, token)
    sent_after = work.now - timedelta(seconds=eligibility_settings().hets_again_seconds)
    if not await repository.add(work, row | {"sent_at": work.now}, sent_after=sent_after):
        await _refuse_repeating(permit, row["question_digest"], sent_after)
    work.audit("ask", "inquiry", inquiry_id)
    return _asked(work.runtime, inquiry_id, question, permit.enrollment)


def _row(work: UnitOfWork, asker: Asker, inquiry_id: UUID, question: Question, token: str) -> dict[str, Any]:
    """An inquiry as it is written down before HETS is asked."""
    return {
        "inquiry_id": inquiry_id,
        "enrollment_id": asker.enrollment_id,
        "asked_by": asker.user_id,
        "asked_at": work.runtime.clock.business(),
        "trace": _trace(inquiry_id),
        "beneficiary_token": token,
        "question": QUESTION.seal(work.runtime.keys, question, inquiry_id),
        "question_digest": work.runtime.keys.keyed_digest(asker.user_id.bytes + _content(asker, question)),
    }


def _content(asker: Asker, question: Question) -> bytes:
    """What is the same for the same question for the same enrollment."""
    return digest_of("inquiry", str(asker.enrollment_id), QUESTION.encode(question))


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


async def _close(work: UnitOfWork, inquiry_id: UUID, question: Question, outcome: Outcome) -> Opened | None:
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
    if not is_guess(outcome.codes):
        await repository.take_back_guess(work, closed.asked_by, closed.beneficiary_token)
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
    work: UnitOfWork, asker: Asker, questions: Sequence[Question], lane: Lane = SCHEDULE
) -> list[UUID | None]:
    """Write questions without faults down, to be asked when their turn comes. Their ids, in their order.

    None stands for a question that is not asked, because its user asked too often about the same beneficiary with
    details that did not match.
    """
    tokens = [work.runtime.keys.beneficiary_token(each.mbi) for each in questions]
    refused_until = await _count(work, asker.user_id, tokens)
    ids = work.runtime.ids.batch(len(questions))
    allowed = [
        (inquiry_id, question, token)
        for inquiry_id, question, token, until in zip(ids, questions, tokens, refused_until, strict=True)
        if until is None
    ]
    if allowed:
        last = await repository.last_turn(work, asker.enrollment_id, lane)
        rows = (
            {**_row(work, asker, *each), "lane": lane, "turn": turn}
            for turn, each in enumerate(allowed, start=last + 1)
        )
        await repository.add_in_line(work, list(rows))
        for inquiry_id, _, _ in allowed:
            work.audit("ask", "inquiry", inquiry_id)
        await work.schedule(ASK_WAITING, "all", work.now)
    refused = len(questions) - len(allowed)
    if refused:
        work.audit("ask", "inquiry", "none", outcome="refused", reason="inquiry-limited")
    return [inquiry_id if until is None else None for inquiry_id, until in zip(ids, refused_until, strict=True)]


async def ask_waiting(runtime: Runtime, _due: Due, *, follow: Follow) -> None:
    """Ask for what waits, in turn, until nothing does. `follow` is told each outcome."""
    settings = eligibility_settings()
    under_way: set[asyncio.Task[bool]] = set()
    try:
        while True:
            called = await _call(runtime, settings.in_line_at_once - len(under_way))
            under_way |= {asyncio.create_task(_ask_called(runtime, follow, *each)) for each in called}
            if not under_way and not await _is_waiting(runtime):
                return
            await asyncio.sleep(len(called) / settings.in_line_per_second or _LOOK_SECONDS)
            ended = {each for each in under_way if each.done()}
            under_way -= ended
            if not all(each.result() for each in ended):
                await asyncio.sleep(_UNSENT_SECONDS)
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


async def _call(runtime: Runtime, count: int) -> list[tuple[Inquiry, Enrollment | None]]:
    """Take the next from the line, with the enrollment each is for: none when its user may not ask any more."""
    if count == 0:
        return []
    async with runtime.database.work(runtime) as work:
        again = timedelta(seconds=eligibility_settings().hets_again_seconds)
        called = await repository.call(work, count, sent_before=work.now - again)
        found = [
            (each, await enrollment_granted(work, each.asked_by, each.enrollment_id, ELIGIBILITY_INQUIRY))
            for each in called
        ]
    crashpoint("eligibility.called")
    return found


async def _ask_called(runtime: Runtime, follow: Follow, called: Inquiry, enrollment: Enrollment | None) -> bool:
    """Ask for one that was called. False when HETS takes nothing more now, or is left alone: it waits again."""
    inquiry_id = called.inquiry_id
    try:
        question = asked_question(runtime, called)
        outcome: Outcome | None = Outcome(NO_ANSWER, reason="access-removed")
        if enrollment is not None:
            outcome = await _ask_hets(runtime, _asked(runtime, inquiry_id, question, enrollment))
        if outcome is None or outcome.reason == RESTS:
            async with runtime.database.work(runtime) as work:
                await repository.not_sent(work, inquiry_id)
            return False
        async with runtime.database.work(runtime) as work:
            again = enrollment is not None and outcome.state == NO_ANSWER
            if not (again and await repository.back_in_line(work, inquiry_id)):
                closed = await _close(work, inquiry_id, question, outcome)
                if closed is not None:
                    await follow(work, closed.inquiry, closed)
            await work.flush()
            crashpoint("eligibility.before-outcome-commit")
        crashpoint("eligibility.after-outcome-commit")
    except Exception as error:  # noqa: BLE001 - it stays pending until the sweep comes by; the others go on
        log.warning("inquiry in line not asked", error_class=type(error).__name__)
    return True


async def sweep(work: UnitOfWork, _due: Due, *, follow: Follow) -> None:
    """Close what nobody waits for any more, and delete answers that are old. `follow` as for `ask_waiting`."""
    now = work.runtime.clock.business()
    if await repository.orphans_back_in_line(work, now - _ORPHAN_AFTER):
        await work.schedule(ASK_WAITING, "all", work.now)
    for one in await repository.give_up(work, now - _ORPHAN_AFTER):
        work.append(_event(one, (), now))
        await repository.take_back_guess(work, one.asked_by, one.beneficiary_token)
        work.audit("answer", "inquiry", one.inquiry_id, outcome="failed", reason="orphan")
        if one.lane is not None:
            await follow(work, one, None)
    settings = eligibility_settings()
    await repository.forget_answers(work, now - timedelta(days=settings.answer_days))
    await repository.forget_guesses(work, work.now - timedelta(hours=settings.guess_hours))
    await work.schedule(SWEEP, "all", work.now + _SWEEP_EVERY)
