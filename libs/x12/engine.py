"""Walks one transaction set through its guide: order, usage, repeats, hierarchy, elements, trailer."""

from contextlib import suppress
from dataclasses import replace

from libs.x12.code_sets import CODE_SETS
from libs.x12.collector import Action, Collector
from libs.x12.explain import code_set_fault, explain_segment, qualifier_fault
from libs.x12.findings import Finding
from libs.x12.guide import COMPONENT, ELEMENT, REPETITION, Guide, LoopRule, Place, SegmentRule, Step
from libs.x12.standard import is_mandatory_segment
from libs.x12.verdicts import TransactionVerdict

# Enough to correct a file by; what comes after is counted only.
FINDINGS_PER_TRANSACTION = 100
# Above every element and composite of these guides; what is longer has been found faulty and is not kept whole.
_MAX_ELEMENT_LENGTH = 512
_ENVELOPE = frozenset({"ISA", "GS", "ST", "GE", "IEA", "TA1"})

_SEGMENT_FAULTS = {
    "segment-unknown": ("1", "this segment does not exist in the guide. Take it out."),
    "segment-unexpected": ("2", "this segment is not allowed here. Move or remove it."),
    "segment-missing": ("3", "this segment is required and missing. Add it."),
    "loop-repeats": ("4", "this part is repeated more often than the guide allows. Take out the surplus."),
    "segment-repeats": ("5", "this segment is repeated more often than the guide allows. Take out the surplus."),
    "segment-out-of-order": ("7", "this segment is out of order. Move it to its place in the guide."),
    "loop-missing": ("I7", "this part is required and missing. Add it."),
}
# IK304 of a segment that only the guide requires (X12 RFI 2502).
_MISSING_IN_GUIDE = "I8"
_IDENTIFIER_LENGTH = 3


