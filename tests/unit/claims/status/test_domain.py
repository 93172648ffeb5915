from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.claims.status.domain import STATES, choices_of, patient_of, patient_text, state_of, what_next

TODAY = date(2026, 11, 23)


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
        ("F3", "adjusted"),
        ("F4", "finalized"),
        ("Z9", "in-process"),
    ],
)
def test_each_category_stands_for_one_state(category: str, state: str) -> None:
    assert state_of(category) == state


@pytest.mark.parametrize("state", ["not-accepted", "returned"])
def test_what_was_not_accepted_is_sent_again_and_never_appealed(state: str) -> None:
    assert choices_of(state) == ("correct-and-resubmit",)
    assert "no appeal rights" in what_next(state, None, TODAY)


@pytest.mark.parametrize("state", ["paid", "denied", "finalized", "adjusted"])
def test_of_a_decided_claim_the_way_to_its_appeal_rights_is_shown(state: str) -> None:
    assert "appeal-rights" in choices_of(state)


@pytest.mark.parametrize("state", ["accepted", "in-process", "information-requested"])
def test_what_is_not_decided_has_no_appeal_rights(state: str) -> None:
    assert "appeal-rights" not in choices_of(state)


def test_every_state_has_words() -> None:
    assert all(what_next(state, None, TODAY) for state in STATES)


@pytest.mark.parametrize(("days", "waits"), [(-1, False), (0, False), (1, True)])
def test_a_payment_is_expected_until_its_day(days: int, waits: bool) -> None:
    pays_on = TODAY + timedelta(days=days)
    assert (f"{pays_on:%m/%d/%Y}" in what_next("paid", pays_on, TODAY)) is waits


@given(st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=126)), min_size=5, max_size=5))
def test_what_is_sealed_of_a_patient_comes_back(facts: list[str]) -> None:
    patient = patient_of(patient_text(*facts))
    assert [patient.mbi, patient.last_name, patient.first_name, patient.birth_date, patient.sex] == facts
