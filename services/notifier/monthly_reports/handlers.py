"""Counts activity by function and day, each event once (the inbox drops repeats); drafts the report of a month."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from libs.common.contracts.appeals import AppealFiled
from libs.common.contracts.auth import RoleRemoved
from libs.common.contracts.claims import ClaimAccepted, ClaimRejected, SubmissionAcknowledged, SubmissionReceived
from libs.common.contracts.eligibility import InquiryAnswered, InquiryFailed
from libs.common.contracts.envelope import Received
from libs.common.contracts.remittance import RemittancePosted
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.settings import SERVICES
from services.notifier.contractor_alerts.repository import first_accepted
from services.notifier.health.domain import fault_domains
from services.notifier.interruptions.domain import Interruption
from services.notifier.interruptions.repository import overlapping
from services.notifier.monthly_reports import repository
from services.notifier.monthly_reports.domain import (
    COUNTERS,
    PORTAL,
    Availability,
    Month,
    Period,
    availability,
    in_minutes,
    period,
)


async def count_submissions(work: UnitOfWork, events: Sequence[Received[SubmissionReceived]]) -> None:
    """Files, by the day they count as received."""
    await _add(work, "submissions-received", Counter(each.event.business_date for each in events))


async def count_acknowledgments(work: UnitOfWork, events: Sequence[Received[SubmissionAcknowledged]]) -> None:
    """Files whose 999 and 277CA are ready, by day."""
    await _add(work, "submissions-acknowledged", _by_day(work, events))


async def count_accepted(work: UnitOfWork, events: Sequence[Received[ClaimAccepted]]) -> None:
    """Claims that passed the front end, by day."""
    await _add(work, "claims-accepted", _by_day(work, events))


async def count_rejected(work: UnitOfWork, events: Sequence[Received[ClaimRejected]]) -> None:
    """Claims not accepted at the front end, by day."""
    await _add(work, "claims-rejected", _by_day(work, events))


async def count_answers(work: UnitOfWork, events: Sequence[Received[InquiryAnswered]]) -> None:
    """Eligibility inquiries that HETS answered with benefits, by day."""
    await _add(work, "inquiries-answered", _by_day(work, events))


async def count_failures(work: UnitOfWork, events: Sequence[Received[InquiryFailed]]) -> None:
    """Eligibility inquiries without benefits in the answer, or without an answer, by day."""
    await _add(work, "inquiries-failed", _by_day(work, events))


async def count_remittances(work: UnitOfWork, events: Sequence[Received[RemittancePosted]]) -> None:
    """Remittances stored, by day."""
    await _add(work, "remittances-posted", _by_day(work, events))


async def count_appeals(work: UnitOfWork, events: Sequence[Received[AppealFiled]]) -> None:
    """Redeterminations requested, by day."""
    await _add(work, "appeals-filed", _by_day(work, events))


async def count_removals(work: UnitOfWork, events: Sequence[Received[RoleRemoved]]) -> None:
    """Removals of access, by day."""
    await _add(work, "roles-removed", _by_day(work, events))


def _by_day(work: UnitOfWork, events: Sequence[Received[Any]]) -> Counter[date]:
    zone = work.runtime.deployment.zone
    return Counter(each.time.astimezone(zone).date() for each in events)


async def _add(work: UnitOfWork, counter: str, counts: Counter[date]) -> None:
    function, _ = COUNTERS[counter]
    await repository.add(work, work.runtime.deployment.contract_id, function, counter, counts)


@dataclass(frozen=True, slots=True)
class InterruptionLine:
    """One interruption as far as it lies in the month (PCID 80.2.3.8). `ended_at` is missing while it goes on."""

    interruption_id: UUID
    functions: tuple[str, ...]
    cause: str
    workaround: str
    started_at: datetime
    ended_at: datetime | None
    length: timedelta
    told_cms_at: datetime | None

    @property
    def minutes(self) -> str:
        """Minutes within the month."""
        return str(in_minutes(self.length))


@dataclass(frozen=True, slots=True)
class ActivityLine:
    """How often something was done in the month."""

    code: str
    function: str
    words: str
    count: int


@dataclass(frozen=True, slots=True)
class Draft:
    """The report of one month as it stands now. `reported` is `None` before the month has begun."""

    month: Month
    reported: Period | None
    running: bool
    functions: tuple[Availability, ...] = ()
    interruptions: tuple[InterruptionLine, ...] = ()
    activity: tuple[ActivityLine, ...] = ()


async def draft(work: UnitOfWork, month: Month) -> Draft:
    """Compute the report of `month` from interruptions and counters; the same rows give the same report."""
    deployment = work.runtime.deployment
    reported = period(month, deployment.zone, work.now)
    if reported is None:
        return Draft(month, None, running=False)
    found = await overlapping(work, deployment.contract_id, reported.start, reported.end)
    counts = await repository.totals(work, deployment.contract_id, month.first, month.following.first)
    names = {each.code: each.name for each in deployment.functions}
    return Draft(
        month,
        reported,
        running=work.now < month.edges(deployment.zone)[1],
        functions=tuple(availability(names, found, reported)),
        interruptions=tuple(await _lines(work, found, reported)),
        activity=tuple(
            ActivityLine(code, names.get(code, PORTAL), words, counts.get(counter, 0))
            for counter, (code, words) in COUNTERS.items()
            if not code or code in names
        ),
    )


async def _lines(work: UnitOfWork, found: Sequence[Interruption], reported: Period) -> list[InterruptionLine]:
    deployment = work.runtime.deployment
    domains = fault_domains(SERVICES, deployment.functions, deployment.partners)
    names = {each.code: each.name for each in deployment.functions}
    told = await first_accepted(work, [each.interruption_id for each in found])
    lines = []
    for each in reversed(found):
        part = reported.part(each)
        if part is None or each.state == "retracted":
            continue
        domain = domains.get(each.fault_domain)
        lines.append(
            InterruptionLine(
                each.interruption_id,
                tuple(names.get(code, code) for code in each.functions),
                domain.cause(over=each.ended_at is not None) if domain else "",
                domain.workaround if domain else "",
                each.started_at,
                each.ended_at,
                part[1] - part[0],
                told.get(each.interruption_id),
            )
        )
    return lines
