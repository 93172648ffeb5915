"""Which statements belong into one row of a heading, and what the row comes to with the amounts that CMS published.

HETS says in several statements what people read as one: a deductible and what is left of it; the days of a stay, what
each costs, and how many are left; of a preventive service when it is covered next, its deductible and its coinsurance.
No statement is left out and none is in two rows, whatever it is alike to. Where HETS gives an amount, it stands; the
published one is beside it, to be shown when they differ.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from services.eligibility.amounts.domain import (
    FULL_HOSPITAL_DAYS,
    FULL_NURSING_DAYS,
    HOSPITAL_DAYS,
    NURSING_DAYS,
    YearAmounts,
    amounts_of,
)
from services.eligibility.entitlement.domain import HOSPITAL, NURSING, RESERVE, Benefit, Period

Slot = TypeVar("Slot", bound=Hashable)

_WHOLE_PART = frozenset({"30", "47", "96", "98"})
# EB01 of a preventive service, when it says the next date, and of what is paid; of a limit.
_NEXT, _DEDUCTIBLE, _COINSURANCE, _LIMIT = "D", "C", "A", "F"
_PER_DAY, _A_YEAR = "7", frozenset({"21", "22", "23"})
_PHYSICAL_AND_SPEECH = frozenset({"AE", "AF", "PT"})
_OCCUPATIONAL = "AD"


def _rows(
    statements: Iterable[Benefit], slot_of: Callable[[Benefit], tuple[Hashable, Slot]]
) -> list[dict[Slot, Benefit]]:
    """Statements with the same key in one row, each in its slot; one whose slot is taken begins a new row."""
    rows: list[dict[Slot, Benefit]] = []
    latest: dict[Hashable, dict[Slot, Benefit]] = {}
    for said in statements:
        key, slot = slot_of(said)
        if key not in latest or slot in latest[key]:
            latest[key] = {}
            rows.append(latest[key])
        latest[key][slot] = said
    return rows


def _year_begun(said: Benefit, asked: date) -> int:
    """The year in which the time of a statement began; without dates that of the day asked about."""
    return min((each.first.year for each in said.periods if each.first), default=asked.year)


def _year_within(said: Benefit, asked: date) -> int:
    """The year of the day asked about, or the nearest to it of the time of a statement."""
    first = min((each.first.year for each in said.periods if each.first), default=asked.year)
    last = max((each.last.year for each in said.periods if each.last), default=asked.year)
    return max(first, min(asked.year, last))


# --- deductibles ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Deductible:
    """A deductible and what is left of it. It is that of the year in which a benefit period begins (42 CFR 409.82)."""

    whole: Benefit | None
    remaining: Benefit | None
    year: int

    @property
    def published(self) -> int | None:
        """What CMS published for the year, in cents; None for what it sets no amount for."""
        amounts = amounts_of(self.year)
        if amounts is None or not self.is_of_part:
            return None
        return amounts.part_a_deductible if self.said.part == "Part A" else amounts.part_b_deductible

    @property
    def said(self) -> Benefit:
        """Either of the two statements, which are alike in all but how much."""
        said = self.whole or self.remaining
        assert said  # noqa: S101 - a row has a statement
        return said

    @property
    def is_of_part(self) -> bool:
        """True for the deductible of Part A or Part B, not that of single services."""
        said = self.said
        services = set(said.service_types)
        return said.code == _DEDUCTIBLE and bool(said.part) and not said.procedure and services <= _WHOLE_PART


def deductibles(statements: Iterable[Benefit], asked: date) -> tuple[Deductible, ...]:
    """Deductibles beside what is left of them, in the order HETS gave them."""

    def slot_of(said: Benefit) -> tuple[Benefit, bool]:
        alike = replace(said, amount_cents=None, quantity="", unit="", span="", time_period="", left="")
        return alike, said.is_remaining

    found = []
    for row in _rows(statements, slot_of):
        said = next(iter(row.values()))
        year = _year_begun(said, asked)
        found.append(Deductible(row.get(False), row.get(True), year))
    return tuple(found)


# --- days in hospitals and skilled nursing facilities ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StayDays:
    """Days of a kind in one time: which they are, how many are left, what each costs.

    `cost` is a statement of its own about lifetime reserve days. `published` is the coinsurance for each in `year`, in
    cents; none for days without coinsurance.
    """

    days: Benefit | None
    left: Benefit | None
    cost: Benefit | None
    year: int
    published: int | None

    @property
    def said(self) -> Benefit:
        """One of the statements, which are alike in all but the columns of their row."""
        said = self.days or self.left or self.cost
        assert said  # noqa: S101 - a row has a statement
        return said

    @property
    def periods(self) -> tuple[Period, ...]:
        """The time of the days, and of their cost."""
        of_cost = self.cost.periods if self.cost else ()
        return tuple(dict.fromkeys((*self.said.periods, *of_cost)))

    @property
    def cost_cents(self) -> int | None:
        """What the patient pays for a day, when HETS says it."""
        return (self.cost or self.said).amount_cents

    @property
    def are_full(self) -> bool:
        """True for days without coinsurance."""
        return _are_full(self.said)


def stay_days(heading: str, statements: Iterable[Benefit], asked: date) -> tuple[StayDays, ...]:
    """The days of one of the headings about stays. The coinsurance is that of the year of the day asked about."""

    def slot_of(said: Benefit) -> tuple[Benefit, str]:
        alike = replace(said, quantity="", unit="", span="", time_period="", first_day=None, last_day=None, left="")
        if heading == RESERVE and said.time_period == _PER_DAY and not said.quantity:
            return replace(alike, amount_cents=None, periods=()), "cost"
        return alike, "left" if said.is_remaining or said.left else "days"

    found = []
    for row in _rows(statements, slot_of):
        said = row.get("cost") or next(iter(row.values()))
        year = _year_within(said, asked)
        published = _published_coinsurance(heading, said, year)
        found.append(StayDays(row.get("days"), row.get("left"), row.get("cost"), year, published))
    return tuple(found)


def _are_full(said: Benefit) -> bool:
    return said.amount_cents == 0 or (said.code == _LIMIT and said.amount_cents is None)


def _published_coinsurance(heading: str, said: Benefit, year: int) -> int | None:
    amounts = amounts_of(year)
    if amounts is None or _are_full(said):
        return None
    return {
        HOSPITAL: amounts.hospital_coinsurance,
        NURSING: amounts.nursing_coinsurance,
        RESERVE: amounts.reserve_coinsurance,
    }.get(heading)


def kind_of_days(heading: str, row: StayDays) -> str:
    """What the days are called: by their numbers when HETS gives them, else by what they cost."""
    days = row.days or row.said
    if days.first_day is not None and days.last_day is not None:
        return f"Days {days.first_day} to {days.last_day}"
    limits = {HOSPITAL: (FULL_HOSPITAL_DAYS, HOSPITAL_DAYS), NURSING: (FULL_NURSING_DAYS, NURSING_DAYS)}.get(heading)
    if limits is None:
        return heading
    full, all_days = limits
    return f"Full days (1 to {full})" if row.are_full else f"Coinsurance days ({full + 1} to {all_days})"


# --- therapy --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TherapyUse:
    """How much of a therapy threshold is used in a year. Statements of HETS, and what CMS published for the year."""

    therapy: str
    year: int
    used: Benefit | None
    remaining: Benefit | None
    threshold: Benefit | None
    other: Benefit | None
    published: YearAmounts | None

    @property
    def statements(self) -> tuple[Benefit, ...]:
        """The statements of HETS."""
        return tuple(each for each in (self.used, self.remaining, self.threshold, self.other) if each)

    @property
    def threshold_cents(self) -> int | None:
        """The threshold: HETS's, else the published one."""
        said = self.threshold.amount_cents if self.threshold else None
        return said if said is not None else self.published.therapy if self.published else None

    @property
    def used_cents(self) -> int | None:
        """What is used: HETS's figure, else what follows from what remains."""
        if self.used:
            return self.used.amount_cents
        remaining = self.remaining.amount_cents if self.remaining else None
        threshold = self.threshold_cents
        return None if remaining is None or threshold is None else max(threshold - remaining, 0)

    @property
    def remaining_cents(self) -> int | None:
        """What remains below the threshold: HETS's figure, else what follows from what is used."""
        if self.remaining:
            return self.remaining.amount_cents
        used = self.used.amount_cents if self.used else None
        threshold = self.threshold_cents
        return None if used is None or threshold is None else max(threshold - used, 0)

    @property
    def contradicts(self) -> bool:
        """True when used, remaining and threshold, as far as HETS gives them, cannot be true together."""
        used, remaining, threshold = self.used_cents, self.remaining_cents, self.threshold_cents
        if used is None or remaining is None or threshold is None:
            return False
        return used < 0 or remaining != max(threshold - used, 0)


