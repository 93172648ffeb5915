"""Recertification decided purely: what is open, who may decide about whom, and what becomes of what nobody decides.

Each year somebody else confirms every user ID with every NPI it can reach, or the access goes (handbook 6.4), and each
account that can reach none; of privileged accounts every 90 days (ARS AC-6(7)). Open 45 days before, suspended on the
day, revoked 45 days after.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal
from uuid import UUID

from services.auth.access.domain import Member

Verdict = Literal["certify", "change", "decline"]
State = Literal["certified", "open", "suspended"]
Refusal = Literal["not-a-member", "foreign-enrollment", "own-access", "outdated", "keeps-nothing"]
Trigger = Literal["pecos-inactive", "edi-agreement-revoked", "no-administrator", "ownership-change", "finding"]

ACCOUNT = UUID(int=0)
"""Stands where an enrollment would: an account that is certified by itself, of a privileged user or without access."""

STATES: dict[State, tuple[str, str]] = {
    "suspended": ("bad", "Suspended"),
    "open": ("warning", "Due"),
    "certified": ("good", "Certified"),
}
"""How each state is shown: its kind and its words."""

VERDICTS = {
    "certify": ("good", "Certified"),
    "change": ("good", "Certified in part"),
    "decline": ("bad", "Declined"),
    "revoke": ("bad", "Revoked: nobody decided"),
}
"""How what became of an item is shown. `revoke` is decided by nobody."""

TRIGGERS: dict[Trigger, str] = {
    "pecos-inactive": "PECOS shows no active enrollment any more",
    "edi-agreement-revoked": "The EDI Enrollment Agreement was revoked",
    "no-administrator": "The last administrator left",
    "ownership-change": "The ownership of the provider changed",
    "finding": "The contractor called for it after a finding",
}
"""Why access is to be certified out of turn."""

STATEMENT = (
    "For each user I certify, I know their duties and confirm that they need this access for them. For each I decline,"
    " it is not needed or I do not know that it is."
)
"""What is signed by a decision. Its digest is kept with each."""

STATEMENT_DIGEST = sha256(STATEMENT.encode()).digest()
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Item:
    """One user and one enrollment they can reach: what they may do there, and until when the first of it counts.

    An `enrollment_id` of `ACCOUNT`: the account itself, whose role stands where permissions do.
    """

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
    """Suspended by real time, by which access is refused; open by business time, by which the campaign runs."""
    if certified_until <= now:
        return "suspended"
    return "open" if certified_until - window <= business else "certified"


def due_until(*, now: datetime, business: datetime, window: timedelta) -> datetime:
    """What is certified until then at the latest is to be decided: suspended by real time, or open by business time."""
    return max(now, business + window)


def reminder_due(certified_until: datetime, business: datetime, reminders: Collection[int]) -> int | None:
    """How many days before the end the last reminder that is due now lies; `None` before the first, and afterward.

    Of several that have become due at once only the last is sent.
    """
    left = (certified_until - business) // _DAY
    return min((days for days in reminders if days >= left), default=None) if certified_until > business else None


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about one user and one enrollment, looking at what `seen` stands for.

    `keep`: the permissions that stay where the verdict is `change`.
    """

    user_id: UUID
    enrollment_id: UUID
    verdict: Verdict
    seen: str
    keep: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Certifier:
    """Who decides: an administrator for their own organization, or staff of the contractor for privileged users."""

    user_id: UUID
    organization_id: UUID
    staff: bool = False


def refuse(
    decision: Decision, member: Member | None, item: Item | None, *, by: Certifier, enrollments: Collection[UUID]
) -> Refusal | None:
    """Why this may not be decided by this person, or `None`. Nobody certifies themselves.

    `enrollments` are those the organization may act for, or of which staff decide; `item` is the access as it stands
    now, if there is any left.
    """
    if member is None or (member.organization_id != by.organization_id and not by.staff):
        return "not-a-member"
    if decision.enrollment_id != ACCOUNT and decision.enrollment_id not in enrollments:
        return "foreign-enrollment"
    if decision.user_id == by.user_id:
        return "own-access"
    if item is None or item.seen != decision.seen:
        return "outdated"
    if decision.verdict == "change" and not frozenset(item.permissions) > decision.keep > frozenset():
        return "keeps-nothing"
    return None


def is_hasty(since: datetime | None, now: datetime, decisions: int, *, seconds: float) -> bool:
    """Whether so many decisions were made faster than anybody can look at each.

    `since`: when what was decided was first shown, or the decision before; unknown is hasty.
    """
    return since is None or now - since < timedelta(seconds=seconds) * decisions


def certified_by(roles: Sequence[tuple[UUID, UUID, bool]], subject: UUID, organization: UUID) -> tuple[UUID, ...]:
    """Who decides about a privileged account: the other administrators of its organization, else staff.

    `roles`: user, organization and whether staff that certifies, of everybody active who may.
    """
    others = tuple(user for user, where, staff in roles if where == organization and not staff and user != subject)
    return others or tuple(user for user, _, staff in roles if staff and user != subject)
