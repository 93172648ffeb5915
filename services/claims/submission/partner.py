"""Reads a claim file in a process of its own: its verdict, then its claims as finished rows and events.

The file is parsed once. Whether a transaction set stands is known only at its end, so what is made of the claims is
set aside until the file is judged; nothing of a refused set ever leaves the process.

Everything here is the same again for the same file: ids are derived, chunks are cut by count, control numbers run on
from the first. So work that is done again after a crash makes the same rows and skips those that are stored.
"""

import pickle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import chain, groupby
from operator import attrgetter
from queue import Full, Queue
from typing import Any
from uuid import UUID

from libs.common.contracts.auth import Enrollment
from libs.common.contracts.claims import ClaimAccepted, ClaimRejected
from libs.common.contracts.envelope import Origin
from libs.common.documents.stage import Stage
from libs.common.documents.store import DocumentStore, StoredDocument
from libs.common.ids import derived_id, derived_texts
from libs.common.messaging.bulk import OutboxRows
from libs.common.security.keys import KeyRing
from libs.partners.handover import HandedOver, PartnerExchange, outbound_place
from libs.x12.acknowledgment.writer import acknowledge, answering, write_acknowledgments, write_ta1
from libs.x12.biller import Biller
from libs.x12.claim.forwarding import forward_claims
from libs.x12.claim.objects import Claim, InstitutionalClaim, Line, ProfessionalClaim
from libs.x12.claim.writer import INSTITUTIONAL, PROFESSIONAL, Submitter
from libs.x12.claim_status.acknowledgment import AnswerBlock, ClaimAnswers, Source, write_277ca
from libs.x12.findings import Finding
from libs.x12.reader import INTERCHANGES_PER_FILE, TRANSACTIONS_PER_FILE, Batch, FileVerdict, read_file, usage_of
from libs.x12.writing import Envelope
from services.claims.status.domain import ACCEPTED, NOT_ACCEPTED_CATEGORY, Patient
from services.claims.status.tables import PATIENT
from services.claims.submission.domain import control_number, place_of

# Kinds of claims this service takes, by their guides.
CLAIM_GUIDES = frozenset({PROFESSIONAL, INSTITUTIONAL})

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
_GUIDE_OF_LINE = {"A": INSTITUTIONAL, "HHH": INSTITUTIONAL, "B": PROFESSIONAL, "DME": PROFESSIONAL}

PART = 1
"""A submission goes on in one part, because an enrollment bills one kind of claims."""

SHARED_SYSTEM = "SHAREDSYSTEM"
"""Who the accepted claims are addressed to."""

MAX_ANSWER_BYTES = 200 * 1024 * 1024
"""Far above the 277CA of the largest file that is taken; it bounds the store, not the answer."""

_QUEUED_BATCHES = 4
# The role of a party (NM101) that renders the services.
_RENDERING = "82"
_INTERCHANGE_NUMBERS = 999_999_999
# Fewer than the segments take that every accepted claim has: CLM, HI, LX, SV1 or SV2, and DTP at their shortest.
_LEAST_CLAIM_BYTES = 64


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many control numbers a file needs at most: of its claims, and of the interchanges that answer it."""

    claims: int
    interchanges: int


@dataclass(frozen=True, slots=True)
class Task:
    """What a process needs to prepare a submission. Documents and keys open their files there."""

    documents: DocumentStore
    keys: KeyRing
    submission_id: UUID
    enrollment_id: UUID
    biller: Biller
    document: str
    business_date: date
    chunk_size: int
    next_chunk: int
    first_control_number: int
    first_interchange_number: int
    source_name: str
    now: datetime
    created: datetime
    origin: Origin
    payer: Source


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


@dataclass(frozen=True, slots=True)
class Chunk:
    """The claims of one transaction of the database, as records of `*_COLUMNS` and of the outbox."""

    claim_rows: list[tuple[Any, ...]]
    line_rows: list[tuple[Any, ...]]
    finding_rows: list[tuple[Any, ...]]
    events: list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class PackedChunk:
    """A chunk on its way through the pipe: it was packed when it was set aside, and is opened by who stores it."""

    number: int
    claims: int
    content: bytes

    def open(self) -> Chunk:
        """The chunk."""
        chunk: Chunk = pickle.loads(self.content)  # noqa: S301 - written by our own child
        return chunk


@dataclass(frozen=True, slots=True)
class Answer:
    """An acknowledgment that lies in the document store."""

    kind: str
    document: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class _Staged:
    """A chunk set aside, with the transaction set of each of its claims and the answers to them.

    `content` is the packed chunk; there is nothing in it when the chunk is stored already.
    """

    number: int
    transactions: list[int]
    content: bytes
    answers: list[AnswerBlock]


def bounds(pieces: Iterable[bytes]) -> Bounds:
    """Count what the segments that need a control number begin with, wherever it stands.

    Names may hold the same letters and refused sets need no numbers, so some numbers are never used. Gaps are
    harmless; a number used twice would not be. A long run of the letters alone does not use a day's numbers up.
    """
    claims = interchanges = transactions = size = 0
    rest = b""
    for piece in pieces:
        size += len(piece)
        text = rest + piece
        claims += text.count(b"CLM")
        interchanges += text.count(b"ISA")
        transactions += text.count(b"BHT")
        rest = text[-2:]
    answers = 2 * min(interchanges, INTERCHANGES_PER_FILE) + min(transactions, TRANSACTIONS_PER_FILE)
    # One more for the interchange that goes on.
    return Bounds(min(claims, size // _LEAST_CLAIM_BYTES), 1 + answers)


def biller_of(enrollment: Enrollment) -> Biller:
    """For whom a file may bill that is sent for `enrollment`."""
    return Biller(
        npi=enrollment.npi,
        tax_id=enrollment.tax_id,
        ptan=enrollment.ptan,
        guide=_GUIDE_OF_LINE.get(enrollment.line_of_business, ""),
        submitters=frozenset(enrollment.submitters),
    )


def stage_reference(submission_id: UUID) -> UUID:
    """Where a submission's chunks are set aside. Done again, the work overwrites its own."""
    return derived_id(submission_id, "stage")


