"""What an 835 says, as objects: the only form in which a remittance leaves `libs.x12`.

Money is whole cents, days are `datetime.date`, counts are `Decimal` as written. What a remittance may leave out is
None or empty. Objects of a transaction set that was refused keep what could be read of them.

A remittance is refused as a whole or not at all, because its money balances as a whole: what refuses it stands on its
transaction set, so claims and remittances have no `findings` of their own. `notices` are what the payer should correct
while the money is posted all the same; they reject nothing.

Small things (`references`, `amounts`, …) stand in tuples in the order of the file, each with its qualifier as the guide
codes it, because the guide lets payers choose among many; what services ask for most has a property of its own.
Guide: 005010X221A1.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import ClassVar

from libs.x12.findings import Finding

REVERSAL = "22"
DENIED = "4"
PREDETERMINATION = "25"
# Reasons of provider adjustments that speak of one claim: an overpayment recovered, an authorized return, a balance
# carried forward, interest. Others have a text or a number of the payer's own as reference.
_OF_A_CLAIM = frozenset({"WO", "72", "FB", "L6"})
_CLAIM_NUMBER, _PATIENT_NUMBER = slice(0, 19), slice(19, 39)
_ONE = Decimal(1)


@dataclass(slots=True)
class Reference:
    """A number and what it is the number of (REF01 and REF02)."""

    qualifier: str
    number: str


@dataclass(slots=True)
class Amount:
    """A sum that informs and takes no part in balancing (AMT)."""

    qualifier: str
    amount_cents: int


@dataclass(slots=True)
class Quantity:
    """A count that informs (QTY)."""

    qualifier: str
    quantity: Decimal


@dataclass(slots=True)
class Dated:
    """A day under its qualifier (DTM)."""

    qualifier: str
    day: date


@dataclass(slots=True)
class Contact:
    """Whom to ask (PER). `numbers` are pairs of a qualifier (TE, EM, UR, EX …) and the number or address."""

    function: str
    name: str = ""
    numbers: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Address:
    """A postal address (N3 and N4). `postal_code` has no dash."""

    street: str = ""
    street_2: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""
    subdivision: str = ""


@dataclass(slots=True)
class Payer:
    """Who pays (loop 1000A). `qualifier` is XV when `identifier` is a plan identifier."""

    name: str = ""
    qualifier: str = ""
    identifier: str = ""
    address: Address = field(default_factory=Address)
    references: list[Reference] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)


@dataclass(slots=True)
class Payee:
    """Who is paid (loop 1000B). `qualifier` says what `identifier` is: XX an NPI, FI a tax number, XV a plan.

    `delivery` is how the remittance reaches the payee when not by this file: method, name, number (RDM).
    """

    name: str = ""
    qualifier: str = "XX"
    identifier: str = ""
    address: Address | None = None
    references: list[Reference] = field(default_factory=list)
    delivery: tuple[str, ...] = ()


@dataclass(slots=True)
class Account:
    """An account at a bank: routing number and account number, each with its qualifier; all empty for a check."""

    bank_qualifier: str = ""
    bank: str = ""
    account_qualifier: str = ""
    account: str = ""


@dataclass(slots=True)
class Payment:
    """How the money moves (BPR).

    `handling` is BPR01 (I with the remittance, H notification only …), `method` BPR04 (ACH transfer, CHK check, NON no
    payment, FWT wire, BOP bank's choice), `payment_format` CCP or CTX with ACH. `company` is BPR10, the payer's
    identifier with the bank; `effective` the day of the check or the day the money is there.
    """

    handling: str = "I"
    amount_cents: int = 0
    credit_or_debit: str = "C"
    method: str = "CHK"
    payment_format: str = ""
    sender: Account = field(default_factory=Account)
    company: str = ""
    company_supplement: str = ""
    receiver: Account = field(default_factory=Account)
    effective: date | None = None


@dataclass(slots=True)
class ProviderAdjustment:
    """Money that belongs to no claim of this remittance (PLB). Positive takes from the payment, negative adds to it.

    `provider` and `period_end` (end of the fiscal period) are those of the segment; `shares_segment` is True when it
    stands in the same segment as the adjustment before it.

    Medicare writes two numbers into one `reference`: positions 1 to 19 are the number the payer gave the claim, 20 to
    39 the patient control number (CMS change request 7499). Payers may write other text there, so a number is that of
    a claim only if there is such a claim.
    """

    provider: str
    period_end: date | None
    reason: str
    reference: str
    amount_cents: int
    shares_segment: bool = False

    @property
    def payer_claim_control_number(self) -> str:
        """The claim (CLP07) the adjustment speaks of, or nothing where the reason speaks of none."""
        return self.reference[_CLAIM_NUMBER].strip() if self.reason in _OF_A_CLAIM else ""

    @property
    def patient_control_number(self) -> str:
        """The number the provider gave that claim (CLP01), or nothing."""
        return self.reference[_PATIENT_NUMBER].strip() if self.reason in _OF_A_CLAIM else ""


@dataclass(slots=True)
class Adjustment:
    """Why charge and payment differ (one reason of a CAS). Positive lowers the payment, negative raises it.

    `group` says who bears it (CO contractual, PR patient, OA other, PI payer), `reason` is a CARC. `shares_segment` is
    True when it stands in the same segment as the adjustment before it.
    """

    group: str
    reason: str
    amount_cents: int
    quantity: Decimal | None = None
    shares_segment: bool = False


@dataclass(slots=True)
class Remark:
    """A remark code of a line (LQ): a RARC under HE, a pharmacy reject code under RX."""

    qualifier: str
    code: str


@dataclass(slots=True)
class Party:
    """A person or firm named on a claim (NM1). `entity` is the role: QC patient, IL insured, 74 corrected name.

    `kind` is 1 for a person and 2 for a firm, whose name is `last_name`. The guide has no use for `prefix`.
    """

    entity: str
    kind: str = "1"
    last_name: str = ""
    first_name: str = ""
    middle_name: str = ""
    prefix: str = ""
    suffix: str = ""
    qualifier: str = ""
    identifier: str = ""


@dataclass(slots=True, frozen=True)
class Procedure:
    """What was done, as coded (C003): `qualifier` HC is HCPCS, N4 a drug code, NU a revenue code."""

    qualifier: str = "HC"
    code: str = ""
    modifiers: tuple[str, ...] = ()
    description: str = ""


@dataclass(slots=True)
class InpatientAdjudication:
    """How an inpatient claim was priced (MIA), in the order of its elements."""

    covered_days: Decimal = Decimal(0)
    pps_operating_outlier_cents: int | None = None
    lifetime_psychiatric_days: Decimal | None = None
    drg_cents: int | None = None
    remark_1: str = ""
    disproportionate_share_cents: int | None = None
    msp_pass_through_cents: int | None = None
    pps_capital_cents: int | None = None
    pps_capital_federal_cents: int | None = None
    pps_capital_hospital_cents: int | None = None
    pps_capital_disproportionate_cents: int | None = None
    old_capital_cents: int | None = None
    pps_capital_teaching_cents: int | None = None
    pps_operating_hospital_cents: int | None = None
    cost_report_days: Decimal | None = None
    pps_operating_federal_cents: int | None = None
    pps_capital_drg_cents: int | None = None
    indirect_teaching_cents: int | None = None
    nonpayable_professional_cents: int | None = None
    remark_2: str = ""
    remark_3: str = ""
    remark_4: str = ""
    remark_5: str = ""
    capital_exception_cents: int | None = None

    @property
    def remarks(self) -> tuple[str, ...]:
        """The remark codes that are there."""
        return tuple(filter(None, (self.remark_1, self.remark_2, self.remark_3, self.remark_4, self.remark_5)))


@dataclass(slots=True, frozen=True)
class OutpatientAdjudication:
    """How an outpatient or professional claim was priced (MOA), in the order of its elements. Claims may share one."""

    reimbursement_rate: Decimal | None = None
    hcpcs_payable_cents: int | None = None
    remark_1: str = ""
    remark_2: str = ""
    remark_3: str = ""
    remark_4: str = ""
    remark_5: str = ""
    esrd_cents: int | None = None
    nonpayable_professional_cents: int | None = None

    @property
    def remarks(self) -> tuple[str, ...]:
        """The remark codes that are there."""
        return tuple(filter(None, (self.remark_1, self.remark_2, self.remark_3, self.remark_4, self.remark_5)))


@dataclass(slots=True)
class ProviderSummary:
    """Totals of one provider and kind of bill (TS3), in the order of its elements that the guide uses."""

    provider: str = ""
    facility_code: str = ""
    period_end: date | None = None
    claims: Decimal | None = None
    charge_cents: int | None = None
    msp_payer_cents: int | None = None
    non_lab_charge_cents: int | None = None
    hcpcs_reportable_cents: int | None = None
    hcpcs_payable_cents: int | None = None
    professional_cents: int | None = None
    msp_patient_liability_cents: int | None = None
    patient_reimbursement_cents: int | None = None
    periodic_interim_claims: Decimal | None = None
    periodic_interim_adjustment_cents: int | None = None


@dataclass(slots=True)
class InpatientSummary:
    """Totals of one provider's inpatient claims (TS2), in the order of its elements."""

    drg_cents: int | None = None
    federal_cents: int | None = None
    hospital_cents: int | None = None
    disproportionate_share_cents: int | None = None
    capital_cents: int | None = None
    indirect_teaching_cents: int | None = None
    outlier_days: Decimal | None = None
    day_outlier_cents: int | None = None
    cost_outlier_cents: int | None = None
    average_length_of_stay: Decimal | None = None
    discharges: Decimal | None = None
    cost_report_days: Decimal | None = None
    covered_days: Decimal | None = None
    noncovered_days: Decimal | None = None
    msp_pass_through_cents: int | None = None
    average_drg_weight: Decimal | None = None
    pps_capital_federal_cents: int | None = None
    pps_capital_hospital_cents: int | None = None
    pps_disproportionate_cents: int | None = None


@dataclass(slots=True)
class ClaimGroup:
    """Claims the payer keeps together (loop 2000). `number` is the payer's choice and need not count."""

    number: int = 1
    summary: ProviderSummary | None = None
    inpatient: InpatientSummary | None = None


@dataclass(slots=True)
class RemittedLine:
    """What became of one service line (loop 2110). `number` counts the lines of the claim from 1.

    The line of the claim is known by `control_number`, never by `number`: payers split, bundle and reorder lines.
    Days stand as the payer wrote them: either `service_date`, or `service_from` and `service_to`; `period` joins them.
    `units` are those paid, 1 when the payer writes none (X12 interpretation 2163). `submitted` is the procedure of the
    claim where the payer judged another one, `submitted_units` its units where the payer paid others. `dates` are days
    under qualifiers that the guide does not name.
    """

    number: int
    procedure: Procedure
    charge_cents: int = 0
    paid_cents: int = 0
    revenue_code: str = ""
    units: Decimal = _ONE
    submitted: Procedure | None = None
    submitted_units: Decimal | None = None
    service_date: date | None = None
    service_from: date | None = None
    service_to: date | None = None
    adjustments: tuple[Adjustment, ...] = ()
    references: tuple[Reference, ...] = ()
    amounts: tuple[Amount, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    remarks: tuple[Remark, ...] = ()
    dates: tuple[Dated, ...] = ()

    @property
    def period(self) -> tuple[date, date] | None:
        """First and last day of the service, or None when only the claim tells.

        A first day without a last one is not a service of one day: its end is not known (X12 interpretation 1205).
        """
        if self.service_date:
            return self.service_date, self.service_date
        return (self.service_from, self.service_to) if self.service_from and self.service_to else None

    @property
    def control_number(self) -> str:
        """The number the provider gave the line, or its LX01 on the claim (REF*6R); nothing when the payer tells none.

        Lines into which the payer split one line of the claim carry the same number.
        """
        return find_reference(self.references, "6R")

    @property
    def billed(self) -> Procedure:
        """The procedure as the claim had it."""
        return self.submitted or self.procedure


@dataclass(slots=True)
class RemittedClaim:
    """What became of one claim (loop 2100).

    `transaction` counts the transaction sets of a file from 1, `number` the claims of the transaction set from 1.
    `status` is CLP02: 1, 2, 3 processed as primary, secondary, tertiary; 19, 20, 21 the same and forwarded; 4 denied;
    22 reversal of an earlier payment; 23 not ours, forwarded; 25 predetermination; it may be one that is newer than the
    guide. Claims of the same loop 2000 share one `group` object. `dates` are days under qualifiers that the guide does
    not name. `notices` reject nothing.
    """

    findings: ClassVar[tuple[Finding, ...]] = ()

    transaction: int
    number: int
    group: ClaimGroup
    patient_control_number: str = ""
    status: str = "1"
    charge_cents: int = 0
    paid_cents: int = 0
    patient_responsibility_cents: int | None = None
    filing_indicator: str = "MB"
    payer_claim_control_number: str = ""
    facility_code: str = ""
    frequency_code: str = ""
    drg: str = ""
    drg_weight: Decimal | None = None
    discharge_fraction: Decimal | None = None
    adjustments: tuple[Adjustment, ...] = ()
    parties: tuple[Party, ...] = ()
    inpatient: InpatientAdjudication | None = None
    outpatient: OutpatientAdjudication | None = None
    references: tuple[Reference, ...] = ()
    statement_from: date | None = None
    statement_to: date | None = None
    coverage_expired: date | None = None
    received: date | None = None
    contacts: tuple[Contact, ...] = ()
    amounts: tuple[Amount, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    lines: list[RemittedLine] = field(default_factory=list)
    dates: tuple[Dated, ...] = ()
    notices: tuple[Finding, ...] = ()

    @property
    def is_reversal(self) -> bool:
        """True when this takes back an earlier payment."""
        return self.status == REVERSAL

    def party(self, entity: str) -> Party | None:
        """The party of one kind: QC patient, IL insured, 74 corrected, 82 rendering, TT crossover, PR first payer."""
        return next((party for party in self.parties if party.entity == entity), None)

    @property
    def patient(self) -> Party | None:
        """The patient, as the claim named the person."""
        return self.party("QC")

    @property
    def corrected(self) -> Party | None:
        """The name and number the next claim should have, where the payer knows the person under others (NM1*74)."""
        return self.party("74")

    @property
    def remarks(self) -> tuple[str, ...]:
        """The remark codes (RARC) of the claim as a whole; those of lines stand on the lines."""
        return (self.inpatient.remarks if self.inpatient else ()) + (self.outpatient.remarks if self.outpatient else ())

    @property
    def period(self) -> tuple[date, date] | None:
        """First and last day of the claim's services, from its own dates or those of its lines."""
        periods = [line.period for line in self.lines if line.period]
        first = self.statement_from or min((period[0] for period in periods), default=None)
        last = self.statement_to or max((period[1] for period in periods), default=first)
        return (first, last or first) if first else None


@dataclass(slots=True)
class RemittanceAdvice:
    """One remittance: how a payee is paid and what for (a transaction set, read as a whole at its trailer).

    `trace_number` is the number of the check or transfer (TRN02), `payer_identifier` TRN03. `claims`, `charge_cents`,
    `paid_cents` and `interest_cents` (AMT*I) are sums over its claims, which are objects of their own; what is written
    is counted again. `dates` are days under qualifiers that the guide does not name. `notices` reject nothing.
    """

    findings: ClassVar[tuple[Finding, ...]] = ()
    transaction: int = 1
    payment: Payment = field(default_factory=Payment)
    trace_number: str = ""
    payer_identifier: str = ""
    trace_supplement: str = ""
    currency: str = ""
    receiver: str = ""
    payer_version: str = ""
    produced: date | None = None
    payer: Payer = field(default_factory=Payer)
    payee: Payee = field(default_factory=Payee)
    provider_adjustments: list[ProviderAdjustment] = field(default_factory=list)
    claims: int = 0
    charge_cents: int = 0
    paid_cents: int = 0
    interest_cents: int = 0
    dates: tuple[Dated, ...] = ()
    notices: tuple[Finding, ...] = ()

    @property
    def trace(self) -> tuple[str, str]:
        """What no other remittance to the same receiver has: the payer, and the number of the check or transfer.

        It ties the remittance to its money, and is as unique without money (X12 interpretation 1847).
        """
        return self.payer_identifier, self.trace_number


def sum_of_adjustments(adjustments: Iterable[Adjustment | ProviderAdjustment]) -> int:
    """Cents of all adjustments together."""
    return sum(adjustment.amount_cents for adjustment in adjustments)


def claim_reference(payer_claim_control_number: str, patient_control_number: str) -> str:
    """The reference of a provider adjustment that speaks of one claim, as Medicare writes it."""
    return f"{payer_claim_control_number:<19.19}{patient_control_number:.20}".rstrip()


def find_reference(references: Iterable[Reference], qualifier: str) -> str:
    """The first number under `qualifier`, or nothing."""
    return next((reference.number for reference in references if reference.qualifier == qualifier), "")
