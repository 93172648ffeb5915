"""What a vendor may ask for, and what a provider signs."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.auth.access.domain import SCOPE
from services.auth.billers.domain import Terms, digest_of_letter, faults_of, letter

TODAY = date(2026, 11, 30)
TERMS = Terms(("F-07", "F-08"), "SUB00009", TODAY, TODAY + timedelta(days=365))


def faults(terms: Terms) -> set[str]:
    return set(faults_of(terms, offered=SCOPE, today=TODAY))


def test_functions_an_id_and_days_to_come_are_enough() -> None:
    assert faults(TERMS) == set()
    assert faults(replace(TERMS, ends=None)) == set()
    assert faults(replace(TERMS, ends=TODAY)) == set()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"functions": ()}, "functions"),
        ({"functions": ("F-07", "F-19")}, "functions"),
        ({"functions": ("no code",)}, "functions"),
        ({"submitter": ""}, "submitter"),
        ({"submitter": "1"}, "submitter"),
        ({"submitter": "SUB 0009"}, "submitter"),
        ({"submitter": "S" * 16}, "submitter"),
        ({"effective": TODAY - timedelta(days=1)}, "effective"),
        ({"ends": TODAY - timedelta(days=1)}, "ends"),
        ({"effective": TODAY + timedelta(days=9), "ends": TODAY + timedelta(days=8)}, "ends"),
    ],
)
def test_everything_else_is_named_by_its_field(change: dict[str, object], field: str) -> None:
    assert faults(replace(TERMS, **change)) == {field}


def test_a_function_that_the_contract_does_not_have_cannot_be_given() -> None:
    assert "functions" in faults_of(TERMS, offered={"F-07"}, today=TODAY)


def test_the_letter_names_both_sides_each_function_the_id_and_the_days() -> None:
    text = " ".join(letter("Riverside Clinic", "Billing Agency", TERMS))
    for words in ("Riverside Clinic", "Billing Agency", "SUB00009", "11/30/2026 until 11/30/2027", *TERMS.names):
        assert words in text
    assert "until it is ended" in " ".join(letter("A", "B", replace(TERMS, ends=None)))


def test_another_word_or_another_name_is_another_signature() -> None:
    paragraphs = letter("A", "B", TERMS)
    narrower = letter("A", "B", replace(TERMS, functions=("F-07",)))
    digests = {
        digest_of_letter(paragraphs, "J. Doe"),
        digest_of_letter(paragraphs, "K. Doe"),
        digest_of_letter(narrower, "J. Doe"),
    }
    assert len(digests) == 3
