"""What a remittance says, and what it means for a provider."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from libs.common.ids import derived_id
from services.remittance.quarantine.domain import Payee

NOT_KNOWN_STATUS = "4"
REVERSED = "reversed"


def remittance_id_of(advice_id: UUID) -> UUID:
    """The id of the remittance that was handed over under `advice_id`: the same whenever the work is done again."""
    return derived_id("remittance", advice_id)


# What a process that reads hands over by the ten thousand (`PostedClaim` and what it holds) is without slots: pickling
# frozen classes that have them takes four times as long (Python 3.11).
@dataclass(frozen=True)
class Fact:
    """One thing more that an 835 says of a payment, claim or line: of which kind, its code there, and its value.

    `value` is a text, a number as written, cents, or a day (ISO), as kind and code tell.
    """

    kind: str
    code: str
    value: str


@dataclass(frozen=True)
class Adjustment:
    """Why less was paid than charged: group (CO, PR, OA, PI), CARC, amount in cents, and how many units, if told."""

    group: str
    reason: str
    amount_cents: int
    quantity: str = ""


@dataclass(frozen=True, slots=True)
class ProviderAdjustment:
    """Money that belongs to no claim of the remittance (PLB). Positive takes from the payment.

    `claim_number` and `patient_control_number` name the claim it is about, where it is about one. `period_end` is the
    last day of the fiscal year, ISO.
    """

    reason: str
    reference: str
    amount_cents: int
    provider: str = ""
    period_end: str = ""
    claim_number: str = ""
    patient_control_number: str = ""


@dataclass(frozen=True)
class PostedLine:
    """What is said of one service line. `number` counts what is said of a claim from 1: it is a place, no identity.

    `control_number` (REF*6R) names the line of the claim. `billed` is the procedure of the claim, `procedure` the one
    that was judged. `denied`: nothing was paid, for a reason that takes the service away. `units` as written.
    """

    number: int
    control_number: str
    procedure: str
    modifiers: str
    billed: str
    charge_cents: int
    paid_cents: int
    allowed_cents: int | None
    units: str
    service_from: date | None
    service_to: date | None
    denied: bool
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True)
class PostedClaim:
    """One claim of a remittance. `details` are `Details`, sealed as soon as they are read.

    `status` is CLP02, `outcome` one of `OUTCOMES`. `unknown_codes` names a code set for each code in the claim that our
    list does not have in use. `original_control_number` is the ICN under which the claim was decided before, where this
    decision has one of its own (REF*F8).
    """

    number: int
    internal_control_number: str
    patient_control_number: str
    details: str
    status: str
    outcome: str
    charge_cents: int
    paid_cents: int
    allowed_cents: int | None
    patient_responsibility_cents: int
    service_from: date | None
    service_to: date | None
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[str, ...] = ()
    lines: tuple[PostedLine, ...] = ()
    unknown_codes: tuple[str, ...] = ()
    original_control_number: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What a remittance said of a claim, as far as it tells what replaces what."""

    remittance_id: UUID
    number: int
    internal_control_number: str
    original_control_number: str
    sequence: int
    outcome: str
    issued_on: date

    @property
    def place(self) -> tuple[UUID, int]:
        """Where it was said: the remittance, and the number of the claim in it."""
        return self.remittance_id, self.number

    @property
    def numbers(self) -> set[str]:
        """The ICNs it speaks of: its own, and the one that was decided before."""
        return {self.internal_control_number, self.original_control_number} - {""}


def replaces(decision: Told, earlier: Told) -> bool:
    """Whether `decision` is a new decision in place of `earlier`, which may be a decision or a reversal.

    A payer decides again under the same ICN, or under a new one that names the first as its original (REF*F8). The
    reversal may have an ICN of its own too, and names the same original. Reversal and decision come in one 835, in any
    order (X12 RFI 791), or the decision in a later one.
    """
    if decision.outcome == REVERSED:
        return False
    if decision.internal_control_number == earlier.internal_control_number:
        return decision.sequence > earlier.sequence
    if decision.issued_on < earlier.issued_on:
        return False
    replaced = earlier.numbers if earlier.outcome == REVERSED else {earlier.internal_control_number}
    return decision.original_control_number in replaced


