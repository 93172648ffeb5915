"""The way to the shared system (FISS, MCS, VMS) and back: accepted claims as they were sent, and what its 277 means."""

from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from uuid import UUID

from libs.common.contracts.partner import ClaimsStatus
from libs.common.deployment import Deployment
from libs.common.document_store import DocumentStore
from libs.common.errors import Poison
from libs.common.observability.alarms import report_unknown_codes
from libs.common.observability.logs import log
from libs.common.ports import Ports
from libs.common.process_stream import ProcessStreamError, stream_from_process
from libs.partners.handover import HandedOver, PartnerExchange, outbound_place
from libs.x12.claim.forwarding import forward_claims
from libs.x12.claim.writer import Submitter
from libs.x12.claim_status.acknowledgment import Source
from libs.x12.claim_status.objects import StatusAnswer, StatusDetail, StatusLine
from libs.x12.reader import FileVerdict, read_file, usage_of
from libs.x12.writing import Envelope
from services.claims.status.domain import FINAL_STATES, Account, LineStatements, Said, Statement, state_of
from services.claims.status.repository import NewStatus
from services.claims.submission.domain import interchange_number

PART = 1
"""A submission goes on in one part, because an enrollment bills one kind of claims."""

SHARED_SYSTEM = "SHAREDSYSTEM"
"""Who the accepted claims are addressed to."""

_PARTNER = "shared-system"
_LINE_NUMBER = "FJ"
BATCH = 500
"""Claims that are brought up to date at once: few enough not to hold up a request in the same process."""
_GUIDES = frozenset({"005010X212"})


@dataclass(frozen=True, slots=True)
class OnwardTask:
    """What a process needs to send claims of a submission on: `accepted` names them by their ordinal."""

    documents: DocumentStore
    handover: PartnerExchange
    submission_id: UUID
    guide: str
    document: str
    accepted: Mapping[int, str]
    interchange_number: int
    created: datetime
    payer: Source
    phone: str


def payer_of(deployment: Deployment) -> Source:
    """Who we are in what we write."""
    return Source(deployment.contractor.upper(), deployment.contract_id)


