"""Claims for programs: the list, and one claim with its lines and its history."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from libs.common.security.permissions import CLAIM_STATUS
from libs.common.web.paging import Following, Listed, listed
from libs.common.web.permit import Permit, permitted
from libs.x12.claim_status.codes import status_words
from services.claims.status import repository
from services.claims.status.domain import Account, Choice, choices_of, state_words, what_next
from services.claims.status.repository import ClaimFilter
from services.claims.status.views import found, patient_in, status_in_words

router = APIRouter(prefix="/api/claims")

State = Literal[
    "not-accepted",
    "accepted",
    "split",
    "in-process",
    "information-requested",
    "returned",
    "paid",
    "denied",
    "finalized",
    "adjusted",
]


class ListedClaim(BaseModel):
    """A claim as lists show it. Money in cents; no patient in it."""

    claim_id: UUID
    submission_id: UUID
    ordinal: int
    state: State
    internal_control_number: str | None
    patient_control_number: str
    total_charge_cents: int
    paid_cents: int | None
    service_from: date | None
    service_to: date | None
    received_on: date
    finalized_on: date | None
    pays_on: date | None
    check_number: str


class ClaimList(Listed):
    """Some claims, the newest first."""

    claims: tuple[ListedClaim, ...]


class LineAnswer(BaseModel):
    """A service line. `units_thousandths` is the number of units times 1,000."""

    number: int
    procedure: str
    modifiers: str
    charge_cents: int
    units_thousandths: int
    pointers: str
    revenue_code: str
    service_from: date | None
    service_to: date | None


class FindingAnswer(BaseModel):
    """Why a claim was not accepted: the field to correct, in words; `place` is where it is in the file."""

    code: str
    field: str
    sentence: str
    place: str
    category: str
    status_code: str


class StepAnswer(BaseModel):
    """What the shared system said at one time; `account` is all of it, category and code are of its first status."""

    version: int
    category: str
    status_code: str
    words: str
    effective_on: date
    received_at: datetime
    account: Account


class PatientAnswer(BaseModel):
    """The patient as the claim says."""

    mbi: str
    last_name: str
    first_name: str
    birth_date: str
    sex: str


class ClaimAnswer(ListedClaim):
    """A whole claim. Reading it is audited, because it names the patient. `status_details`: all of its status now."""

    category: str
    status_code: str
    status: str
    status_details: tuple[str, ...]
    what_happens_next: str
    billing_npi: str
    rendering_npi: str
    attending_npi: str
    place_of_service: str
    type_of_bill: str
    diagnoses: str
    patient: PatientAnswer
    choices: tuple[Choice, ...]
    findings: tuple[FindingAnswer, ...]
    lines: tuple[LineAnswer, ...]
    history: tuple[StepAnswer, ...]


@router.get("")
async def claims(
    permit: Annotated[Permit, permitted(CLAIM_STATUS)],
    place: Following,
    state: State | None = None,
    received_from: date | None = None,
    received_to: date | None = None,
    service_from: date | None = None,
    service_to: date | None = None,
    submission_id: UUID | None = None,
) -> ClaimList:
    """The claims of the enrollment acted for, fifty to a page."""
    enrollment_id = permit.enrollment.enrollment_id
    wanted = ClaimFilter(state or "", received_from, received_to, submission_id, service_from, service_to)
    page = await repository.listed(permit.work, enrollment_id, wanted, place)
    permit.work.audit("list", "claims", enrollment_id)
    shown = tuple(ListedClaim.model_validate(each, from_attributes=True) for each in page.rows)
    return ClaimList(**listed(page), claims=shown)


@router.get("/{claim_id}")
async def claim(permit: Annotated[Permit, permitted(CLAIM_STATUS)], claim_id: str) -> ClaimAnswer:
    """One claim: status in words, what happens next, what may be done, lines and history."""
    one = await found(permit, claim_id)
    work = permit.work
    today = work.runtime.today
    work.audit("read", "claim", one.claim_id)
    person = patient_in(work, one)
    steps = await repository.steps(work, one.claim_id)
    findings = (await repository.findings(work, [one.claim_id])).get(one.claim_id, [])
    return ClaimAnswer(
        **ListedClaim.model_validate(one, from_attributes=True).model_dump(),
        category=one.category,
        status_code=one.status_code,
        status=state_words(one.state, one.pays_on, today)[1],
        status_details=status_in_words(one, steps, today),
        what_happens_next=what_next(one.state, one.pays_on, today, steps[0].effective_on if steps else None),
        billing_npi=one.billing_npi,
        rendering_npi=one.rendering_npi,
        attending_npi=one.attending_npi,
        place_of_service=one.place_of_service,
        type_of_bill=one.type_of_bill,
        diagnoses=one.diagnoses,
        patient=PatientAnswer.model_validate(person, from_attributes=True),
        choices=choices_of(one.state, one.pays_on, today),
        findings=tuple(FindingAnswer.model_validate(each, from_attributes=True) for each in findings),
        lines=tuple(
            LineAnswer.model_validate(each, from_attributes=True) for each in await repository.lines(work, one.claim_id)
        ),
        history=tuple(
            StepAnswer(
                version=each.version,
                category=each.category,
                status_code=each.status_code,
                words=status_words(each.category, each.status_code),
                effective_on=each.effective_on,
                received_at=each.received_at,
                account=each.account,
            )
            for each in steps
        ),
    )
