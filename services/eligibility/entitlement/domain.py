"""What HETS says of a beneficiary, in words, and what that means on the days asked about.

Words are made from the codes in `partner.py`; codes stay where a decision or a program needs them: the kind of a
statement (EB01), its insurance (EB04) and service types (EB03), the kind of a date (DTP01).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import reduce
from typing import Literal

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that is said beside the rest, with the word for what it is."""

    label: str
    words: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number with its kind in words; `name` is the plan's or group's name that came with it."""

    kind: str
    number: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Period:
    """Days of a statement, each side open when it is None, and what they are in words. `code` is DTP01.

    `endless`: the sender says that there is no last day, and does not just leave it out.
    """

    code: str
    words: str
    first: date | None
    last: date | None
    endless: bool = False

    @property
    def days(self) -> str:
        """The days as they are read behind the words."""
        first = f"{self.first:%m/%d/%Y}" if self.first else ""
        last = f"{self.last:%m/%d/%Y}" if self.last else ""
        if first and last:
            return first if first == last else f"{first} to {last}"
        if self.endless:
            return f"{first}, no end date" if first else "no end date"
        # Words such as "Plan begins" say already on which side the other days are.
        side = "" if self.code in _SIDES else "from " if first else "until "
        return side + first + last


@dataclass(frozen=True, slots=True)
class Entity:
    """A plan, insurer, contractor or provider that belongs to a statement."""

    role: str
    name: str
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why HETS did not answer the question, or a part of it (AAA): the code, in words, what to do, and who can help.

    `follow_up` is what HETS wants next; `about` the part of the question; `understood` that HETS could read it.
    """

    code: str
    sentence: str
    remedy: str
    follow_up: str = ""
    about: str = ""
    understood: bool = False
    helper: str = ""


