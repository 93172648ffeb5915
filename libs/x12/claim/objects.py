"""What an 837 says, as objects: the only form in which a claim leaves `libs.x12`.

Money is whole cents, days are `datetime.date`. A claim that was not accepted keeps what could be read of it:
texts may be empty and dates may be None, so look at `accepted` before trusting a value.
Guides: 005010X222A1 (professional), 005010X223A2 (institutional).
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from libs.x12.findings import Finding


@dataclass(slots=True, unsafe_hash=True)
class Address:
    """Where somebody lives or works. `postal_code` has five or nine digits, no dash; `country` is empty at home.

    Never changed once made. It is not frozen, because that makes it four times as slow to make.
    """

    street: str
    city: str
    state: str
    postal_code: str
    second_street: str = ""
    country: str = ""


@dataclass(slots=True)
class BillingProvider:
    """Who asks for payment (loop 2010AA). Claims below the same billing provider share one object.

    `name` is that of a firm, or the last name of a person (`is_person`), who has further names. `tax_id_qualifier` is
    EI, or SY for a social security number. `pay_to` is where payment goes when that differs (loop 2010AB).
    """

    npi: str = ""
    name: str = ""
    taxonomy: str = ""
    tax_id: str = ""
    address: Address | None = None
    is_person: bool = False
    first_name: str = ""
    tax_id_qualifier: str = "EI"
    pay_to: Address | None = None
    middle_name: str = ""
    suffix: str = ""


@dataclass(slots=True)
class Subscriber:
    """The beneficiary (loops 2000B, 2010BA); in Medicare the patient is always the subscriber. `sex` is M, F or U.

    `filing_indicator` is MB for Medicare Part B, MA for Part A; `responsibility` P when Medicare pays first, S when
    second; `insurance_type` then says why. `is_patient` is False when claims stand below a dependent.
    """

    mbi: str = ""
    last_name: str = ""
    first_name: str = ""
    birth_date: date | None = None
    sex: str = ""
    address: Address | None = None
    middle_name: str = ""
    suffix: str = ""
    filing_indicator: str = "MB"
    responsibility: str = "P"
    insurance_type: str = ""
    group_number: str = ""
    group_name: str = ""
    is_patient: bool = True


@dataclass(slots=True)
class Patient:
    """A dependent of the subscriber (loops 2000C, 2010CA). Medicare has none, so such claims are refused."""

    relationship: str
    last_name: str = ""
    first_name: str = ""
    birth_date: date | None = None
    sex: str = ""
    address: Address | None = None
    middle_name: str = ""
    suffix: str = ""


@dataclass(slots=True)
class Party:
    """A provider or place named on a claim or line, other than the rendering provider of an 837P.

    `role` is the entity code: DN referring, P3 primary care, 77 service facility, DQ supervising, DK ordering, QB
    seller of a purchased service, PW and 45 where an ambulance picks up and drops off; in an 837I 71 attending,
    72 operating, ZZ other operating, 82 rendering. `identifiers` are others than the NPI: qualifier and number.
    """

    role: str
    npi: str = ""
    last_name: str = ""
    first_name: str = ""
    middle_name: str = ""
    suffix: str = ""
    is_person: bool = True
    taxonomy: str = ""
    address: Address | None = None
    identifiers: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True, frozen=True)
class Adjustment:
    """What an earlier payer took off, and why: group and reason code (CARC), cents, and units or None."""

    group: str
    reason: str
    cents: int
    quantity: Decimal | None = None


@dataclass(slots=True)
class OtherPayer:
    """Another insurance of the patient (loop 2320), which pays before or after Medicare.

    `paid_cents` is None when it has not decided yet. `adjustments` are those of the claim as a whole.
    """

    responsibility: str
    relationship: str = ""
    group_number: str = ""
    group_name: str = ""
    insurance_type: str = ""
    filing_indicator: str = ""
    benefits_assigned: str = "Y"
    release: str = "Y"
    insured_last_name: str = ""
    insured_first_name: str = ""
    insured_id: str = ""
    name: str = ""
    identifier: str = ""
    paid_cents: int | None = None
    paid_on: date | None = None
    remaining_cents: int | None = None
    not_covered_cents: int | None = None
    adjustments: tuple[Adjustment, ...] = ()


@dataclass(slots=True)
class LineDecision:
    """What an earlier payer decided about one line, or about one of the services it made of it (loop 2430).

    `payer` is the identifier of an `OtherPayer`. `remaining_cents` is what the patient still owes after it.
    `bundled_into` is the number of the line (LX01) with which it was paid, 0 when it was paid by itself.
    """

    payer: str
    paid_cents: int
    units: Decimal
    procedure: tuple[str, ...] = ()
    revenue_code: str = ""
    paid_on: date | None = None
    adjustments: tuple[Adjustment, ...] = ()
    remaining_cents: int | None = None
    bundled_into: int = 0


@dataclass(slots=True, frozen=True)
class Attachment:
    """Papers that go with a claim or line (PWK): report type, the way they travel, and the number they carry."""

    report_type: str
    transmission: str
    control_number: str = ""


@dataclass(slots=True, frozen=True)
class Note:
    """Free text of the provider (NTE): `kind` is the note reference code, as ADD for additional information."""

    kind: str
    text: str


@dataclass(slots=True, frozen=True)
class Drug:
    """A drug of a line (loop 2410): national drug code, quantity, its unit, and the number of the prescription."""

    code: str
    quantity: Decimal
    unit: str
    qualifier: str = "N4"


@dataclass(slots=True)
class Line:
    """What lines of professional and institutional claims share (loop 2400).

    `qualifier` says what kind of code `procedure` is: HC for HCPCS, in an 837I also HP for HIPPS.
    """

    number: int
    procedure: str = ""
    modifiers: tuple[str, ...] = ()
    charge_cents: int = 0
    units: Decimal = Decimal(0)
    unit_of_measure: str = "UN"
    service_from: date | None = None
    service_to: date | None = None
    qualifier: str = "HC"
    description: str = ""
    control_number: str = ""
    drug: Drug | None = None
    parties: tuple[Party, ...] = ()
    notes: tuple[Note, ...] = ()
    decisions: tuple[LineDecision, ...] = ()


@dataclass(slots=True)
class ServiceLine(Line):
    """One service line of a professional claim. `pointers` count the claim's diagnoses from 1."""

    place_of_service: str = ""
    pointers: tuple[int, ...] = ()
    rendering_npi: str = ""
    is_emergency: bool = False


