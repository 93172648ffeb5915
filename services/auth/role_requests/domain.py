"""What a user may ask for, and what becomes of a request: who decides is never who asked."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from libs.common.functions import NAMES
from libs.common.security.permissions import CATALOG
from services.auth.access.domain import ADMINISTRATORS, BUNDLES, GRANTABLE

State = Literal["open", "approved", "refused", "lapsed", "withdrawn"]
Refusal = Literal["own-access", "outdated"]

STATES: Mapping[State, tuple[str, str]] = {
    "open": ("waiting", "Waits for a decision"),
    "approved": ("good", "Approved"),
    "refused": ("bad", "Refused"),
    "lapsed": ("paused", "Lapsed: nobody decided in time"),
    "withdrawn": ("paused", "Taken back"),
}
"""How each state is shown: its kind and its words."""

MANAGE = "role"
"""What is chosen to become an administrator."""
DUAL = "dual-role"
"""What is chosen to work with patient data too, as an administrator; and what is kept as the role asked for."""

OWN = "/auth/requests"
"""Where one sees what one asked for."""
TO_DECIDE = "/auth/access-requests"
"""Where the administrators of an organization decide."""
OF_CONTRACTOR = "/auth/organizations/access"
"""Where EDI enrollment of the contractor decides for organizations without another administrator."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request: `enrollment_id` and `permissions`, or `role`. Moments are real time; its texts are sealed.

    `for_contractor`: no other administrator of the organization is there, so EDI enrollment decides (reference:
    security, section 2.2). What a user asks for who does not manage users waits for an administrator all the same.
    """

    request_id: UUID
    organization_id: UUID
    user_id: UUID
    name: str
    login: str
    enrollment_id: UUID | None
    npi: str
    ptan: str
    permissions: tuple[str, ...]
    role: str
    last_day: date | None
    reason: str
    state: State
    asked_at: datetime
    told_at: datetime
    decided_at: datetime | None
    answer: str
    organization_name: str = ""
    for_contractor: bool = False
    verified: str = ""

    @property
    def what(self) -> str:
        """What is asked for, in words."""
        if self.role == DUAL:
            return "To work with patient data too, as an administrator (dual role)"
        return "To manage users as an administrator" if self.role else words_of(self.permissions)

    @property
    def where(self) -> str:
        """For which NPI and PTAN; empty for a role."""
        return f"NPI {self.npi} · PTAN {self.ptan}" if self.npi else ""


def words_of(permissions: Collection[str]) -> str:
    """The functions that permissions belong to, by name; a bundle by its title."""
    for bundle in BUNDLES.values():
        if bundle.permissions == set(permissions):
            return bundle.title
    return ", ".join(sorted({NAMES[CATALOG[each].function] for each in permissions if each in CATALOG}))


def asked_for(what: str) -> frozenset[str]:
    """The permissions that a choice of the form stands for: a bundle or a single one; none for the role or nonsense."""
    if what in BUNDLES:
        return BUNDLES[what].permissions
    return frozenset({what}) & GRANTABLE


def administrator_of(kind: str) -> str:
    """The role of those who manage users in an organization of this kind; empty where it has none."""
    role = {"provider": "PROVIDER_ADMIN", "vendor": "VENDOR_ADMIN"}.get(kind, "")
    return role if role in ADMINISTRATORS else ""


def role_asked_for(what: str, held: str, kind: str) -> str:
    """The role that a choice of the form stands for, of whoever holds `held` in an organization of this kind."""
    if what == DUAL and held in ADMINISTRATORS:
        return DUAL
    return administrator_of(kind) if what == MANAGE and held not in ADMINISTRATORS else ""


def refuse_decision(request: Request, *, administrator: UUID) -> Refusal | None:
    """Why `administrator` may not decide this, or `None`. Nobody approves what they asked for themselves."""
    if request.user_id == administrator:
        return "own-access"
    return None if request.state == "open" else "outdated"


def may_remind(request: Request, now: datetime, *, hours: int) -> bool:
    """Whether whoever asked may have the administrators told again."""
    return request.state == "open" and now - request.told_at >= timedelta(hours=hours)
