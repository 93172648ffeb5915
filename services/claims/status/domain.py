"""What the state of a claim means, what happens next, and what its provider may do about it."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

# Acknowledgement of a claim that the front end accepted: 277CA category and status of health care claims.
ACCEPTED = ("A2", "20")
NOT_ACCEPTED_CATEGORY = "A3"
NO_DENIAL = "Not accepted: this is not a denial and has no appeal rights."

_BETWEEN = "\x1f"
_RETURNED = frozenset({"A3", "A4", "A5", "A6", "A7", "A8"})
_PENDED_FOR_INFORMATION = "P3"
_FINAL = {"F1": "paid", "F2": "denied", "F0": "finalized", "F3": "adjusted", "F4": "finalized"}
FINAL_STATES = frozenset(_FINAL.values())

# Kind of status, and the words of every state (pages reference, section 3: never colour alone).
STATES = {
    "accepted": ("waiting", "Accepted, waiting to be processed"),
    "in-process": ("waiting", "In process"),
    "information-requested": ("warning", "We need more information"),
    "paid": ("good", "Paid"),
    "denied": ("bad", "Denied"),
    "finalized": ("information", "Finalized"),
    "adjusted": ("good", "Adjusted"),
    "returned": ("returned", "Returned to you"),
    "not-accepted": ("bad", "Not accepted (not a denial)"),
}

ON_PAYMENT_FLOOR = "Approved, on the payment floor"

_NEXT = {
    "accepted": "The claim goes to the claims processing system. Its status usually changes within 2 business days.",
    "in-process": "The claim is being processed. A clean claim is decided within 30 days of its receipt.",
    "information-requested": "The claim waits for records from you. The request names them and says by when.",
    "paid": "The payment and its reasons stand on the remittance advice.",
    "denied": "The reasons stand on the remittance advice. What can be appealed, and by when, stands under Appeals.",
    "finalized": "The claim was decided. The reasons stand on the remittance advice.",
    "adjusted": "The claim was decided anew after an appeal or a correction. The newest remittance advice says how.",
    "returned": "The claim could not be processed as it is. Mend it and send it as a new claim. This is not a denial"
    " and has no appeal rights.",
    "not-accepted": f"{NO_DENIAL} Mend what stands below and send the claim again.",
}


@dataclass(frozen=True, slots=True)
class Patient:
    """Whom a claim is about, as the claim says it. `birth_date` is `2026-11-22` or nothing, `sex` is M, F or U."""

    mbi: str
    last_name: str
    first_name: str
    birth_date: str
    sex: str


def patient_text(*facts: str) -> str:
    """The facts of `Patient`, in its order, as the text that is sealed. X12 allows no control character in a value."""
    return _BETWEEN.join(facts)


def patient_of(text: str) -> Patient:
    """The inverse of `patient_text`."""
    return Patient(*text.split(_BETWEEN))


def patient_context(claim_id: object) -> str:
    """Where a sealed patient belongs: it opens in the row of its own claim only."""
    return f"claim.patient|{claim_id}"


def state_of(category: str) -> str:
    """The state that a claim status category of the 277 stands for; an unknown pending one is in process."""
    if category in _FINAL:
        return _FINAL[category]
    if category in _RETURNED:
        return "returned"
    if category == _PENDED_FOR_INFORMATION or category.startswith("R"):
        return "information-requested"
    return "accepted" if category.startswith("A") else "in-process"


def state_words(state: str, pays_on: date | None, today: date) -> tuple[str, str]:
    """Kind of status (icon and colour) and the word beside it. What is paid later than today is only approved."""
    return ("good", ON_PAYMENT_FLOOR) if _waits(state, pays_on, today) else STATES[state]


def what_next(state: str, pays_on: date | None, today: date) -> str:
    """What happens next, in one or two sentences."""
    if pays_on is not None and _waits(state, pays_on, today):
        return (
            f"The payment is expected on {pays_on:%m/%d/%Y}. Medicare pays electronic claims no earlier than the 14th"
            " day after their receipt (payment floor)."
        )
    return _NEXT[state]


def _waits(state: str, pays_on: date | None, today: date) -> bool:
    return state == "paid" and pays_on is not None and pays_on > today


Choice = Literal["correct-and-resubmit", "send-records", "appeal-rights", "see-remittance"]
"""Something the provider may do now. What can be appealed until when is decided by appeals; we only know the way."""


def choices_of(state: str) -> tuple[Choice, ...]:
    """What may be done about a claim now. Never an appeal on a claim that was not accepted or was returned."""
    if state in ("not-accepted", "returned"):
        return ("correct-and-resubmit",)
    if state == "information-requested":
        return ("send-records",)
    return ("appeal-rights", "see-remittance") if state in FINAL_STATES else ()
