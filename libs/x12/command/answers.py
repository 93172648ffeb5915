"""Writes the answers to a checked file into a folder: TA1 and 999 for each interchange, 277CA for its claims.

An interchange that takes no TA1, or has nothing a 999 could answer, gets none.

Each interchange is answered to its own sender, in a folder of the sender's name. An answer is named after the content
of the file it answers, so answers to two files never meet, and a file that is checked again gets the same names and
numbers again: it is the same answer.
"""

import hashlib
import pickle
import re
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from libs.common.files import replace_with
from libs.x12.acknowledgment.writer import acknowledge, answering, write_acknowledgments, write_ta1
from libs.x12.claim.objects import Claim
from libs.x12.claim_status.acknowledgment import AnswerBlock, ClaimAnswers, Source, write_277ca
from libs.x12.verdicts import FileVerdict, InterchangeVerdict, TransactionVerdict

_LARGEST_NUMBER = 999_999_999
_IN_MEMORY = 1 << 20


class Answers:
    """The answers to one file. Those to claims wait outside memory until the totals that stand above them are known."""

    def __init__(self, folder: Path, received: date, created: datetime) -> None:
        self._folder = folder
        self._received = received
        self._created = created
        self._digest = hashlib.sha256()
        self._writer = ClaimAnswers(created)
        self._blocks = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  closed by __exit__
        self._starts: dict[int, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._blocks.close()

    def pass_on(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Yield `pieces` as they are, and take note of what the file holds."""
        for piece in pieces:
            self._digest.update(piece)
            yield piece

    def take(self, items: Sequence[Any]) -> None:
        """Answer the claims among the objects of a batch."""
        claims = [item for item in items if isinstance(item, Claim)]
        numbers = [f"{self._received:%Y%j}{claim.ordinal:08}" for claim in claims]
        for block in self._writer.write(claims, numbers):
            self._starts.setdefault(block.transaction, self._blocks.tell())
            pickle.dump(block, self._blocks)

    def write(self, verdict: FileVerdict) -> None:
        """Write every answer to the file, each whole or not at all. Raises `OSError` when the folder refuses."""
        for place, interchange in enumerate(verdict.interchanges, start=1):
            name = f"{self._digest.hexdigest()[:16]}-{place:04}"
            folder = self._folder / _folder_name(interchange)
            if interchange.takes_ta1:
                envelope = answering(interchange, self._created, self._number(place, "TA1"))
                replace_with(folder / f"{name}.ta1", [write_ta1(interchange, envelope)])
            if groups := acknowledge(interchange):
                envelope = answering(interchange, self._created, self._number(place, "999"))
                replace_with(folder / f"{name}.999", write_acknowledgments(groups, envelope))
            for transaction in _transactions(interchange):
                if transaction.ordinal in self._starts and transaction.verdict != "rejected":
                    file = folder / f"{name}-{transaction.ordinal:05}.277ca"
                    replace_with(file, self._claim_answers(interchange, transaction))

    def _claim_answers(self, interchange: InterchangeVerdict, transaction: TransactionVerdict) -> Iterator[bytes]:
        envelope = answering(interchange, self._created, self._number(transaction.ordinal, "277"))
        receiver = interchange.receiver.strip()
        blocks = self._blocks_of(transaction.ordinal)
        return write_277ca(transaction, blocks, envelope, Source(receiver, receiver), received=self._received)

    def _blocks_of(self, transaction: int) -> Iterator[AnswerBlock]:
        end = self._blocks.seek(0, 2)
        self._blocks.seek(self._starts[transaction])
        while self._blocks.tell() < end:
            block = pickle.load(self._blocks)  # noqa: S301  our own, of this run
            if block.transaction != transaction:
                return
            yield block

    def _number(self, ordinal: int, kind: str) -> int:
        """A control number for one answer, from what it answers: the command keeps no count of its own."""
        text = f"{self._digest.hexdigest()} {ordinal} {kind}"
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") % _LARGEST_NUMBER + 1


def _transactions(interchange: InterchangeVerdict) -> Iterator[TransactionVerdict]:
    for group in interchange.groups:
        yield from group.transactions


def _folder_name(interchange: InterchangeVerdict) -> str:
    """The sender, safe as the name of a folder, and still different from every other sender."""
    sender = f"{interchange.sender_qualifier}-{interchange.sender.strip()}"
    safe = re.sub("[^A-Za-z0-9_-]", "_", sender)
    return safe if safe == sender else f"{safe}-{hashlib.sha256(sender.encode()).hexdigest()[:8]}"
