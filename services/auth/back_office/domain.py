"""The back office decided purely: whom staff may help, who may look as whom, and roles that are given for a time.

Sources: ARS AC-2(3), AC-2(13), AC-5, AC-6; HHS Rules of Behavior, addendum for privileged users (no elevation without
approval); reference: security, section 2.2 (roles of the contractor's staff).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol
from uuid import UUID

from libs.common.security.permissions import AUDITOR, EDI, HELP_DESK, OPERATOR, REVIEWER, SECURITY

END_VIEW = "/auth/desk/view-as/end"
"""Where staff who look as a user end that: open to them while they look."""

HelpDeed = Literal["unlock", "send-reset", "end-sessions", "disable", "enable"]
Deed = HelpDeed | Literal["high-risk", "view-as"]
State = Literal["asked", "begun", "refused", "ended"]
Refusal = Literal[
    "yourself",
    "staff",
    "removed",
    "not-a-person",
    "not-active",
    "high-risk",
    "uncertified",
    "not-certified-again",
    "already",
]
Certification = Literal["none", "counts", "lapsed", "ended"]
"""Of a privileged account: whether anybody certified it in time. Ended: declined, or undecided for too long."""

ApprovalRefusal = Literal["yourself", "decided", "too-late"]
ElevationRefusal = Literal["own-role", "open", "too-long"] | ApprovalRefusal

ROLES = {
    HELP_DESK: "Help desk",
    EDI: "EDI",
    SECURITY: "Security",
    AUDITOR: "Auditor",
    OPERATOR: "Portal operator",
    REVIEWER: "Appeals reviewer",
}
"""What the roles of the contractor's staff are called."""

PRIVILEGED = (EDI, SECURITY, AUDITOR, OPERATOR)
"""Roles that staff may hold for a time, when another person approves."""

Opening = Literal["desk", "owner", "security", "lapsed", "ended", "role"]
"""How an account that is disabled opens again."""

OPENS: dict[Opening, str] = {
    "desk": "",
    "owner": "It was not used for long: its owner can enable it by signing in.",
    "security": "Only another security officer can enable it.",
    "lapsed": "Nobody certified it in time. Another administrator of its organization, or EDI, certifies it first.",
    "ended": "It ended because nobody certified it. Enabled again, it belongs to no organization: the person asks for"
    " one, as after registering.",
    "role": "It ended because nobody certified it. It opens when a security officer asks for a role for it on the page"
    " Staff and another one approves.",
}
SENTENCES: dict[Refusal, str] = {
    "yourself": "This is your own account. Another member of the staff must do this.",
    "staff": "This is an account of the contractor's staff. The security officer helps there.",
    "removed": "This account was ended for good. The person is given another one.",
    "not-a-person": "This is a program, not a person.",
    "not-active": "This account is not active. Enable it first.",
    "high-risk": "This account was disabled as high-risk. Only a security officer can enable it: another than"
    " the one who disabled it.",
    "uncertified": "Nobody certified this account in time. Another administrator of its organization, or EDI, certifies"
    " it first.",
    "not-certified-again": "This account ended with its certification. A security officer asks for a role for it on the"
    " page Staff, and another one approves.",
    "already": "The account is like that already. Open the page again.",
}
ELEVATION_SENTENCES: dict[ElevationRefusal, str] = {
    "yourself": "You asked for this role. Another security officer must decide.",
    "own-role": "You have this role already.",
    "open": "You have asked for a role already, or hold one. It must be decided or end first.",
    "decided": "This was decided, or has ended. Open the page again.",
    "too-late": "This was asked too long ago. The person can ask again.",
    "too-long": "This is longer than a role may be held.",
}

DEEDS: dict[str, str] = {
    "unlock": "Unlocked",
    "send-reset": "Sent a link to a new password",
    "end-sessions": "Signed out everywhere",
    "disable": "Disabled",
    "enable": "Enabled again",
    "high-risk": "Disabled everywhere as high-risk",
    "view-as": "Looked at as this person",
    "end": "Ended for good",
}
"""What staff did to an account, as its history tells it."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The account that something is to be done to. `kind` is `person` or `client`; `of_staff`: of the contractor.

    `disabled_by`: who disabled it as high-risk, if it stands so. `reopens`: it is disabled, and opens without the desk:
    when its owner signs in after a long time, or when it is certified.
    """

    user_id: UUID
    kind: str
    state: str
    of_staff: bool
    disabled_by: UUID | None = None
    reopens: bool = False
    certification: Certification = "none"


