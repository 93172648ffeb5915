"""Notes what the home page shows, from the events of the other services, and forgets it after 30 days."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from libs.common.contracts.appeals import AppealDecided, AppealFiled
from libs.common.contracts.claims import SubmissionAcknowledged, SubmissionReceived
from libs.common.contracts.eligibility import InquiryAnswered
from libs.common.contracts.envelope import Received
from libs.common.contracts.remittance import RemittancePosted
from libs.common.messaging.subscriptions import Due
from libs.common.persistence.unit_of_work import UnitOfWork
from services.portal.home import repository
from services.portal.home.domain import KEPT, Item

FORGET = "forget-items"
_DAY = timedelta(days=1)


async def note_submissions(work: UnitOfWork, events: Sequence[Received[SubmissionReceived]]) -> None:
    """A file that somebody sent."""
    for each in events:
        sent = each.event
        found = Item("file-sent", sent.submission_id, sent.received_at)
        await _keep(work, sent.enrollment_id, found, sent.submitted_by)


async def note_acknowledgments(work: UnitOfWork, events: Sequence[Received[SubmissionAcknowledged]]) -> None:
    """A file of which something is to be corrected and sent again."""
    for each in events:
        answered = each.event
        if answered.claims_rejected:
            found = Item(
                "claims-not-accepted", answered.submission_id, _shown(work, each), count=answered.claims_rejected
            )
            await _keep(work, answered.enrollment_id, found)


async def note_answers(work: UnitOfWork, events: Sequence[Received[InquiryAnswered]]) -> None:
    """An eligibility inquiry that was answered."""
    for each in events:
        answered = each.event
        found = Item("inquiry", answered.inquiry_id, answered.answered_at)
        await _keep(work, answered.enrollment_id, found, answered.asked_by)


async def note_remittances(work: UnitOfWork, events: Sequence[Received[RemittancePosted]]) -> None:
    """A remittance that is there to be read."""
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
        await _keep(work, posted.enrollment_id, found)


async def note_appeals(work: UnitOfWork, events: Sequence[Received[AppealFiled]]) -> None:
    """A redetermination that somebody requested."""
    for each in events:
        filed = each.event
        found = Item("appeal-filed", filed.appeal_id, filed.filed_at, number=filed.number)
        await _keep(work, filed.enrollment_id, found, filed.filed_by)


async def note_decisions(work: UnitOfWork, events: Sequence[Received[AppealDecided]]) -> None:
    """A redetermination, or a reconsideration of it, that was decided."""
    for each in events:
        decided = each.event
        kind = "appeal-decided" if decided.level == 1 else "appeal-reconsidered"
        found = Item(kind, decided.appeal_id, _shown(work, each), number=decided.number, outcome=decided.outcome)
        await _keep(work, decided.enrollment_id, found)


def _shown(work: UnitOfWork, event: Received[Any]) -> datetime:
    """When an event came about, by the clock that people are shown."""
    return event.time + work.runtime.clock.offset()


async def _keep(work: UnitOfWork, enrollment_id: UUID, found: Item, user_id: UUID | None = None) -> None:
    """Keep an item, and see to it that it is forgotten: one timer for all items of a day."""
    repository.keep(work, enrollment_id, found, user_id=user_id)
    day = found.at.date()
    await work.schedule(FORGET, day.isoformat(), datetime(day.year, day.month, day.day, tzinfo=UTC) + _DAY + KEPT)


async def forget_items(work: UnitOfWork, _due: Due) -> None:
    """Timer: delete what is no news any more."""
    await repository.forget(work, work.now - KEPT)
