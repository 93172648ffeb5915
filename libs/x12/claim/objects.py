"""What an 837P says, as objects: the only form in which a claim leaves `libs.x12`.

Money is whole cents, days are `datetime.date`. A claim that was not accepted keeps what could be read of it:
texts may be empty and dates may be None, so look at `accepted` before trusting a value.
Guide: 005010X222A1.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from libs.x12.findings import Finding


@dataclass(slots=True, frozen=True)
class Address:
    """Where somebody lives or works in the United States. `postal_code` has five or nine digits, no dash."""

    street: str
    city: str
    state: str
    postal_code: str


@dataclass(slots=True)
class BillingProvider:
    """Who asks for payment (loop 2010AA). Claims below the same billing provider share one object."""

    npi: str = ""
    name: str = ""
    taxonomy: str = ""
    tax_id: str = ""
    address: Address | None = None


@dataclass(slots=True)
class Subscriber:
    """The beneficiary (loop 2010BA); in Medicare the patient is always the subscriber. `sex` is M, F or U."""

    mbi: str = ""
    last_name: str = ""
    first_name: str = ""
    birth_date: date | None = None
    sex: str = ""
    address: Address | None = None


@dataclass(slots=True)
class ServiceLine:
    """One service line (loop 2400). `pointers` count the claim's diagnoses from 1."""

    number: int
    procedure: str = ""
    modifiers: tuple[str, ...] = ()
    charge_cents: int = 0
    units: Decimal = Decimal(0)
    unit_of_measure: str = "UN"
    place_of_service: str = ""
    pointers: tuple[int, ...] = ()
    service_from: date | None = None
    service_to: date | None = None
    rendering_npi: str = ""


@dataclass(slots=True)
class ProfessionalClaim:
    """One professional claim (loop 2300) with its billing provider, beneficiary and service lines.

    `ordinal` counts the claims of a file from 1, `transaction` the transaction sets of a file from 1, and
    `provider` the billing provider loops of the transaction set from 1. `diagnoses` are ICD codes without the dot,
    the principal one first. `internal_control_number` is the number the front end gave the claim (REF*D9), and
    `payer_claim_control_number` that of the earlier claim a replacement speaks of (REF*F8).
    """

    ordinal: int
    transaction: int
    provider: int
    billing: BillingProvider
    subscriber: Subscriber
    patient_control_number: str = ""
    total_charge_cents: int = 0
    place_of_service: str = ""
    frequency_code: str = "1"
    rendering_npi: str = ""
    prior_authorization: str = ""
    payer_claim_control_number: str = ""
    internal_control_number: str = ""
    admission_date: date | None = None
    diagnoses: tuple[str, ...] = ()
    service_from: date | None = None
    service_to: date | None = None
    lines: list[ServiceLine] = field(default_factory=list)
    findings: tuple[Finding, ...] = ()

    @property
    def accepted(self) -> bool:
        """True when nothing was found against this claim itself; its transaction set may still be rejected."""
        return not self.findings

    @property
    def billing_npi(self) -> str:
        """NPI of the billing provider."""
        return self.billing.npi


def sum_of_lines(lines: Iterable[ServiceLine]) -> int:
    """Cents charged by all lines together."""
    return sum(line.charge_cents for line in lines)