def refuse_deed(deed: Deed, subject: Subject, *, by: UUID, role: str) -> Refusal | None:
    """Why `by` in `role` may not do this to an account, or `None`.

    Nobody helps oneself. Accounts of staff are the security officer's, and so is what is high-risk. The desk opens no
    privileged account that is not certified (ARS AC-6(7)).
    """
    if refusal := _refuse_helping(deed, subject, by=by, role=role):
        return refusal
    if deed in ("unlock", "send-reset", "view-as") and subject.kind != "person":
        return "not-a-person"
    if deed in ("send-reset", "view-as") and subject.state != "active":
        return "not-active"
    if deed == "disable" and subject.state == "disabled" and not subject.reopens:
        return "already"
    return _refuse_opening(deed, subject, by=by, role=role) if deed in ("unlock", "enable") else None


def _refuse_helping(deed: Deed, subject: Subject, *, by: UUID, role: str) -> Refusal | None:
    if subject.user_id == by:
        return "yourself"
    if subject.of_staff and (role != SECURITY or deed == "view-as"):
        return "staff"
    return "removed" if subject.state == "removed" else None


def _refuse_opening(deed: Deed, subject: Subject, *, by: UUID, role: str) -> Refusal | None:
    if subject.disabled_by is not None and (role != SECURITY or subject.disabled_by == by):
        return "high-risk"
    if deed == "unlock":
        return None
    if subject.state == "active":
        return "already"
    if subject.certification == "lapsed":
        return "uncertified"
    return "not-certified-again" if subject.of_staff and subject.certification == "ended" else None


def how_it_opens(subject: Subject) -> Opening:
    """How an account that is disabled opens again."""
    if subject.disabled_by is not None:
        return "security"
    if subject.certification == "ended":
        return "role" if subject.of_staff else "ended"
    if subject.certification == "lapsed":
        return "lapsed"
    return "owner" if subject.reopens else "desk"


def certification_of(until: datetime, ended_at: datetime | None, *, now: datetime) -> Certification:
    """How the certification of a privileged account stands."""
    if ended_at is not None:
        return "ended"
    return "lapsed" if until <= now else "counts"


@dataclass(frozen=True, slots=True)
class Elevation:
    """A privileged role that somebody asked for, with why and for how long. `role_before` is what they go back to."""

    elevation_id: UUID
    user_id: UUID
    name: str
    role: str
    role_before: str
    reason: str
    hours: int
    asked_at: datetime
    state: State
    decided_by: UUID | None = None
    ends_at: datetime | None = None

    @property
    def concerned(self) -> frozenset[UUID]:
        """Who may not decide it."""
        return frozenset({self.user_id})


class Asked(Protocol):
    """What one person asked for and another one decides."""

    @property
    def concerned(self) -> frozenset[UUID]:
        """Who may not decide it."""

    @property
    def state(self) -> str:
        """How it stands: `asked` until it is decided."""

    @property
    def asked_at(self) -> datetime:
        """When it was asked for."""


def refuse_asking(role: str, held: str, hours: int, *, most: int, has_open: bool) -> ElevationRefusal | None:
    """Why somebody who holds a role may not ask for another one for some hours, or `None`."""
    if role == held:
        return "own-role"
    if hours > most:
        return "too-long"
    return "open" if has_open else None


def refuse_approval(asked: Asked, *, by: UUID, now: datetime, waits: timedelta) -> ApprovalRefusal | None:
    """Why `by` may not decide what was asked, or `None`. Nobody approves oneself (two-person rule)."""
    if by in asked.concerned:
        return "yourself"
    if asked.state != "asked":
        return "decided"
    return "too-late" if now - asked.asked_at > waits else None
