"""What the rows of an answer come to: days left and their cost, thresholds, next dates, amounts that do not agree."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from libs.x12.eligibility.objects import AnsweredPerson, Benefit, Dated, EligibilityAnswer, Heading, Name, Source
from services.eligibility.benefits.views import ShownTab, Table, shown_tabs
from services.eligibility.entitlement.domain import TABS
from services.eligibility.entitlement.views import in_words
from simulators.hets import benefits

TODAY = date(2026, 11, 30)
TIME = benefits.year(TODAY)
SPELL = Dated("435", date(2026, 10, 21), date(2026, 10, 30))


def tabs(statements: Iterable[Benefit], first: date = TODAY, last: date = TODAY) -> dict[str, ShownTab]:
    person = AnsweredPerson(Name("IL", "1", "ASHGROVE"), benefits=list(statements))
    heading = Heading("REF1", datetime(2026, 11, 30, 9, tzinfo=UTC), "11")
    answer, _ = in_words(EligibilityAnswer(heading, Source(Name("PR", "2", "CMS")), None, person))
    assert answer is not None
    return {tab.anchor: tab for tab in shown_tabs(answer, first, last)}


def told(table: Table) -> list[list[str]]:
    """The rows, each cell with the words of its lines."""
    return [[" / ".join(line.words for line in cell) for cell in row] for row in table.rows]


def cells(statements: Iterable[Benefit], anchor: str = "inpatient", first: date = TODAY) -> list[list[str]]:
    return [row for table in tabs(statements, first, first)[anchor].tables for row in told(table)]


def test_all_tabs_are_there_also_for_an_answer_that_says_nothing() -> None:
    shown = tabs([Benefit("L")])
    assert list(shown) == [tab.anchor for tab in TABS]
    assert [anchor for anchor, tab in shown.items() if tab.count] == ["other"]
    assert shown["msp"].missing == ("Other insurance that pays first (MSP)",)


def test_days_stand_in_one_row_with_how_many_are_left_and_what_each_costs() -> None:
    found = cells(
        [*benefits.all_days(TIME), *benefits.hospital_days(TIME, 54, 30), *benefits.nursing_days(TIME, 20, 71)]
    )
    assert [row[:4] for row in found] == [
        ["Days 1 to 60", "2026", "54 days", "$0.00 / after the deductible"],
        ["Days 61 to 90", "2026", "30 days", "$434.00"],
        ["Days 1 to 20", "2026", "20 days", "$0.00"],
        ["Days 21 to 100", "2026", "71 days", "$217.00"],
    ]


def test_days_of_a_benefit_period_in_the_spelling_of_before_are_read_the_same() -> None:
    found = cells(benefits.stay_in_words_of_before(SPELL, full=50, coinsurance=30, reserve=58))
    assert [row[:4] for row in found] == [
        ["Full days (1 to 60)", "10/21/2026 to 10/30/2026", "50 days", "Nothing after the deductible"],
        ["Coinsurance days (61 to 90)", "10/21/2026 to 10/30/2026", "30 days", "$434.00"],
        [
            "Lifetime reserve days",
            "10/21/2026 to 10/30/2026",
            "58 lifetime reserve days / remaining in the lifetime",
            "$868.00",
        ],
    ]


def test_lifetime_reserve_days_are_one_row_with_those_left_and_the_cost_of_the_year() -> None:
    found = cells(benefits.reserve_days(TIME, 42))
    assert found == [
        [
            "Lifetime reserve days / 60 days, in a lifetime",
            "2026",
            "42 days / remaining in the lifetime",
            "$868.00",
            "Reserve",
        ]
    ]


def test_what_hets_says_of_a_days_cost_stands_and_a_difference_is_shown() -> None:
    [_, said] = benefits.hospital_days(TIME, 60, 30)
    assert cells([replace(said, amount_cents=41_900)])[0][3] == "$419.00 / CMS published $434.00 for 2026."
    assert cells([replace(said, amount_cents=None)])[0][3] == "$434.00 / CMS's amount for 2026"
    # By the year of the day asked about, as far as the statement is about it.
    last_year = Dated("435", date(2025, 1, 1), date(2025, 12, 31))
    assert cells([replace(said, amount_cents=41_900, dates=[last_year])])[0][3] == "$419.00"


def test_a_year_that_cms_has_not_published_is_not_guessed() -> None:
    next_year = date(2027, 2, 1)
    [_, said] = benefits.hospital_days(benefits.year(next_year), 60, 30)
    found = cells([replace(said, amount_cents=None)], first=next_year)
    assert found[0][3] == "CMS has not published 2027 yet"
    notes = tabs([said], TODAY, next_year)["inpatient"].notes
    assert [(note.label, note.words[:20]) for note in notes] == [
        ("CMS amounts for 2026", "hospital days 1 to 6"),
        ("CMS amounts for 2027", "not yet published"),
    ]


def test_a_deductible_stands_beside_what_is_left_of_it() -> None:
    found = cells([*benefits.part_a_deductible(TIME, 0), *benefits.part_b_deductible(TIME, 14_150)], "deductibles")
    assert [row[:4] for row in found[:2]] == [
        ["Part A deductible", "2026", "$1,736.00 / per episode", "$0.00"],
        ["Part B deductible", "2026", "$283.00 / per calendar year", "$141.50"],
    ]


def test_the_same_deductible_twice_is_two_rows() -> None:
    # X12 RFI 774: told apart by the network alone.
    whole, rest, _ = benefits.part_b_deductible(TIME, 0)
    inside, outside = ([replace(each, in_network=code) for each in (whole, rest)] for code in "YN")
    found = cells([*inside, *outside, rest, replace(rest, amount_cents=5_000)], "deductibles")
    assert [row[2:4] for row in found] == [
        ["$283.00 / per calendar year", "$0.00"],
        ["$283.00 / per calendar year", "$0.00"],
        ["$283.00 / CMS's amount for 2026", "$0.00"],
        ["$283.00 / CMS's amount for 2026", "$50.00"],
    ]


@pytest.mark.parametrize(
    ("statements", "row"),
    [
        (
            [benefits.therapy_used("AE", TIME, 41_500)],
            ["2026", "$415.00", "$2,065.00 / from CMS's threshold", "$2,480.00 / CMS's amount for 2026", "Used Amount"],
        ),
        (
            [benefits.therapy_left("AE", TIME, 206_500)],
            [
                *("2026", "$415.00 / from CMS's threshold", "$2,065.00", "$2,480.00 / CMS's amount for 2026"),
                "Individual",
            ],
        ),
        (
            [benefits.therapy_used("AE", TIME, 248_000)],
            [
                *("2026", "$2,480.00", "$0.00 / from CMS's threshold", "$2,480.00 / CMS's amount for 2026"),
                "Threshold reached: use the KX modifier. / Used Amount",
            ],
        ),
        (
            [benefits.therapy_used("AE", TIME, 312_045)],
            [
                *("2026", "$3,120.45", "$0.00 / from CMS's threshold", "$2,480.00 / CMS's amount for 2026"),
                "Above $3,000.00: use the KX modifier; records may be asked for. / Used Amount",
            ],
        ),
        (
            [
                benefits.therapy_used("AE", TIME, 1_000),
                Benefit("F", "", ("AE",), "MB", time_period="23", amount_cents=250_000, dates=[TIME]),
            ],
            [
                *("2026", "$10.00", "$2,490.00 / from CMS's threshold"),
                "$2,500.00 / per calendar year / CMS published $2,480.00 for 2026.",
                "Used Amount",
            ],
        ),
    ],
    ids=["used", "left", "reached", "reviewed", "threshold of HETS"],
)
def test_therapy_is_held_against_the_threshold_of_its_year(statements: list[Benefit], row: list[str]) -> None:
    [found] = cells(statements, "deductibles")
    assert (found[0].partition(" / ")[0], found[1:]) == ("Physical therapy and speech-language pathology", row)


@pytest.mark.parametrize(
    "statements",
    [
        [benefits.therapy_used("AD", TIME, 100_000), benefits.therapy_left("AD", TIME, 200_000)],
        [benefits.therapy_used("AD", TIME, -500)],
        [benefits.therapy_left("AD", TIME, 300_000)],
        benefits.part_a_deductible(TIME, benefits.PART_A_DEDUCTIBLE + 1),
    ],
    ids=["used and left", "less than nothing used", "more left than the threshold", "more left than the deductible"],
)
def test_amounts_that_cannot_be_true_together_are_marked(statements: list[Benefit]) -> None:
    [row] = cells(statements, "deductibles")
    assert "Ask again tomorrow, or call the help desk." in " ".join(row)


def test_a_preventive_service_is_one_row_with_its_next_date_and_what_the_patient_pays() -> None:
    found = cells(
        [
            benefits.preventive("82270", date(2026, 12, 20), "26"),
            benefits.preventive("82270", date(2026, 11, 10), "TC"),
            *benefits.share_of("82270", TIME),
            benefits.preventive("G0439", date(2027, 4, 19)),
        ],
        "preventive",
    )
    assert found == [
        [
            "Colorectal cancer screening, fecal occult blood / Medicare Part B / HCPCS 82270",
            "12/20/2026 / Now (since 11/10/2026)",
            "$0.00 / per calendar year / 2026",
            "0% / per visit / 2026",
            "",
        ],
        ["Annual wellness visit, later / Medicare Part B / HCPCS G0439", "04/19/2027", "Not given", "Not given", ""],
    ]


def test_blood_and_visits_say_what_is_left_of_the_whole() -> None:
    found = cells([benefits.blood(TIME, 2), benefits.smoking_cessation(6)], "deductibles")
    assert [row[2:4] for row in found] == [
        ["3 pints of blood / per calendar year", "2 units"],
        ["8 visits / per service year / 6 visits left", ""],
    ]


def test_a_statement_without_amounts_or_dates_stands_in_its_row_all_the_same() -> None:
    bare = [
        Benefit("C", "", ("30",), "MB"),
        Benefit("D", "", ("AD",), "MB"),
        Benefit("B", "", ("30",), "MA", time_period="7"),
        Benefit("K", "", ("A7",), "MA", quantity=Decimal(3), unit="DY"),
    ]
    shown = tabs(bare)
    assert [tab.count for tab in shown.values() if tab.count] == [2, 2]
    assert sum(len(table.rows) for tab in shown.values() for table in tab.tables) == len(bare)
