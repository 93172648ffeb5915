"""The 835 of the shared system: read from where it was handed over, as what it means for a payee."""

from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import aclosing
from datetime import date
from itertools import islice

from libs.common.contracts.partner import RemittanceAdvice as Handed
from libs.common.documents.handover import HandOver
from libs.common.documents.store import PARTNER_REMITTANCE
from libs.common.errors import Poison
from libs.common.process_stream import ProcessStreamError, preload, stream_from_process
from libs.common.runtime import Runtime
from libs.x12.reader import Batch, read_file
from libs.x12.remittance.objects import Adjustment as Reason
from libs.x12.remittance.objects import Payee as PaidParty
from libs.x12.remittance.objects import RemittanceAdvice, RemittedClaim, RemittedLine
from services.remittance.advice.domain import (
    Adjustment,
    PostedAdvice,
    PostedClaim,
    PostedLine,
    ProviderAdjustment,
    patient_text,
)
from services.remittance.quarantine.domain import Payee

GUIDE = frozenset({"005010X221A1"})
Posted = PostedAdvice | PostedClaim
_BATCH = 500
# So many claims are read in a few milliseconds; more of them in a process of their own.
_SHORT = 100


def handover_of(runtime: Runtime) -> HandOver:
    """The counter to the shared system."""
    return HandOver(runtime.settings, runtime.keys, PARTNER_REMITTANCE)


async def posted(runtime: Runtime, event: Handed, today: date) -> AsyncGenerator[list[Posted], None]:
    """Yield the claims of the 835 of `event`, some at a time, and at its end the remittance as a whole.

    Raises `Poison` when it cannot be read, does not balance or is refused by its guide: then nothing of it stands.
    """
    handover = handover_of(runtime)
    if event.claims <= _SHORT:
        for batch in read_batches(handover, event, today):
            yield batch
        return
    try:
        async with aclosing(stream_from_process(read_batches, handover, event, today)) as batches:
            async for batch in batches:
                yield batch
    except ProcessStreamError as error:
        # An error of the file is told by its class alone; anything else is infrastructure and comes again.
        if str(error) in _FAULTS_OF_THE_FILE:
            raise Poison("the remittance cannot be read") from error
        raise


# Once, in the server that reading processes are forked from: it takes longer than to read most remittances.
preload("services.remittance.advice.partner")

_FAULTS_OF_THE_FILE = frozenset({"Poison", "SealBrokenError", "DocumentBrokenError", "DocumentMissingError"})


def read_batches(handover: HandOver, event: Handed, today: date) -> Iterator[list[Posted]]:
    """Read the 835 of `event`, received today. Raises `Poison` when it is not accepted."""
    found = _read(handover, event, today)
    while batch := list(islice(found, _BATCH)):
        yield batch


def _read(handover: HandOver, event: Handed, today: date) -> Iterator[Posted]:
    for item in read_file(handover.take(event), received=today, guides=GUIDE):
        if isinstance(item, Batch):
            for each in item.items:
                if isinstance(each, RemittedClaim):
                    yield _claim(each)
                elif isinstance(each, RemittanceAdvice):
                    yield _advice(each)
        elif not item.stands:
            reasons = [finding.code for transaction in item.transactions() for finding in transaction.findings]
            raise Poison(f"a remittance that is not accepted: {(*reasons, 'unreadable')[0]}")


def _advice(advice: RemittanceAdvice) -> PostedAdvice:
    if advice.payment.effective is None:
        raise Poison("a remittance without its day")
    return PostedAdvice(
        payee=_payee(advice.payee),
        trace_number=advice.trace_number,
        method=advice.payment.method,
        paid_cents=advice.payment.amount_cents,
        issued_on=advice.payment.effective,
        payer=advice.payer.name,
        claims=advice.claims,
        provider_adjustments=tuple(
            ProviderAdjustment(each.reason, each.reference, each.amount_cents) for each in advice.provider_adjustments
        ),
    )


def _payee(payee: PaidParty) -> Payee:
    """Known by NPI, or without one by the tax identifier alone (N104); beside an NPI that stands in REF*TJ."""
    if payee.qualifier != "XX":
        return Payee("", payee.identifier)
    return Payee(payee.identifier, next((each.number for each in payee.references if each.qualifier == "TJ"), ""))


def _claim(claim: RemittedClaim) -> PostedClaim:
    patient = claim.patient
    first, last = claim.period or (None, None)
    return PostedClaim(
        number=claim.number,
        internal_control_number=claim.payer_claim_control_number,
        patient_control_number=claim.patient_control_number,
        patient=patient_text(patient.identifier, patient.last_name, patient.first_name)
        if patient
        else patient_text("", "", ""),
        status=claim.status,
        charge_cents=claim.charge_cents,
        paid_cents=claim.paid_cents,
        patient_responsibility_cents=claim.patient_responsibility_cents or 0,
        service_from=first,
        service_to=last,
        adjustments=_reasons(claim.adjustments),
        remarks=claim.remarks,
        lines=tuple(map(_line, claim.lines)),
    )


def _line(line: RemittedLine) -> PostedLine:
    first, last = line.period or (None, None)
    return PostedLine(
        number=line.number,
        procedure=line.procedure.code,
        modifiers=" ".join(line.procedure.modifiers),
        charge_cents=line.charge_cents,
        paid_cents=line.paid_cents,
        units="" if line.units is None else f"{line.units:f}",
        service_from=first,
        service_to=last,
        adjustments=_reasons(line.adjustments),
        remarks=tuple(remark.code for remark in line.remarks),
    )


def _reasons(reasons: Iterable[Reason]) -> tuple[Adjustment, ...]:
    return tuple(Adjustment(each.group, each.reason, each.amount_cents) for each in reasons)
