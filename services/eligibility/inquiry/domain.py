"""What may be asked, before HETS is asked, and what the outcome is called.

The form of a Medicare number; days HETS answers for, 4 years back to 4 months ahead (HETS 270/271 companion guide).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from libs.common.mbi import POSITIONS
from services.eligibility.entitlement.domain import Person
from services.eligibility.hets.domain import (
    ANSWERED,
    BUSY,
    INTERCHANGE_REFUSED,
    NO_ANSWER,
    REFUSED,
    RESTS,
    SYNTAX_REFUSED,
    UNREADABLE,
    Question,
)

MEDICARE_NUMBER_LENGTH = len(POSITIONS)
PENDING = "pending"
_OLDEST_YEARS = 130
# AAA03: birth date or name do not match what HETS has. Other refusals tell nothing about the patient.
_MISMATCHES = frozenset({"58", "71", "73"})


@dataclass(frozen=True, slots=True)
class StateWords:
    """How an inquiry stands, in words: `kind` of status, what it is called, what happened, and what to do."""

    kind: Literal["waiting", "good", "warning", "bad"]
    words: str
    sentence: str
    remedy: str


STATE_WORDS = {
    PENDING: StateWords("waiting", "Being asked", "HETS is being asked.", "Open this page again in a few seconds."),
    ANSWERED: StateWords("good", "Answered", "HETS answered.", "Answers are kept for a short time only. Ask again."),
    REFUSED: StateWords("warning", "No match", "HETS did not find the patient with these details.", "Ask again."),
    UNREADABLE: StateWords(
        "bad",
        "Answer not usable",
        "HETS sent an answer that is not about this question or cannot be read. Nothing of it was kept.",
        "Ask again. If it happens twice, call the help desk.",
    ),
    NO_ANSWER: StateWords(
        "bad",
        "No answer from HETS",
        "HETS, the eligibility system of CMS, did not answer.",
        "Ask again in a few minutes. Claims, remittances and appeals work.",
    ),
}

_SYNTAX_REMEDY = "Asking again changes nothing. Call the help desk and give your reference."
# The reasons (`hets/domain.py`) that people do something else about than their state says.
_REASON_WORDS = {
    BUSY: StateWords(
        "warning",
        "Not sent to HETS",
        "More questions wait for HETS than can be sent at once, so yours was not sent.",
        "Ask again in a few seconds.",
    ),
    RESTS: StateWords(
        "bad",
        "No answer from HETS",
        "HETS, the eligibility system of CMS, did not answer the last questions, so yours was not sent.",
        "Ask again in a minute. Claims, remittances and appeals work.",
    ),
    SYNTAX_REFUSED: StateWords(
        "bad",
        "Not read by HETS",
        "HETS could not read the question: it sent a 999, which refuses the form of the X12 file, and no answer.",
        _SYNTAX_REMEDY,
    ),
    INTERCHANGE_REFUSED: StateWords(
        "bad",
        "Not read by HETS",
        "HETS did not take the question in: it sent a TA1, which refuses the envelope of the X12 file, and no answer.",
        _SYNTAX_REMEDY,
    ),
}


def words_of(state: str, reason: str) -> StateWords:
    """How an inquiry stands, in words: by why there is no answer, where that makes a difference."""
    return _REASON_WORDS.get(reason.partition(" ")[0], STATE_WORDS[state])


def is_guess(codes: Iterable[str]) -> bool:
    """True when HETS refused (AAA03) because name or birth date are not those of the Medicare number."""
    return not _MISMATCHES.isdisjoint(codes)


@dataclass(frozen=True, slots=True)
class Correction:
    """What HETS has otherwise than it was asked with."""

    label: str
    asked: str
    known: str


def corrections(question: Question, person: Person) -> tuple[Correction, ...]:
    """Where HETS says that its data differ from the question (INS03 001, INS04 25): claims need HETS's."""
    born = (question.birth_date, person.birth_date)
    compared = (
        ("Medicare number", question.mbi, person.mbi),
        ("Last name", question.last_name, person.last_name),
        ("First name", question.first_name, person.first_name),
        ("Birth date", *(f"{day:%m/%d/%Y}" if day else "" for day in born)),
    )
    return tuple(
        Correction(label, asked, known)
        for label, asked, known in compared
        if person.corrected and asked and known and asked.casefold() != known.casefold()
    )


def number_fault(mbi: str) -> str:
    """What is wrong with a Medicare number, by position; nothing when its form is right.

    Source: the CMS MBI format sheet.
    """
    if not mbi:
        return "Enter the Medicare number."
    if len(mbi) != MEDICARE_NUMBER_LENGTH:
        return f"A Medicare number has 11 letters and digits; this one has {len(mbi)}. Compare it with the card."
    for place, (character, allowed) in enumerate(zip(mbi, POSITIONS, strict=True), start=1):
        if character not in allowed:
            wanted = "a digit" if allowed.isdigit() else "a letter" if allowed.isalpha() else "a letter or digit"
            return (
                f"Position {place} of the Medicare number must be {wanted}; never S, L, O, I, B or Z. Compare the card."
            )
    return ""


def question_faults(question: Question, today: date, *, years_back: int, months_ahead: int) -> dict[str, str]:
    """What to correct before HETS is asked, by field of the form; nothing when it may be asked."""
    faults: dict[str, str] = {}
    if fault := number_fault(question.mbi):
        faults["mbi"] = fault
    if not question.last_name:
        faults["last_name"] = "Enter the last name."
    if not question.first_name and question.birth_date is None:
        faults["first_name"] = "Enter the first name or the birth date: HETS needs one of them."
    if question.birth_date is not None:
        if question.birth_date > today:
            faults["birth_date"] = "The birth date is in the future. Correct it."
        elif today.year - question.birth_date.year > _OLDEST_YEARS:
            faults["birth_date"] = "The birth date is more than 130 years back. Correct it."
    earliest, latest = moved(today, months=-12 * years_back), moved(today, months=months_ahead)
    if question.service_from > question.service_to:
        faults["service_to"] = "The last day of service is before the first. Correct one of them."
    elif question.service_from < earliest:
        faults["service_from"] = f"HETS answers for days from {earliest:%m/%d/%Y} on: {years_back} years back."
    elif question.service_to > latest:
        faults["service_to"] = f"HETS answers for days up to {latest:%m/%d/%Y}: {months_ahead} months ahead."
    return faults


def moved(day: date, *, months: int) -> date:
    """The same day of another month; the last day of a month that is too short for it."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for number in range(day.day, 27, -1):
        try:
            return date(year, month + 1, number)
        except ValueError:
            continue
    return date(year, month + 1, min(day.day, 28))
