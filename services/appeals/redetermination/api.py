"""Appeals for programs: rights of a claim, a request, documents, and what became of it."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from libs.common.documents import attachments
from libs.common.documents.kinds import DOCUMENTS, PDF
from libs.common.security.permissions import APPEALS_SENDING, REDETERMINATION_FILE, REDETERMINATION_READ
from libs.common.web.bodies import SentBody
from libs.common.web.paging import Following, Listed, listed
from libs.common.web.permit import Admission, Permit, admitted, permitted
from libs.common.web.uploads import read_upload
from services.appeals.redetermination import repository
from services.appeals.redetermination.domain import (
    EXPLANATION_LENGTH,
    GOOD_CAUSE_LENGTH,
    MAX_LINES,
    PURPOSE,
    REQUESTER_LENGTH,
    UNIDENTIFIED,
    Asked,
    Outcome,
    RightKind,
    state_words,
)
from services.appeals.redetermination.handlers import add_document, file_request
from services.appeals.redetermination.repository import Appeal
from services.appeals.redetermination.views import (
    argument,
    claim_or_404,
    facts,
    found,
    letter_answer,
    letter_of,
    rationale,
    rights,
    what_to_do,
)
from services.appeals.redetermination.views import document as document_answer

router = APIRouter(prefix="/api/appeals")
_LETTER: dict[int | str, dict[str, Any]] = {200: {"description": "The file", "content": {PDF.media_type: {}}}}
_DOCUMENT: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file", "content": {each.media_type: {} for each in DOCUMENTS}}
}

State = Literal["filed", "favorable", "partially-favorable", "unfavorable"]


class ReasonAnswer(BaseModel):
    """Why less was paid than charged: group code, CARC, amount in cents, and what it means."""

    group: str
    code: str
    amount_cents: int
    words: str


class LineRightAnswer(BaseModel):
    """A line of a claim and what can be done about it. `until` is the last day, where a clock runs.

    `line` is its number in the claim (LX01), 0 for a claim without lines; null when the remittance names none of them.
    """

    line: int | None
    procedure: str
    charge_cents: int
    paid_cents: int
    denied_by: tuple[ReasonAnswer, ...]
    remarks: tuple[str, ...]
    can: RightKind
    until: date | None
    sentence: str
    appeal_id: UUID | None


class RightsAnswer(BaseModel):
    """What can be done about a claim. Without `remitted_on` no remittance tells of it yet, and no clock runs."""

    claim_id: UUID
    internal_control_number: str
    remitted_on: date | None
    lines: tuple[LineRightAnswer, ...]


class RequestBody(SentBody):
    """A request for a redetermination. `good_cause` is needed after the last day."""

    claim_id: UUID
    lines: tuple[int, ...] = Field(max_length=MAX_LINES)
    requester: str = Field(max_length=REQUESTER_LENGTH)
    explanation: str = Field(max_length=EXPLANATION_LENGTH)
    good_cause: str = Field(default="", max_length=GOOD_CAUSE_LENGTH)


class ListedAppeal(BaseModel):
    """An appeal as lists show it. `received_on` is the business day that begins the time to decide."""

    appeal_id: UUID
    number: str
    claim_id: UUID
    internal_control_number: str
    filed_at: datetime
    received_on: date
    decide_by: date
    state: State
    decided_on: date | None


class AppealList(Listed):
    """Some appeals, the newest first."""

    appeals: tuple[ListedAppeal, ...]


class LineAnswer(BaseModel):
    """A line in an appeal. `favorable` and `rationale` are there when it was decided."""

    line: int
    procedure: str
    charge_cents: int
    paid_cents: int
    denied_by: tuple[str, ...]
    favorable: bool | None
    rationale: str


class DocumentAnswer(BaseModel):
    """A document of an appeal: `stored` (received), `pending` (on its way), or `failed`, with the `next_step`.

    `digest` is the SHA-256 of its content. Only one that was received has content and `received_at`.
    """

    document_id: UUID
    name: str
    state: attachments.State
    next_step: str
    kind: Literal["", "pdf", "tiff", "jpeg"]
    size_bytes: int
    digest: str
    pages: int
    received_at: datetime | None


class AppealAnswer(ListedAppeal):
    """A whole appeal. Reading it is audited, because it names the patient."""

    status: str
    notice_on: date
    filed_until: date
    late: bool
    patient: str
    requester: str
    explanation: str
    good_cause: str
    outcome: Outcome | None
    has_letter: bool
    lines: tuple[LineAnswer, ...]
    documents: tuple[DocumentAnswer, ...]


@router.get("/claims/{claim_id}/rights")
async def claim_rights(permit: Annotated[Permit, permitted(REDETERMINATION_READ)], claim_id: str) -> RightsAnswer:
    """What can be done about each line of a claim, by when and why."""
    claim = await claim_or_404(permit, claim_id)
    permit.work.audit("read", "claim", claim.claim_id)
    return RightsAnswer(
        claim_id=claim.claim_id,
        internal_control_number=claim.internal_control_number,
        remitted_on=claim.notice.remitted_on if claim.notice else None,
        lines=tuple(
            LineRightAnswer(
                line=None if right.line.number == UNIDENTIFIED else right.line.number,
                procedure=right.line.procedure,
                charge_cents=right.line.charge_cents,
                paid_cents=right.line.paid_cents,
                denied_by=tuple(
                    ReasonAnswer(
                        group=reason.group, code=reason.code, amount_cents=reason.amount_cents, words=reason.words
                    )
                    for reason in right.line.denials
                ),
                remarks=right.line.remarks,
                can=right.kind,
                until=right.until,
                sentence=what_to_do(right),
                appeal_id=right.appeal.appeal_id if right.appeal else None,
            )
            for right in await rights(permit.work, claim)
        ),
    )


@router.get("")
async def appeals(
    permit: Annotated[Permit, permitted(REDETERMINATION_READ)],
    place: Following,
    state: State | None = None,
) -> AppealList:
    """The appeals of the enrollment acted for, fifty to a page."""
    work, enrollment_id = permit.work, permit.enrollment.enrollment_id
    page = await repository.newest(work, enrollment_id, state or "", place)
    work.audit("list", "appeals", enrollment_id)
    return AppealList(**listed(page), appeals=tuple(_listed(each) for each in page.rows))


@router.post("", status_code=201)
async def send_request(
    response: Response,
    admission: Annotated[Admission, admitted(APPEALS_SENDING)],
    asked: RequestBody,
    idempotency_key: Annotated[str, Header()] = "",
) -> AppealAnswer:
    """Ask for a redetermination of lines of a claim. Needs an `Idempotency-Key`; documents are added after it."""
    appeal_id = await file_request(
        admission,
        str(asked.claim_id),
        Asked(frozenset(asked.lines), asked.requester, asked.explanation, asked.good_cause),
        idempotency_key,
    )
    response.headers["location"] = f"/api/appeals/{appeal_id}"
    async with admission.open() as permit:
        return await _answer(permit, await found(permit, str(appeal_id)))


@router.post("/documents", status_code=201)
async def send_document(
    request: Request,
    response: Response,
    admission: Annotated[Admission, admitted(REDETERMINATION_FILE, upload=True)],
    idempotency_key: Annotated[str, Header()] = "",
) -> AppealAnswer:
    """Add a PDF, TIFF or JPEG: a form with the field `appeal_id` and then one file. Needs an `Idempotency-Key`."""
    sent = await read_upload(request)
    appeal_id = sent.fields.get("appeal_id", "")
    document_id = await add_document(admission, appeal_id, idempotency_key, sent.file)
    response.headers["location"] = f"/api/appeals/{appeal_id}/documents/{document_id}"
    async with admission.open() as permit:
        return await _answer(permit, await found(permit, appeal_id))


@router.get("/{appeal_id}")
async def appeal(permit: Annotated[Permit, permitted(REDETERMINATION_READ)], appeal_id: str) -> AppealAnswer:
    """One appeal: how it stands and by when it is decided, its lines and documents."""
    return await _answer(permit, await found(permit, appeal_id))


@router.get("/{appeal_id}/documents/{document_id}", response_class=StreamingResponse, responses=_DOCUMENT)
async def document(
    permit: Annotated[Permit, permitted(REDETERMINATION_READ)], appeal_id: str, document_id: str
) -> StreamingResponse:
    """A document of an appeal as it was sent."""
    return await document_answer(permit.work, await found(permit, appeal_id), document_id)


@router.get("/{appeal_id}/letter", response_class=Response, responses=_LETTER)
async def letter(permit: Annotated[Permit, permitted(REDETERMINATION_READ)], appeal_id: str) -> Response:
    """The decision letter as a PDF; there is none while nothing is decided, nor where all was granted."""
    one = await found(permit, appeal_id)
    return await letter_answer(one, letter_of(permit.work, one))


def _listed(one: Appeal) -> ListedAppeal:
    return ListedAppeal(
        appeal_id=one.appeal_id,
        number=one.number,
        claim_id=one.claim_id,
        internal_control_number=one.internal_control_number,
        filed_at=one.filed_at,
        received_on=one.received_on,
        decide_by=one.decide_by,
        state=one.outcome or "filed",
        decided_on=one.decided_on,
    )


async def _answer(permit: Permit, one: Appeal) -> AppealAnswer:
    work = permit.work
    work.audit("read", "appeal", one.appeal_id)
    claim = await repository.find_claim(work, one.claim_id, one.enrollment_id)
    said = argument(work, one)
    lines = (await repository.lines(work, [one.appeal_id])).get(one.appeal_id, [])
    return AppealAnswer(
        **_listed(one).model_dump(),
        status=state_words(one.outcome)[1],
        notice_on=one.notice_on,
        filed_until=one.filed_until,
        late=one.late,
        patient=facts(work, claim).patient if claim and claim.finalized else "",
        requester=said.requester,
        explanation=said.explanation,
        good_cause=said.good_cause,
        outcome=one.outcome or None,
        has_letter=one.letter is not None,
        lines=tuple(
            LineAnswer(
                line=line.number,
                procedure=line.procedure,
                charge_cents=line.charge_cents,
                paid_cents=line.paid_cents,
                denied_by=tuple(line.reasons.split()),
                favorable=line.favorable,
                rationale=rationale(work, one, line),
            )
            for line in lines
        ),
        documents=tuple(
            DocumentAnswer(
                document_id=each.file.attachment_id,
                name=each.name,
                state=each.file.state,
                next_step=each.file.next_step,
                kind=each.file.kind,
                size_bytes=each.file.size_bytes,
                digest=each.file.digest,
                pages=each.file.pages,
                received_at=each.file.received_at,
            )
            for each in attachments.named(work, await attachments.of_subject(work, PURPOSE, one.appeal_id))
        ),
    )
