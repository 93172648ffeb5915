"""What an order stands against: each way as a row, and each boundary day by day."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.eligibility.same_or_similar.domain import Issued, Issuer, Order, judged, meaning, months_later

DAY = date(2026, 11, 30)
OURS, OTHERS = "2900000003", "2900000108"
ORDER = Order("E0601", ("NU",), OURS, DAY)
ONE_DAY = timedelta(days=1)


def item(**changes: Any) -> Issued:
    """A purchase of two years ago by another supplier."""
    facts: dict[str, Any] = {
        "procedure": "E0601",
        "words": "Cont airway pressure device",
        "modifiers": ("NU",),
        "rental": False,
        "first_day": date(2024, 11, 30),
        "last_day": date(2024, 11, 30),
        "months": 0,
        "cap": None,
        "lifetime_months": 60,
        "supplier": Issuer("Lanternview Home Medical", OTHERS, "", ""),
    }
    return Issued(**(facts | changes))


def rental(months: int, cap: int | None, last: date, **changes: Any) -> Issued:
    """A rental whose last month was billed for `last`."""
    return item(
        rental=True,
        months=months,
        cap=cap,
        first_day=months_later(last, 1 - months),
        last_day=last,
        modifiers=("RR",),
        **changes,
    )


RUNNING = DAY - timedelta(days=10)
LONG_AGO = DAY - timedelta(days=300)
BY_US = Issuer("Riverside Clinic", OURS, "", "")


@pytest.mark.parametrize(
    ("order", "issued", "standing", "kind", "words"),
    [
        (ORDER, item(), "owned", "bad", "Expect a denial: the same item was issued on 11/30/2024"),
        (
            ORDER,
            item(procedure="E0470"),
            "owned",
            "bad",
            "Expect a denial: a similar item (E0470) was issued on 11/30/2024",
        ),
        (ORDER, item(first_day=date(2020, 3, 2)), "lifetime-over", "good", "A replacement can be paid"),
        (
            ORDER,
            rental(7, 13, RUNNING),
            "rented-elsewhere",
            "bad",
            "Rented from Lanternview Home Medical: the same item, month 7 of 13",
        ),
        (
            ORDER,
            rental(7, 13, RUNNING, supplier=BY_US),
            "rented-by-us",
            "warning",
            "You rent the same item to this patient: month 7 of 13",
        ),
        (
            ORDER,
            rental(4, None, RUNNING),
            "rented-elsewhere",
            "bad",
            "Rented from Lanternview Home Medical: the same item, 4 months paid",
        ),
        (
            ORDER,
            rental(4, 13, LONG_AGO),
            "rental-ended",
            "warning",
            "An earlier rental ended after month 4 of 13",
        ),
        (ORDER, rental(1, None, LONG_AGO), "rental-ended", "warning", "An earlier rental ended after 1 month"),
        (
            ORDER,
            rental(13, 13, LONG_AGO),
            "owned",
            "bad",
            "Expect a denial: the same item was issued on 02/03/2025",
        ),
        (ORDER, rental(36, 36, RUNNING), "paid-up", "bad", "Expect a denial: all 36 rental months are paid"),
        (
            ORDER,
            rental(36, 36, date(2021, 5, 1)),
            "lifetime-over",
            "good",
            "A replacement can be paid",
        ),
    ],
    ids=lambda each: each if isinstance(each, str) and each.islower() else "",
)
def test_what_was_issued_means_this_for_the_order(
    order: Order, issued: Issued, standing: str, kind: str, words: str
) -> None:
    [found] = judged(order, [issued])
    said = meaning(order, (found,), "Positive airway pressure")
    assert (found.standing, said.kind, said.words) == (standing, kind, words)
    assert said.sentence.endswith(".")


def test_nothing_on_file_stands_against_nothing_and_promises_nothing() -> None:
    said = meaning(ORDER, (), "Positive airway pressure")
    assert (said.kind, said.words) == ("good", "No same or similar item is on file")
    assert "Positive airway pressure" in said.sentence
    assert "not a guarantee of payment" in said.sentence
    assert "E0601, which is in no group" in meaning(ORDER, (), "").sentence


@pytest.mark.parametrize(
    ("ordered", "issued", "standing"),
    [
        ("LT", "RT", "other-side"),
        ("RT", "LT", "other-side"),
        ("RT", "RT", "owned"),
        ("", "RT", "owned"),
        ("LT", "", "owned"),
        ("LT RT", "RT", "owned"),
    ],
)
def test_a_brace_of_the_other_side_stands_against_nothing(ordered: str, issued: str, standing: str) -> None:
    order = replace(ORDER, modifiers=tuple(ordered.split()))
    [found] = judged(order, [item(modifiers=tuple(issued.split()))])
    assert found.standing == standing
    if standing == "other-side":
        side = "left" if issued == "LT" else "right"
        assert meaning(order, (found,), "").words == f"Only an item for the {side} side is on file"


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        (date(2021, 11, 30), 60, date(2026, 11, 29)),
        (date(2021, 12, 1), 60, date(2026, 11, 30)),
        (date(2024, 2, 29), 60, date(2029, 2, 28)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2025, 1, 1), 12, date(2025, 12, 31)),
    ],
)
def test_a_lifetime_ends_the_day_before_its_years_are_full(first: date, months: int, last: date) -> None:
    issued = item(first_day=first, last_day=first, lifetime_months=months)
    assert issued.last_of_lifetime == last
    standings = [judged(replace(ORDER, day=last + step * ONE_DAY), [issued])[0].standing for step in (-1, 0, 1, 2)]
    assert standings == ["owned", "owned", "lifetime-over", "lifetime-over"]


def test_day_by_day_an_item_is_within_its_lifetime_or_beyond_it_and_changes_once() -> None:
    issued = item(first_day=date(2024, 2, 29), lifetime_months=24)
    days = [date(2024, 2, 29) + number * ONE_DAY for number in range(900)]
    standings = [judged(replace(ORDER, day=day), [issued])[0].standing for day in days]
    assert days[standings.index("lifetime-over")] == date(2026, 3, 1)
    assert standings == sorted(standings, reverse=True)


@pytest.mark.parametrize(
    ("last", "ends"),
    [
        # The rental month from 10/15 to 11/14, then 60 days.
        (date(2026, 10, 15), date(2027, 1, 13)),
        (date(2026, 1, 31), date(2026, 4, 29)),
    ],
)
def test_a_rental_counts_as_going_on_for_60_days_after_its_last_month(last: date, ends: date) -> None:
    issued = rental(3, 13, last)
    assert issued.last_of_rental == ends
    standings = [judged(replace(ORDER, day=ends + step * ONE_DAY), [issued])[0].standing for step in (0, 1)]
    assert standings == ["rented-elsewhere", "rental-ended"]


@pytest.mark.parametrize(
    ("months", "standing"), [(1, "rented-elsewhere"), (12, "rented-elsewhere"), (13, "owned"), (14, "owned")]
)
def test_the_thirteenth_month_makes_the_patient_the_owner(months: int, standing: str) -> None:
    [found] = judged(ORDER, [rental(months, 13, RUNNING)])
    assert found.standing == standing
    sentence = meaning(ORDER, (found,), "").sentence
    assert ("so the patient owns it" in sentence) == (standing == "owned")
    assert (f"goes on with month {months + 1} of 13" in sentence) == (standing == "rented-elsewhere")


def test_a_similar_item_does_not_take_over_the_count_of_months() -> None:
    [found] = judged(ORDER, [rental(5, 13, RUNNING, procedure="E0470")])
    assert "The other rental must have ended" in meaning(ORDER, (found,), "").sentence


def test_who_goes_on_with_oxygen_is_named() -> None:
    theirs = judged(ORDER, [rental(36, 36, RUNNING)])
    ours = judged(ORDER, [rental(36, 36, RUNNING, supplier=BY_US)])
    assert "Lanternview Home Medical furnishes the equipment" in meaning(ORDER, theirs, "").sentence
    assert "you furnish the equipment" in meaning(ORDER, ours, "").sentence


def test_what_stands_against_an_order_most_comes_first_then_the_same_item_then_the_newest() -> None:
    over, similar = item(first_day=date(2015, 1, 1)), item(procedure="E0470")
    same, older = item(), item(first_day=date(2023, 1, 1))
    running, ended = rental(2, 13, RUNNING), rental(2, 13, LONG_AGO)
    found = judged(ORDER, [over, similar, older, ended, same, running])
    assert [each.item for each in found] == [running, same, older, similar, ended, over]
    assert meaning(ORDER, found, "").words.startswith("Rented from")


def test_how_an_item_was_issued_is_said_in_words() -> None:
    assert [each.how for each in (item(), rental(7, 13, RUNNING), rental(1, None, RUNNING))] == [
        "Purchase",
        "Rental, month 7 of 13",
        "Rental, 1 month paid",
    ]