def prepare(task: Task) -> Iterator[FileVerdict | PackedChunk | Answer]:
    """Yield the verdict, then the chunks that are not stored yet, then the acknowledgments."""
    reading = _Reading(task)
    stage = Stage(task.documents, stage_reference(task.submission_id))
    stage.fill(reading.records())
    verdict = reading.verdict
    yield verdict
    acknowledgment = _ClaimAcknowledgment(task, verdict)
    rejected = verdict.rejected_transactions
    for record in stage.drain():
        staged: _Staged = pickle.loads(record)  # noqa: S301 - written by ourselves, and sealed meanwhile
        acknowledgment.add([each for each in staged.answers if each.transaction not in rejected])
        if staged.content:
            yield _standing(staged, rejected)
    yield from _structure_answers(task, verdict)
    yield from acknowledgment.finish()


def _standing(staged: _Staged, rejected: frozenset[int]) -> PackedChunk:
    """The chunk without the claims of transaction sets that turned out to be refused."""
    if rejected.isdisjoint(staged.transactions):
        return PackedChunk(staged.number, len(staged.transactions), staged.content)
    chunk = PackedChunk(staged.number, 0, staged.content).open()
    stands = [transaction not in rejected for transaction in staged.transactions]
    kept = {row[0] for row, standing in zip(chunk.claim_rows, stands, strict=True) if standing}
    rest = Chunk(
        [row for row in chunk.claim_rows if row[0] in kept],
        [row for row in chunk.line_rows if row[0] in kept],
        [row for row in chunk.finding_rows if row[0] in kept],
        [event for event, standing in zip(chunk.events, stands, strict=True) if standing],
    )
    return PackedChunk(staged.number, len(kept), _packed(rest))


def _packed(what: Chunk | _Staged) -> bytes:
    return pickle.dumps(what, protocol=pickle.HIGHEST_PROTOCOL)


class _Reading:
    """The one pass over the file. Its verdict is there when its records have all been taken."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._press = _Press(task)
        self._answers = ClaimAnswers(task.created)
        self.verdict = FileVerdict(is_x12=False, verdict="rejected", interchanges=[], findings=[])

    def records(self) -> Iterator[bytes]:
        """Yield the chunks to set aside."""
        task = self._task
        pieces = task.documents.open_sync(task.document)
        read = read_file(
            pieces, received=task.business_date, batch=task.chunk_size, guides=CLAIM_GUIDES, biller=task.biller
        )
        for number, item in enumerate(read):
            if isinstance(item, FileVerdict):
                self.verdict = item
            else:
                yield _packed(self._staged(number, item))

    def _staged(self, number: int, batch: Batch) -> _Staged:
        claims = [each for each in batch.of(Claim) if each.transaction not in batch.rejected]
        numbers = self._press.control_numbers(claims)
        chunk = _packed(self._press.chunk(claims, numbers)) if number >= self._task.next_chunk else b""
        return _Staged(number, [each.transaction for each in claims], chunk, self._answers.write(claims, numbers))


class _Press:
    """Turns claims into rows and events, and counts those that are accepted."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._events = OutboxRows(task.source_name, task.now, task.origin)
        self._next = task.first_control_number

    def control_numbers(self, claims: Sequence[Claim]) -> list[str | None]:
        """Give each accepted claim its internal control number, in file order."""
        numbers: list[str | None] = []
        for claim in claims:
            if claim.findings:
                numbers.append(None)
                continue
            numbers.append(control_number(self._task.business_date, self._next))
            self._next += 1
        return numbers

    def chunk(self, claims: Sequence[Claim], control_numbers: Sequence[str | None]) -> Chunk:
        """The rows and events of `claims`."""
        task = self._task
        submission, enrollment = str(task.submission_id), str(task.enrollment_id)
        ordinals = [claim.ordinal for claim in claims]
        claim_ids = derived_texts(task.submission_id, "claim", ordinals)
        event_ids = derived_texts(task.submission_id, "claim-answered", ordinals)
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
                    task.business_date,
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
                    submission_id=task.submission_id,
                    enrollment_id=task.enrollment_id,
                    internal_control_number=icn,
                    beneficiary_token=token,
                    total_charge_cents=claim.total_charge_cents,
                    lines=len(lines),
                )
            else:
                chunk.finding_rows.extend(_findings(claim_id, enrollment, claim.findings))
                event = ClaimRejected(
                    claim_id=claim_id,
                    submission_id=task.submission_id,
                    enrollment_id=task.enrollment_id,
                    codes=tuple(finding.code for finding in claim.findings),
                )
            chunk.events.append(self._events.record(event, event_id))
        return chunk

    def _token(self, mbi: str) -> str:
        return self._task.keys.beneficiary_token(mbi) if mbi else ""

    def _patient(self, claim: Claim, claim_id: str) -> str:
        person = claim.subscriber
        born = person.birth_date.isoformat() if person.birth_date else ""
        patient = Patient(person.mbi, person.last_name, person.first_name, born, person.sex)
        return PATIENT.seal(self._task.keys, patient, claim_id)


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


