"""Recertification decided purely: what is due, and who may decide about whom.

Each year somebody else confirms every user ID with every NPI it can reach, or the access goes (handbook 6.4).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal
from uuid import UUID

from services.auth.access.domain import Member

Verdict = Literal["certify", "decline"]
State = Literal["lapsed", "due", "certified"]
Refusal = Literal["not-a-member", "foreign-enrollment", "own-access", "outdated"]

STATES: dict[State, tuple[str, str]] = {
    "lapsed": ("bad", "Lapsed"),
    "due": ("warning", "Due"),
    "certified": ("good", "Certified"),
}
"""How each state is shown: its kind and its words."""


@dataclass(frozen=True, slots=True)
class Item:
    """One user and one enrollment they can reach: what they may do there, and until when the first of it counts."""

    user_id: UUID
    enrollment_id: UUID
    permissions: tuple[str, ...]
    certified_until: datetime

    @property
    def seen(self) -> str:
        """What tells whether somebody who decides has this access before them, or what it was once."""
        facts = "\n".join((*self.permissions, self.certified_until.isoformat()))
        return sha256(facts.encode()).hexdigest()[:16]


def state_of(certified_until: datetime, *, now: datetime, business: datetime, window: timedelta) -> State:
    """Lapsed by real time, by which access is refused; due by business time, by which the campaign runs."""
    if certified_until <= now:
        return "lapsed"
    return "due" if certified_until - window <= business else "certified"


def due_until(*, now: datetime, business: datetime, window: timedelta) -> datetime:
    """What is certified until then at the latest is to be decided: lapsed by real time, or due by business time."""
    return max(now, business + window)


@dataclass(frozen=True, slots=True)
class Decision:
    """What an administrator decided about one user and one enrollment, looking at what `seen` stands for."""

    user_id: UUID
    enrollment_id: UUID
    verdict: Verdict
    seen: str


def refuse(
    decision: Decision,
    member: Member | None,
    item: Item | None,
    *,
    administrator: UUID,
    organization: UUID,
    enrollments: frozenset[UUID],
) -> Refusal | None:
    """Why `administrator` of `organization` may not decide this, or `None`. Nobody certifies themselves.

    `enrollments` are those the organization may act for; `item` is the access as it stands now, if there is any left.
    """
    if member is None or member.organization_id != organization:
        return "not-a-member"
    if decision.enrollment_id not in enrollments:
        return "foreign-enrollment"
    if decision.user_id == administrator:
        return "own-access"
    if item is None or item.seen != decision.seen:
        return "outdated"
    return None
