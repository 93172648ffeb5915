"""The 835 of the shared system: read from where it was handed over, as what it means for a payee.

Whether a remittance is accepted is known only at its end, so its claims are set aside until then; nothing of a refused
one ever leaves the process that reads it.
"""

import pickle
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import aclosing
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

from libs.common.contracts.partner import RemittanceAdvice as Handed
from libs.common.document_store import PARTNER_REMITTANCE, DocumentStore
from libs.common.documents.stage import Stage
from libs.common.errors import Poison
from libs.common.ids import derived_id
from libs.common.observability.alarms import report_unknown_codes
from libs.common.process_stream import ProcessStreamError, preload, stream_from_process
from libs.common.runtime import Runtime
from libs.common.security.keys import KeyRing
from libs.partners.handover import PartnerExchange, advice_place
from libs.x12.findings import Finding
from libs.x12.reader import Batch, read_file
from libs.x12.remittance.objects import (
    Account,
    Address,
    ClaimGroup,
    Contact,
    Dated,
    Party,
    Procedure,
    Reference,
    RemittanceAdvice,
    RemittedClaim,
    RemittedLine,
    find_reference,
)
from libs.x12.remittance.objects import Adjustment as Reason
from libs.x12.remittance.objects import Payee as PaidParty
from libs.x12.remittance.objects import ProviderAdjustment as ProviderReason
from libs.x12.remittance.outcomes import is_denied, outcome_of
from libs.x12.remittance.words import FIELDS
from services.remittance.advice.domain import (
    Adjustment,
    Details,
    Fact,
    Patient,
    PostedAdvice,
    PostedClaim,
    PostedLine,
    ProviderAdjustment,
    remittance_id_of,
)
from services.remittance.advice.tables import DETAILS
from services.remittance.quarantine.domain import Payee

GUIDE = frozenset({"005010X221A1"})
Posted = PostedAdvice | PostedClaim
_BATCH = 500
_PARTNER = "shared-system"
# The qualifiers of what has a place of its own on the pages: what is allowed of a line, and which line it is.
_ALLOWED, _COVERED, _LINE_NUMBER = "B6", "AU", "6R"
_ORIGINAL = "F8"
_NPI, _TAX_IDENTIFIER, _PTAN = "XX", "TJ", "PQ"
_PATIENT, _CORRECTED, _FIRM = "QC", "74", "2"
_MEMBER_NUMBER, _CHANGED_NUMBER = "MI", "C"
# Numbers that the patient is shown with.
_OF_PATIENT = frozenset({(_PATIENT, _MEMBER_NUMBER), (_CORRECTED, _CHANGED_NUMBER)})
_PLAIN_PROCEDURES = frozenset({"HC", "NU"})
_REMARK, _PART_A = "HE", "MA"
_LAST_FIGURES = 4
# So many claims are read in a few milliseconds; more of them in a process of their own.
_SHORT = 100


@dataclass(frozen=True, slots=True)
class Task:
    """What a process needs to read a remittance. Documents and keys open their files there."""

    documents: DocumentStore
    keys: KeyRing
    handover: PartnerExchange
    event: Handed
    remittance_id: UUID
    today: date


@dataclass(frozen=True, slots=True)
class Summary:
    """An accepted remittance as a whole, told before its claims: the ICN of each, and whether it takes back a payment.

    Both are in the order of the file; the first claim has the number 1.
    """

    advice: PostedAdvice
    numbers: tuple[str, ...]
    takes_back: tuple[bool, ...]


Packed = bytes
"""Some claims on their way: packed when they were set aside, unpacked by who stores them."""


def handover_of(runtime: Runtime) -> PartnerExchange:
    """The counter to the shared system."""
    return PartnerExchange(runtime.settings, runtime.keys, PARTNER_REMITTANCE)


def task_of(runtime: Runtime, event: Handed) -> Task:
    """The reading of the 835 of `event`, received today."""
    remittance_id = remittance_id_of(event.advice_id)
    return Task(runtime.documents, runtime.keys, handover_of(runtime), event, remittance_id, runtime.today)


