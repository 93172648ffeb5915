"""The second level of appeal: who may ask a QIC to reconsider a redetermination, until when, and what follows.

Sources: 42 CFR 405.960 and 405.962 (right and time; filed when the QIC receives it), 405.964 (what a request must say,
form CMS-20033), 405.966 (evidence), 405.970 (time to decide), 405.1002 and 405.1014 (the hearing that follows).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from libs.common.appeal_deadlines import reconsideration_until
from libs.common.business_days import BusinessDays

LEVEL = 2
PURPOSE = "reconsideration"
"""What documents of a reconsideration are sent for."""

_DECISION_DAYS = 60

Kind = Literal["open", "late", "undecided", "favorable"]
"""Whether a reconsideration can be asked for. Only the first two let one; the others say why not."""

FOLLOW = "follow-reconsideration"
"""The job that sends a request to the QIC and asks for its decision."""


@dataclass(frozen=True, slots=True)
class Right:
    """What the rules let one do about a redetermination now. `until` is the last day, where there is one."""

    kind: Kind
    until: date | None = None

    @property
    def may_ask(self) -> bool:
        """Whether a reconsideration can be asked for."""
        return self.until is not None


def right_of(outcome: str, decided_on: date | None, today: date, days: BusinessDays) -> Right:
    """What can be done on `today` about a redetermination with this `outcome`, empty while it is not decided."""
    if decided_on is None:
        return Right("undecided")
    if outcome == "favorable":
        return Right("favorable")
    until = reconsideration_until(decided_on, days)
    return Right("open" if today <= until else "late", until)


WHY_NOT: Mapping[Kind, str] = {
    "undecided": "This appeal is not decided yet. A reconsideration is a new look at our decision, so it can be asked"
    " for only after it.",
    "favorable": "This appeal was decided in your favor, so there is nothing to reconsider. A new remittance advice"
    " shows what is paid.",
}
"""Why a reconsideration cannot be asked for."""


def decide_by(received_on: date) -> date:
    """By when the QIC decides: 60 days from its receipt (42 CFR 405.970(a))."""
    return received_on + timedelta(days=_DECISION_DAYS)


STATES: Mapping[str, tuple[str, str]] = {
    "sending": ("waiting", "On its way to the QIC"),
    "received": ("waiting", "Waiting for the decision of the QIC"),
    "favorable": ("good", "The QIC decided in your favor"),
    "partially-favorable": ("warning", "The QIC decided partly in your favor"),
    "unfavorable": ("bad", "The QIC did not decide in your favor"),
}
"""Kind of status, and words, of a reconsideration."""
