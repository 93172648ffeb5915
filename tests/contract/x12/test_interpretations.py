"""Every answer X12 gave to a request for interpretation that asks something of Portico, held by number."""

from importlib import import_module

import pytest

from tests.support.x12_interpretations import ANSWERS, NOT_OURS, Interpretation

for module in ("claims", "remittances", "eligibility", "claim_status", "envelopes", "reviews"):
    import_module(f"tests.support.x12_interpretations.{module}")


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: f"{answer.number} {answer.behavior}")
def test_an_answer_of_x12_holds(answer: Interpretation) -> None:
    answer.holds()


def test_an_answer_is_held_or_left_alone_never_both() -> None:
    assert not {answer.number for answer in ANSWERS} & NOT_OURS.keys()