async def prepared(runtime: Runtime, event: Handed) -> AsyncGenerator[Summary | Packed, None]:
    """Yield the remittance of `event` as a whole, then its claims, some at a time; `unpacked` opens those.

    Raises `Poison` before anything else when it cannot be read, does not balance or is refused by its guide.
    """
    task = task_of(runtime, event)
    if event.claims <= _SHORT:
        for item in prepare(task):
            yield item
        return
    try:
        async with aclosing(stream_from_process(prepare, task)) as items:
            async for item in items:
                yield item
    except ProcessStreamError as error:
        # An error of the file is told by its class alone; anything else is infrastructure and comes again.
        if str(error) in _FAULTS_OF_THE_FILE:
            raise Poison("the remittance cannot be read") from error
        raise
    finally:
        await runtime.documents.delete(_stage_reference(task).hex)


def unpacked(packed: Packed) -> list[PostedClaim]:
    """Claims as they were set aside, their details sealed."""
    claims: list[PostedClaim] = pickle.loads(packed)  # noqa: S301 - written by ourselves, and sealed meanwhile
    return claims


def report_unknown(summary: Summary) -> None:
    """Call an operator: a code that our lists do not have in use is shown as it is, and the lists need a look."""
    report_unknown_codes(_PARTNER, summary.advice.unknown_codes)


def _unknown(notices: Iterable[Finding]) -> tuple[str, ...]:
    return tuple(notice.code_set for notice in notices if notice.code_set)


# Once, in the server that reading processes are forked from: it takes longer than to read most remittances.
preload("services.remittance.advice.partner")

_FAULTS_OF_THE_FILE = frozenset({"Poison", "SealBrokenError", "DocumentBrokenError", "DocumentMissingError"})


def prepare(task: Task) -> Iterator[Summary | Packed]:
    """Read a remittance. Yield it as a whole, then its claims. Raises `Poison` when it is not accepted."""
    return set_aside(_read(task), task)


def set_aside(items: Iterable[Posted], task: Task) -> Iterator[Summary | Packed]:
    """Keep claims back until all are read, then tell what they are part of, then them."""
    advices: list[PostedAdvice] = []
    numbers: list[str] = []
    takes_back: list[bool] = []
    unknown: list[str] = []

    def claims() -> Iterator[PostedClaim]:
        for item in items:
            unknown.extend(item.unknown_codes)
            if isinstance(item, PostedAdvice):
                advices.append(item)
                continue
            numbers.append(item.internal_control_number)
            takes_back.append(item.outcome == "reversed")
            yield item

    stage = Stage(task.documents, _stage_reference(task))
    source = claims()
    batches = iter(lambda: list(islice(source, _BATCH)), [])
    stage.fill(pickle.dumps(batch, protocol=pickle.HIGHEST_PROTOCOL) for batch in batches)
    if len(advices) != 1 or len(numbers) != task.event.claims:
        raise Poison("not the remittance that was announced")
    yield Summary(replace(advices[0], unknown_codes=tuple(unknown)), tuple(numbers), tuple(takes_back))
    yield from stage.drain()


def _stage_reference(task: Task) -> UUID:
    """Where the claims of a remittance are set aside. Done again, the work overwrites its own."""
    return derived_id(task.remittance_id, "stage")


def _read(task: Task) -> Iterator[Posted]:
    groups: list[ClaimGroup] = []
    for item in read_file(task.handover.take(task.event), received=task.today, guides=GUIDE):
        if isinstance(item, Batch):
            for each in item.items:
                if isinstance(each, RemittedClaim):
                    if not groups or groups[-1] is not each.group:
                        groups.append(each.group)
                    yield posted_claim(each, DETAILS.seal(task.keys, details_of(each), task.remittance_id, each.number))
                elif isinstance(each, RemittanceAdvice):
                    yield posted_advice(each, groups)
        elif not item.stands:
            reasons = [finding.code for transaction in item.transactions() for finding in transaction.findings]
            raise Poison(f"a remittance that is not accepted: {(*reasons, 'unreadable')[0]}")


