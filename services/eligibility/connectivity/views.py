"""Reads what a program sent into the one inquiry in it, and writes what it is answered as X12."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Self

from libs.common.ids import digest_of
from libs.x12.acknowledgment.writer import answering, write_999, write_ta1
from libs.x12.eligibility.objects import EligibilityAnswer, EligibilityInquiry
from libs.x12.eligibility.writer import GUIDE, write_271
from libs.x12.reader import Batch, FileVerdict, InterchangeVerdict, read_file
from libs.x12.writing import Envelope
from services.eligibility.connectivity.domain import (
    ANSWER_TYPE,
    INTERCHANGE_TYPE,
    NOT_ONE,
    NOT_X12,
    PAYLOAD_FAULT,
    STRUCTURE_TYPE,
    EnvelopeFault,
)

_GUIDES = frozenset({GUIDE})
_CONTROL_NUMBERS = 999_999_999


@dataclass(frozen=True, slots=True)
class Told:
    """What a payload is answered with: a whole X12 file, and its payload type."""

    payload_type: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Sent:
    """A payload that can be answered by a 271: the one `inquiry` in it, and the envelope of the answer."""

    inquiry: EligibilityInquiry
    payload: bytes
    envelope: Envelope

    def answered_at(self, moment: datetime) -> Self:
        """The same, to be answered as it was answered at first."""
        return replace(self, envelope=replace(self.envelope, created=moment))


def read_payload(payload: bytes, now: datetime, today: date) -> Sent | Told | EnvelopeFault:
    """The inquiry in a payload; or the TA1 for an interchange, the 999 for a structure that is not accepted.

    A fault of the envelope when it is nothing that X12 can answer, or more than one inquiry. An inquiry with faults of
    its own is one: they stand in it (`findings`).
    """
    *items, verdict = read_file([payload], received=today, guides=_GUIDES)
    if not isinstance(verdict, FileVerdict) or not verdict.interchanges:
        return EnvelopeFault(PAYLOAD_FAULT, NOT_X12)
    [interchange, *others] = verdict.interchanges
    if others:
        return EnvelopeFault(PAYLOAD_FAULT, NOT_ONE)
    envelope = answering(interchange, now, _control_number(payload))
    if refused := _refused(verdict, interchange, envelope):
        return refused
    inquiries = [each for item in items if isinstance(item, Batch) for each in item.of(EligibilityInquiry)]
    if len(inquiries) != 1:
        return EnvelopeFault(PAYLOAD_FAULT, NOT_ONE)
    return Sent(inquiries[0], payload, envelope)


def _refused(verdict: FileVerdict, interchange: InterchangeVerdict, envelope: Envelope) -> Told | EnvelopeFault | None:
    """What answers a payload that does not stand: TA1, 999, or a fault of the envelope that holds it."""
    if interchange.note != "000":
        if not interchange.takes_ta1:
            return EnvelopeFault(PAYLOAD_FAULT, NOT_X12)
        return Told(INTERCHANGE_TYPE, write_ta1(interchange, envelope))
    if verdict.findings:
        return EnvelopeFault(PAYLOAD_FAULT, NOT_X12)
    if verdict.rejected_transactions or any(each.codes or each.findings for each in interchange.groups):
        structure = b"".join(write_999(interchange, envelope))
        return Told(STRUCTURE_TYPE, structure) if structure else EnvelopeFault(PAYLOAD_FAULT, NOT_X12)
    return None


def _control_number(payload: bytes) -> int:
    """The same for the same payload, which is answered the same when it comes again."""
    return int.from_bytes(digest_of("control number", payload)[:8], "big") % _CONTROL_NUMBERS + 1


def written(answer: EligibilityAnswer, envelope: Envelope) -> Told:
    """A 271 for the program."""
    return Told(ANSWER_TYPE, b"".join(write_271([answer], envelope)))
