"""Reconsiderations for programs: a request, and what became of it."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, Field

from libs.common.security.permissions import APPEALS_SENDING, REDETERMINATION_READ
from libs.common.web.bodies import SentBody
from libs.common.web.permit import Admission, Permit, admitted, permitted
from services.appeals.reconsideration import repository
from services.appeals.reconsideration.domain import decide_by
from services.appeals.reconsideration.handlers import file_request
from services.appeals.reconsideration.views import argument, found, rationale, stopped_at
from services.appeals.redetermination.domain import (
    EXPLANATION_LENGTH,
    GOOD_CAUSE_LENGTH,
    REQUESTER_LENGTH,
    Argument,
)

router = APIRouter(prefix="/api/appeals")

State = Literal["sending", "received", "favorable", "partially-favorable", "unfavorable"]


class RequestBody(SentBody):
    """A request for a reconsideration of an appeal that was decided. `good_cause` is needed after the last day."""

    appeal_id: UUID
    requester: str = Field(max_length=REQUESTER_LENGTH)
    explanation: str = Field(max_length=EXPLANATION_LENGTH)
    good_cause: str = Field(default="", max_length=GOOD_CAUSE_LENGTH)


class LineAnswer(BaseModel):
    """A line before the QIC. `favorable` and `rationale` are there when it was decided."""

    line: int
    favorable: bool | None
    rationale: str


class ReconsiderationAnswer(BaseModel):
    """A reconsideration. `number` is the QIC's; it counts as filed on `received_on`. Reading it is audited.

    `stopped_at`: since when we neither send it nor ask for its decision, because that only failed.
    """

    appeal_id: UUID
    state: State
    asked_at: datetime
    asked_until: date
    late: bool
    number: str
    received_on: date | None
    decide_by: date | None
    decided_on: date | None
    stopped_at: datetime | None
    requester: str
    explanation: str
    good_cause: str
    lines: tuple[LineAnswer, ...]


@router.get("/{appeal_id}/reconsideration")
async def reconsideration(
    permit: Annotated[Permit, permitted(REDETERMINATION_READ)], appeal_id: str
) -> ReconsiderationAnswer:
    """The reconsideration of an appeal, once it was asked for."""
    return await _answer(permit, appeal_id)


@router.post("/reconsiderations", status_code=201)
async def send_request(
    response: Response,
    admission: Annotated[Admission, admitted(APPEALS_SENDING)],
    asked: RequestBody,
    idempotency_key: Annotated[str, Header()] = "",
) -> ReconsiderationAnswer:
    """Ask for a reconsideration. Needs an `Idempotency-Key`. All documents of the appeal go to the QIC with it."""
    written = Argument(asked.requester, asked.explanation, asked.good_cause)
    appeal_id = await file_request(admission, str(asked.appeal_id), written, idempotency_key)
    response.headers["location"] = f"/api/appeals/{appeal_id}/reconsideration"
    async with admission.open() as permit:
        return await _answer(permit, str(appeal_id))


async def _answer(permit: Permit, appeal_id: str) -> ReconsiderationAnswer:
    work = permit.work
    one = await found(permit, appeal_id)
    work.audit("read", "reconsideration", one.appeal_id)
    said = argument(work, one)
    return ReconsiderationAnswer.model_validate(
        {
            "appeal_id": one.appeal_id,
            "state": one.state,
            "asked_at": one.asked_at,
            "asked_until": one.asked_until,
            "late": one.late,
            "number": one.number,
            "received_on": one.received_on,
            "decide_by": decide_by(one.received_on) if one.received_on else None,
            "decided_on": one.decided_on,
            "stopped_at": await stopped_at(work, one.appeal_id),
            "requester": said.requester,
            "explanation": said.explanation,
            "good_cause": said.good_cause,
            "lines": [
                LineAnswer(line=line.number, favorable=line.favorable, rationale=rationale(work, one.appeal_id, line))
                for line in await repository.lines(work, one.appeal_id)
            ],
        }
    )
