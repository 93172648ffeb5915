"""Remittances: what the shared system pays and why, as the objects of an 835."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from libs.common.deployment import Deployment
from libs.x12.claim.objects import BillingProvider, InstitutionalClaim, Line, RevenueLine
from libs.x12.remittance.objects import (
    REVERSAL,
    Account,
    Address,
    Adjustment,
    Amount,
    ClaimGroup,
    Contact,
    InpatientAdjudication,
    OutpatientAdjudication,
    Party,
    Payee,
    Payer,
    Payment,
    Procedure,
    Reference,
    RemittanceAdvice,
    RemittedClaim,
    RemittedLine,
    sum_of_adjustments,
)
from libs.x12.remittance.writer import Remittance
from simulators.population import PAYEE_BANK, PAYER_BANK
from simulators.shared_system.adjudication import AnyClaim, Decision, LineDecision

_PAYER_ACCOUNT = "00123456"
_PAYER_NUMBER = "1999999999"
_PROCESSED, _SEQUESTRATION = "1", "253"
# Of so many claims one has its lines told in another order, and one has lines of several units told in two parts.
_REORDERED_EVERY, _SPLIT_EVERY = 3, 4
# Facility codes of stays, and the value code that counts their covered days.
_STAYS, _COVERED_DAYS = frozenset({"11", "18", "21", "41"}), "80"


def remittance(
    payee: BillingProvider, claims: Sequence[RemittedClaim], trace: str, paid_on: date, deployment: Deployment
) -> Remittance:
    """All `claims` of one payee under one transfer; without money it only notifies."""
    amount = sum(claim.paid_cents for claim in claims)
    for number, claim in enumerate(claims, start=1):
        claim.number = number
    return Remittance(
        RemittanceAdvice(
            payment=_payment(amount, paid_on, payee),
            trace_number=trace,
            payer_identifier=_PAYER_NUMBER,
            produced=paid_on,
            payer=Payer(
                deployment.contractor.upper(),
                address=Address("1 MERIDIAN PLAZA", city="LANTERNVILLE", state="KY", postal_code="428810001"),
                references=[Reference("2U", deployment.contract_id)],
                contacts=[Contact("BL", "PROVIDER CONTACT CENTER", (("TE", "8005550142"),))],
            ),
            payee=Payee(payee.name.upper(), "XX", payee.npi, _home(payee), [Reference("TJ", payee.tax_id)]),
        ),
        claims,
    )


def _payment(amount: int, paid_on: date, payee: BillingProvider) -> Payment:
    if not amount:
        return Payment(handling="H", method="NON", effective=paid_on)
    return Payment(
        handling="I",
        amount_cents=amount,
        method="ACH",
        payment_format="CCP",
        sender=Account("01", PAYER_BANK, "DA", _PAYER_ACCOUNT),
        company=_PAYER_NUMBER,
        receiver=Account("01", PAYEE_BANK, "DA", payee.tax_id),
        effective=paid_on,
    )


def _home(payee: BillingProvider) -> Address | None:
    home = payee.address
    if home is None:
        return None
    return Address(home.street, city=home.city, state=home.state, postal_code=home.postal_code)


def remitted(claim: AnyClaim, decision: Decision, group: ClaimGroup) -> RemittedClaim:
    """What became of a claim."""
    person = claim.subscriber
    owed = sum(each.amount_cents for line in decision.lines for each in line.adjustments if each.group == "PR")
    days, remark = _covered_days(claim), decision.remarks[0] if decision.remarks else ""
    lines = [
        part
        for line, outcome in zip(claim.lines, decision.lines, strict=True)
        for part in _parts(line, outcome, decision.draw)
    ]
    if decision.draw % _REORDERED_EVERY == 0:
        lines.reverse()
    for number, line in enumerate(lines, start=1):
        line.number = number
    return RemittedClaim(
        transaction=1,
        number=1,
        group=group,
        patient_control_number=claim.patient_control_number,
        # The patient is known, so the claim was processed, whether anything was paid or not (X12 RFI 1423).
        status=_PROCESSED,
        charge_cents=claim.total_charge_cents,
        paid_cents=decision.paid_cents,
        patient_responsibility_cents=owed or None,
        filing_indicator=person.filing_indicator,
        payer_claim_control_number=claim.internal_control_number,
        facility_code=claim.facility_code if isinstance(claim, InstitutionalClaim) else claim.place_of_service,
        frequency_code=claim.frequency_code,
        parties=(Party("QC", "1", person.last_name, person.first_name, qualifier="MI", identifier=person.mbi),),
        inpatient=InpatientAdjudication(days, remark_1=remark) if days is not None else None,
        outpatient=OutpatientAdjudication(remark_1=remark) if remark and days is None else None,
        statement_from=claim.service_from,
        statement_to=claim.service_to,
        lines=lines,
    )


def _covered_days(claim: AnyClaim) -> Decimal | None:
    """How many days of a stay are covered; None when it is none."""
    if not isinstance(claim, InstitutionalClaim) or claim.facility_code not in _STAYS:
        return None
    return Decimal(sum(each.hundredths for each in claim.values if each.code == _COVERED_DAYS) // 100)


def _parts(line: Line, outcome: LineDecision, draw: int) -> Iterator[RemittedLine]:
    """What is said of one line of the claim: now and then in two parts, one for the first unit and one for the rest."""
    whole = _line(line, outcome)
    if draw % _SPLIT_EVERY or line.units != int(line.units) or line.units <= 1:
        yield whole
        return
    charge = line.charge_cents // int(line.units)
    first = tuple(
        replace(each, amount_cents=each.amount_cents * charge // line.charge_cents) for each in outcome.adjustments
    )
    rest = tuple(
        replace(each, amount_cents=each.amount_cents - other.amount_cents)
        for each, other in zip(outcome.adjustments, first, strict=True)
    )
    paid = charge - sum_of_adjustments(first)
    yield _part(whole, charge, paid, Decimal(1), first)
    yield _part(whole, line.charge_cents - charge, outcome.paid_cents - paid, line.units - 1, rest)


def _part(
    line: RemittedLine, charge: int, paid: int, units: Decimal, adjustments: tuple[Adjustment, ...]
) -> RemittedLine:
    kept = tuple(each for each in adjustments if each.amount_cents)
    return replace(
        line, charge_cents=charge, paid_cents=paid, units=units, adjustments=kept, amounts=_allowed(charge, kept)
    )


def _allowed(charge: int, adjustments: tuple[Adjustment, ...]) -> tuple[Amount, ...]:
    """What is allowed of a charge: all but what the fee schedule takes; nothing of what is refused."""
    taken = sum(each.amount_cents for each in adjustments if each.group == "CO" and each.reason != _SEQUESTRATION)
    return (Amount("B6", charge - taken),) if charge > taken else ()


def _line(line: Line, outcome: LineDecision) -> RemittedLine:
    """A line without a procedure is named by its revenue code; beside a procedure the revenue code stands by itself.

    It is known by the number that the provider gave it, else by its LX01 (X12 RFI 1684, 1917, 2224).
    """
    revenue_code = line.revenue_code if isinstance(line, RevenueLine) else ""
    alone = not line.procedure
    billed = Procedure("NU", revenue_code) if alone else Procedure(line.qualifier, line.procedure, line.modifiers)
    return RemittedLine(
        number=line.number,
        procedure=Procedure(line.qualifier, outcome.bundled_into) if outcome.bundled_into else billed,
        submitted=billed if outcome.bundled_into else None,
        charge_cents=line.charge_cents,
        paid_cents=outcome.paid_cents,
        revenue_code="" if alone else revenue_code,
        units=Decimal(line.units),
        service_date=line.service_from,
        adjustments=outcome.adjustments,
        references=(Reference("6R", line.control_number or str(line.number)),),
        amounts=_allowed(line.charge_cents, outcome.adjustments),
    )


def reversed_claim(claim: RemittedClaim) -> RemittedClaim:
    """The same claim taken back: each amount with the other sign, status 22."""
    return replace(
        claim,
        status=REVERSAL,
        charge_cents=-claim.charge_cents,
        paid_cents=-claim.paid_cents,
        patient_responsibility_cents=None,
        adjustments=tuple(map(_negative, claim.adjustments)),
        lines=[
            replace(
                line,
                charge_cents=-line.charge_cents,
                paid_cents=-line.paid_cents,
                adjustments=tuple(map(_negative, line.adjustments)),
            )
            for line in claim.lines
        ],
    )


def _negative(adjustment: Adjustment) -> Adjustment:
    return replace(adjustment, amount_cents=-adjustment.amount_cents)
