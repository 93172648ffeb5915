"""Says why a segment is not in order. Runs only after its regular expression refused it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from libs.x12.elements import DataElement
from libs.x12.findings import Finding
from libs.x12.guide import COMPONENT, DAY, ELEMENT, PERIODS, REPETITION, ElementRule, Note, SegmentRule, value_pattern
from libs.x12.standard import is_mandatory

# What people call the places they meet most, by loop, segment, element and component.
FIELDS = {
    ("2000A", "PRV", 3, 0): "Billing provider taxonomy code",
    ("2010AA", "NM1", 3, 0): "Billing provider name",
    ("2010AA", "NM1", 9, 0): "Billing provider NPI",
    ("2010AA", "N4", 2, 0): "Billing provider state",
    ("2010AA", "N4", 3, 0): "Billing provider ZIP code",
    ("2010AA", "REF", 2, 0): "Billing provider tax number",
    ("2000B", "SBR", 9, 0): "Claim filing indicator",
    ("2010BA", "NM1", 3, 0): "Patient last name",
    ("2010BA", "NM1", 4, 0): "Patient first name",
    ("2010BA", "NM1", 9, 0): "Medicare number (MBI)",
    ("2010BA", "DMG", 2, 0): "Patient birth date",
    ("2010BA", "DMG", 3, 0): "Patient sex",
    ("2300", "CLM", 1, 0): "Patient control number",
    ("2300", "CLM", 2, 0): "Total charge",
    ("2300", "CLM", 5, 1): "Place of service",
    ("2300", "CLM", 5, 3): "Claim frequency code",
    ("2300", "HI", 1, 2): "Principal diagnosis",
    ("2310B", "NM1", 9, 0): "Rendering provider NPI",
    ("2400", "LX", 1, 0): "Service line number",
    ("2400", "SV1", 1, 2): "Procedure code",
    ("2400", "SV1", 2, 0): "Line charge",
    ("2400", "SV1", 4, 0): "Units",
    ("2400", "SV1", 7, 1): "Diagnosis pointer",
}

# code: the IK403 answer and what to correct.
_ELEMENT_FAULTS = {
    "element-missing": ("1", "a value is required here. Fill it in."),
    "relation-missing": (
        "2",
        "a value is required because of another value of this segment. Fill it in, or take out the other.",
    ),
    "too-many-elements": ("3", "the segment has more elements than the guide allows. Take out the last ones."),
    "value-too-short": ("4", "the value is too short. It must have {least} {unit} or more."),
    "value-too-long": ("5", "the value is too long. It may have {greatest:,} {unit} at most."),
    "invalid-character": (
        "6",
        "the value has a character that is not allowed here. Use plain letters, digits and punctuation.",
    ),
    "not-a-number": ("6", "the value must be a number, written with digits and at most one point."),
    "code-not-allowed": ("7", "this code is not one the guide allows here. Use an allowed code."),
    "code-not-in-set": (
        "7",
        "this code is not in its code set on the day of receipt. Use a code of the current list.",
    ),
    "invalid-date": ("8", "this is not a valid date in the announced format. Correct the date."),
    "invalid-time": ("9", "this is not a valid time. Write hours and minutes as four digits."),
    "relation-exclusion": ("10", "this value excludes another one of this segment. Keep one of them."),
    "too-many-repetitions": ("12", "the value is repeated more often than the guide allows."),
    "too-many-components": ("13", "the value has more components than the guide allows."),
    "value-not-used": ("I10", "the guide does not use this place. Leave it empty."),
}
# IK403 of a value that only the guide requires (X12 RFI 2502).
_MISSING_IN_GUIDE = "I9"
# The SNIP level of a fault, where it is not 1.
_SNIP = {"element-missing": 2, "value-not-used": 2, "code-not-allowed": 2, "code-not-in-set": 5}
_UNKNOWN_CODE = frozenset({"code-not-allowed", "code-not-in-set"})
_PERIOD_FORMAT, _PERIOD = "1250", "1251"
# A document and, before it, its length.
_DOCUMENT = "785"
_NUMBERS = frozenset({"N0", "R"})
_CHARACTERS = re.compile(r"[ -~]*")
_LENGTH = re.compile("[0-9]{1,15}")


def field_name(rule: SegmentRule, element: int = 0, component: int = 0) -> str:
    """What people call a place of a segment."""
    known = FIELDS.get((rule.loop, rule.identifier, element, component))
    if known:
        return known
    if not 0 < element <= len(rule.elements):
        return rule.name
    found = rule.elements[element - 1]
    if found.components and 0 < component <= len(found.components):
        found = found.components[component - 1]
    return f"{rule.name}: {found.label}" if found.data else rule.name


def explain_segment(rule: SegmentRule, segment: str, position: int) -> list[Finding]:
    """Every fault of the elements of `segment`; at least one, because its pattern refused it."""
    found = [
        replace(finding, position=position)
        for finding in (*_elements(rule, segment.split(ELEMENT)[1:]), *_notes(rule, segment.split(ELEMENT)))
    ]
    return found or [_malformed(rule, position)]


def qualifier_fault(rule: SegmentRule, at: int, position: int) -> Finding:
    """The fault of a segment that may stand here, but not with this qualifier."""
    finding = _finding(rule, "code-not-allowed", abs(at), 1 if at < 0 else 0)
    what = _ELEMENT_FAULTS["code-not-allowed"][1]
    # The rule is one of several the segment could have meant, so its own name would mislead.
    return replace(finding, position=position, field=rule.identifier, sentence=f"{rule.identifier} qualifier: {what}")


def code_set_fault(rule: SegmentRule, element: int, component: int, repeat: int, position: int) -> Finding:
    """The fault of a code that has the right form but is not in its set."""
    repeated = rule.elements[element - 1].repeat > 1
    finding = _finding(rule, "code-not-in-set", element, component)
    return replace(finding, position=position, repeat=repeat if repeated else 0)


def _malformed(rule: SegmentRule, position: int) -> Finding:
    return Finding(
        snip=1,
        code="segment-malformed",
        sentence=f"{rule.name}: the segment ends in surplus separators. Take them out.",
        field=rule.name,
        segment=rule.identifier,
        position=position,
        loop=rule.loop,
        segment_code="8",
    )


def _finding(rule: SegmentRule, code: str, element: int, component: int = 0) -> Finding:
    name = field_name(rule, element, component)
    element_code, what = _ELEMENT_FAULTS[code]
    number = code_set = ""
    within, at = rule.identifier, element
    if 0 < element <= len(rule.elements):
        place = rule.elements[element - 1]
        if place.components and 0 < component <= len(place.components):
            within, at = place.number, component
            place = place.components[component - 1]
        number = place.number
        if place.data is not None:
            unit = "digits" if place.data.type in _NUMBERS else "characters"
            what = what.format(least=place.data.least, greatest=place.data.greatest, unit=unit)
            if code in _UNKNOWN_CODE:
                code_set = place.code_set or place.data.label.replace(" ", "_")
    if code == "element-missing" and not is_mandatory(within, at):
        element_code = _MISSING_IN_GUIDE
    return Finding(
        snip=_SNIP.get(code, 1),
        code=code,
        sentence=f"{name}: {what}",
        field=name,
        segment=rule.identifier,
        loop=rule.loop,
        element=element,
        component=component,
        segment_code="8",
        element_code=element_code,
        element_reference="" if number.startswith("C") else number,
        code_set=code_set,
    )


def _elements(rule: SegmentRule, values: list[str]) -> Iterator[Finding]:
    if len(values) > len(rule.elements) and any(values[len(rule.elements) :]):
        yield _finding(rule, "too-many-elements", len(rule.elements) + 1)
    for index, (place, before, value, before_value) in enumerate(_side_by_side(rule.elements, values), start=1):
        parts = value.split(REPETITION)
        if len(parts) > place.repeat:
            yield _finding(rule, "too-many-repetitions", index)
        elif place.components:
            for repeat, part in enumerate(parts, start=1):
                for finding in _composite(rule, index, place, part):
                    yield replace(finding, repeat=repeat if place.repeat > 1 else 0)
        else:
            for repeat, part in enumerate(parts, start=1):
                code = _fault(place, part, before, before_value)
                if code:
                    finding = replace(_finding(rule, code, index), repeat=repeat if place.repeat > 1 else 0)
                    yield _too_large(finding, before_value) if place.number == _DOCUMENT else finding


def _too_large(finding: Finding, length: str) -> Finding:
    """The fault of a document that is too long, with the length it is said to have."""
    if finding.code != "value-too-long" or not _LENGTH.fullmatch(length):
        return finding
    return replace(finding, sentence=f"{finding.sentence} This document has {int(length):,}.")


def _side_by_side(rules: tuple[ElementRule, ...], values: list[str]) -> Iterator[tuple[ElementRule, str, str, str]]:
    """Each rule with the number of the one before it, its own value, and the value before."""
    before = before_value = ""
    for index, place in enumerate(rules):
        value = values[index] if index < len(values) else ""
        yield place, before, value, before_value
        before, before_value = place.number, value


def _composite(rule: SegmentRule, element: int, place: ElementRule, value: str) -> Iterator[Finding]:
    if not value:
        if place.required:
            yield _finding(rule, "element-missing", element)
        return
    parts = value.split(COMPONENT)
    if len(parts) > len(place.components) and any(parts[len(place.components) :]):
        yield _finding(rule, "too-many-components", element)
    for index, (inner, before, part, before_value) in enumerate(_side_by_side(place.components, parts), start=1):
        code = _fault(inner, part, before, before_value)
        if code:
            yield _finding(rule, code, element, index)


def _fault(place: ElementRule, value: str, before: str, before_value: str) -> str:
    """The code of what is wrong with one value, or nothing."""
    if not value:
        # A date is as required as its format, and the format is judged at its own place.
        pending = place.number == _PERIOD and before == _PERIOD_FORMAT and bool(before_value)
        return "element-missing" if place.required or pending else ""
    if place.data is None:
        return "value-not-used"
    if COMPONENT in value:
        return "too-many-components"
    if place.number == _PERIOD and before == _PERIOD_FORMAT:
        return _date_fault(before_value, value)
    if _pattern(place.data, place.codes).fullmatch(value):
        return ""
    return _value_fault(place.data, place.codes, value)


@cache
def _pattern(data: DataElement, codes: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(value_pattern(data, codes), re.DOTALL)


def _date_fault(form: str, value: str) -> str:
    # An unknown format is a fault of its own; the date cannot be judged then.
    return "invalid-date" if form in PERIODS and not re.fullmatch(PERIODS[form], value) else ""


def _value_fault(data: DataElement, codes: tuple[str, ...], value: str) -> str:  # noqa: PLR0911  a decision list
    if not _CHARACTERS.fullmatch(value):
        return "invalid-character"
    if codes:
        return "code-not-allowed"
    if data.type == "DT":
        return "invalid-date" if not re.fullmatch(DAY, value) else ""
    if data.type == "TM":
        return "invalid-time"
    size = len(value)
    if data.type in _NUMBERS:
        if not re.fullmatch(r"-?[0-9]*(?:\.[0-9]+)?" if data.type == "R" else r"-?[0-9]+", value):
            return "not-a-number"
        size = sum(character.isdigit() for character in value)
    if size < data.least:
        return "value-too-short"
    if size > data.greatest:
        return "value-too-long"
    return "invalid-character"


def _notes(rule: SegmentRule, parts: list[str]) -> Iterator[Finding]:
    for note in rule.notes:
        present = [element for element in note.elements if element < len(parts) and parts[element]]
        missing = [element for element in note.elements if element not in present]
        if _broken(note, present, missing):
            code = "relation-exclusion" if note.kind == "E" else "relation-missing"
            yield _finding(rule, code, (present if note.kind == "E" else missing)[-1 if note.kind == "E" else 0])


def _broken(note: Note, present: list[int], missing: list[int]) -> bool:
    first = note.elements[0] in present
    match note.kind:
        case "P":
            return bool(present) and bool(missing)
        case "R":
            return not present
        case "E":
            return len(present) > 1
        case "C":
            return first and bool(missing)
        case _:
            return first and present == [note.elements[0]]
