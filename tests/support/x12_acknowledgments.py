"""Writes objects of a 277CA (005010X214) as a file again: what our reader makes of any can be held against it."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from libs.common.money import decimal_text
from libs.x12.claim_status.objects import AcknowledgedLevel, AcknowledgingPayer, ClaimAcknowledgment
from libs.x12.claim_status.segments import SERVICE, detail_segment, line_segments
from libs.x12.hierarchy import Hierarchy, Level, with_levels
from libs.x12.parts import Dated, dated_segment, heading_segment, name_segment, reference_segment
from libs.x12.writing import Envelope, TransactionWriter, compose, day, write_file

GUIDE = "005010X214"


def write_claim_acknowledgments(items: Iterable[ClaimAcknowledgment], envelope: Envelope) -> Iterator[bytes]:
    """Yield one 277CA file in pieces of about 64 KB. There must be at least one object.

    Neighbors with an equal heading share a transaction set, and those that share a payer, receiver, provider or
    patient object share that level. The totals are those the objects say.
    """
    count = 0

    def sets() -> Iterator[bytes]:
        nonlocal count
        for heading, members in groupby(items, lambda item: item.heading):
            count += 1
            writer = TransactionWriter("277", f"{count:04}", GUIDE)
            writer.add_text(heading_segment("0085", "08", heading), 1)
            hierarchy = Hierarchy()
            for item, levels, has_inner in with_levels(members, _levels):
                segments = [*hierarchy.enter(levels, has_inner=has_inner), *_claim(item)]
                writer.add_text("".join(segments), len(segments))
                if writer.full():
                    yield writer.take()
            yield writer.close()

    return write_file(envelope, "HN", GUIDE, sets(), lambda: count)


def _levels(item: ClaimAcknowledgment) -> list[Level]:
    provider, patient = item.provider, item.patient
    levels = [
        Level(item.payer, "20", lambda: _payer(item.payer)),
        Level(item.receiver, "21", lambda: _acknowledged(item.receiver, "2", ("90", "AA"))),
    ]
    if provider is not None:
        levels.append(Level(provider, "19", lambda: _acknowledged(provider, "1", ("QA", "QC"))))
    if patient is not None:
        levels.append(Level(patient, "PT", lambda: [name_segment(patient)], is_last=True))
    return levels


def _payer(payer: AcknowledgingPayer) -> list[str]:
    segments = [name_segment(payer.name)]
    for receipt in payer.receipts:
        segments += [
            compose("TRN", "1", receipt.number),
            compose("DTP", "050", "D8", day(receipt.received)),
            compose("DTP", "009", "D8", day(receipt.processed)),
        ]
    return segments


def _acknowledged(level: AcknowledgedLevel, kind: str, counts: tuple[str, str]) -> list[str]:
    totals = level.totals
    numbers = ((counts[0], totals.accepted), (counts[1], totals.rejected))
    charges = (("YU", totals.accepted_cents), ("YY", totals.rejected_cents))
    return [
        name_segment(level.name),
        *([compose("TRN", kind, level.trace)] if level.trace else []),
        *map(detail_segment, level.statuses),
        *map(reference_segment, level.references),
        *(compose("QTY", code, str(number)) for code, number in numbers if number is not None),
        *(compose("AMT", code, decimal_text(cents)) for code, cents in charges if cents is not None),
    ]


def _claim(item: ClaimAcknowledgment) -> list[str]:
    if item.patient is None:
        return []
    return [
        compose("TRN", "2", item.trace),
        *map(detail_segment, item.statuses),
        *map(reference_segment, item.references),
        *([dated_segment(Dated(SERVICE, item.period))] if item.period else []),
        *(segment for line in item.lines for segment in line_segments(line)),
    ]
