"""Events and state of auth: who may do what. No names of persons: a user is an id."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from libs.common.contracts.sealed import CERTIFICATION_LETTER, CONTACT, INACTIVE_CONTACT
from typing import Annotated
from libs.common.contracts.base import Contract, Part, key_of

EVENTS = "auth.events.v1"
STATE = "auth.state.v1"


class Enrollment(Part):
    """One enrollment of an organization with this contractor: an NPI and PTAN in a line of business.

    `tax_id` is the one money is paid under; `submitters` are the submitter IDs of its EDI agreement. A record from before
    they were told has neither, and then no claim is taken.
    """

    enrollment_id: UUID
    organization_name: str
    npi: str
    tax_id: str = ""
    ptan: str
    line_of_business: str
    pecos_active: bool
    edi_agreement_signed: bool
    submitters: tuple[str, ...] = ()
    effective: datetime
    ends: datetime | None = None


class Grant(Part):
    """One function a user may use for one enrollment, until it ends or is due for certification."""

    enrollment_id: UUID
    permission: str
    effective: datetime
    ends: datetime | None = None
    certified_until: datetime


class UserAccess(Contract, type="auth.user-access.v1", topic=STATE):
    """The whole of one user's access. The highest (generation, version) wins."""

    user_id: UUID
    generation: int
    version: int
    epoch: int
    state: Literal["active", "locked", "disabled", "removed"]
    organization_id: UUID
    role: str
    rules_of_behavior_until: datetime
    training_until: datetime
    grants: tuple[Grant, ...]

    @property
    def subject(self) -> str:
        """The user."""
        return key_of("user", self.user_id)


class OrganizationAccess(Contract, type="auth.organization-access.v1", topic=STATE):
    """The whole of one organization: its enrollments and whom it lets act for it."""

    organization_id: UUID
    generation: int
    version: int
    epoch: int
    kind: Literal["provider", "vendor", "contractor"]
    name: str
    enrollments: tuple[Enrollment, ...]
    vendors: tuple[UUID, ...] = ()

    @property
    def subject(self) -> str:
        """The organization."""
        return key_of("organization", self.organization_id)


class RoleRemoved(Contract, type="auth.role-removed.v1", topic=EVENTS):
    """A user lost grants for one enrollment; `permission` is `*` when it was all of them.

    `removed_by`: null where nobody decided in time. `reason` says by which decision. `sealed_contact` (name and mail address) opens only for the notifier, who tells
    the user.
    """

    user_id: UUID
    enrollment_id: UUID
    permission: str
    removed_by: UUID | None
    reason: Literal["removed", "not-recertified"] = "removed"
    sealed_contact: Annotated[str, CONTACT] | None = None

    @property
    def subject(self) -> str:
        """The user."""
        return str(self.user_id)


class Recertified(Contract, type="auth.recertified.v1", topic=EVENTS):
    """An administrator certified a user's grants for one enrollment for another year (handbook 6.4)."""

    user_id: UUID
    enrollment_id: UUID
    certified_by: UUID
    certified_until: datetime

    @property
    def subject(self) -> str:
        """The user."""
        return str(self.user_id)


class CertificationNotice(Contract, type="auth.certification-notice.v1", topic=EVENTS):
    """A user is to be told of certifications: that some wait for them, that somebody asks, that their account ended.

    `count` certifications run out on `day`. `sealed_letter` opens only for the notifier.
    """

    user_id: UUID
    matter: Literal["reminder", "asked", "account-suspended", "account-declined"]
    count: int = 1
    day: date | None = None
    sealed_letter: Annotated[str, CERTIFICATION_LETTER]

    @property
    def subject(self) -> str:
        """The user."""
        return str(self.user_id)


class AgreementSigned(Contract, type="auth.agreement-signed.v1", topic=EVENTS):
    """A user signed a document for a year, in the version they read."""

    user_id: UUID
    agreement: Literal["administrator", "code-sets", "privileged-rules", "rules-of-behavior", "terms", "training"]
    version: str
    until: datetime

    @property
    def subject(self) -> str:
        """The user."""
        return str(self.user_id)


class AccountInactive(Contract, type="auth.account-inactive.v1", topic=EVENTS):
    """An account was not used: its owner is told before it is disabled, when it was, and when it is enabled again.

    `day`: with which it is disabled, or until which its owner can enable it. `sealed_contact` opens only for the
    notifier.
    """

    user_id: UUID
    matter: Literal["notice", "disabled", "enabled-again"]
    day: date
    sealed_contact: Annotated[str, INACTIVE_CONTACT]

    @property
    def subject(self) -> str:
        """The user."""
        return str(self.user_id)


class AccountLocked(Contract, type="auth.account-locked.v1", topic=EVENTS):
    """Too many failed sign-ins."""

    user_id: UUID
    locked_until: datetime

    @property
    def subject(self) -> str:
        """The user."""
        return str(self.user_id)