def _interchange_number(first: int, place: int) -> int:
    """The number at a place from 0 on: first that of the part that goes on, then those of the answers."""
    return (first + place) % _INTERCHANGE_NUMBERS + 1


def _answer_number(first: int, place: int) -> int:
    """The number of the answer at a place from 1 on."""
    return _interchange_number(first, place)


def forward(task: OnwardTask) -> Iterator[HandedOver]:
    """Hand over the submitter's own text of the accepted claims, under our envelope.

    The same text for the same task, whenever it is done: what was announced before stays true.
    """
    envelope = Envelope(
        sender=task.payer.identifier,
        receiver=SHARED_SYSTEM,
        created=task.created,
        control_number=_interchange_number(task.interchange_number, 0),
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


def _reference(task: Task, kind: str) -> UUID:
    """The same document for the same answer, always: done again, it overwrites itself."""
    return derived_id(task.submission_id, "acknowledgment", kind)


def _structure_answers(task: Task, verdict: FileVerdict) -> Iterator[Answer]:
    """TA1 where it was asked for or the envelope is refused, as far as it takes one, and the 999."""
    interchanges = verdict.interchanges
    first = task.first_interchange_number
    notes: list[bytes] = []
    structures: list[bytes] = []
    for place, interchange in enumerate(interchanges, start=1):
        refused = interchange.note != "000"
        if interchange.takes_ta1 and (refused or interchange.acknowledgment_requested):
            number = _answer_number(first, place)
            notes.append(write_ta1(interchange, answering(interchange, task.created, number)))
        if groups := acknowledge(interchange):
            number = _answer_number(first, len(interchanges) + place)
            structures += write_acknowledgments(groups, answering(interchange, task.created, number))
    for kind, pieces in (("TA1", notes), ("999", structures)):
        if pieces:
            stored = task.documents.put_sync(pieces, limit=MAX_ANSWER_BYTES, reference=_reference(task, kind))
            yield Answer(kind, stored.reference, stored.size_bytes)


class _ClaimAcknowledgment:
    """Writes the 277CA into the store while the chunks go by, in a thread."""

    def __init__(self, task: Task, verdict: FileVerdict) -> None:
        self._task = task
        self._verdict = verdict
        self._queue: Queue[list[AnswerBlock] | None] = Queue(maxsize=_QUEUED_BATCHES)
        self._pool = ThreadPoolExecutor(1)
        self._stored: Future[StoredDocument] | None = None

    def add(self, blocks: list[AnswerBlock]) -> None:
        """Take answers to claims of accepted transaction sets."""
        if not blocks:
            return
        if self._stored is None:
            self._stored = self._pool.submit(
                self._task.documents.put_sync,
                self._pieces(),
                limit=MAX_ANSWER_BYTES,
                reference=_reference(self._task, "277CA"),
            )
        while True:
            try:
                self._queue.put(blocks, timeout=1)
            except Full:
                if self._stored.done():
                    self._stored.result()
                continue
            return

    def finish(self) -> Iterator[Answer]:
        """The finished 277CA, if there was a claim to answer."""
        if self._stored is not None:
            self._queue.put(None)
            stored = self._stored.result()
            yield Answer("277CA", stored.reference, stored.size_bytes)
        self._pool.shutdown()

    def _pieces(self) -> Iterator[bytes]:
        task, interchanges = self._task, self._verdict.interchanges
        interchange_of = {
            transaction.ordinal: interchange
            for interchange in interchanges
            for group in interchange.groups
            for transaction in group.transactions
        }
        transactions = {transaction.ordinal: transaction for transaction in self._verdict.transactions()}
        blocks = chain.from_iterable(iter(self._queue.get, None))
        # Numbered by their own count, not that of the file: only sets that may be accepted have a number kept free.
        for place, (ordinal, answers) in enumerate(groupby(blocks, key=attrgetter("transaction")), start=1):
            number = _answer_number(task.first_interchange_number, 2 * len(interchanges) + place)
            envelope = answering(interchange_of[ordinal], task.created, number)
            yield from write_277ca(transactions[ordinal], answers, envelope, task.payer, received=task.business_date)
