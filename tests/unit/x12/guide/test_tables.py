"""A table that cannot be read says what to correct, and where: it would stop everybody who imports the engine."""

import pytest

from libs.x12.guide import Guide

HEADER = "ST R 1 10 !143=999 : Header\n"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "XYZ S 1 20 !350 !4711 : Segment",
            "data element 4711 is not in the dictionary: add its line to libs/x12/elem",
        ),
        ("XYZ S 1 20 !350 ?C001(!350 ?4711) : Segment", "data element 4711 is not in the dictionary"),
        (
            "XYZ S 1 20 !350@nothing : Segment",
            "there is no code set nothing: its table is missing in libs/x12/code_sets/",
        ),
        ("XYZ X 1 20 !350 : Segment", "this is no line of a guide table"),
        ("@9999", "there is no loop 9999 above to draw again"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_with_what_to_correct(line: str, expected: str) -> None:
    with pytest.raises(ValueError, match=r"guide 005010X999, ") as caught:
        Guide("005010X999", "999", "FA", f"{HEADER}{line}\n")

    assert expected in str(caught.value)
    assert line[:40] in str(caught.value)