@dataclass(slots=True)
class RevenueLine(Line):
    """One line of an institutional claim: a revenue code of four digits, and a procedure where one is needed."""

    revenue_code: str = ""
    not_covered_cents: int = 0


@dataclass(slots=True)
class Claim:
    """What professional and institutional claims share (loop 2300).

    `ordinal` counts the claims of a file from 1, `transaction` the transaction sets of a file from 1, and
    `provider` the billing provider loops of the transaction set from 1. `diagnoses` are ICD codes without the dot,
    the principal one first; `icd_version` is 10 or 9. `internal_control_number` is the number the front end gave the
    claim (REF*D9), and `payer_claim_control_number` that of the earlier claim a replacement speaks of (REF*F8).
    `references` are further numbers by their qualifier, as EA for the medical record. `findings` reject the claim;
    `notices` do not: they are for adjudication to decide on.
    """

    ordinal: int
    transaction: int
    provider: int
    billing: BillingProvider
    subscriber: Subscriber
    patient_control_number: str = ""
    total_charge_cents: int = 0
    frequency_code: str = "1"
    prior_authorization: str = ""
    payer_claim_control_number: str = ""
    internal_control_number: str = ""
    admission_date: date | None = None
    diagnoses: tuple[str, ...] = ()
    icd_version: int = 10
    service_from: date | None = None
    service_to: date | None = None
    accepts_assignment: str = "A"
    benefits_assigned: str = "Y"
    release: str = "Y"
    delay_reason: str = ""
    conditions: tuple[str, ...] = ()
    patient: Patient | None = None
    parties: tuple[Party, ...] = ()
    other_payers: tuple[OtherPayer, ...] = ()
    references: tuple[tuple[str, str], ...] = ()
    attachments: tuple[Attachment, ...] = ()
    notes: tuple[Note, ...] = ()
    findings: tuple[Finding, ...] = ()
    notices: tuple[Finding, ...] = ()

    @property
    def accepted(self) -> bool:
        """True when nothing was found against this claim itself; its transaction set may still be rejected."""
        return not self.findings

    @property
    def billing_npi(self) -> str:
        """NPI of the billing provider."""
        return self.billing.npi


@dataclass(slots=True)
class ProfessionalClaim(Claim):
    """One professional claim with its service lines.

    `dates` are those of the illness by their qualifier, as 431 for its onset. `patient_paid_cents` is what the patient
    has paid for it (AMT*F5).
    """

    place_of_service: str = ""
    rendering_npi: str = ""
    rendering_taxonomy: str = ""
    signature_on_file: str = "Y"
    dates: tuple[tuple[str, date], ...] = ()
    patient_paid_cents: int | None = None
    lines: list[ServiceLine] = field(default_factory=list)


@dataclass(slots=True, frozen=True)
class Procedure:
    """A procedure of a stay by ICD-10-PCS (or ICD-9), and its day."""

    code: str
    day: date


@dataclass(slots=True, frozen=True)
class Occurrence:
    """An event by its NUBC occurrence code, from one day to another; both are the same when it has only one."""

    code: str
    first: date
    last: date


@dataclass(slots=True, frozen=True)
class ValueCode:
    """A NUBC value code and its value in hundredths: cents, or hundredths of what the code counts (80: days)."""

    code: str
    hundredths: int


@dataclass(slots=True)
class InstitutionalClaim(Claim):
    """One institutional claim with its revenue lines. `service_from` and `service_to` are its statement dates.

    `facility_code` is the first part of the type of bill. Hours are texts as `1705`. `present_on_admission` holds one
    indicator (or nothing) for each of `diagnoses`. `spans` are occurrences that have a code of their own kind.
    """

    facility_code: str = ""
    admission_hour: str = ""
    discharge_hour: str = ""
    admission_type: str = ""
    admission_source: str = ""
    patient_status: str = ""
    admitting_diagnosis: str = ""
    reasons_for_visit: tuple[str, ...] = ()
    external_causes: tuple[str, ...] = ()
    diagnosis_related_group: str = ""
    present_on_admission: tuple[str, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    occurrences: tuple[Occurrence, ...] = ()
    spans: tuple[Occurrence, ...] = ()
    values: tuple[ValueCode, ...] = ()
    treatments: tuple[str, ...] = ()
    patient_due_cents: int | None = None
    lines: list[RevenueLine] = field(default_factory=list)

    @property
    def type_of_bill(self) -> str:
        """Facility and frequency code together, as `111`."""
        return self.facility_code + self.frequency_code

    @property
    def attending_npi(self) -> str:
        """NPI of the attending provider, or nothing."""
        return next((party.npi for party in self.parties if party.role == "71"), "")
