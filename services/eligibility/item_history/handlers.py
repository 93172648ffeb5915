"""Asks the item history: the pending question is committed, it is asked outside of any transaction, then the outcome.

Whoever dies in between leaves a pending question, which the sweep closes as not answered. The first outcome stands.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from libs.common.errors import Rejected
from libs.common.ids import digest_of
from libs.common.messaging.subscriptions import Due
from libs.common.observability.alarms import report_foreign_answer
from libs.common.observability.logs import log
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.web.formats import moment
from libs.common.web.idempotency import claim
from libs.common.web.permit import Admission, Permit
from services.eligibility.item_history import repository
from services.eligibility.item_history.domain import ANSWERED, Kind, Question
from services.eligibility.item_history.partner import PARTNER, ItemHistory, Outcome, Sent
from services.eligibility.item_history.tables import ANSWER, QUESTION
from services.eligibility.item_history.views import Opened, faults_of, found
from services.eligibility.settings import eligibility_settings

SWEEP = "sweep-item-checks"
"""The kind of due work that closes orphans and deletes old answers."""

_SWEEP_EVERY = timedelta(minutes=5)
_ORPHAN_AFTER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Answering:
    """A question that was asked, in the transaction that wrote its outcome down. `fresh`: what has just come of it."""

    permit: Permit
    kind: Kind
    check_id: UUID
    fresh: Opened | None

    async def read(self) -> Opened:
        """As `views.found`, without looking up again what was only now written."""
        if self.fresh is None:
            return await found(self.permit, self.kind, str(self.check_id))
        self.permit.work.audit("read", "item-check", self.check_id)
        return self.fresh


@asynccontextmanager
async def asking(admission: Admission, kind: Kind, question: Question, key: str) -> AsyncIterator[Answering]:
    """Ask for whoever was admitted; the block is part of the transaction that writes the outcome down.

    The same form again gives the same check, and asks nobody. Raises `Rejected` before anybody is asked, with what to
    correct in the question, or because the user asks by guessing (429); the refusal is audited.
    """
    async with admission.open() as permit:
        runtime = permit.work.runtime
        _refuse_faults(permit, kind, question)
        check_id = runtime.ids.new()
        content = digest_of("item-check", kind.name, str(permit.enrollment.enrollment_id), QUESTION.encode(question))
        first = await claim(permit, key, content, str(check_id))
        sent = None if first else await _open(permit, check_id, kind, question)
    outcome = await ItemHistory(runtime.settings).ask(sent) if sent else None
    async with admission.open() as permit:
        fresh = await _close(permit, sent, outcome) if sent and outcome else None
        yield Answering(permit, kind, UUID(first) if first else check_id, fresh)


def _refuse_faults(permit: Permit, kind: Kind, question: Question) -> None:
    work = permit.work
    if faults := faults_of(work.runtime, kind, question):
        work.audit("ask", "item-check", "none", outcome="refused", reason="form-invalid")
        raise Rejected("form-invalid", "Correct the fields below, then ask again.", fields=faults)


async def _refuse_guessing(permit: Permit, token: str) -> None:
    """Refuse who has asked too often about one beneficiary with details that did not match."""
    settings, work = eligibility_settings(), permit.work
    now, window = work.runtime.clock.business(), timedelta(hours=settings.guess_hours)
    missed = await repository.misses(work, permit.principal.user_id, token, since=now - window)
    if len(missed) < settings.guesses:
        return
    work.audit("ask", "item-check", "none", outcome="refused", reason="inquiry-limited")
    until = moment(missed[-settings.guesses] + window, work.runtime.deployment.zone)
    sentence = (
        f"You asked {settings.guesses} times about this Medicare number with a name or birth date that does not match. "
        f"Check the patient's ID. You can ask about this number again after {until}."
    )
    raise Rejected("inquiry-limited", sentence, status=429, fields={"mbi": sentence})


async def _open(permit: Permit, check_id: UUID, kind: Kind, question: Question) -> Sent:
    work, enrollment = permit.work, permit.enrollment
    runtime = work.runtime
    token = runtime.keys.beneficiary_token(question.mbi)
    await _refuse_guessing(permit, token)
    sent = Sent(
        check_id=check_id,
        kind=kind,
        # The answer gives the trace back: it tells answers of one question from those of another.
        trace=check_id.hex[:24].upper(),
        question=question,
        npi=enrollment.npi,
        contract_id=runtime.deployment.contract_id,
    )
    await repository.add(
        work,
        {
            "check_id": check_id,
            "enrollment_id": enrollment.enrollment_id,
            "asked_by": permit.principal.user_id,
            "asked_at": runtime.clock.business(),
            "kind": kind.name,
            "trace": sent.trace,
            "beneficiary_token": token,
            "question": QUESTION.seal(runtime.keys, question, check_id),
        },
    )
    work.audit("ask", "item-check", check_id)
    return sent


async def _close(permit: Permit, sent: Sent, outcome: Outcome) -> Opened | None:
    """Write the outcome down. `None` when it was written before: the first outcome stands."""
    work = permit.work
    answer = ANSWER.seal(work.runtime.keys, outcome.answer, sent.check_id) if outcome.answer else None
    codes = " ".join(outcome.codes)
    closed = await repository.close(work, sent.check_id, outcome.state, answer=answer, codes=codes)
    if closed is None:
        return None
    answered = outcome.state == ANSWERED
    if answered:
        permit.used()
    else:
        log.info("item history not answered", code=outcome.state, reason=outcome.reason or codes)
    if outcome.foreign:
        report_foreign_answer(PARTNER, outcome.foreign)
    work.audit("answer", "item-check", sent.check_id, outcome="done" if answered else "failed")
    return Opened(closed, sent.question, outcome.found if answered else None)


async def sweep(work: UnitOfWork, _due: Due) -> None:
    """Close what nobody waits for any more, and delete answers that are old."""
    now = work.runtime.clock.business()
    for check_id in await repository.give_up(work, now - _ORPHAN_AFTER):
        work.audit("answer", "item-check", check_id, outcome="failed", reason="orphan")
    await repository.forget_answers(work, now - timedelta(days=eligibility_settings().answer_days))
    await work.schedule(SWEEP, "all", work.now + _SWEEP_EVERY)
