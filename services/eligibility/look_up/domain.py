"""Looking up a Medicare number: who may be looked for, what is told of whom, and what shows that a person asks.

Sources: what MAC portals ask (first and last name, SSN, birth date) and that a number is told up to 4 years after
death; CMS compares look-ups with claims of the NPI, and suspends who looks up and does not bill. The structure of an
SSN: Social Security Administration, "Social Security Number Randomization" (2011).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Literal
from uuid import UUID

from services.eligibility.inquiry.domain import moved

State = Literal["pending", "found", "not-found", "unreadable", "no-answer"]
PENDING: State = "pending"
FOUND: State = "found"
NOT_FOUND: State = "not-found"
UNREADABLE: State = "unreadable"
NO_ANSWER: State = "no-answer"

_OLDEST_YEARS = 130
_SSN_DIGITS = 9
# The first three digits that no SSN has, neither before nor since 2011. Fields of zeros further on are left to the
# source: no SSN has the group 00 either, so that is what invented people have (simulators/population.py).
_NEVER_ISSUED = ("000", "666", "9")

NINE_DIGITS = (
    "Enter the Social Security number again, all nine digits, with or without dashes: 123-45-6789. It is not kept."
)
"""What to do about an SSN that is too short or too long."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who is looked for, as typed. The SSN passes through and is kept nowhere; it has no part in what is printed."""

    first_name: str
    last_name: str
    birth_date: date | None
    ssn: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Person:
    """A beneficiary as Medicare knows them."""

    mbi: str
    first_name: str
    last_name: str
    birth_date: date
    died_on: date | None = None

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()


def normalize_ssn(typed: str) -> str:
    """An SSN without dashes and spaces. Says nothing about whether it can be one."""
    return typed.replace("-", "").replace(" ", "")


def ssn_fault(ssn: str) -> str:
    """What is wrong with an SSN; nothing when there can be one like it. Never repeats a digit of it."""
    if not ssn:
        return "Enter the Social Security number."
    if not (ssn.isascii() and ssn.isdigit()) or len(ssn) != _SSN_DIGITS:
        return NINE_DIGITS
    if ssn.startswith(_NEVER_ISSUED):
        return "No SSN begins with 000, 666 or 9. Compare it with the card and enter it again: it is not kept."
    return ""


def faults_of(wanted: Wanted, today: date) -> dict[str, str]:
    """What to correct before anybody is looked for, by field of the form."""
    faults: dict[str, str] = {}
    if not wanted.first_name:
        faults["first_name"] = "Enter the first name."
    if not wanted.last_name:
        faults["last_name"] = "Enter the last name."
    if fault := ssn_fault(wanted.ssn):
        faults["ssn"] = fault
    if wanted.birth_date is None:
        faults["birth_date"] = "Enter the birth date."
    elif wanted.birth_date > today:
        faults["birth_date"] = "The birth date is in the future. Correct it."
    elif today.year - wanted.birth_date.year > _OLDEST_YEARS:
        faults["birth_date"] = "The birth date is more than 130 years back. Correct it."
    return faults


def is_wanted(wanted: Wanted, person: Person) -> bool:
    """Whether an answer is about who was looked for: an answer about somebody else is shown to nobody."""
    names = ((wanted.first_name, person.first_name), (wanted.last_name, person.last_name))
    return wanted.birth_date == person.birth_date and all(_letters(asked) == _letters(known) for asked, known in names)


def _letters(name: str) -> str:
    return "".join(each for each in name.casefold() if each.isalnum())


def may_be_told(person: Person, today: date, *, years_after_death: int) -> bool:
    """Whether the number may still be told: of who lives, and some years after the death."""
    return person.died_on is None or today <= moved(person.died_on, months=12 * years_after_death)


# ---- what shows that a person asks ----------------------------------------------------------------------------------

_NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine")
_FIGURES = {word: number for number, word in enumerate(_NUMBERS, start=2)}
_SUMS = (
    *("four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen"),
    *("sixteen", "seventeen", "eighteen"),
)
_WORDS = ("lamp", "river", "spoon", "garden", "window", "pencil", "bridge", "basket", "candle", "ladder", "mirror")
_PLACES = ("first", "second", "third", "fourth")


@dataclass(frozen=True, slots=True)
class HumanCheck:
    """A question that is read or heard and answered by a word or a number, and the answers that are right."""

    question: str
    answers: tuple[str, ...]

    def takes(self, typed: str) -> bool:
        """Whether `typed` answers it; capitals and a full stop make no difference."""
        return typed.strip().rstrip(".").casefold() in self.answers


