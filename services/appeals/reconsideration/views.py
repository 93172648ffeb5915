"""Finds reconsiderations for whoever asks, opens what is sealed of them, and says what can be done."""

from datetime import datetime
from uuid import UUID

from libs.common.documents import attachments
from libs.common.documents.attachments import Attachment
from libs.common.errors import Rejected
from libs.common.messaging.due_work import given_up_at
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.web.pages import Step
from libs.common.web.permit import Permit, opaque
from services.appeals.reconsideration import repository
from services.appeals.reconsideration.domain import FOLLOW, PURPOSE, STATES, Right, right_of
from services.appeals.reconsideration.repository import Line, Reconsideration
from services.appeals.reconsideration.tables import ARGUMENT, RATIONALE
from services.appeals.redetermination import repository as redeterminations
from services.appeals.redetermination.domain import Argument
from services.appeals.redetermination.repository import Appeal, AppealLine
from services.appeals.redetermination.views import business_days


def right(work: UnitOfWork, appeal: Appeal) -> Right:
    """What can be done about a redetermination today."""
    return right_of(appeal.outcome, appeal.decided_on, work.runtime.today, business_days(work))


async def of_appeal(work: UnitOfWork, appeal: Appeal) -> Reconsideration | None:
    """The reconsideration of an appeal, if one was asked for."""
    return await repository.find(work, appeal.appeal_id, appeal.enrollment_id) if appeal.next_level else None


def history(one: Reconsideration) -> list[Step]:
    """What happened at the second level, oldest first."""
    steps = [Step(one.asked_at, "You requested a reconsideration")]
    if one.received_at is not None:
        steps.append(Step(one.received_at, "The QIC received it", f"Its number there is {one.number}."))
    if one.decided_at is not None:
        steps.append(Step(one.decided_at, STATES[one.state][1]))
    return steps


async def open_lines(work: UnitOfWork, appeal: Appeal) -> list[AppealLine]:
    """The lines of an appeal that were not granted: what a reconsideration is about."""
    lines = (await redeterminations.lines(work, [appeal.appeal_id])).get(appeal.appeal_id, [])
    return [line for line in lines if not line.favorable]


def argument(work: UnitOfWork, one: Reconsideration) -> Argument:
    """Open who asked, why, and why late; whoever asks audits it."""
    return ARGUMENT.open(work.runtime.keys, one.argument, one.appeal_id)


def rationale(work: UnitOfWork, appeal_id: UUID, line: Line) -> str:
    """Why the QIC decided a line as it did; empty until it does. Whoever asks audits it."""
    if line.rationale is None:
        return ""
    return RATIONALE.open(work.runtime.keys, line.rationale, appeal_id, line.number)


async def found(permit: Permit, appeal_id: str) -> Reconsideration:
    """The reconsideration of an appeal of the enrollment acted for. Raises `Rejected` (404) for any other."""
    one = await repository.find(permit.work, opaque(appeal_id), permit.enrollment.enrollment_id)
    if one is None:
        raise Rejected("not-found", "There is no such reconsideration for the NPI and PTAN you act for.", status=404)
    return one


async def documents(work: UnitOfWork, appeal: Appeal) -> list[Attachment]:
    """The documents that were received with the request."""
    return await attachments.received(work, PURPOSE, appeal.appeal_id)


async def stopped_at(work: UnitOfWork, appeal_id: UUID) -> datetime | None:
    """Since when a request is neither sent nor its decision asked for, because that only failed; None while it is."""
    return await given_up_at(work, FOLLOW, appeal_id)
