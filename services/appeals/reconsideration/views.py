"""Finds reconsiderations for whoever asks, opens what is sealed of them, and says what can be done."""

from uuid import UUID

from fastapi.responses import StreamingResponse

from libs.common.errors import Rejected
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.web.pages import Step
from libs.common.web.permit import Permit, opaque
from services.appeals.reconsideration import repository
from services.appeals.reconsideration.domain import STATES, Right, right_of
from services.appeals.reconsideration.repository import Document, Line, Reconsideration
from services.appeals.reconsideration.tables import ARGUMENT, RATIONALE
from services.appeals.redetermination import repository as redeterminations
from services.appeals.redetermination.domain import (
    Argument,
)
from services.appeals.redetermination.repository import Appeal, AppealLine
from services.appeals.redetermination.views import (
    PDF,
    business_days,
)


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


def name_context(document_id: UUID) -> str:
    """Where the sealed name of a document belongs."""
    return f"reconsideration_document.name|{document_id}"


def argument(work: UnitOfWork, one: Reconsideration) -> Argument:
    """Open who asked, why, and why late; whoever asks audits it."""
    return ARGUMENT.open(work.runtime.keys, one.argument, one.appeal_id)


def document_name(work: UnitOfWork, document: Document) -> str:
    """What the sender called the file."""
    return work.runtime.keys.open(document.name, context=name_context(document.document_id)).decode()


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


async def download(work: UnitOfWork, appeal: Appeal, document_id: str) -> StreamingResponse:
    """A document of a request on its way to whoever asked, who may see the appeal. Audited."""
    wanted = opaque(document_id)
    for number, each in enumerate(await repository.documents(work, appeal.appeal_id), start=1):
        if each.document_id == wanted:
            work.audit("download", "reconsideration-document", each.document_id)
            # Our own name for it: the sender's may name the patient, and the browser would keep it.
            name = f"{appeal.number}-reconsideration-{number}.pdf"
            return StreamingResponse(
                work.runtime.documents.read(each.document),
                media_type=PDF,
                headers={"content-disposition": f'attachment; filename="{name}"'},
            )
    raise Rejected("not-found", "There is no such document in this reconsideration.", status=404)
