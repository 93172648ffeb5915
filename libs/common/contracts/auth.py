"""Events and state of auth: who may do what. No names of persons: a user is an id."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from libs.common.contracts.sealed import CONTACT, WANTED_MESSAGE
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


class Authorization(Part):
    """A provider lets a vendor act for it: in these functions (codes of Appendix 9.1), in this time (handbook 6.3).

    `submitter` is the submitter ID that the vendor sends under: while the EDI agreement of an enrollment does not name
    it, the vendor may do nothing there. It is empty where the files of EDI enrollment themselves named the vendor.
    """

    vendor_id: UUID
    functions: tuple[str, ...]
    submitter: str = ""
    effective: datetime
    ends: datetime | None = None


class LookUpNpi(Part):
    """An NPI that a user is associated with for looking up Medicare numbers, and since when."""

    npi: str
    since: datetime


class UserAccess(Contract, type="auth.user-access.v1", topic=STATE):
    """The whole of one user's access. The highest (generation, version) wins.

    `dual_role`: an administrator of a small organization who works with patient data too.
    """

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
    dual_role: bool = False
    look_up_npis: tuple[LookUpNpi, ...] = ()

    @property
    def subject(self) -> str:
        """The user."""
        return key_of("user", self.user_id)


class OrganizationAccess(Contract, type="auth.organization-access.v1", topic=STATE):
    """The whole of one organization: its enrollments and whom it lets act for it.

    `vendors` are those that `authorizations` name. `access_requests`, `biller_requests` and `join_requests` say how
    many requests wait for its administrators.
    """

    organization_id: UUID
    generation: int
    version: int
    epoch: int
    kind: Literal["provider", "vendor", "contractor"]
    name: str
    enrollments: tuple[Enrollment, ...]
    vendors: tuple[UUID, ...] = ()
    authorizations: tuple[Authorization, ...] = ()
    access_requests: int = 0
    biller_requests: int = 0
    join_requests: int = 0

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


class AgreementSigned(Contract, type="auth.agreement-signed.v1", topic=EVENTS):
    """A user signed a document for a year, in the version they read."""

    user_id: UUID
    agreement: Literal[
        "administrator", "attestation", "code-sets", "privileged-rules", "rules-of-behavior", "terms", "training"
    ]
    version: str
    until: datetime

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


class Registered(Contract, type="auth.registered.v1", topic=EVENTS):
    """A person registered: their identity is proofed, and they belong to no organization yet."""

    user_id: UUID

    @property
    def subject(self) -> str:
        """The user."""
        return str(self.user_id)


class OrganizationRequested(Contract, type="auth.organization-requested.v1", topic=EVENTS):
    """A person asked to belong to an organization, and what they said agrees with what is on file.

    `waits_for`: who decides, or must confirm first. `provider_id` is the provider that a vendor named.
    """

    request_id: UUID
    user_id: UUID
    organization_id: UUID
    role: str
    waits_for: Literal["contractor", "provider", "administrator"]
    provider_id: UUID | None = None

    @property
    def subject(self) -> str:
        """The user."""
        return str(self.user_id)


class OrganizationDecided(Contract, type="auth.organization-decided.v1", topic=EVENTS):
    """A request to belong to an organization was decided, by whom."""

    request_id: UUID
    user_id: UUID
    organization_id: UUID
    role: str
    outcome: Literal["approved", "declined"]
    decided_by: UUID

    @property
    def subject(self) -> str:
        """The user."""
        return str(self.user_id)


class MessageWanted(Contract, type="auth.message-wanted.v1", topic=EVENTS):
    """Somebody is to be told something by mail, of a `kind` that the notifier can write.

    `user_id` is the user, or the registration of somebody who is none yet. `sealed_message` opens only for the notifier.
    """

    user_id: UUID
    kind: str
    sealed_message: Annotated[str, WANTED_MESSAGE]

    @property
    def subject(self) -> str:
        """For whom it is."""
        return str(self.user_id)


class AccountDisabled(Contract, type="auth.account-disabled.v1", topic=EVENTS):
    """Staff of the contractor disabled an account: nothing of it counts any more, in any service."""

    user_id: UUID
    disabled_by: UUID
    reason: Literal["high-risk", "staff"]

    @property
    def subject(self) -> str:
        """The user."""
        return str(self.user_id)


class AccountEnabled(Contract, type="auth.account-enabled.v1", topic=EVENTS):
    """Staff of the contractor enabled an account again."""

    user_id: UUID
    enabled_by: UUID

    @property
    def subject(self) -> str:
        """The user."""
        return str(self.user_id)
