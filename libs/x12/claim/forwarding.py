"""Sends accepted claims on to the shared system: the submitter's own text under a new envelope.

Copying beats writing from objects: whatever a provider said about a claim arrives, also what Portico does not read,
and a second pass without judging costs little.
"""

from collections.abc import Iterable, Iterator, Mapping

from libs.x12.claim.writer import PROFESSIONAL, Submitter, begin_transaction
from libs.x12.guide import COMPONENT, ELEMENT, REPETITION, TERMINATOR
from libs.x12.tokenizer import tokens
from libs.x12.writing import Envelope, TransactionWriter, write_file

_STANDARD = bytes(ord(" ") if chr(byte) in "*:^~" else byte for byte in range(256)).translate(
    bytes.maketrans((ELEMENT + COMPONENT + REPETITION + TERMINATOR).encode(), b"*:^~")
)
# The control number goes in with the other references of the claim, before the first segment that comes after them.
_AFTER_REFERENCES = frozenset({"K3", "NTE", "CR1", "CR2", "CRC", "HI", "HCP"})
_OUTSIDE = frozenset({"ST", "SE", "GS", "GE", "BHT"})


def forward_claims(
    source: Iterable[bytes],
    accepted: Mapping[int, str],
    envelope: Envelope,
    submitter: Submitter,
    *,
    guide: str = PROFESSIONAL,
) -> Iterator[bytes]:
    """Yield an 837 of the claims of `source` whose ordinal is in `accepted`, in pieces of about 64 KB.

    `accepted` gives the internal control number of each; it travels as REF*D9 and takes the place of one the file
    may hold. All of them follow `guide`, the 837P's or (`INSTITUTIONAL`) the 837I's: a file that holds both kinds of
    claims is sent on in two files. `source` must have been read by `read_file` before, which counts claims in the
    same way; nothing is checked again. One transaction set; what the sender used as separators no longer matters,
    and characters that the standard separators forbid in data become blanks.
    """
    return write_file(envelope, "HC", guide, _transaction(source, accepted, envelope, submitter, guide))


def _transaction(
    source: Iterable[bytes], accepted: Mapping[int, str], envelope: Envelope, submitter: Submitter, guide: str
) -> Iterator[bytes]:
    copy = _Copy(begin_transaction(envelope, submitter, str(envelope.control_number), guide), accepted)
    for token in tokens(source):
        if isinstance(token, list):
            for segment in token:
                copy.take(segment)
            if copy.writer.full():
                yield copy.writer.take()
    copy.end_claim()
    yield copy.writer.close()


class _Copy:
    """The levels around the claim being read, and whether they have been written."""

    def __init__(self, writer: TransactionWriter, accepted: Mapping[int, str]) -> None:
        self.writer = writer
        self._accepted = accepted
        self._ordinal = 0
        self._level = 0
        self._provider_level = 0
        self._provider: list[str] = []
        self._subscriber: list[str] = []
        self._claim: list[str] = []
        # The list the next segment belongs to; segments outside all levels belong to none.
        self._current: list[str] | None = None

    def take(self, segment: str) -> None:
        """Go on by one segment."""
        identifier = segment.partition(ELEMENT)[0]
        if identifier == "HL":
            self.end_claim()
            self._open(segment)
        elif identifier == "CLM":
            self.end_claim()
            self._ordinal += 1
            self._current = self._claim
        elif identifier in _OUTSIDE:
            self.end_claim()
            self._current = None
        if self._current is not None:
            self._current.append(segment)

    def _open(self, segment: str) -> None:
        # A level that is cut off stands in a transaction set that was refused: none of its claims goes on.
        kind = (*segment.split(ELEMENT), "", "", "")[3]
        if kind == "20":
            self._provider, self._provider_level = [], 0
            self._current = self._provider
        else:
            self._subscriber = []
            self._current = self._subscriber

    def end_claim(self) -> None:
        """Write the claim that has been read if it was accepted, with the levels it needs."""
        claim, self._claim = self._claim, []
        number = self._accepted.get(self._ordinal) if claim else None
        if number is None:
            return
        if not self._provider_level:
            self._level += 1
            self._provider_level = self._level
            self._write([_level(self._level, "", "20", "1"), *self._provider[1:]])
        if self._subscriber:
            self._level += 1
            self._write([_level(self._level, str(self._provider_level), "22", "0"), *self._subscriber[1:]])
            # Written once; further claims of the subscriber follow below it.
            self._subscriber = []
        self._write(list(_numbered(claim, number)))

    def _write(self, segments: list[str]) -> None:
        text = "".join(segment + TERMINATOR for segment in segments)
        self.writer.add_text(text.encode("latin-1").translate(_STANDARD).decode("latin-1"), len(segments))


def _level(number: int, parent: str, kind: str, child_code: str) -> str:
    return ELEMENT.join(("HL", str(number), parent, kind, child_code))


def _numbered(claim: list[str], number: str) -> Iterator[str]:
    reference = f"REF{ELEMENT}D9{ELEMENT}"
    waiting = True
    for segment in claim:
        if waiting and segment.partition(ELEMENT)[0] in _AFTER_REFERENCES:
            yield reference + number
            waiting = False
        if waiting and segment.startswith(reference):
            continue
        yield segment
