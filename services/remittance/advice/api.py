"""Remittances for programs: the list, one payment with its claims, the file."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel

from libs.common.documents.kinds import X12
from libs.common.security.permissions import REMITTANCE_READ
from libs.common.web.paging import Following, Listed, listed
from libs.common.web.permit import Permit, permitted
from services.remittance.advice import repository
from services.remittance.advice.repository import Claim, Line, Remittance, RemittanceFilter
from services.remittance.advice.views import download, found

router = APIRouter(prefix="/api/remittance")


class FactAnswer(BaseModel):
    """One thing more that the 835 says: of which kind, its code there, and its value (cents, ISO days, numbers)."""

    kind: str
    code: str
    value: str


class ProviderAdjustmentAnswer(BaseModel):
    """Money that belongs to no claim of the remittance (PLB). Positive takes from the payment.

    `claim_number` and `patient_control_number` name the claim it is about, where it is about one.
    """

    reason: str
    reference: str
    amount_cents: int
    provider: str
    period_end: str
    claim_number: str
    patient_control_number: str


class RemittanceAnswer(BaseModel):
    """One payment. Money in cents; `method` is BPR04 of the 835, `payer_identifier` TRN03."""

    remittance_id: UUID
    trace_number: str
    payer_identifier: str
    method: str
    paid_cents: int
    issued_on: date
    payer: str
    claims: int
    provider_adjustments: tuple[ProviderAdjustmentAnswer, ...]
    facts: tuple[FactAnswer, ...]
    received_at: datetime


class RemittanceList(Listed):
    """Some payments, the newest first."""

    remittances: tuple[RemittanceAnswer, ...]


class AdjustmentAnswer(BaseModel):
    """Why less was paid than charged: group, CARC, amount in cents, and of how many units, if told."""

    group: str
    reason: str
    amount_cents: int
    quantity: str


class LineAnswer(BaseModel):
    """What is said of one service line; `remarks` are RARCs.

    `number` is a place in the remittance. `control_number` (REF*6R) names the line, and `claim_line` is its number in
    the claim (LX01), null when it is not known. `billed` is the procedure of the claim, `procedure` the one judged.
    """

    number: int
    control_number: str
    claim_line: int | None
    procedure: str
    modifiers: str
    billed: str
    units: str
    charge_cents: int
    allowed_cents: int | None
    paid_cents: int
    denied: bool
    service_from: date | None
    service_to: date | None
    adjustments: tuple[AdjustmentAnswer, ...]
    remarks: tuple[str, ...]
    facts: tuple[FactAnswer, ...]


class ClaimAnswer(BaseModel):
    """One claim of a remittance, without its patient and what may name the patient.

    `status` is CLP02; `outcome` is what became of the claim, read from its reasons.
    """

    number: int
    claim_id: UUID | None
    internal_control_number: str
    patient_control_number: str
    status: str
    outcome: str
    charge_cents: int
    allowed_cents: int | None
    paid_cents: int
    patient_responsibility_cents: int
    adjustments: tuple[AdjustmentAnswer, ...]
    remarks: tuple[str, ...]
    lines: tuple[LineAnswer, ...]


class ClaimPage(Listed):
    """Some claims of a remittance, in its order."""

    claims: tuple[ClaimAnswer, ...]


@router.get("")
async def remittances(permit: Annotated[Permit, permitted(REMITTANCE_READ)], place: Following) -> RemittanceList:
    """The remittances of the enrollment acted for, fifty to a page."""
    enrollment_id = permit.enrollment.enrollment_id
    page = await repository.newest(permit.work, enrollment_id, RemittanceFilter(), place)
    permit.work.audit("list", "remittances", enrollment_id)
    return RemittanceList(**listed(page), remittances=tuple(_shown(each) for each in page.rows))


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
    place: Following,
) -> ClaimPage:
    """The claims of a remittance with their lines and reasons, fifty to a page."""
    one = await found(permit, remittance_id)
    permit.work.audit("read", "remittance", one.remittance_id)
    page = await repository.claims_of(permit.work, one.remittance_id, place)
    lines = await repository.lines_of(permit.work, one.remittance_id, [row.number for row in page.rows])
    return ClaimPage(**listed(page), claims=tuple(_claim(row, lines.get(row.number, [])) for row in page.rows))


@router.get(
    "/{remittance_id}/835",
    response_class=Response,
    responses={200: {"description": "The file", "content": {X12.media_type: {}}}},
)
async def file(permit: Annotated[Permit, permitted(REMITTANCE_READ)], remittance_id: str) -> Response:
    """The remittance as the X12 file it is."""
    return await download(permit, remittance_id)


def _shown(one: Remittance) -> RemittanceAnswer:
    return RemittanceAnswer.model_validate(one, from_attributes=True)


def _claim(claim: Claim, lines: list[Line]) -> ClaimAnswer:
    facts = {name: getattr(claim, name) for name in ClaimAnswer.model_fields if name != "lines"}
    return ClaimAnswer.model_validate(facts | {"lines": lines}, from_attributes=True)
