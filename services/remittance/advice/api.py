"""Remittances for programs: the list, one payment with its claims, the file."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel

from libs.common.security.permissions import REMITTANCE_READ
from libs.common.web.permit import Permit, permitted
from services.remittance.advice import repository
from services.remittance.advice.handlers import X12, download, found
from services.remittance.advice.repository import Claim, Line, Remittance

router = APIRouter(prefix="/api/remittance")

_PAGE = 50


class RemittanceAnswer(BaseModel):
    """One payment. Money in cents; `method` is BPR04 of the 835."""

    remittance_id: UUID
    trace_number: str
    method: str
    paid_cents: int
    issued_on: date
    payer: str
    claims: int
    received_at: datetime


class RemittanceList(BaseModel):
    """Some payments, the newest first, and how many there are."""

    total: int
    remittances: tuple[RemittanceAnswer, ...]


class AdjustmentAnswer(BaseModel):
    """Why less was paid than charged: group, CARC, amount in cents."""

    group: str
    reason: str
    amount_cents: int


class LineAnswer(BaseModel):
    """One service line; `remarks` are RARCs."""

    number: int
    procedure: str
    modifiers: str
    charge_cents: int
    paid_cents: int
    service_from: date | None
    service_to: date | None
    adjustments: tuple[AdjustmentAnswer, ...]
    remarks: tuple[str, ...]


class ClaimAnswer(BaseModel):
    """One claim of a remittance, without its patient. `status` is CLP02."""

    number: int
    claim_id: UUID | None
    internal_control_number: str
    patient_control_number: str
    status: str
    charge_cents: int
    paid_cents: int
    patient_responsibility_cents: int
    adjustments: tuple[AdjustmentAnswer, ...]
    remarks: tuple[str, ...]
    lines: tuple[LineAnswer, ...]


class ClaimPage(BaseModel):
    """Some claims of a remittance, in its order, and how many it has."""

    total: int
    claims: tuple[ClaimAnswer, ...]


@router.get("")
async def remittances(
    permit: Annotated[Permit, permitted(REMITTANCE_READ)], page: Annotated[int, Query(ge=1, le=10_000)] = 1
) -> RemittanceList:
    """The remittances of the enrollment acted for, fifty to a page."""
    enrollment_id = permit.enrollment.enrollment_id
    total, rows = await repository.newest(permit.work, enrollment_id, limit=_PAGE, offset=(page - 1) * _PAGE)
    permit.work.audit("list", "remittances", enrollment_id)
    return RemittanceList(total=total, remittances=tuple(_shown(each) for each in rows))


@router.get("/{remittance_id}")
async def remittance(permit: Annotated[Permit, permitted(REMITTANCE_READ)], remittance_id: str) -> RemittanceAnswer:
    """One payment."""
    one = await found(permit, remittance_id)
    permit.work.audit("read", "remittance", one.remittance_id)
    return _shown(one)


@router.get("/{remittance_id}/claims")
async def claims(
    permit: Annotated[Permit, permitted(REMITTANCE_READ)],
    remittance_id: str,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> ClaimPage:
    """The claims of a remittance with their lines and reasons, fifty to a page."""
    one = await found(permit, remittance_id)
    permit.work.audit("read", "remittance", one.remittance_id)
    rows = await repository.claims_of(permit.work, one.remittance_id, limit=_PAGE, offset=(page - 1) * _PAGE)
    lines = await repository.lines_of(permit.work, one.remittance_id, [row.number for row in rows])
    return ClaimPage(total=one.claims, claims=tuple(_claim(row, lines.get(row.number, [])) for row in rows))


@router.get(
    "/{remittance_id}/835",
    response_class=Response,
    responses={200: {"description": "The file", "content": {X12: {}}}},
)
async def file(permit: Annotated[Permit, permitted(REMITTANCE_READ)], remittance_id: str) -> Response:
    """The remittance as the X12 file it is."""
    return await download(permit, remittance_id)


def _shown(one: Remittance) -> RemittanceAnswer:
    return RemittanceAnswer.model_validate(one, from_attributes=True)


def _claim(claim: Claim, lines: list[Line]) -> ClaimAnswer:
    facts = {name: getattr(claim, name) for name in ClaimAnswer.model_fields if name != "lines"}
    return ClaimAnswer.model_validate(facts | {"lines": lines}, from_attributes=True)
