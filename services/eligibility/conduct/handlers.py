"""Holds who asks HETS against the limits, and keeps from asking who is over them.

Counted in the database, over all processes; the hours are those of the clock.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from uuid import UUID

from libs.common.errors import Rejected, nothing_here
from libs.common.observability.alarms import report_inquiries_held
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.web.permit import Permit
from services.eligibility.conduct import repository
from services.eligibility.conduct.domain import (
    DAY,
    NOT_ENROLLED,
    Asker,
    Details,
    HoldReason,
    Standing,
    Verdict,
    hour_of,
    is_error,
    is_guess,
    is_not_linked,
    verdicts,
)
from services.eligibility.conduct.views import hold_sentence, moment_of
from services.eligibility.settings import eligibility_settings


def refuse_over_limits(work: UnitOfWork, asker: Asker, stands: Standing) -> None:
    """Refuse whoever is held or asks too often. Raises `Rejected` (403 for a hold, 429 for a limit), audited."""
    if held := stands.user_hold or stands.npi_hold:
        work.audit("ask", "inquiry", "none", outcome="refused", reason="inquiry-held")
        sentence = hold_sentence(work.runtime, held, asker.npi)
        raise Rejected("inquiry-held", sentence, status=403, fields={"": sentence})
    limits, next_hour = eligibility_settings().limits, hour_of(work.now) + timedelta(hours=1)
    if stands.guesses > limits.guesses:
        until = stands.guessing_since + timedelta(hours=eligibility_settings().guess_hours)
        sentence = (
            f"You asked {limits.guesses} times about this Medicare number with details that do not match. Check the"
            f" patient's ID. You can ask about this number again after {moment_of(work.runtime, until)}."
        )
        raise _limited(work, sentence, field="mbi")
    if stands.user_asked > limits.hourly(asker):
        sentence = f"You asked HETS {limits.hourly(asker):,} times within this hour: that is the limit."
    elif stands.npi_asked > limits.npi_hourly:
        sentence = (
            f"HETS was asked {limits.npi_hourly:,} times for NPI {asker.npi} within this hour: that is the limit."
        )
    else:
        return
    raise _limited(work, f"{sentence} Ask again after {moment_of(work.runtime, next_hour)}.")


async def admit_many(work: UnitOfWork, asker: Asker, asked: Mapping[Details, int]) -> set[Details]:
    """Count questions that will be asked: so many about each beneficiary with the same details. Which may be.

    The same details are one guess, however often they are asked. They may not be asked when too many about the same
    beneficiary did not match. Raises `Rejected` as `refuse_over_limits`.
    """
    may_ask = await _guessed(work, asker, asked)
    questions = sum(asked[each] for each in may_ask)
    counted = await repository.count_questions(work, asker, questions, slot=work.runtime.ids.new().int)
    holds = [await repository.hold_of(work, subject) for subject in (asker.user, asker.provider)]
    refuse_over_limits(work, asker, Standing(0, work.now, *counted, *holds))
    if len(may_ask) < len(asked):
        work.audit("ask", "inquiry", "none", outcome="refused", reason="inquiry-limited")
    return may_ask


async def _guessed(work: UnitOfWork, asker: Asker, asked: Iterable[Details]) -> set[Details]:
    """Count each as a guess until it is known to be none; those over the limit are not counted."""
    settings = eligibility_settings()
    over = work.now - timedelta(hours=settings.guess_hours)
    may_ask: set[Details] = set()
    waiting: dict[str, list[Details]] = defaultdict(list)
    for each in asked:
        waiting[each[0]].append(each)
    while waiting:
        counted = await repository.count_guesses(work, asker.user_id, waiting, over=over)
        for token, left in waiting.items():
            following = left.pop(0)
            if counted[token] <= settings.limits.guesses:
                may_ask.add(following)
            else:
                await repository.take_back_guess(work, asker.user_id, token)
        waiting = {token: left for token, left in waiting.items() if left}
    return may_ask


def _limited(work: UnitOfWork, sentence: str, *, field: str = "") -> Rejected:
    work.audit("ask", "inquiry", "none", outcome="refused", reason="inquiry-limited")
    return Rejected("inquiry-limited", sentence, status=429, fields={field: sentence})


async def take_refusal(work: UnitOfWork, asker: Asker, codes: tuple[str, ...], *, slot: int) -> None:
    """HETS refused a question with `codes` (AAA03): count it, and hold whoever is over a budget by it."""
    if is_not_linked(codes):
        lasts = timedelta(hours=eligibility_settings().blocked_hours)
        await _hold(work, asker, Verdict("npi", NOT_ENROLLED, lasts))
        return
    if not is_error(codes):
        return
    await repository.count_refusal(work, asker, slot=slot)
    day = await repository.day_of(work, asker, work.now - DAY)
    for verdict in verdicts(day, eligibility_settings().limits):
        await _hold(work, asker, verdict)


async def take_back_guess(work: UnitOfWork, user_id: UUID, token: str, codes: tuple[str, ...] = ()) -> None:
    """An inquiry came to an end with `codes`: it was no guess, unless the details did not match."""
    if not is_guess(codes):
        await repository.take_back_guess(work, user_id, token)


async def _hold(work: UnitOfWork, asker: Asker, verdict: Verdict) -> None:
    subject, object_id = (asker.user, str(asker.user_id)) if verdict.of == "user" else (asker.provider, asker.npi)
    until = None if verdict.lasts is None else work.now + verdict.lasts
    if await repository.put_hold(work, subject, asker.organization_id, verdict.reason, until):
        work.audit("hold", "asker", object_id, reason=verdict.reason)
        reason: HoldReason = verdict.reason
        work.after_commit(lambda: report_inquiries_held(reason))


async def lift(permit: Permit, user_id: UUID) -> None:
    """Let a user of the administrator's organization ask again. Raises `Rejected` (404)."""
    if not await repository.lift(permit.work, user_id, permit.principal.organization_id):
        raise nothing_here()
    permit.work.audit("lift", "asker", user_id)


async def forget_old(work: UnitOfWork) -> None:
    """Delete counts that nobody asks about any more."""
    settings = eligibility_settings()
    await repository.forget(
        work,
        guesses=work.now - timedelta(hours=settings.guess_hours),
        tallies=work.now - timedelta(days=settings.tally_days),
    )
