"""Writes the answers to a file as a whole: TA1 for each interchange, 999 (005010X231A1) for its functional groups.

Each interchange is answered to its own sender. A 999 made from a verdict never repeats a value of the file: IK404 stays
empty. The one exception is CTX, which names the claim by its patient control number, as the guide asks.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from libs.x12.acknowledgment.objects import (
    AnsweredSet,
    Context,
    FaultyElement,
    FaultySegment,
    GroupAcknowledgment,
    Place,
)
from libs.x12.findings import Finding
from libs.x12.standard import SEGMENTS
from libs.x12.verdicts import GroupVerdict, InterchangeVerdict, TransactionVerdict
from libs.x12.writing import Element, Envelope, TransactionWriter, clean, compose, interchange_header, write_file

GUIDE = "005010X231A1"
_CODES = 5
_ACKNOWLEDGMENTS = "FA"
_NOBODY = "UNKNOWN"
_TRAILER_AND_HEADER = frozenset({"ST", "SE"})
# By which number the sender knows the business object a fault belongs to; all others, the payment of an 835 too, go by
# their trace number.
_TRACE = "TRN02"
_MAX_CONTEXT_LENGTH = 35
_GUIDE = re.compile("[0-9A-Z]{1,35}")
_CONTEXT_NAMES = {"837": "CLM01", "820": "ENT01", "834": "SUBSCRIBER NUMBER REF02"}


def answering(interchange: InterchangeVerdict, created: datetime, control_number: int) -> Envelope:
    """Return the envelope of an answer to `interchange`: its receiver writes to its sender.

    What is not valid there cannot stand in an answer: it is left out, as far as an envelope may lack it.
    """
    faults = {finding.code for finding in interchange.findings}

    def valid(value: str, fault: str, instead: str) -> str:
        return instead if f"interchange-{fault}" in faults else clean(value).strip() or instead

    return Envelope(
        sender=valid(interchange.receiver, "008", _NOBODY),
        receiver=valid(interchange.sender, "006", _NOBODY),
        created=created,
        control_number=control_number,
        sender_qualifier=valid(interchange.receiver_qualifier, "007", "ZZ"),
        receiver_qualifier=valid(interchange.sender_qualifier, "005", "ZZ"),
        usage=valid(interchange.usage, "020", "P"),
    )


def write_ta1(interchange: InterchangeVerdict, envelope: Envelope) -> bytes:
    """Return an interchange that holds only the TA1 for `interchange`."""
    code = "A" if interchange.note == "000" else "R"
    note = compose("TA1", interchange.control_number, interchange.date, interchange.time, code, interchange.note)
    trailer = compose("IEA", "0", f"{envelope.control_number:09}")
    return (interchange_header(envelope) + note + trailer).encode("ascii")


def write_999(interchange: InterchangeVerdict, envelope: Envelope) -> Iterator[bytes]:
    """Yield the 999 for `interchange`: one transaction set for each functional group that `acknowledge` answers.

    Yields nothing where there is none.
    """
    groups = acknowledge(interchange)
    return write_acknowledgments(groups, envelope) if groups else iter(())


def write_acknowledgments(groups: Sequence[GroupAcknowledgment], envelope: Envelope) -> Iterator[bytes]:
    """Yield one 999 file."""
    sets = (_group(group, number) for number, group in enumerate(groups, start=1))
    return write_file(envelope, _ACKNOWLEDGMENTS, GUIDE, sets, len(groups))


# --- from verdicts to answers -------------------------------------------------------------------------------------


def acknowledge(interchange: InterchangeVerdict) -> list[GroupAcknowledgment]:
    """Return what is to be said about each functional group of `interchange`.

    An interchange that was refused as a whole has only its TA1. A group of acknowledgments is not acknowledged, for it
    would never end. What has not the form the guide of the 999 asks for cannot stand in it, and nothing is made up
    instead: its fault is told one level higher (X12 RFI 55).
    """
    if interchange.note != "000":
        return []
    return [_answer_group(group) for group in interchange.groups if group.identifier != _ACKNOWLEDGMENTS]


def _answer_group(group: GroupVerdict) -> GroupAcknowledgment:
    accepted = sum(transaction.verdict != "rejected" for transaction in group.transactions)
    return GroupAcknowledgment(
        group.identifier,
        group.control_number,
        group.guide,
        _group_code(group, accepted),
        group.transactions_announced,
        len(group.transactions),
        accepted,
        tuple(group.codes[:_CODES]),
        [_answer_set(transaction) for transaction in group.transactions if transaction.can_be_named],
    )


def _group_code(group: GroupVerdict, accepted: int) -> str:
    if group.codes or not accepted:
        return "R"
    return "A" if accepted == len(group.transactions) else "P"


def _answer_set(transaction: TransactionVerdict) -> AnsweredSet:
    # An 835 does not name its guide in ST03; an answer names it only when the set did.
    guide = transaction.guide if transaction.names_guide and _GUIDE.fullmatch(transaction.guide) else ""
    answer = AnsweredSet(transaction.identifier, transaction.control_number, guide, "A")
    # What is wrong with header and trailer is told by IK5 alone; so is what is no segment of X12 at all, for IK301 can
    # only name one that is (X12 RFI 1257).
    told = sorted((finding for finding in transaction.findings if _can_be_told(finding)), key=_place)
    answer.segments = [
        _answer_segment(transaction, place, list(findings)) for place, findings in groupby(told, key=_place)
    ]
    if transaction.verdict == "rejected":
        codes = dict.fromkeys([*transaction.codes, *(["5"] if told else [])]) or ["5"]
        answer.code, answer.codes = "R", tuple(codes)[:_CODES]
    return answer


def _can_be_told(finding: Finding) -> bool:
    return finding.segment in SEGMENTS and finding.segment not in _TRAILER_AND_HEADER


def _place(finding: Finding) -> tuple[int, str, str]:
    return finding.position, finding.segment, finding.segment_code


def _answer_segment(
    transaction: TransactionVerdict, place: tuple[int, str, str], findings: list[Finding]
) -> FaultySegment:
    position, segment, code = place
    context = transaction.contexts.get(position, "")[:_MAX_CONTEXT_LENGTH].rstrip()
    # A number that cannot be written as the sender wrote it would name another claim (X12 RFI 2293).
    if clean(context) != context:
        context = ""
    name = _CONTEXT_NAMES.get(transaction.identifier, _TRACE)
    elements = (
        FaultyElement(
            Place(finding.element, finding.component, finding.repeat), finding.element_reference, finding.element_code
        )
        for finding in findings
        if finding.element
    )
    return FaultySegment(
        segment,
        position,
        "",
        code,
        [Context(((name, context),))] if context else [],
        # Two faults of one kind at one place are one answer.
        list({(fault.place, fault.reference, fault.code): fault for fault in elements}.values()),
    )


# --- from answers to segments -------------------------------------------------------------------------------------


def _group(group: GroupAcknowledgment, number: int) -> bytes:
    writer = TransactionWriter("999", f"{number:04}", GUIDE)
    writer.add("AK1", group.identifier, group.control_number, group.guide)
    for answer in group.sets:
        _set(writer, answer)
    counts = (str(group.announced), str(group.received), str(group.accepted))
    writer.add("AK9", group.code, *counts, *group.codes)
    return writer.close()


def _set(writer: TransactionWriter, answer: AnsweredSet) -> None:
    writer.add("AK2", answer.identifier, answer.control_number, answer.guide)
    for segment in answer.segments:
        writer.add("IK3", segment.segment, str(segment.position), segment.loop, segment.code)
        _contexts(writer, segment.contexts)
        for element in segment.elements:
            writer.add("IK4", _element(element.place), element.reference, element.code, element.value)
            _contexts(writer, element.contexts)
    writer.add("IK5", answer.code, *answer.codes)


def _element(place: Place | None) -> Element:
    if place is None:
        return ""
    return tuple(str(part) if part else "" for part in (place.element, place.component, place.repetition))


def _contexts(writer: TransactionWriter, contexts: Sequence[Context]) -> None:
    for context in contexts:
        names = "^".join(":".join(map(clean, pair)).rstrip(":") for pair in context.names)
        rest = compose(
            "",
            context.segment,
            str(context.position) if context.position else "",
            context.loop,
            _element(context.place),
            context.references,
        )
        writer.add_text(f"CTX*{names}{rest}", 1)
