"""The situational rules of a remittance: what the guide asks for when something else is said.

Pure functions over the objects. Each yields the codes of `edits.EDITS` that are broken, with an element where the edit
may stand at several; what follows from a code is decided there.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from libs.x12.remittance.objects import (
    DENIED,
    PREDETERMINATION,
    Payment,
    RemittanceAdvice,
    RemittedClaim,
    RemittedLine,
)

_TRANSFERS = frozenset({"ACH", "BOP", "FWT"})
_FORWARDED = frozenset({"19", "20", "21", "23"})
_UNPAID = frozenset({DENIED, PREDETERMINATION})
_NOTIFICATION, _PRENOTIFICATION, _NO_PAYMENT = "H", "P", "NON"
_PROFESSIONAL = "MB"
# A fiscal year has one day more in a leap year.
_FISCAL_YEAR = timedelta(days=366)
# Adjustment reasons whose definition asks for a remark code beside them.
_NEED_REMARK = "16 96 129 148 201 226 227 234 237 250 251 252 267 307 A1"
NEED_REMARK = frozenset(_NEED_REMARK.split())


def judge_payment(payment: Payment) -> Iterator[tuple[str, int]]:
    """What the payment method asks for and what it excludes."""
    if payment.amount_cents < 0:
        yield "payment-negative", 0
    if payment.amount_cents:
        if payment.handling in {_NOTIFICATION, _PRENOTIFICATION} or payment.method == _NO_PAYMENT:
            yield "payment-notified", 0
    # Zero by check or transfer lets the payee wait for a payment that never comes (X12 interpretation 2228).
    elif payment.handling != _PRENOTIFICATION and (payment.handling, payment.method) != (_NOTIFICATION, _NO_PAYMENT):
        yield "payment-method", 0
    if payment.method == "ACH":
        if not payment.payment_format:
            yield "payment-format-missing", 0
    elif payment.payment_format:
        yield "payment-format-surplus", 0
    yield from _judge_accounts(payment)


def _judge_accounts(payment: Payment) -> Iterator[tuple[str, int]]:
    sender, receiver = payment.sender, payment.receiver
    accounts = {
        6: sender.bank_qualifier,
        7: sender.bank,
        8: sender.account_qualifier,
        9: sender.account,
        12: receiver.bank_qualifier,
        13: receiver.bank,
        14: receiver.account_qualifier,
        15: receiver.account,
    }
    if payment.method in _TRANSFERS:
        accounts[10] = payment.company
        missing = [element for element, value in accounts.items() if not value]
        if missing:
            yield "bank-missing", min(missing)
    else:
        surplus = [element for element, value in accounts.items() if value]
        if surplus:
            yield "bank-surplus", min(surplus)


def judge_trace(advice: RemittanceAdvice) -> Iterator[str]:
    """The payer's identifier stands twice and is the same."""
    if advice.payment.company and advice.payer_identifier != advice.payment.company:
        yield "trace-payer"


def issued_on(advice: RemittanceAdvice) -> date | None:
    """The later one of the day the remittance was produced and the day of its payment."""
    days = [day for day in (advice.produced, advice.payment.effective) if day]
    return max(days, default=None)


def judge_fiscal_period(period_end: date | None, issued: date) -> Iterator[str]:
    """A fiscal period that has not begun adjusts nothing."""
    if period_end and issued < date.max and period_end > issued + _FISCAL_YEAR:
        yield "fiscal-period"


def judge_claim(claim: RemittedClaim) -> Iterator[str]:
    """What the status of a claim asks for, and what goes with what.

    The sign of a reversal is judged by its charges: Medicare may have paid less than nothing for a claim (a deductible
    above the payment), and taking that back is a positive payment.
    """
    if claim.is_reversal:
        if claim.charge_cents > 0:
            yield "reversal-sign"
    elif claim.charge_cents < 0:
        yield "charge-sign"
    if claim.status in _UNPAID and claim.paid_cents:
        yield "status-unpaid"
    if claim.frequency_code and not claim.facility_code:
        yield "facility-missing"
    if claim.status in _FORWARDED and claim.party("TT") is None:
        yield "crossover-missing"
    # A facility may be paid by case; what is paid to a professional is told by line (X12 interpretations 2348, 1712).
    # Facilities paid under Part B have the totals of their kind of bill before them (TS3).
    if claim.filing_indicator == _PROFESSIONAL and not claim.lines and claim.group.summary is None:
        yield "lines-missing"


def judge_responsibility(claim: RemittedClaim, adjusted_cents: int) -> Iterator[str]:
    """What the patient owes is what the adjustments of group PR say; a reversal need not repeat it."""
    owed = claim.patient_responsibility_cents
    if (owed or 0) != adjusted_cents and not (owed is None and claim.is_reversal):
        yield "patient-responsibility"


def judge_dates(claim: RemittedClaim, issued: date) -> Iterator[str]:
    """The dates of a claim as a whole: in order, not after the remittance, and there at all."""
    first, last = claim.statement_from, claim.statement_to
    if first and last and last < first:
        yield "statement-period"
    if claim.status == PREDETERMINATION:
        return
    if first is None and not (claim.lines and all(line.service_date or line.service_from for line in claim.lines)):
        yield "service-date-missing"
    days = [last or first, *(line.period[1] for line in claim.lines if line.period)]
    if any(day > issued for day in days if day):
        yield "service-after-remittance"


def judge_service_days(line: RemittedLine) -> Iterator[str]:
    """One date, or the first and the last, never one of these two alone (X12 interpretation 1205)."""
    first, last = line.service_from, line.service_to
    if (first or last) if line.service_date else (first is None) != (last is None):
        yield "service-days"
    elif first and last and last < first:
        yield "service-period"
