from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.eligibility.item_history.domain import (
    CERTIFICATES,
    ITEMS,
    Question,
    is_miss,
    modifiers_of,
    question_faults,
    refusals,
)

TODAY = date(2026, 11, 23)
QUESTION = Question("1EG4TE5MK73", "Ashgrove", "", date(1940, 5, 1), "E0601", ("NU",))


def faults(**changes: Any) -> dict[str, str]:
    return question_faults(replace(QUESTION, **changes), TODAY, ITEMS)


def test_a_whole_question_may_be_asked() -> None:
    assert faults() == {}
    assert faults(first_name="Aldora", birth_date=None, modifiers=()) == {}


@pytest.mark.parametrize(
    ("procedure", "correction"),
    [
        ("", "Enter the HCPCS code"),
        ("99213", "is a CPT code"),
        ("0042T", "is a CPT code"),
        ("J3420", "no code of equipment: those begin with A, B, E, K or L"),
        ("V2020", "no code of equipment"),
        ("E601", "one letter and four digits"),
        ("E06O1", "one letter and four digits"),
        ("E0601NU", "Modifiers have a field of their own"),
        ("E\u0660\u0666\u0660\u0661", "one letter and four digits"),
    ],
)
def test_a_code_that_is_none_of_equipment_is_told_by_what_it_is(procedure: str, correction: str) -> None:
    assert correction in faults(procedure=procedure)["procedure"]


def test_certificates_are_asked_with_a_code_or_without() -> None:
    assert question_faults(replace(QUESTION, procedure="", modifiers=()), TODAY, CERTIFICATES) == {}
    assert "CPT" in question_faults(replace(QUESTION, procedure="99213"), TODAY, CERTIFICATES)["procedure"]


@pytest.mark.parametrize(
    ("typed", "modifiers"),
    [("nu rt", ("NU", "RT")), ("NU,RT", ("NU", "RT")), (" nu - rt ", ("NU", "RT")), ("", ()), ("NURT", ("NURT",))],
)
def test_modifiers_are_read_however_they_are_set_apart(typed: str, modifiers: tuple[str, ...]) -> None:
    assert modifiers_of(typed) == modifiers


@pytest.mark.parametrize(
    ("typed", "correction"),
    [
        ("NURT", "Each modifier has two letters or digits"),
        ("N", "Each modifier has two"),
        ("NU RT KX GA EY", "at most 4 modifiers; these are 5"),
        ("NU RR", "NU and RR exclude each other"),
    ],
)
def test_modifiers_that_cannot_be_are_told(typed: str, correction: str) -> None:
    assert correction in faults(modifiers=modifiers_of(typed))["modifiers"]


@pytest.mark.parametrize(
    ("changes", "field", "correction"),
    [
        ({"mbi": "1SG4TE5MK73"}, "mbi", "Position 2"),
        ({"mbi": "1EG4"}, "mbi", "this one has 4"),
        ({"last_name": ""}, "last_name", "Enter the last name."),
        ({"birth_date": None}, "first_name", "one of them shows that it is the right patient"),
        ({"birth_date": date(2026, 11, 24)}, "birth_date", "in the future"),
        ({"birth_date": date(1890, 1, 1)}, "birth_date", "130 years"),
    ],
)
def test_a_patient_who_is_not_named_whole_is_told_field_by_field(
    changes: dict[str, Any], field: str, correction: str
) -> None:
    assert correction in faults(**changes)[field]


def test_why_a_question_could_not_be_answered_is_said_with_what_to_do() -> None:
    assert [each.code for each in refusals(("patient-differs", "last_name", "birth_date"), QUESTION)] == [
        "last_name",
        "birth_date",
    ]
    [unknown] = refusals(("procedure-unknown",), QUESTION)
    assert "E0601" in unknown.sentence
    assert unknown.remedy
    assert [is_miss((code,)) for code in ("patient-differs", "patient-unknown", "procedure-unknown")] == [
        True,
        True,
        False,
    ]