def human_check(identity: UUID) -> HumanCheck:
    """The question that belongs to an id: always the same one. Who does not know the id cannot know the answer."""
    draw = _Draw(identity.int & ((1 << 62) - 1))  # the part of an id that no clock makes
    kind = draw.below(3)
    if kind == 0:
        first, second = draw.below(len(_NUMBERS)), draw.below(len(_NUMBERS))
        total = first + second
        return HumanCheck(f"What is {_NUMBERS[first]} plus {_NUMBERS[second]}?", (str(total + 4), _SUMS[total]))
    if kind == 1:
        numbers = draw.some(_NUMBERS, 4)
        largest = max(numbers, key=_FIGURES.__getitem__)
        return HumanCheck(
            f"Which of these numbers is the largest: {', '.join(numbers)}?", (str(_FIGURES[largest]), largest)
        )
    words, place = draw.some(_WORDS, 4), draw.below(4)
    return HumanCheck(f"Which is the {_PLACES[place]} of these words: {', '.join(words)}?", (words[place],))


class _Draw:
    """Draws from one large number."""

    def __init__(self, number: int) -> None:
        self._number = number

    def below(self, limit: int) -> int:
        self._number, drawn = divmod(self._number, limit)
        return drawn

    def some(self, of: Sequence[str], count: int) -> list[str]:
        left = list(of)
        return [left.pop(self.below(len(left))) for _ in range(count)]


# ---- rules that are accepted ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rules:
    """The HETS Rules of Behavior as they are shown and accepted: another text is another version."""

    version: str
    sentences: tuple[str, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of every word of it."""
        return sha256("\n".join((self.version, *self.sentences)).encode()).hexdigest()


RULES = Rules(
    "2026-12",
    (
        "I look up Medicare numbers only of patients to whom the provider gives services, or is about to.",
        "I look a number up only when the patient cannot give it, and only to bill Medicare for that patient.",
        "I look it up for the NPI that will bill Medicare, and for no other.",
        "I enter only what the patient, or who speaks for the patient, gave for this purpose.",
        "I do not look up lists of people, and let no program do it for me.",
        "I give the number to nobody who does not need it for the patient's care or for billing.",
        "I do not keep the Social Security number for this, on paper or otherwise.",
        (
            "I know that each look-up is recorded with my name, that CMS compares look-ups with claims, and that it"
            " suspends or ends the access of who looks up without billing. Misuse may be punished by law."
        ),
    ),
)

# ---- how it stands, in words ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StateWords:
    """What came of a look-up that found nobody: `kind` of status, what it is called, what to do."""

    kind: Literal["waiting", "warning", "bad"]
    words: str
    sentence: str


NOT_TOLD: Mapping[State, StateWords] = {
    NOT_FOUND: StateWords(
        "warning",
        "No Medicare number to show",
        "These details do not lead to exactly one person with Medicare. Compare names, birth date and Social Security"
        " number with the patient's papers; Medicare writes names as they are on the Social Security card. If they are"
        " right, ask the patient for the Medicare card.",
    ),
    UNREADABLE: StateWords(
        "bad",
        "Answer not usable",
        "The source sent an answer that is not about this patient or cannot be read. Nothing of it was kept. Look up"
        " again. If it happens twice, call the help desk.",
    ),
    NO_ANSWER: StateWords(
        "bad",
        "No answer",
        "The source of Medicare numbers did not answer. Look up again in a few minutes, or ask the patient for the"
        " Medicare card. Eligibility, claims, remittances and appeals work.",
    ),
}
"""Nobody, several people, and somebody who died too long ago are one and the same answer: nobody learns which."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a look-up stands against claims: kind of status, and words."""

    kind: Literal["good", "waiting", "warning", "bad", "information"]
    words: str


def standing(state: str, looked_up_at: datetime, claimed_at: datetime | None, now: datetime, *, days: int) -> Standing:
    """Whether a claim of the NPI followed a look-up: CMS compares the two."""
    if state == FOUND and claimed_at is not None:
        return Standing("good", "Claim received")
    if state == FOUND:
        late = now - looked_up_at > timedelta(days=days)
        return Standing("warning", f"No claim after {days} days") if late else Standing("waiting", "No claim yet")
    if state == NOT_FOUND:
        return Standing("information", "No number shown")
    return Standing("waiting", "Under way") if state == PENDING else Standing("bad", "No answer")


LOCKED = (
    "Your look-ups are locked: {count} in {hours} hours led to nobody. Your office's portal administrator can unlock"
    " them, on the page MBI look-ups, after finding out why."
)
"""Why somebody can look up no more, and who changes that."""
