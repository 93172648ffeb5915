"""The tabs of an answer as words in rows and columns: the same for page and print, nothing of the answer left out."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, TypeVar

from libs.common.money import format_dollars
from libs.x12.eligibility.codes import SERVICES
from services.eligibility.amounts.domain import (
    FULL_HOSPITAL_DAYS,
    FULL_NURSING_DAYS,
    HOSPITAL_DAYS,
    NURSING_DAYS,
    RESERVE_DAYS,
    YearAmounts,
    amounts_of,
    is_unpublished,
)
from services.eligibility.benefits.domain import (
    Deductible,
    PreventiveService,
    StayDays,
    TherapyUse,
    deductibles,
    kind_of_days,
    preventive_services,
    stay_days,
    therapy_use,
)
from services.eligibility.coverage.domain import beside, coverage, spans_of
from services.eligibility.entitlement.domain import (
    DEDUCTIBLES,
    ENTITLEMENT,
    HOSPITAL,
    NURSING,
    PREVENTIVE,
    PSYCHIATRIC,
    RESERVE,
    TABS,
    THERAPY,
    Benefit,
    Entitlement,
    Number,
    Period,
    Refusal,
)

DISCLAIMERS = (
    (
        "This is what HETS knew at that time. It is not a guarantee of payment: a claim is decided by the coverage on"
        " the day of service and by Medicare's rules."
    ),
    (
        "Amounts that are marked as CMS's are those CMS published for the year. Where HETS gives an amount, HETS's"
        " amount is shown."
    ),
)
"""What stands below every answer."""

_NOT_GIVEN = "Not given"
_DO_NOT_AGREE = "Ask again tomorrow, or call the help desk."
# DTP01 of times that are mostly a calendar year, which is all that need be said of them then.
_BENEFIT_PERIOD, _NEXT_ELIGIBLE = "435", "348"
_YEARLY = frozenset({"291", "292", _BENEFIT_PERIOD})
# EB06 that the heading or the column says already.
_PER_DAY, _PER_EPISODE, _REMAINING = "7", "26", "29"
# EB01: active coverage, who else pays, who cares for the patient; EB03: all that the plan covers.
_ACTIVE, _PAYERS, _FACILITY, _WHOLE_PLAN = "1", frozenset("RU"), "X", "30"
# EB01 that says no more than heading and title: a benefit is described, another payer, a facility.
_SAID_BY_HEADING, _COPAYMENT = frozenset("DRX"), "B"
_KINDS_OF_STAY = frozenset({("30",), ("47",), ("A7",), ("AG",)})
_PARTS_OF_A_SERVICE = {"26": "professional", "TC": "technical"}
# More service types than these are folded away on the page.
_FEW_SERVICES = 6


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a cell: words, what they are about, and how they look. `folded` words are opened by who wants them."""

    words: str
    label: str = ""
    kind: Literal["", "title", "muted", "code", "folded", "good", "warning", "information"] = ""


