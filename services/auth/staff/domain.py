"""The contractor's own staff, decided purely: who is added, who gets another role for good, and who may end whom.

Two security officers act in each, one asks and another one approves (ARS AC-2, AC-5); to end an account takes one,
because it only takes away.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.auth.back_office.domain import ApprovalRefusal

Action = Literal["add", "role"]
State = Literal["asked", "approved", "refused", "withdrawn"]
Verdict = Literal["approve", "refuse"]
Refusal = Literal["yourself", "last-officer", "has-role", "open", "not-staff"] | ApprovalRefusal

FIRST_OFFICERS = 2
"""So many security officers begin at least: with one, nobody could approve."""

SENTENCES: dict[Refusal, str] = {
    "yourself": "You asked for this, or it is about you. Another security officer must decide.",
    "last-officer": "This is the last security officer besides those who hold the role for a time. Add another one"
    " first.",
    "has-role": "This person has that role already.",
    "open": "There is an open request about this person or user ID. It must be decided or withdrawn first.",
    "not-staff": "This account is not active, or not of the staff any more. Open the page again.",
    "decided": "This was decided or withdrawn. Open the page again.",
    "too-late": "This was asked too long ago. Ask again.",
}


@dataclass(frozen=True, slots=True)
class StaffRequest:
    """What a security officer asks for: a new member of the staff, or another role of one.

    `user_id` is nobody's before a new member is approved. `login` and `email` are of a new one alone.
    """

    request_id: UUID
    action: Action
    user_id: UUID | None
    name: str
    email: str
    login: str
    role: str
    reason: str
    asked_by: UUID
    asked_at: datetime
    state: State
    asked_by_name: str = ""

    @property
    def concerned(self) -> frozenset[UUID]:
        """Who may not decide it."""
        return frozenset(each for each in (self.asked_by, self.user_id) if each)


@dataclass(frozen=True, slots=True)
class NewMember:
    """A person who is to belong to the staff."""

    name: str
    email: str
    login: str


def refuse_role(role: str, held: str, *, ended: bool, has_open: bool) -> Refusal | None:
    """Why nobody may ask for a role for somebody who holds `held`, or `None`.

    `ended`: the account ended because nobody certified it; then its own role is asked for, too.
    """
    if has_open:
        return "open"
    return "has-role" if role == held and not ended else None


def refuse_end(user_id: UUID, *, by: UUID, officers: frozenset[UUID]) -> Refusal | None:
    """Why `by` may not end this account for good, or `None`. `officers` hold the role security for good."""
    if user_id == by:
        return "yourself"
    return "last-officer" if officers == {user_id} else None
