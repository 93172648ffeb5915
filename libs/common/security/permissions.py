"""The catalog of permissions: what a route asks for, and what the decision must know about it."""

from dataclasses import dataclass, replace
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Permission:
    """One thing a person or client may do.

    `function` is its code in Appendix 9.1; `step_up`: needs a second factor not older than this (ADR 24);
    `needs_enrollment`: it is done for an enrollment (False: for oneself, or as administrator of an organization);
    `data`: it shows or changes patient data, which administrators may not (separation of duties).
    `administrators`: it belongs to the portal administrators of an organization;
    `staff`: it belongs to this role of the contractor's own staff, for the enrollments of every provider.
    """

    name: str
    function: str
    step_up: timedelta | None = None
    needs_enrollment: bool = True
    data: bool = True
    administrators: bool = False
    staff: str = ""


CATALOG: dict[str, Permission] = {}
"""Every permission by its name."""


def _listed(permission: Permission) -> Permission:
    CATALOG[permission.name] = permission
    return permission


CLAIM_SUBMIT = _listed(Permission("claims.submit", "F-08"))
CLAIM_STATUS = _listed(Permission("claims.status", "F-07"))
ELIGIBILITY_INQUIRY = _listed(Permission("eligibility.inquiry", "F-12"))
SAME_OR_SIMILAR = _listed(Permission("eligibility.same-or-similar", "F-25"))
CERTIFICATES = _listed(Permission("eligibility.certificates", "F-02"))
# How much the users of an organization ask, and which of its NPIs may ask HETS, is for its administrators.
ELIGIBILITY_USE = _listed(
    Permission("eligibility.use", "F-12", needs_enrollment=False, data=False, administrators=True)
)
HETS_ENROLLMENT_READ = _listed(replace(ELIGIBILITY_USE, name="eligibility.hets-enrollment"))
ELIGIBILITY_LOOK_UP = _listed(Permission("eligibility.mbi-look-up", "F-17"))
REMITTANCE_READ = _listed(Permission("remittance.read", "F-24"))
REDETERMINATION_READ = _listed(Permission("appeals.redetermination-status", "F-03"))
REDETERMINATION_FILE = _listed(Permission("appeals.redetermination-submission", "F-04"))
APPEAL_REVIEW = _listed(Permission("appeals.review", "F-03", needs_enrollment=False, staff="APPEALS_REVIEWER"))
MESSAGES_READ = _listed(Permission("notifier.messages", "F-19", data=False))
RESOURCES_READ = _listed(Permission("portal.resources", "F-10", data=False))
PORTAL_OPERATION = _listed(
    Permission("notifier.operation", "F-19", needs_enrollment=False, data=False, staff="PORTAL_OPERATOR")
)
AUDIT_SEARCH = _listed(Permission("audit.search", "F-27", needs_enrollment=False, staff="MAC_AUDITOR"))
OWN_ACCOUNT = _listed(Permission("auth.own-account", "F-27", needs_enrollment=False, data=False))
USERS_READ = _listed(Permission("auth.read-users", "F-27", needs_enrollment=False, data=False, administrators=True))
USERS_MANAGE = _listed(replace(USERS_READ, name="auth.manage-users", step_up=timedelta(minutes=15)))
# Changes by an administrator: one grant to look, a fresh code to change.
ELIGIBILITY_UNLOCK = replace(ELIGIBILITY_USE, step_up=timedelta(minutes=15))
HETS_ENROLLMENT = replace(HETS_ENROLLMENT_READ, step_up=timedelta(minutes=15))
LOOK_UPS_READ = _listed(replace(USERS_READ, name="eligibility.read-look-ups", function="F-17"))
LOOK_UPS_RELEASE = replace(LOOK_UPS_READ, step_up=timedelta(minutes=15))
# Sending binds the provider as a signature does, and whoever may send may look: one grant, two ways to use it.
_SENDING = timedelta(hours=4)
CLAIMS_SENDING = replace(CLAIM_SUBMIT, step_up=_SENDING)
APPEALS_SENDING = replace(REDETERMINATION_FILE, step_up=_SENDING)

STAFF = frozenset(permission.staff for permission in CATALOG.values() if permission.staff)
"""The roles of the contractor's own staff."""
