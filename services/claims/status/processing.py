"""What a child process makes of the claims of a file: rows of this feature's tables, and the events about them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from libs.common.contracts.claims import ClaimAccepted, ClaimRejected
from libs.common.contracts.envelope import Origin
from libs.common.ids import derived_texts
from libs.common.messaging.bulk import OutboxRows
from libs.common.security.keys import KeyRing
from libs.x12.claim.objects import Claim, InstitutionalClaim, Line, ProfessionalClaim
from libs.x12.findings import Finding
from services.claims.status.domain import ACCEPTED, NOT_ACCEPTED_CATEGORY, Patient
from services.claims.status.tables import PATIENT
from services.claims.submission.domain import control_number, place_of

CLAIM_COLUMNS = (
    "claim_id",
    "submission_id",
    "ordinal",
    "enrollment_id",
    "state",
    "category",
    "status_code",
    "internal_control_number",
    "patient_control_number",
    "patient",
    "beneficiary_token",
    "total_charge_cents",
    "service_from",
    "service_to",
    "billing_npi",
    "rendering_npi",
    "attending_npi",
    "place_of_service",
    "type_of_bill",
    "diagnoses",
    "received_on",
)
LINE_COLUMNS = (
    "claim_id",
    "number",
    "enrollment_id",
    "procedure",
    "modifiers",
    "charge_cents",
    "units_thousandths",
    "pointers",
    "revenue_code",
    "control_number",
    "service_from",
    "service_to",
)
FINDING_COLUMNS = (
    "claim_id",
    "number",
    "enrollment_id",
    "code",
    "field",
    "sentence",
    "place",
    "category",
    "status_code",
)

# Institutional providers bill Part A and home health and hospice, all others Part B and durable medical equipment
# (Medicare Claims Processing Manual, chapter 1, section 10).
# The role of a party (NM101) that renders the services.
_RENDERING = "82"


@dataclass(frozen=True, slots=True)
class Shared:
    """What all claims of a submission have in common. Their control numbers run on from the first."""

    submission_id: UUID
    enrollment_id: UUID
    business_date: date
    first_control_number: int
    source_name: str
    now: datetime
    origin: Origin


@dataclass(frozen=True, slots=True)
class Chunk:
    """The claims of one transaction of the database, as records of `*_COLUMNS` and of the outbox."""

    claim_rows: list[tuple[Any, ...]]
    line_rows: list[tuple[Any, ...]]
    finding_rows: list[tuple[Any, ...]]
    events: list[tuple[Any, ...]]


class Press:
    """Turns claims into rows and events, and counts those that are accepted."""

    def __init__(self, keys: KeyRing, shared: Shared) -> None:
        self._keys = keys
        self._shared = shared
        self._events = OutboxRows(shared.source_name, shared.now, shared.origin)
        self._next = shared.first_control_number

    def control_numbers(self, claims: Sequence[Claim]) -> list[str | None]:
        """Give each accepted claim its internal control number, in file order."""
        numbers: list[str | None] = []
        for claim in claims:
            if claim.findings:
                numbers.append(None)
                continue
            numbers.append(control_number(self._shared.business_date, self._next))
            self._next += 1
        return numbers

    def chunk(self, claims: Sequence[Claim], control_numbers: Sequence[str | None]) -> Chunk:
        """The rows and events of `claims`."""
        shared = self._shared
        submission, enrollment = str(shared.submission_id), str(shared.enrollment_id)
        ordinals = [claim.ordinal for claim in claims]
        claim_ids = derived_texts(shared.submission_id, "claim", ordinals)
        event_ids = derived_texts(shared.submission_id, "claim-answered", ordinals)
        chunk = Chunk([], [], [], [])
        for claim, claim_id, event_id, icn in zip(claims, claim_ids, event_ids, control_numbers, strict=True):
            token = self._token(claim.subscriber.mbi)
            category, status = ACCEPTED if icn else _refused(claim.findings)
            rendering, attending, place_of_service, type_of_bill, lines = _of_its_kind(claim)
            chunk.claim_rows.append(
                (
                    claim_id,
                    submission,
                    claim.ordinal,
                    enrollment,
                    "accepted" if icn else "not-accepted",
                    category,
                    status,
                    icn,
                    claim.patient_control_number,
                    self._patient(claim, claim_id),
                    token,
                    claim.total_charge_cents,
                    claim.service_from,
                    claim.service_to,
                    claim.billing.npi,
                    rendering,
                    attending,
                    place_of_service,
                    type_of_bill,
                    " ".join(claim.diagnoses),
                    shared.business_date,
                )
            )
            for line, pointers, revenue_code in lines:
                chunk.line_rows.append(
                    (
                        claim_id,
                        line.number,
                        enrollment,
                        line.procedure,
                        " ".join(line.modifiers),
                        line.charge_cents,
                        _thousandths(line.units),
                        pointers,
                        revenue_code,
                        line.control_number,
                        line.service_from,
                        line.service_to,
                    )
                )
            event: ClaimAccepted | ClaimRejected
            if icn:
                event = ClaimAccepted(
                    claim_id=claim_id,
                    submission_id=shared.submission_id,
                    enrollment_id=shared.enrollment_id,
                    internal_control_number=icn,
                    beneficiary_token=token,
                    total_charge_cents=claim.total_charge_cents,
                    lines=len(lines),
                )
            else:
                chunk.finding_rows.extend(_findings(claim_id, enrollment, claim.findings))
                event = ClaimRejected(
                    claim_id=claim_id,
                    submission_id=shared.submission_id,
                    enrollment_id=shared.enrollment_id,
                    codes=tuple(finding.code for finding in claim.findings),
                )
            chunk.events.append(self._events.record(event, event_id))
        return chunk

    def _token(self, mbi: str) -> str:
        return self._keys.beneficiary_token(mbi) if mbi else ""

    def _patient(self, claim: Claim, claim_id: str) -> str:
        person = claim.subscriber
        born = person.birth_date.isoformat() if person.birth_date else ""
        patient = Patient(person.mbi, person.last_name, person.first_name, born, person.sex)
        return PATIENT.seal(self._keys, patient, claim_id)


def _of_its_kind(claim: Claim) -> tuple[str, str, str, str, list[tuple[Line, str, str]]]:
    """What professional and institutional claims have each in their own way.

    NPIs of the rendering and the attending provider, place of service, type of bill, and the lines, each with its
    pointers and its revenue code.
    """
    if isinstance(claim, InstitutionalClaim):
        rendering = next((party.npi for party in claim.parties if party.role == _RENDERING), "")
        billed: list[tuple[Line, str, str]] = [(line, "", line.revenue_code) for line in claim.lines]
        return rendering, claim.attending_npi, "", claim.type_of_bill, billed
    if not isinstance(claim, ProfessionalClaim):
        raise TypeError("a claim of a kind that is not taken")
    lines: list[tuple[Line, str, str]] = [(line, " ".join(map(str, line.pointers)), "") for line in claim.lines]
    return claim.rendering_npi, "", claim.place_of_service, "", lines


@lru_cache(maxsize=1024)
def _thousandths(units: Decimal) -> int:
    """Units as a whole number of thousandths; nearly every line has one of a few numbers of units."""
    return int(units * 1000)


def _refused(findings: Sequence[Finding]) -> tuple[str, str]:
    first = findings[0]
    return first.category or NOT_ACCEPTED_CATEGORY, first.status


def _findings(claim_id: str, enrollment: str, findings: Sequence[Finding]) -> Iterator[tuple[Any, ...]]:
    for number, finding in enumerate(findings, start=1):
        yield (
            claim_id,
            number,
            enrollment,
            finding.code,
            finding.where,
            finding.sentence,
            place_of(
                finding.segment,
                finding.position,
                loop=finding.loop,
                element=finding.element,
                component=finding.component,
            ),
            finding.category,
            finding.status,
        )
