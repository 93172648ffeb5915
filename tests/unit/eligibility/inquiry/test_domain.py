from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.mbi import POSITIONS, is_valid_mbi
from services.eligibility.hets.domain import Benefit, grouped
from services.eligibility.inquiry.domain import moved, number_fault, question_faults
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


@pytest.mark.parametrize(
    ("code", "insurance_type", "service_type", "heading"),
    [
        ("1", "MA", "30", "Part A and Part B"),
        ("R", "12", "30", "Other insurance that pays first"),
        ("R", "HN", "30", "Medicare Advantage"),
        ("R", "OT", "88", "Part D"),
        ("C", "MB", "96", "Deductibles and what is left"),
        ("X", "MA", "45", "Hospice, home health and kidney disease"),
    ],
)
def test_where_a_benefit_stands(code: str, insurance_type: str, service_type: str, heading: str) -> None:
    benefit = Benefit(code, "", "", insurance_type, "", "")
    assert list(grouped([(benefit, service_type)])) == [heading]
