"""Reads a claim file in a process of its own: its verdict, then its claims as finished rows and events.

The file is parsed once. Whether a transaction set stands is known only at its end, so what is made of the claims is
set aside until the file is judged; nothing of a refused set ever leaves the process.

Everything here is the same again for the same file: ids are derived, chunks are cut by count, control numbers run on
from the first. So work that is done again after a crash makes the same rows and skips those that are stored.
"""

import pickle
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from libs.common.contracts.auth import Enrollment
from libs.common.documents.stage import Stage
from libs.common.ids import derived_id
from libs.common.security.keys import KeyRing
from libs.x12.biller import Biller
from libs.x12.claim.objects import Claim
from libs.x12.claim.writer import INSTITUTIONAL, PROFESSIONAL
from libs.x12.claim_status.acknowledgment import AnswerBlock, ClaimAnswers
from libs.x12.reader import INTERCHANGES_PER_FILE, TRANSACTIONS_PER_FILE, Batch, FileVerdict, read_file
from services.claims.acknowledgment.processing import Answer, Answering, ClaimAcknowledgment, structure_answers
from services.claims.status.processing import Chunk, Press, Shared

# Kinds of claims this service takes, by their guides.
CLAIM_GUIDES = frozenset({PROFESSIONAL, INSTITUTIONAL})

_GUIDE_OF_LINE = {"A": INSTITUTIONAL, "HHH": INSTITUTIONAL, "B": PROFESSIONAL, "DME": PROFESSIONAL}
# Fewer than the segments take that every accepted claim has: CLM, HI, LX, SV1 or SV2, and DTP at their shortest.
_LEAST_CLAIM_BYTES = 64


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many control numbers a file needs at most: of its claims, and of the interchanges that answer it."""

    claims: int
    interchanges: int


@dataclass(frozen=True, slots=True)
class Task:
    """What a process needs to prepare a submission. Keys and documents open their files there."""

    keys: KeyRing
    biller: Biller
    document: str
    chunk_size: int
    next_chunk: int
    shared: Shared
    answering: Answering


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
    stage = Stage(task.answering.documents, stage_reference(task.shared.submission_id))
    stage.fill(reading.records())
    verdict = reading.verdict
    yield verdict
    acknowledgment = ClaimAcknowledgment(task.answering, verdict)
    rejected = verdict.rejected_transactions
    for record in stage.drain():
        staged: _Staged = pickle.loads(record)  # noqa: S301 - written by ourselves, and sealed meanwhile
        acknowledgment.add([each for each in staged.answers if each.transaction not in rejected])
        if staged.content:
            yield _standing(staged, rejected)
    yield from structure_answers(task.answering, verdict)
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
        self._press = Press(task.keys, task.shared)
        self._answers = ClaimAnswers(task.answering.created)
        self.verdict = FileVerdict(is_x12=False, verdict="rejected", interchanges=[], findings=[])

    def records(self) -> Iterator[bytes]:
        """Yield the chunks to set aside."""
        task = self._task
        pieces = task.answering.documents.open_sync(task.document)
        read = read_file(
            pieces, received=task.shared.business_date, batch=task.chunk_size, guides=CLAIM_GUIDES, biller=task.biller
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
