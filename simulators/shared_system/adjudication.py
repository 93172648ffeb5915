"""What becomes of a claim: a pure function of the seed and of what the claim says."""

from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import blake2b

from libs.x12.claim.objects import ProfessionalClaim
from libs.x12.claim_status.objects import Status, StatusDetail

IN_PROCESS = Status("P1", "20")
PAID = Status("F1", "65")
DENIED = Status("F2", "88")
RECORDS_REQUESTED = Status("P3", "317")

# Of a hundred claims so many wait for records, and so many are denied; the others are paid.
_WAITING, _DENIED = 6, 8
# Medicare Part B pays 80 % of the allowed amount (42 CFR 410.152); what is allowed here lies between these shares.
_COINSURANCE_PAID = 80
_ALLOWED_LEAST, _ALLOWED_SPREAD = 55, 35


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome of a claim. Money in cents."""

    status: Status
    paid_cents: int = 0


def adjudicate(claim: ProfessionalClaim, seed: int) -> Decision:
    """Decide a claim. The same claim under the same seed is always decided the same."""
    facts = (seed, claim.patient_control_number, claim.subscriber.mbi, claim.total_charge_cents)
    draw = int.from_bytes(blake2b("|".join(map(str, facts)).encode(), digest_size=8).digest(), "big")
    share, draw = draw % 100, draw // 100
    if share < _WAITING:
        return Decision(RECORDS_REQUESTED)
    if share < _WAITING + _DENIED:
        return Decision(DENIED)
    allowed = _ALLOWED_LEAST + draw % _ALLOWED_SPREAD
    paid = sum(line.charge_cents * allowed // 100 * _COINSURANCE_PAID // 100 for line in claim.lines)
    return Decision(PAID, paid)


def taken_in(claim: ProfessionalClaim, today: date) -> StatusDetail:
    """The first answer: the claim is in process."""
    return _status(claim, Decision(IN_PROCESS), today, None, None)


def decided(claim: ProfessionalClaim, seed: int, today: date, payment_floor_days: int) -> StatusDetail:
    """The second answer: how the claim was decided today. What is paid is paid after the payment floor."""
    decision = adjudicate(claim, seed)
    final = decision.status.category.startswith("F")
    pays_on = today + timedelta(days=payment_floor_days) if decision.status == PAID else None
    return _status(claim, decision, today, today if final else None, pays_on)


def _status(
    claim: ProfessionalClaim, decision: Decision, today: date, finalized: date | None, pays_on: date | None
) -> StatusDetail:
    return StatusDetail(
        status=decision.status,
        effective=today,
        charge_cents=claim.total_charge_cents,
        paid_cents=decision.paid_cents,
        finalized=finalized,
        payment_date=pays_on,
        # One transfer pays all that a provider is due on a day.
        check_number=f"EFT{pays_on:%y%m%d}{claim.billing_npi[-6:]}" if pays_on else "",
    )
