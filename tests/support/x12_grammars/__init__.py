"""What other public grammars say about the guides we have tables of, and where they differ from our tables.

Facts alone. One file for a guide and a grammar (`claim_professional.stupidedi.csv`), one line for a segment: its loop,
the codes of its qualifier, its usage (R required, S situational), how often it and the loop it opens may stand (0 is
without end), and its elements: each R, S, N (not used) or O (not required), `<20` when a greatest length is given,
components in brackets. An empty cell is not said. `elements.stupidedi.csv` is a dictionary of data elements. Where each
comes from stands in `README.md`.
"""

import csv
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from libs.x12.elements import DATA_ELEMENTS
from libs.x12.guide import ElementRule, Guide, LoopRule, SegmentRule

HERE = Path(__file__).parent
# Grammars of which only some segments are public.
PARTIAL = {"stedi"}


class Difference(NamedTuple):
    """One thing that a grammar and a table do not say alike. `element` is `03`, `04-02` for a component, or nothing."""

    guide: str
    loop: str
    segment: str
    qualifier: str
    element: str
    what: str
    ours: str
    other: str
    grammar: str


class Fact(NamedTuple):
    """What a grammar says of one segment."""

    loop: str
    segment: str
    qualifiers: str
    usage: str
    repeat: str
    loop_repeat: str
    elements: str


def grammars() -> list[tuple[str, str]]:
    """Every guide that another grammar was found for, with the name of the grammar."""
    names = (path.name.split(".") for path in sorted(HERE.glob("*.csv")))
    return [(guide, grammar) for guide, grammar, _ in names if guide != "elements"]


def table_of(guide: str) -> Guide:
    """Our table of a guide."""
    table = import_module(f"libs.x12.guides.{guide}").GUIDE
    assert isinstance(table, Guide)
    return table


def differences(guide: str, grammar: str) -> Iterator[Difference]:
    """Where a grammar and our table of a guide differ."""
    ours = list(places(table_of(guide)))
    facts = list(_facts(guide, grammar))
    rows = Counter((fact.loop, fact.segment) for fact in facts)
    kinds = Counter((rule.loop, rule.identifier) for _, rule in ours)
    for fact in facts:
        found = _meant(ours, fact)
        if rows[fact[:2]] >= kinds[fact[:2]]:
            found = found[:1]
        if not found:
            qualifier = fact.qualifiers.partition("|")[0]
            yield Difference(guide, fact.loop, fact.segment, qualifier, "", "usage", "N", fact.usage, grammar)
        for loop, rule in found:
            ours.remove((loop, rule))
            at = guide, rule.loop, rule.identifier, qualifier_of(rule)
            for element, what, one, other in _compare(loop, rule, fact, alone=len(found) == 1):
                if other and one != other:
                    yield Difference(*at, element, what, one, other, grammar)
    for loop, rule in () if grammar in PARTIAL else ours:
        yield Difference(
            guide, rule.loop, rule.identifier, qualifier_of(rule), "", "usage", usage(loop, rule), "N", grammar
        )


def lengths() -> Iterator[tuple[str, str, str]]:
    """Data elements whose lengths differ: number, lengths here, lengths in the other dictionary."""
    for number, _, least, greatest in _rows("elements.stupidedi.csv"):
        ours = DATA_ELEMENTS.get(number)
        if ours and (ours.least, ours.greatest) != (int(least), int(greatest)):
            yield number, f"{ours.least}-{ours.greatest}", f"{least}-{greatest}"


def places(table: Guide) -> Iterator[tuple[LoopRule, SegmentRule]]:
    """Every segment of a table with its loop; a loop that is drawn again is passed over."""
    seen: set[str] = set()
    pending = [table.root]
    while pending:
        loop = pending.pop(0)
        if loop.identifier in seen:
            continue
        seen.add(loop.identifier)
        yield from ((loop, child) for child in loop.children if isinstance(child, SegmentRule))
        pending += [child for child in loop.children if isinstance(child, LoopRule)]


def qualifier_of(rule: SegmentRule) -> str:
    """The code by which the settled table knows a segment among those of its name in its loop."""
    components = rule.elements[0].components
    return rule.first_qualifier or (*(components[0].codes if components else ()), "")[0]


def usage(loop: LoopRule, rule: SegmentRule) -> str:
    """R or S: of the loop, for the segment that opens it."""
    opens = loop.children[0] is rule and loop.parent is not None
    return "R" if (loop.required if opens else rule.required) else "S"


def usage_of_element(place: ElementRule | None) -> str:
    """R, S or N."""
    if place is None or not place.used:
        return "N"
    return "R" if place.required else "S"


def _rows(name: str) -> list[list[str]]:
    return list(csv.reader((HERE / name).read_text("utf-8").splitlines()))[1:]


def _facts(guide: str, grammar: str) -> Iterator[Fact]:
    seen = set()
    for row in _rows(f"{guide}.{grammar}.csv"):
        fact = Fact(*row)
        # A loop that stands at two levels is told twice.
        if fact not in seen:
            seen.add(fact)
            yield fact


def _codes(rule: SegmentRule) -> tuple[str, ...]:
    if rule.identifier == "HL":
        return rule.elements[2].codes
    first = rule.elements[0]
    return first.components[0].codes if first.components else first.codes


def _meant(ours: list[tuple[LoopRule, SegmentRule]], fact: Fact) -> list[tuple[LoopRule, SegmentRule]]:
    """The segments of ours that a grammar speaks of: several, where it tells as one what we tell by qualifiers."""
    named = [place for place in ours if (place[1].loop, place[1].identifier) == (fact.loop, fact.segment)]
    told = set(filter(None, fact.qualifiers.split("|")))
    coded = [place for place in named if told & set(_codes(place[1]))]
    return coded or [place for place in named if not (told and _codes(place[1]))][:1]


def _compare(loop: LoopRule, rule: SegmentRule, fact: Fact, *, alone: bool) -> Iterator[tuple[str, str, str, str]]:
    opens = loop.children[0] is rule and loop.parent is not None
    yield "", "usage", usage(loop, rule), fact.usage
    if alone:
        yield "", "repeat", str(1 if opens else rule.repeat), fact.repeat
    if opens:
        yield "", "loop repeat", str(loop.repeat), fact.loop_repeat
    yield from _compare_elements("", rule.elements, _split(fact.elements))


def _compare_elements(
    prefix: str, rules: tuple[ElementRule, ...], told: list[str]
) -> Iterator[tuple[str, str, str, str]]:
    for number, said in enumerate(told, start=1):
        rule = rules[number - 1] if number <= len(rules) else None
        element = f"{prefix}{number:02}"
        ours = usage_of_element(rule)
        word, _, inner = said.partition("(")
        letter, _, greatest = word.partition("<")
        if letter == "O":
            letter = "" if ours != "R" else "S"
        yield element, "usage", ours, letter
        if rule and rule.data and greatest:
            yield element, "greatest", str(rule.data.greatest), greatest
        if rule and rule.components and inner and not prefix:
            yield from _compare_elements(f"{element}-", rule.components, inner.rstrip(")").split())


def _split(elements: str) -> list[str]:
    """The elements of a line: what stands in brackets belongs to the one before."""
    told: list[str] = []
    for part in elements.split():
        if told and told[-1].count("(") > told[-1].count(")"):
            told[-1] += f" {part}"
        else:
            told.append(part)
    return told
