"""Prints a file readably: each segment below the loop it stands in, with what it is called and what is wrong with it.

One segment at a time, so that a file of any size takes the same memory; faults never end it. It shows what the file
holds, people's data too: it is for whoever may read the file.
"""

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from libs.x12.collector import Action, Around, Collector
from libs.x12.findings import Finding
from libs.x12.guide import COMPONENT, ELEMENT, REPETITION, Guide, LoopRule, SegmentRule
from libs.x12.reader import Reading
from libs.x12.tokenizer import Header, Trailer, tokens

_SEPARATORS = str.maketrans({ELEMENT: "*", REPETITION: "^", COMPONENT: ":"})
_ENVELOPES = {"GS": 1, "GE": 1, "ST": 2, "SE": 2, "TA1": 1}
_BELOW_HEADER = 3


@dataclass(slots=True, frozen=True)
class _Placed:
    """Where a segment was found to stand: its rule, its loop and how deep that lies."""

    rule: SegmentRule
    loop: LoopRule
    depth: int


class _Tracer(Collector):
    """Makes no objects: says of every segment where it stands."""

    def __init__(self, around: Around) -> None:
        super().__init__(around)
        self.find_action = self._note_place

    def _note_place(self, rule: SegmentRule) -> Action:
        placed = _places(self.around.guide)[rule.index]

        def note(_elements: list[str], _position: int) -> None:
            self.around.items.append(placed)

        return note


@cache
def _places(guide: Guide) -> dict[int, _Placed]:
    found: dict[int, _Placed] = {}
    pending = [(guide.root, 0)]
    while pending:
        loop, depth = pending.pop()
        for child in loop.children:
            if isinstance(child, LoopRule):
                pending.append((child, depth + 1))
            else:
                found[child.index] = _Placed(child, loop, depth)
    return found


def show(source: Iterable[bytes], received: date) -> Generator[str, None, bool]:
    """Yield the lines of a file; return whether it is X12 at all.

    Never raises for what the file holds; `OSError` of the source goes through.
    """
    reading = Reading(received, collector=_Tracer)
    told = _Told(reading)
    for token in tokens(source):
        if isinstance(token, list):
            for segment in token:
                reading.take([segment])
                yield from _segment(segment, reading)
                yield from told.news()
            continue
        reading.take(token)
        if isinstance(token, Header):
            yield _line(0, f"ISA*{'*'.join(token.elements)}", "Interchange")
        elif isinstance(token, Trailer):
            yield _line(0, f"IEA*{'*'.join(token.elements)}", "End of the interchange")
        yield from told.news()
    verdict = reading.close()
    yield from told.news()
    return verdict.is_x12


def _segment(segment: str, reading: Reading) -> Iterator[str]:
    # A TA1 stands in no transaction set: it comes as the object it is, which is not shown.
    placed = [item for item in reading.items if isinstance(item, _Placed)]
    reading.items.clear()
    if not placed:
        yield _line(_ENVELOPES.get(segment.partition(ELEMENT)[0], _BELOW_HEADER), segment, "")
        return
    for place in placed:
        depth = _BELOW_HEADER + place.depth
        if place.depth and place.rule is place.loop.first:
            yield f"{'  ' * (depth - 1)}{place.loop.identifier} {place.loop.name}"
        yield _line(depth, segment, place.rule.name)


def _line(depth: int, segment: str, name: str) -> str:
    text = segment.translate(_SEPARATORS)
    return f"{'  ' * depth}{text}" + (f"   [{name}]" if name else "")


class _Told:
    """The faults found so far, each told once. Those of a part that is over are told before those of the next."""

    def __init__(self, reading: Reading) -> None:
        self._verdict = reading.verdict
        self._lists: list[list[Finding]] = []
        self._counts: list[int] = []

    def news(self) -> Iterator[str]:
        """Yield a line for each fault found since the last call."""
        lists = self._current()
        for depth, findings in enumerate(self._lists):
            yield from (_fault(finding) for finding in findings[self._counts[depth] :])
            self._counts[depth] = len(findings)
        for depth, findings in enumerate(lists):
            if depth < len(self._lists) and self._lists[depth] is findings:
                continue
            self._lists[depth:] = [findings]
            self._counts[depth:] = [len(findings)]
            yield from map(_fault, findings)
        del self._lists[len(lists) :], self._counts[len(lists) :]

    def _current(self) -> list[list[Finding]]:
        """The lists that may grow now: of the file, and of its last interchange, group and transaction set."""
        lists = [self._verdict.findings]
        for interchange in self._verdict.interchanges[-1:]:
            lists.append(interchange.findings)
            for group in interchange.groups[-1:]:
                lists.append(group.findings)
                lists += [transaction.findings for transaction in group.transactions[-1:]]
        return lists


def _fault(finding: Finding) -> str:
    return f"! {finding.sentence}"
