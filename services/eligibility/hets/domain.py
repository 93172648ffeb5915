"""What HETS is asked, and how it may end.

Search sets: Medicare number and last name, with first name or birth date or both (handbook 9.2.1: primary, alternate
1, alternate 2).
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

State = Literal["answered", "refused", "unreadable", "no-answer"]
ANSWERED: State = "answered"
REFUSED: State = "refused"
UNREADABLE: State = "unreadable"
NO_ANSWER: State = "no-answer"


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
