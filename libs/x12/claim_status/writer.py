"""Writes questions about claims as a 276 and answers as a 277 (005010X212).

Neighbors with an equal heading share a transaction set, and those that share a payer, receiver, providers or
subscriber object share that level, so that what was read is written as it stood. Nothing is checked; what is written
can be read again to have it judged.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby

from libs.x12.claim_status.objects import Payer, Person, StatusAnswer, StatusInquiry
from libs.x12.claim_status.segments import SERVICE, detail_segment, line_segments
from libs.x12.hierarchy import Hierarchy, Level, with_levels
from libs.x12.parts import (
    Dated,
    Heading,
    Name,
    contact_segment,
    dated_segment,
    heading_segment,
    name_segment,
    optional_cents,
    reference_segment,
)
from libs.x12.writing import Envelope, TransactionWriter, compose, day, write_file

GUIDE = "005010X212"
_STRUCTURE = "0010"
_Item = StatusInquiry | StatusAnswer


def write_276(inquiries: Iterable[StatusInquiry], envelope: Envelope) -> Iterator[bytes]:
    """Yield one 276 file in pieces of about 64 KB. There must be at least one inquiry."""
    return _write(inquiries, envelope, "276", "HR", "13")


def write_277(answers: Iterable[StatusAnswer], envelope: Envelope) -> Iterator[bytes]:
    """Yield one 277 file in pieces of about 64 KB. There must be at least one answer."""
    return _write(answers, envelope, "277", "HN", "08")


def _write(
    items: Iterable[_Item], envelope: Envelope, transaction: str, functional_identifier: str, purpose: str
) -> Iterator[bytes]:
    count = 0

    def sets() -> Iterator[bytes]:
        nonlocal count
        for heading, members in groupby(items, _heading_of):
            count += 1
            writer = TransactionWriter(transaction, f"{count:04}", GUIDE)
            writer.add_text(heading_segment(_STRUCTURE, purpose, heading), 1)
            hierarchy = Hierarchy()
            for item, levels, has_inner in with_levels(members, _levels):
                segments = [*hierarchy.enter(levels, has_inner=has_inner), *_item_segments(item)]
                writer.add_text("".join(segments), len(segments))
                if writer.full():
                    yield writer.take()
            yield writer.close()

    return write_file(envelope, functional_identifier, GUIDE, sets(), lambda: count)


def _heading_of(item: _Item) -> Heading:
    return item.heading


def _levels(item: _Item) -> list[Level]:
    levels = [
        Level(item.payer, "20", lambda: _payer(item.payer)),
        Level(item.receiver, "21", lambda: [name_segment(item.receiver)]),
    ]
    if item.providers:
        levels.append(Level(item.providers, "19", lambda: _names(item.providers)))
    if item.subscriber is not None:
        levels.append(Level(item.subscriber, "22", lambda: _person(item.subscriber)))
    if item.patient is not None:
        levels.append(Level(item.patient, "23", lambda: _person(item.patient), is_last=True))
    return levels


def _payer(payer: Payer) -> list[str]:
    return [name_segment(payer.name), *([contact_segment(payer.contact)] if payer.contact else [])]


def _names(names: tuple[Name, ...]) -> list[str]:
    return [name_segment(name) for name in names]


def _person(person: Person | None) -> list[str]:
    if person is None:
        return []
    born = [compose("DMG", "D8", day(person.birth_date), person.sex)] if person.birth_date else []
    return [*born, name_segment(person.name)]


def _item_segments(item: _Item) -> list[str]:
    references = map(reference_segment, item.references)
    period = [dated_segment(Dated(SERVICE, item.period))] if item.period else []
    lines = (segment for line in item.lines for segment in line_segments(line))
    if isinstance(item, StatusAnswer):
        # A provider as a whole is answered under a number of the payer's own.
        kind = "1" if item.providers and item.subscriber is None else "2"
        return [compose("TRN", kind, item.trace), *map(detail_segment, item.statuses), *references, *period, *lines]
    charge = [] if item.charge_cents is None else [compose("AMT", "T3", optional_cents(item.charge_cents))]
    return [compose("TRN", "1", item.trace), *references, *charge, *period, *lines]
