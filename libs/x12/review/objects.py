"""What a request for prior authorization asks and its answer says, as objects: 278.

Money is whole cents, days are `datetime.date`, quantities are `Decimal` and keep the decimals they were written with.
Codes stay codes. An empty text or None means that the sender left it out. Objects of one file that share a level
(reviewer, requesters, subscriber, dependent) share one object, and are written below one level again.
Guide: 005010X217.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from libs.x12.findings import Finding
from libs.x12.parts import Address, Contact, Dated, Heading, Name, Procedure, Reference, Trace

# A reference (REF01): the number of an earlier authorization.
AUTHORIZATION = "BB"
# What is asked for (UM01): an admission.
ADMISSION_REVIEW = "AR"
# Decisions (HCR01): all is certified, it is not, it waits, part of it or something else is certified.
CERTIFIED, NOT_CERTIFIED, PENDED, MODIFIED = "A1", "A3", "A4", "A6"


@dataclass(slots=True, frozen=True)
class Refusal:
    """Why a part of the request was not taken (AAA). `follow_up` is what to do next."""

    reason: str
    follow_up: str
    is_valid: bool = False


@dataclass(slots=True, frozen=True)
class Specialty:
    """The part a provider plays (PRV) and their taxonomy code, which a requester may leave out."""

    part: str
    taxonomy: str


@dataclass(slots=True)
class Party:
    """Somebody who has to do with the request: reviewer, requester, provider, place of a transport.

    `dates` tell of another reviewer when they denied; `refusals` stand only in answers.
    """

    name: Name
    references: list[Reference] = field(default_factory=list)
    address: Address | None = None
    contacts: list[Contact] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    specialty: Specialty | None = None
    dates: list[Dated] = field(default_factory=list)


@dataclass(slots=True)
class Reviewer:
    """Who decides (loops 2000A and 2010A). `refused` are the refusals of the whole request."""

    party: Party
    refused: list[Refusal] = field(default_factory=list)


@dataclass(slots=True)
class Member:
    """The beneficiary, or a dependent (loops 2010C and 2010D). `relationship` is INS02, 18 for the insured."""

    name: Name
    references: list[Reference] = field(default_factory=list)
    address: Address | None = None
    refusals: list[Refusal] = field(default_factory=list)
    birth_date: date | None = None
    sex: str = ""
    relationship: str = ""
    employment: str = ""
    birth_sequence: int | None = None


@dataclass(slots=True)
class Question:
    """What is asked for (UM).

    `category` is AR (admission), HS (service), IN (initial), SC (specialist); `kind` says whether it is the first
    request, an appeal, a renewal and so on. `place` is a place of service (`place_list` B) or a type of bill (A).
    """

    category: str
    kind: str
    service_type: str = ""
    place: str = ""
    place_list: str = ""
    causes: tuple[str, ...] = ()
    accident_state: str = ""
    accident_country: str = ""
    urgency: str = ""
    health: str = ""
    prognosis: str = ""
    release: str = ""
    delay_reason: str = ""


@dataclass(slots=True, frozen=True)
class Decision:
    """What was decided (HCR). `number` is the authorization number, `reasons` are decision reason codes."""

    action: str
    number: str = ""
    reasons: tuple[str, ...] = ()
    needs_second_opinion: bool | None = None


@dataclass(slots=True, frozen=True)
class Diagnosis:
    """A diagnosis without the dot, or another code that HI carries. `known` is the day it was made."""

    qualifier: str
    code: str
    known: date | None = None


@dataclass(slots=True, frozen=True)
class Delivery:
    """How often and how long a service is given (HSD).

    `quantity` in `unit` (DY days, VS visits, HS hours …) for every `interval` of `per`, over `periods` of `period`.
    """

    unit: str = ""
    quantity: Decimal | None = None
    per: str = ""
    interval: Decimal | None = None
    period: str = ""
    periods: int | None = None
    pattern: str = ""
    time: str = ""


@dataclass(slots=True, frozen=True)
class Admission:
    """An admission (CL1): its kind, its source, the patient's status, and where in a nursing home they live."""

    kind: str = ""
    source: str = ""
    patient_status: str = ""
    residence: str = ""


