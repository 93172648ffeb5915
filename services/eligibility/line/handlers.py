"""Inquiries that need not be answered at once wait in one line, and are asked in turn.

The job `ask_waiting` calls them, some at once, and each outcome is committed by itself. What was called when its worker
died is called again after two minutes, what HETS did not answer after 90 seconds; both so often only. What still waits
is asked once.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from uuid import UUID

from libs.common.access import enrollment_granted, organization_of
from libs.common.contracts.auth import Enrollment
from libs.common.crashpoints import crashpoint
from libs.common.messaging.subscriptions import Due
from libs.common.observability.logs import log
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.runtime import Runtime
from libs.common.security.permissions import ELIGIBILITY_INQUIRY
from services.eligibility.conduct.domain import Asker
from services.eligibility.conduct.handlers import admit_many, forget_old, take_back_guess
from services.eligibility.conduct.repository import is_held
from services.eligibility.hets.domain import HELD, NO_ANSWER, REMOVED, RESTS, Question, sent_name
from services.eligibility.hets.partner import Outcome
from services.eligibility.inquiry import repository
from services.eligibility.inquiry.domain import ASK_WAITING, SCHEDULE, Lane
from services.eligibility.inquiry.handlers import ask_hets, asked_of, close, event_of, row_of
from services.eligibility.inquiry.repository import Inquiry
from services.eligibility.inquiry.views import Opened, asked_question, question_digest
from services.eligibility.settings import eligibility_settings

SWEEP = "sweep-inquiries"
"""The kind of due work that closes orphans and deletes old answers."""

_SWEEP_EVERY = timedelta(minutes=1)
_ORPHAN_AFTER = timedelta(minutes=2)
_LOOK_SECONDS = 0.2
# As long nothing is called when HETS takes nothing more, or is left alone.
_UNSENT_SECONDS = 1.0

Follow = Callable[[UnitOfWork, Asker | None, Inquiry, Opened | None], Awaitable[None]]
"""Is told what came of an inquiry that waited in line, in the transaction that writes it down, and whose it is.

None in the place of both: its worker died as often as it may be asked. None for the asker alone: they have no access.
"""


async def put_in_line(
    work: UnitOfWork, asker: Asker, enrollment_id: UUID, questions: Sequence[Question], lane: Lane = SCHEDULE
) -> list[UUID | None]:
    """Write questions without faults down, to be asked when their turn comes. Their ids, in their order.

    None stands for a question that is not asked, because its user asked too often about the same beneficiary with
    details that did not match; the same details on several days are one guess. Raises `Rejected` (403, 429) when the
    asker may not ask at all, or not so much.
    """
    runtime = work.runtime
    tokens = [runtime.keys.beneficiary_token(each.mbi) for each in questions]
    details = [(token, sent_name(each), each.birth_date) for token, each in zip(tokens, questions, strict=True)]
    counted = await admit_many(work, asker, Counter(details))
    ids = [
        inquiry_id if each in counted else None
        for inquiry_id, each in zip(runtime.ids.batch(len(questions)), details, strict=True)
    ]
    rows = []
    turn = await repository.last_turn(work, enrollment_id, lane)
    for inquiry_id, question, each in zip(ids, questions, details, strict=True):
        if inquiry_id is None:
            continue
        turn += 1
        digest = question_digest(runtime, asker.user_id, enrollment_id, question)
        row = row_of(work, asker, enrollment_id, inquiry_id, question, each[0], digest)
        rows.append({**row, "lane": lane, "turn": turn, "counts_as_guess": each in counted})
        counted.discard(each)
        work.audit("ask", "inquiry", inquiry_id)
    if rows:
        await repository.add_in_line(work, rows)
        await work.schedule(ASK_WAITING, "all", work.now)
    return ids


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


async def _call(runtime: Runtime, free: int) -> list[tuple[Inquiry, Enrollment | None]]:
    """Take the next from the line, with the enrollment each is for: none when its user may not ask any more."""
    if free == 0:
        return []
    async with runtime.database.work(runtime) as work:
        again = timedelta(seconds=eligibility_settings().hets_again_seconds)
        called = await repository.call(work, free, sent_before=work.now - again)
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
        asker, outcome = await _ask_for(runtime, called, question, enrollment)
        if outcome is None or outcome.reason == RESTS:
            async with runtime.database.work(runtime) as work:
                await repository.not_sent(work, inquiry_id)
            return False
        async with runtime.database.work(runtime) as work:
            again = outcome.state == NO_ANSWER and outcome.reason not in (HELD, REMOVED)
            if not (again and await repository.back_in_line(work, inquiry_id)):
                closed = await close(work, asker, inquiry_id, question, outcome)
                if closed is not None:
                    await follow(work, asker, closed.inquiry, closed)
            await work.flush()
            crashpoint("eligibility.before-outcome-commit")
        crashpoint("eligibility.after-outcome-commit")
    except Exception as error:  # noqa: BLE001 - it stays pending until the sweep comes by; the others go on
        log.warning("inquiry in line not asked", error_class=type(error).__name__)
    return True


async def _ask_for(
    runtime: Runtime, called: Inquiry, question: Question, enrollment: Enrollment | None
) -> tuple[Asker | None, Outcome | None]:
    """Whose an inquiry of the line is, and what comes of it: nothing is asked for whoever may not ask any more."""
    if enrollment is None:
        return None, Outcome(NO_ANSWER, reason=REMOVED)
    async with runtime.database.work(runtime) as work:
        asker = Asker(called.asked_by, await organization_of(work, called.asked_by), enrollment.npi)
        held = await is_held(work, asker)
    if held:
        return asker, Outcome(NO_ANSWER, reason=HELD)
    return asker, await ask_hets(runtime, asked_of(runtime, called.inquiry_id, question, enrollment))


async def sweep(work: UnitOfWork, _due: Due, *, follow: Follow) -> None:
    """Close what nobody waits for any more, and delete answers that are old. `follow` as for `ask_waiting`."""
    now = work.runtime.clock.business()
    if await repository.orphans_back_in_line(work, now - _ORPHAN_AFTER):
        await work.schedule(ASK_WAITING, "all", work.now)
    for one in await repository.give_up(work, now - _ORPHAN_AFTER):
        work.append(event_of(one, (), now))
        if one.counts_as_guess:
            await take_back_guess(work, one.asked_by, one.beneficiary_token)
        work.audit("answer", "inquiry", one.inquiry_id, outcome="failed", reason="orphan")
        if one.lane is not None:
            await follow(work, None, one, None)
    settings = eligibility_settings()
    await repository.forget_answers(work, now - timedelta(days=settings.answer_days))
    await forget_old(work)
    await work.schedule(SWEEP, "all", work.now + _SWEEP_EVERY)
