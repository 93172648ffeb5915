"""Finds submissions and their acknowledgments for whoever asks, page or program; says why a file is not taken."""

from datetime import datetime

from fastapi.responses import StreamingResponse

from libs.common.documents.kinds import X12
from libs.common.errors import Rejected
from libs.common.messaging.due_work import given_up_at
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.web.downloads import download_stored
from libs.common.web.permit import Permit, opaque
from services.claims.submission import repository
from services.claims.submission.domain import FORWARD, PROCESS, UploadFault
from services.claims.submission.repository import Submission


def refusal(fault: UploadFault) -> Rejected:
    """A fault of the file as the error the caller is answered with."""
    return Rejected(fault.code, fault.sentence, 422, {"file": fault.sentence})


async def found(permit: Permit, submission_id: str) -> Submission:
    """The submission of the enrollment acted for. Raises `Rejected` (404) for any other."""
    one = await repository.find(permit.work, opaque(submission_id), permit.enrollment.enrollment_id)
    if one is None:
        raise Rejected("not-found", "There is no such submission for the NPI and PTAN you act for.", status=404)
    return one


async def download(permit: Permit, submission_id: str, kind: str) -> StreamingResponse:
    """An acknowledgment on its way to the person or program that asked. Audited."""
    one = await found(permit, submission_id)
    for each in await repository.acknowledgments(permit.work, one.submission_id, one.enrollment_id):
        if each.kind == kind:
            permit.work.audit("download", f"acknowledgment-{kind}", one.submission_id)
            name = f"{one.number}-{kind}.{X12.extension}"
            documents = permit.work.runtime.documents
            return download_stored(documents, each.document, name=name, media_type=X12.media_type)
    raise Rejected("not-found", f"There is no {kind} for this submission.", status=404)


async def stopped_at(work: UnitOfWork, one: Submission) -> datetime | None:
    """Since when nobody works on a file that is not done; None when it is, or when somebody does."""
    return await given_up_at(work, FORWARD if one.state == "acknowledged" else PROCESS, one.submission_id)
