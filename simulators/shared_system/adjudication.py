"""What becomes of a claim: a pure function of the seed and of what the claim says.

Professional claims and those of hospitals for outpatients are priced alike, as Part B pays both. A stay is too: how it
would be priced by its diagnosis related group is not simulated.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import TypeAlias
from uuid import UUID

from libs.common.deployment import Deployment
from libs.x12.claim.objects import Claim, InstitutionalClaim, Line, ProfessionalClaim
from libs.x12.claim_status.objects import Status, StatusDetail
from libs.x12.remittance.objects import Adjustment

AnyClaim: TypeAlias = ProfessionalClaim | InstitutionalClaim
"""A claim of a kind that is taken."""

IN_PROCESS = Status("P1", "20")
PAID = Status("F1", "65")
DENIED = Status("F2", "585")
UNPROCESSABLE = Status("A3", "21")
RECORDS_REQUESTED = Status("P3", "294")
REVISED = Status("F3", "65")

# Of a hundred claims so many wait for records, are denied, and cannot be processed; the others are paid.
_WAITING, _DENIED, _UNPROCESSABLE = 4, 9, 5
# What is allowed of a charge lies between these shares.
_ALLOWED_LEAST, _ALLOWED_SPREAD = 55, 35
# The patient owes 20 % after the deductible (42 CFR 410.152); 2 % of what is left is sequestered.
_COINSURANCE, _SEQUESTRATION = 20, 2
_DEDUCTIBLE_CENTS = 2_500
# One claim of three meets what is left of the yearly deductible.
_MEETS_DEDUCTIBLE = 3
# Of so many paid claims of several lines one has its second line bundled into its first.
_BUNDLED_EVERY = 11
_TRANSFERS = 10**13
# Where an internal control number holds the day of receipt, as year and day of the year.
_DAY_OF_RECEIPT = slice(2, 7)


@dataclass(frozen=True, slots=True)
class LineDecision:
    """The outcome of a service line. Money in cents; charge less payment is the sum of the adjustments.

    `bundled_into` is the procedure that the service was judged to be part of.
    """

    paid_cents: int
    adjustments: tuple[Adjustment, ...]
    bundled_into: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome of a claim. `remarks` are RARCs of the claim as a whole. Without lines it is not remitted.

    `draw` is what was drawn for the claim: it decides too how its lines are told.
    """

    status: Status
    lines: tuple[LineDecision, ...] = ()
    remarks: tuple[str, ...] = ()
    draw: int = 0

    @property
    def paid_cents(self) -> int:
        """What all lines are paid together."""
        return sum(line.paid_cents for line in self.lines)


@dataclass(frozen=True, slots=True)
class Transfer:
    """The transfer by which a claim is paid: one for each remittance, whose trace number (TRN02) `number` is."""

    number: str
    paid_on: date


def transfer_of(advice_id: UUID, paid_on: date) -> Transfer:
    """The transfer of one remittance. Its number stands in the 277 too, which has room for 16 characters (STC09)."""
    return Transfer(f"EFT{advice_id.int % _TRANSFERS:013}", paid_on)


def adjudicate(claim: AnyClaim, seed: int) -> Decision:
    """Decide a claim. The same claim under the same seed is always decided the same."""
    share, draw = _draw(claim, seed)
    if share < _WAITING:
        return Decision(RECORDS_REQUESTED)
    if share < _WAITING + _DENIED:
        return Decision(DENIED, tuple(_refused(line, "50") for line in claim.lines), draw=draw)
    if share >= 100 - _UNPROCESSABLE:
        # MA130: the claim is unprocessable, so there is nothing to appeal.
        return Decision(UNPROCESSABLE, tuple(_refused(line, "16") for line in claim.lines), ("MA130",), draw)
    return Decision(PAID, _bundled(claim.lines, _paid(claim.lines, draw), draw), draw=draw)


def adjudicate_again(claim: AnyClaim, seed: int, pay: frozenset[int]) -> Decision:
    """Decide a claim again after an appeal: the service lines of the claim in `pay` (LX01) are paid."""
    _, draw = _draw(claim, seed)
    before = adjudicate(claim, seed).lines
    after = _paid(claim.lines, draw)
    lines = (new if line.number in pay else old for line, old, new in zip(claim.lines, before, after, strict=True))
    return Decision(REVISED, tuple(lines), draw=draw)


