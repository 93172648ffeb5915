"""Where public grammars disagree, the tables say what was settled (`libs/x12/guides/settled.csv`), and nothing else."""

import csv
from pathlib import Path
from typing import NamedTuple

import pytest

from libs.x12 import guides
from libs.x12.elements import DATA_ELEMENTS
from libs.x12.guide import ElementRule, Guide, LoopRule, SegmentRule
from tests.support.x12_grammars import (
    Difference,
    differences,
    grammars,
    lengths,
    places,
    qualifier_of,
    table_of,
    usage,
    usage_of_element,
)


class Settled(NamedTuple):
    """One line of the table; `element` is `03`, `04-02` for a component, or nothing for the segment itself."""

    guide: str
    loop: str
    segment: str
    qualifier: str
    element: str
    what: str
    ours: str
    other: str
    grammar: str
    settled: str
    reason: str


def read() -> list[Settled]:
    text = (Path(guides.__file__).parent / "settled.csv").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return [Settled(*row) for row in csv.reader(lines)][1:]


SETTLED = read()
# A segment that ours does not have is not there to be found.
OF_PLACES = [row for row in SETTLED if row.guide != "elements" and (row.element or row.settled != "N")]


def said(table: Guide, row: Settled) -> set[str]:
    """What the table says of the place, in each of the loops of that name."""
    found = [
        (loop, rule)
        for loop, rule in places(table)
        if (rule.loop, rule.identifier, qualifier_of(rule)) == (row.loop, row.segment, row.qualifier)
    ]
    return {_said(loop, rule, row) for loop, rule in found}


def _said(loop: LoopRule, rule: SegmentRule, row: Settled) -> str:
    if row.what == "repeat":
        return str(1 if loop.children[0] is rule and loop.parent else rule.repeat)
    if row.what == "loop repeat":
        return str(loop.repeat)
    if not row.element:
        return usage(loop, rule)
    place: ElementRule | None = None
    within = rule.elements
    for number in map(int, row.element.split("-")):
        place = within[number - 1] if number <= len(within) else None
        within = place.components if place else ()
    if row.what == "greatest":
        return str(place.data.greatest) if place and place.data else ""
    return usage_of_element(place)


@pytest.mark.parametrize(
    "row", OF_PLACES, ids=lambda row: f"{row.guide} {row.loop} {row.segment}{row.element} {row.what}"
)
def test_the_tables_hold_what_was_settled(row: Settled) -> None:
    assert said(table_of(row.guide), row) == {row.settled}


@pytest.mark.parametrize(("guide", "grammar"), grammars())
def test_every_difference_to_another_grammar_is_settled(guide: str, grammar: str) -> None:
    rows = (row for row in SETTLED if (row.guide, row.grammar) == (guide, grammar))
    settled = {Difference(*row[:9]) for row in rows if row.settled == row.ours}
    found = set(differences(guide, grammar))

    assert found - settled == set(), "settle these in libs/x12/guides/settled.csv, or change the table"
    assert settled - found == set(), "these are no differences any more: take them out of libs/x12/guides/settled.csv"


def test_every_data_element_of_another_length_is_settled() -> None:
    rows = [row for row in SETTLED if row.guide == "elements"]

    assert {(row.element, row.ours, row.other) for row in rows} == set(lengths())
    for row in rows:
        element = DATA_ELEMENTS[row.element]
        assert row.settled == f"{element.least}-{element.greatest}"


def test_each_line_settles_a_difference_with_a_reason() -> None:
    assert SETTLED
    for row in SETTLED:
        assert row.settled in {row.ours, row.other}, row
        assert row.ours != row.other, row
        assert row.reason, row


def test_no_difference_is_settled_twice() -> None:
    where = [row[:6] for row in SETTLED]

    assert len(set(where)) == len(where)


def test_every_guide_but_one_has_a_second_grammar() -> None:
    tables = {path.stem for path in Path(guides.__file__).parent.glob("*.py")} - {"__init__"}

    assert tables - {guide for guide, _ in grammars()} == {"additional_information"}
