"""Events of remittance. A patient appears nowhere: a claim is an id, an ICN, amounts and public codes."""

from datetime import date
from uuid import UUID

from libs.common.contracts.base import Contract, Part

EVENTS = "remittance.events.v1"


class Adjustment(Part):
    """Why less was paid than charged: group code, CARC, amount."""

    group: str
    reason: str
    amount_cents: int


class LineRemitted(Part):
    """What a remittance says about a service line of a claim; `remarks` are RARCs.

    `number` is that of the line in the claim (LX01), found by the line item control number (REF*6R) and never by the
    place in the remittance: several may speak of one line, in any order. None when the remittance names no line that the
    claim has. `procedure` is the one that was billed.
    """

    number: int | None
    procedure: str
    charge_cents: int
    paid_cents: int
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[str, ...] = ()


class RemittancePosted(Contract, type="remittance.remittance-posted.v1", topic=EVENTS):
    """An 835 for one payee was stored and balances. `trace_number` is that of the check or transfer."""

    remittance_id: UUID
    enrollment_id: UUID
    trace_number: str
    paid_cents: int
    claims: int
    issued_on: date

    @property
    def subject(self) -> str:
        """The remittance."""
        return str(self.remittance_id)


class ClaimRemitted(Contract, type="remittance.claim-remitted.v1", topic=EVENTS):
    """What a remittance says about one claim. `remitted_on` is the date of the notice that starts the appeal clock.

    `status` is CLP02 (1, 2, 3 processed, denied or not; 4 patient not known; 22 reversal). `sequence` grows with each
    remittance of the claim.
    """

    remittance_id: UUID
    claim_id: UUID
    enrollment_id: UUID
    internal_control_number: str
    sequence: int
    remitted_on: date
    status: str
    charge_cents: int
    paid_cents: int
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[str, ...] = ()
    lines: tuple[LineRemitted, ...] = ()

    @property
    def subject(self) -> str:
        """The claim."""
        return str(self.claim_id)
