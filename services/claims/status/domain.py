"""What the state of a claim means, what happens next, and what its provider may do about it.

Sources: claim status category codes (code source 507); X12 RFI 1909 (an answer without a claim), 1942 and 2203 (which
categories refuse a claim); 45 days for records: Medicare Program Integrity Manual, chapter 3, section 3.2.3.2.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

# Acknowledgment of a claim that the front end accepted: 277CA category and status of health care claims.
ACCEPTED = ("A2", "20")
NOT_ACCEPTED_CATEGORY = "A3"
NO_DENIAL = "Not accepted: this is not a denial and has no appeal rights."

# The state each category stands for. None: it says nothing of the claim itself.
CATEGORY_STATES: Mapping[str, str | None] = {
    "A0": "accepted", "A1": "accepted", "A2": "accepted", "A5": "split",
    "A3": "returned", "A6": "returned", "A7": "returned", "A8": "returned",
    "A4": None, "D0": None, "E0": None, "E1": None, "E2": None, "E3": None, "E4": None, "X0": None,
    "F0": "finalized", "F1": "paid", "F2": "denied", "F3": "adjusted", "F3F": "adjusted", "F3N": "adjusted",
    "F4": "finalized", "F5": "finalized",
    "P0": "in-process", "P1": "in-process", "P2": "in-process", "P3": "information-requested",
    "P4": "in-process", "P5": "in-process",
    **dict.fromkeys(
        ("R0", "R1", "R3", "R4", "R5", "R6", "R7", "R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15", "R16", "R17",
         "RQ"),
        "information-requested",
    ),
}  # fmt: skip
# A category our list does not have (yet) is one of its family.
_FAMILY_STATES = {"F": "finalized", "P": "in-process", "R": "information-requested"}
FINAL_STATES = frozenset({"paid", "denied", "finalized", "adjusted"})
_RECORDS_WITHIN = timedelta(days=45)

# Kind of status, and the words of every state (pages reference, section 3: never color alone).
STATES = {
    "accepted": ("waiting", "Accepted, waiting to be processed"),
    "in-process": ("waiting", "In process"),
    "split": ("information", "Accepted, split into several claims"),
    "information-requested": ("warning", "Records requested"),
    "paid": ("good", "Paid"),
    "denied": ("bad", "Denied"),
    "finalized": ("information", "Finalized"),
    "adjusted": ("good", "Adjusted"),
    "returned": ("returned", "Returned to you"),
    "not-accepted": ("bad", "Not accepted (not a denial)"),
}

ON_PAYMENT_FLOOR = "Approved, on the payment floor"
APPROVED = "Finalized: approved for payment"

_NEXT = {
    "accepted": "The claim goes to the claims processing system. Its status usually changes within 2 business days.",
    "in-process": "The claim is being processed. A clean claim is decided within 30 days of its receipt.",
    "split": "Medicare split the claim when it was accepted. Each part has its own number and is decided by itself. Do"
    " not send the claim again: it would be a duplicate.",
    "information-requested": "The claim waits for records from you. The request names them and gives the due date.",
    "paid": "The remittance advice shows the payment and its reasons.",
    "denied": "The remittance advice shows the reasons. Appeals shows what can be appealed, and by when.",
    "finalized": "The claim was decided. The remittance advice shows the reasons.",
    "adjusted": "The claim was decided again after an appeal or a correction. See the newest remittance advice.",
    "returned": "The claim could not be processed as it is. Correct it and send it as a new claim. This is not a denial"
    " and has no appeal rights.",
    "not-accepted": f"{NO_DENIAL} Correct the items below and send the claim again.",
}


@dataclass(frozen=True, slots=True)
class Patient:
    """Whom a claim is about, as the claim says it. `birth_date` is `2026-11-22` or nothing, `sex` is M, F or U."""

    mbi: str
    last_name: str
    first_name: str
    birth_date: str
    sex: str


@dataclass(frozen=True, slots=True)
class Said:
    """One status: category, status code, and whom it speaks of or nothing. `code_list` is RX for a pharmacy code."""

    category: str
    code: str
    entity: str = ""
    code_list: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of the shared system about a claim or a line, up to three statuses of it. Money in cents.

    `effective_on` is the day the status was reached; `payment_on` and `check_number` are of the check or transfer.
    """

    said: tuple[Said, ...]
    effective_on: date | None = None
    charge_cents: int | None = None
    paid_cents: int | None = None
    finalized_on: date | None = None
    payment_on: date | None = None
    check_number: str = ""


@dataclass(frozen=True, slots=True)
class LineStatements:
    """What was said of one service line. `number` is the provider's own for the line, `units` a decimal number."""

    number: str
    procedure: str
    modifiers: str
    revenue_code: str
    charge_cents: int | None
    paid_cents: int | None
    units: str
    service_from: date | None
    service_to: date | None
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """All the shared system said about a claim in one answer, the latest statement first."""

    statements: tuple[Statement, ...] = ()
    lines: tuple[LineStatements, ...] = ()


def state_of(category: str) -> str | None:
    """The state that a claim status category of the 277 stands for; None where it says nothing of the claim.

    A category that our list does not have counts by its first letter.
    """
    if category in CATEGORY_STATES:
        return CATEGORY_STATES[category]
    return _FAMILY_STATES.get(category[:1])


def state_words(state: str, pays_on: date | None, today: date) -> tuple[str, str]:
    """Kind of status (icon and color) and the word beside it. What is paid later than today is only approved."""
    return ("good", ON_PAYMENT_FLOOR) if payment_is_due(state, pays_on, today) else STATES[state]


def what_next(state: str, pays_on: date | None, today: date, effective_on: date | None = None) -> str:
    """What happens next, in one or two sentences. `effective_on` is the day the claim came into its state."""
    if pays_on is not None and payment_is_due(state, pays_on, today):
        return (
            f"The payment is expected on {pays_on:%m/%d/%Y}. Medicare pays electronic claims no earlier than the 14th"
            " day after their receipt (payment floor)."
        )
    if state == "information-requested" and effective_on is not None:
        return (
            f"The claim waits for records from you. They are due {effective_on + _RECORDS_WITHIN:%m/%d/%Y}, 45 days"
            " after the request; without them the claim is denied."
        )
    return _NEXT[state]


def payment_is_due(state: str, pays_on: date | None, today: date) -> bool:
    """Whether a claim is approved and its payment still to come (the payment floor)."""
    return state == "paid" and pays_on is not None and pays_on > today


def may_be_remitted(state: str, pays_on: date | None, today: date) -> bool:
    """Whether a remittance can speak of a claim: it was decided, and what it pays no longer waits."""
    return state in FINAL_STATES and not payment_is_due(state, pays_on, today)


Choice = Literal["correct-and-resubmit", "send-records", "appeal-rights", "see-remittance"]
"""Something the provider may do now. What can be appealed until when is decided by appeals; we only know the way."""


def choices_of(state: str, pays_on: date | None, today: date) -> tuple[Choice, ...]:
    """What may be done about a claim now. Never an appeal on a claim that was not accepted, returned or split.

    Nor is there anything to see or to appeal before the remittance, which comes when the payment floor has passed.
    """
    if state in ("not-accepted", "returned"):
        return ("correct-and-resubmit",)
    if state == "information-requested":
        return ("send-records",)
    return ("appeal-rights", "see-remittance") if may_be_remitted(state, pays_on, today) else ()
