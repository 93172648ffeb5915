"""What the readers of hierarchical transaction sets have in common: levels, the objects on them, and their faults."""

from collections.abc import Callable
from typing import Any

from libs.x12.collector import Action, Around, Collector
from libs.x12.findings import Finding

_FINDINGS_PER_ITEM = 20


class LevelCollector(Collector):
    """Collects objects that stand on levels opened by HL; each level has a letter, the outermost comes first.

    It knows of each level whether something is said on it or below, where it began, and the faults of all objects on
    it and below. `finding_of` makes the finding of an edit: code, position, loop, segment or nothing.
    """

    def __init__(self, around: Around, letters: str, finding_of: Callable[[str, int, str, str], Finding]) -> None:
        super().__init__(around)
        self._letters = letters
        self._finding_of = finding_of
        self._level = 0
        self._said = [False] * len(letters)
        self._begins = [0] * len(letters)
        self._level_faults: list[list[Finding]] = [[] for _ in letters]
        self._item: Any = None
        self._faults: list[Finding] = []

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
                self._level_faults[inner] = []
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
        self._faults = []

    def finish(self) -> None:
        """End the object being read: its faults and those of the levels around it stand on it."""
        if self._item is not None:
            outer = (finding for faults in self._level_faults[: self._level + 1] for finding in faults)
            self._item.findings = (*outer, *self._faults)[:_FINDINGS_PER_ITEM]
            self.around.items.append(self._item)
            self._item = None

    def fault(self, code: str, position: int, loop: str, segment: str = "") -> None:
        """Keep a fault of the object being read, or of all objects on the level being read and below."""
        self._keep_fault(self._finding_of(code, position, loop, segment))

    def take_code_fault(self, finding: Finding) -> None:
        """A code that is not in its set concerns one object, or those of its level."""
        self._keep_fault(finding)

    def _keep_fault(self, finding: Finding) -> None:
        faults = self._faults if self._item is not None else self._level_faults[self._level]
        if len(faults) < _FINDINGS_PER_ITEM:
            faults.append(finding)


def _empty_level(position: int, loop: str) -> Finding:
    """The fault of a level that neither says something nor has a level below: it refuses the transaction set."""
    return Finding(
        snip=4,
        code="level-empty",
        sentence="Hierarchical level: nothing is asked or said on it, and no level lies below. Take it out.",
        field="Hierarchical level",
        segment="TRN",
        position=position,
        loop=loop,
        segment_code="I6",
    )