def posted_advice(advice: RemittanceAdvice, groups: Iterable[ClaimGroup]) -> PostedAdvice:
    """A remittance as a whole, with all that it says beside its claims; `groups` are those of its claims."""
    if advice.payment.effective is None:
        raise Poison("a remittance without its day")
    return PostedAdvice(
        payee=_payee(advice.payee),
        trace_number=advice.trace_number,
        payer_identifier=advice.payer_identifier,
        method=advice.payment.method,
        paid_cents=advice.payment.amount_cents,
        issued_on=advice.payment.effective,
        payer=advice.payer.name,
        claims=advice.claims,
        provider_adjustments=tuple(map(_provider_adjustment, advice.provider_adjustments)),
        facts=(*_advice_facts(advice), *(fact for group in groups for fact in _summary(group))),
        unknown_codes=_unknown(advice.notices),
    )


def _provider_adjustment(each: ProviderReason) -> ProviderAdjustment:
    return ProviderAdjustment(
        reason=each.reason,
        reference=each.reference,
        amount_cents=each.amount_cents,
        provider=each.provider,
        period_end=each.period_end.isoformat() if each.period_end else "",
        claim_number=each.payer_claim_control_number,
        patient_control_number=each.patient_control_number,
    )


def _advice_facts(advice: RemittanceAdvice) -> Iterator[Fact]:
    payment, payer, payee = advice.payment, advice.payer, advice.payee
    yield from _facts(
        "payment",
        {
            "payee": payee.name,
            "payee_address": _address(payee.address),
            "handling": payment.handling,
            "credit_or_debit": payment.credit_or_debit,
            "payment_format": payment.payment_format,
            "payee_account": _account(payment.receiver),
            "payer_account": _account(payment.sender),
            "company": payment.company,
            "company_supplement": payment.company_supplement,
            "payer_identifier": advice.payer_identifier,
            "trace_supplement": advice.trace_supplement,
            "payer_number": payer.identifier,
            "payer_address": _address(payer.address),
            "currency": advice.currency,
            "receiver": advice.receiver,
            "payer_version": advice.payer_version,
            "produced": advice.produced,
            "delivery": " ".join(payee.delivery),
        },
    )
    yield from _dates(advice.dates)
    if payee.identifier:
        yield Fact("identifier", f"PE {payee.qualifier}", payee.identifier)
    yield from _references((*payee.references, *payer.references))
    yield from _contacts(payer.contacts)


def _summary(group: ClaimGroup) -> Iterator[Fact]:
    if group.summary:
        yield from _fields("summary", group.summary)
    if group.inpatient:
        yield from _fields("inpatient-summary", group.inpatient)


def _payee(payee: PaidParty) -> Payee:
    """Known by NPI, or without one by the tax identifier alone (N104); beside an NPI that stands in REF*TJ.

    The PTAN, where it is told, stands in REF*PQ.
    """
    ptan = find_reference(payee.references, _PTAN)
    if payee.qualifier != _NPI:
        return Payee("", payee.identifier, ptan)
    return Payee(payee.identifier, find_reference(payee.references, _TAX_IDENTIFIER), ptan)


def details_of(claim: RemittedClaim) -> Details:
    """What is said of a claim that may name the patient."""
    return Details(_patient(claim), tuple(_claim_facts(claim)))


def posted_claim(claim: RemittedClaim, details: str) -> PostedClaim:
    """A claim of a remittance, with all that is said of it; `details` are its `details_of`, sealed."""
    first, last = claim.period or (None, None)
    lines = tuple(_line(line, claim) for line in claim.lines)
    return PostedClaim(
        number=claim.number,
        internal_control_number=claim.payer_claim_control_number,
        patient_control_number=claim.patient_control_number,
        details=details,
        status=claim.status,
        outcome=outcome_of(claim),
        charge_cents=claim.charge_cents,
        paid_cents=claim.paid_cents,
        allowed_cents=_allowed(claim, lines),
        patient_responsibility_cents=claim.patient_responsibility_cents or 0,
        service_from=first,
        service_to=last,
        adjustments=_reasons(claim.adjustments),
        remarks=claim.remarks,
        lines=lines,
        unknown_codes=_unknown(claim.notices),
        original_control_number=find_reference(claim.references, _ORIGINAL),
    )


