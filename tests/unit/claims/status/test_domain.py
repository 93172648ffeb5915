from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.claims.status.domain import STATES, choices_of, patient_of, patient_text, state_of, what_next

FINALIZED = date(2026, 11, 19)


@pytest.mark.parametrize(
    ("category", "state"),
    [
        ("A1", "accepted"),
        ("A2", "accepted"),
        ("A3", "returned"),
        ("A7", "returned"),
        ("P1", "in-process"),
        ("P3", "information-requested"),
        ("R4", "information-requested"),
        ("F1", "paid"),
        ("F2", "denied"),
        ("F4", "finalized"),
        ("Z9", "in-process"),
    ],
)
def test_each_category_stands_for_one_state(category: str, state: str) -> None:
    assert state_of(category) == state


@pytest.mark.parametrize("state", ["not-accepted", "returned"])
def test_what_was_not_accepted_is_sent_again_and_never_appealed(state: str) -> None:
    kinds = [choice.kind for choice in choices_of(state, None, FINALIZED)]
    assert kinds == ["correct-and-resubmit"]
    assert "no appeal rights" in what_next(state)


def test_the_last_day_of_an_appeal_is_the_125th_after_the_notice() -> None:
    last = FINALIZED + timedelta(days=125)
    assert choices_of("denied", FINALIZED, last)[0].kind == "appeal"
    assert choices_of("denied", FINALIZED, last)[0].until == last
    assert choices_of("denied", FINALIZED, last + timedelta(days=1))[0].kind == "appeal-late"


def test_every_state_has_words() -> None:
    assert all(what_next(state) for state in STATES)


@given(st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=126)), min_size=5, max_size=5))
def test_what_is_sealed_of_a_patient_comes_back(facts: list[str]) -> None:
    patient = patient_of(patient_text(*facts))
    assert [patient.mbi, patient.last_name, patient.first_name, patient.birth_date, patient.sex] == facts
