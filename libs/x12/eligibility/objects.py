"""What a 270 asks and a 271 answers, as objects: the only form in which eligibility leaves `libs.x12`.

Money is whole cents, days are `datetime.date`, percentages and quantities are `Decimal` and keep the decimals they
were written with. Codes stay codes; `codes.py` has plain words for them. An empty text or None means that the sender
left it out. Objects of one file that share a level (source, receiver, subscriber) share one object.
Guide: 005010X279A1.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from libs.x12.findings import Finding

# Qualifiers of the identifiers that matter in Medicare: NM108.
NPI, MEMBER_NUMBER, PAYER_NUMBER = "XX", "MI", "PI"
PLAN_DATE = "291"
# INS03 and INS04 when the payer knows the person by other data than were asked for.
_CORRECTED = ("001", "25")


@dataclass(slots=True)
class Heading:
    """How a transaction set begins (BHT). `reference` comes back in the answer; `kind` is RT for a spend down."""

    reference: str
    created: datetime
    purpose: str
    kind: str = ""


@dataclass(slots=True)
class Name:
    """Who somebody is (NM1). `entity` is the part they play, `kind` 1 for a person and 2 for an organization.

    `qualifier` says what `identifier` is: XX an NPI, MI a member number (in Medicare the MBI), PI a payer's number.
    """

    entity: str
    kind: str
    last_name: str = ""
    first_name: str = ""
    middle_name: str = ""
    suffix: str = ""
    qualifier: str = ""
    identifier: str = ""
    relationship: str = ""


@dataclass(slots=True)
class Reference:
    """A number beside the main one (REF). `description` is a plan's or group's name, or the state of a license."""

    qualifier: str
    value: str
    description: str = ""


@dataclass(slots=True)
class Address:
    """Where somebody lives or works (N3 and N4). `region` is a health service region of the Department of Defense."""

    street: str = ""
    second_street: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""
    region: str = ""
    subdivision: str = ""


@dataclass(slots=True)
class Provider:
    """A provider's part in the care (PRV), with a taxonomy code (qualifier PXC) or another identifier."""

    part: str
    qualifier: str = ""
    identifier: str = ""


@dataclass(slots=True)
class Contact:
    """Whom to ask (PER). `numbers` are pairs of a qualifier (TE telephone, UR web, EM mail …) and the number."""

    name: str = ""
    numbers: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Dated:
    """A day, or a period from `first` to `last` (DTP). `qualifier` says of what; `last` is None for a single day."""

    qualifier: str
    first: date
    last: date | None = None


@dataclass(slots=True)
class Trace:
    """A number by which an answer is matched with its question (TRN).

    `kind` is 1 for the sender's own number and 2 for one that is given back; `originator` has ten characters.
    """

    kind: str
    number: str
    originator: str
    department: str = ""


@dataclass(slots=True)
class Procedure:
    """A procedure or product (composite C003). `qualifier` HC is HCPCS. `through` ends a range of codes."""

    qualifier: str
    code: str
    modifiers: tuple[str, ...] = ()
    through: str = ""


@dataclass(slots=True)
class Rejection:
    """Why a request, or a part of it, was not answered (AAA); `codes.REJECT_REASONS` says it in words.

    `loop` is where it stands. `follow_up` is what the payer wants next; `is_valid` that it understood the request.
    """

    loop: str
    reason: str
    follow_up: str
    is_valid: bool = False


@dataclass(slots=True)
class Source:
    """Who knows the answer, the payer (loops 2000A and 2100A). `refused` are the refusals of the level (2000A)."""

    name: Name
    contacts: list[Contact] = field(default_factory=list)
    refused: list[Rejection] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)


@dataclass(slots=True)
class Receiver:
    """Who asks, the provider (loops 2000B and 2100B)."""

    name: Name
    references: list[Reference] = field(default_factory=list)
    address: Address | None = None
    rejections: list[Rejection] = field(default_factory=list)
    provider: Provider | None = None


@dataclass(slots=True)
class Person:
    """Whom it is about: the subscriber (2000C, 2100C) or a dependent (2000D, 2100D). `sex` is M, F or U.

    `relationship` is 18 for the subscriber. `diagnoses` are pairs of a qualifier (ABK, ABF: ICD-10) and a code.
    """

    name: Name
    traces: list[Trace] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    address: Address | None = None
    provider: Provider | None = None
    birth_date: date | None = None
    sex: str = ""
    relationship: str = ""
    birth_sequence: int | None = None
    diagnoses: tuple[tuple[str, str], ...] = ()
    dates: list[Dated] = field(default_factory=list)


@dataclass(slots=True)
class Question:
    """What is asked (loop 2110): service types or a procedure. Amounts are a Medicaid spend down, in cents."""

    service_types: tuple[str, ...] = ()
    procedure: Procedure | None = None
    coverage_level: str = ""
    diagnosis_pointers: tuple[int, ...] = ()
    spend_down_cents: int | None = None
    billed_cents: int | None = None
    place_of_service: str = ""
    reference: Reference | None = None
    period: Dated | None = None


@dataclass(slots=True)
class AskedPerson(Person):
    """A person of a 270, with what is asked about them."""

    questions: list[Question] = field(default_factory=list)


@dataclass(slots=True)
class Delivery:
    """How often a service may be had (HSD): so many units, per `measure`, within `periods` of `time_period`."""

    unit: str = ""
    quantity: Decimal | None = None
    measure: str = ""
    sampling: Decimal | None = None
    time_period: str = ""
    periods: int | None = None
    days: str = ""
    time: str = ""