Cell = tuple[Line, ...]
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Table:
    """The statements below one heading. The first cell of a row says what it is about."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class ShownTab:
    """A tab: how many statements it holds, what is to be known beside them, and the headings with nothing below."""

    anchor: str
    name: str
    count: int
    notes: tuple[Line, ...]
    tables: tuple[Table, ...]
    missing: tuple[str, ...]


def shown_tabs(answer: Entitlement, first: date, last: date, *, most: int | None = None) -> tuple[ShownTab, ...]:
    """The tabs of an answer to a question about the days from `first` to `last`, all of them, in their order.

    `most` is how many statements they hold at most: the first ones.
    """
    groups = answer.groups if most is None else replace(answer, benefits=answer.benefits[:most]).groups
    found = []
    for tab in TABS:
        tables = [_table(answer, heading, groups[heading], first, last) for heading in tab.headings if groups[heading]]
        found.append(
            ShownTab(
                tab.anchor,
                tab.name,
                sum(len(groups[heading]) for heading in tab.headings),
                tuple(_notes(tab.anchor, answer, first, last)),
                tuple(tables),
                tuple(heading for heading in tab.headings if not groups[heading]),
            )
        )
    return tuple(found)


def _table(answer: Entitlement, heading: str, statements: tuple[Benefit, ...], first: date, last: date) -> Table:
    if heading == ENTITLEMENT:
        return Table(heading, _PART_COLUMNS, tuple(_part_rows(answer, statements, first, last)))
    if heading == DEDUCTIBLES:
        return _of(heading, _DEDUCTIBLE_COLUMNS, _deductible_row, deductibles(statements, first))
    if heading == THERAPY:
        return _of(heading, _THERAPY_COLUMNS, _therapy_row, therapy_use(statements, first))
    if heading == PREVENTIVE:
        return _preventive_table(heading, preventive_services(statements), first)
    if heading in _STAYS:
        days = stay_days(heading, statements, first)
        return _of(heading, _DAYS_COLUMNS, lambda row: _days_row(heading, row), days)
    return _of(heading, _COLUMNS, _row, statements)


def _of(
    heading: str, columns: tuple[str, ...], cells: Callable[[Row], Iterable[Iterable[Line]]], rows: Iterable[Row]
) -> Table:
    return Table(heading, columns, tuple(tuple(tuple(cell) for cell in cells(row)) for row in rows))


def beside_the_tabs(answer: Entitlement) -> tuple[Line, ...]:
    """What is said of the patient and of the answer itself, beside the statements."""
    person = answer.person
    return (
        *map(_period, person.periods),
        *map(_number, person.numbers),
        *(_fact(each.label, each.words) for each in (*person.facts, *answer.about)),
    )


# --- beside the statements ------------------------------------------------------------------------------------------


def _notes(anchor: str, answer: Entitlement, first: date, last: date) -> Iterator[Line]:
    if anchor == "eligibility":
        yield Line(_day(answer.death) if answer.death else "None reported", "Date of death")
    if anchor in _AMOUNTS:
        for year in range(first.year, last.year + 1):
            amounts = amounts_of(year)
            if amounts is not None:
                yield Line(_AMOUNTS[anchor](amounts), f"CMS amounts for {year}")
            elif is_unpublished(year):
                yield Line("not yet published", f"CMS amounts for {year}")


def _amounts_of_deductibles(amounts: YearAmounts) -> str:
    return (
        f"Part A deductible {format_dollars(amounts.part_a_deductible)} for each benefit period; Part B deductible"
        f" {format_dollars(amounts.part_b_deductible)}; KX modifier above {format_dollars(amounts.therapy)} for"
        " physical therapy and speech-language pathology together, and for occupational therapy; records may be asked"
        f" for above {format_dollars(amounts.therapy_review)}"
    )


def _amounts_of_stays(amounts: YearAmounts) -> str:
    return (
        f"hospital days 1 to {FULL_HOSPITAL_DAYS}: the deductible of {format_dollars(amounts.part_a_deductible)}, then"
        f" nothing; days {FULL_HOSPITAL_DAYS + 1} to {HOSPITAL_DAYS}: {format_dollars(amounts.hospital_coinsurance)} a"
        f" day; {RESERVE_DAYS} lifetime reserve days: {format_dollars(amounts.reserve_coinsurance)} a day; skilled"
        f" nursing facility days 1 to {FULL_NURSING_DAYS}: nothing; days {FULL_NURSING_DAYS + 1} to {NURSING_DAYS}:"
        f" {format_dollars(amounts.nursing_coinsurance)} a day"
    )


_AMOUNTS = {"deductibles": _amounts_of_deductibles, "inpatient": _amounts_of_stays}


# --- rows -----------------------------------------------------------------------------------------------------------

_COLUMNS = ("What", "Dates", "Amount", "Details")
_PART_COLUMNS = ("Part", "On these dates", "Effective", "Ended", "Details")
_DEDUCTIBLE_COLUMNS = ("Deductible", "For", "Amount", "Remaining", "Details")
_DAYS_COLUMNS = ("Days", "For", "Left", "Patient pays a day", "Details")
_THERAPY_COLUMNS = ("Therapy", "For", "Used", "Left before KX", "Threshold", "Details")
_PREVENTIVE_COLUMNS = ("Service", "Covered next", "Deductible", "Coinsurance", "Details")
_SERVICE_COLUMNS = ("Service", "Covered next", "Details")
_STAYS = frozenset({HOSPITAL, NURSING, RESERVE, PSYCHIATRIC})


def _row(said: Benefit) -> Iterator[Iterable[Line]]:
    yield _headed(_title(said), said)
    yield map(_period, said.periods)
    yield _amount(said)
    yield _details(said)


def _title(said: Benefit) -> str:
    """What a statement is about, in the words that tell it from its neighbors."""
    if said.procedure:
        return SERVICES.get(said.procedure_code, said.what)
    if said.code in _PAYERS and said.insurance:
        return said.insurance
    return said.service if said.service and _WHOLE_PLAN not in said.service_types else said.what


def _headed(title: str, said: Benefit, *, parts: bool = True) -> Iterator[Line]:
    """The title of a row, and below it what it does not say of kind, insurance and plan, services, procedure.

    The procedure is told without its `parts` where these stand elsewhere.
    """
    yield Line(title, kind="title")
    what = "" if said.code in _SAID_BY_HEADING else said.what
    insurance = ": ".join(each for each in (said.insurance, said.plan) if each)
    yield from (line for each in (what, insurance) if each != title for line in _muted(each))
    if said.service != title:
        yield from _services(said)
    if said.procedure:
        modifiers = "".join(f"-{each}" for each in said.modifiers)
        yield Line(said.procedure if parts else said.procedure.replace(modifiers, "", 1), kind="code")


def _part_rows(
    answer: Entitlement, statements: Iterable[Benefit], first: date, last: date
) -> Iterator[tuple[Cell, ...]]:
    """A row for each stretch of days of a part."""
    words = {each.part: each.words for each in coverage(answer, first, last)}
    for said in statements:
        # Dates that contradict each other are no day at all, and are shown all the same.
        for span in spans_of(said, answer.person) or (None,):
            first_day, last_day = (_side(span.first), _side(span.last)) if span else (_NOT_GIVEN, _NOT_GIVEN)
            yield (
                (Line(said.insurance, kind="title"), *_muted(said.plan)),
                (Line(words[said.part]),),
                (Line(first_day),),
                (Line(last_day),),
                (
                    *_muted("" if said.code == _ACTIVE else said.what),
                    *_amount(said),
                    *_services(said),
                    *map(_period, beside(said, span) if span else said.periods),
                    *_details(said),
                ),
            )


def _side(value: date) -> str:
    return {date.min: _NOT_GIVEN, date.max: "No end date"}.get(value) or _day(value)


def _deductible_row(row: Deductible) -> Iterator[Iterable[Line]]:
    said = row.said
    of_part = f"{said.part} deductible"
    yield _headed(of_part, replace(said, what=of_part, insurance="")) if row.is_of_part else _headed(_title(said), said)
    yield map(_when, said.periods)
    yield _whole_deductible(row)
    yield _left_of_deductible(row)
    yield _details(said)


def _whole_deductible(row: Deductible) -> Iterator[Line]:
    whole = row.whole.amount_cents if row.whole else None
    if row.whole:
        yield from _amount(row.whole, left=False)
    if whole is None:
        yield from _published(row.published, row.year, instead=not (row.whole and row.whole.quantity))
    elif row.published not in {None, whole, 0} and whole:
        yield _differs(row.published, row.year)


def _left_of_deductible(row: Deductible) -> Iterator[Line]:
    if row.remaining:
        yield from _amount(row.remaining, rest=True)
    if row.whole and row.whole.left:
        yield Line(row.whole.left)
    elif not row.remaining:
        yield from _muted(_NOT_GIVEN)
    whole = row.whole.amount_cents if row.whole else row.published
    rest = row.remaining.amount_cents if row.remaining else None
    if whole is not None and rest is not None and rest > whole:
        yield Line(f"More is left than there is. {_DO_NOT_AGREE}", kind="warning")


def _days_row(heading: str, row: StayDays) -> Iterator[Iterable[Line]]:
    said, title = row.said, kind_of_days(heading, row)
    yield (Line(title, kind="title"), *(_count_of_days(title, row.days) if row.days else ()))
    yield map(_when, row.periods)
    yield _left_of_days(row.left)
    yield _cost_of_day(heading, row)
    # The heading says that it is about Part A, and about which kind of stay.
    insurance = "" if said.part == "Part A" else said.insurance
    yield (
        *_muted(_joined("" if said.code == _COPAYMENT else said.what, insurance, said.plan)),
        *(() if said.service_types in _KINDS_OF_STAY else _services(said)),
        *_muted(said.procedure),
        *_details(said),
    )


def _count_of_days(title: str, days: Benefit) -> Iterator[Line]:
    yield from _muted(_joined(days.quantity, "" if days.time_period == _PER_DAY else days.span))
    numbers = _numbers_of_days(days)
    yield from _muted("" if numbers == title else numbers)


def _numbers_of_days(said: Benefit) -> str:
    match (said.first_day, said.last_day):
        case (None, None):
            return ""
        case (first, None):
            return f"From day {first}"
        case (None, last):
            return f"Through day {last}"
        case (first, last):
            return f"Days {first} to {last}"


def _left_of_days(left: Benefit | None) -> Iterator[Line]:
    if left is None:
        yield from _muted(_NOT_GIVEN)
        return
    yield from (Line(each, kind="title") for each in (left.left, left.quantity) if each)
    yield from _muted("" if left.time_period in {_REMAINING, _PER_DAY} else left.span)
    yield from _muted(_numbers_of_days(left))


def _cost_of_day(heading: str, row: StayDays) -> Iterator[Line]:
    percent, cents = (row.cost or row.said).percent, row.cost_cents
    if percent:
        yield Line(percent)
    if cents is not None:
        yield Line(format_dollars(cents))
        yield from _muted("after the deductible" if heading == HOSPITAL and row.are_full else "")
        if row.published not in {None, cents}:
            yield _differs(row.published, row.year)
    elif row.are_full:
        yield Line("Nothing after the deductible" if heading == HOSPITAL else "Nothing")
    else:
        yield from _published(row.published, row.year, instead=not percent)


def _therapy_row(row: TherapyUse) -> Iterator[Iterable[Line]]:
    yield _once(line for said in row.statements for line in _headed(row.therapy, said))
    yield map(_when, row.statements[0].periods)
    yield _figure(row.used, row.used_cents)
    yield _figure(row.remaining, row.remaining_cents)
    yield _threshold(row)
    yield (
        *_verdict(row),
        *(line for said in row.statements if said is row.other for line in _amount(said)),
        *_once(line for said in row.statements for line in _details(said)),
    )


def _figure(said: Benefit | None, cents: int | None) -> Iterator[Line]:
    """A figure of HETS, or what follows from another one and the threshold."""
    if said is not None:
        yield from _amount(said, rest=True)
    elif cents is not None:
        yield Line(format_dollars(cents))
        yield Line("from CMS's threshold", kind="muted")
    else:
        yield from _muted(_NOT_GIVEN)


def _threshold(row: TherapyUse) -> Iterator[Line]:
    published = row.published.therapy if row.published else None
    if row.threshold:
        yield from _amount(row.threshold)
        if published not in {None, row.threshold.amount_cents}:
            yield _differs(published, row.year)
    else:
        yield from _published(published, row.year, instead=True)


def _verdict(row: TherapyUse) -> Iterator[Line]:
    used, threshold = row.used_cents, row.threshold_cents
    if row.contradicts:
        yield Line(f"Used, left and threshold do not fit. {_DO_NOT_AGREE}", kind="warning")
    if used is None or threshold is None or used < threshold:
        return
    if row.published and used > row.published.therapy_review:
        review = format_dollars(row.published.therapy_review)
        yield Line(f"Above {review}: use the KX modifier; records may be asked for.", kind="warning")
    else:
        yield Line("Threshold reached: use the KX modifier.", kind="warning")


def _preventive_table(heading: str, rows: Sequence[PreventiveService], asked: date) -> Table:
    """With columns for what the patient pays only when HETS says it."""
    has_share = any(row.deductibles or row.coinsurance for row in rows)

    def cells(row: PreventiveService) -> Iterator[Iterable[Line]]:
        title = SERVICES.get(row.statements[0].procedure_code, "Preventive service")
        yield _once(
            line
            for said in row.statements
            for line in _headed(
                title, said if said in row.others else replace(said, what=title), parts=said not in row.dates
            )
        )
        yield [line for said in row.dates for line in _covered_next(said, asked)] or _muted(_NOT_GIVEN)
        for some in (row.deductibles, row.coinsurance) if has_share else ():
            yield [line for said in some for line in (*_amount(said), *map(_when, said.periods))] or _muted(_NOT_GIVEN)
        yield _once(line for said in row.statements for line in _beside_service(row, said))

    return _of(heading, _PREVENTIVE_COLUMNS if has_share else _SERVICE_COLUMNS, cells, rows)


def _beside_service(row: PreventiveService, said: Benefit) -> Iterator[Line]:
    """What a statement about a preventive service says beside the columns."""
    if said in row.dates or said in row.others:
        yield from _amount(said)
    yield from (_period(each) for each in _other_dates(row, said))
    yield from _details(said)


def _other_dates(row: PreventiveService, said: Benefit) -> Iterator[Period]:
    if said in row.dates:
        return (each for each in said.periods if each.code != _NEXT_ELIGIBLE)
    return iter(said.periods if said in row.others else ())


def _covered_next(said: Benefit, asked: date) -> Iterator[Line]:
    """From when a service, or a part of it, is covered again."""
    part = _PARTS_OF_A_SERVICE.get(said.modifiers[0], "") if len(said.modifiers) == 1 else ""
    label = part.capitalize() or (said.procedure if said.modifiers else "")
    dates = [each for each in said.periods if each.code == _NEXT_ELIGIBLE]
    if not dates:
        yield Line(_NOT_GIVEN, label, "muted")
    for each in dates:
        is_now = each.first is not None and each.first <= asked and each.last is None
        words = f"Now (since {each.days})" if is_now else each.days
        yield Line(words, label, "good" if is_now else "warning")


# --- lines ----------------------------------------------------------------------------------------------------------


def _services(said: Benefit) -> Iterator[Line]:
    if said.service and said.service_types != (_WHOLE_PLAN,):
        count = len(said.service_types)
        if count > _FEW_SERVICES:
            yield Line(said.service, f"{count} kinds of service", "folded")
        else:
            yield Line(said.service, kind="muted")


def _amount(said: Benefit, *, left: bool = True, rest: bool = False) -> Iterator[Line]:
    """How much, how many, per what. `rest`: the column says already that it is what remains."""
    if said.amount_cents is not None:
        yield Line(format_dollars(said.amount_cents))
    yield from (Line(each) for each in (said.percent, said.quantity) if each)
    is_told = (rest and said.time_period == _REMAINING) or (said.code == _FACILITY and said.time_period == _PER_EPISODE)
    yield from _muted("" if is_told else said.span)
    yield from _muted(_numbers_of_days(said))
    if left and said.left:
        yield Line(f"{said.left} left")


def _details(said: Benefit) -> Iterator[Line]:
    """All that a statement carries beside what it is about, its dates and its amounts."""
    if said.network:
        yield Line(said.network, kind="title")
    for entity in said.entities:
        yield Line(entity.name or "name not given", entity.role)
        yield from (_fact(each.label, each.words) for each in entity.facts)
    yield from map(_number, said.numbers)
    yield from (_fact(each.label, each.words) for each in said.facts)
    yield from map(Line, said.messages)
    for refusal in said.refusals:
        yield from _refusal(refusal)
    yield from (Line(each, kind="information") for each in said.remarks)


def _refusal(each: Refusal) -> Iterator[Line]:
    """Why HETS did not answer a part of the question, and what to do."""
    yield Line(each.sentence, kind="warning")
    yield Line(each.remedy)
    yield Line(_joined(f"HETS reason AAA {each.code}", each.about, each.follow_up), kind="muted")


def _fact(label: str, words: str) -> Line:
    """A number such as a telephone's does not break at its hyphens."""
    return Line(words, label, "" if " " in words else "code")


