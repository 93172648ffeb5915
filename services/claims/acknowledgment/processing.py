"""What a child process answers to a file: TA1, 999 and 277CA, written into the document store.

The same answers for the same file: each has its number in the order of the file, from the first that was kept free.
"""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, groupby
from operator import attrgetter
from queue import Full, Queue
from uuid import UUID

from libs.common.document_store import DocumentStore, StoredDocument
from libs.common.ids import derived_id
from libs.x12.acknowledgment.writer import acknowledge, answering, write_acknowledgments, write_ta1
from libs.x12.claim_status.acknowledgment import AnswerBlock, Source, write_277ca
from libs.x12.reader import FileVerdict
from services.claims.submission.domain import interchange_number

MAX_ANSWER_BYTES = 200 * 1024 * 1024
"""Far above the 277CA of the largest file that is taken; it bounds the store, not the answer."""

_QUEUED_BATCHES = 4


@dataclass(frozen=True, slots=True)
class Answering:
    """What answers to a submission need: where they go, from whom, when, and the number of the first interchange."""

    documents: DocumentStore
    submission_id: UUID
    business_date: date
    first_interchange_number: int
    created: datetime
    payer: Source


@dataclass(frozen=True, slots=True)
class Answer:
    """An acknowledgment that lies in the document store."""

    kind: str
    document: str
    size_bytes: int


def _reference(task: Answering, kind: str) -> UUID:
    """The same document for the same answer, always: done again, it overwrites itself."""
    return derived_id(task.submission_id, "acknowledgment", kind)


def structure_answers(task: Answering, verdict: FileVerdict) -> Iterator[Answer]:
    """TA1 where it was asked for or the envelope is refused, as far as it takes one, and the 999."""
    interchanges = verdict.interchanges
    first = task.first_interchange_number
    notes: list[bytes] = []
    structures: list[bytes] = []
    for place, interchange in enumerate(interchanges, start=1):
        refused = interchange.note != "000"
        if interchange.takes_ta1 and (refused or interchange.acknowledgment_requested):
            number = interchange_number(first, place)
            notes.append(write_ta1(interchange, answering(interchange, task.created, number)))
        if groups := acknowledge(interchange):
            number = interchange_number(first, len(interchanges) + place)
            structures += write_acknowledgments(groups, answering(interchange, task.created, number))
    for kind, pieces in (("TA1", notes), ("999", structures)):
        if pieces:
            stored = task.documents.put_sync(pieces, limit=MAX_ANSWER_BYTES, reference=_reference(task, kind))
            yield Answer(kind, stored.reference, stored.size_bytes)


class ClaimAcknowledgment:
    """Writes the 277CA into the store while the chunks go by, in a thread."""

    def __init__(self, task: Answering, verdict: FileVerdict) -> None:
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
            number = interchange_number(task.first_interchange_number, 2 * len(interchanges) + place)
            envelope = answering(interchange_of[ordinal], task.created, number)
            yield from write_277ca(transactions[ordinal], answers, envelope, task.payer, received=task.business_date)
