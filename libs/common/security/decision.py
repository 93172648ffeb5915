"""May this person do this, for this enrollment, now? One pure function that every service asks.

Deny by default; the first failure wins and gives the reason, in the order of the access rules (reference: security,
section 2.2), so that the same facts give the same answer, the same sentence and the same audit row everywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from libs.common.contracts.auth import Enrollment, Grant, OrganizationAccess, UserAccess
from libs.common.security.permissions import CATALOG, OWN_ACCOUNT, Permission
from libs.common.security.principal import Principal

Reason = Literal[
    "ALLOWED",
    "ACCOUNT_STATE",
    "ROB_EXPIRED",
    "TRAINING_EXPIRED",
    "SESSION_AAL",
    "STEP_UP_REQUIRED",
    "MEMBERSHIP",
    "ADMIN_NO_DATA",
    "NPI_NOT_GRANTED",
    "FUNCTION_NOT_GRANTED",
    "RECERT_EXPIRED",
    "PECOS_INACTIVE",
    "EDI_AGREEMENT_MISSING",
    "VENDOR_NOT_AUTHORIZED",
    "FUNCTION_OFF",
]

ADMINISTRATORS = frozenset({"PROVIDER_ADMIN", "VENDOR_ADMIN"})
"""Roles that manage users and see no patient data (separation of duties)."""

_BY_NAME: Mapping[str, Permission] = CATALOG


@dataclass(frozen=True, slots=True)
class AccessFacts:
    """What is known of one user: the user, their organization, and every organization they hold a grant for.

    `organizations` holds, by id, the user's own organization and those that own an enrollment the user has a grant
    for (a vendor's customers). `offered` holds the codes of the functions that are on under this contract.
    """

    user: UserAccess | None
    organizations: Mapping[UUID, OrganizationAccess] = field(default_factory=dict)
    offered: frozenset[str] = frozenset()

    @property
    def organization(self) -> OrganizationAccess | None:
        """The user's own organization."""
        return None if self.user is None else self.organizations.get(self.user.organization_id)

    def owner(self, enrollment_id: UUID | None) -> OrganizationAccess | None:
        """The organization whose enrollment this is, if it is one of those known here."""
        for organization in self.organizations.values():
            if any(each.enrollment_id == enrollment_id for each in organization.enrollments):
                return organization
        return None

    def enrollment(self, enrollment_id: UUID | None) -> Enrollment | None:
        """One enrollment of the user's own organization or of one that the user holds a grant for."""
        for organization in self.organizations.values():
            for each in organization.enrollments:
                if each.enrollment_id == enrollment_id:
                    return each
        return None

    def grants(self, enrollment_id: UUID | None) -> tuple[Grant, ...]:
        """Every grant of the user for one enrollment, whatever its dates."""
        if self.user is None:
            return ()
        return tuple(grant for grant in self.user.grants if grant.enrollment_id == enrollment_id)

    def choices(self) -> tuple[Enrollment, ...]:
        """The enrollments the user may choose to act for, by organization name, the oldest first."""
        if self.user is None:
            return ()
        granted = {grant.enrollment_id for grant in self.user.grants}
        found = (self.enrollment(enrollment_id) for enrollment_id in granted)
        return tuple(sorted((each for each in found if each), key=_in_order))

    def functions(self, enrollment_id: UUID | None) -> frozenset[str]:
        """The codes of the functions granted for one enrollment. A lapsed grant counts: its page says why it lapsed."""
        granted = {grant.permission for grant in self.grants(enrollment_id)}
        return frozenset(_BY_NAME[name].function for name in granted if name in _BY_NAME)


def _in_order(enrollment: Enrollment) -> tuple[str, datetime, str, str]:
    return enrollment.organization_name, enrollment.effective, enrollment.npi, enrollment.ptan


@dataclass(frozen=True, slots=True)
class Resource:
    """What is acted on: an enrollment's data, or something of an organization (`None`: the user's own)."""

    enrollment_id: UUID | None
    organization_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer. `reason` is `ALLOWED` exactly when `allow`; else the first rule that failed."""

    allow: bool
    reason: Reason


_ALLOWED = Decision(allow=True, reason="ALLOWED")


def decide(
    facts: AccessFacts, permission: Permission, resource: Resource, principal: Principal, now: datetime
) -> Decision:
    """Decide whether `principal` may do what `permission` names to `resource` at `now` (real time, aware).

    Raises nothing: whatever is not known is a refusal.
    """
    reason = _user_refusal(facts, permission, resource, principal, now)
    if reason is None and permission.needs_enrollment:
        reason = _enrollment_refusal(facts, permission, resource, now)
    if reason is None and permission.function not in facts.offered:
        reason = "FUNCTION_OFF"
    return _ALLOWED if reason is None else Decision(allow=False, reason=reason)


def _user_refusal(  # noqa: PLR0911 - one rule after the other is how the rules are written and read
    facts: AccessFacts, permission: Permission, resource: Resource, principal: Principal, now: datetime
) -> Reason | None:
    user = facts.user
    if user is None or user.user_id != principal.user_id or user.state != "active":
        return "ACCOUNT_STATE"
    # One's own account stays open: that is where the rules are accepted, and where one signs out.
    signatures = permission is not OWN_ACCOUNT
    if signatures and user.rules_of_behavior_until <= now:
        return "ROB_EXPIRED"
    if signatures and user.training_until <= now:
        return "TRAINING_EXPIRED"
    if principal.assurance < 2:
        return "SESSION_AAL"
    if permission.step_up and now - principal.factor_at > permission.step_up:
        return "STEP_UP_REQUIRED"
    if facts.organization is None or user.organization_id != principal.organization_id:
        return "MEMBERSHIP"
    if resource.organization_id not in (None, user.organization_id):
        return "MEMBERSHIP"
    return _role_refusal(permission, user.role, facts.organization.kind)


def _role_refusal(permission: Permission, role: str, kind: str) -> Reason | None:
    if permission.data and role in ADMINISTRATORS:
        return "ADMIN_NO_DATA"
    if permission.administrators and role not in ADMINISTRATORS:
        return "FUNCTION_NOT_GRANTED"
    if permission.staff and (role != permission.staff or kind != "contractor"):
        return "FUNCTION_NOT_GRANTED"
    return None


def _enrollment_refusal(  # noqa: PLR0911 - as above
    facts: AccessFacts, permission: Permission, resource: Resource, now: datetime
) -> Reason | None:
    owner, enrollment = facts.owner(resource.enrollment_id), facts.enrollment(resource.enrollment_id)
    own = facts.organization
    grants = facts.grants(resource.enrollment_id)
    if owner is None or enrollment is None or own is None or not grants:
        return "NPI_NOT_GRANTED"
    foreign = owner.organization_id != own.organization_id
    if foreign and own.kind != "vendor":
        return "NPI_NOT_GRANTED"
    valid = [grant for grant in grants if grant.permission == permission.name and _within(grant, now)]
    if not valid:
        return "FUNCTION_NOT_GRANTED"
    if all(grant.certified_until <= now for grant in valid):
        return "RECERT_EXPIRED"
    if not enrollment.pecos_active or not _within(enrollment, now):
        return "PECOS_INACTIVE"
    if not enrollment.edi_agreement_signed:
        return "EDI_AGREEMENT_MISSING"
    if foreign and own.organization_id not in owner.vendors:
        return "VENDOR_NOT_AUTHORIZED"
    return None


def _within(dated: Enrollment | Grant, now: datetime) -> bool:
    """Whether `now` lies from the effective date on and before the end, if there is one."""
    return dated.effective <= now and (dated.ends is None or now < dated.ends)
