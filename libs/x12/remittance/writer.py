"""Writes remittances as an 835 (005010X221A1). What does not balance is not written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from libs.common.money import decimal_text, format_dollars
from libs.x12.remittance.layouts import INPATIENT, INPATIENT_SUMMARY, OUTPATIENT, PROVIDER_SUMMARY
from libs.x12.remittance.objects import (
    Account,
    Address,
    Adjustment,
    Amount,
    ClaimGroup,
    Contact,
    Dated,
    Party,
    Payment,
    Procedure,
    ProviderAdjustment,
    Quantity,
    Reference,
    RemittanceAdvice,
    RemittedClaim,
    RemittedLine,
    sum_of_adjustments,
)
from libs.x12.values import number_text
from libs.x12.writing import Element, Envelope, TransactionWriter, compose, day, write_file

GUIDE = "005010X221A1"
_REASONS_PER_SEGMENT = 6


@dataclass(slots=True, frozen=True)
class Remittance:
    """One remittance with its claims: what becomes one transaction set."""

    advice: RemittanceAdvice
    claims: Sequence[RemittedClaim]


def write_835(remittances: Sequence[Remittance], envelope: Envelope) -> Iterator[bytes]:
    """Yield one 835 file, in pieces of about 64 KB: one transaction set for each remittance.

    Neighboring claims with the same `group` object share a loop 2000. Raises `ValueError`, before anything is
    written, when a remittance does not balance; the message names what, by the number of remittance, claim and line,
    and no value that tells of a person. Beyond balancing nothing is checked.
    """
    for number, remittance in enumerate(remittances, start=1):
        for fault in balance_faults(remittance.advice, remittance.claims):
            raise ValueError(f"remittance {number}: {fault}")
    return write_file(envelope, "HP", GUIDE, _transactions(remittances), len(remittances))


def balance_faults(advice: RemittanceAdvice, claims: Sequence[RemittedClaim]) -> Iterator[str]:
    """What does not balance in one remittance, in words: lines, claims, then the payment."""
    for number, claim in enumerate(claims, start=1):
        adjusted = sum_of_adjustments(claim.adjustments)
        for line in claim.lines:
            line_adjusted = sum_of_adjustments(line.adjustments)
            adjusted += line_adjusted
            if line.charge_cents - line.paid_cents != line_adjusted:
                what = _differ(line.charge_cents - line.paid_cents, line_adjusted)
                yield f"claim {number}, line {line.number}: charge less payment and its adjustments {what}"
        if claim.charge_cents - claim.paid_cents != adjusted:
            what = _differ(claim.charge_cents - claim.paid_cents, adjusted)
            yield f"claim {number}: charge less payment and its adjustments {what}"
        charges = sum(line.charge_cents for line in claim.lines)
        if claim.lines and charges != claim.charge_cents:
            yield f"claim {number}: charge and the charges of its lines {_differ(claim.charge_cents, charges)}"
    due = sum(claim.paid_cents for claim in claims) - sum_of_adjustments(advice.provider_adjustments)
    if due != advice.payment.amount_cents:
        what = _differ(advice.payment.amount_cents, due)
        yield f"payment and claim payments less provider adjustments {what}"


def _differ(one: int, other: int) -> str:
    return f"differ by {format_dollars(one - other)}"


def _transactions(remittances: Sequence[Remittance]) -> Iterator[bytes]:
    for number, remittance in enumerate(remittances, start=1):
        # An 835 does not name its guide in ST03.
        writer = TransactionWriter("835", f"{number:04}", "")
        writer.add_text(*_finished(_head(remittance.advice)))
        group: ClaimGroup | None = None
        for claim in remittance.claims:
            if claim.group is not group:
                group = claim.group
                writer.add_text(*_finished(_group(group)))
            writer.add_text(*_finished(_claim(claim)))
            if writer.full():
                yield writer.take()
        writer.add_text(*_finished(_provider_adjustments(remittance.advice.provider_adjustments)))
        yield writer.close()


def _finished(segments: list[str]) -> tuple[str, int]:
    return "".join(segments), len(segments)


# --- head -------------------------------------------------------------------------------------------------------------


def _head(advice: RemittanceAdvice) -> list[str]:
    segments = [
        _payment(advice.payment),
        compose("TRN", "1", advice.trace_number, advice.payer_identifier, advice.trace_supplement),
    ]
    if advice.currency:
        segments.append(compose("CUR", "PR", advice.currency))
    if advice.receiver:
        segments.append(compose("REF", "EV", advice.receiver))
    if advice.payer_version:
        segments.append(compose("REF", "F2", advice.payer_version))
    if advice.produced:
        segments.append(compose("DTM", "405", day(advice.produced)))
    segments += _dates(advice.dates)
    payer, payee = advice.payer, advice.payee
    segments.append(compose("N1", "PR", payer.name, payer.qualifier, payer.identifier))
    segments += _address(payer.address)
    segments += _references(payer.references)
    segments += _contacts(payer.contacts)
    segments.append(compose("N1", "PE", payee.name, payee.qualifier, payee.identifier))
    if payee.address:
        segments += _address(payee.address)
    segments += _references(payee.references)
    if payee.delivery:
        segments.append(compose("RDM", *payee.delivery))
    return segments


def _payment(payment: Payment) -> str:
    return compose(
        "BPR",
        payment.handling,
        decimal_text(payment.amount_cents),
        payment.credit_or_debit,
        payment.method,
        payment.payment_format,
        *_account(payment.sender),
        payment.company,
        payment.company_supplement,
        *_account(payment.receiver),
        day(payment.effective) if payment.effective else "",
    )


def _account(account: Account) -> tuple[str, str, str, str]:
    return account.bank_qualifier, account.bank, account.account_qualifier, account.account


def _address(address: Address) -> list[str]:
    city = ("N4", address.city, address.state, address.postal_code, address.country, "", "", address.subdivision)
    street = [compose("N3", address.street, address.street_2)] if address.street else []
    return [*street, compose(*city)] if any(city[1:]) else street


def _references(references: Sequence[Reference]) -> list[str]:
    return [compose("REF", reference.qualifier, reference.number) for reference in references]


def _contacts(contacts: Sequence[Contact]) -> list[str]:
    return [
        compose("PER", contact.function, contact.name, *(text for pair in contact.numbers for text in pair))
        for contact in contacts
    ]


def _provider_adjustments(adjustments: list[ProviderAdjustment]) -> list[str]:
    segments: list[list[Element]] = []
    head: tuple[Element, ...] = ()
    for adjustment in adjustments:
        begins = ("PLB", adjustment.provider, day(adjustment.period_end) if adjustment.period_end else "")
        full = bool(segments) and len(segments[-1]) >= len(begins) + 2 * _REASONS_PER_SEGMENT
        if not adjustment.shares_segment or begins != head or full:
            segments.append([*begins])
            head = begins
        segments[-1] += [(adjustment.reason, adjustment.reference), decimal_text(adjustment.amount_cents)]
    return [compose(*segment) for segment in segments]


# --- claims -----------------------------------------------------------------------------------------------------------


def _group(group: ClaimGroup) -> list[str]:
    segments = [compose("LX", str(group.number))]
    if group.summary:
        segments.append(compose(*PROVIDER_SUMMARY.write(group.summary)))
    if group.inpatient:
        segments.append(compose(*INPATIENT_SUMMARY.write(group.inpatient)))
    return segments


def _claim(claim: RemittedClaim) -> list[str]:
    segments = [
        compose(
            "CLP",
            claim.patient_control_number,
            claim.status,
            decimal_text(claim.charge_cents),
            decimal_text(claim.paid_cents),
            _optional_cents(claim.patient_responsibility_cents),
            claim.filing_indicator,
            claim.payer_claim_control_number,
            claim.facility_code,
            claim.frequency_code,
            "",
            claim.drg,
            number_text(claim.drg_weight) if claim.drg_weight is not None else "",
            number_text(claim.discharge_fraction) if claim.discharge_fraction is not None else "",
        ),
        *_adjustments(claim.adjustments),
        *map(_party, claim.parties),
    ]
    if claim.inpatient:
        segments.append(compose(*INPATIENT.write(claim.inpatient)))
    if claim.outpatient:
        segments.append(compose(*OUTPATIENT.write(claim.outpatient)))
    segments += _references(claim.references)
    dates = (
        ("232", claim.statement_from),
        ("233", claim.statement_to),
        ("036", claim.coverage_expired),
        ("050", claim.received),
    )
    segments += [compose("DTM", qualifier, day(date)) for qualifier, date in dates if date]
    segments += _dates(claim.dates)
    segments += _contacts(claim.contacts)
    segments += _amounts(claim.amounts)
    segments += _quantities(claim.quantities)
    for line in claim.lines:
        segments += _line(line)
    return segments


def _optional_cents(cents: int | None) -> str:
    return "" if cents is None else decimal_text(cents)


def _adjustments(adjustments: Sequence[Adjustment]) -> list[str]:
    segments: list[list[str]] = []
    for adjustment in adjustments:
        last = segments[-1] if segments else []
        full = len(last) >= 2 + 3 * _REASONS_PER_SEGMENT
        if not (adjustment.shares_segment and last and last[1] == adjustment.group) or full:
            segments.append(["CAS", adjustment.group])
        quantity = "" if adjustment.quantity is None else number_text(adjustment.quantity)
        segments[-1] += [adjustment.reason, decimal_text(adjustment.amount_cents), quantity]
    return [compose(*segment) for segment in segments]


def _party(party: Party) -> str:
    return compose(
        "NM1",
        party.entity,
        party.kind,
        party.last_name,
        party.first_name,
        party.middle_name,
        party.prefix,
        party.suffix,
        party.qualifier,
        party.identifier,
    )


def _dates(dates: Sequence[Dated]) -> list[str]:
    return [compose("DTM", each.qualifier, day(each.day)) for each in dates]


def _amounts(amounts: Sequence[Amount]) -> list[str]:
    return [compose("AMT", amount.qualifier, decimal_text(amount.amount_cents)) for amount in amounts]


def _quantities(quantities: Sequence[Quantity]) -> list[str]:
    return [compose("QTY", quantity.qualifier, number_text(quantity.quantity)) for quantity in quantities]


# --- lines ------------------------------------------------------------------------------------------------------------


def _line(line: RemittedLine) -> list[str]:
    segments = [
        compose(
            "SVC",
            _procedure(line.procedure),
            decimal_text(line.charge_cents),
            decimal_text(line.paid_cents),
            line.revenue_code,
            "" if line.units is None else number_text(line.units),
            _procedure(line.submitted) if line.submitted else "",
            "" if line.submitted_units is None else number_text(line.submitted_units),
        )
    ]
    dates = (("472", line.service_date), ("150", line.service_from), ("151", line.service_to))
    segments += [compose("DTM", qualifier, day(date)) for qualifier, date in dates if date]
    segments += _dates(line.dates)
    segments += _adjustments(line.adjustments)
    segments += _references(line.references)
    segments += _amounts(line.amounts)
    segments += _quantities(line.quantities)
    segments += [compose("LQ", remark.qualifier, remark.code) for remark in line.remarks]
    return segments


def _procedure(procedure: Procedure) -> tuple[str, ...]:
    modifiers = procedure.modifiers
    if procedure.description:
        modifiers = (*modifiers, *[""] * (4 - len(modifiers)), procedure.description)
    return procedure.qualifier, procedure.code, *modifiers
