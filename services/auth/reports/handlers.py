"""Once a week: administrators are told by mail how many requests wait for them."""

from datetime import datetime, timedelta
from uuid import UUID

from libs.common.messaging.subscriptions import Due
from libs.common.persistence.unit_of_work import UnitOfWork
from services.auth.access import repository as access
from services.auth.notices.handlers import tell
from services.auth.reports.domain import next_monday
from services.auth.role_requests import repository as requests

WEEKLY = "weekly-access-report"
_AT_ONCE = 100


async def send_weekly(work: UnitOfWork, due: Due) -> None:
    """Timer: tell the administrators of each organization in which requests wait, some in a transaction.

    Its payload says `after` which organization it goes on. The first row, in the migration, only asks for a Monday.
    """
    following = next_monday(work.now, work.runtime.deployment.zone)
    if due.payload.get("first"):
        await work.schedule(WEEKLY, due.subject, following)
        return
    after = due.payload.get("after")
    found = await requests.waiting(work, after=UUID(after) if after else None, limit=_AT_ONCE)
    names = await access.organization_names(work, [organization_id for organization_id, _ in found])
    for organization_id, count in found:
        for each in await access.administrators(work, organization_id):
            await tell(work, each, "requests-pending", organization=names[organization_id], count=str(count))
        work.audit("send", "access-report", organization_id)
    if len(found) == _AT_ONCE:
        await work.schedule(WEEKLY, due.subject, work.now, {"after": str(found[-1][0])})
    else:
        await work.schedule(WEEKLY, due.subject, following)


def silent_since(work: UnitOfWork, days: int) -> datetime:
    """Who did not sign in since then is named."""
    return work.now - timedelta(days=days)
