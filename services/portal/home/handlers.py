"""Notes what the home page shows, from the events of the other services, and forgets it after 30 days."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from libs.common.contracts.appeals import AppealDecided, AppealFiled
from libs.common.contracts.claims import SubmissionAcknowledged, SubmissionReceived
from libs.common.contracts.eligibility import InquiryAnswered
from libs.common.contracts.envelope import Received
from libs.common.contracts.remittance import RemittancePosted
from libs.common.messaging.subscriptions import Due
from libs.common.persistence.unit_of_work import UnitOfWork
from services.portal.home import repository
from services.portal.home.domain import KEPT, Item, Note

FORGET = "forget-items"
_DAY = timedelta(days=1)


async def note_submissions(work: UnitOfWork, events: Sequence[Received[SubmissionReceived]]) -> None:
    """A file that somebody sent."""
    sent = [each.event for each in events]
    await _keep(
        work,
        [
            Note(each.enrollment_id, Item("file-sent", each.submission_id, each.received_at), each.submitted_by)
            for each in sent
        ],
    )


async def note_acknowledgments(work: UnitOfWork, events: Sequence[Received[SubmissionAcknowledged]]) -> None:
    """A file of which something is to be corrected and sent again."""
    notes = []
    for each in events:
        answered = each.event
        if answered.claims_rejected:
            found = Item(
                "claims-not-accepted", answered.submission_id, _shown(work, each), count=answered.claims_rejected
            )
            notes.append(Note(answered.enrollment_id, found))
    await _keep(work, notes)


async def note_answers(work: UnitOfWork, events: Sequence[Received[InquiryAnswered]]) -> None:
    """An eligibility inquiry that was answered."""
    answered = [each.event for each in events]
    await _keep(
        work,
        [
            Note(each.enrollment_id, Item("inquiry", each.inquiry_id, each.answered_at), each.asked_by)
            for each in answered
        ],
    )


async def note_remittances(work: UnitOfWork, events: Sequence[Received[RemittancePosted]]) -> None:
    """A remittance that is there to be read."""
    notes = []
    for each in events:
        posted = each.event
        found = Item(
            "remittance",
            posted.remittance_id,
            _shown(work, each),
            count=posted.claims,
            amount_cents=posted.paid_cents,
            number=posted.trace_number,
        )
        notes.append(Note(posted.enrollment_id, found))
    await _keep(work, notes)


async def note_appeals(work: UnitOfWork, events: Sequence[Received[AppealFiled]]) -> None:
    """A redetermination that somebody requested."""
    filed = [each.event for each in events]
    await _keep(
        work,
        [
            Note(
                each.enrollment_id,
                Item("appeal-filed", each.appeal_id, each.filed_at, number=each.number),
                each.filed_by,
            )
            for each in filed
        ],
    )


async def note_decisions(work: UnitOfWork, events: Sequence[Received[AppealDecided]]) -> None:
    """A redetermination, or a reconsideration of it, that was decided."""
    notes = []
    for each in events:
        decided = each.event
        kind = "appeal-decided" if decided.level == 1 else "appeal-reconsidered"
        found = Item(kind, decided.appeal_id, _shown(work, each), number=decided.number, outcome=decided.outcome)
        notes.append(Note(decided.enrollment_id, found))
    await _keep(work, notes)


def _shown(work: UnitOfWork, event: Received[Any]) -> datetime:
    """When an event came about, by the clock that people are shown."""
    return event.time + work.runtime.clock.offset()


async def _keep(work: UnitOfWork, notes: Sequence[Note]) -> None:
    """Keep items, and see to it that they are forgotten: one timer for all items of a day."""
    for day in sorted({each.item.at.date() for each in notes}):
        await work.schedule(FORGET, day.isoformat(), datetime(day.year, day.month, day.day, tzinfo=UTC) + _DAY + KEPT)
    repository.keep(work, notes)


async def forget_items(work: UnitOfWork, _due: Due) -> None:
    """Timer: delete what is no news any more."""
    await repository.forget(work, work.now - KEPT)
