"""What the readers of hierarchical transaction sets have in common: levels, the objects on them, and their faults."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from libs.x12.collector import Action, Around, Collector
from libs.x12.edits import Edits
from libs.x12.findings import FINDINGS_PER_ITEM, Finding, keep_finding


@dataclass(slots=True)
class _Found:
    """What was found on one object, or on all objects of a level: faults, and what is only remarked."""

    faults: list[Finding] = field(default_factory=list)
    notices: list[Finding] = field(default_factory=list)


class LevelCollector(Collector):
    """Collects objects that stand on levels opened by HL; each level has a letter, the outermost comes first.

    It knows of each level whether something is said on it or below, where it began, and the faults of all objects on
    it and below. `edits` are those of its transaction.
    `remarks` are the codes of findings that take nothing from an object: they become its notices.
    """

    remarks: frozenset[str] = frozenset()

    def __init__(self, around: Around, letters: str, edits: Edits) -> None:
        super().__init__(around)
        self._letters = letters
        self._edits = edits
        self._level = 0
        self._said = [False] * len(letters)
        self._begins = [0] * len(letters)
        self._on_levels = [_Found() for _ in letters]
        self._item: Any = None
        self._on_item = _Found()

    def level(self, letter: str, begin: Callable[[], None]) -> Action:
        """The action of the HL that opens a level: `begin` makes room for what stands on it."""
        depth = self._letters.index(letter)

        def action(_elements: list[str], position: int) -> None:
            self._level = depth
            self._begins[depth] = position
            for outer in range(depth):
                self._said[outer] = True
            for inner in range(depth, len(self._said)):
                self._said[inner] = False
                self._on_levels[inner] = _Found()
            begin()

        return action

    def end_of_level(self, letter: str, loop: str) -> Callable[[int], None]:
        """What happens when a level ends: one with nothing in it is a fault. `loop` is the one that is missing."""
        depth = self._letters.index(letter)

        def close(position: int) -> None:
            if not self._said[depth]:
                self.around.note(_empty_level(position, loop))

        return close

    def start(self, item: Any) -> None:
        """Begin an object on the level being read."""
        self._said[self._level] = True
        self._item = item
        self._on_item = _Found()

    def finish(self) -> None:
        """End the object being read: its faults and those of the levels around it stand on it."""
        if self._item is not None:
            found = (*self._on_levels[: self._level + 1], self._on_item)
            self._item.findings = tuple(one for each in found for one in each.faults)[:FINDINGS_PER_ITEM]
            if self.remarks:
                self._item.notices = tuple(one for each in found for one in each.notices)[:FINDINGS_PER_ITEM]
            self.around.add(self._item)
            self._item = None

    def fault(self, code: str, position: int, loop: str, segment: str = "") -> None:
        """Keep a fault of the object being read, or of all objects on the level being read and below."""
        self._keep_fault(self._edits.finding(code, position, loop, segment=segment))

    def take_code_fault(self, finding: Finding) -> None:
        """A code that is not in its set concerns one object, or those of its level."""
        self._keep_fault(finding)

    def _keep_fault(self, finding: Finding) -> None:
        found = self._on_item if self._item is not None else self._on_levels[self._level]
        keep_finding(found.notices if finding.code in self.remarks else found.faults, finding)


def _empty_level(position: int, loop: str) -> Finding:
    """The fault of a level that neither says something nor has a level below: it refuses the transaction set."""
    return Finding(
        snip=4,
        code="level-empty",
        sentence="Hierarchical level: it holds nothing, and no level is below it. Remove it.",
        field="Hierarchical level",
        segment="TRN",
        position=position,
        loop=loop,
        segment_code="I6",
    )