def forward(task: OnwardTask) -> Iterator[HandedOver]:
    """Hand over the submitter's own text of the accepted claims, under our envelope.

    The same text for the same task, whenever it is done: what was announced before stays true.
    """
    envelope = Envelope(
        sender=task.payer.identifier,
        receiver=SHARED_SYSTEM,
        created=task.created,
        control_number=interchange_number(task.interchange_number, 0),
        usage=usage_of(task.documents.open_sync(task.document)),
    )
    submitter = Submitter(
        name=task.payer.name,
        identifier=task.payer.identifier,
        contact_name="EDI DESK",
        contact_phone=task.phone,
        payer_name=task.payer.name,
        payer_identifier=task.payer.identifier,
    )
    pieces = forward_claims(
        task.documents.open_sync(task.document), task.accepted, envelope, submitter, guide=task.guide
    )
    yield task.handover.give(pieces, place=outbound_place(task.submission_id, PART))


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one answer means: the new status of a claim, or None where it says nothing of a claim of ours.

    `unknown_codes` names the list for each code in it that the list does not have in use.
    """

    status: NewStatus | None
    unknown_codes: tuple[str, ...]


async def statuses(runtime: Ports, event: ClaimsStatus) -> AsyncGenerator[list[NewStatus], None]:
    """Yield what `event` says about each claim, some claims at a time.

    What is short stands in the event and is read here; a document may hold tens of thousands of claims and is read in
    a process of its own. Raises `Poison` when the file is not what it must be.
    """
    handover, today = PartnerExchange(runtime.settings, runtime.keys), runtime.today
    if event.document is None:
        for batch in read_batches(handover, event, today):
            yield _reported(batch)
        return
    try:
        async with aclosing(stream_from_process(read_batches, handover, event, today)) as batches:
            async for batch in batches:
                yield _reported(batch)
    except ProcessStreamError as error:
        # An error of the file is told by its class alone; anything else is infrastructure and comes again.
        if str(error) in _FAULTS_OF_THE_FILE:
            raise Poison("the status file cannot be read") from error
        raise


def _reported(batch: Sequence[Meaning]) -> list[NewStatus]:
    """The statuses of a batch. An operator is told what was set aside, and which of our code lists lack a code."""
    found = [each.status for each in batch if each.status is not None]
    if set_aside := len(batch) - len(found):
        log.info("answers that say nothing of a claim", partner=_PARTNER, count=set_aside)
    report_unknown_codes(_PARTNER, (code_set for each in batch for code_set in each.unknown_codes))
    return found


_FAULTS_OF_THE_FILE = frozenset({"Poison", "SealBrokenError", "DocumentBrokenError", "DocumentMissingError"})


def read_batches(handover: PartnerExchange, event: ClaimsStatus, today: date) -> Iterator[list[Meaning]]:
    """Read the file of `event`. Raises `Poison` when it is not a 277 of this partner, in order from first to last."""
    found = _read(handover, event, today)
    while batch := list(islice(found, BATCH)):
        yield batch


def _read(handover: PartnerExchange, event: ClaimsStatus, today: date) -> Iterator[Meaning]:
    for part in read_file(handover.take(event), received=today, batch=BATCH, guides=_GUIDES):
        if isinstance(part, FileVerdict):
            if part.verdict != "accepted":
                raise Poison("not a status file of this partner")
            return
        if part.rejected:
            raise Poison("not a status file of this partner")
        yield from (_meaning(item, event.sequence) for item in part.items)


def _meaning(item: object, version: int) -> Meaning:
    """What an answer means for its claim. One that has a fault cannot be relied on, and neither can its file.

    An answer that found no claim names none (X12 RFI 1909), and is no reason to leave out the others of its file.
    """
    if not isinstance(item, StatusAnswer) or item.findings:
        raise Poison("not a status of a claim")
    return Meaning(new_status(item, version), tuple(each.code_set for each in item.notices if each.code_set))


def new_status(answer: StatusAnswer, version: int) -> NewStatus | None:
    """The new status of the claim an answer is about, or None where it says nothing of a claim of ours."""
    said = answer.latest
    state = state_of(said.status.category)
    if state is None or not answer.internal_control_number:
        return None
    return NewStatus(
        internal_control_number=answer.internal_control_number,
        version=version,
        state=state,
        category=said.status.category,
        status_code=said.status.code,
        effective_on=said.effective or answer.heading.created.date(),
        paid_cents=said.paid_cents or 0,
        finalized_on=(said.finalized or said.effective) if state in FINAL_STATES else None,
        pays_on=said.payment_date,
        check_number=said.check_number,
        account=account(answer),
    )


def account(answer: StatusAnswer) -> Account:
    """All that an answer says of its claim."""
    return Account(tuple(map(_statement, answer.statuses)), tuple(map(_line, answer.lines)))


def _statement(detail: StatusDetail) -> Statement:
    return Statement(
        tuple(Said(each.category, each.code, each.entity, each.code_list) for each in (detail.status, *detail.more)),
        detail.effective,
        detail.charge_cents,
        detail.paid_cents,
        detail.finalized,
        detail.payment_date,
        detail.check_number,
    )


def _line(line: StatusLine) -> LineStatements:
    period = line.period
    return LineStatements(
        number=next((each.value for each in line.references if each.qualifier == _LINE_NUMBER), ""),
        procedure=line.procedure.code,
        modifiers=" ".join(line.procedure.modifiers),
        revenue_code=line.revenue_code,
        charge_cents=line.charge_cents,
        paid_cents=line.paid_cents,
        units="" if line.units is None else f"{line.units:f}",
        service_from=period.first if period else None,
        service_to=period.end if period else None,
        statements=tuple(map(_statement, line.statuses)),
    )
