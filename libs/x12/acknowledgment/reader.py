"""Makes objects of the answers of others to our files: of a 999 one for its group, and one of each TA1."""

import re
from datetime import datetime

from libs.x12.acknowledgment.objects import (
    AnsweredSet,
    Context,
    FaultyElement,
    FaultySegment,
    GroupAcknowledgment,
    InterchangeAcknowledgment,
    Place,
)
from libs.x12.collector import Around, Collector, actions_for
from libs.x12.findings import Finding
from libs.x12.guide import COMPONENT, REPETITION
from libs.x12.parts import cells, keep

_SETS = 100_000
_TA1 = tuple(map(re.compile, ("[0-9]{9}", "[0-9]{6}", "[0-9]{4}", "[AER]", "0[0-2][0-9]|03[01]")))
_CODES = 5


class GroupAcknowledgments(Collector):
    """Collects a 999."""

    def __init__(self, around: Around) -> None:
        super().__init__(around)
        self._group = GroupAcknowledgment("", "", "")
        self._set = AnsweredSet("", "")
        self._segment = FaultySegment("", 0)
        self._contexts: list[Context] = []
        self.find_action = actions_for(
            around.guide,
            {
                ("ST", "AK1", ""): self._start_group,
                ("2000", "AK2", ""): self._start_set,
                ("2100", "IK3", ""): self._start_segment,
                ("2110", "IK4", ""): self._element,
                ("2000", "IK5", ""): self._end_set,
                ("ST", "AK9", ""): self._end_group,
            },
            {"CTX": self._context},
        )

    def end(self) -> None:
        """The group is answered as a whole."""
        group = self._group
        group.transaction = self.around.verdict.ordinal
        group.findings = tuple(_contradictions(group))
        self.around.add(group)

    def _start_group(self, elements: list[str], _position: int) -> None:
        _, identifier, control_number, guide = cells(elements, 3)[:4]
        self._group = GroupAcknowledgment(identifier, control_number, guide)
        self.around.verdict.reference = self._group.control_number

    def _start_set(self, elements: list[str], _position: int) -> None:
        _, identifier, control_number, guide = cells(elements, 3)[:4]
        self._set = AnsweredSet(identifier, control_number, guide)
        if len(self._group.sets) < _SETS:
            self._group.sets.append(self._set)

    def _start_segment(self, elements: list[str], _position: int) -> None:
        segment, position, loop, code = cells(elements, 4)[1:5]
        self._segment = FaultySegment(segment, int(position), loop, code)
        self._contexts = self._segment.contexts
        keep(self._set.segments, self._segment)

    def _element(self, elements: list[str], _position: int) -> None:
        place, reference, code, value = cells(elements, 4)[1:5]
        element = FaultyElement(_place(place), reference, code, value)
        self._contexts = element.contexts
        keep(self._segment.elements, element)

    def _context(self, elements: list[str], _position: int) -> None:
        names, segment, position, loop, place, references = cells(elements, 6)[1:7]
        pairs = (name.partition(COMPONENT) for name in names.split(REPETITION))
        context = Context(
            tuple((name, value) for name, _, value in pairs),
            segment,
            int(position or 0),
            loop,
            _place(place) if place else None,
            tuple(references.split(COMPONENT)) if references else (),
        )
        keep(self._contexts, context)

    def _end_set(self, elements: list[str], _position: int) -> None:
        self._set.code = elements[1]
        self._set.codes = tuple(code for code in elements[2 : 2 + _CODES] if code)

    def _end_group(self, elements: list[str], _position: int) -> None:
        group = self._group
        group.code = elements[1]
        group.announced, group.received, group.accepted = map(int, elements[2:5])
        group.codes = tuple(code for code in elements[5 : 5 + _CODES] if code)


def _place(text: str) -> Place:
    element, component, repetition = (*(int(part or 0) for part in text.split(COMPONENT)), 0, 0)[:3]
    return Place(element, component, repetition)


def _contradictions(group: GroupAcknowledgment) -> list[Finding]:
    """What in an answer cannot be true: SNIP 3. An answer may leave out what it accepts."""
    found = []
    accepted = sum(each.is_accepted for each in group.sets)
    if group.accepted > group.received:
        found.append(_fault("counts", "more transaction sets are accepted than were received.", 4))
    elif len(group.sets) == group.received and accepted != group.accepted:
        found.append(_fault("accepted-count", "the number of accepted transaction sets differs from the answers.", 4))
    elif len(group.sets) > group.received:
        found.append(_fault("received-count", "more transaction sets are answered than were received.", 3))
    if (group.code == "A" and group.accepted != group.received) or (group.code == "R" and group.accepted):
        found.append(_fault("group-code", "the answer to the group contradicts the number of accepted sets.", 1))
    return found


def _fault(code: str, what: str, element: int) -> Finding:
    return Finding(
        snip=3,
        code=code,
        sentence=f"Answer to the group: {what}",
        field="Answer to the group",
        segment="AK9",
        loop="ST",
        element=element,
    )


def read_ta1(elements: list[str]) -> InterchangeAcknowledgment:
    """What a TA1 says. What has not the form of a TA1 is named in its `findings`."""
    control_number, day, time, code, note = (*elements[1:6], "", "", "", "", "")[:5]
    values = (control_number, day, time, code, note)
    wrong = [at for at, (form, value) in enumerate(zip(_TA1, values, strict=True), 1) if not form.fullmatch(value)]
    sent = None
    try:
        sent = datetime.strptime(day + time, "%y%m%d%H%M")  # noqa: DTZ007  interchanges carry no zone
    except ValueError:
        wrong = sorted({*wrong, 2})
    findings = tuple(
        Finding(
            snip=1,
            code="interchange-acknowledgment",
            sentence="Acknowledgment of an interchange: an element does not have the form of its kind.",
            field="Acknowledgment of an interchange",
            segment="TA1",
            element=element,
        )
        for element in wrong
    )
    return InterchangeAcknowledgment(control_number[:9], sent, code[:1], note[:3], findings=findings)
