"""The 277CA for a file of claims, written as the claims service does, and read again."""

from collections.abc import Iterator
from datetime import UTC, datetime

from libs.x12.acknowledgment.writer import answering
from libs.x12.claim.objects import Claim
from libs.x12.claim_status.acknowledgment import ClaimAnswers, Source, write_277ca
from libs.x12.claim_status.objects import ClaimAcknowledgment
from libs.x12.reader import Batch, read_file
from libs.x12.verdicts import FileVerdict
from tests.support.x12 import RECEIVED

CREATED = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
CONTROL_NUMBER = "1126324000001"


def answers(text: str) -> Iterator[bytes]:
    """The 277CA for each transaction set of a file."""
    *batches, verdict = read_file([text.encode("latin-1")], received=RECEIVED)
    assert isinstance(verdict, FileVerdict)
    claims = [claim for batch in batches if isinstance(batch, Batch) for claim in batch.of(Claim)]
    blocks = ClaimAnswers(CREATED).write(claims, [None if claim.findings else CONTROL_NUMBER for claim in claims])
    envelope = answering(verdict.interchanges[0], CREATED, 8)
    for transaction in verdict.transactions():
        own = [block for block in blocks if block.transaction == transaction.ordinal]
        source = Source("MERIDIAN", "15004")
        yield b"".join(write_277ca(transaction, own, envelope, source, received=RECEIVED))


def answer(text: str) -> list[str]:
    """The segments of the 277CA for a file of one transaction set."""
    [data] = answers(text)
    return data.decode("ascii").split("~")


def segments(text: str, first: str) -> list[str]:
    """Those segments of the answer that begin with `first`."""
    return [segment for segment in answer(text) if segment.startswith(first)]


def read_answer(data: bytes | str) -> tuple[list[ClaimAcknowledgment], FileVerdict]:
    """The objects of a 277CA and its verdict."""
    raw = data.encode("ascii") if isinstance(data, str) else data
    *batches, verdict = read_file([raw], received=RECEIVED)
    assert isinstance(verdict, FileVerdict)
    return [item for batch in batches if isinstance(batch, Batch) for item in batch.of(ClaimAcknowledgment)], verdict
