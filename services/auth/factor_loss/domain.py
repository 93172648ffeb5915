"""The loss of every factor decided purely: who proofs the person, and how far a request is.

Reference: security, section 3.1 ("MFA loss"): the office's administrator or EDI enrollment proofs the person, a day is
waited, all addresses are told. NIST SP 800-63B-4 section 4.2.2 (account recovery).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

LOST = "/sign-in/factors-lost"
"""Where a person says that they have none of their factors any more."""
NEW_FACTOR = "/sign-in/new-factor"
"""Where they set up a new one once the old ones have ended."""
OF_OFFICE = "/auth/users/lost-factors"
"""Where an administrator of their organization decides."""
OF_CONTRACTOR = "/auth/desk/lost-factors"
"""Where EDI enrollment decides."""

State = Literal["asked", "confirmed", "over", "done", "refused", "canceled", "lapsed"]
OPEN: tuple[State, ...] = ("asked", "confirmed", "over")
"""Asked: a person is to proof who asks. Confirmed: a day is waited. Over: the old factors have ended, a new one is to
be set up."""

Outcome = Literal["confirmed", "refused"]


@dataclass(frozen=True, slots=True)
class Loss:
    """A person who has none of their factors any more. `by_office`: an administrator of their organization decides."""

    request_id: UUID
    user_id: UUID
    login: str
    name: str
    email: str
    role: str
    organization_id: UUID
    organization_name: str
    by_office: bool
    state: State
    asked_at: datetime
    ends_at: datetime | None
