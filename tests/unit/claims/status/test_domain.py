from datetime import date, timedelta

import pytest

from libs.x12.code_sets import CODE_SETS
from services.claims.status.domain import (
    CATEGORY_STATES,
    FINAL_STATES,
    STATES,
    choices_of,
    state_of,
    what_next,
)

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("category", "state"),
    [
        *(("A0", "accepted"), ("A1", "accepted"), ("A2", "accepted"), ("A5", "split")),
        # X12 RFI 2203 and 1942: these refuse a claim.
        *(("A3", "returned"), ("A6", "returned"), ("A7", "returned"), ("A8", "returned")),
        # They say nothing of the claim: it was not found, or the system is down.
        *(("A4", None), ("D0", None), ("E0", None), ("E1", None), ("E2", None), ("E3", None), ("E4", None)),
        ("X0", None),
        *(("P0", "in-process"), ("P1", "in-process"), ("P2", "in-process"), ("P3", "information-requested")),
        *(("P4", "in-process"), ("P5", "in-process")),
        *(("F0", "finalized"), ("F1", "paid"), ("F2", "denied"), ("F3", "adjusted"), ("F3F", "adjusted")),
        *(("F3N", "adjusted"), ("F4", "finalized"), ("F5", "finalized")),
        *((f"R{number}", "information-requested") for number in (0, 1, *range(3, 18))),
        ("RQ", "information-requested"),
        # Categories our list does not have count by their first letter.
        *(("P9", "in-process"), ("F9", "finalized"), ("R99", "information-requested"), ("A9", None), ("Z9", None)),
        ("", None),
    ],
)
def test_each_category_stands_for_one_state(category: str, state: str | None) -> None:
    assert state_of(category) == state


def test_every_category_of_the_list_is_decided_on() -> None:
    """Code source 507; a new one fails here until somebody says what it means for a claim."""
    assert CATEGORY_STATES.keys() == {each.code for each in CODE_SETS["claim_status_cat"].codes}
    assert {state for state in CATEGORY_STATES.values() if state} <= STATES.keys()


def test_every_final_category_is_final_and_no_other() -> None:
    final = {category for category, state in CATEGORY_STATES.items() if state in FINAL_STATES}

    assert final == {category for category in CATEGORY_STATES if category.startswith("F")}


def test_a_split_claim_is_not_sent_again() -> None:
    assert choices_of("split", None, TODAY) == ()
    assert "Do not send the claim again" in what_next("split", None, TODAY)


def test_records_are_due_45_days_after_the_request() -> None:
    # Medicare Program Integrity Manual, chapter 3, 3.2.3.2.
    assert "01/07/2027" in what_next("information-requested", None, TODAY, date(2026, 11, 23))


@pytest.mark.parametrize("state", ["not-accepted", "returned"])
def test_what_was_not_accepted_is_sent_again_and_never_appealed(state: str) -> None:
    assert choices_of(state, None, TODAY) == ("correct-and-resubmit",)
    assert "no appeal rights" in what_next(state, None, TODAY)


@pytest.mark.parametrize("state", ["paid", "denied", "finalized", "adjusted"])
def test_of_a_decided_claim_the_way_to_its_appeal_rights_is_shown(state: str) -> None:
    assert "appeal-rights" in choices_of(state, None, TODAY)


@pytest.mark.parametrize("state", ["accepted", "in-process", "information-requested"])
def test_what_is_not_decided_has_no_appeal_rights(state: str) -> None:
    assert "appeal-rights" not in choices_of(state, None, TODAY)


def test_nothing_is_to_be_seen_or_appealed_before_the_payment_floor_has_passed() -> None:
    assert choices_of("paid", TODAY + timedelta(days=1), TODAY) == ()
    assert choices_of("paid", TODAY, TODAY) == ("appeal-rights", "see-remittance")
    assert choices_of("denied", None, TODAY) == ("appeal-rights", "see-remittance")


def test_every_state_has_words() -> None:
    assert all(what_next(state, None, TODAY) for state in STATES)


@pytest.mark.parametrize(("days", "waits"), [(-1, False), (0, False), (1, True)])
def test_a_payment_is_expected_until_its_day(days: int, waits: bool) -> None:
    pays_on = TODAY + timedelta(days=days)
    assert (f"{pays_on:%m/%d/%Y}" in what_next("paid", pays_on, TODAY)) is waits
