"""Events of claims. A patient appears nowhere; a claim is an id, an ICN and amounts."""

from datetime import date, datetime
from uuid import UUID

from libs.common.contracts.sealed import CLAIM_FACTS, CLAIM_LINES
from typing import Annotated
from libs.common.contracts.base import Contract

EVENTS = "claims.events.v1"


class SubmissionReceived(Contract, type="claims.submission-received.v1", topic=EVENTS):
    """A file arrived and is stored, encrypted. `business_date` is the day it counts as received."""

    submission_id: UUID
    enrollment_id: UUID
    submitted_by: UUID
    size_bytes: int
    digest: str
    received_at: datetime
    business_date: date

    @property
    def subject(self) -> str:
        """The submission."""
        return str(self.submission_id)


class SubmissionAcknowledged(Contract, type="claims.submission-acknowledged.v1", topic=EVENTS):
    """The 999 and the 277CA are ready to download."""

    submission_id: UUID
    enrollment_id: UUID
    submitted_by: UUID
    claims_accepted: int
    claims_rejected: int
    verdict: str

    @property
    def subject(self) -> str:
        """The submission."""
        return str(self.submission_id)


class ClaimAccepted(Contract, type="claims.claim-accepted.v1", topic=EVENTS):
    """A claim passed the front end and got its internal control number."""

    claim_id: UUID
    submission_id: UUID
    enrollment_id: UUID
    internal_control_number: str
    beneficiary_token: str
    total_charge_cents: int
    lines: int

    @property
    def subject(self) -> str:
        """The claim."""
        return str(self.claim_id)


class ClaimRejected(Contract, type="claims.claim-rejected.v1", topic=EVENTS):
    """A claim was not accepted at the front end: not a denial, no appeal rights."""

    claim_id: UUID
    submission_id: UUID
    enrollment_id: UUID
    codes: tuple[str, ...]

    @property
    def subject(self) -> str:
        """The claim."""
        return str(self.claim_id)


class ClaimStatusChanged(Contract, type="claims.claim-status-changed.v1", topic=EVENTS):
    """The shared system said something new about a claim: category and status code of the 277.

    `sealed_lines` opens only for readers that hold the key: which line of the claim (LX01) a remittance means by which
    line item control number (REF*6R).
    """

    claim_id: UUID
    enrollment_id: UUID
    internal_control_number: str
    category: str
    status_code: str
    version: int
    sealed_lines: Annotated[str, CLAIM_LINES] = ""

    @property
    def subject(self) -> str:
        """The claim."""
        return str(self.claim_id)


class ClaimFinalized(Contract, type="claims.claim-finalized.v1", topic=EVENTS):
    """A claim was adjudicated. `sealed_facts` (patient, lines) opens only for the readers that hold the key."""

    claim_id: UUID
    enrollment_id: UUID
    internal_control_number: str
    category: str
    total_charge_cents: int
    paid_cents: int
    finalized_on: date
    sealed_facts: Annotated[str, CLAIM_FACTS]

    @property
    def subject(self) -> str:
        """The claim."""
        return str(self.claim_id)
