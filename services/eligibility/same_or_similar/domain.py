"""What an order stands against: what was issued before of the same or similar items, and what it means for the order.

Reasonable useful lifetime, counted from delivery: 42 CFR 414.210(f). Rental, and when it counts as ended: 42 CFR
414.226, 414.229 and 414.230. A denial for the same or similar item carries remark M3; an ABN before delivery lets the
patient choose to pay.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

OXYGEN_CAP = 36
"""After so many months oxygen equipment is paid, and its supplier goes on until its lifetime ends (414.226(f))."""

_INTERRUPTION_DAYS = 60
_SIDES = frozenset({"LT", "RT"})

Standing = Literal[
    "rented-elsewhere", "owned", "paid-up", "rented-by-us", "rental-ended", "lifetime-over", "other-side"
]


@dataclass(frozen=True, slots=True)
class Issuer:
    """A supplier as the item history knows it; what it does not know is empty."""

    name: str
    npi: str
    phone: str
    address: str


@dataclass(frozen=True, slots=True)
class Issued:
    """An item that Medicare paid for: `lifetime_months` from `first_day`; of a rental `months` of `cap` are paid."""

    procedure: str
    words: str
    modifiers: tuple[str, ...]
    rental: bool
    first_day: date
    last_day: date
    months: int
    cap: int | None
    lifetime_months: int
    supplier: Issuer

    @property
    def paid_up(self) -> bool:
        """Whether a rental has come to its cap."""
        return self.cap is not None and self.months >= self.cap

    @property
    def last_of_lifetime(self) -> date:
        """The last day of its reasonable useful lifetime."""
        return months_later(self.first_day, self.lifetime_months) - timedelta(days=1)

    @property
    def last_of_rental(self) -> date:
        """The last day on which a rental may count as going on: 60 days after the last month that was billed."""
        return months_later(self.last_day, 1) + timedelta(days=_INTERRUPTION_DAYS - 1)

    @property
    def how(self) -> str:
        """Purchase or rental, in words."""
        if not self.rental:
            return "Purchase"
        return f"Rental, month {self.months} of {self.cap}" if self.cap else f"Rental, {_months(self.months)} paid"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be issued, by which supplier (NPI), and the day for which that is judged."""

    procedure: str
    modifiers: tuple[str, ...]
    npi: str
    day: date


@dataclass(frozen=True, slots=True)
class Judged:
    """An item that was issued, and how the order stands to it. `same`: it has the same HCPCS code."""

    item: Issued
    standing: Standing
    same: bool

    @property
    def kind(self) -> Literal["good", "warning", "bad"]:
        """How it looks to whoever is about to deliver."""
        return _KINDS[self.standing]

    @property
    def words(self) -> str:
        """Its standing in a few words."""
        return _WORDS[self.standing]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the history means for the order: the answer in words, and what to do."""

    kind: Literal["good", "warning", "bad"]
    words: str
    sentence: str


_KINDS: dict[Standing, Literal["good", "warning", "bad"]] = {
    "rented-elsewhere": "bad",
    "owned": "bad",
    "paid-up": "bad",
    "rented-by-us": "warning",
    "rental-ended": "warning",
    "lifetime-over": "good",
    "other-side": "good",
}
# What stands against an order most comes first.
_RANKS = {standing: rank for rank, standing in enumerate(_KINDS)}
_WORDS: dict[Standing, str] = {
    "rented-elsewhere": "Rental going on",
    "owned": "Within its lifetime",
    "paid-up": "Paid, supplier goes on",
    "rented-by-us": "Your rental, going on",
    "rental-ended": "Rental ended",
    "lifetime-over": "Lifetime over",
    "other-side": "Other side",
}


def months_later(day: date, months: int) -> date:
    """The same day so many months later; where that month is too short for it, the first day after it."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        return date(year, month + 1, day.day)
    except ValueError:
        year, month = divmod(year * 12 + month + 1, 12)
        return date(year, month + 1, 1)


def judged(order: Order, items: Iterable[Issued]) -> tuple[Judged, ...]:
    """Each item with its standing: what stands against the order most comes first, then the newest."""
    found = [Judged(each, _standing(order, each), each.procedure == order.procedure) for each in items]
    found.sort(key=lambda each: (_RANKS[each.standing], not each.same, -each.item.first_day.toordinal()))
    return tuple(found)


def _standing(order: Order, item: Issued) -> Standing:
    ordered, issued = _SIDES & set(order.modifiers), _SIDES & set(item.modifiers)
    if ordered and issued and not ordered & issued:
        return "other-side"
    if item.rental and not item.paid_up:
        if order.day > item.last_of_rental:
            return "rental-ended"
        return "rented-by-us" if item.supplier.npi == order.npi else "rented-elsewhere"
    if order.day > item.last_of_lifetime:
        return "lifetime-over"
    return "paid-up" if item.rental and item.cap == OXYGEN_CAP else "owned"


