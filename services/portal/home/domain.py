"""What a person finds on the home page: what waits for them, and what they did last. Codes and counts, no PHI."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from libs.common.functions import NEWS, NewsGroup

KEPT = timedelta(days=30)
"""How long an item can be found: after that it is no news, and its own list has it."""
CERTIFICATION_NOTICE = timedelta(days=46)
"""How long before access ends for want of certification one is told of it."""


@dataclass(frozen=True, slots=True)
class Group:
    """Items under one heading, at most `limit`: what comes often pushes nothing off that must be corrected."""

    heading: str
    name: NewsGroup
    limit: int

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of items in it, by the catalog of functions."""
        return tuple(kind for kind, news in NEWS.items() if news.group == self.name)


OWN_DOING = Group("What you did last", "own-doing", 5)
FIX_NOW = Group("Fix now", "fix-now", 10)
WAITING = (FIX_NOW, Group("Decisions", "decisions", 10), Group("Payments", "payments", 3))


@dataclass(frozen=True, slots=True)
class Item:
    """Something that happened to `object_id`: a kind of the catalog. `number` is the number people know it by.

    Raises `KeyError` for a kind that the catalog does not have: nobody could be shown it.
    """

    kind: str
    object_id: UUID
    at: datetime
    count: int = 0
    amount_cents: int = 0
    number: str = ""
    outcome: str = ""

    def __post_init__(self) -> None:
        """Ask the catalog."""
        NEWS[self.kind]

    @property
    def path(self) -> str:
        """Where it leads."""
        return f"{NEWS[self.kind].page}{self.object_id}"


@dataclass(frozen=True, slots=True)
class Note:
    """An item for an enrollment. `user_id`: whose doing it was; None where it came from outside."""

    enrollment_id: UUID
    item: Item
    user_id: UUID | None = None


class Certified(Protocol):
    """What is asked of a grant here."""

    @property
    def certified_until(self) -> datetime:
        """Until when it stands without another certification."""


def certification_due(grants: Iterable[Certified], *, now: datetime, business: datetime, zone: ZoneInfo) -> date | None:
    """The day in `zone` by which the first of `grants` must be certified, if that is within 45 days; else `None`.

    It is over by real time, by which access is refused; it comes near by business time, as in the list of auth.
    """
    first = min((each.certified_until for each in grants), default=None)
    if first is None or first <= now or first > business + CERTIFICATION_NOTICE:
        return None
    return first.astimezone(zone).date()
