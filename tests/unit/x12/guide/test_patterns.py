"""The patterns are written to be quick; here they are held against what they mean."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from libs.x12.elements import DataElement
from libs.x12.explain import explain_segment
from libs.x12.guide import ELEMENT, Guide, value_pattern

NOTES = ("/P0304", "/R0203", "/E0207", "/C0705", "/L050607", "/C0605", "/L080910", "/C0908", "/P0708")


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.text("0123456789.-", max_size=12), st.integers(1, 3), st.integers(0, 7))
def test_a_number_has_as_many_digits_as_its_element_allows(text: str, least: int, more: int) -> None:
    data = DataElement("0", "R", least, least + more, "number")
    meant = re.fullmatch(r"-?(?:[0-9]+|[0-9]*\.[0-9]+)", text) and least <= sum(map(str.isdigit, text)) <= least + more

    assert bool(re.fullmatch(value_pattern(data), text)) == bool(meant)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(
    st.lists(st.sampled_from(NOTES), min_size=1, max_size=5, unique=True),
    st.lists(st.sampled_from(["", "1"]), min_size=0, max_size=10),
)
def test_relations_are_matched_as_they_are_explained(notes: list[str], values: list[str]) -> None:
    elements = " ".join(["?350"] * 10)
    guide = Guide("X", "999", "FA", f"ST R 1 10 !143=999 : Header\nXYZ S n 20 {elements} {' '.join(notes)} : Segment\n")
    rule = next(guide.rules("XYZ"))
    while values and not values[-1]:
        values.pop()
    segment = ELEMENT.join(["XYZ", *values])

    broken = [finding.code for finding in explain_segment(rule, segment, 2)]
    assert (rule.match(segment) is None) == (broken != ["segment-malformed"])