def therapy_use(statements: Iterable[Benefit], asked: date) -> tuple[TherapyUse, ...]:
    """What is used of each therapy threshold, in the order HETS gave it."""

    def slot_of(said: Benefit) -> tuple[Hashable, str]:
        return (therapy_of(said), said.insurance_type, said.periods), _therapy_slot(said)

    found = []
    for row in _rows(statements, slot_of):
        said = next(iter(row.values()))
        year = _year_within(said, asked)
        found.append(
            TherapyUse(
                therapy_of(said),
                year,
                row.get("used"),
                row.get("remaining"),
                row.get("threshold"),
                row.get("other"),
                amounts_of(year),
            )
        )
    return tuple(found)


def therapy_of(said: Benefit) -> str:
    """Which threshold a statement is about: there is one for two of the three therapies."""
    services = set(said.service_types)
    if services & _PHYSICAL_AND_SPEECH:
        also = ", and occupational therapy" if _OCCUPATIONAL in services else ""
        return f"Physical therapy and speech-language pathology{also}"
    return "Occupational therapy" if _OCCUPATIONAL in services else said.plan.capitalize() or "Therapy"


def _therapy_slot(said: Benefit) -> str:
    if said.amount_cents is None:
        return "other"
    if said.is_remaining:
        return "remaining"
    says_used = any("USED" in message.upper() for message in said.messages)
    return "threshold" if said.code == _LIMIT and said.time_period in _A_YEAR and not says_used else "used"


