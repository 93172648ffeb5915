"""What HETS is asked, and how it may end.

Search sets: Medicare number and last name, with first name or birth date or both (handbook 9.2.1: primary, alternate
1, alternate 2).
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from libs.x12.eligibility.objects import EligibilityInquiry

State = Literal["answered", "refused", "unreadable", "no-answer"]
ANSWERED: State = "answered"
REFUSED: State = "refused"
UNREADABLE: State = "unreadable"
NO_ANSWER: State = "no-answer"

# Why there is no answer, or none that can be used: the first word of a reason. What follows it is for operators.
BUSY = "busy"
"""No connection was free in time: it was not sent."""
RESTS = "rests"
"""HETS did not answer the last ones, so it was not asked: it was not sent."""
NO_CONNECTION = "no-connection"
CERTIFICATE = "certificate"
"""HETS could not be believed, or did not believe us: it was not sent."""
TOO_LATE = "too-late"
BROKEN_OFF = "broken-off"
HTTP_STATUS = "status"
ENVELOPE = "envelope"
TOO_LARGE = "too-large"
NOT_ACCEPTED = "not-accepted"
"""Cut off, or not as its guide says."""
NOT_ONE_ANSWER = "not-one-answer"
SYNTAX_REFUSED = "999"
INTERCHANGE_REFUSED = "TA1"
FOREIGN = "foreign"
"""It belongs to another question or patient."""

NEVER_SENT = frozenset({BUSY, RESTS, NO_CONNECTION, CERTIFICATE})


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about whom. `mbi` as it travels; names as typed; at least one of first name and birth date."""

    mbi: str
    last_name: str
    first_name: str
    birth_date: date | None
    service_from: date
    service_to: date

    @property
    def search(self) -> str:
        """Which of the three searches of the handbook this is."""
        if self.first_name and self.birth_date:
            return "primary"
        return "alternate 1" if self.birth_date else "alternate 2"


@dataclass(frozen=True, slots=True)
class Written:
    """A question as a program wrote it: `inquiry` is what its `payload`, a whole 270, asks."""

    inquiry: EligibilityInquiry
    payload: bytes
