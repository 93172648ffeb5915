"""What the item history may be asked, before it is asked, and what the outcome is called.

The patient is named as to HETS: Medicare number and last name, with first name or birth date or both.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.eligibility.inquiry.domain import StateWords, number_fault

State = Literal["pending", "answered", "refused", "unreadable", "no-answer"]
PENDING: State = "pending"
ANSWERED: State = "answered"
REFUSED: State = "refused"
UNREADABLE: State = "unreadable"
NO_ANSWER: State = "no-answer"

_OLDEST_YEARS = 130
_MOST_MODIFIERS = 4
_EQUIPMENT = re.compile(r"[ABEKL][0-9]{4}")
_CPT = re.compile(r"[0-9]{4}[0-9A-Z]")
_MODIFIER = re.compile(r"[A-Z0-9]{2}")
# New, used, rented: an item is one of them.
_WAYS_TO_ISSUE = ("NU", "UE", "RR")


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about whom. `mbi`, `procedure` and `modifiers` as they travel, names as typed.

    `procedure` is a HCPCS code; empty: of every code.
    """

    mbi: str
    last_name: str
    first_name: str
    birth_date: date | None
    procedure: str = ""
    modifiers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of question: the word by which it is kept, and whether it is always about one HCPCS code."""

    name: str
    needs_procedure: bool


ITEMS = Kind("items", needs_procedure=True)
CERTIFICATES = Kind("certificates", needs_procedure=False)

STATE_WORDS = {
    PENDING: StateWords(
        "waiting", "Being asked", "The item history is being asked.", "Open this page again in a few seconds."
    ),
    ANSWERED: StateWords("good", "Answered", "The item history answered.", "Answers are kept for a short time only."),
    REFUSED: StateWords("warning", "No match", "The item history could not answer this question.", "Ask again."),
    UNREADABLE: StateWords(
        "bad",
        "Answer not usable",
        "The item history sent an answer that is not about this question or cannot be read. Nothing of it was kept.",
        "Ask again. If it happens twice, call the help desk.",
    ),
    NO_ANSWER: StateWords(
        "bad",
        "No answer from the item history",
        "The item history did not answer.",
        "Ask again in a few minutes. Other functions work.",
    ),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a question could not be answered: the code it is kept by, in words, and what to do."""

    code: str
    sentence: str
    remedy: str


PATIENT_UNKNOWN, PATIENT_DIFFERS, PROCEDURE_UNKNOWN = "patient-unknown", "patient-differs", "procedure-unknown"

_DIFFERS = {
    "last_name": "The last name is not the one on file for this Medicare number.",
    "first_name": "The first name is not the one on file for this Medicare number.",
    "birth_date": "The birth date is not the one on file for this Medicare number.",
}
_CHECK_THE_PATIENT = "Compare it with the Medicare card and the patient's ID, and ask again."


def refusals(codes: Sequence[str], question: Question) -> tuple[Refusal, ...]:
    """What `codes` of an outcome say: the outcome itself, and what differs."""
    found = [Refusal(code, _DIFFERS[code], _CHECK_THE_PATIENT) for code in codes if code in _DIFFERS]
    if PATIENT_UNKNOWN in codes:
        found.append(
            Refusal(PATIENT_UNKNOWN, "The item history does not know this Medicare number.", _CHECK_THE_PATIENT)
        )
    if PROCEDURE_UNKNOWN in codes:
        sentence = f"The item history does not know HCPCS code {question.procedure}."
        found.append(Refusal(PROCEDURE_UNKNOWN, sentence, "Compare it with the order and with this year's HCPCS."))
    return tuple(found)


def is_miss(codes: Sequence[str]) -> bool:
    """Whether the question named a patient that there is not: who asks so again and again may be guessing."""
    return PATIENT_DIFFERS in codes or PATIENT_UNKNOWN in codes


def modifiers_of(typed: str) -> tuple[str, ...]:
    """Modifiers as they travel, however they were set apart: `nu, rt`, `NU-RT`, `NU RT`."""
    return tuple(re.findall(r"[^\s,;/-]+", typed.upper()))


def question_faults(question: Question, today: date, kind: Kind) -> dict[str, str]:
    """What to correct before the item history is asked, by field of the form; nothing when it may be asked."""
    faults = {
        "procedure": _procedure_fault(question.procedure, kind),
        "modifiers": _modifier_fault(question.modifiers),
        "mbi": number_fault(question.mbi),
        "last_name": "" if question.last_name else "Enter the last name.",
        "first_name": ""
        if question.first_name or question.birth_date
        else "Enter the first name or the birth date: one of them shows that it is the right patient.",
        "birth_date": _birth_date_fault(question.birth_date, today),
    }
    return {name: fault for name, fault in faults.items() if fault}


def _procedure_fault(procedure: str, kind: Kind) -> str:
    if not procedure:
        return "Enter the HCPCS code of what was ordered." if kind.needs_procedure else ""
    if _EQUIPMENT.fullmatch(procedure):
        return ""
    if _CPT.fullmatch(procedure):
        return f"{procedure} is a CPT code. Equipment has a HCPCS code that begins with a letter, such as E0601."
    if re.fullmatch(r"[A-Z][0-9]{4}", procedure):
        return f"{procedure} is no code of equipment: those begin with A, B, E, K or L. Compare it with the order."
    return "A HCPCS code is one letter and four digits, such as E0601. Modifiers have a field of their own."


def _modifier_fault(modifiers: Sequence[str]) -> str:
    wrong = [each for each in modifiers if not _MODIFIER.fullmatch(each)]
    if wrong:
        return "Each modifier has two letters or digits, such as NU or RT. Set them apart by spaces."
    if len(modifiers) > _MOST_MODIFIERS:
        return f"A claim line has at most {_MOST_MODIFIERS} modifiers; these are {len(modifiers)}."
    twice = [each for each in _WAYS_TO_ISSUE if each in modifiers]
    if len(twice) > 1:
        return f"{' and '.join(twice)} exclude each other: the item is new, used or rented. Leave one."
    return ""


def _birth_date_fault(birth_date: date | None, today: date) -> str:
    if birth_date is None:
        return ""
    if birth_date > today:
        return "The birth date is in the future. Correct it."
    if today.year - birth_date.year > _OLDEST_YEARS:
        return "The birth date is more than 130 years back. Correct it."
    return ""
