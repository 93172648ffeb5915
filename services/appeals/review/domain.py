"""What a reviewer decides: each line of an appeal, for or against, with the reason (42 CFR 405.956(b))."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from libs.common.business_days import BusinessDays
from libs.common.text import is_printable
from services.appeals.redetermination.domain import Outcome, line_name

RATIONALE_LENGTH = 2000


def decision_day(today: date, received_on: date, days: BusinessDays) -> date:
    """The date that a decision of `today` bears: the business day on which its notice can go out.

    It is never before the appeal counts as received: what was filed after the cut-off or on a weekend may be decided at
    once, and its deadlines (42 CFR 405.950, 405.962) still run from a receipt that lies before the decision.
    """
    return days.on_or_after(max(today, received_on))


@dataclass(frozen=True, slots=True)
class LineDecision:
    """What is decided of one line. `favorable` is `None` while nothing was chosen."""

    favorable: bool | None
    rationale: str


@dataclass(frozen=True, slots=True)
class DecisionFault:
    """What a decision lacks: the field, and what to do."""

    kind: str
    field: str
    sentence: str


def decision_faults(decided: Mapping[int, LineDecision], lines: Collection[int]) -> tuple[DecisionFault, ...]:
    """What is missing in a decision of these lines: each needs a decision and a rationale that a letter can quote."""
    found = []
    for number in sorted(lines):
        one, name = decided.get(number, LineDecision(None, "")), line_name(number)
        if one.favorable is None:
            found.append(DecisionFault("undecided", f"decision_{number}", f"{name}: choose what you decide."))
        if not one.rationale:
            sentence = f"{name}: give the rationale. A decision without one is not issued."
            found.append(DecisionFault("without-rationale", f"rationale_{number}", sentence))
        elif len(one.rationale) > RATIONALE_LENGTH:
            sentence = f"{name}: shorten the rationale to at most {RATIONALE_LENGTH:,} characters."
            found.append(DecisionFault("too-long", f"rationale_{number}", sentence))
        elif not is_printable(one.rationale):
            sentence = f"{name}: remove from the rationale what cannot be printed."
            found.append(DecisionFault("unprintable", f"rationale_{number}", sentence))
    return tuple(found)


def outcome_of(favorable: Collection[bool]) -> Outcome:
    """The outcome of the whole appeal: that of all its lines together."""
    if all(favorable):
        return "favorable"
    return "partially-favorable" if any(favorable) else "unfavorable"
