"""May this person do this, for this enrollment, now? One pure function that every service asks.

Deny by default; the first failure wins and gives the reason, in the order of the access rules (reference: security,
section 2.2), so that the same facts give the same answer, the same sentence and the same audit row everywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from libs.common.contracts.auth import Authorization, Enrollment, Grant, LookUpNpi
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
    "VENDOR_SUBMITTER_MISSING",
    "VENDOR_FUNCTION_NOT_AUTHORIZED",
    "FUNCTION_OFF",
]

ADMINISTRATORS = frozenset({"PROVIDER_ADMIN", "VENDOR_ADMIN"})
"""Roles that manage users and see no patient data (separation of duties), unless theirs is a dual role."""

MAX_CHOICES = 8
"""So many enrollments are offered in the frame of a page; more are searched."""

_BY_NAME: Mapping[str, Permission] = CATALOG


class _Facts(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class UserFacts(_Facts):
    """One user, without the grants."""

    user_id: UUID
    epoch: int
    state: Literal["active", "locked", "disabled", "removed"]
    organization_id: UUID
    role: str
    rules_of_behavior_until: datetime
    training_until: datetime
    dual_role: bool = False
    look_up_npis: tuple[LookUpNpi, ...] = ()


class OrganizationFacts(_Facts):
    """One organization, without its enrollments: what it is, whom it lets act, what waits for its administrators."""

    organization_id: UUID
    epoch: int
    kind: Literal["provider", "vendor", "contractor"]
    name: str
    authorizations: tuple[Authorization, ...] = ()
    access_requests: int = 0
    biller_requests: int = 0
    join_requests: int = 0


@dataclass(frozen=True, slots=True)
class AccessFacts:
    """What is known of one user and of the one enrollment they act for.

    `grants` are the user's for that enrollment, whatever their dates. Without one, `enrollment` and its `owner` stay
    unknown. `choices` holds what the user may choose to act for, cut off after `MAX_CHOICES` and one more.
    `offered` holds the codes of the functions that are on under this contract.
    """

    user: UserFacts | None
    organization: OrganizationFacts | None = None
    enrollment: Enrollment | None = None
    owner: OrganizationFacts | None = None
    grants: tuple[Grant, ...] = ()
    choices: tuple[Enrollment, ...] = ()
    offered: frozenset[str] = frozenset()

    @property
    def menu(self) -> tuple[Enrollment, ...]:
        """The choices by organization name, the oldest first; none where there are more than a menu should list."""
        return () if len(self.choices) > MAX_CHOICES else tuple(sorted(self.choices, key=_in_order))

    @property
    def submitters(self) -> tuple[str, ...]:
        """The submitter IDs that files for the enrollment may come under: those that its EDI agreement names.

        A vendor sends under its own one alone, where the provider's letter of authorization names it.
        """
        own, owner, enrollment = self.organization, self.owner, self.enrollment
        if own is None or owner is None or enrollment is None:
            return ()
        bound = {each.submitter for each in owner.authorizations if each.vendor_id == own.organization_id}
        if owner.organization_id == own.organization_id or "" in bound:
            return enrollment.submitters
        return tuple(each for each in enrollment.submitters if each in bound)

    @property
    def functions(self) -> frozenset[str]:
        """The codes of the functions granted. A lapsed grant counts: its page says why it lapsed."""
        return frozenset(_BY_NAME[each.permission].function for each in self.grants if each.permission in _BY_NAME)


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
    signatures = permission.name != OWN_ACCOUNT.name
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
    return _role_refusal(permission, user, facts.organization.kind)


def _role_refusal(permission: Permission, user: UserFacts, kind: str) -> Reason | None:
    role = user.role
    if permission.data and role in ADMINISTRATORS and not user.dual_role:
        return "ADMIN_NO_DATA"
    if permission.administrators and role not in ADMINISTRATORS:
        return "FUNCTION_NOT_GRANTED"
    if permission.staff and (role not in permission.staff or kind != "contractor"):
        return "FUNCTION_NOT_GRANTED"
    return None


def _enrollment_refusal(  # noqa: PLR0911 - as above
    facts: AccessFacts, permission: Permission, resource: Resource, now: datetime
) -> Reason | None:
    own, owner, enrollment = facts.organization, facts.owner, facts.enrollment
    if own is None or owner is None or enrollment is None or enrollment.enrollment_id != resource.enrollment_id:
        return "NPI_NOT_GRANTED"
    grants = [grant for grant in facts.grants if grant.enrollment_id == enrollment.enrollment_id]
    if not grants:
        return "NPI_NOT_GRANTED"
    if owner.organization_id != own.organization_id and own.kind != "vendor":
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
    if owner.organization_id == own.organization_id:
        return None
    return _vendor_refusal(owner, own.organization_id, enrollment, permission, now)


def _vendor_refusal(
    owner: OrganizationFacts, vendor_id: UUID, enrollment: Enrollment, permission: Permission, now: datetime
) -> Reason | None:
    """Why a provider does not let a vendor do this. What shows no patient data is not the provider's to leave out."""
    given = [each for each in owner.authorizations if each.vendor_id == vendor_id and _within(each, now)]
    if not given:
        return "VENDOR_NOT_AUTHORIZED"
    valid = [each for each in given if not each.submitter or each.submitter in enrollment.submitters]
    if not valid:
        return "VENDOR_SUBMITTER_MISSING"
    if permission.data and all(permission.function not in each.functions for each in valid):
        return "VENDOR_FUNCTION_NOT_AUTHORIZED"
    return None


def _within(dated: Authorization | Enrollment | Grant, now: datetime) -> bool:
    """Whether `now` lies from the effective date on and before the end, if there is one."""
    return dated.effective <= now and (dated.ends is None or now < dated.ends)