@dataclass(frozen=True, slots=True)
class Benefit:
    """One statement of the 271 (loop 2110) in words. Money in cents; `quantity` with its unit in words.

    `what` and `insurance` are words for `code` and `insurance_type`; `span` says per or within what the amount counts.
    """

    code: str
    what: str
    service: str
    insurance_type: str
    insurance: str
    span: str
    plan: str = ""
    service_types: tuple[str, ...] = ()
    time_period: str = ""
    amount_cents: int | None = None
    percent: str = ""
    quantity: str = ""
    procedure: str = ""
    network: str = ""
    periods: tuple[Period, ...] = ()
    facts: tuple[Fact, ...] = ()
    numbers: tuple[Number, ...] = ()
    messages: tuple[str, ...] = ()
    entities: tuple[Entity, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def part(self) -> str:
        """The part of Medicare it is about, or nothing."""
        return PARTS.get(self.insurance_type, "")

    @property
    def is_remaining(self) -> bool:
        """True when it says what is left, not what the whole is."""
        return self.time_period == _REMAINING


@dataclass(frozen=True, slots=True)
class Person:
    """The beneficiary as HETS knows them. `corrected`: HETS has other data than it was asked with."""

    mbi: str
    last_name: str
    first_name: str
    birth_date: date | None
    sex: str
    address: str
    middle_name: str = ""
    suffix: str = ""
    corrected: bool = False
    periods: tuple[Period, ...] = ()
    numbers: tuple[Number, ...] = ()
    facts: tuple[Fact, ...] = ()

    @property
    def full_name(self) -> str:
        """The name as it is read."""
        return " ".join(part for part in (self.first_name, self.middle_name, self.last_name, self.suffix) if part)


@dataclass(frozen=True, slots=True)
class Entitlement:
    """The whole answer. `trace` is HETS's number of the transaction; `about` who answered whom, and when.

    `refusals` are parts of the question that HETS did not answer; `remarks` what the answer as a whole lacks.
    """

    person: Person
    trace: str
    benefits: tuple[Benefit, ...] = ()
    about: tuple[Fact, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def death(self) -> date | None:
        """The date of death, when HETS has one; of several the earliest, after which nothing is sure."""
        dates = (*self.person.periods, *(each for said in self.benefits for each in said.periods))
        return min((each.first for each in dates if each.code == _DEATH and each.first), default=None)

    @property
    def groups(self) -> dict[str, tuple[Benefit, ...]]:
        """The statements under the headings of the page, in its order; a heading nothing is said about is empty."""
        found: dict[str, list[Benefit]] = {heading: [] for heading in HEADINGS}
        for benefit in self.benefits:
            found[heading_of(benefit)].append(benefit)
        return {heading: tuple(some) for heading, some in found.items()}


# --- headings -------------------------------------------------------------------------------------------------------

ENTITLEMENT = "Part A and Part B"
INACTIVE_PERIODS = "Inactive periods"
ADVANTAGE = "Medicare Advantage"
PAYS_FIRST = "Other insurance that pays first (MSP)"
PART_D = "Part D"
QMB = "Qualified Medicare Beneficiary (QMB)"
DEDUCTIBLES = "Deductibles"
LIMITS = "Days, coinsurance and limits"
HOSPICE = "Hospice"
HOME_HEALTH = "Home health"
KIDNEY_DISEASE = "Kidney disease (ESRD)"
PREVENTIVE = "Preventive services"
OTHER = "Other statements"
HEADINGS = (
    *(ENTITLEMENT, INACTIVE_PERIODS, DEDUCTIBLES, LIMITS, ADVANTAGE, PAYS_FIRST, PART_D, QMB, HOSPICE, HOME_HEALTH),
    *(KIDNEY_DISEASE, PREVENTIVE, OTHER),
)
"""The headings of the page, in its order. All but the last are always shown: "None reported" is an answer too."""

PARTS = {"MA": "Part A", "MB": "Part B"}
"""The parts of Medicare by EB04."""
BILL_OPTION = "Bill option code"
"""The label of the fact that says who processes the claims of a plan's patients: its code, then words."""

_ACTIVE, _INACTIVE = frozenset("12345"), frozenset("678")
_DEATH, _REMAINING, _WHOLE_PLAN = "442", "29", "30"
# DTP01: kinds of dates that have one code for the first day and one for the last.
_SIDES = frozenset({"193", "194", "340", "341", "342", "343", "346", "347", "348", "349", "356", "357", "540"})
_MANAGED_CARE = frozenset({"HM", "HN", "IN", "PR", "PS"})
# Who pays before Medicare: 42 CFR part 411, by EB04.
_SECONDARY_PAYER = frozenset({"12", "13", "14", "15", "16", "41", "42", "43", "47", "AP", "LT", "WC"})
_BY_SERVICE = {
    "45": HOSPICE,
    "42": HOME_HEALTH,
    "44": HOME_HEALTH,
    "14": KIDNEY_DISEASE,
    "15": KIDNEY_DISEASE,
    "16": KIDNEY_DISEASE,
    "76": KIDNEY_DISEASE,
    "RN": KIDNEY_DISEASE,
}
_BY_KIND = {"C": DEDUCTIBLES} | dict.fromkeys("ABFGK", LIMITS)


def heading_of(said: Benefit) -> str:
    """The heading a statement stands under."""
    if said.insurance_type == "QM":
        return QMB
    if said.code in _INACTIVE and said.insurance_type in {"", *PARTS}:
        return INACTIVE_PERIODS
    if said.code in _ACTIVE and said.insurance_type in PARTS and _is_whole_plan(said):
        return ENTITLEMENT
    if said.code == "R":
        return _heading_of_payer(said)
    by_service = (_BY_SERVICE[each] for each in said.service_types if each in _BY_SERVICE)
    return next(by_service, PREVENTIVE if said.procedure else _BY_KIND.get(said.code, OTHER))


def _heading_of_payer(said: Benefit) -> str:
    if "88" in said.service_types:
        return PART_D
    if said.insurance_type in _MANAGED_CARE:
        return ADVANTAGE
    return PAYS_FIRST if said.insurance_type in _SECONDARY_PAYER else OTHER


def _is_whole_plan(said: Benefit) -> bool:
    return not said.service_types or _WHOLE_PLAN in said.service_types


@dataclass(frozen=True, slots=True)
class Deductible:
    """A deductible and what is left of it: two statements that are alike in all but the amount. `said` is either."""

    said: Benefit
    whole: Benefit | None
    remaining: Benefit | None


def deductibles(statements: Iterable[Benefit]) -> tuple[Deductible, ...]:
    """Deductibles beside what is left of them. No statement is left out, whatever it is alike to."""
    found: list[Deductible] = []
    waiting: dict[tuple[Benefit, bool], int] = {}
    for said in statements:
        like, is_rest = replace(said, amount_cents=None, quantity="", span="", time_period=""), said.is_remaining
        at = waiting.pop((like, not is_rest), None)
        if at is None:
            waiting[like, is_rest] = len(found)
            found.append(Deductible(said, None if is_rest else said, said if is_rest else None))
        else:
            found[at] = replace(found[at], **{"remaining" if is_rest else "whole": said})
    return tuple(found)


# --- the days asked about -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Days from `first` to `last`, both counted in. `date.min` and `date.max` are open sides."""

    first: date = date.min
    last: date = date.max

    @property
    def days(self) -> str:
        """The days in words, as they stand in a sentence."""
        if self.first == self.last:
            return f"{self.first:%m/%d/%Y}"
        if self.first == date.min:
            return f"until {self.last:%m/%d/%Y}"
        if self.last == date.max:
            return f"since {self.first:%m/%d/%Y}"
        return f"{self.first:%m/%d/%Y} to {self.last:%m/%d/%Y}"


# Plan and eligibility dates tell the days of coverage (X12 RFI 886, 1557); dates of the benefit where neither is given.
_COVERAGE_DATES = (frozenset({"291", "346", "347"}), frozenset({"307", "356", "357"}))
_WHOLE = frozenset({"291", "307"})
_BENEFIT_DATES = frozenset({"193", "194", "290", "292", "295", "348", "349", "472"})


def spans_of(said: Benefit, person: Person) -> tuple[Span, ...]:
    """The days a statement is about: those on which all kinds of dates it carries agree, earliest first.

    A statement without dates of its own has those of the person; without these it is about all days. The last day of an
    inactive period alone is the last day of coverage: inactive from the day after.
    """
    ends_coverage = said.code in _INACTIVE
    for periods in (said.periods, person.periods):
        kinds = [kind for kind in (_among(periods, codes) for codes in _COVERAGE_DATES) if kind]
        if not kinds and (of_benefit := _among(periods, _BENEFIT_DATES)):
            kinds = [of_benefit]
        if kinds:
            return reduce(common, (_spans(kind, ends_coverage=ends_coverage) for kind in kinds))
    return (Span(),)


def beside(said: Benefit, span: Span) -> tuple[Period, ...]:
    """The dates of a statement that say more than the first and the last day of `span`, which its row shows."""
    return tuple(
        each
        for each in said.periods
        if each.code not in _WHOLE or each.endless or Span(each.first or date.min, each.last or date.max) != span
    )


def _among(periods: Iterable[Period], codes: frozenset[str]) -> list[Period]:
    return [each for each in periods if each.code in codes]


def _spans(periods: Sequence[Period], *, ends_coverage: bool) -> tuple[Span, ...]:
    """The days of dates of one kind: whole periods, and first days with the last day that follows each.

    A period that ends before it begins gives no coverage, and takes it away on all days between: never more coverage
    than is sure.
    """
    whole = [Span(each.first, each.last) for each in periods if each.first and each.last]
    whole = [Span(*sorted((each.first, each.last))) if ends_coverage else each for each in whole]
    whole = [each for each in whole if each.first <= each.last]
    begins = [each.first for each in periods if each.first and not each.last]
    ends = [each.last for each in periods if each.last and not each.first]
    whole += [Span(first, min((last for last in ends if last >= first), default=date.max)) for first in begins]
    if begins or not ends:
        return united(whole or [Span() for each in periods if each.endless])
    if ends_coverage:
        return united([*whole, Span(max(ends) + _DAY)])
    return common(whole or [Span()], [Span(last=max(ends))])


def united(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same days without overlap, earliest first; neighbors are one."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and (found[-1].last == date.max or span.first <= found[-1].last + _DAY):
            found[-1] = Span(found[-1].first, max(found[-1].last, span.last))
        else:
            found.append(span)
    return tuple(found)


def common(some: Iterable[Span], others: Sequence[Span]) -> tuple[Span, ...]:
    """The days of both."""
    both = (Span(max(one.first, two.first), min(one.last, two.last)) for one in some for two in others)
    return united(span for span in both if span.first <= span.last)


def without(some: Iterable[Span], others: Iterable[Span]) -> tuple[Span, ...]:
    """The days of `some` that are none of `others`."""
    left = united(some)
    for other in united(others):
        outside = [Span(last=other.first - _DAY)] if other.first > date.min else []
        outside += [Span(other.last + _DAY)] if other.last < date.max else []
        left = common(left, outside)
    return left


CoverageState = Literal["active", "partly", "inactive", "not-reported"]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What of one part of Medicare is active on the days asked about; `words` say it, `reasons` why not on all."""

    part: str
    state: CoverageState
    days: tuple[Span, ...]
    words: str
    reasons: tuple[str, ...] = ()


def coverage(answer: Entitlement, first: date, last: date) -> tuple[Coverage, ...]:
    """Part A and Part B on the days from `first` to `last`.

    A part is active on the days of its active statements, but not on those of an inactive one (of the part, or of no
    part), nor after the date of death.
    """
    return tuple(_coverage(answer, code, Span(first, last)) for code in PARTS)


def _coverage(answer: Entitlement, code: str, asked: Span) -> Coverage:
    part = PARTS[code]
    about = [each for each in answer.benefits if _is_whole_plan(each)]
    covering = [each for each in about if each.code in _ACTIVE and each.insurance_type == code]
    lapsing = [each for each in about if each.code in _INACTIVE and each.insurance_type in {code, ""}]
    if not covering and not lapsing:
        return Coverage(part, "not-reported", (), f"{part} not reported")
    active = united(span for each in covering for span in spans_of(each, answer.person))
    inactive = united(span for each in lapsing for span in spans_of(each, answer.person))
    days = common(without(active, inactive), [asked])
    if answer.death is not None:
        days = common(days, [Span(last=answer.death)])
    if days == (asked,):
        return Coverage(part, "active", days, f"{part} active")
    words = f"{part} {_words(days, asked)}"
    return Coverage(part, "partly" if days else "inactive", days, words, tuple(_reasons(active, inactive, asked)))


def _words(days: tuple[Span, ...], asked: Span) -> str:
    match days:
        case ():
            return f"not active on {'this date' if asked.first == asked.last else 'these dates'}"
        case (one,) if one.first == asked.first:
            return f"active through {one.last:%m/%d/%Y}"
        case (one,) if one.last == asked.last:
            return f"active from {one.first:%m/%d/%Y}"
        case _:
            return f"active {' and '.join(each.days for each in days)}"


def _reasons(active: Sequence[Span], inactive: Sequence[Span], asked: Span) -> Iterator[str]:
    if active and active[0].first > asked.first:
        yield f"begins {active[0].first:%m/%d/%Y}"
    if active and active[-1].last < asked.last:
        yield f"ended {active[-1].last:%m/%d/%Y}"
    for span in inactive:
        if common([span], [asked]):
            yield "inactive" if span == Span() else f"inactive {span.days}"


HeadlineKind = Literal["good", "warning", "bad"]


@dataclass(frozen=True, slots=True)
class Headline:
    """The answer in one line, and below it why; `kind` is that of the page's answer."""

    kind: HeadlineKind
    words: str
    more: tuple[str, ...]


def headline(answer: Entitlement, first: date, last: date) -> Headline:
    """What the answer comes to on the days asked about: each part, death, and who else has to do with the claim.

    Who is in a plan of Medicare Advantage has active parts, and the plan is billed: that comes first, as a warning.
    """
    parts = coverage(answer, first, last)
    plans = _plans_to_bill(answer, Span(first, last))
    words = "; ".join([*plans, *_together({each.part: each.words.removeprefix(each.part) for each in parts})])
    reasons: dict[str, list[str]] = {}
    for each in parts:
        for reason in each.reasons:
            reasons.setdefault(reason, []).append(each.part)
    more = [f"{' and '.join(names)} {reason}." for reason, names in reasons.items()]
    if answer.death is not None:
        more.append(f"Date of death {answer.death:%m/%d/%Y}.")
    others = [each for each in _OTHERS if each != ADVANTAGE or not plans]
    also = [each for each in others if _is_reported(answer, each, Span(first, last))]
    if also:
        more.append(f"Also for these dates: {', '.join(also)}.")
    states = {each.state for each in parts}
    kind: HeadlineKind = "bad" if states == {"inactive"} else "warning" if plans or states != {"active"} else "good"
    return Headline(kind, words, tuple(more))


_OTHERS = (ADVANTAGE, PAYS_FIRST, QMB, HOSPICE, HOME_HEALTH)


def _plans_to_bill(answer: Entitlement, asked: Span) -> list[str]:
    """Which plans of Medicare Advantage are billed on the days asked about, each as words of the headline.

    A plan of bill option A leaves all claims to the Medicare contractor (HETS companion guide, bill option codes).
    """
    found: list[str] = []
    for said in answer.benefits:
        days = common(spans_of(said, answer.person), [asked])
        if heading_of(said) != ADVANTAGE or said.code in _INACTIVE or not days or _bill_option(said) == "A":
            continue
        names = (*(each.name for each in said.entities), *(each.name for each in said.numbers), said.plan)
        name = next(filter(None, names), "the plan")
        when = "" if days == (asked,) else f" ({' and '.join(each.days for each in days)})"
        whose = ", for its own providers" if _bill_option(said) == "B" else ""
        found.append(f"Bill {name}, Medicare Advantage{when}{whose}")
    return list(dict.fromkeys(found))


def _bill_option(said: Benefit) -> str:
    return next((each.words[:1] for each in said.facts if each.label == BILL_OPTION), "")


def _is_reported(answer: Entitlement, heading: str, asked: Span) -> bool:
    return any(
        heading_of(said) == heading and said.code not in _INACTIVE and common(spans_of(said, answer.person), [asked])
        for said in answer.benefits
    )


def _together(words: Mapping[str, str]) -> list[str]:
    """The parts of which the same is said, named together."""
    names: dict[str, list[str]] = {}
    for part, said in words.items():
        names.setdefault(said, []).append(part)
    return [f"{' and '.join(parts)}{said}" for said, parts in names.items()]
