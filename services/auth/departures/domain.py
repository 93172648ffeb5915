"""Who leaves an organization, or gives up managing its users, and who may say so.

Sources: ARS PS-4 (on the day a person leaves, all access ends), PS-5; MAC portal handbook 6.4: administrators
deactivate users.
"""

from collections.abc import Mapping
from typing import Literal
from uuid import UUID

from services.auth.access.domain import ADMINISTRATORS, Member

LEAVING = "/auth/leaving"
"""Where a person leaves an organization, or stops managing its users."""

Why = Literal["left", "other-work", "mistake", "security"]
Departure = Literal["leave", "step-down"]
Refusal = Literal["not-a-member", "own-access", "program"]
OwnRefusal = Literal["nothing-to-leave", "no-administrator", "not-confirmed"]

WHY: Mapping[Why, str] = {
    "left": "No longer works here",
    "other-work": "Has other work, which needs no access",
    "mistake": "Was let in by mistake",
    "security": "A security concern",
}
"""Why an administrator ends somebody's access: kept with the audit record."""

_USER_OF: Mapping[str, str] = {"PROVIDER_ADMIN": "PROVIDER_USER", "VENDOR_ADMIN": "VENDOR_USER"}


def refuse_end(member: Member | None, *, administrator: UUID, organization: UUID) -> Refusal | None:
    """Why `administrator` of `organization` may not end this person's access to it, or `None`."""
    if member is None or member.organization_id != organization:
        return "not-a-member"
    if member.user_id == administrator:
        return "own-access"
    return None if member.kind == "person" else "program"


def user_of(role: str) -> str:
    """What an administrator is who no longer manages users; empty for whoever is none."""
    return _USER_OF.get(role, "")


def belongs(role: str) -> bool:
    """Whether who has this role can leave: those of providers and vendors; no staff, no applicant."""
    return role in _USER_OF or role in _USER_OF.values()


def refuse_own(departure: Departure, role: str, *, alone: bool, confirmed: bool) -> OwnRefusal | None:
    """Why a person may not do this for themselves, or `None`.

    `alone`: no other administrator is there. Then they have to confirm that they read what follows.
    """
    if not belongs(role):
        return "nothing-to-leave"
    if departure == "step-down" and role not in ADMINISTRATORS:
        return "no-administrator"
    return "not-confirmed" if alone and role in ADMINISTRATORS and not confirmed else None
