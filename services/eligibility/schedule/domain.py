"""An office's schedule: the patients of a day, each asked about once; what came of each, what needs a look first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from services.eligibility.coverage.domain import Span, common, coverage, headline, spans_of
from services.eligibility.entitlement.domain import (
    ADVANTAGE,
    HOME_HEALTH,
    HOSPICE,
    PAYS_FIRST,
    Entitlement,
    Refusal,
    heading_of,
)
from services.eligibility.hets.domain import Question
from services.eligibility.inquiry.domain import STATE_WORDS

PATIENTS_ON_A_PAGE = 99
"""So many patients one schedule of the page may have."""
PATIENTS_OF_A_PROGRAM = 10_000
"""So many one schedule of a program may have."""

READ, CONFIRMED = "read", "confirmed"
"""How a schedule stands: its rows are shown to be looked through; HETS is or was asked."""

RowState = Literal["to-correct", "ready", "waiting", "settled", "not-asked"]
TO_CORRECT: RowState = "to-correct"
READY: RowState = "ready"
WAITING: RowState = "waiting"
SETTLED: RowState = "settled"
NOT_ASKED: RowState = "not-asked"

ROW_WORDS: dict[RowState, tuple[str, str]] = {
    TO_CORRECT: ("warning", "To correct"),
    READY: ("information", "Ready"),
    WAITING: ("waiting", "Waiting for its turn"),
    SETTLED: ("good", "Answered"),
    NOT_ASKED: ("bad", "Not asked"),
}
"""Kind of status and words of a row without a finding."""

FIRST, LEFT_OUT, OPEN, IN_ORDER = range(4)
"""In which order rows are listed: what needs a look, what was not asked, what is open, what is as it should be."""

FIELDS = ("mbi", "last_name", "first_name", "birth_date", "service_on", "reference")
"""The columns of a list, in their order when it does not name them."""
FIELD_WORDS = {
    "mbi": "Medicare number",
    "last_name": "Last name",
    "first_name": "First name",
    "birth_date": "Birth date",
    "service_on": "Date of service",
    "reference": "Your reference",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One patient of a list. `number` is that of the row in the list, as a spreadsheet counts; `typed` its cells.

    `faults` say what to correct; without any it may be asked. `typed` has a cell for each of `FIELDS`.
    """

    number: int
    typed: tuple[str, ...]
    faults: tuple[str, ...] = ()
    mbi: str = ""
    last_name: str = ""
    first_name: str = ""
    birth_date: date | None = None
    service_on: date | None = None
    reference: str = ""

    def numbered(self, number: int) -> "Row":
        """The same row in another place of the list."""
        return replace(self, number=number)

    @property
    def patient(self) -> str:
        """The name as lists show it."""
        return ", ".join(part for part in (self.last_name, self.first_name) if part)

    def question(self) -> Question:
        """What is asked. Only of a row without faults."""
        assert self.service_on is not None  # noqa: S101 - without one it would have a fault
        return Question(self.mbi, self.last_name, self.first_name, self.birth_date, self.service_on, self.service_on)


def checked_together(rows: Iterable[Row]) -> list[Row]:
    """The rows, with a fault where one contradicts a row before: one Medicare number, two people."""
    first: dict[str, Row] = {}
    found = []
    for row in rows:
        other = first.setdefault(row.mbi, row) if row.mbi else row
        if not row.faults and not other.faults and _contradicts(row, other):
            fault = f"Row {other.number} has the same Medicare number with another name or birth date. Correct one."
            found.append(replace(row, faults=(fault,)))
        else:
            found.append(row)
    return found


def _contradicts(row: Row, other: Row) -> bool:
    pairs = (
        (row.last_name.casefold(), other.last_name.casefold()),
        (row.first_name.casefold(), other.first_name.casefold()),
        (row.birth_date, other.birth_date),
    )
    return any(one and two and one != two for one, two in pairs)