def _draw(claim: Claim, seed: int) -> tuple[int, int]:
    facts = (seed, claim.patient_control_number, claim.subscriber.mbi, claim.total_charge_cents)
    draw = int.from_bytes(blake2b("|".join(map(str, facts)).encode(), digest_size=8).digest(), "big")
    return draw % 100, draw // 100


def _refused(line: Line, reason: str) -> LineDecision:
    return LineDecision(0, (Adjustment("CO", reason, line.charge_cents),))


def _paid(lines: Sequence[Line], draw: int) -> tuple[LineDecision, ...]:
    allowed_share = _ALLOWED_LEAST + draw % _ALLOWED_SPREAD
    owed = _DEDUCTIBLE_CENTS if draw % _MEETS_DEDUCTIBLE == 0 else 0
    decisions = []
    for line in lines:
        allowed = line.charge_cents * allowed_share // 100
        deductible = min(allowed // 2, owed)
        owed -= deductible
        coinsurance = (allowed - deductible) * _COINSURANCE // 100
        sequestered = (allowed - deductible - coinsurance) * _SEQUESTRATION // 100
        reasons = (
            ("CO", "45", line.charge_cents - allowed),
            ("CO", "253", sequestered),
            ("PR", "1", deductible),
            ("PR", "2", coinsurance),
        )
        decisions.append(
            LineDecision(
                allowed - deductible - coinsurance - sequestered,
                tuple(Adjustment(group, reason, cents) for group, reason, cents in reasons if cents),
            )
        )
    return tuple(decisions)


def _bundled(lines: Sequence[Line], decisions: tuple[LineDecision, ...], draw: int) -> tuple[LineDecision, ...]:
    """Now and then the second service is part of the first, and paid with it (CO-97)."""
    if draw % _BUNDLED_EVERY or len(lines) < 2 or not (lines[0].procedure and lines[1].procedure):
        return decisions
    first, _, *rest = decisions
    refused = _refused(lines[1], "97")
    return (first, LineDecision(0, refused.adjustments, bundled_into=lines[0].procedure), *rest)


def payment_day(claim: Claim, decided_on: date, deployment: Deployment) -> date:
    """When a claim that was decided on a day is paid: never before the payment floor, and on a business day.

    The floor is counted from the day after receipt (IOM 100-04, chapter 1, 80.2.1.2): what was received on 12/14 is
    paid on the 14th day, 12/28, at the earliest. The control number holds the day of receipt.
    """
    day = datetime.strptime(claim.internal_control_number[_DAY_OF_RECEIPT], "%y%j").date()  # noqa: DTZ007 - a day
    floor = day + timedelta(days=deployment.payment_floor_days)
    return deployment.business_days.on_or_after(max(decided_on, floor))


def taken_in(claim: Claim, today: date) -> StatusDetail:
    """The first answer: the claim is in process."""
    return _status(claim, Decision(IN_PROCESS), today, None, None)


def decided(claim: AnyClaim, seed: int, today: date, transfer: Transfer) -> StatusDetail:
    """The second answer: how the claim was decided today. What is paid is paid by `transfer`."""
    decision = adjudicate(claim, seed)
    final = decision.status.category.startswith("F")
    return _status(claim, decision, today, today if final else None, transfer if decision.status == PAID else None)


def revised(claim: Claim, decision: Decision, today: date, transfer: Transfer) -> StatusDetail:
    """The answer to an order to adjust: decided again today, and paid by `transfer`."""
    return _status(claim, decision, today, today, transfer)


def _status(
    claim: Claim, decision: Decision, today: date, finalized: date | None, transfer: Transfer | None
) -> StatusDetail:
    return StatusDetail(
        status=decision.status,
        effective=today,
        charge_cents=claim.total_charge_cents,
        paid_cents=decision.paid_cents,
        finalized=finalized,
        payment_date=transfer.paid_on if transfer else None,
        check_number=transfer.number if transfer else "",
    )
