"""Events of eligibility. An inquiry is an id and a keyed token of the beneficiary; the answer itself stays in the service."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from libs.common.contracts.base import Contract

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
