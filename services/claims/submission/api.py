"""Submissions for programs: send a file, see how far it is, fetch its acknowledgments."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from libs.common.documents.kinds import X12
from libs.common.security.permissions import CLAIM_SUBMIT, CLAIMS_SENDING
from libs.common.web.paging import Following, Listed, listed
from libs.common.web.permit import Admission, Permit, admitted, permitted
from libs.common.web.uploads import Upload, body_of, read_upload
from services.claims.submission import repository
from services.claims.submission.handlers import take_in
from services.claims.submission.repository import Submission
from services.claims.submission.views import download, found, stopped_at

router = APIRouter(prefix="/api/claims/submissions")

Kind = Literal["TA1", "999", "277CA"]


class FileFault(BaseModel):
    """What is wrong with a file or one of its transaction sets."""

    code: str
    field: str
    sentence: str
    place: str


class SubmissionAnswer(BaseModel):
    """One submitted file. `verdict` is empty and the counts are 0 until it was judged.

    `stopped_at`: since when nobody works on it, because that only failed; do not send it again. Empty in lists.
    `control_numbers` are those of its interchanges (ISA13), as far as they can be named.
    """

    submission_id: UUID
    number: str
    state: Literal["received", "processing", "acknowledged"]
    size_bytes: int
    digest: str
    received_at: datetime
    business_date: date
    verdict: Literal["", "accepted", "partial", "rejected"]
    claims_accepted: int
    claims_rejected: int
    claims_stored: int
    stopped_at: datetime | None = None
    control_numbers: tuple[str, ...] = ()
    acknowledgments: tuple[Kind, ...] = ()
    findings: tuple[FileFault, ...] = ()


class SubmissionList(Listed):
    """Some submissions, the newest first."""

    submissions: tuple[SubmissionAnswer, ...]


@router.post("", status_code=202)
async def submit(
    request: Request,
    response: Response,
    admission: Annotated[Admission, admitted(CLAIMS_SENDING, upload=True)],
    idempotency_key: Annotated[str, Header()] = "",
) -> SubmissionAnswer:
    """Send a claim file: its bytes as `application/edi-x12`, or a form with one file. Needs an `Idempotency-Key`."""
    if request.headers.get("content-type", "").startswith("multipart/"):
        upload = (await read_upload(request)).file
    else:
        upload = Upload("", body_of(request))
    submission_id = await take_in(admission, upload, idempotency_key)
    response.headers["location"] = f"/api/claims/submissions/{submission_id}"
    async with admission.open() as permit:
        return await _answer(permit, await found(permit, str(submission_id)))


@router.get("")
async def submissions(permit: Annotated[Permit, permitted(CLAIM_SUBMIT)], place: Following) -> SubmissionList:
    """The submissions of the enrollment acted for, fifty to a page."""
    page = await repository.newest(permit.work, permit.enrollment.enrollment_id, place)
    return SubmissionList(**listed(page), submissions=tuple(_shown(each) for each in page.rows))


@router.get("/{submission_id}")
async def submission(permit: Annotated[Permit, permitted(CLAIM_SUBMIT)], submission_id: str) -> SubmissionAnswer:
    """One submission: how far it is, its verdict, what is wrong with the file as a whole."""
    one = await found(permit, submission_id)
    permit.work.audit("read", "submission", one.submission_id)
    return await _answer(permit, one)


@router.get(
    "/{submission_id}/acknowledgments/{kind}",
    response_class=StreamingResponse,
    responses={200: {"description": "The file", "content": {X12.media_type: {}}}},
)
async def acknowledgment(
    permit: Annotated[Permit, permitted(CLAIM_SUBMIT)], submission_id: str, kind: Kind
) -> StreamingResponse:
    """The TA1, 999 or 277CA as the X12 file it is."""
    return await download(permit, submission_id, kind)


def _shown(one: Submission) -> SubmissionAnswer:
    facts = asdict(one) | {"control_numbers": tuple(one.control_numbers.split())}
    return SubmissionAnswer.model_validate(facts)


async def _answer(permit: Permit, one: Submission) -> SubmissionAnswer:
    documents = await repository.acknowledgments(permit.work, one.submission_id, one.enrollment_id)
    faults = await repository.findings(permit.work, one.submission_id, one.enrollment_id)
    return _shown(one).model_copy(
        update={
            "stopped_at": await stopped_at(permit.work, one),
            "acknowledgments": tuple(each.kind for each in documents),
            "findings": tuple(FileFault.model_validate(each, from_attributes=True) for each in faults),
        }
    )
