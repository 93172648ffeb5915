"""Events of appeals: a request, at which level it is, what was decided. What was argued stays in the service."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from libs.common.contracts.base import Contract

EVENTS = "appeals.events.v1"

Outcome = Literal["favorable", "partially-favorable", "unfavorable"]


class AppealFiled(Contract, type="appeals.appeal-filed.v1", topic=EVENTS):
    """A redetermination (level 1) was requested. `received_on` is the business day that starts the 60 days of work."""

    appeal_id: UUID
    number: str
    level: int
    claim_id: UUID
    enrollment_id: UUID
    filed_by: UUID
    filed_at: datetime
    received_on: date

    @property
    def subject(self) -> str:
        """The appeal."""
        return str(self.appeal_id)


class AppealForwarded(Contract, type="appeals.appeal-forwarded.v1", topic=EVENTS):
    """A request for the next level (2: reconsideration) was received by who decides it; `number` is theirs.

    It counts as filed on `received_on`, whenever it was asked for here.
    """

    appeal_id: UUID
    number: str
    level: int
    claim_id: UUID
    enrollment_id: UUID
    asked_by: UUID
    asked_at: datetime
    received_on: date

    @property
    def subject(self) -> str:
        """The appeal."""
        return str(self.appeal_id)


class AppealDecided(Contract, type="appeals.appeal-decided.v1", topic=EVENTS):
    """An appeal was decided: at level 1 by us, at level 2 by the QIC; `number` is the one it has there.

    `lines` are the numbers of the service lines that are to be paid now.
    """

    appeal_id: UUID
    number: str
    level: int
    claim_id: UUID
    enrollment_id: UUID
    internal_control_number: str
    outcome: Outcome
    lines: tuple[int, ...]
    decided_on: date

    @property
    def subject(self) -> str:
        """The appeal."""
        return str(self.appeal_id)
