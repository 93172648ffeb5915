"""The draft of a month: what was recorded, counted and added up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from libs.common.deployment import Deployment
from libs.common.functions import COUNTERS, NAMES
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.settings import SERVICES
from services.notifier.contractor_alerts.repository import first_accepted
from services.notifier.health.domain import fault_domains
from services.notifier.interruptions.domain import Interruption
from services.notifier.interruptions.repository import overlapping
from services.notifier.monthly_reports import repository
from services.notifier.monthly_reports.domain import (
    PORTAL,
    Availability,
    Month,
    Period,
    availability,
    in_minutes,
    period,
)


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
    totals = await repository.totals(work, deployment.contract_id, month.first, month.following.first)
    offered = deployment.offered
    return Draft(
        month,
        reported,
        running=work.now < month.edges(deployment.zone)[1],
        functions=tuple(availability(offered, found, reported, _planned(deployment))),
        interruptions=tuple(await _lines(work, found, reported)),
        activity=tuple(
            ActivityLine(code, NAMES.get(code, PORTAL), counter.words, totals.get(name, 0))
            for name, (code, counter) in COUNTERS.items()
            if not code or code in offered
        ),
    )


def _planned(deployment: Deployment) -> dict[str, str]:
    return {each.function.code: each.period for each in deployment.planned}


async def _lines(work: UnitOfWork, found: Sequence[Interruption], reported: Period) -> list[InterruptionLine]:
    deployment = work.runtime.deployment
    domains = fault_domains(SERVICES, deployment.functions, deployment.partners)
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
                tuple(NAMES[code] for code in each.functions),
                domain.cause(over=each.ended_at is not None) if domain else "",
                domain.workaround if domain else "",
                each.started_at,
                each.ended_at,
                part[1] - part[0],
                told.get(each.interruption_id),
            )
        )
    return lines
