"""What became of a remitted claim and its lines, read from what the payer says of the money: CARC, RARC and group.

CLP02 alone does not tell it. A payer that knows the patient sends 1, 2 or 3 whether it pays or not, and 4 means that
it does not know the patient (X12 RFI 1423), though payers send it for other denials too.
"""

from collections.abc import Iterable
from typing import Literal

from libs.x12.remittance.objects import DENIED, PREDETERMINATION, REVERSAL, Adjustment, RemittedClaim, RemittedLine

Outcome = Literal[
    "paid", "paid-in-part", "denied", "without-payment", "patient-not-known", "unprocessable", "reversed", "forwarded",
    "predetermination",
]  # fmt: skip

FORWARDED = "23"
# The claim as a whole could not be processed: it was not decided (remark code).
_UNPROCESSABLE = "MA130"
# Reasons for which a payer that does not know the patient pays nothing.
_NOT_KNOWN = frozenset({"16", "31", "140"})
# Reasons that price a service, share its cost or move the money elsewhere. Any other takes a service away.
_PRICING = """
1 2 3 23 44 45 59 66 69 70 74 75 76 85 89 90 91 94 100 102 103 104 105 118 121 122 130 131 132 137 142 143 144 161
186 187 192 194 205 223 225 232 235 237 241 245 247 248 253 A5 B4 B10 P24 P25
"""
PRICING = frozenset(_PRICING.split())


def _denials(adjustments: Iterable[Adjustment]) -> set[str]:
    return {each.reason for each in adjustments if each.reason not in PRICING and each.amount_cents > 0}


def is_denied(line: RemittedLine, claim: RemittedClaim) -> bool:
    """Whether nothing of a charge was paid, for a reason (of the line or of its claim) that takes the service away."""
    return not line.paid_cents and line.charge_cents > 0 and bool(_denials((*line.adjustments, *claim.adjustments)))


def outcome_of(claim: RemittedClaim) -> Outcome:  # noqa: PLR0911 - one rule after the other is how they are read
    """What became of a claim."""
    if claim.status == REVERSAL:
        return "reversed"
    if _UNPROCESSABLE in claim.remarks or any(
        each.code == _UNPROCESSABLE for line in claim.lines for each in line.remarks
    ):
        return "unprocessable"
    if claim.status == PREDETERMINATION:
        return "predetermination"
    if claim.status == FORWARDED:
        return "forwarded"
    denied = [is_denied(line, claim) for line in claim.lines if line.charge_cents]
    if claim.paid_cents:
        return "paid-in-part" if any(denied) else "paid"
    reasons = _denials(claim.adjustments).union(*(_denials(line.adjustments) for line in claim.lines))
    if claim.status == DENIED and reasons <= _NOT_KNOWN:
        return "patient-not-known"
    if all(denied) if denied else reasons:
        return "denied"
    return "without-payment"
