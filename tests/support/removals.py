"""Removals of access with a sealed contact, as auth publishes them, and the organization they speak of."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from libs.common.contracts.auth import Enrollment, OrganizationAccess, RoleRemoved
from libs.common.contracts.base import Contract
from libs.common.contracts.envelope import Message, Origin, seal_envelope
from libs.common.contracts.sealed import CONTACT, Contact
from libs.common.ids import derived_id
from libs.common.runtime import Runtime
from libs.common.security.keys import KeyRing
from libs.common.settings import Settings
from tests.support.portico import MORNING

ENROLLMENT = derived_id("enrollment of a removal")


def office(version: int = 1) -> OrganizationAccess:
    """The organization of the enrollment, as auth tells of it."""
    return OrganizationAccess(
        organization_id=derived_id("organization of a removal"),
        generation=1,
        version=version,
        epoch=1,
        kind="provider",
        name="Riverside Clinic",
        enrollments=(
            Enrollment(
                enrollment_id=ENROLLMENT,
                organization_name="Riverside Clinic",
                npi="2994535120",
                tax_id="001000001",
                ptan="MR10001",
                line_of_business="B",
                pecos_active=True,
                edi_agreement_signed=True,
                submitters=("SUB00001",),
                effective=MORNING,
            ),
        ),
    )


def removal(
    settings: Settings,
    number: int,
    *,
    reason: Literal["removed", "not-recertified"] = "not-recertified",
    permission: str = "*",
    contact: Contact | None = None,
    sealed_for: UUID | None = None,
) -> RoleRemoved:
    """User `number` lost access. `contact` and `sealed_for` replace what auth would have sealed, and for whom."""
    user_id = derived_id("user", number)
    told = contact or Contact(f"User {number}", f"user{number}@riverside.example")
    sealed = CONTACT.seal(KeyRing.load(settings, "auth"), told, sealed_for or user_id)
    return RoleRemoved(
        user_id=user_id,
        enrollment_id=ENROLLMENT,
        permission=permission,
        removed_by=derived_id("administrator"),
        reason=reason,
        sealed_contact=sealed,
    )


def published(runtime: Runtime, event: Contract, number: int, at: datetime = MORNING) -> Message:
    """The event in its envelope; the same number gives the same event id."""
    return seal_envelope(
        event,
        event_id=derived_id("event", type(event).__name__, number),
        source_name=runtime.source,
        at=at,
        origin=Origin("test", ""),
    )
