r"""Reads a guide's table and turns it into the machine that judges segments.

A table has one line per segment or loop, indented by two blanks per loop, in the order of the guide:

    loop 2010AA R 1 150 : Billing provider name
      NM1 R 1 150 !98=85 !1065=1,2 !1035 ?1036 - ?66=XX ?67 /P0809 : Billing provider name

that is: identifier, usage (R required, S situational), repeat (n = unlimited), position, then the elements and after
the colon the name people read. Segments of one loop at the same position may come in any order. An element is `!`
(required), `?` (situational) or `-` (not used), its data element number, `*9` when it may be repeated nine times, then
its codes after `=` (a blank within a code is written `_`) or the name of its code set after `@`; a composite holds its
components in brackets. `/P0809` is a note on the relation of elements: P all or none, R at least one, E at most one,
C if the first then all others, L if the first then one of the others.
`@2300` draws the loop 2300 from above once more.

Two things make it fast. Where a segment may stand is found once and then kept: a place is a dictionary, and a segment
moves from place to place by one look-up of its identifier and one of its qualifier. And each segment has one compiled
regular expression that checks usage, length, type, codes and relations of all its elements in one call; only when it
refuses does `explain.py` look for the reason.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations

from libs.x12.code_sets import CODE_SETS
from libs.x12.elements import DATA_ELEMENTS, DataElement

# Separators inside the engine. The tokenizer turns those of a file into these control characters, which no data may
# hold, so that every pattern is compiled once whatever separators a sender likes.
TERMINATOR, ELEMENT, REPETITION, COMPONENT = "\x1c", "\x1d", "\x1e", "\x1f"

_ITEM = re.compile(
    r"/(?P<note>[PRECL]\d+)|(?P<usage>[!?])(?P<number>\w+)(?:\*(?P<repeat>\d+))?(?P<codes>[=@][\w,]+)?(?:\((?P<parts>[^)]*)\))?|-"
)
_HEAD = re.compile(
    r"(?P<indent> *)(?P<loop>loop )?(?P<id>\w+) (?P<usage>[RS]) (?P<repeat>\d+|n) (?P<position>\d+)(?: |$)"
)


@dataclass(slots=True, frozen=True)
class ElementRule:
    """What one element, or one component, must be. `data` is None when it is not used or a composite.

    `codes` are the guide's own; `code_set` names a set outside the guide, whose codes have days (`code_sets`).
    """

    required: bool = False
    data: DataElement | None = None
    number: str = ""
    codes: tuple[str, ...] = ()
    components: tuple["ElementRule", ...] = ()
    repeat: int = 1
    code_set: str = ""

    @property
    def used(self) -> bool:
        """True when the element may stand at all."""
        return self.data is not None or bool(self.components)

    @property
    def label(self) -> str:
        """What people call it."""
        return self.data.label if self.data else "composite"


@dataclass(slots=True, frozen=True)
class Note:
    """A relation between elements, counted from 1."""

    kind: str
    elements: tuple[int, ...]


@dataclass
class SegmentRule:
    """What one segment of a guide must be. `index` numbers the segments of a guide; `repeat` 0 means unlimited.

    `depth` counts the hierarchical levels (loops opened by HL) around the segment's own loop.
    """

    index: int
    identifier: str
    name: str
    loop: str
    required: bool
    repeat: int
    position: int
    elements: tuple[ElementRule, ...]
    notes: tuple[Note, ...]
    depth: int

    @cached_property
    def match(self) -> Callable[[str], object | None]:
        """Return something when the whole segment is in order, None when it is not."""
        return re.compile(self.pattern, re.DOTALL).fullmatch

    @cached_property
    def pattern(self) -> str:
        """The regular expression behind `match`."""
        return _notes_pattern(self.notes) + self.identifier + _sequence(self.elements, ELEMENT, first=False)

    @cached_property
    def code_sets(self) -> tuple[tuple[int, int, str], ...]:
        """The places whose codes belong to a set outside the guide: element, component (or 0), name of the set."""
        places = []
        for number, element in enumerate(self.elements, start=1):
            if element.code_set:
                places.append((number, 0, element.code_set))
            for inner, component in enumerate(element.components, start=1):
                if component.code_set:
                    places.append((number, inner, component.code_set))
        return tuple(places)

    @cached_property
    def first_qualifier(self) -> str:
        """The first of the codes that tell this segment from others of its name, or nothing."""
        return (*self.qualifiers(1), *self.qualifiers(-1), "")[0]

    def qualifiers(self, at: int) -> tuple[str, ...]:
        """The codes that tell this segment from others of its name, at element `at` or (-1) in its first component.

        What may be left out or repeated tells nothing.
        """
        if at == 0 or abs(at) > len(self.elements):
            return ()
        rule = self.elements[abs(at) - 1]
        if not rule.required or rule.repeat > 1:
            return ()
        return rule.components[0].codes if at < 0 and rule.components else rule.codes


@dataclass(eq=False)
class LoopRule:
    """A loop and its place in the guide. Its first child is the segment that opens it."""

    identifier: str
    name: str
    required: bool
    repeat: int
    position: int
    parent: "LoopRule | None"
    children: list["SegmentRule | LoopRule"] = field(default_factory=list)

    @property
    def first(self) -> SegmentRule:
        """The segment that opens the loop."""
        child = self.children[0]
        assert isinstance(child, SegmentRule)  # noqa: S101  the table reader refuses anything else
        return child

    @cached_property
    def required_bits(self) -> int:
        """The children that must have been seen when the loop ends, as bits."""
        return sum(1 << index for index, child in enumerate(self.children) if child.required)


class Step:
    """One move: the segment that was met, what it closes and opens, and the place after it."""

    __slots__ = ("bit", "closes", "index", "limit", "match", "opens", "rule", "target", "then")

    def __init__(
        self, rule: SegmentRule, target: LoopRule, child: "SegmentRule | LoopRule", closes: int, then: "Place"
    ) -> None:
        self.rule = rule
        self.index = rule.index
        self.match = rule.match
        self.target = target
        self.bit = 1 << target.children.index(child)
        self.limit = child.repeat
        self.closes = closes
        self.opens = child if isinstance(child, LoopRule) else None
        self.then = then


# What a step is made of: making one compiles the pattern of its segment, so it waits until it is needed.
Way = tuple[SegmentRule, LoopRule, "SegmentRule | LoopRule", int, "Place"]


class Choices(dict[str, "Step | None"]):
    """Where a segment identifier leads from one place, by qualifier.

    `at` says which element is the qualifier: 0 the identifier itself, a positive number that element, -1 the first
    component of the first element.
    """

    __slots__ = ("_ways", "at")

    def __init__(self, ways: tuple["Way", ...], at: int) -> None:
        super().__init__()
        self._ways = ways
        self.at = at

    def __missing__(self, qualifier: str) -> "Step | None":
        for way in self._ways:
            codes = way[0].qualifiers(self.at)
            if self.at == 0 or not codes or qualifier in codes:
                step = self[qualifier] = Step(*way)
                return step
        return None


_NOWHERE = Choices((), 0)


class Place(dict[str, Choices]):
    """A point between two segments of a transaction set: the loop and how far it has come."""

    __slots__ = ("_guide", "loop", "position")

    def __init__(self, guide: "Guide", loop: LoopRule, position: int) -> None:
        super().__init__()
        self._guide = guide
        self.loop = loop
        self.position = position

    def __missing__(self, identifier: str) -> Choices:
        # Only names the guide knows are kept, so that no file can make the machine grow without end.
        if identifier not in self._guide.qualifier_at:
            return _NOWHERE
        choices = self[identifier] = Choices(tuple(self._ways(identifier)), self._guide.qualifier_at[identifier])
        return choices

    def reachable(self, identifier: str) -> Iterator[Step]:
        """Every step a segment called `identifier` may take from here, the innermost first."""
        return (Step(*way) for way in self._ways(identifier))

    def _ways(self, identifier: str) -> Iterator["Way"]:
        loop: LoopRule | None = self.loop
        position, closes = self.position, 0
        while loop is not None:
            for index, child in enumerate(loop.children):
                rule = child.first if isinstance(child, LoopRule) else child
                # The segment that opens a loop, or the whole, does not come again within it.
                if rule.identifier == identifier and child.position >= position and index:
                    inner = child if isinstance(child, LoopRule) else loop
                    yield rule, loop, child, closes, self._guide.place(inner, rule.position)
            position, loop, closes = loop.position, loop.parent, closes + 1


class Guide:
    """An implementation guide, ready to judge."""

    def __init__(self, identifier: str, transaction: str, functional_identifier: str, table: str) -> None:
        self.identifier = identifier
        self.transaction = transaction
        self.functional_identifier = functional_identifier
        self.segments: list[SegmentRule] = []
        self.root = LoopRule("ST", "Transaction set", required=True, repeat=1, position=0, parent=None)
        self._places: dict[tuple[int, int], Place] = {}
        self._read(table)
        self.qualifier_at = self._qualifiers()
        self.start = self.place(self.root, self.root.first.position)

    def place(self, loop: LoopRule, position: int) -> Place:
        """The place in `loop` after a segment at `position`; always the same object."""
        key = (id(loop), position)
        if key not in self._places:
            self._places[key] = Place(self, loop, position)
        return self._places[key]

    def rules(self, identifier: str, loop: str | None = None) -> Iterator[SegmentRule]:
        """The rules of all segments called `identifier`, of one loop or of all."""
        return (rule for rule in self.segments if rule.identifier == identifier and loop in {None, rule.loop})

    @property
    def named_in_header(self) -> bool:
        """True when ST03 carries the identifier of the guide."""
        header = self.root.first.elements
        return len(header) > 2 and header[2].used

    @property
    def purposes(self) -> tuple[str, ...]:
        """The codes BHT02 may have: they tell apart two guides that share identifier and transaction set."""
        return next((rule.elements[1].codes for rule in self.rules("BHT")), ())

    def _read(self, table: str) -> None:
        open_loops: list[LoopRule] = [self.root]
        for line in table.strip().splitlines():
            try:
                self._read_line(line, open_loops)
            except ValueError as wrong:
                raise ValueError(f"guide {self.identifier}, {line.strip()[:40]!r}: {wrong}") from None

    def _read_line(self, line: str, open_loops: list[LoopRule]) -> None:
        depth = (len(line) - len(line.lstrip())) // 2
        del open_loops[depth + 1 :]
        if line.lstrip().startswith("@"):
            self._draw_again(line.strip()[1:], open_loops[-1])
        elif line.lstrip().startswith("loop "):
            loop = _read_loop(line, open_loops[-1])
            open_loops[-1].children.append(loop)
            open_loops.append(loop)
        else:
            rule = _read_segment(line, len(self.segments), open_loops[-1])
            open_loops[-1].children.append(rule)
            self.segments.append(rule)

    def _draw_again(self, identifier: str, parent: LoopRule) -> None:
        drawn = next((loop for loop in _loops(self.root) if loop.identifier == identifier), None)
        if drawn is None:
            raise ValueError(f"there is no loop {identifier} above to draw again")
        parent.children.append(self._copy(drawn, parent))

    def _copy(self, loop: LoopRule, parent: LoopRule) -> LoopRule:
        copied = LoopRule(loop.identifier, loop.name, loop.required, loop.repeat, loop.position, parent)
        for child in loop.children:
            if isinstance(child, LoopRule):
                copied.children.append(self._copy(child, copied))
                continue
            rule = replace(child, index=len(self.segments), depth=_depth(copied))
            copied.children.append(rule)
            self.segments.append(rule)
        return copied

    def _qualifiers(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for identifier in {rule.identifier for rule in self.segments}:
            rules = list(self.rules(identifier))
            candidates = (3, 1, -1) if identifier == "HL" else (1, -1)
            found[identifier] = next((at for at in candidates if all(rule.qualifiers(at) for rule in rules)), 0)
        return found


def _loops(loop: LoopRule) -> Iterator[LoopRule]:
    for child in loop.children:
        if isinstance(child, LoopRule):
            yield child
            yield from _loops(child)


def _depth(loop: LoopRule) -> int:
    depth = 0
    while loop.parent is not None:
        loop = loop.parent
        depth += bool(loop.children) and loop.first.identifier == "HL"
    return depth


def _head(line: str) -> tuple[re.Match[str], str, str]:
    head = _HEAD.match(line)
    if head is None:
        raise ValueError("this is no line of a guide table; the notation stands in libs/x12/guide.py")
    body, _, name = line[head.end() :].rpartition(":")
    return head, body, " ".join(name.split())


def _repeat(text: str) -> int:
    return 0 if text == "n" else int(text)


def _read_loop(line: str, parent: LoopRule) -> LoopRule:
    head, _, name = _head(line)
    return LoopRule(head["id"], name, head["usage"] == "R", _repeat(head["repeat"]), int(head["position"]), parent)


def _read_segment(line: str, index: int, loop: LoopRule) -> SegmentRule:
    head, body, name = _head(line)
    items = list(_ITEM.finditer(re.sub(r",\s+", ",", body)))
    return SegmentRule(
        index=index,
        identifier=head["id"],
        name=name,
        loop=loop.identifier,
        required=head["usage"] == "R",
        repeat=_repeat(head["repeat"]),
        position=int(head["position"]),
        elements=tuple(_element(item) for item in items if not item["note"]),
        notes=tuple(_note(item["note"]) for item in items if item["note"]),
        depth=_depth(loop),
    )


def _data_element(number: str) -> DataElement:
    data = DATA_ELEMENTS.get(number)
    if data is None:
        raise ValueError(f"data element {number} is not in the dictionary: add its line to libs/x12/elements.py")
    return data


def _note(text: str) -> Note:
    return Note(text[0], tuple(int(text[start : start + 2]) for start in range(1, len(text), 2)))


def _element(item: re.Match[str]) -> ElementRule:
    if not item["usage"]:
        return ElementRule()
    named = item["codes"] or "="
    codes = tuple(named[1:].replace("_", " ").split(",")) if named[1:] and named[0] == "=" else ()
    code_set = named[1:] if named[0] == "@" else ""
    if code_set and code_set not in CODE_SETS:
        raise ValueError(f"there is no code set {code_set}: its table is missing in libs/x12/code_sets/")
    components = tuple(_element(part) for part in _ITEM.finditer(item["parts"])) if item["parts"] else ()
    data = None if components else _data_element(item["number"])
    return ElementRule(
        item["usage"] == "!", data, item["number"], codes, components, int(item["repeat"] or 1), code_set
    )


# --- patterns -----------------------------------------------------------------------------------------------------

_YEAR = "(?:1[89]|20)[0-9]{2}"
_DAY_OF_YEAR = (
    "(?:(?:0[13578]|1[02])(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)(?:0[1-9]|[12][0-9]|30)|02(?:0[1-9]|1[0-9]|2[0-8]))"
)
# Years divisible by four but not 1800 and 1900.
_LEAP_DAY = "(?:(?:1[89]|20)(?:0[48]|[2468][048]|[13579][26])|2000)0229"
DAY = f"(?:{_YEAR}{_DAY_OF_YEAR}|{_LEAP_DAY})"
TIME = "(?:[01][0-9]|2[0-3])[0-5][0-9](?:[0-5][0-9](?:[0-9]{1,2})?)?"
# A last day that says "no end"; X12 does not forbid it (RFI 2775).
_NO_END = "99991231"
_LAST_DAY = f"(?:{DAY}|{_NO_END})"
# Data element 1251 by its format, data element 1250.
PERIODS = {"D8": _LAST_DAY, "RD8": f"{DAY}-{_LAST_DAY}", "DT": f"{DAY}(?:[01][0-9]|2[0-3])[0-5][0-9]", "TM": TIME}
_PERIOD_FORMAT, _PERIOD = "1250", "1251"


def value_pattern(data: DataElement, codes: tuple[str, ...] = ()) -> str:
    """The regular expression of one value that is present."""
    if codes:
        return codes[0] if len(codes) == 1 else f"(?:{'|'.join(sorted(codes, key=lambda code: (-len(code), code)))})"
    lengths = f"{{{data.least},{data.greatest}}}"
    match data.type:
        case "DT":
            return DAY
        case "TM":
            return TIME
        case "N0":
            return f"-?[0-9]{lengths}"
        case "R":
            # Length counts digits only, not the sign and not the point. Most numbers are short: the first way takes
            # those in one go, the other two count.
            half = data.greatest // 2
            short = rf"[0-9]{{1,{half}}}+(?:\.[0-9]{{1,{half}}})?+|" if data.least == 1 and half else ""
            counted = rf"[0-9]{lengths}|(?=(?:\.?[0-9]){lengths}(?![.0-9]))[0-9]*\.[0-9]+"
            return f"-?(?:{short}{counted})"
        case _:
            return f"(?= *[!-~])[ -~]{lengths}"


def _sequence(rules: tuple[ElementRule, ...], separator: str, *, first: bool) -> str:
    """The pattern of a run of elements. What is optional at the end may be left off with its separators."""
    pattern = ""
    needed = False
    for index, (text, required) in reversed(list(enumerate(_parts(rules, separator)))):
        needed = needed or required
        pattern = ("" if first and index == 0 else separator) + text + pattern
        if not needed:
            pattern = f"(?:{pattern})?"
    return pattern


def _parts(rules: tuple[ElementRule, ...], separator: str) -> Iterator[tuple[str, bool]]:
    """The pattern of each element, ready for its absence, and whether it is required."""
    index = 0
    while index < len(rules):
        rule = rules[index]
        following = rules[index + 1] if index + 1 < len(rules) else ElementRule()
        index += 1
        if rule.number == _PERIOD_FORMAT and following.number == _PERIOD:
            # The date's form depends on the format before it, so the two are one alternative.
            pairs = "|".join(f"{code}{separator}{PERIODS[code]}" for code in rule.codes)
            yield (f"(?:{pairs})", True) if rule.required else (f"(?:{pairs}|{separator})", False)
            index += 1
            continue
        text = _sequence(rule.components, COMPONENT, first=True) if rule.components else ""
        if rule.data is not None:
            text = value_pattern(rule.data, rule.codes)
        if rule.repeat > 1:
            text += f"(?:{REPETITION}{text}){{0,{rule.repeat - 1}}}"
        yield (text, True) if rule.required else (f"(?:{text})?" if text else "", False)


def _skip(elements: int) -> str:
    return f"(?:[^{ELEMENT}]*+{ELEMENT}){{{elements}}}+"


def _notes_pattern(notes: tuple[Note, ...]) -> str:
    """All relations together.

    Each is looked at from the first element it relates, and those of a segment that ends before are not looked at.
    """
    pattern = ""
    others = [note for note in notes if note.kind != "R"]
    firsts = sorted({min(note.elements) for note in others})
    for before, first in reversed(list(zip([0, *firsts], firsts, strict=False))):
        related = "".join(_note_pattern(note, first) for note in others if min(note.elements) == first)
        way = _skip(first - before)
        pattern = f"(?:(?!{way})|(?={way}{related}{pattern}))"
    return "".join(_note_pattern(note, 0) for note in notes if note.kind == "R") + pattern


def _note_pattern(note: Note, start: int) -> str:
    """One relation, looked at from element `start`."""
    has = [f"{_skip(element - start)}[^{ELEMENT}]" for element in note.elements]
    present = [f"(?={text})" for text in has]
    absent = [f"(?!{text})" for text in has]
    match note.kind:
        case "P":
            return f"(?:{''.join(present)}|{''.join(absent)})"
        case "R":
            return f"(?:{'|'.join(present)})"
        case "E":
            return "".join(f"(?!(?={one}){two})" for one, two in combinations(has, 2))
        case "C":
            return f"(?:{absent[0]}|{''.join(present[1:])})"
        case _:
            return f"(?:{absent[0]}|{'|'.join(present[1:])})"
