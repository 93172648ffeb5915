"""Patients of whom HETS has more to say than that they are covered: one for each kind of answer a clerk meets."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from libs.x12.eligibility.objects import AnsweredPerson, Benefit, Dated
from simulators.hets import benefits


@dataclass(frozen=True, slots=True)
class Story:
    """What is special about a patient, and how it changes what is said of them (of whom, and today)."""

    title: str
    tell: Callable[[AnsweredPerson, date], None]


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
    person.benefits.append(benefits.advantage(benefits.year(today)))


def _second_payer(person: AnsweredPerson, today: date) -> None:
    person.benefits.append(benefits.other_payer(benefits.year(today)))


def _everything(person: AnsweredPerson, today: date) -> None:
    """A stay and the days it left, QMB, hospice, home health, kidney disease, therapy, training, programs, Part D."""
    time, spell = benefits.year(today), Dated("435", today - timedelta(days=40), today - timedelta(days=31))
    person.benefits += [
        benefits.deductible_left(spell, 0),
        *benefits.all_days(time),
        *benefits.stay_in_words_of_before(spell, full=50, coinsurance=30, reserve=60),
        *benefits.nursing_days(spell, full=20, coinsurance=80),
        *benefits.psychiatric_days(left=190),
        *benefits.without_share(time),
        benefits.qualified_beneficiary(time.first),
        *benefits.hospice(today - timedelta(days=20)),
        *benefits.home_health(today - timedelta(days=90)),
        *benefits.kidney_disease(date(today.year - 2, 1, 1), transplant=date(today.year - 1, 5, 20)),
        benefits.prevention_program(date(today.year, 3, 2), date(today.year + 1, 3, 1)),
        *benefits.sessions(),
        benefits.counted_service("G0108", time, 9, "HS", "DSMT, initial training"),
        benefits.counted_service("97802", time, 3, "HS", "MNT, initial"),
        benefits.counted_service("97810", time, 12, "VS", "Sessions of acupuncture"),
        benefits.preventive("99483", today - timedelta(days=12)),
        benefits.preventive("G0438", date(today.year, 2, 1)),
        *(benefits.preventive("82270", today + timedelta(days=days), part) for part, days in (("26", 20), ("TC", -20))),
        *benefits.share_of("82270", time),
        benefits.drug_plan(time),
    ]


def _drugs_alone(person: AnsweredPerson, today: date) -> None:
    """Kidney disease ended with the transplant, and with it all of Medicare but the drugs against rejection."""
    ended = date(today.year - 1, 5, 31)
    person.benefits = [_part(person, "MA"), _part(person, "MB")]
    for part in ("MA", "MB"):
        _until(person, part, ended)
    person.benefits += [
        *benefits.kidney_disease(date(today.year - 6, 1, 1), transplant=date(today.year - 4, 5, 20)),
        benefits.immunosuppressive_drugs(ended + timedelta(days=1)),
    ]


def _much_therapy(person: AnsweredPerson, today: date) -> None:
    """Above the threshold of medical review in one therapy, at the KX threshold in the other."""
    time = benefits.year(today)
    person.benefits = [each for each in person.benefits if not {"AD", "AE"} & set(each.service_types[:1])]
    person.benefits += [benefits.therapy_used("AE", time, 312_045), benefits.therapy_left("AD", time, 0)]


def _contradicting(person: AnsweredPerson, today: date) -> None:
    """Amounts that contradict each other or what CMS published, and amounts that are missing."""
    time = benefits.year(today)
    person.benefits = [each for each in person.benefits if each.information == "1"]
    person.benefits += [
        *benefits.part_a_deductible(time, benefits.PART_A_DEDUCTIBLE + 100),
        *(replace(each, amount_cents=100_00) for each in benefits.hospital_days(time, 60, 30)),
        *(replace(each, amount_cents=None) for each in benefits.nursing_days(time, 20, 80)),
        Benefit("C", "", ("30",), "MB", time_period="23", dates=[time]),
        benefits.therapy_used("AE", time, 100_000),
        benefits.therapy_left("AE", time, 200_000),
        benefits.therapy_used("AD", time, -500),
        benefits.preventive("G0439", date.max),
    ]


def _unknown(person: AnsweredPerson, today: date) -> None:
    """Statements of a kind that no list has, in the place of each kind that one has."""
    time = benefits.year(today)
    known = [
        *benefits.kidney_disease(time.first),
        *benefits.part_a_deductible(time, 0),
        *benefits.hospital_days(time, 60, 30),
        benefits.therapy_used("AD", time, 100),
        benefits.preventive("G0439", today),
        benefits.advantage(time),
        benefits.other_payer(time),
        benefits.drug_plan(time),
        *benefits.hospice(today),
        *benefits.home_health(today),
        benefits.qualified_beneficiary(today),
    ]
    person.benefits += [replace(each, information="9Z") for each in known]


def _longest(person: AnsweredPerson, today: date) -> None:
    """As much as HETS has of a patient with long years of care: 300 statements."""
    day = today
    while len(person.benefits) < _MOST_STATEMENTS:
        day = day - timedelta(days=70)
        spell = Dated("435", day, day + timedelta(days=9))
        person.benefits += [
            benefits.deductible_left(spell, 0),
            *benefits.hospital_days(spell, 50, 30),
            *benefits.nursing_days(spell, 20, 80),
            *benefits.home_health(day),
            *benefits.share_of("G0439", benefits.year(day)),
        ]
    del person.benefits[_MOST_STATEMENTS:]


_MOST_STATEMENTS = 300

STORIES = (
    Story("Part A ended this month, Part B before", _ended),
    Story("Inactive period on top of coverage", _inactive),
    Story("Coverage begins next month", _begins),
    Story("Died ten days ago", _died),
    Story("HETS has another name and birth date", _corrected),
    Story("Medicare Advantage", _in_a_plan),
    Story("An employer's plan pays first", _second_payer),
    Story("Everything HETS may report", _everything),
    Story("Immunosuppressive drugs alone (Part B-ID)", _drugs_alone),
    Story("Therapy above the thresholds", _much_therapy),
    Story("Amounts that contradict each other", _contradicting),
    Story("Statements of unknown kinds", _unknown),
    Story("300 statements", _longest),
)
