"""What a remittance says, and what it means for a provider."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from services.remittance.quarantine.domain import Payee

DENIED, REVERSAL = "4", "22"
_BETWEEN = "\x1f"
# The claim as a whole cannot be processed: there is nothing to appeal (remark code of the claim).
_UNPROCESSABLE = "MA130"
_METHODS = {
    "ACH": "Electronic transfer",
    "CHK": "Check",
    "NON": "No payment",
    "FWT": "Wire transfer",
    "BOP": "Bank's choice",
}


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Why less was paid than charged: group (CO, PR, OA, PI), CARC, amount in cents."""

    group: str
    reason: str
    amount_cents: int


@dataclass(frozen=True, slots=True)
class ProviderAdjustment:
    """Money that belongs to no claim (PLB). Positive takes from the payment."""

    reason: str
    reference: str
    amount_cents: int


@dataclass(frozen=True, slots=True)
class PostedLine:
    """One service line. `number` counts the lines of the claim from 1; `units` as written."""

    number: int
    procedure: str
    modifiers: str
    charge_cents: int
    paid_cents: int
    units: str
    service_from: date | None
    service_to: date | None
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PostedClaim:
    """One claim of a remittance. `patient` is `patient_text`, sealed before it is stored. `status` is CLP02."""

    number: int
    internal_control_number: str
    patient_control_number: str
    patient: str
    status: str
    charge_cents: int
    paid_cents: int
    patient_responsibility_cents: int
    service_from: date | None
    service_to: date | None
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[str, ...] = ()
    lines: tuple[PostedLine, ...] = ()


@dataclass(frozen=True, slots=True)
class PostedAdvice:
    """One remittance as a whole. `method` is BPR04; money in cents."""

    payee: Payee
    trace_number: str
    method: str
    paid_cents: int
    issued_on: date
    payer: str
    claims: int
    provider_adjustments: tuple[ProviderAdjustment, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Patient:
    """Whom a claim is about, as the 835 says it."""

    mbi: str
    last_name: str
    first_name: str


def patient_text(mbi: str, last_name: str, first_name: str) -> str:
    """The patient as the text that is sealed. X12 allows no control character in a value."""
    return _BETWEEN.join((mbi, last_name, first_name))


def patient_of(text: str) -> Patient:
    """The inverse of `patient_text`."""
    return Patient(*text.split(_BETWEEN))


def patient_context(remittance_id: object, number: int) -> str:
    """Where a sealed patient belongs: it opens in the row of its own claim only."""
    return f"remitted_claim.patient|{remittance_id}|{number}"


def outcome_of(status: str, paid_cents: int, remarks: Iterable[str]) -> tuple[str, str, str]:
    """Kind of status, the words beside it, and what they mean, for one remitted claim."""
    if status == REVERSAL:
        return (
            "information",
            "Taken back",
            "An earlier decision about this claim was taken back. The new one follows it.",
        )
    if _UNPROCESSABLE in remarks:
        return (
            "returned",
            "Returned to you",
            (
                "The claim could not be processed as it is. Mend it and send it as a new claim. This is not a denial"
                " and has no appeal rights."
            ),
        )
    if status == DENIED:
        return "bad", "Denied", "Nothing was paid for this claim. The reasons stand at each line."
    if paid_cents:
        return "good", "Paid", "What was not paid, and why, stands at each line."
    return "information", "Processed without payment", "What was not paid, and why, stands at each line."


def method_words(method: str) -> str:
    """How the money moved."""
    return _METHODS.get(method, method)
