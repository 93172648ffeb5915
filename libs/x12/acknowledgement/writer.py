"""Writes the answers to a file as a whole: TA1 for each interchange, 999 (005010X231A1) for its functional groups.

Each interchange is answered to its own sender. The 999 never repeats a value of the file: IK404 stays empty. The one
exception is CTX, which names the claim by its patient control number, as the guide asks.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from libs.x12.findings import Finding
from libs.x12.verdicts import GroupVerdict, InterchangeVerdict, TransactionVerdict
from libs.x12.writing import Envelope, TransactionWriter, clean, compose, interchange_header, write_file

GUIDE = "005010X231A1"
_SET_CODES = 5
_NOBODY = "UNKNOWN"
_TRAILER_AND_HEADER = frozenset({"ST", "SE"})


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
    accepted = interchange.note == "000"
    return (
        interchange_header(envelope)
        + compose(
            "TA1",
            interchange.control_number,
            interchange.date,
            interchange.time,
            "A" if accepted else "R",
            interchange.note,
        )
        + compose("IEA", "0", f"{envelope.control_number:09}")
    ).encode("ascii")


def write_999(interchange: InterchangeVerdict, envelope: Envelope) -> Iterator[bytes]:
    """Yield the 999 for `interchange`: one transaction set for each of its functional groups.

    An interchange that was refused as a whole (`note` is not 000) gets only its TA1; this function is not for it.
    """
    groups = interchange.groups
    sets = (_acknowledge(group, number) for number, group in enumerate(groups, start=1))
    return write_file(envelope, "FA", GUIDE, sets, len(groups))


def _acknowledge(group: GroupVerdict, number: int) -> bytes:
    writer = TransactionWriter("999", f"{number:04}", GUIDE)
    writer.add("AK1", group.identifier, group.control_number, group.guide)
    for transaction in group.transactions:
        _acknowledge_transaction(writer, transaction)
    accepted = sum(transaction.verdict != "rejected" for transaction in group.transactions)
    counts = (str(group.transactions_announced), str(len(group.transactions)), str(accepted))
    writer.add("AK9", _group_code(group, accepted), *counts, *group.codes[:_SET_CODES])
    return writer.close()


def _group_code(group: GroupVerdict, accepted: int) -> str:
    if group.codes or not accepted:
        return "R"
    return "A" if accepted == len(group.transactions) else "P"


def _acknowledge_transaction(writer: TransactionWriter, transaction: TransactionVerdict) -> None:
    writer.add("AK2", transaction.identifier, transaction.control_number, transaction.guide)
    # What is wrong with header and trailer is told by IK5 alone.
    told = sorted(
        (finding for finding in transaction.findings if finding.segment not in _TRAILER_AND_HEADER and finding.segment),
        key=_place,
    )
    for place, findings in groupby(told, key=_place):
        _acknowledge_segment(writer, transaction, place, list(findings))
    if transaction.verdict != "rejected":
        writer.add("IK5", "A")
        return
    codes = [*dict.fromkeys([*transaction.codes, *(["5"] if told else [])])]
    writer.add("IK5", "R", *codes[:_SET_CODES])


def _place(finding: Finding) -> tuple[int, str, str]:
    return finding.position, finding.segment, finding.segment_code


def _acknowledge_segment(
    writer: TransactionWriter, transaction: TransactionVerdict, place: tuple[int, str, str], findings: list[Finding]
) -> None:
    position, segment, code = place
    writer.add("IK3", segment, str(position), "", code)
    context = transaction.contexts.get(position)
    if context:
        writer.add("CTX", ("CLM01", context))
    for finding in findings:
        if finding.element:
            where = (str(finding.element), str(finding.component) if finding.component else "")
            writer.add("IK4", where, finding.element_reference, finding.element_code)