# --- preventive services --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PreventiveService:
    """A preventive service: when it is covered next, as a whole or by its parts, and what the patient pays."""

    dates: tuple[Benefit, ...]
    deductibles: tuple[Benefit, ...]
    coinsurance: tuple[Benefit, ...]
    others: tuple[Benefit, ...]

    @property
    def statements(self) -> tuple[Benefit, ...]:
        """The statements of HETS."""
        return (*self.dates, *self.deductibles, *self.coinsurance, *self.others)


def preventive_services(statements: Iterable[Benefit]) -> tuple[PreventiveService, ...]:
    """Preventive services by their codes, in the order HETS gave them."""

    def slot_of(said: Benefit) -> tuple[Hashable, Hashable]:
        # Modifiers tell the professional from the technical part of one service.
        slot = (said.code, said.modifiers if said.code == _NEXT else said.is_remaining)
        return (said.procedure_code, said.procedure.partition(" to ")[2]), slot

    found = []
    for row in _rows(statements, slot_of):
        kinds = (_NEXT, _DEDUCTIBLE, _COINSURANCE)
        dates, deductible, coinsurance = (tuple(said for said in row.values() if said.code == kind) for kind in kinds)
        others = tuple(said for said in row.values() if said.code not in kinds)
        found.append(PreventiveService(dates, deductible, coinsurance, others))
    return tuple(found)