def _allowed(claim: RemittedClaim, lines: Iterable[PostedLine]) -> int | None:
    """What is allowed of a claim: the sum of its lines, else what it says of itself."""
    of_lines = [line.allowed_cents for line in lines if line.allowed_cents is not None]
    if of_lines:
        return sum(of_lines)
    return next((each.amount_cents for each in claim.amounts if each.qualifier == _COVERED), None)


def _patient(claim: RemittedClaim) -> Patient:
    named, corrected = claim.patient or Party(_PATIENT), claim.corrected or Party(_CORRECTED)
    return Patient(
        mbi=named.identifier if named.qualifier == _MEMBER_NUMBER else "",
        name=_name(named),
        corrected_name=_name(corrected),
        corrected_mbi=corrected.identifier if corrected.qualifier == _CHANGED_NUMBER else "",
    )


def _claim_facts(claim: RemittedClaim) -> Iterator[Fact]:
    for party in claim.parties:
        # The patient, as named and as corrected, is no fact among others.
        if party.entity not in (_PATIENT, _CORRECTED):
            yield Fact("party", party.entity, _name(party))
        if party.identifier and (party.entity, party.qualifier) not in _OF_PATIENT:
            yield Fact("identifier", f"{party.entity} {party.qualifier}", party.identifier)
    institutional = claim.filing_indicator == _PART_A or any(line.revenue_code for line in claim.lines)
    yield from _facts(
        "claim",
        {
            "filing_indicator": claim.filing_indicator,
            "bill_type" if institutional else "place_of_service": claim.facility_code,
            "frequency_code": claim.frequency_code,
            "drg": claim.drg,
            "drg_weight": claim.drg_weight,
            "discharge_fraction": claim.discharge_fraction,
            "received": claim.received,
            "coverage_expired": claim.coverage_expired,
        },
    )
    yield from _references(claim.references)
    yield from (Fact("amount", each.qualifier, str(each.amount_cents)) for each in claim.amounts)
    yield from (Fact("quantity", each.qualifier, f"{each.quantity:f}") for each in claim.quantities)
    if claim.inpatient:
        yield from _fields("inpatient", claim.inpatient)
    if claim.outpatient:
        yield from _fields("outpatient", claim.outpatient)
    yield from _contacts(claim.contacts)
    yield from _dates(claim.dates)


def _line(line: RemittedLine, claim: RemittedClaim) -> PostedLine:
    return PostedLine(
        number=line.number,
        control_number=line.control_number,
        procedure=line.procedure.code,
        modifiers=" ".join(line.procedure.modifiers),
        billed=line.billed.code,
        charge_cents=line.charge_cents,
        paid_cents=line.paid_cents,
        allowed_cents=next((each.amount_cents for each in line.amounts if each.qualifier == _ALLOWED), None),
        units=f"{line.units:f}",
        service_from=line.service_date or line.service_from,
        # A begin without an end is no service of one day (X12 RFI 1205).
        service_to=line.service_date or line.service_to,
        denied=is_denied(line, claim),
        adjustments=_reasons(line.adjustments),
        remarks=tuple(remark.code for remark in line.remarks if remark.qualifier == _REMARK),
        facts=tuple(_line_facts(line)),
    )


