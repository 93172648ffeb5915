"""What a person finds on the home page: what waits for them, and what they did last. Codes and counts, no PHI."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

Kind = Literal[
    "file-sent", "claims-not-accepted", "inquiry", "remittance", "appeal-filed", "appeal-decided",
    "appeal-reconsidered",
]  # fmt: skip

KEPT = timedelta(days=30)
"""How long an item can be found: after that it is no news, and its own list has it."""
CERTIFICATION_NOTICE = timedelta(days=60)
"""How long before access ends for want of certification one is told of it."""


@dataclass(frozen=True, slots=True)
class Group:
    """Items under one heading, at most `limit`: what comes often pushes nothing off that must be corrected."""

    heading: str
    kinds: tuple[Kind, ...]
    limit: int


OWN_DOING = Group("What you did last", ("file-sent", "inquiry", "appeal-filed"), 5)
FIX_NOW = Group("Fix now", ("claims-not-accepted",), 10)
WAITING = (
    FIX_NOW,
    Group("Decisions", ("appeal-decided", "appeal-reconsidered"), 10),
    Group("Payments", ("remittance",), 3),
)

PERMISSIONS: dict[Kind, str] = {
    "file-sent": "claims.submit",
    "claims-not-accepted": "claims.submit",
    "inquiry": "eligibility.inquiry",
    "remittance": "remittance.read",
    "appeal-filed": "appeals.redetermination-status",
    "appeal-decided": "appeals.redetermination-status",
    "appeal-reconsidered": "appeals.redetermination-status",
}
"""What one must be allowed to do to see an item: it leads to a page that asks for the same."""

_PAGES: dict[Kind, str] = {
    "file-sent": "/claims/submissions/",
    "claims-not-accepted": "/claims/submissions/",
    "inquiry": "/eligibility/inquiries/",
    "remittance": "/remittance/",
    "appeal-filed": "/appeals/",
    "appeal-decided": "/appeals/",
    "appeal-reconsidered": "/appeals/",
}


@dataclass(frozen=True, slots=True)
class Item:
    """Something that happened to `object_id`. `number` is the number people know it by, or an outcome."""

    kind: Kind
    object_id: UUID
    at: datetime
    count: int = 0
    amount_cents: int = 0
    number: str = ""
    outcome: str = ""

    @property
    def path(self) -> str:
        """Where it leads."""
        return f"{_PAGES[self.kind]}{self.object_id}"


class Certified(Protocol):
    """What is asked of a grant here."""

    @property
    def certified_until(self) -> datetime:
        """Until when it stands without another certification."""


def certification_due(grants: Iterable[Certified], *, now: datetime, business: datetime, zone: ZoneInfo) -> date | None:
    """The day in `zone` by which the first of `grants` must be certified, if that is within 60 days; else `None`.

    It is over by real time, by which access is refused; it comes near by business time, as in the list of auth.
    """
    first = min((each.certified_until for each in grants), default=None)
    if first is None or first <= now or first > business + CERTIFICATION_NOTICE:
        return None
    return first.astimezone(zone).date()
