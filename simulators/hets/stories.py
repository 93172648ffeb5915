"""Patients of whom HETS has more to say than that they are covered: one for each kind of answer a clerk meets."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from libs.x12.eligibility.objects import (
    Address,
    AnsweredPerson,
    Benefit,
    Contact,
    Dated,
    Name,
    Procedure,
    Provider,
    Reference,
    RelatedEntity,
)

_HOSPITAL_COINSURANCE, _RESERVE_COINSURANCE, _NURSING_COINSURANCE = 43_400, 86_800, 21_700
_PART_A_DEDUCTIBLE = 173_600
_CONTRACTOR = "15004"
_AGENCY, _HOSPICE = "2994535120", "2952919902"


@dataclass(frozen=True, slots=True)
class Story:
    """What is special about a patient, and how it changes what is said of them (of whom, and today)."""

    title: str
    tell: Callable[[AnsweredPerson, date], None]


def advantage(year: Dated) -> Benefit:
    """A plan of Medicare Advantage, for a year."""
    return Benefit(
        "R",
        service_types=("30",),
        insurance="HN",
        references=[Reference("18", "H9999 001", "LANTERN GOLD HMO")],
        dates=[Dated("290", year.first, year.last)],
        messages=["MCO Bill Option Code - C"],
        entities=[
            RelatedEntity(
                Name("PRP", "2", "LANTERN HEALTH PLAN"),
                Address("PO BOX 4100", city="LANTERNVILLE", state="KY", postal_code="428810100"),
                [Contact("", (("TE", "8005550177"), ("UR", "WWW.LANTERN.EXAMPLE")))],
            )
        ],
    )


def other_payer(year: Dated) -> Benefit:
    """An employer's group health plan that pays before Medicare, since the beginning of a year."""
    return Benefit(
        "R",
        coverage_level="IND",
        service_types=("30",),
        insurance="12",
        references=[Reference("IG", "CM77120045"), Reference("6P", "KY4471", "COPPERFIELD FOUNDRY")],
        dates=[Dated("290", year.first)],
        entities=[
            RelatedEntity(
                Name("PRP", "2", "COPPERFIELD MUTUAL"),
                Address("1 INSURANCE ROAD", "SUITE 900", "COPPERFIELD SPRINGS", "OH", "450120200"),
            )
        ],
    )


def _year(today: date) -> Dated:
    return Dated("292", date(today.year, 1, 1), date(today.year, 12, 31))


def _part(person: AnsweredPerson, insurance: str) -> Benefit:
    return next(each for each in person.benefits if each.information == "1" and each.insurance == insurance)


def _until(person: AnsweredPerson, insurance: str, last: date) -> None:
    part = _part(person, insurance)
    part.dates = [replace(each, last=last) for each in part.dates]


def _ended(person: AnsweredPerson, today: date) -> None:
    _until(person, "MA", today - timedelta(days=24))
    _until(person, "MB", date(today.year, 6, 30))


def _inactive(person: AnsweredPerson, today: date) -> None:
    days = Dated("307", today - timedelta(days=60), today + timedelta(days=30))
    person.benefits[:0] = [
        Benefit("6", "IND", ("30",), part, dates=[days], messages=["UNLAWFUL PRESENCE"]) for part in ("MA", "MB")
    ]


def _begins(person: AnsweredPerson, today: date) -> None:
    first = date(today.year + today.month // 12, today.month % 12 + 1, 1)
    for part in ("MA", "MB"):
        _part(person, part).dates = [Dated("291", first)]


def _died(person: AnsweredPerson, today: date) -> None:
    person.dates.append(Dated("442", today - timedelta(days=10)))


def _corrected(person: AnsweredPerson, _today: date) -> None:
    person.name = replace(person.name, middle_name="Q", suffix="JR")
    person.maintenance, person.maintenance_reason = "001", "25"
    person.birth_date = person.birth_date and person.birth_date - timedelta(days=1)


def _in_a_plan(person: AnsweredPerson, today: date) -> None:
    person.benefits.append(advantage(_year(today)))


def _second_payer(person: AnsweredPerson, today: date) -> None:
    person.benefits.append(other_payer(_year(today)))


def _everything(person: AnsweredPerson, today: date) -> None:
    """Inpatient days, QMB, hospice, home health, kidney disease, preventive services, Part D."""
    year, spell = _year(today), Dated("435", today - timedelta(days=40), today - timedelta(days=31))
    hospital = Benefit("F", service_types=("47",), insurance="MA", time_period="29", dates=[spell])
    contractor = RelatedEntity(Name("PR", "2", "MERIDIAN MEDICARE", qualifier="PI", identifier=_CONTRACTOR))
    person.benefits += [
        replace(hospital, information="C", amount_cents=_PART_A_DEDUCTIBLE // 4),
        replace(hospital, unit="DY", quantity=Decimal(50)),
        replace(hospital, information="B", unit="DY", quantity=Decimal(30), amount_cents=_HOSPITAL_COINSURANCE),
        replace(hospital, information="B", unit="LA", quantity=Decimal(60), amount_cents=_RESERVE_COINSURANCE),
        Benefit(
            "B",
            service_types=("AG",),
            insurance="MA",
            time_period="29",
            amount_cents=_NURSING_COINSURANCE,
            unit="DY",
            quantity=Decimal(80),
            dates=[year],
        ),
        Benefit("A", service_types=("96",), insurance="MB", time_period="27", percent=Decimal("0.2")),
        Benefit("1", "IND", ("30",), "QM", dates=[Dated("291", year.first, date.max)]),
        Benefit(
            "X",
            service_types=("45",),
            insurance="MA",
            time_period="26",
            dates=[Dated("292", today - timedelta(days=20))],
            entities=[RelatedEntity(Name("1P", "2", "LANTERN HOSPICE", qualifier="XX", identifier=_HOSPICE))],
        ),
        Benefit(
            "X",
            service_types=("42",),
            insurance="MA",
            time_period="26",
            dates=[Dated("193", today - timedelta(days=90)), Dated("194", today - timedelta(days=31))],
            messages=[f"DOEBA {today - timedelta(days=90):%Y%m%d}"],
            entities=[
                contractor,
                RelatedEntity(Name("1P", "2", qualifier="XX", identifier=_AGENCY), provider=Provider("HH")),
            ],
        ),
        Benefit(
            "D",
            service_types=("15",),
            insurance="MA",
            dates=[Dated("356", date(today.year - 2, 1, 1))],
            messages=["TRANSPLANT DISCHARGE DATE"],
        ),
        Benefit("D", insurance="MB", procedure=Procedure("HC", "G0438"), dates=[Dated("348", date(today.year, 2, 1))]),
        Benefit(
            "R",
            service_types=("88",),
            insurance="OT",
            references=[Reference("18", "S5678 002", "LANTERN DRUGS")],
            dates=[year],
            entities=[RelatedEntity(Name("PRP", "2", "LANTERN DRUG PLAN"))],
        ),
    ]


STORIES = (
    Story("Part A ended this month, Part B before", _ended),
    Story("Inactive period on top of coverage", _inactive),
    Story("Coverage begins next month", _begins),
    Story("Died ten days ago", _died),
    Story("HETS has another name and birth date", _corrected),
    Story("Medicare Advantage", _in_a_plan),
    Story("An employer's plan pays first", _second_payer),
    Story("Everything HETS may report", _everything),
)
