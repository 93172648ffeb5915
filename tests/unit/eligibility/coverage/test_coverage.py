"""What an answer means on the days asked about: held day by day, whatever the periods and the question."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.eligibility.coverage.domain import (
    Coverage,
    Span,
    beside,
    common,
    coverage,
    headline,
    spans_of,
    united,
    without,
)
from services.eligibility.entitlement.domain import BILL_OPTION, Benefit, Entitlement, Entity, Fact, Period, Person

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
JANUARY, MARCH, JUNE = date(2026, 1, 1), date(2026, 3, 1), date(2026, 6, 30)
NOBODY = Person("", "", "", None, "", "")
DAYS = [date(2026, 10, 1) + timedelta(days=number) for number in range(92)]


def period(code: str, first: date | None, last: date | None = None) -> Period:
    return Period(code, "", first, last)


def said(code: str, insurance: str, *periods: Period, services: tuple[str, ...] = ("30",)) -> Benefit:
    return Benefit(code, "", "", insurance, insurance, "", service_types=services, periods=periods)


def answer(*statements: Benefit, death: date | None = None, dates: tuple[Period, ...] = ()) -> Entitlement:
    died = (period("442", death, death),) if death else ()
    return Entitlement(Person("", "", "", None, "", "", periods=(*dates, *died)), "", tuple(statements))


def active(insurance: str, first: date | None = date(2001, 1, 1), last: date | None = None) -> Benefit:
    return said("1", insurance, period("291", first, last))


def inactive(insurance: str, first: date | None, last: date | None = None) -> Benefit:
    return said("6", insurance, period("307", first, last))


def plan(option: str = "C", first: date = date(2026, 1, 1), last: date | None = None) -> Benefit:
    found = said("R", "HN", period("290", first, last))
    facts = (Fact(BILL_OPTION, f"{option} · words"),) if option else ()
    return replace(found, entities=(Entity("Payer", "Lantern"),), facts=facts)


B = active("MB")
THROUGH_20 = "Part A and Part B active through 11/20/2026"


@pytest.mark.parametrize(
    ("found", "words", "kind"),
    [
        (answer(active("MA"), B), "Part A and Part B active", "good"),
        (
            # HETS companion guide: active and inactive periods beside each other.
            answer(active("MA"), B, *(inactive(part, date(2026, 9, 1), date(2026, 12, 31)) for part in ("MA", "MB"))),
            "Part A and Part B not active on these dates",
            "bad",
        ),
        (
            # X12 RFI 886: plan dates are the days of coverage.
            answer(
                active("MA", date(2001, 1, 1), date(2026, 11, 5)), active("MB", date(2001, 1, 1), date(2026, 6, 30))
            ),
            "Part A active through 11/05/2026; Part B not active on these dates",
            "warning",
        ),
        (answer(active("MA", date(2026, 11, 10)), B), "Part A active from 11/10/2026; Part B active", "warning"),
        (
            answer(active("MA"), B, inactive("MA", date(2026, 11, 6), date(2026, 11, 19))),
            "Part A active 11/01/2026 to 11/05/2026 and 11/20/2026 to 11/30/2026; Part B active",
            "warning",
        ),
        (
            answer(active("MA", date(2026, 11, 10), date(2026, 11, 10)), B),
            "Part A active 11/10/2026; Part B active",
            "warning",
        ),
        (answer(active("MA"), B, death=date(2026, 11, 3)), "Part A and Part B active through 11/03/2026", "warning"),
        (answer(active("MA"), B, death=date(2026, 10, 3)), "Part A and Part B not active on these dates", "bad"),
        (answer(B), "Part A not reported; Part B active", "warning"),
        (answer(), "Part A and Part B not reported", "warning"),
        # An inactive statement that names no part is about all of them; one about hospice is about no part.
        (answer(active("MA"), B, inactive("", date(2026, 11, 21))), THROUGH_20, "warning"),
        (answer(active("MA"), B, said("6", "MA", services=("45",))), "Part A and Part B active", "good"),
    ],
)  # fmt: skip
def test_the_headline_is_about_the_days_asked(found: Entitlement, words: str, kind: str) -> None:
    line = headline(found, FIRST, LAST)
    assert (line.words, line.kind) == (words, kind)


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (answer(active("MA", date(2001, 1, 1), date(2026, 11, 5)), B), "Part A ended 11/05/2026."),
        (answer(active("MA", date(2027, 1, 1)), B), "Part A begins 01/01/2027."),
        (
            answer(active("MA"), B, inactive("MA", date(2026, 9, 1), date(2026, 12, 31))),
            "Part A inactive 09/01/2026 to 12/31/2026.",
        ),
        (answer(active("MA"), B, inactive("MA", date(2026, 11, 21))), "Part A inactive since 11/21/2026."),
        (answer(active("MA"), B, death=date(2026, 11, 3)), "Date of death 11/03/2026."),
        (
            answer(active("MA"), B, said("R", "12", period("290", date(2026, 1, 1)))),
            "Also for these dates: Other insurance that pays first (MSP).",
        ),
        (answer(active("MA"), B, plan("A")), "Also for these dates: Medicare Advantage."),
    ],
)
def test_the_headline_says_why(found: Entitlement, why: str) -> None:
    assert headline(found, FIRST, LAST).more == (why,)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (plan(), "Bill Lantern, Medicare Advantage; Part A and Part B active"),
        (plan(""), "Bill Lantern, Medicare Advantage; Part A and Part B active"),
        (plan("B"), "Bill Lantern, Medicare Advantage, for its own providers; Part A and Part B active"),
        (
            plan(first=date(2026, 11, 10)),
            "Bill Lantern, Medicare Advantage (11/10/2026 to 11/30/2026); Part A and Part B active",
        ),
        (replace(plan(), entities=()), "Bill the plan, Medicare Advantage; Part A and Part B active"),
    ],
)
def test_a_plan_of_medicare_advantage_is_to_be_billed_and_the_headline_warns_of_it(found: Benefit, words: str) -> None:
    line = headline(answer(active("MA"), B, found), FIRST, LAST)
    assert (line.words, line.kind, line.more) == (words, "warning", ())


def test_a_plan_is_billed_also_when_hets_names_it_as_whom_to_contact() -> None:
    # Later releases of HETS say EB01 U for the plans of a patient.
    line = headline(answer(active("MA"), B, replace(plan(), code="U")), FIRST, LAST)
    assert line.words == "Bill Lantern, Medicare Advantage; Part A and Part B active"


def test_part_b_for_immunosuppressive_drugs_alone_is_not_part_b() -> None:
    # Social Security Act, section 1836(b): it covers nothing else.
    drugs = replace(active("MB", date(2026, 1, 1)), plan="PART B-ID")
    line = headline(answer(inactive("MA", date(2025, 6, 1)), drugs), FIRST, LAST)
    assert line.words == "Part A not active on these dates; Part B not reported"
    assert "Also for these dates: Immunosuppressive drugs alone (Part B-ID)." in line.more


@pytest.mark.parametrize(
    "found",
    [
        # What HETS says of every patient: no deductible for home health and hospice, how often in a hospice.
        Benefit("C", "", "", "MA", "", "", service_types=("42", "45"), amount_cents=0),
        Benefit("D", "", "", "MA", "", "", service_types=("45",), quantity="0 units used"),
        Benefit("X", "", "", "MB", "", "", procedure="HCPCS G0180", procedure_code="G0180"),
    ],
    ids=["no deductible", "number of times", "certification"],
)
def test_only_a_facility_that_cares_for_the_patient_is_told_for_the_dates(found: Benefit) -> None:
    assert headline(answer(active("MA"), B, found), FIRST, LAST).more == ()
    hospice = said("X", "MA", period("292", date(2026, 11, 10)), services=("45",))
    assert headline(answer(active("MA"), B, found, hospice), FIRST, LAST).more == ("Also for these dates: Hospice.",)


def test_dates_are_told_beside_a_row_only_when_they_say_more_than_it() -> None:
    year, more = period("291", date(2026, 1, 1)), period("346", date(2026, 1, 1))
    of_part = said("1", "MB", year, more)
    assert beside(of_part, Span(date(2026, 1, 1))) == (more,)
    assert beside(of_part, Span(date(2026, 3, 1))) == (year, more)


def test_a_plan_that_leaves_all_claims_to_the_contractor_is_no_warning() -> None:
    assert headline(answer(active("MA"), B, plan("A")), FIRST, LAST).kind == "good"


def test_dates_that_contradict_each_other_never_give_more_coverage() -> None:
    backwards = (date(2026, 12, 31), date(2026, 9, 1))
    taken = answer(active("MA"), B, inactive("MA", *backwards))
    assert headline(taken, FIRST, LAST).words == "Part A not active on these dates; Part B active"
    given = answer(active("MA", *backwards), B)
    assert headline(given, FIRST, LAST).words == "Part A not active on these dates; Part B active"
    earlier = said("1", "MB", period("442", date(2026, 11, 5), date(2026, 11, 5)))
    died = answer(active("MA"), B, earlier, death=date(2026, 11, 20))
    assert headline(died, FIRST, LAST).words == "Part A and Part B active through 11/05/2026"


def test_what_ended_before_the_dates_is_not_told_for_them() -> None:
    ended = said("R", "HN", period("290", date(2024, 1, 1), date(2025, 12, 31)))
    assert headline(answer(active("MA"), B, ended), FIRST, LAST).more == ()


def test_one_day_is_one_day() -> None:
    found = answer(active("MA", date(2001, 1, 1), date(2026, 10, 31)), B)
    assert headline(found, FIRST, FIRST).words == "Part A not active on this date; Part B active"


@pytest.mark.parametrize(
    ("periods", "spans"),
    [
        ((period("346", JANUARY), period("347", None, JUNE)), [(JANUARY, JUNE)]),
        ((period("356", JANUARY), period("357", None, JUNE)), [(JANUARY, JUNE)]),
        ((period("347", None, JUNE),), [(date.min, JUNE)]),
        # Plan and eligibility must both hold.
        ((period("291", JANUARY), period("307", MARCH, JUNE)), [(MARCH, JUNE)]),
        ((period("291", JANUARY, MARCH), period("291", JUNE)), [(JANUARY, MARCH), (JUNE, date.max)]),
        ((period("435", JANUARY, JANUARY),), [(date.min, date.max)]),
        # An end before the beginning is no day at all, and not every day.
        ((period("291", MARCH, JANUARY),), []),
        ((Period("347", "", None, None, endless=True),), [(date.min, date.max)]),
    ],
)  # fmt: skip
def test_the_days_of_a_statement_are_those_of_its_dates(
    periods: tuple[Period, ...], spans: list[tuple[date, date]]
) -> None:
    assert [(span.first, span.last) for span in spans_of(said("1", "MA", *periods), NOBODY)] == spans


def test_a_statement_without_dates_has_those_of_the_patient() -> None:
    # 005010X279A1: dates of the person are about every statement that has none of its own.
    dates = (period("291", date(2026, 1, 1), date(2026, 11, 5)),)
    [part_a, _] = coverage(answer(said("1", "MA"), B, dates=dates), FIRST, LAST)
    assert part_a.words == "Part A active through 11/05/2026"


def test_inactive_with_a_last_day_alone_is_inactive_from_the_day_after() -> None:
    found = answer(active("MA"), said("6", "MA", period("347", None, date(2026, 11, 5))), B)
    assert coverage(found, FIRST, LAST)[0].words == "Part A active through 11/05/2026"


# --- day by day -----------------------------------------------------------------------------------------------------

days = st.sampled_from(DAYS)
sides = st.tuples(st.none() | days, st.none() | days).map(
    lambda pair: pair if None in pair else tuple(sorted(pair))  # type: ignore[type-var]
)
spans = st.lists(st.tuples(days, days).map(lambda pair: Span(min(pair), max(pair))), max_size=5)


def holds(found: Iterable[Span], day: date) -> bool:
    return any(span.first <= day <= span.last for span in found)


@given(spans, spans)
def test_spans_of_days_are_sets_of_days(some: list[Span], others: list[Span]) -> None:
    for day in DAYS:
        one, two = holds(some, day), holds(others, day)
        assert holds(united([*some, *others]), day) == (one or two)
        assert holds(common(some, others), day) == (one and two)
        assert holds(without(some, others), day) == (one and not two)
    for found in (united(some), common(some, others), without(some, others)):
        assert all(one.last + timedelta(days=1) < two.first for one, two in pairwise(found))


@st.composite
def statements(draw: st.DrawFn) -> Benefit:
    code, part = draw(st.sampled_from("1456")), draw(st.sampled_from(["MA", "MB", ""]))
    first, last = draw(sides.filter(lambda pair: pair != (None, None)))
    return said(code, part, period(draw(st.sampled_from(["291", "307"])), first, last))


def covered(benefit: Benefit, day: date) -> bool:
    """The same by its definition, for a statement with one date."""
    [one] = benefit.periods
    if benefit.code == "6" and one.first is None:
        return one.last is not None and day > one.last
    return (one.first is None or day >= one.first) and (one.last is None or day <= one.last)


@given(st.lists(statements(), max_size=6), st.none() | days, days, days)
def test_a_part_is_active_on_exactly_the_days_the_statements_say(
    some: list[Benefit], death: date | None, one: date, two: date
) -> None:
    first, last = min(one, two), max(one, two)
    for part in coverage(answer(*some, death=death), first, last):
        code = {"Part A": "MA", "Part B": "MB"}[part.part]
        about = [each for each in some if each.insurance_type == code or (each.code == "6" and not each.insurance_type)]
        expected = [
            day
            for day in DAYS
            if first <= day <= last
            and any(each.code != "6" and covered(each, day) for each in about)
            and not any(each.code == "6" and covered(each, day) for each in about)
            and (death is None or day <= death)
        ]
        assert [day for day in DAYS if holds(part.days, day)] == expected
        check_words(part, expected, bool(about), first, last)


def check_words(part: Coverage, expected: list[date], reported: bool, first: date, last: date) -> None:
    asked = [day for day in DAYS if first <= day <= last]
    state = "active" if expected == asked else "partly" if expected else "inactive"
    assert part.state == (state if reported else "not-reported")
    if part.state == "partly":
        # Every first and last day of a stretch is named, but for those of the question.
        named = {f"{day:%m/%d/%Y}" for span in part.days for day in (span.first, span.last)}
        unnamed = {named_day for named_day in named if named_day not in part.words}
        assert unnamed <= {f"{first:%m/%d/%Y}", f"{last:%m/%d/%Y}"}
