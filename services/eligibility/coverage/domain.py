"""What an answer means on the days asked about: when each part of Medicare is active, and all of it in one line."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from typing import Literal

from services.eligibility.entitlement.domain import (
    ADVANTAGE,
    BILL_OPTION,
    DRUGS,
    ENTITLEMENT,
    HOME_HEALTH,
    HOSPICE,
    INACTIVE,
    INACTIVE_PERIODS,
    PARTS,
    PAYS_FIRST,
    QMB,
    Benefit,
    Entitlement,
    Period,
    Person,
)

_DAY = timedelta(days=1)


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
    ends_coverage = said.code in INACTIVE
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
    # Neither single services nor Part B for immunosuppressive drugs alone (Social Security Act, section 1836(b)).
    covering = [each for each in answer.groups[ENTITLEMENT] if each.insurance_type == code]
    lapsing = [each for each in answer.groups[INACTIVE_PERIODS] if each.insurance_type in {code, ""}]
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
    """The answer in one line, and below it why; `kind` is that of the page's answer. `parts` is the coverage in it."""

    kind: HeadlineKind
    words: str
    more: tuple[str, ...]
    parts: tuple[Coverage, ...]


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
    return Headline(kind, words, tuple(more), parts)


_OTHERS = (ADVANTAGE, PAYS_FIRST, DRUGS, QMB, HOSPICE, HOME_HEALTH)
# Facilities that care for the patient (EB01): other statements of their headings say how much was or may be used.
_FACILITY, _CARED_FOR = "X", frozenset({HOSPICE, HOME_HEALTH})


def _plans_to_bill(answer: Entitlement, asked: Span) -> list[str]:
    """Which plans of Medicare Advantage are billed on the days asked about, each as words of the headline.

    A plan of bill option A leaves all claims to the Medicare contractor (HETS companion guide, bill option codes).
    """
    found: list[str] = []
    for said in answer.groups[ADVANTAGE]:
        days = common(spans_of(said, answer.person), [asked])
        if not days or _bill_option(said) == "A":
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
        said.code not in INACTIVE
        and (heading not in _CARED_FOR or (said.code == _FACILITY and not said.procedure))
        and common(spans_of(said, answer.person), [asked])
        for said in answer.groups[heading]
    )


def _together(words: Mapping[str, str]) -> list[str]:
    """The parts of which the same is said, named together."""
    names: dict[str, list[str]] = {}
    for part, said in words.items():
        names.setdefault(said, []).append(part)
    return [f"{' and '.join(parts)}{said}" for said, parts in names.items()]
