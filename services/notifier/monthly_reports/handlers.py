"""Counts activity by function and day, each event once (the inbox drops repeats)."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from libs.common.contracts.envelope import Received
from libs.common.functions import USED
from libs.common.functions import Counter as Counted
from libs.common.messaging.subscriptions import Handler
from libs.common.persistence.unit_of_work import UnitOfWork
from services.notifier.monthly_reports import repository


def counts(function: str, counter: Counted) -> Handler:
    """What adds events to a counter: each once, on its day in the contractor's zone."""

    async def count(work: UnitOfWork, events: Sequence[Received[Any]]) -> None:
        deployment = work.runtime.deployment
        ours = [each for each in events if counter.event != USED or each.event.function == function]
        days = Counter(_day(each, counter, deployment.zone) for each in ours)
        if days:
            await repository.add(work, deployment.contract_id, function, counter.name, days)

    return count


def _day(received: Received[Any], counter: Counted, zone: ZoneInfo) -> date:
    day: date = getattr(received.event, counter.day) if counter.day else received.time.astimezone(zone).date()
    return day
