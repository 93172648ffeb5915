"""Where public grammars disagree about usage, the tables say what was settled (`libs/x12/guides/settled.csv`)."""

import csv
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import pytest

from libs.x12 import guides
from libs.x12.guide import ElementRule, Guide, LoopRule, SegmentRule

USAGES = {"R", "S", "N"}


class Settled(NamedTuple):
    """One line of the table; `element` is `03`, `04-02` for a component, or nothing for the segment itself."""

    guide: str
    loop: str
    segment: str
    qualifier: str
    element: str
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


def places(loop: LoopRule) -> Iterator[tuple[LoopRule, SegmentRule]]:
    for child in loop.children:
        if isinstance(child, LoopRule):
            yield from places(child)
        else:
            yield loop, child


def usage(table: Guide, row: Settled) -> set[str]:
    """What the table says of the place, in each of the loops of that name."""
    found = [
        (loop, rule)
        for loop, rule in places(table.root)
        if (rule.loop, rule.identifier) == (row.loop, row.segment) and _is_meant(rule, row.qualifier)
    ]
    return {_usage(loop, rule, row.element) for loop, rule in found}


def _is_meant(rule: SegmentRule, qualifier: str) -> bool:
    first = rule.elements[0]
    return qualifier in {rule.first_qualifier, *(first.components[0].codes[:1] if first.components else ())}


def _usage(loop: LoopRule, rule: SegmentRule, element: str) -> str:
    if not element:
        opens = loop.children[0] is rule and loop.parent is not None
        return "R" if (loop.required if opens else rule.required) else "S"
    place: ElementRule | None = None
    within = rule.elements
    for number in map(int, element.split("-")):
        place = within[number - 1] if number <= len(within) else None
        within = place.components if place else ()
    if place is None or not place.used:
        return "N"
    return "R" if place.required else "S"


@pytest.mark.parametrize("row", SETTLED, ids=lambda row: f"{row.guide} {row.loop} {row.segment}{row.element}")
def test_the_tables_hold_what_was_settled(row: Settled) -> None:
    table = import_module(f"libs.x12.guides.{row.guide}").GUIDE

    assert usage(table, row) == {row.settled}


def test_each_line_settles_a_difference_with_a_reason() -> None:
    assert SETTLED
    for row in SETTLED:
        assert {row.ours, row.other} <= USAGES, row
        assert row.settled in {row.ours, row.other}, row
        assert row.ours != row.other, row
        assert row.reason, row


def test_no_difference_is_settled_twice() -> None:
    where = [row[:5] for row in SETTLED]

    assert len(set(where)) == len(where)
