from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from libs.x12.remittance.outcomes import Outcome
from services.remittance.advice.domain import (
    OUTCOMES,
    Told,
    outcome_words,
    replaces,
)


def test_every_outcome_has_words() -> None:
    assert set(OUTCOMES) == set(Outcome.__args__)


def test_a_new_decision_is_promised_only_when_there_is_one() -> None:
    _, _, alone = outcome_words("reversed", "22")
    _, _, followed = outcome_words("reversed", "22", corrected=True)
    assert "no new decision has come" in alone
    assert "replaces it" in followed


def test_a_denial_under_the_status_of_an_unknown_patient_says_both() -> None:
    kind, words, meaning = outcome_words("denied", "4")
    assert (kind, words) == ("bad", "Denied")
    assert "does not know the patient" in meaning


DAY = date(2026, 11, 20)
FIRST = Told(UUID(int=1), 1, "ICN1", "", 1, "paid", DAY)
REVERSAL = Told(UUID(int=2), 1, "ICN1", "", 2, "reversed", DAY + timedelta(days=1))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"sequence": 3}, (True, True)),
        ({"sequence": 3, "outcome": "reversed"}, (False, False)),
        ({"internal_control_number": "ICN2", "original_control_number": "ICN1"}, (True, True)),
        ({"internal_control_number": "ICN2", "original_control_number": "ICN1", "issued_on": DAY}, (True, False)),
        ({"internal_control_number": "ICN2", "original_control_number": "ICN9"}, (False, False)),
        ({"internal_control_number": "ICN2"}, (False, False)),
    ],
)
def test_what_a_decision_replaces(changed: dict[str, Any], expected: tuple[bool, bool]) -> None:
    decision = replace(Told(UUID(int=3), 1, "ICN1", "", 1, "paid", DAY + timedelta(days=2)), **changed)
    assert (replaces(decision, FIRST), replaces(decision, REVERSAL)) == expected


def test_neither_of_two_claims_that_came_of_one_replaces_the_other() -> None:
    split = [Told(UUID(int=3), number, f"ICN{number}", "ICN1", 1, "paid", DAY + timedelta(days=2)) for number in (2, 3)]
    assert not replaces(split[0], split[1])
    assert not replaces(split[1], split[0])
    assert all(replaces(each, REVERSAL) for each in split)
