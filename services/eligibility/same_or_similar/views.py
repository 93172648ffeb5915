"""A check for same or similar items as page and program tell it: the items with their standing, and what it means."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from libs.common.web.permit import Permit
from libs.dmepos import AS_OF, Group, group_of, lifetime_months
from libs.partners.item_history import Item, ItemsFound
from services.eligibility.item_history.views import Opened
from services.eligibility.same_or_similar.domain import Issued, Issuer, Judged, Meaning, Order, judged, meaning

TABLE_AS_OF = AS_OF
"""The day of the table of similar items."""


@dataclass(frozen=True, slots=True)
class Told:
    """What was found: the group of similar items that was looked through, each item judged, and what it means."""

    group: Group | None
    meaning: Meaning
    history: tuple[Judged, ...]


def told(permit: Permit, one: Opened) -> Told | None:
    """What an answered check says, as of the day it was answered; `None` when there is no answer."""
    found, answered_at = one.found, one.check.answered_at
    if not isinstance(found, ItemsFound) or answered_at is None:
        return None
    zone: ZoneInfo = permit.work.runtime.deployment.zone
    question, group = one.question, group_of(one.question.procedure)
    day = answered_at.astimezone(zone).date()
    order = Order(question.procedure, question.modifiers, permit.enrollment.npi, day)
    history = judged(order, map(_issued, found.items))
    return Told(group, meaning(order, history, group.words if group else ""), history)


def _issued(item: Item) -> Issued:
    return Issued(
        procedure=item.procedure,
        words=item.words,
        modifiers=item.modifiers,
        rental=item.kind == "rental",
        first_day=item.first_day,
        last_day=item.last_day,
        months=item.months,
        cap=item.cap,
        lifetime_months=lifetime_months(item.procedure),
        supplier=Issuer(**item.supplier.model_dump()),
    )


def facts(each: Judged) -> Mapping[str, object]:
    """One item, field by field of the API's answer."""
    item = each.item
    return {
        "procedure": item.procedure,
        "words": item.words,
        "modifiers": item.modifiers,
        "same": each.same,
        "standing": each.standing,
        "issued_as": "rental" if item.rental else "purchase",
        "first_day": item.first_day,
        "last_day": item.last_day,
        "rental_months": item.months if item.rental else None,
        "rental_cap": item.cap,
        "lifetime_months": item.lifetime_months,
        "lifetime_ends": item.last_of_lifetime,
        "supplier": item.supplier,
    }
