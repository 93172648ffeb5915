"""Brings together what the website tells: the situation now, and the interruptions of the last 30 days."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from libs.common.deployment import Deployment
from libs.common.functions import NAMES
from libs.common.observability.logs import log
from libs.common.runtime import Runtime
from libs.common.settings import SERVICES
from services.notifier.banners.domain import Situation
from services.notifier.banners.repository import told
from services.notifier.health.domain import fault_domains
from services.notifier.interruptions import repository
from services.notifier.website.domain import KEPT, Interruption, Notice, notices

_ROWS_SECONDS = 1.0
_MOMENT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Published:
    """All of it. `notices` are newest first, and `None` while the database does not answer: then nobody knows."""

    situation: Situation
    notices: tuple[Notice, ...] | None

    @property
    def open(self) -> tuple[Notice, ...]:
        """Those that go on."""
        return tuple(each for each in self.notices or () if each.state == "open")

    @property
    def over(self) -> tuple[Notice, ...]:
        """Those that are over, and false alarms."""
        return tuple(each for each in self.notices or () if each.state != "open")


async def published(runtime: Runtime) -> Published:
    """What is known now; the situation also while database and broker are away."""
    situation = await told(runtime) or Situation(())
    return Published(situation, await _notices(runtime))


async def _notices(runtime: Runtime) -> tuple[Notice, ...] | None:
    deployment = runtime.deployment
    now = runtime.clock.now()
    try:
        async with asyncio.timeout(_ROWS_SECONDS), runtime.database.work(runtime) as work:
            found = await repository.overlapping(work, deployment.contract_id, now - KEPT, now + _MOMENT)
    except (OSError, TimeoutError, SQLAlchemyError) as error:
        log.warning("the interruptions cannot be read", error_class=type(error).__name__)
        return None
    return _told(deployment, found)


async def notice_of(runtime: Runtime, interruption_id: UUID) -> Notice | None:
    """One interruption of any age, as everybody may know it."""
    async with runtime.database.work(runtime) as work:
        found = await repository.one(work, interruption_id)
    return None if found is None else _told(runtime.deployment, [found[0]])[0]


def _told(deployment: Deployment, found: Sequence[Interruption]) -> tuple[Notice, ...]:
    domains = fault_domains(SERVICES, deployment.functions, deployment.partners)
    return tuple(notices(found, NAMES, domains))
