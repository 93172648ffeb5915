"""What may be asked, before HETS is asked, in which other ways it may be asked, and what the outcome is called.

The form of a Medicare number; days HETS answers for, 4 years back to 4 months ahead (HETS 270/271 companion guide).
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from libs.common.mbi import POSITIONS
from libs.x12.eligibility.codes import HETS_SERVICE_TYPES, NOT_NOW, SERVICE_TYPES
from services.eligibility.entitlement.domain import Person
from services.eligibility.hets.domain import (
    ANSWERED,
    HELD,
    INTERCHANGE_REFUSED,
    NO_ANSWER,
    REFUSED,
    REMOVED,
    RESTS,
    SYNTAX_REFUSED,
    UNREADABLE,
    Question,
    SentName,
    plain_name,
    sent_name,
    strange_characters,
)

MEDICARE_NUMBER_LENGTH = len(POSITIONS)
PENDING = "pending"
WAITING = "waiting"
"""In line: HETS has not been asked yet, or did not answer and is asked once more."""
Lane = Literal["desk", "schedule"]
"""In which line of an enrollment an inquiry waits: somebody stands at the desk, or it is one of many."""
DESK: Lane = "desk"
SCHEDULE: Lane = "schedule"
ASK_WAITING = "ask-waiting"
"""The kind of due work that asks for what waits in line; its one subject is all of it."""
TRIES = 3
"""So often an inquiry in line is asked before it counts as not answered."""
_OLDEST_YEARS = 130
_MAX_VARIANTS = 5
MAX_RETRIES = _MAX_VARIANTS + 1
NUMBER_ENDS = "540"
"""DTP01 of the patient (loop 2100C): the last day of a Medicare number that was replaced."""
REPLACED_NUMBER = "72"
"""AAA03 for a Medicare number that was replaced before the days asked about: its form was right when it was sent."""
_MAX_LAST_NAME, _MAX_FIRST_NAME = 60, 35
_NAME_REFUSED, _BIRTH_DATE_REFUSED = frozenset({"73"}), frozenset({"58", "71"})


@dataclass(frozen=True, slots=True)
class StateWords:
    """How an inquiry stands, in words: `kind` of status, what it is called, what happened, and what to do."""

    kind: Literal["waiting", "good", "warning", "bad"]
    words: str
    sentence: str
    remedy: str


STATE_WORDS = {
    WAITING: StateWords(
        "waiting",
        "Waiting for its turn",
        "HETS is busy: this question waits for its turn and is then asked by itself.",
        "Nothing to do. You can leave this page and find the answer under Recent checks.",
    ),
    PENDING: StateWords("waiting", "Being asked", "HETS is being asked.", "The answer comes by itself."),
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
    HELD: StateWords(
        "bad",
        "Not asked",
        "While the question waited for its turn, HETS refused too many others, so yours was not sent.",
        "Check the patients' cards. Open Eligibility to see until when you cannot ask.",
    ),
    REMOVED: StateWords(
        "bad",
        "Not asked",
        "Your access to this NPI ended while the question waited for its turn, so it was not sent.",
        "Your office's portal administrator can grant access again.",
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


def words_of(state: str, reason: str, codes: Collection[str] = ()) -> StateWords:
    """How an inquiry stands, in words: by why there is no answer, or HETS refused (AAA03), where that matters."""
    if state == REFUSED:
        for given, words in _REFUSALS:
            if not given.isdisjoint(codes):
                return words
    return _REASON_WORDS.get(reason.partition(" ")[0], STATE_WORDS[state])


# What a refusal is called by its reasons (AAA03); any other is a patient who was not found.
_REFUSALS = (
    (
        NOT_NOW,
        StateWords(
            "bad",
            "HETS cannot answer now",
            "HETS, the eligibility system of CMS, says that it cannot answer now.",
            "Ask again in a few minutes. Claims, remittances and appeals work.",
        ),
    ),
    (
        frozenset({"41", "43", "50", "51", "79", "T4"}),
        StateWords("bad", "Provider not accepted", "HETS did not accept the provider you act for.", "See below."),
    ),
    (
        frozenset({"57", "60", "61", "62", "63"}),
        StateWords("warning", "Dates not accepted", "HETS did not accept the dates asked about.", "Correct the dates."),
    ),
)
SERVICE_TYPE_CHOICES = tuple((code, f"{code}: {SERVICE_TYPES[code]}") for code in HETS_SERVICE_TYPES)
"""What HETS may be asked about (EQ01), with words; the first is everything."""


def is_open(state: str) -> bool:
    """Whether an outcome is still to come by itself."""
    return state in (WAITING, PENDING)


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


@dataclass(frozen=True, slots=True)
class Retry:
    """The same patient asked about in another way: what differs, in words for a button, and the question."""

    words: str
    question: Question


def name_variants(question: Question) -> tuple[Question, ...]:
    """The ways besides `question` in which Medicare may have the name, the likeliest first; at most five.

    Every field must match what Medicare has (HETS companion guide), and offices write suffixes, hyphens and middle
    initials otherwise than the card. Each differs from the question, and from the others, in what HETS is sent.
    """
    return tuple(each.question for each in _names(question))


def retries(question: Question, codes: Iterable[str]) -> tuple[Retry, ...]:
    """What to try after HETS refused a question with `codes` (AAA03), the likeliest first; it may be nothing."""
    found: list[Retry] = []
    given = frozenset(codes)
    if given & _BIRTH_DATE_REFUSED and question.first_name and question.birth_date:
        found.append(Retry("Without the birth date", replace(question, birth_date=None)))
    if given & _NAME_REFUSED:
        found += _names(question)
    return tuple(found)


def _names(question: Question) -> tuple[Retry, ...]:
    sent = {sent_name(question)}
    found: list[Retry] = []
    for words, other in _ways_to_write(question):
        name = sent_name(other)
        if name not in sent and name.last:
            sent.add(name)
            found.append(Retry(words, other))
    return tuple(found[:_MAX_VARIANTS])


def _ways_to_write(question: Question) -> Iterator[tuple[str, Question]]:
    name, (first, *middle) = sent_name(question), plain_name(question.first_name).split() or [""]
    if name.suffix:
        yield "With the suffix inside the last name", replace(question, suffix_inside=True)
        yield "Without the suffix", replace(question, last_name=name.last)
    elif question.suffix_inside:
        yield "With the suffix beside the last name", replace(question, suffix_inside=False)
    if middle:
        yield "Without the middle name", replace(question, first_name=first)
    if question.first_name and question.birth_date:
        yield "Without the first name", replace(question, first_name="")
    for words, last in _ways_to_join(name):
        yield words, replace(question, last_name=f"{last} {name.suffix}".strip())


def _ways_to_join(name: SentName) -> Iterator[tuple[str, str]]:
    if "-" in name.last:
        yield "With a space for the hyphen", name.last.replace("-", " ")
        yield "Without the hyphen", name.last.replace("-", "")
    elif " " in name.last:
        yield "With a hyphen for the space", name.last.replace(" ", "-")
        yield "Without the space", name.last.replace(" ", "")
    if "'" in name.last:
        yield "Without the apostrophe", name.last.replace("'", "")


def _name_fault(typed: str, what: str, longest: int) -> str:
    """What is wrong with the last or first name that was typed; nothing when HETS can be asked with it."""
    if strange := strange_characters(typed):
        # Signs are named; letters of another script are not, since together they may be the name.
        signs = " ".join(each for each in strange if not each.isalpha())
        advice = f"Write the {what} in letters A to Z, with hyphens and apostrophes."
        return f"{advice} Remove: {signs}" if signs else advice
    if len(plain_name(typed)) > longest:
        return f"Shorten the {what}: HETS takes at most {longest} characters."
    return ""


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
    faults = {
        "mbi": number_fault(question.mbi),
        "last_name": _last_name_fault(question.last_name),
        "first_name": _first_name_fault(question),
        "birth_date": _birth_date_fault(question, today),
    }
    if question.service_type not in HETS_SERVICE_TYPES:
        faults["service_type"] = "Choose a service type that HETS is asked about; 30 is everything."
    earliest, latest = moved(today, months=-12 * years_back), moved(today, months=months_ahead)
    if question.service_from > question.service_to:
        faults["service_to"] = "The last day of service is before the first. Correct one of them."
    elif question.service_from < earliest:
        faults["service_from"] = f"HETS answers for days from {earliest:%m/%d/%Y} on: {years_back} years back."
    elif question.service_to > latest:
        faults["service_to"] = f"HETS answers for days up to {latest:%m/%d/%Y}: {months_ahead} months ahead."
    return {name: sentence for name, sentence in faults.items() if sentence}


def _last_name_fault(typed: str) -> str:
    if not plain_name(typed):
        return "Enter the last name."
    return _name_fault(typed, "last name", _MAX_LAST_NAME)


def _first_name_fault(question: Question) -> str:
    if fault := _name_fault(question.first_name, "first name", _MAX_FIRST_NAME):
        return fault
    if question.birth_date is None and not plain_name(question.first_name):
        return "Enter the first name or the birth date: HETS needs one of them."
    return ""


def _birth_date_fault(question: Question, today: date) -> str:
    born = question.birth_date
    if born is None:
        return ""
    if born > today:
        return "The birth date is in the future. Correct it."
    if today.year - born.year > _OLDEST_YEARS:
        return "The birth date is more than 130 years back. Correct it."
    if born > max(question.service_from, question.service_to):
        return "The birth date is after the day of service. Correct one of the two."
    return ""


def moved(day: date, *, months: int) -> date:
    """The same day of another month; the last day of a month that is too short for it."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for number in range(day.day, 27, -1):
        try:
            return date(year, month + 1, number)
        except ValueError:
            continue
    return date(year, month + 1, min(day.day, 28))
