import pytest

from services.appeals.review.domain import RATIONALE_LENGTH, LineDecision, decision_faults, outcome_of

GOOD = LineDecision(favorable=True, rationale="The notes show it.")


@pytest.mark.parametrize(
    ("favorable", "outcome"),
    [
        ([True, True], "favorable"),
        ([True, False], "partially-favorable"),
        ([False], "unfavorable"),
    ],
)
def test_the_outcome_is_that_of_all_lines_together(favorable: list[bool], outcome: str) -> None:
    assert outcome_of(favorable) == outcome


@pytest.mark.parametrize(
    ("one", "fields"),
    [
        (GOOD, []),
        (LineDecision(favorable=None, rationale="The notes show it."), ["decision_2"]),
        (LineDecision(favorable=False, rationale=""), ["rationale_2"]),
        (LineDecision(favorable=True, rationale="x" * (RATIONALE_LENGTH + 1)), ["rationale_2"]),
    ],
)
def test_each_line_needs_a_decision_and_its_rationale(one: LineDecision, fields: list[str]) -> None:
    assert [fault.field for fault in decision_faults({1: GOOD, 2: one}, [1, 2])] == fields


def test_a_line_that_was_left_out_is_missed() -> None:
    assert [fault.field for fault in decision_faults({1: GOOD}, [1, 2])] == ["decision_2", "rationale_2"]