def sequences_of(numbers: Sequence[str], takes_back: Sequence[bool], so_far: Mapping[str, int]) -> tuple[int, ...]:
    """The sequence of each claim of a remittance, in the order of the file, after those each ICN had `so_far`.

    What a payment takes back comes before what replaces it, wherever in the file the two stand.
    """
    highest = dict(so_far)
    found = [0] * len(numbers)
    for place in sorted(range(len(numbers)), key=lambda each: not takes_back[each]):
        number = numbers[place]
        found[place] = highest[number] = highest.get(number, 0) + 1
    return tuple(found)


@dataclass(frozen=True, slots=True)
class PostedAdvice:
    """One remittance as a whole. `method` is BPR04; money in cents."""

    payee: Payee
    trace_number: str
    payer_identifier: str
    method: str
    paid_cents: int
    issued_on: date
    payer: str
    claims: int
    provider_adjustments: tuple[ProviderAdjustment, ...] = ()
    facts: tuple[Fact, ...] = ()
    unknown_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Patient:
    """Whom a claim is about: as the claim named the person, and as Medicare knows the person where that differs.

    The corrected name and number are for the next claim (NM1*74; X12 RFI 2227).
    """

    mbi: str = ""
    name: str = ""
    corrected_name: str = ""
    corrected_mbi: str = ""


@dataclass(frozen=True, slots=True)
class Details:
    """What a remittance says of a claim and may name the patient: kept sealed."""

    patient: Patient
    facts: tuple[Fact, ...] = ()


OUTCOMES: Mapping[str, tuple[str, str, str]] = {
    "paid": ("good", "Paid", "The reasons show what was not paid, and why."),
    "paid-in-part": ("warning", "Paid in part", "Some lines were denied. Each line shows what was not paid, and why."),
    "denied": ("bad", "Denied", "Nothing was paid for this claim. The reasons show why."),
    "without-payment": (
        "information",
        "Processed without payment",
        "Nothing is due to you from Medicare, as when the deductible takes the whole amount. The reasons show why.",
    ),
    "patient-not-known": (
        "returned",
        "Patient not known",
        (
            "Medicare does not know a patient with this name and number, so the claim was not processed. Compare both"
            " with the Medicare card, then send a new claim."
        ),
    ),
    "unprocessable": (
        "returned",
        "Returned to you",
        (
            "The claim could not be processed as it is. Correct it and send it as a new claim. This is not a denial and"
            " has no appeal rights."
        ),
    ),
    "reversed": (
        "information",
        "Taken back",
        "The earlier payment was taken back, and no new decision has come. If one comes, this page shows it.",
    ),
    "forwarded": (
        "information",
        "Forwarded",
        "The claim belongs to another payer and was forwarded there. Medicare pays nothing for it.",
    ),
    "predetermination": (
        "information",
        "Predetermination",
        "This says what would be paid. Nothing is paid before the service is billed.",
    ),
}
"""Kind of status, the words beside it, and what they mean, by what became of a claim."""

_CORRECTED = "The earlier decision was taken back. A new decision replaces it."
_STATUS_4 = "The payer also reports that it does not know the patient: compare name and number with the Medicare card."


def outcome_words(outcome: str, status: str, *, corrected: bool = False) -> tuple[str, str, str]:
    """Kind of status, the words beside it, and what they mean. `corrected`: a new decision replaces a reversed one."""
    kind, words, meaning = OUTCOMES[outcome]
    if outcome == REVERSED and corrected:
        return kind, words, _CORRECTED
    if outcome == "denied" and status == NOT_KNOWN_STATUS:
        return kind, words, f"{meaning} {_STATUS_4}"
    return kind, words, meaning
