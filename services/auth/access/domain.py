"""Who may be given what by whom. Pure decisions about grants; the access decision itself is everybody's."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from libs.common.security.permissions import (
    CATALOG,
    CERTIFICATES,
    CLAIM_STATUS,
    CLAIM_SUBMIT,
    ELIGIBILITY_INQUIRY,
    ELIGIBILITY_LOOK_UP,
    MESSAGES_READ,
    REDETERMINATION_FILE,
    REDETERMINATION_READ,
    REMITTANCE_READ,
    SAME_OR_SIMILAR,
    Permission,
)

ADMINISTRATORS = frozenset({"PROVIDER_ADMIN", "VENDOR_ADMIN"})
ADVISED_ADMINISTRATORS = 2
"""So many administrators are advised: when one is away or lapses, the other one goes on."""

EMAIL = r"^[^\s@<>,;:\"()]+@[^\s@<>,;:\"()]+\.[^\s@<>,;:\"()]+$"
"""What is taken as a mail address: whether anybody reads there, a code shows that is sent to it."""

Refusal = Literal["own-access", "not-a-member", "administrator", "unknown-permission", "foreign-enrollment"]
DualRefusal = Literal["own-access", "not-a-member", "no-administrator", "too-many-staff"]


GRANTABLE = frozenset(permission.name for permission in CATALOG.values() if permission.needs_enrollment)
SCOPE = frozenset(CATALOG[name].function for name in GRANTABLE if CATALOG[name].data)
"""The functions that a provider lets a vendor use, or leaves out: those that show patient data."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a desk of a billing office needs: given together, taken one by one."""

    title: str
    permissions: frozenset[str]


def _bundle(title: str, *permissions: Permission) -> Bundle:
    return Bundle(title, frozenset(each.name for each in (*permissions, MESSAGES_READ)))


# What is asked before a patient is served; the last two are offered, and given, under DME contracts alone.
_BEFORE_SERVICE = (ELIGIBILITY_INQUIRY, ELIGIBILITY_LOOK_UP, SAME_OR_SIMILAR, CERTIFICATES)

BUNDLES: Mapping[str, Bundle] = {
    "front-desk": _bundle("Front desk", *_BEFORE_SERVICE, CLAIM_STATUS),
    "biller": _bundle("Biller", *_BEFORE_SERVICE, CLAIM_STATUS, CLAIM_SUBMIT, REMITTANCE_READ),
    "appeals": _bundle("Appeals", CLAIM_STATUS, REMITTANCE_READ, REDETERMINATION_READ, REDETERMINATION_FILE),
    "money": _bundle("Money", CLAIM_STATUS, REMITTANCE_READ),
    "all": Bundle("All functions", GRANTABLE),
}


def permissions_of(permission: str, bundle: str) -> frozenset[str]:
    """What a form asks for: a bundle where it names one, else the single `permission`."""
    return BUNDLES[bundle].permissions if bundle in BUNDLES else frozenset({permission})


def offered_of(permissions: Iterable[str], functions: Collection[str]) -> frozenset[str]:
    """Those of `permissions` whose function is one of `functions`: what a contract offers."""
    return frozenset(each for each in permissions if CATALOG[each].function in functions)


@dataclass(frozen=True, slots=True)
class Member:
    """A user of the organization, as an administrator sees them. `kind` is `person` or `client`.

    `dual_role`: an administrator who works with patient data too.
    """

    user_id: UUID
    kind: str
    login: str
    name: str
    role: str
    state: str
    organization_id: UUID
    dual_role: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """Grants to be given or taken: permissions of one user for one enrollment.

    `last_day`: the business day with which what is given ends; None for access that stays.
    """

    user_id: UUID
    enrollment_id: UUID
    permissions: frozenset[str]
    last_day: date | None = None


def refuse_change(
    change: Change,
    member: Member | None,
    *,
    administrator: UUID,
    organization: UUID,
    acts_for: bool,
) -> Refusal | None:
    """Why `administrator` of `organization` may not make this change, or `None`.

    Nobody changes their own access (handbook 6.4: certification by another), and an administrator is given no
    patient data (separation of duties) unless theirs is a dual role. `acts_for`: whether the organization may act for
    the enrollment.
    """
    if member is None or member.organization_id != organization:
        return "not-a-member"
    if member.user_id == administrator:
        return "own-access"
    if member.role in ADMINISTRATORS and not member.dual_role:
        return "administrator"
    if not change.permissions or not change.permissions <= GRANTABLE:
        return "unknown-permission"
    if not acts_for:
        return "foreign-enrollment"
    return None


def refuse_dual_role(
    member: Member | None, *, administrator: UUID, organization: UUID, staff: int, below: int
) -> DualRefusal | None:
    """Why `administrator` of `organization` may not let `member` both manage users and see patient data, or `None`.

    Only an organization of fewer than `below` people, of which it has `staff`, may join the two duties in one person.
    """
    if member is None or member.organization_id != organization:
        return "not-a-member"
    if member.user_id == administrator:
        return "own-access"
    if member.role not in ADMINISTRATORS:
        return "no-administrator"
    return None if staff < below else "too-many-staff"
