"""Who may be given what by whom. Pure decisions about grants; the access decision itself is everybody's."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

ADMINISTRATORS = frozenset({"PROVIDER_ADMIN", "VENDOR_ADMIN"})

Refusal = Literal["own-access", "not-a-member", "administrator", "unknown-permission", "foreign-enrollment"]


@dataclass(frozen=True, slots=True)
class Member:
    """A user of the organization, as an administrator sees them. `kind` is `person` or `client`."""

    user_id: UUID
    kind: str
    login: str
    name: str
    role: str
    state: str
    organization_id: UUID


@dataclass(frozen=True, slots=True)
class Change:
    """A grant to be given or taken: one permission of one user for one enrollment."""

    user_id: UUID
    enrollment_id: UUID
    permission: str


def refuse_change(
    change: Change,
    member: Member | None,
    *,
    administrator: UUID,
    organization: UUID,
    grantable: frozenset[str],
    enrollments: frozenset[UUID],
) -> Refusal | None:
    """Why `administrator` of `organization` may not make this change, or `None`.

    Nobody changes their own access (handbook 6.4: certification by another), and an administrator is given no
    patient data (separation of duties). `enrollments` are those the organization may act for.
    """
    if member is None or member.organization_id != organization:
        return "not-a-member"
    if member.user_id == administrator:
        return "own-access"
    if member.role in ADMINISTRATORS:
        return "administrator"
    if change.permission not in grantable:
        return "unknown-permission"
    if change.enrollment_id not in enrollments:
        return "foreign-enrollment"
    return None