def _number(each: Number) -> Line:
    return Line(f"{each.number} {each.name}", each.kind) if each.name else Line(each.number, each.kind, "code")


def _period(each: Period) -> Line:
    return Line(each.days, each.words)


def _when(each: Period) -> Line:
    """A calendar year by its number; other times by their days."""
    first, last = each.first, each.last
    if each.code in _YEARLY and first and last and (first, last) == (date(first.year, 1, 1), date(first.year, 12, 31)):
        return Line(f"{first.year}")
    return Line(each.days, "Benefit period" if each.code == _BENEFIT_PERIOD else each.words)


def _published(cents: int | None, year: int, *, instead: bool) -> Iterator[Line]:
    """What CMS published, in place of an amount that HETS did not give."""
    if cents is not None:
        yield Line(format_dollars(cents))
        yield Line(f"CMS's amount for {year}", kind="muted")
    elif instead:
        yield Line(f"CMS has not published {year} yet" if is_unpublished(year) else _NOT_GIVEN, kind="muted")


def _differs(cents: int | None, year: int) -> Line:
    assert cents is not None  # noqa: S101 - callers compare two amounts
    return Line(f"CMS published {format_dollars(cents)} for {year}.", kind="information")


def _muted(words: str) -> Cell:
    return (Line(words, kind="muted"),) if words else ()


def _once(lines: Iterable[Line]) -> Cell:
    return tuple(dict.fromkeys(lines))


def _joined(*texts: str) -> str:
    return ", ".join(text for text in texts if text)


def _day(value: date) -> str:
    return f"{value:%m/%d/%Y}"
