"""What a Qualified Independent Contractor (QIC) is sent, and what it answers: JSON and documents over HTTPS.

    PUT /cases/<case>/documents/<document>   the document itself; its SHA-256 is held against the case file
    PUT /cases/<case>                        `CaseFile`; answered by `Receipt`
    GET /cases/<case>                        `Case`: the receipt, and the decision once there is one

The sender names the case, so whatever is sent again is taken once. Content: form CMS-20033 (42 CFR 405.964) and the
case file of the contractor that decided at the first level.
"""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CaseLine(_Part):
    """A service line in question. `denied_by` are as `CO-50`; `rationale` is why the first level did not allow it."""

    number: int
    procedure: str
    service_from: date | None
    service_to: date | None
    charge_cents: int
    denied_by: tuple[str, ...]
    rationale: str


class CaseDocument(_Part):
    """A PDF, TIFF or JPEG of the case file, sent by itself before it. `digest` is the SHA-256 of its content."""

    document_id: UUID
    digest: str
    pages: int


class CaseFile(_Part):
    """A request for a reconsideration. `redetermination` is the number of the decision it is about.

    `asked_at` is when the party asked the contractor; `good_cause` says why late, and is empty in time.
    """

    contract_id: str
    contractor: str
    redetermination: str
    redetermined_on: date
    asked_at: AwareDatetime
    provider_name: str
    provider_npi: str
    provider_ptan: str
    patient: str
    medicare_number: str
    internal_control_number: str
    lines: Annotated[tuple[CaseLine, ...], Field(min_length=1)]
    requester: str
    explanation: str
    good_cause: str
    documents: tuple[CaseDocument, ...]


class Receipt(_Part):
    """The QIC has it. `number` is its own; the request counts as filed at `received_at` (42 CFR 405.962)."""

    number: str = Field(min_length=1)
    received_at: AwareDatetime


class LineDecision(_Part):
    """What was decided of one line, and why."""

    number: int
    favorable: bool
    rationale: str


class Decision(_Part):
    """What the QIC decided."""

    decided_at: AwareDatetime
    lines: tuple[LineDecision, ...]


class Case(_Part):
    """How a case stands."""

    receipt: Receipt
    decision: Decision | None = None