def _line_facts(line: RemittedLine) -> Iterator[Fact]:
    if line.procedure.qualifier not in _PLAIN_PROCEDURES or line.procedure.description:
        yield Fact("procedure", line.procedure.qualifier, _procedure(line.procedure))
    if line.submitted:
        yield Fact("billed", line.submitted.qualifier, _procedure(line.submitted))
    yield from _facts("line", {"billed_units": line.submitted_units, "revenue_code": line.revenue_code})
    yield from _references(each for each in line.references if each.qualifier != _LINE_NUMBER)
    yield from (
        Fact("amount", each.qualifier, str(each.amount_cents)) for each in line.amounts if each.qualifier != _ALLOWED
    )
    yield from (Fact("quantity", each.qualifier, f"{each.quantity:f}") for each in line.quantities)
    yield from (Fact("remark", each.qualifier, each.code) for each in line.remarks if each.qualifier != _REMARK)
    yield from _dates(line.dates)


def _reasons(reasons: Iterable[Reason]) -> tuple[Adjustment, ...]:
    return tuple(Adjustment(each.group, each.reason, each.amount_cents, _text(each.quantity)) for each in reasons)


# ---- small things as facts ------------------------------------------------------------------------------------------


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
    return str(value)


def _facts(kind: str, values: dict[str, Any]) -> Iterator[Fact]:
    """Facts of what is there."""
    return (Fact(kind, code, text) for code, value in values.items() if (text := _text(value)))


def _fields(kind: str, of: Any) -> Iterator[Fact]:
    """Facts of an object's own fields, as far as they have a name: its remarks stand elsewhere."""
    return _facts(kind, {each.name: getattr(of, each.name) for each in fields(of) if each.name in FIELDS[kind]})


def _references(references: Iterable[Reference]) -> Iterator[Fact]:
    return (Fact("reference", each.qualifier, each.number) for each in references)


def _dates(dates: Iterable[Dated]) -> Iterator[Fact]:
    return (Fact("date", each.qualifier, each.day.isoformat()) for each in dates)


def _contacts(contacts: Iterable[Contact]) -> Iterator[Fact]:
    for contact in contacts:
        if contact.name:
            yield Fact("contact", contact.function, contact.name)
        for channel, number in contact.numbers:
            yield Fact("contact", f"{contact.function} {channel}", number)


def _name(party: Party) -> str:
    if party.kind == _FIRM:
        return party.last_name
    return " ".join(filter(None, (party.prefix, party.first_name, party.middle_name, party.last_name, party.suffix)))


def _procedure(procedure: Procedure) -> str:
    return " ".join(filter(None, (procedure.code, *procedure.modifiers, procedure.description)))


def _address(address: Address | None) -> str:
    if address is None:
        return ""
    town = " ".join(filter(None, (address.city, address.state, address.subdivision, address.postal_code)))
    return ", ".join(filter(None, (address.street, address.street_2, town, address.country)))


def _account(account: Account) -> str:
    """Bank and the end of the account's number: enough to know which it is, and no more is kept."""
    if not account.account:
        return ""
    kind = "savings account" if account.account_qualifier == "SG" else "account"
    return f"Bank {account.bank}, {kind} ending in {account.account[-_LAST_FIGURES:]}"


class WaitingAdvice:
    """How a remittance that waits goes to the next contractor: the event without its seal, then the 835."""

    def open(self, runtime: Runtime, _row: object, value: bytes) -> bytes:
        """Raises `SealBrokenError`, `KeyNotHeldError` or `DocumentMissingError`."""
        event = Handed.model_validate_json(value)
        content = b"".join(PartnerExchange(runtime.settings, runtime.keys, PARTNER_REMITTANCE).take(event))
        bare = event.model_copy(update={"sealed_body": None, "document": None})
        return bare.model_dump_json().encode() + b"\n" + content

    def seal(self, runtime: Runtime, _row: object, content: bytes) -> bytes:
        """Raises `ValueError` for what is no such event."""
        told, _, body = content.partition(b"\n")
        event = Handed.model_validate_json(told)
        exchange = PartnerExchange(runtime.settings, runtime.keys, PARTNER_REMITTANCE)
        given = exchange.give((body,), place=advice_place(event.advice_id))
        sealed = {"sealed_body": given.sealed_body, "document": given.document}
        return event.model_copy(update=sealed).model_dump_json().encode()
