from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.mbi import POSITIONS, is_valid_mbi
from services.eligibility.entitlement.domain import Person
from services.eligibility.inquiry.domain import (
    Correction,
    corrections,
    moved,
    number_fault,
    question_faults,
)
from tests.support.eligibility import question
from tests.support.portico import MORNING

TODAY = MORNING.date()


def faults(**changes: object) -> list[str]:
    return sorted(question_faults(question(**changes), TODAY, years_back=4, months_ahead=4))


@given(st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=0, max_size=13))
def test_a_number_has_a_fault_exactly_when_it_is_no_medicare_number(text: str) -> None:
    assert (number_fault(text) == "") == is_valid_mbi(text)


@pytest.mark.parametrize("place", range(11))
def test_the_position_is_named(place: int) -> None:
    right = "1EG4TE5MK73"
    wrong = next(each for each in "SA0" if each not in POSITIONS[place])
    assert f"Position {place + 1} " in number_fault(right[:place] + wrong + right[place + 1 :])


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"birth_date": None, "first_name": "Aldora"}, []),
        ({"birth_date": None}, ["first_name"]),
        ({"last_name": ""}, ["last_name"]),
        ({"mbi": "1EG4", "last_name": "", "birth_date": None}, ["first_name", "last_name", "mbi"]),
        ({"birth_date": date(2026, 11, 24)}, ["birth_date"]),
        ({"birth_date": date(1890, 1, 1)}, ["birth_date"]),
        ({"service_from": date(2022, 11, 23)}, []),
        ({"service_from": date(2022, 11, 22)}, ["service_from"]),
        ({"service_to": date(2027, 3, 23)}, []),
        ({"service_to": date(2027, 3, 24)}, ["service_to"]),
        ({"service_to": date(2026, 11, 22)}, ["service_to"]),
    ],
)
def test_what_is_wrong_with_a_question(changes: dict[str, object], found: list[str]) -> None:
    assert faults(**changes) == found


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 10, 31), 4, date(2027, 2, 28)),
        (date(2028, 2, 29), -48, date(2024, 2, 29)),
        (date(2026, 11, 30), -48, date(2022, 11, 30)),
        (date(2026, 1, 31), -1, date(2025, 12, 31)),
    ],
)
def test_days_move_by_months(day: date, months: int, expected: date) -> None:
    assert moved(day, months=months) == expected


def test_corrected_data_are_shown_beside_what_was_asked() -> None:
    # INS03 001 and INS04 25 of the 271: the payer has other data; another case of letters is none (X12 RFI 951).
    known = Person("1EG4TE5MK73", "BRIARWOOD", "ALDORA", date(1936, 1, 11), "F", "", corrected=True)
    asked = question(mbi="1EG4TE5MK73", last_name="Ashgrove", first_name="Aldora", birth_date=date(1936, 1, 10))
    assert corrections(asked, known) == (
        Correction("Last name", "Ashgrove", "BRIARWOOD"),
        Correction("Birth date", "01/10/1936", "01/11/1936"),
    )
    assert corrections(asked, replace(known, corrected=False)) == ()
