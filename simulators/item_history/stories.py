"""Histories that are made for showing: one for each way in which an order can stand to what was issued before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from libs.partners.item_history import Certificate, Item, Supplier

CAPPED, OXYGEN = 13, 36
LARGE = 1_000
"""So many items the largest history has."""


@dataclass(frozen=True, slots=True)
class Equipment:
    """What is issued: its code with the short words of the HCPCS, whether it is rented, and for how many months."""

    procedure: str
    words: str
    rented: bool = False
    cap: int | None = None
    sided: bool = False


EQUIPMENT = (
    Equipment("E0601", "Cont airway pressure device", rented=True, cap=CAPPED),
    Equipment("E0470", "Rad w/o backup non-inv intfc", rented=True, cap=CAPPED),
    Equipment("K0001", "Standard wheelchair", rented=True, cap=CAPPED),
    Equipment("K0003", "Lightweight wheelchair", rented=True, cap=CAPPED),
    Equipment("K0823", "Pwc gp 2 std cap chair", rented=True, cap=CAPPED),
    Equipment("E0260", "Hosp bed semi-electr w/ matt", rented=True, cap=CAPPED),
    Equipment("E1390", "Oxygen concentrator", rented=True, cap=OXYGEN),
    Equipment("E0431", "Portable gaseous 02", rented=True, cap=OXYGEN),
    Equipment("E0466", "Home vent non-invasive inter", rented=True),
    Equipment("E0143", "Walker folding wheeled w/o s"),
    Equipment("E0105", "Cane adjust/fixed quad/3 pro"),
    Equipment("E0163", "Commode chair with fixed arm"),
    Equipment("E0570", "Nebulizer with compression"),
    Equipment("E0607", "Blood glucose monitor home"),
    Equipment("L0650", "Lso sc r ant/pos pnl pre ots"),
    Equipment("L1833", "Ko adj jnt pos r sup pre ots", sided=True),
    Equipment("L1971", "Afo w/ankle joint, prefab", sided=True),
)
"""What the simulated suppliers issue."""

_BY_CODE = {each.procedure: each for each in EQUIPMENT}


def later(day: date, months: int) -> date:
    """The same day of a later month, of an earlier one with negative `months`; at most its 28th."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, 28))


def bought(code: str, supplier: Supplier, on: date, *modifiers: str) -> Item:
    """An item that was bought."""
    return Item(
        procedure=code,
        words=_BY_CODE[code].words,
        modifiers=("NU", *modifiers),
        kind="purchase",
        first_day=on,
        last_day=on,
        supplier=supplier,
    )


def rented(code: str, supplier: Supplier, since: date, months: int) -> Item:
    """An item that was rented, each month billed on the day of delivery."""
    return Item(
        procedure=code,
        words=_BY_CODE[code].words,
        modifiers=("RR", "KX"),
        kind="rental",
        first_day=since,
        last_day=later(since, months - 1),
        months=months,
        cap=_BY_CODE[code].cap,
        supplier=supplier,
    )


def oxygen_certificate(supplier: Supplier, since: date, *, status: str = "Active") -> Certificate:
    """A CMN of home oxygen that was recertified after a year."""
    recertified = later(since, 12)
    return Certificate(
        form="CMS-484",
        procedure="E1390",
        words="Oxygen concentrator",
        modifiers=("RR",),
        initial_date=since,
        recertified_on=recertified,
        change="recertification",
        status=status,
        status_date=recertified,
        length_of_need=99,
        last_billed=later(since, OXYGEN - 1),
        rental_payments=OXYGEN,
        supplier=supplier,
    )


def stimulator_certificate(supplier: Supplier, on: date) -> Certificate:
    """A CMN of a TENS unit that was bought at once."""
    return Certificate(
        form="CMS-848",
        procedure="E0730",
        words="Tens four lead",
        modifiers=("NU",),
        initial_date=on,
        status="Discontinued",
        status_date=later(on, 6),
        length_of_need=12,
        last_billed=on,
        supplier=supplier,
    )


def infusion_form(supplier: Supplier, since: date) -> Certificate:
    """A DIF of an external infusion pump that was revised."""
    return Certificate(
        form="CMS-10125",
        procedure="E0784",
        words="Ext amb infusn pump insulin",
        modifiers=("RR", "KX"),
        initial_date=since,
        recertified_on=later(since, 3),
        change="revision",
        status="Active",
        status_date=later(since, 3),
        length_of_need=24,
        last_billed=later(since, CAPPED - 1),
        rental_payments=CAPPED,
        supplier=supplier,
    )


@dataclass(frozen=True, slots=True)
class Story:
    """A history with its title. `items` and `certificates` are told for a day, by suppliers: our own first."""

    title: str
    items: Callable[[date, Sequence[Supplier]], Sequence[Item]] = lambda _day, _suppliers: ()
    certificates: Callable[[Sequence[Supplier]], Sequence[Certificate]] = lambda _suppliers: ()


def _many(day: date, suppliers: Sequence[Supplier]) -> list[Item]:
    return [
        bought("E0607", suppliers[number % len(suppliers)], day - timedelta(days=2_000 + number))
        for number in range(LARGE)
    ]


STORIES = (
    Story("Nothing was issued"),
    Story(
        "A CPAP, 13 rental months paid, delivered 2 years ago",
        lambda day, by: [rented("E0601", by[1], later(day, -24), CAPPED)],
    ),
    Story(
        "A wheelchair in its 7th rental month with another supplier",
        lambda day, by: [rented("K0001", by[1], later(day, -6), 7)],
    ),
    Story(
        "A hospital bed in its 3rd rental month with the first supplier of the demonstration",
        lambda day, by: [rented("E0260", by[0], later(day, -2), 3)],
    ),
    Story("A walker bought 6 years ago", lambda day, by: [bought("E0143", by[2], later(day, -72))]),
    Story(
        "Oxygen, all 36 months paid, delivered 40 months ago",
        lambda day, by: [rented("E1390", by[1], later(day, -40), OXYGEN)],
        lambda by: [oxygen_certificate(by[1], date(2019, 5, 6)), infusion_form(by[2], date(2021, 2, 15))],
    ),
    Story(
        "A wheelchair whose rental ended after 4 months, a year ago",
        lambda day, by: [rented("K0003", by[2], later(day, -16), 4)],
    ),
    Story(
        "A knee orthosis for the right knee, bought 8 months ago",
        lambda day, by: [bought("L1833", by[1], later(day, -8), "RT")],
        lambda by: [stimulator_certificate(by[1], date(2022, 12, 31))],
    ),
    Story(f"{LARGE:,} items", _many),
)
"""For the patients of the population from a place on, in this order."""
