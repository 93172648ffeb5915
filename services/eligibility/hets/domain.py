"""What HETS is asked and what it says, in the words of people: no code of the 270 or 271 is left here.

Search sets: Medicare number and last name, with first name or birth date or both (handbook 9.2.1: primary, alternate
1, alternate 2).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

State = Literal["answered", "refused", "unreadable", "no-answer"]
ANSWERED: State = "answered"
REFUSED: State = "refused"
UNREADABLE: State = "unreadable"
NO_ANSWER: State = "no-answer"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about whom. `mbi` as it travels; names as typed; at least one of first name and birth date."""

    mbi: str
    last_name: str
    first_name: str
    birth_date: date | None
    service_from: date
    service_to: date

    @property
    def search(self) -> str:
        """Which of the three searches of the handbook this is."""
        if self.first_name and self.birth_date:
            return "primary"
        return "alternate 1" if self.birth_date else "alternate 2"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why HETS did not answer the question (AAA): the code, in words, and what to do."""

    code: str
    sentence: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Period:
    """Days of a benefit, each side open when it is None, and what they are in words."""

    words: str
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Entity:
    """A plan, contractor or provider that belongs to a benefit."""

    role: str
    name: str
    identifier: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Benefit:
    """One statement of the 271 (loop 2110C) in words. Money in cents; `quantity` with its unit in words."""

    code: str
    what: str
    service: str
    insurance_type: str
    insurance: str
    span: str
    plan: str = ""
    amount_cents: int | None = None
    percent: str = ""
    quantity: str = ""
    procedure: str = ""
    periods: tuple[Period, ...] = ()
    references: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    entities: tuple[Entity, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """The beneficiary as HETS knows them."""

    mbi: str
    last_name: str
    first_name: str
    birth_date: date | None
    sex: str
    address: str


@dataclass(frozen=True, slots=True)
class Entitlement:
    """The whole answer, grouped as a person reads it. `trace` is HETS's number of the transaction."""

    person: Person
    trace: str
    groups: Mapping[str, tuple[Benefit, ...]] = field(default_factory=dict)

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of Medicare that are in force, such as `Part A`."""
        active = [each for each in self.groups.get(ENTITLEMENT, ()) if each.code == _ACTIVE]
        return tuple(dict.fromkeys(_PARTS[each.insurance_type] for each in active if each.insurance_type in _PARTS))


_ACTIVE, _INACTIVE = "1", "6"
_PARTS = {"MA": "Part A", "MB": "Part B"}
ENTITLEMENT = "Part A and Part B"
# Headings in the order of the page; a benefit belongs to the first whose test holds.
_MANAGED_CARE = frozenset({"HM", "HN", "IN", "PR", "PS"})
_GROUPS = (
    "Part A and Part B",
    "Other insurance that pays first",
    "Medicare Advantage",
    "Part D",
    "Qualified Medicare Beneficiary",
    "Deductibles and what is left",
    "Hospice, home health and kidney disease",
    "Preventive services",
    "Other",
)


def grouped(benefits: Iterable[tuple[Benefit, str]]) -> dict[str, tuple[Benefit, ...]]:
    """Benefits under the headings of the page; each comes with its service type code."""
    found: dict[str, list[Benefit]] = {}
    for benefit, service_type in benefits:
        found.setdefault(_GROUPS[_group_of(benefit, service_type)], []).append(benefit)
    return {heading: tuple(found[heading]) for heading in _GROUPS if heading in found}


def _group_of(benefit: Benefit, service_type: str) -> int:  # noqa: PLR0911 - one rule after the other, as they are read
    if benefit.insurance_type == "QM":
        return 4
    if benefit.code in (_ACTIVE, _INACTIVE) and benefit.insurance_type in _PARTS:
        return 0
    if benefit.code == "R":
        if service_type == "88":
            return 3
        return 2 if benefit.insurance_type in _MANAGED_CARE else 1
    if service_type in ("42", "45") or (service_type in ("15", "14") and benefit.code in ("D", "X")):
        return 6
    if benefit.procedure:
        return 7
    if benefit.code in ("A", "B", "C", "F", "G", "K"):
        return 5
    return 8
