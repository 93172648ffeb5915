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
    `staff`: it belongs to these roles of the contractor's own staff, for the enrollments of every provider.
    """

    name: str
    function: str
    step_up: timedelta | None = None
    needs_enrollment: bool = True
    data: bool = True
    administrators: bool = False
    staff: frozenset[str] = frozenset()


HELP_DESK, EDI, SECURITY, AUDITOR = "MAC_CSR", "MAC_EDI", "MAC_SECURITY", "MAC_AUDITOR"
OPERATOR, REVIEWER = "PORTAL_OPERATOR", "APPEALS_REVIEWER"
STAFF = frozenset({HELP_DESK, EDI, SECURITY, AUDITOR, OPERATOR, REVIEWER})
"""The roles of the contractor's own staff (reference: security, section 2.2). A person has one of them at a time."""

CATALOG: dict[str, Permission] = {}
"""Every permission by its name."""


def _listed(permission: Permission) -> Permission:
    CATALOG[permission.name] = permission
    return permission


def _of_staff(name: str, *roles: str, data: bool = False, step_up: timedelta | None = None) -> Permission:
    return _listed(Permission(name, "F-27", step_up=step_up, needs_enrollment=False, data=data, staff=frozenset(roles)))


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
APPEAL_REVIEW = _listed(Permission("appeals.review", "F-03", needs_enrollment=False, staff=frozenset({REVIEWER})))
MESSAGES_READ = _listed(Permission("notifier.messages", "F-19", data=False))
RESOURCES_READ = _listed(Permission("portal.resources", "F-10", data=False))
PORTAL_OPERATION = _listed(
    Permission("notifier.operation", "F-19", needs_enrollment=False, data=False, staff=frozenset({OPERATOR}))
)
AUDIT_SEARCH = _of_staff("audit.search", AUDITOR, data=True)
OWN_ACCOUNT = _listed(Permission("auth.own-account", "F-27", needs_enrollment=False, data=False))
USERS_READ = _listed(Permission("auth.read-users", "F-27", needs_enrollment=False, data=False, administrators=True))
USERS_MANAGE = _listed(replace(USERS_READ, name="auth.manage-users", step_up=timedelta(minutes=15)))
# The accounts of privileged users, certified by the contractor's staff of EDI enrollment.
ACCOUNTS_CERTIFY_READ = _of_staff("auth.certify-accounts", EDI)
ACCOUNTS_CERTIFY = replace(ACCOUNTS_CERTIFY_READ, step_up=timedelta(minutes=15))
# What one signs, and changes of one's own password and factors.
OWN_SECURITY = replace(OWN_ACCOUNT, step_up=timedelta(minutes=15))
# Changes by an administrator: one grant to look, a fresh code to change.
ELIGIBILITY_UNLOCK = replace(ELIGIBILITY_USE, step_up=timedelta(minutes=15))
HETS_ENROLLMENT = replace(HETS_ENROLLMENT_READ, step_up=timedelta(minutes=15))
LOOK_UPS_READ = _listed(replace(USERS_READ, name="eligibility.read-look-ups", function="F-17"))
LOOK_UPS_RELEASE = replace(LOOK_UPS_READ, step_up=timedelta(minutes=15))
# Sending binds the provider as a signature does, and whoever may send may look: one grant, two ways to use it.
_SENDING = timedelta(hours=4)
CLAIMS_SENDING = replace(CLAIM_SUBMIT, step_up=_SENDING)
APPEALS_SENDING = replace(REDETERMINATION_FILE, step_up=_SENDING)

# The back office: each names the roles that may. What changes something asks for a fresh code.
_FRESH = timedelta(minutes=15)
DESK_READ = _of_staff("auth.read-accounts", HELP_DESK, EDI, SECURITY)
DESK_HELP = _of_staff("auth.help-accounts", HELP_DESK, SECURITY, step_up=_FRESH)
DESK_SECURE = _of_staff("auth.secure-accounts", SECURITY, step_up=_FRESH)
VIEW_AS = _of_staff("auth.view-as", HELP_DESK, data=True)
VIEW_AS_BEGIN = replace(VIEW_AS, step_up=_FRESH)
ELEVATION = _of_staff("auth.elevation", *sorted(STAFF))
ELEVATION_ASK = replace(ELEVATION, step_up=_FRESH)
ELEVATION_DECIDE = _of_staff("auth.decide-elevation", SECURITY, step_up=_FRESH)
# The contractor's own staff: one security officer asks, another one approves.
STAFF_READ = _of_staff("auth.read-staff", SECURITY)
STAFF_MANAGE = _of_staff("auth.manage-staff", SECURITY, step_up=_FRESH)
# EDI enrollment verifies who becomes an administrator of an organization (handbook 6.5).
ORGANIZATION_REVIEW = _of_staff("auth.review-organizations", EDI)
ORGANIZATION_DECIDE = replace(ORGANIZATION_REVIEW, step_up=_FRESH)
# Who has none of their factors any more is proofed by them, where no administrator of an office can.
FACTOR_LOSSES_READ = _of_staff("auth.review-factor-losses", EDI)
FACTOR_LOSSES_DECIDE = replace(FACTOR_LOSSES_READ, step_up=_FRESH)
# Whom CMS is shown that every user was certified, and who looks up for which NPI: seen, and changed by nobody there.
CERTIFICATIONS_READ = _of_staff("auth.read-certifications", EDI, SECURITY, AUDITOR)
CERTIFICATIONS_CALL = _of_staff("auth.call-certifications", EDI, SECURITY, step_up=_FRESH)
ASSOCIATIONS_READ = _of_staff("auth.read-look-up-associations", EDI, SECURITY, AUDITOR)
FEEDS_READ = _of_staff("auth.read-feeds", EDI, OPERATOR)
FEEDS_DECIDE = _of_staff("auth.decide-feeds", EDI, step_up=_FRESH)