class TransactionRun:
    """The state of one transaction set while its segments arrive; `collector` makes objects of them.

    `most` is how many faults are kept.
    """

    def __init__(
        self,
        guide: Guide,
        verdict: TransactionVerdict,
        collector: Collector,
        most: int = FINDINGS_PER_TRANSACTION,
    ) -> None:
        self._guide = guide
        self._most = most
        self.verdict = verdict
        self._collector = collector
        # By the index of their rules; looked for when the first segment of a rule is met, as most never come.
        self._actions: list[Action | None] = [_not_looked_for] * len(guide.segments)
        self._place: Place = guide.start
        self._loop: LoopRule = guide.root
        self._seen = 1
        self._counts: dict[int, int] = {}
        self._stack: list[tuple[LoopRule, int, dict[int, int]]] = []
        self._position = 1
        self._levels: list[_Level] = []
        self._level_count = 0
        # What is wrong with the segment in hand; noted once it is known which claim it belongs to.
        self._explained: list[Finding] = []
        self.ended = self.cut_off = False

    def _find_action(self, rule: SegmentRule) -> Action | None:
        """What is done with the segments of a rule: the engine looks into levels, trailer, and codes of outer sets."""
        action = self._collector.find_action(rule)
        if rule.code_sets:
            coded = [place for place in rule.code_sets if place[2] not in self._collector.judges]
            if coded:
                action = self._code_sets(rule, coded, action)
        if rule.identifier == "HL":
            return self._hierarchy(rule, action)
        return self._trailer if rule.identifier == "SE" else action

    def consume(self, segments: list[str], index: int) -> int:  # noqa: C901, PLR0912, PLR0915  the hot loop: calls cost
        """Judge `segments` from `index` on; return where it stopped: behind the trailer, or at the end of the list."""
        actions, closers, stack = self._actions, self._collector.closers, self._stack
        place, loop, seen, counts, position = self._place, self._loop, self._seen, self._counts, self._position
        size = len(segments)
        while index < size:
            segment = segments[index]
            index += 1
            position += 1
            elements = segment.split(ELEMENT)
            choices = place[elements[0]]
            at = choices.at
            try:
                step = choices[elements[at] if at >= 0 else elements[1].partition(COMPONENT)[0]]
            except IndexError:
                step = None
            good = step is not None and step.match(segment) is not None
            if not good:
                if elements[0] in _ENVELOPE:
                    self._cut_off(position)
                    return index - 1
                step = self._explain(place, step, segment, elements, position)
                if step is None:
                    self._collector.count_passed_over(elements[0])
                    continue
                good = step.match(segment) is not None
            assert step is not None  # noqa: S101  tells the type checker what the branch above made sure
            closing = step.closes
            while closing:
                if loop.required_bits & ~seen:
                    self._missing(loop, seen, position)
                closer = closers.get(loop.identifier)
                if closer is not None:
                    closer(position)
                loop, seen, counts = stack.pop()
                closing -= 1
            bit = step.bit
            if seen & bit:
                if step.limit:
                    self._repeated(step, counts, position)
            else:
                seen |= bit
            if step.opens is not None:
                stack.append((loop, seen, counts))
                loop, seen, counts = step.opens, 1, {}
            place = step.then
            action = actions[step.index]
            if action is _not_looked_for:
                action = actions[step.index] = self._find_action(step.rule)
            if not good:
                self._take_faulty(action, step.rule, elements, position)
            elif action is not None:
                action(elements, position)
            if self.ended:
                if loop.required_bits & ~seen:
                    self._missing(loop, seen, position)
                break
        self._place, self._loop, self._seen, self._counts, self._position = place, loop, seen, counts, position
        return index

    def note(self, finding: Finding) -> None:
        """Keep a fault that rejects the transaction set."""
        verdict = self.verdict
        verdict.verdict = "rejected"
        if self._full():
            return
        verdict.findings.append(finding)
        context = self._collector.context()
        if context:
            verdict.contexts[finding.position] = context

    def _full(self) -> bool:
        """Count a fault and return True when enough have been kept: the rest needs no reasons."""
        if len(self.verdict.findings) < self._most:
            return False
        self.verdict.findings_left_out += 1
        return True

    def finish(self) -> None:
        """End the transaction set: judge it as a whole, or say that its trailer never came."""
        if not self.ended:
            self._cut_off(self._position + 1)
        if not self.cut_off:
            self._collector.end()

    def _cut_off(self, position: int) -> None:
        self._fault("segment-missing", "Transaction set trailer", "SE", position, "ST")
        self.verdict.codes.append("2")
        self.verdict.segments = position - 1
        self.ended = self.cut_off = True
        self._collector.cut_off()

    def _fault(self, code: str, name: str, segment: str, position: int, loop: str) -> None:
        if self._full():
            return
        segment_code, what = _SEGMENT_FAULTS[code]
        if code == "segment-missing" and not is_mandatory_segment(self._guide.transaction, segment):
            segment_code = _MISSING_IN_GUIDE
        self.note(
            Finding(
                snip=1 if code == "segment-unknown" else 2,
                code=code,
                sentence=f"{name}: {what}",
                field=name,
                segment=segment,
                position=position,
                loop=loop,
                segment_code=segment_code,
            )
        )

    def _explain(
        self, place: Place, step: Step | None, segment: str, elements: list[str], position: int
    ) -> Step | None:
        """Note why a segment is refused; return the step it takes nevertheless, or None to pass over it."""
        if self._full():
            return step
        identifier = elements[0]
        ways = list(place.reachable(identifier))
        if step is None and ways:
            if self._may_be_new(ways[0].rule):
                step = _nearest(ways, segment, position)
            elif len({way.rule.index for way in ways}) == 1:
                step = ways[0]
        if step is None:
            self._misplaced(place, ways, identifier, position)
            return None
        for way in ways:
            # Two segments of a guide may share name and qualifier and differ further on.
            if way.rule.position == step.rule.position and way.match(segment):
                return way
        self._explained = explain_segment(step.rule, segment, position)
        return step

    def _may_be_new(self, rule: SegmentRule) -> bool:
        """True when the code that tells this segment from others of its name may be newer than the guide."""
        at = self._guide.qualifier_at[rule.identifier]
        return at > 0 and self._collector.is_open(rule.elements[at - 1].number, rule.identifier, at)

    def _misplaced(self, place: Place, ways: list[Step], identifier: str, position: int) -> None:
        # A longer one is no identifier: it may be text of a claim, and its start may name a segment it is not.
        shown = identifier if len(identifier) <= _IDENTIFIER_LENGTH and identifier.isalnum() else ""
        if identifier not in self._guide.qualifier_at:
            self._fault("segment-unknown", "Segment", shown, position, place.loop.identifier)
            return
        if ways:
            finding = qualifier_fault(ways[0].rule, self._guide.qualifier_at[identifier], position)
            self.note(replace(finding, loop=place.loop.identifier))
            return
        earlier = _earlier(place.loop, identifier)
        code = "segment-out-of-order" if earlier else "segment-unexpected"
        rule = earlier or next(self._guide.rules(identifier))
        self._fault(code, rule.name, identifier, position, place.loop.identifier)

    def _missing(self, loop: LoopRule, seen: int, position: int) -> None:
        for index, child in enumerate(loop.children):
            if child.required and not seen >> index & 1:
                if isinstance(child, LoopRule):
                    self._fault("loop-missing", child.name, child.first.identifier, position, child.identifier)
                else:
                    self._fault("segment-missing", child.name, child.identifier, position, loop.identifier)

    def _repeated(self, step: Step, counts: dict[int, int], position: int) -> None:
        count = counts.get(step.bit, 1) + 1
        counts[step.bit] = count
        if count <= step.limit:
            return
        if step.opens is not None:
            self._fault("loop-repeats", step.opens.name, step.rule.identifier, position, step.opens.identifier)
        else:
            self._fault("segment-repeats", step.rule.name, step.rule.identifier, position, step.rule.loop)

    def _take_faulty(self, action: Action | None, rule: SegmentRule, elements: list[str], position: int) -> None:
        """Let the reader of claims see a faulty segment, so that claims are still counted and named.

        What it makes of the values matters only where codes alone are new to the guide, and may be (`open_codes`).
        """
        if action is not None:
            size = len(rule.elements) + 1
            values = [value[:_MAX_ELEMENT_LENGTH] for value in elements[:size]]
            with suppress(ValueError, IndexError, ArithmeticError):
                action(values + [""] * (size - len(values)), position)
        collector = self._collector
        for finding in self._explained:
            if finding.code == "code-not-allowed" and collector.is_open(
                finding.element_reference, finding.segment, finding.element
            ):
                collector.take_code_fault(finding)
            else:
                self.note(finding)
        self._explained = []

    def _trailer(self, elements: list[str], position: int) -> None:
        verdict = self.verdict
        self.ended = True
        verdict.segments = position
        self._close_levels(0)
        if elements[1] != str(position) and elements[1].lstrip("0") != str(position):
            self._trailer_fault("segment-count", 1, "96", "4", "the number of segments is wrong. Count ST and SE too.")
        if elements[2] != verdict.control_number:
            what = "the control number differs from the one in ST02. Write the same number."
            self._trailer_fault("control-number", 2, "329", "3", what)

    def _trailer_fault(self, code: str, element: int, reference: str, set_code: str, what: str) -> None:
        self.verdict.codes.append(set_code)
        self.note(
            Finding(
                snip=1,
                code=code,
                sentence=f"Transaction set trailer: {what}",
                field="Transaction set trailer",
                segment="SE",
                position=self.verdict.segments,
                loop="ST",
                element=element,
                segment_code="8",
                element_code="7",
                element_reference=reference,
            )
        )

    def _code_sets(self, rule: SegmentRule, coded: list[tuple[int, int, str]], following: Action | None) -> Action:
        """The check of the codes of one kind of segment that belong to sets outside the guide."""
        collector, received = self._collector, self._collector.around.received
        places = [(element, component, CODE_SETS[name]) for element, component, name in coded]

        def check(elements: list[str], position: int) -> None:
            if following is not None:
                following(elements, position)
            size = len(elements)
            for element, component, code_set in places:
                if element < size and elements[element] and not self._is_explained(element):
                    for repeat, value in enumerate(elements[element].split(REPETITION), start=1):
                        code = (*value.split(COMPONENT), *[""] * component)[component - 1] if component else value
                        if code and not code_set.holds(code, received):
                            collector.take_code_fault(code_set_fault(rule, element, component, repeat, position))

        return check

    def _is_explained(self, element: int) -> bool:
        """True when the element of the segment in hand has a fault of form, which says enough."""
        return any(finding.element == element for finding in self._explained)

    def _hierarchy(self, rule: SegmentRule, following: Action | None) -> Action:
        """The check of one kind of HL segment: numbers run from 1, parents exist, the child code tells the truth."""
        depth = rule.depth

        def check(elements: list[str], position: int) -> None:
            self._level_count += 1
            if elements[1] != str(self._level_count):
                self._level_fault(rule, "hierarchy-number", 1, "628", position, "numbers run 1, 2, 3 without a gap.")
            self._close_levels(depth)
            if depth and self._levels:
                parent = self._levels[-1]
                parent.children = True
                if elements[2] != parent.number:
                    what = "this is not the number of the level above."
                    self._level_fault(rule, "hierarchy-parent", 2, "734", position, what)
            self._levels.append(_Level(rule, elements[1], elements[4] if len(elements) > 4 else "", position))
            if following is not None:
                following(elements, position)

        return check

    def _close_levels(self, depth: int) -> None:
        while len(self._levels) > depth:
            level = self._levels.pop()
            if (level.child_code == "1") != level.children:
                what = "say 1 when levels below follow and 0 when none does."
                self._level_fault(level.rule, "hierarchy-children", 4, "736", level.position, what)

    def _level_fault(
        self, rule: SegmentRule, code: str, element: int, reference: str, position: int, what: str
    ) -> None:
        self.note(
            Finding(
                snip=1,
                code=code,
                sentence=f"{rule.name}: {what}",
                field=rule.name,
                segment="HL",
                position=position,
                loop=rule.loop,
                element=element,
                segment_code="8",
                element_code="7",
                element_reference=reference,
            )
        )


def _not_looked_for(_elements: list[str], _position: int) -> None:
    """Stands in the place of the action of a rule until its first segment is met."""


class _Level:
    """One open hierarchical level."""

    __slots__ = ("child_code", "children", "number", "position", "rule")

    def __init__(self, rule: SegmentRule, number: str, child_code: str, position: int) -> None:
        self.rule = rule
        self.number = number
        self.child_code = child_code
        self.position = position
        self.children = False


def _nearest(ways: list[Step], segment: str, position: int) -> Step:
    """The step of a segment whose qualifier the guide does not name: as one of those it names, the most like it.

    A segment that opens no loop does not count as one of them, nor stand for a required one.
    """
    like = (way for way in ways if way.target is ways[0].target)
    step = min(like, key=lambda way: len(explain_segment(way.rule, segment, position)))
    if step.opens is None:
        step.bit = 0
    return step


def _earlier(loop: LoopRule | None, identifier: str) -> SegmentRule | None:
    """The rule of a segment that should have come before, in this loop or those around it."""
    while loop is not None:
        for child in loop.children:
            if isinstance(child, SegmentRule) and child.identifier == identifier:
                return child
        loop = loop.parent
    return None
