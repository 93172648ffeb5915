"""Who may be looked for, what is told, and the questions that show that a person asks."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

import pytest

from services.eligibility.look_up.domain import (
    RULES,
    HumanCheck,
    Person,
    Wanted,
    human_check,
    is_wanted,
    may_be_told,
    ssn_fault,
    standing,
)
from tools.walk.eligibility import answer_to

TODAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)
WANTED = Wanted("Mary Ann", "O'Brindle-Moor", date(1943, 3, 30), "123001234")
# The digest of each text that was ever shown under a version. A text that changes gets a new version and a new line.
SHOWN = {"2026-12": "d8d6eebf3a9e7867c39b52940ebf044d96d61a159e7c84372a1f8d7cfb041593"}


def person(**changes: object) -> Person:
    facts = {
        "mbi": "1EG4TE5MK73",
        "first_name": "MARY ANN",
        "last_name": "OBRINDLE MOOR",
        "birth_date": date(1943, 3, 30),
    }
    return Person(**(facts | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("ssn", ["001010001", "665999999", "667010001", "899010001", "123001234"])
def test_what_can_be_an_ssn_or_is_of_an_invented_person_passes(ssn: str) -> None:
    assert ssn_fault(ssn) == ""


@pytest.mark.parametrize("ssn", ["000010001", "666010001", "900010001", "987654321", "12345678", "12345678A", ""])
def test_what_cannot_be_an_ssn_is_named_without_a_digit_of_it(ssn: str) -> None:
    said = ssn_fault(ssn)
    assert said.endswith(".")
    assert not ssn or ssn not in said


def test_an_ssn_is_not_printed_with_who_is_wanted() -> None:
    assert WANTED.ssn not in f"{WANTED!r} {WANTED}"


@pytest.mark.parametrize(
    ("changes", "theirs"),
    [
        ({}, True),
        ({"first_name": "MARY"}, False),
        ({"last_name": "BRINDLE"}, False),
        ({"birth_date": date(1943, 3, 31)}, False),
    ],
)
def test_an_answer_is_about_who_was_wanted_whatever_stands_between_letters(
    changes: dict[str, object], *, theirs: bool
) -> None:
    assert is_wanted(WANTED, person(**changes)) is theirs


@pytest.mark.parametrize(
    ("died_on", "told"),
    [(None, True), (date(2026, 11, 29), True), (date(2022, 11, 30), True), (date(2022, 11, 29), False)],
)
def test_a_number_is_told_up_to_four_years_after_death(died_on: date | None, *, told: bool) -> None:
    assert may_be_told(person(died_on=died_on), TODAY, years_after_death=4) is told


def checks() -> list[HumanCheck]:
    draw = Random(7)
    return [human_check(UUID(int=draw.getrandbits(128))) for _ in range(2_000)]


def test_every_question_can_be_answered_by_reading_it_and_there_are_many() -> None:
    asked = checks()
    assert [each.question for each in asked if not each.takes(f" {answer_to(each.question).upper()}. ")] == []
    assert len({each.question for each in asked}) > 500
    kinds = {each.question.split(" ")[1] for each in asked}
    assert kinds == {"is", "of"}


def test_no_answer_fits_many_questions() -> None:
    asked = checks()
    answers = [answer for each in asked for answer in each.answers]
    most = max(answers.count(answer) for answer in set(answers))
    assert most < len(asked) / 4
    assert not any(each.takes("") or each.takes("yes") for each in asked)


def test_the_same_id_asks_the_same_question() -> None:
    identity = UUID(int=Random(3).getrandbits(128))
    assert human_check(identity) == human_check(identity)


def test_a_text_never_changes_under_its_version() -> None:
    assert RULES.digest == SHOWN[RULES.version]


@pytest.mark.parametrize(
    ("state", "age", "claimed", "words"),
    [
        ("found", 1, False, "No claim yet"),
        ("found", 30, False, "No claim yet"),
        ("found", 31, False, "No claim after 30 days"),
        ("found", 31, True, "Claim received"),
        ("not-found", 31, False, "No number shown"),
        ("no-answer", 0, False, "No answer"),
        ("unreadable", 0, False, "No answer"),
        ("pending", 0, False, "Under way"),
    ],
)
def test_how_a_look_up_stands_against_claims(state: str, age: int, words: str, *, claimed: bool) -> None:
    made = NOW - timedelta(days=age)
    assert standing(state, made, NOW if claimed else None, NOW, days=30).words == words
