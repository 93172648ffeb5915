"""What makes objects of the segments of one transaction set: the base of all, and how segments find their readers.

A new kind of object is a class of its own in the room of its transaction; the engine only sees `find_action` and
`closers`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from libs.x12.biller import Biller
from libs.x12.findings import Finding
from libs.x12.guide import Guide, SegmentRule
from libs.x12.verdicts import Item, TransactionVerdict

# Takes the elements of a segment in order (the identifier first) and its position.
Action = Callable[[list[str], int], None]
# Says who reads the segments of a rule, if anybody does.
Finder = Callable[[SegmentRule], Action | None]
# Takes the position of the segment that ended the loop.
Closer = Callable[[int], None]
# Loop, identifier and first qualifier code of a segment.
Key = tuple[str, str, str]


@dataclass(slots=True, frozen=True)
class Around:
    """What stands around the collector of one transaction set.

    Finished objects are appended to `items`, in file order; each has `transaction` and `findings`. `add` does so for
    all that the verdict does not count as claims. `note` takes a fault that rejects the whole transaction set.
    `first_ordinal` is the number of its first claim within the file, `received` the business day of receipt. `seen` is
    shared by all transaction sets of the file: what must not be in two of them, as the number of a payment.
    Claims of anybody but `biller` are refused, where there is one.
    """

    guide: Guide
    verdict: TransactionVerdict
    items: list[Any]
    received: date
    first_ordinal: int
    note: Callable[[Finding], None]
    seen: set[tuple[str, ...]] = field(default_factory=set)
    biller: Biller | None = None

    def add(self, item: Item) -> None:
        """Append a finished object. One with faults is seen in the verdict, though its transaction set stands."""
        self.items.append(item)
        if item.findings:
            self.verdict.faulty_items += 1


def _nobody(_rule: SegmentRule) -> Action | None:
    return None


class Collector:
    """Collects nothing: for guides that are only checked. Others derive from it."""

    # The code sets whose codes the collector itself judges, in what it knows about them; the engine judges the others.
    judges: frozenset[str] = frozenset()
    # The data elements whose codes may be newer than the guide: one the guide does not name is handed to
    # `take_code_fault` with its segment, and does not refuse the transaction set by itself. Not so at the places of
    # `closed_places`, such as `N101`.
    open_codes: frozenset[str] = frozenset()
    closed_places: frozenset[str] = frozenset()

    def __init__(self, around: Around) -> None:
        self.around = around
        self.next_ordinal = around.first_ordinal
        # Asked once in a transaction set, when the first segment of a rule is met: most kinds never come.
        self.find_action: Finder = _nobody
        self.closers: dict[str, Closer] = {}

    def context(self) -> str:
        """The number by which the sender knows the claim being read, for the CTX of a 999; empty when there is none."""
        return ""

    def is_open(self, element_reference: str, segment: str, element: int) -> bool:
        """Whether a code that the guide does not name is taken there."""
        return element_reference in self.open_codes and f"{segment}{element:02}" not in self.closed_places

    def take_code_fault(self, finding: Finding) -> None:
        """Take a code that is not in its set on the day of receipt: refuse the transaction set.

        Where the guide lets the neighbors of an object live, a collector puts it on the object instead.
        """
        self.around.note(finding)

    def end(self) -> None:
        """Take note that the trailer was reached: what concerns the transaction set as a whole is judged here."""

    def cut_off(self) -> None:
        """Take note that the trailer never came: what is being read is not finished, and counts nevertheless."""

    def count_passed_over(self, identifier: str) -> None:
        """Count a claim that stands where none is read.

        An ordinal counts the segments CLM, whatever is around them: who goes through the file again without a guide,
        to send claims on, counts like this.
        """
        self.next_ordinal += identifier == "CLM"


def actions_for(guide: Guide, exact: Mapping[Key, Action], general: Mapping[str, Action] | None = None) -> Finder:
    """Who reads which segment of `guide`.

    `exact` is keyed by loop, identifier and first qualifier code, which may be empty for any; the first four characters
    of a loop mean all loops that begin with them (2310 for 2310A to 2310F). `general` is keyed by identifier, for all
    segments of that name which `exact` does not name. The most exact wins.
    """
    general = general or {}
    keys = _keys(guide, frozenset(exact), frozenset(general))

    def find(rule: SegmentRule) -> Action | None:
        key = keys.get(rule.index)
        if key is None:
            return None
        return general[key] if isinstance(key, str) else exact[key]

    return find


@cache
def _keys(guide: Guide, exact: frozenset[Key], general: frozenset[str]) -> dict[int, Key | str]:
    """Under which key the reader of each segment stands: found once, as a file may hold thousands of sets."""
    found: dict[int, Key | str] = {}
    for rule in guide.segments:
        loop, identifier = rule.loop, rule.identifier
        keys = ((loop, identifier, rule.first_qualifier), (loop, identifier, ""), (loop[:4], identifier, ""))
        key: Key | str | None = next((key for key in keys if key in exact), None)
        if key is None and identifier in general:
            key = identifier
        if key is not None:
            found[rule.index] = key
    return found