def meaning(order: Order, history: tuple[Judged, ...], group: str) -> Meaning:
    """What it comes to, by what stands against the order most. `group` names the group of similar items, if any."""
    if not history:
        compared = f"in the group “{group}”" if group else f"with code {order.procedure}, which is in no group"
        return Meaning(
            "good",
            "No same or similar item is on file",
            f"Medicare has paid for nothing {compared}. That is what is on file now, not a guarantee of payment.",
        )
    worst = history[0]
    words, sentence = _MEANINGS[worst.standing](order, worst)
    return Meaning(worst.kind, words, sentence)


def _rented_elsewhere(_order: Order, against: Judged) -> tuple[str, str]:
    item = against.item
    month = f"month {item.months} of {item.cap}" if item.cap else f"{_months(item.months)} paid"
    if against.same and item.cap:
        going_on = f"A new supplier goes on with month {item.months + 1} of {item.cap}: the count does not begin again."
    else:
        going_on = "The other rental must have ended before yours begins."
    return (
        f"Rented from {item.supplier.name}: {_which(against)}, {month}",
        (
            "Medicare pays one supplier at a time. Before you deliver, have the patient end that rental and the item"
            f" picked up. {going_on} Otherwise expect a denial, and give the patient an ABN."
        ),
    )


def _rented_by_us(_order: Order, against: Judged) -> tuple[str, str]:
    item = against.item
    month = f"month {item.months} of {item.cap}" if item.cap else f"{_months(item.months)} paid"
    return (
        f"You rent {_which(against)} to this patient: {month}",
        "Bill that rental. For another item beside it expect a denial, and give the patient an ABN before you deliver.",
    )


def _owned(_order: Order, against: Judged) -> tuple[str, str]:
    item = against.item
    paid = f"All {item.cap} rental months are paid, so the patient owns it. " if item.rental else ""
    return (
        f"Expect a denial: {_which(against)} was issued on {_day(item.first_day)}",
        (
            f"{paid}Its lifetime ends on {_day(item.last_of_lifetime)}. Before that, Medicare replaces it only if it"
            " was lost, stolen or irreparably damaged (modifier RA), or if the patient's condition changed. Otherwise"
            " give the patient an ABN before you deliver."
        ),
    )


def _paid_up(order: Order, against: Judged) -> tuple[str, str]:
    item = against.item
    who = "you furnish" if item.supplier.npi == order.npi else f"{item.supplier.name} furnishes"
    return (
        f"Expect a denial: all {item.cap} rental months are paid",
        (
            f"Until the lifetime ends on {_day(item.last_of_lifetime)}, {who} the equipment without further rental."
            " A new rental can begin after that day, or before it if the equipment was lost, stolen or irreparably"
            " damaged (modifier RA)."
        ),
    )


def _rental_ended(_order: Order, against: Judged) -> tuple[str, str]:
    item = against.item
    after = f"month {item.months} of {item.cap}" if item.cap else _months(item.months)
    return (
        f"An earlier rental ended after {after}",
        (
            f"It was last billed for {_day(item.last_day)}, and that rental month ended more than 60 days ago. A new"
            " rental period needs a new order, new proof of need, and the reason for the interruption."
        ),
    )


def _lifetime_over(_order: Order, against: Judged) -> tuple[str, str]:
    item = against.item
    return (
        "A replacement can be paid",
        (
            f"The lifetime of {_which(against)} issued on {_day(item.first_day)} ended on"
            f" {_day(item.last_of_lifetime)}. A replacement needs a new order and proof that the need continues."
        ),
    )


def _other_side(_order: Order, against: Judged) -> tuple[str, str]:
    side = "left" if "LT" in against.item.modifiers else "right"
    return (
        f"Only an item for the {side} side is on file",
        "It does not stand against an order for the other side. Keep LT or RT on the claim.",
    )


_MEANINGS = {
    "rented-elsewhere": _rented_elsewhere,
    "owned": _owned,
    "paid-up": _paid_up,
    "rented-by-us": _rented_by_us,
    "rental-ended": _rental_ended,
    "lifetime-over": _lifetime_over,
    "other-side": _other_side,
}


def _which(against: Judged) -> str:
    return "the same item" if against.same else f"a similar item ({against.item.procedure})"


def _months(number: int) -> str:
    return f"{number} month{'' if number == 1 else 's'}"


def _day(value: date) -> str:
    return f"{value:%m/%d/%Y}"
