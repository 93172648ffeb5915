"""Counts business activity: events of claims, by function and day, each event once (the inbox drops repeats)."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from libs.common.contracts.claims import ClaimAccepted, ClaimRejected, SubmissionAcknowledged, SubmissionReceived
from libs.common.messaging.envelope import Received
from libs.common.persistence.unit_of_work import UnitOfWork
from services.notifier.monthly_reports import repository

CLAIM_SUBMISSION = "F-08"


async def count_submissions(work: UnitOfWork, events: Sequence[Received[SubmissionReceived]]) -> None:
    """Files, by the day they count as received."""
    await _add(work, "submissions-received", Counter(each.event.business_date for each in events))


async def count_acknowledgements(work: UnitOfWork, events: Sequence[Received[SubmissionAcknowledged]]) -> None:
    """Files whose 999 and 277CA are ready, by day."""
    await _add(work, "submissions-acknowledged", _by_day(work, events))


async def count_accepted(work: UnitOfWork, events: Sequence[Received[ClaimAccepted]]) -> None:
    """Claims that passed the front end, by day."""
    await _add(work, "claims-accepted", _by_day(work, events))


async def count_rejected(work: UnitOfWork, events: Sequence[Received[ClaimRejected]]) -> None:
    """Claims not accepted at the front end, by day."""
    await _add(work, "claims-rejected", _by_day(work, events))


def _by_day(work: UnitOfWork, events: Sequence[Received[Any]]) -> Counter[date]:
    zone = work.runtime.deployment.zone
    return Counter(each.time.astimezone(zone).date() for each in events)


async def _add(work: UnitOfWork, counter: str, counts: Counter[date]) -> None:
    contract_id = work.runtime.deployment.contract_id
    await repository.add(work, contract_id, CLAIM_SUBMISSION, counter, counts)
