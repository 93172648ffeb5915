"""Every field of a statement is in the rows of page and print, whichever heading it is below; a list says why not."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from libs.x12.eligibility.objects import (
    AnsweredPerson,
    Benefit,
    Dated,
    Delivery,
    EligibilityAnswer,
    Heading,
    Name,
    Procedure,
    Source,
)
from services.eligibility.benefits.views import Line, shown_tabs
from services.eligibility.entitlement import domain
from services.eligibility.entitlement.domain import HEADINGS, Entitlement
from services.eligibility.entitlement.views import in_words
from services.eligibility.inquiry.api import shown
from services.eligibility.inquiry.views import Opened
from tests.support.eligibility_answers import ASKED, INQUIRY, PERSON, SAMPLE
from tests.support.field_walk import unexplained, variants

TODAY = date(2026, 11, 30)
FULL = PERSON.benefits[3]
# A time that is not a calendar year, and days of a stay.
TIME = Dated("292", date(2026, 2, 3), date(2026, 11, 20))
STAY = [
    Delivery(measure="DA", time_period="30", periods=60),
    Delivery(measure="DA", time_period="31", periods=90),
    Delivery(measure="DA", time_period="29", periods=12),
    Delivery(time_period="26", periods=1),
    *FULL.deliveries,
]


def like(code: str, insurance: str, *services: str, procedure: Procedure | None = None, message: str = "") -> Benefit:
    """A statement that uses every field, of a kind and about something."""
    return replace(
        FULL,
        information=code,
        insurance=insurance,
        service_types=services,
        procedure=procedure,
        deliveries=STAY,
        dates=[*FULL.dates, TIME],
        messages=[*FULL.messages, *([message] if message else [])],
    )


def hcpcs(code: str) -> Procedure:
    return replace(FULL.procedure or Procedure("HC", ""), code=code)


def left(said: Benefit) -> Benefit:
    """The same for what is left, which belongs into the same row."""
    return replace(said, time_period="29", quantity=Decimal("3.5"), amount_cents=said.amount_cents and 4_321)


STATEMENTS: dict[str, list[Benefit]] = {
    domain.ENTITLEMENT: [like("1", "MA", "30", "45"), like("1", "MB")],
    domain.INACTIVE_PERIODS: [like("6", "MB", "30")],
    domain.DRUGS: [like("1", "MB", "30", message="PART B-ID")],
    domain.KIDNEY_DISEASE: [like("D", "MA", "15")],
    domain.PREVENTION_PROGRAM: [like("D", "MB", procedure=hcpcs("G9886"))],
    domain.DEDUCTIBLES: [like("C", "MB", "30"), left(like("C", "MB", "30")), like("E", "MB", "10")],
    domain.THERAPY: [like("D", "MB", "AE"), left(like("D", "MB", "AE")), like("F", "MB", "AD")],
    domain.REHABILITATION: [like("F", "MB", "BG")],
    domain.TRAINING: [like("F", "MB", procedure=hcpcs("G0108"))],
    domain.ACUPUNCTURE: [like("F", "MB", "64")],
    domain.COGNITIVE_ASSESSMENT: [like("D", "MB", procedure=hcpcs("99483"))],
    domain.LIMITS: [like("A", "MB", "30")],
    domain.PREVENTIVE: [like(code, "MB", procedure=hcpcs("G0438")) for code in "DCAF"],
    domain.ADVANTAGE: [like("R", "HN", "30")],
    domain.PART_D: [like("U", "OT", "88")],
    domain.PAYS_FIRST: [like("R", "12", "30")],
    domain.HOSPICE: [like("X", "MA", "45")],
    domain.HOME_HEALTH: [like("X", "MA", "42")],
    domain.HOSPITAL: [like("B", "MA", "30"), like("F", "MA", "47")],
    domain.NURSING: [like("B", "MA", "AG"), left(like("F", "MA", "AG"))],
    domain.RESERVE: [like("K", "MA", "30"), replace(like("K", "MA", "30"), deliveries=[], time_period="32")],
    domain.PSYCHIATRIC: [like("K", "MA", "A7")],
    domain.QMB: [like("R", "QM", "30")],
    domain.OTHER: [like("9Z", "ZZ", "ZQ")],
}
NOT_SHOWN = {
    "entities.name.kind": "a person or an organization, as the name itself shows",
    "amount_decimals": "how many zeros were written; the amount is shown in dollars and cents",
    "rejections.is_valid": "AAA01; the API has it",
}


def answered(statements: Iterable[Benefit]) -> Entitlement:
    """An answer with these statements, in words."""
    # One that was answered: without it all would be a refusal.
    person = replace(PERSON, benefits=[*statements, Benefit("L")], rejections=[])
    answer, _ = in_words(replace(SAMPLE, source=Source(Name("PR", "2")), receiver=None, subscriber=person))
    assert answer is not None
    return answer


def rows(answer: Entitlement) -> str:
    """What page and print show of an answer."""
    return repr([(tab.name, tab.tables) for tab in shown_tabs(answer, TODAY, TODAY)])


def api(answer: Entitlement) -> str:
    """What a program is told."""
    return shown(Opened(INQUIRY, ASKED, answer, ())).model_dump_json()


@pytest.mark.parametrize(
    ("where", "reasons"),
    [(rows, NOT_SHOWN), (api, {name: why for name, why in NOT_SHOWN.items() if name != "rejections.is_valid"})],
    ids=["rows", "api"],
)
@pytest.mark.parametrize("heading", HEADINGS)
def test_every_field_of_a_statement_is_told_below_its_heading(
    heading: str, where: Callable[[Entitlement], str], reasons: dict[str, str]
) -> None:
    statements = STATEMENTS[heading]
    found = answered(statements)
    assert len(found.groups[heading]) == len(statements) + (heading == domain.OTHER)
    outputs = {
        f"{place}.{each.path}": where(answered([*statements[:place], each.value, *statements[place + 1 :]]))
        for place, said in enumerate(statements)
        for each in variants(said)
    }
    assert unexplained(where(found), outputs, reasons) == []


def test_dates_that_are_no_days_at_all_are_shown() -> None:
    person = AnsweredPerson(
        Name("IL", "1"),
        benefits=[Benefit("1", "", ("30",), "MA", dates=[Dated("291", date(2026, 12, 31), date(2026, 1, 1))])],
    )
    answer, _ = in_words(EligibilityAnswer(Heading("R", SAMPLE.heading.created, "11"), SAMPLE.source, None, person))
    assert answer is not None
    [table] = shown_tabs(answer, TODAY, TODAY)[0].tables
    [row] = table.rows
    assert Line("12/31/2026 to 01/01/2026", "Plan") in row[-1]
    assert Line("Part A not active on this date") in row[1]
