"""What is asked and said about the status of claims, as objects: 276, 277 and 277CA.

Money is whole cents, days are `datetime.date`, quantities are `Decimal` and keep the decimals they were written with.
An empty text or None means that the sender left it out. Objects of one file that share a level (payer, receiver,
providers, subscriber) share one object, and are written below one level again.
Guides: 005010X212 (276 and 277), 005010X214 (277CA).
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from libs.x12.findings import Finding
from libs.x12.parts import Contact, Heading, Name, Period, Procedure, Reference

# Qualifiers of references (REF01).
INTERNAL_CONTROL_NUMBER, PATIENT_CONTROL_NUMBER, TYPE_OF_BILL = "1K", "EJ", "BLT"
# Action codes of the 277CA (STC03).
ACCEPTED, REJECTED = "WQ", "U"
# The code list (STC01-4) whose codes are not claim status codes but those of NCPDP.
PHARMACY_CODES = "RX"


@dataclass(slots=True, frozen=True)
class Status:
    """A claim status: category, status code, and the entity it speaks of or nothing.

    `code_list` is RX when `code` is a reject code of NCPDP.
    """

    category: str
    code: str
    entity: str = ""
    code_list: str = ""


@dataclass(slots=True)
class StatusDetail:
    """One statement about a claim, a line or all of a level (STC). Money in cents.

    `effective` is the day the status was reached. `finalized` is the day of adjudication, `payment_date` and
    `check_number` are those of the check or transfer. `action` is WQ (accepted) or U (not accepted) in a 277CA.
    """

    status: Status
    effective: date | None = None
    action: str = ""
    charge_cents: int | None = None
    paid_cents: int | None = None
    finalized: date | None = None
    payment_date: date | None = None
    check_number: str = ""
    more: tuple[Status, ...] = ()
    message: str = ""


@dataclass(slots=True)
class StatusLine:
    """A service line that is asked about or answered (SVC); a question has no `statuses` and nothing paid."""

    procedure: Procedure
    charge_cents: int | None = None
    paid_cents: int | None = None
    revenue_code: str = ""
    units: Decimal | None = None
    statuses: list[StatusDetail] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    period: Period | None = None


@dataclass(slots=True)
class Payer:
    """Who knows the answer, and whom to ask about it."""

    name: Name
    contact: Contact | None = None


@dataclass(slots=True)
class Person:
    """The subscriber, or the patient where that is somebody else. `sex` is F or M."""

    name: Name
    birth_date: date | None = None
    sex: str = ""


@dataclass(slots=True)
class _AboutClaim:
    """What a question and an answer have in common.

    `transaction` counts the transaction sets of the file from 1. `trace` is the number of the inquiry, by which the
    answer is matched with it. In Medicare the patient is the subscriber, and `patient` is None. `notices` take nothing
    from an answer: a code our lists do not have in use.
    """

    heading: Heading
    payer: Payer
    receiver: Name
    providers: tuple[Name, ...] = ()
    subscriber: Person | None = None
    patient: Person | None = None
    trace: str = ""
    references: list[Reference] = field(default_factory=list)
    period: Period | None = None
    lines: list[StatusLine] = field(default_factory=list)
    transaction: int = 0
    findings: tuple[Finding, ...] = ()
    notices: tuple[Finding, ...] = ()

    def reference(self, qualifier: str) -> str:
        """The number with this qualifier; empty when there is none."""
        return next((each.value for each in self.references if each.qualifier == qualifier), "")

    @property
    def internal_control_number(self) -> str:
        """The number the payer gave the claim."""
        return self.reference(INTERNAL_CONTROL_NUMBER)

    @property
    def patient_control_number(self) -> str:
        """The number the provider gave the claim."""
        return self.reference(PATIENT_CONTROL_NUMBER)


@dataclass(slots=True)
class StatusInquiry(_AboutClaim):
    """A question about one claim (276, loops 2200D and 2200E). `charge_cents` is its total charge."""

    charge_cents: int | None = None


@dataclass(slots=True)
class StatusAnswer(_AboutClaim):
    """An answer about one claim (277, loops 2200D and 2200E), the latest status first.

    An answer to all inquiries of a receiver (loop 2200B) has no providers, one to all of a provider (2200C) has no
    subscriber.
    """

    statuses: list[StatusDetail] = field(default_factory=list)

    @property
    def latest(self) -> StatusDetail:
        """The first statement. Raises `IndexError` when there is none, which an accepted file never holds."""
        return self.statuses[0]


@dataclass(slots=True, frozen=True)
class Receipt:
    """When the payer received and processed a file, and the number it gave it (277CA, loop 2200A)."""

    number: str
    received: date
    processed: date


@dataclass(slots=True)
class Totals:
    """How many claims were accepted and not accepted, and their charges in cents; None where nothing is said."""

    accepted: int | None = None
    rejected: int | None = None
    accepted_cents: int | None = None
    rejected_cents: int | None = None


@dataclass(slots=True)
class AcknowledgingPayer:
    """Who acknowledges a file of claims (277CA, loops 2100A and 2200A)."""

    name: Name
    receipts: list[Receipt] = field(default_factory=list)


@dataclass(slots=True)
class AcknowledgedLevel:
    """The submitter of a file, or a billing provider in it, and what is said about all their claims."""

    name: Name
    trace: str = ""
    statuses: list[StatusDetail] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    totals: Totals = field(default_factory=Totals)


@dataclass(slots=True)
class ClaimAcknowledgment:
    """What became of one claim on its way in (277CA, loop 2200D). `trace` is the patient control number.

    Where a submitter or a provider is answered as a whole, with no claim below, `patient` is None, and so is
    `provider` for a submitter.
    """

    heading: Heading
    payer: AcknowledgingPayer
    receiver: AcknowledgedLevel
    provider: AcknowledgedLevel | None = None
    patient: Name | None = None
    trace: str = ""
    statuses: list[StatusDetail] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    period: Period | None = None
    lines: list[StatusLine] = field(default_factory=list)
    transaction: int = 0
    findings: tuple[Finding, ...] = ()
    notices: tuple[Finding, ...] = ()

    @property
    def is_accepted(self) -> bool:
        """True when the claim, or all that is answered here, was accepted for processing."""
        return all(detail.action != REJECTED for detail in self.statuses or (self.provider or self.receiver).statuses)

    @property
    def internal_control_number(self) -> str:
        """The number the payer gave the claim; empty when it was not accepted."""
        return next((each.value for each in self.references if each.qualifier == INTERNAL_CONTROL_NUMBER), "")