@dataclass(slots=True, frozen=True)
class Document:
    """A document that follows or is asked for (PWK). `number` is the attachment control number."""

    kind: str
    how: str
    number: str = ""
    description: str = ""


DetailKind = Literal["condition", "ambulance", "spinal manipulation", "oxygen", "home health care", "tooth"]


@dataclass(slots=True, frozen=True)
class Detail:
    """A clinical detail as it stands in the guide (CRC, CR1, CR2, CR5, CR6, TOO): its values in the guide's order.

    Portico passes such details on and decides nothing by them.
    """

    kind: DetailKind
    values: tuple[str | tuple[str, ...], ...]


@dataclass(slots=True)
class ServiceLine:
    """A service that is asked for (SV1, SV2 or SV3). `pointers` count the diagnoses of the event from 1."""

    kind: Literal["professional", "institutional", "dental"]
    procedure: Procedure | None = None
    revenue_code: str = ""
    charge_cents: int | None = None
    unit: str = ""
    quantity: Decimal | None = None
    pointers: tuple[int, ...] = ()
    is_screening: bool | None = None
    rate: Decimal | None = None
    residence: str = ""
    level_of_care: str = ""
    cavities: tuple[str, ...] = ()
    prosthesis: str = ""
    description: str = ""


@dataclass(slots=True)
class _Reviewed:
    """What an event and a service have in common."""

    traces: list[Trace] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    question: Question | None = None
    decision: Decision | None = None
    references: list[Reference] = field(default_factory=list)
    dates: list[Dated] = field(default_factory=list)
    delivery: Delivery | None = None
    documents: list[Document] = field(default_factory=list)
    message: str = ""
    providers: list[Party] = field(default_factory=list)
    contact: Party | None = None

    def dated(self, qualifier: str) -> Dated | None:
        """The days with this qualifier."""
        return next((each for each in self.dates if each.qualifier == qualifier), None)


@dataclass(slots=True)
class Service(_Reviewed):
    """One service of an event (loop 2000F). `asked` are codes of information the reviewer wants."""

    line: ServiceLine | None = None
    asked: tuple[Diagnosis, ...] = ()
    details: list[Detail] = field(default_factory=list)


@dataclass(slots=True)
class Event(_Reviewed):
    """What happens to the patient and is to be authorized (loop 2000E)."""

    diagnoses: tuple[Diagnosis, ...] = ()
    details: list[Detail] = field(default_factory=list)
    admission: Admission | None = None
    transports: list[Party] = field(default_factory=list)
    other_reviewers: list[Party] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)


@dataclass(slots=True)
class _Review:
    """What a request and its answer have in common. `transaction` counts the transaction sets of the file from 1."""

    heading: Heading
    reviewer: Reviewer
    requesters: list[Party] = field(default_factory=list)
    subscriber: Member | None = None
    dependent: Member | None = None
    event: Event | None = None
    transaction: int = 0
    findings: tuple[Finding, ...] = ()

    @property
    def traces(self) -> list[Trace]:
        """The numbers by which question and answer are matched."""
        return self.event.traces if self.event else []


@dataclass(slots=True)
class ReviewRequest(_Review):
    """A request to authorize one event of a patient."""


@dataclass(slots=True)
class ReviewAnswer(_Review):
    """The answer to a request. Where a level above was refused there is no event, and perhaps no subscriber.

    `heading.kind` is 18 when nothing more will follow, 19 when something will.
    """

    @property
    def decisions(self) -> list[Decision]:
        """What was decided about the event and its services."""
        parts: list[_Reviewed] = [self.event, *self.event.services] if self.event else []
        return [part.decision for part in parts if part.decision is not None]

    @property
    def refusals(self) -> list[Refusal]:
        """Every reason why something was not taken, the outermost first."""
        members = [each for each in (self.subscriber, self.dependent) if each]
        parties: list[Party | Member] = [self.reviewer.party, *self.requesters, *members]
        found = [*self.reviewer.refused, *(refusal for party in parties for refusal in party.refusals)]
        parts: list[_Reviewed] = [self.event, *self.event.services] if self.event else []
        for part in parts:
            found += part.refusals
            found += [refusal for provider in part.providers for refusal in provider.refusals]
        places = self.event.transports if self.event else []
        return [*found, *(refusal for place in places for refusal in place.refusals)]