def asked_once(rows: Sequence[Row]) -> dict[tuple[str, date | None], list[Row]]:
    """The rows that are ready by what is asked: a patient who is twice on a day is asked about once.

    Whose details are more complete comes first in its list, and is what is asked. All days of a patient stand together.
    """
    ready = [row for row in rows if not row.faults]
    patients = {mbi: place for place, mbi in enumerate(dict.fromkeys(row.mbi for row in ready))}
    found: dict[tuple[str, date | None], list[Row]] = {}
    for row in sorted(ready, key=lambda row: patients[row.mbi]):
        found.setdefault((row.mbi, row.service_on), []).append(row)
    for some in found.values():
        some.sort(key=lambda row: not (row.first_name and row.birth_date))
    return found


Exceptional = Literal[
    "inactive", "advantage", "pays-first", "hospice", "home-health", "deceased", "not-found", "no-answer", "limited"
]
EXCEPTIONS: dict[Exceptional, tuple[str, str]] = {
    "deceased": ("bad", "Date of death reported"),
    "inactive": ("bad", "Not active"),
    "advantage": ("warning", "Medicare Advantage"),
    "pays-first": ("warning", "Other insurance pays first"),
    "hospice": ("warning", "Hospice"),
    "home-health": ("warning", "Home health"),
    "not-found": ("bad", "Not found"),
    "no-answer": ("bad", "No answer"),
    "limited": ("bad", "Not asked"),
}
"""What needs a look before the patient sits down: kind of status and words, the most important first."""

_HEADINGS: dict[str, Exceptional] = {
    ADVANTAGE: "advantage",
    PAYS_FIRST: "pays-first",
    HOSPICE: "hospice",
    HOME_HEALTH: "home-health",
}
_INACTIVE = frozenset("678")


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of a row, as lists show it. `kind` is that of status; `name` the patient as HETS has them.

    `exceptions` is empty when all is as it should be. `asked_as`: with which names HETS found the patient, where they
    are not those of the row.
    """

    kind: str
    words: str
    more: tuple[str, ...] = ()
    exceptions: tuple[Exceptional, ...] = ()
    name: str = ""
    asked_as: str = ""
    hets_trace: str = ""


def exceptions_of(answer: Entitlement, day: date) -> tuple[Exceptional, ...]:
    """What of an answer needs a look before a service on `day`."""
    asked = Span(day, day)
    found: set[Exceptional] = set()
    if answer.death is not None:
        found.add("deceased")
    if any(each.state != "active" for each in coverage(answer, day, day)):
        found.add("inactive")
    for said in answer.benefits:
        heading = heading_of(said)
        if heading in _HEADINGS and said.code not in _INACTIVE and common(spans_of(said, answer.person), [asked]):
            found.add(_HEADINGS[heading])
    return tuple(each for each in EXCEPTIONS if each in found)


# AAA03: the name is not the one HETS has, and nothing else is wrong.
_OTHER_NAME = frozenset({"73"})
# AAA03: HETS has nobody with these details. Other refusals tell nothing about the patient.
_NOT_FOUND = frozenset({"58", "64", "65", "66", "67", "68", "71", "72", "73", "74", "75", "76"})


def is_other_name(codes: Iterable[str]) -> bool:
    """Whether only the name stands between the question and its answer."""
    return frozenset(codes) == _OTHER_NAME


def with_answer(answer: Entitlement, asked: Question, row: Row) -> Finding:
    """What an answer comes to for the row it was asked for."""
    says = headline(answer, asked.service_from, asked.service_to)
    names = asked.last_name, asked.first_name
    return Finding(
        says.kind,
        says.words,
        says.more,
        exceptions_of(answer, asked.service_from),
        answer.person.full_name,
        "" if names == (row.last_name, row.first_name) else ", ".join(filter(None, names)),
        answer.trace,
    )


def without_answer(state: str, refusals: Sequence[Refusal]) -> Finding:
    """The same where HETS refused the question, or did not answer it."""
    words = STATE_WORDS[state]
    unknown = not _NOT_FOUND.isdisjoint(each.code for each in refusals)
    return Finding(
        "bad",
        words.words if not refusals else EXCEPTIONS["not-found" if unknown else "no-answer"][1],
        tuple(f"{each.sentence} {each.remedy}" for each in refusals) or (words.sentence,),
        ("not-found" if unknown else "no-answer",),
    )


def place_of(state: RowState, finding: Finding | None) -> int:
    """Where a row is listed."""
    if finding is not None:
        return FIRST if finding.exceptions else IN_ORDER
    return OPEN if state in (WAITING, READY) else LEFT_OUT
