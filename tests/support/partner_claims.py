"""Parts as claims hands them to the shared system, and the answers that come back, opened."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import TypeVar
from uuid import UUID

from libs.common.contracts.envelope import Message, Origin, open_envelope, seal_envelope
from libs.common.contracts.partner import ClaimsOutbound, ClaimsStatus
from libs.common.ids import derived_id
from libs.common.security.keys import KeyRing
from libs.common.settings import Settings
from libs.partners.handover import PartnerExchange, outbound_place
from libs.x12.claim.objects import Claim, InstitutionalClaim, ProfessionalClaim
from libs.x12.claim.writer import Submitter, write_claims, write_institutional_claims
from libs.x12.claim_status.objects import StatusAnswer
from libs.x12.reader import FileVerdict, read_file
from libs.x12.writing import Envelope
from simulators.population import Population

RECEIVED = date(2026, 11, 23)
TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

_Claim = TypeVar("_Claim", bound=Claim)


def accepted_claims(count: int) -> Iterator[ProfessionalClaim]:
    """Claims of the population, each with its internal control number."""
    return _numbered(Population().claims(count, received=RECEIVED))


def accepted_institutional_claims(count: int) -> Iterator[InstitutionalClaim]:
    """The same, of a hospital: visits, and each third a stay."""
    return _numbered(Population().institutional_claims(count, received=RECEIVED))


def _numbered(claims: Iterable[_Claim]) -> Iterator[_Claim]:
    for number, claim in enumerate(claims):
        claim.internal_control_number = f"2226327{number:06}"
        yield claim


def outbound_part(
    settings: Settings, submission_id: UUID, part: int = 1, *, claims: int = 5, institutional: bool = False
) -> Message:
    """A part in its envelope; the same arguments give the same event id."""
    envelope = Envelope("15004", "SHAREDSYSTEM", datetime(2026, 11, 23, 15, 0, tzinfo=UTC), part)
    submitter = Submitter("MERIDIAN", "15004", "EDI DESK", "8005550142", "MEDICARE", "15004")
    counter = PartnerExchange(settings, KeyRing.load(settings, "claims"))
    if institutional:
        pieces = write_institutional_claims(accepted_institutional_claims(claims), envelope, submitter)
    else:
        pieces = write_claims(accepted_claims(claims), envelope, submitter)
    given = counter.give(pieces, place=outbound_place(submission_id, part))
    return seal_envelope(
        ClaimsOutbound(submission_id=submission_id, part=part, claims=claims, **asdict(given)),
        event_id=derived_id("outbound", submission_id, part),
        source_name="/claims",
        at=envelope.created,
        origin=Origin(actor="system:claims", correlation_id="conversation", traceparent=TRACEPARENT),
    )


def opened_answer(settings: Settings, message: Message) -> tuple[ClaimsStatus, list[StatusAnswer]]:
    """An answer and the claim statuses in it."""
    event: ClaimsStatus = open_envelope(message).event
    counter = PartnerExchange(settings, KeyRing.load(settings, "claims"))
    *batches, verdict = read_file(counter.take(event), received=RECEIVED)
    assert isinstance(verdict, FileVerdict)
    assert verdict.verdict == "accepted"
    return event, [each for batch in batches if not isinstance(batch, FileVerdict) for each in batch.of(StatusAnswer)]