@dataclass(slots=True)
class Detail:
    """Something more about a benefit (III): a code with its list's qualifier, or a category with a text."""

    qualifier: str = ""
    code: str = ""
    category: str = ""
    text: str = ""


@dataclass(slots=True)
class RelatedEntity:
    """Who else has to do with a benefit (loop 2120): another payer, a plan, a hospice, a contractor."""

    name: Name
    address: Address | None = None
    contacts: list[Contact] = field(default_factory=list)
    provider: Provider | None = None


@dataclass(slots=True)
class Benefit:
    """One statement about eligibility or a benefit (loop 2110). `information` says what kind: `codes.INFORMATION`.

    `quantity` counts `unit`; `time_period` says per or within what; `authorization` and `in_network` are Y, N or U,
    the latter also W. The amount is written with at least `amount_decimals` decimals, as the sender did.
    """

    information: str
    coverage_level: str = ""
    service_types: tuple[str, ...] = ()
    insurance: str = ""
    plan: str = ""
    time_period: str = ""
    amount_cents: int | None = None
    amount_decimals: int = 0
    percent: Decimal | None = None
    unit: str = ""
    quantity: Decimal | None = None
    authorization: str = ""
    in_network: str = ""
    procedure: Procedure | None = None
    diagnosis_pointers: tuple[int, ...] = ()
    deliveries: list[Delivery] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    dates: list[Dated] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    details: list[Detail] = field(default_factory=list)
    entities: list[RelatedEntity] = field(default_factory=list)

    def dated(self, qualifier: str) -> Dated | None:
        """The first date of one kind, or None."""
        return next((each for each in self.dates if each.qualifier == qualifier), None)

    def reference(self, qualifier: str) -> str:
        """The first number of one kind, or nothing."""
        return next((each.value for each in self.references if each.qualifier == qualifier), "")


@dataclass(slots=True)
class MilitaryService:
    """A person's time in the armed forces (MPI)."""

    status: str
    employment: str
    affiliation: str
    description: str = ""
    rank: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(slots=True)
class AnsweredPerson(Person):
    """A person of a 271 as the payer knows them, with what it says about them.

    `maintenance` and `maintenance_reason` are 001 and 25 when the payer has other data than were asked with.
    """

    rejections: list[Rejection] = field(default_factory=list)
    maintenance: str = ""
    maintenance_reason: str = ""
    military: list[MilitaryService] = field(default_factory=list)
    benefits: list[Benefit] = field(default_factory=list)

    @property
    def is_corrected(self) -> bool:
        """True when the payer says that its data differ from those of the question."""
        return (self.maintenance, self.maintenance_reason) == _CORRECTED


@dataclass(slots=True)
class EligibilityInquiry:
    """One question about one person (270). In Medicare the person is always the subscriber.

    `transaction` counts the transaction sets of a file from 1.
    """

    heading: Heading
    source: Source
    receiver: Receiver
    subscriber: AskedPerson
    dependent: AskedPerson | None = None
    transaction: int = 1
    findings: tuple[Finding, ...] = ()

    @property
    def patient(self) -> AskedPerson:
        """Whom the question is about."""
        return self.dependent or self.subscriber

    @property
    def mbi(self) -> str:
        """The subscriber's number, as sent."""
        return self.subscriber.name.identifier

    @property
    def provider_npi(self) -> str:
        """The NPI of who asks, or nothing."""
        return self.receiver.name.identifier if self.receiver.name.qualifier == NPI else ""

    @property
    def trace_number(self) -> str:
        """The asker's own number of the question, or nothing."""
        return next((trace.number for trace in self.patient.traces), "")

    @property
    def service_types(self) -> tuple[str, ...]:
        """Every service type that is asked about, in order."""
        return tuple(code for question in self.patient.questions for code in question.service_types)

    @property
    def dates(self) -> tuple[Dated, ...]:
        """The plan dates asked about: of the person, then of each question."""
        asked = [each.period for each in self.patient.questions if each.period]
        return (*(each for each in self.patient.dates if each.qualifier == PLAN_DATE), *asked)


@dataclass(slots=True)
class EligibilityAnswer:
    """What the payer says about one person (271). What was refused above the person has no subscriber or receiver.

    `transaction` counts the transaction sets of a file from 1. `notices` are remarks for whoever reads it: codes newer
    than the guide, and what the payer left out; they refuse nothing.
    """

    heading: Heading
    source: Source
    receiver: Receiver | None = None
    subscriber: AnsweredPerson | None = None
    dependent: AnsweredPerson | None = None
    transaction: int = 1
    findings: tuple[Finding, ...] = ()
    notices: tuple[Finding, ...] = ()

    @property
    def patient(self) -> AnsweredPerson | None:
        """Whom the answer is about."""
        return self.dependent or self.subscriber

    @property
    def benefits(self) -> list[Benefit]:
        """What is said about the patient."""
        return self.patient.benefits if self.patient else []

    @property
    def rejections(self) -> tuple[Rejection, ...]:
        """Every refusal, the outermost level first; those of single benefits last."""
        found = [*self.source.refused, *self.source.rejections]
        for level in (self.receiver, self.subscriber, self.dependent):
            found += level.rejections if level else []
        return (*found, *(rejection for benefit in self.benefits for rejection in benefit.rejections))

    @property
    def is_refused(self) -> bool:
        """True when the payer answered with refusals and no benefit."""
        return bool(self.rejections) and not any(not benefit.rejections for benefit in self.benefits)

    @property
    def returned_traces(self) -> tuple[Trace, ...]:
        """The question's trace numbers that came back."""
        return tuple(trace for trace in (self.patient.traces if self.patient else ()) if trace.kind == "2")
