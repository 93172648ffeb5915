"""Events of eligibility. An inquiry is an id and a keyed token of the beneficiary; the answer itself stays in the service."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from libs.common.contracts.base import Contract, key_of
from libs.common.contracts.sealed import OFFICIAL

EVENTS = "eligibility.events.v1"


class InquiryAnswered(Contract, type="eligibility.inquiry-answered.v1", topic=EVENTS):
    """HETS answered with benefits (271)."""

    inquiry_id: UUID
    enrollment_id: UUID
    asked_by: UUID
    beneficiary_token: str
    answered_at: datetime

    @property
    def subject(self) -> str:
        """The inquiry."""
        return str(self.inquiry_id)


class InquiryFailed(Contract, type="eligibility.inquiry-failed.v1", topic=EVENTS):
    """HETS refused the inquiry (`codes` are its AAA reasons), could not read it, or did not answer."""

    inquiry_id: UUID
    enrollment_id: UUID
    asked_by: UUID
    outcome: Literal["refused", "unreadable", "no-answer"]
    codes: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """The inquiry."""
        return str(self.inquiry_id)


class HetsEnrollmentChanged(Contract, type="eligibility.hets-enrollment-changed.v1", topic=EVENTS):
    """An administrator asked CMS to link an NPI to a HETS submitter, to end that, or attested it for another year.

    `effective` and `ends` are the first and the last day; `ends` None: no last day.
    """

    request_id: UUID
    organization_id: UUID
    npi: str
    submitter: str
    change: Literal["enroll", "end", "attest"]
    effective: date
    ends: date | None
    made_by: UUID

    @property
    def subject(self) -> str:
        """The NPI."""
        return key_of("npi", self.npi)


class HetsNotice(Contract, type="eligibility.hets-notice.v1", topic=EVENTS):
    """The administrators of an organization are to be told of a HETS EDI enrollment.

    `matter`: it is to be attested for another year until `day`, and nobody asked for it here, so that no official is
    known; or what was asked for on `day` was refused by CMS, or could not be sent.
    """

    organization_id: UUID
    npi: str
    submitter: str
    matter: Literal["attestation-due", "refused", "not-sent"]
    day: date

    @property
    def subject(self) -> str:
        """The NPI."""
        return key_of("npi", self.npi)


class HetsAttestationDue(Contract, type="eligibility.hets-attestation-due.v1", topic=EVENTS):
    """A HETS EDI enrollment is to be attested for another year, until `attested_until` at the latest.

    `request_id` is the last request for it; `sealed_contact` (the official it named) opens only for the notifier.
    """

    request_id: UUID
    organization_id: UUID
    npi: str
    submitter: str
    attested_until: date
    made_by: UUID
    sealed_contact: Annotated[str, OFFICIAL]

    @property
    def subject(self) -> str:
        """The NPI."""
        return key_of("npi", self.npi)
