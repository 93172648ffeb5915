"""Posts remittances: whole or not at all, each payment once; and tells the others what was remitted for each claim.

A claim of a remittance and the portal's claim may come in either order: whoever comes second matches them.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

from fastapi.responses import Response, StreamingResponse

from libs.common.contracts import remittance as contracts
from libs.common.contracts.claims import ClaimStatusChanged
from libs.common.contracts.partner import RemittanceAdvice
from libs.common.documents.typesetting import typeset
from libs.common.errors import NotYet, Poison, Rejected
from libs.common.ids import derived_id
from libs.common.mbi import mask_mbi
from libs.common.messaging.envelope import Received
from libs.common.money import format_dollars
from libs.common.observability import metrics
from libs.common.observability.logs import log
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.web.formats import day, procedure
from libs.common.web.permit import Permit, opaque
from libs.x12.remittance.reasons import GROUPS, REASONS, REMARKS
from services.remittance.advice import repository
from services.remittance.advice.domain import (
    Adjustment,
    Patient,
    PostedAdvice,
    PostedClaim,
    PostedLine,
    method_words,
    outcome_of,
    patient_context,
    patient_of,
)
from services.remittance.advice.partner import handover_of, posted
from services.remittance.advice.repository import Claim, Line, Remittance
from services.remittance.quarantine import repository as quarantine
from services.remittance.quarantine.domain import NOT_YET, Owner, Payee, owner_of

X12 = "application/edi-x12"
_TEMPLATE = Path(__file__).parent / "templates" / "statement.typ"
_COLUMNS = ("Line", "Procedure", "Service", "Charge", "Paid", "Why the rest was not paid")
_CLAIMS_AT_ONCE = 500
_MOST_BYTES = 1 << 30


async def post_remittances(work: UnitOfWork, received: Sequence[Received[RemittanceAdvice]]) -> None:
    """Store what the shared system pays and why. A payment that was posted before changes nothing."""
    for each in received:
        await _post(work, each)


async def _post(work: UnitOfWork, received: Received[RemittanceAdvice]) -> None:
    event, runtime = received.event, work.runtime
    today = runtime.clock.business().astimezone(runtime.deployment.zone).date()
    try:
        items = [item async for batch in posted(runtime, event, today) for item in batch]
    except Poison as error:
        log.error("remittance not posted", reason=str(error))
        raise
    claims = [item for item in items if isinstance(item, PostedClaim)]
    advices = [item for item in items if isinstance(item, PostedAdvice)]
    if len(advices) != 1 or len(claims) != event.claims:
        log.error("remittance not posted", reason="not the remittance that was announced")
        raise Poison("not the remittance that was announced")
    [advice] = advices
    known = await repository.known(work, [claim.internal_control_number for claim in claims])
    owner = await _owner(work, advice.payee, known)
    if owner.enrollment_id is None:
        # It is stored like any other, but as nobody's: no claim of it is matched, and nobody is told.
        known = {}
        _tell_operators(owner.reason)
    elif await repository.is_posted(work, owner.enrollment_id, advice.trace_number):
        log.info("remittance posted before")
        return
    await _store(work, received, advice, claims, known, owner)


async def _owner(work: UnitOfWork, payee: Payee, known: dict[str, tuple[UUID, UUID]]) -> Owner:
    """Whose remittance it is. Raises `NotYet` when the portal does not know the payee or its claims well enough yet."""
    of_claims = {enrollment_id for _, enrollment_id in known.values()}
    owner = owner_of(payee, await quarantine.enrolled(work, payee, of_claims), of_claims)
    if owner == NOT_YET:
        raise NotYet("no enrollment of this payee is known yet")
    return owner


def _tell_operators(reason: str) -> None:
    """Raise the alarm: somebody must look (runbook: remittance in quarantine)."""
    log.error("remittance in quarantine", reason=reason)
    metrics.REMITTANCES_QUARANTINED.inc()


async def _store(
    work: UnitOfWork,
    received: Received[RemittanceAdvice],
    advice: PostedAdvice,
    claims: Sequence[PostedClaim],
    known: dict[str, tuple[UUID, UUID]],
    owner: Owner,
) -> None:
    enrollment_id = owner.enrollment_id
    remittance_id = derived_id("remittance", received.event.advice_id)
    so_far = await repository.sequences(work, [claim.internal_control_number for claim in claims])
    document = await work.runtime.documents.put(
        _pieces(work, received.event), limit=_MOST_BYTES, reference=remittance_id
    )
    rows = []
    for claim in claims:
        number = claim.internal_control_number
        sequence = so_far[number] = so_far.get(number, 0) + 1
        context = patient_context(remittance_id, claim.number)
        patient = work.runtime.keys.seal("remittance", claim.patient.encode(), context=context)
        claim_id = known[number][0] if number in known else None
        rows.append((claim, patient, claim_id, sequence))
        if claim_id is not None and enrollment_id is not None:
            work.append(
                _remitted(claim, remittance_id, claim_id, enrollment_id, sequence, advice.issued_on), cause=received
            )
    repository.add(
        work,
        {
            "remittance_id": remittance_id,
            "enrollment_id": enrollment_id,
            "payee_npi": advice.payee.npi,
            "payee_tax_id": advice.payee.tax_id,
            "quarantine": owner.reason,
            "trace_number": advice.trace_number,
            "method": advice.method,
            "paid_cents": advice.paid_cents,
            "issued_on": advice.issued_on,
            "payer": advice.payer,
            "claims": len(claims),
            "provider_adjustments": [asdict(each) for each in advice.provider_adjustments],
            "document": document.reference,
            "received_at": work.now,
        },
        rows,
    )
    if enrollment_id is None:
        work.audit("quarantine", "remittance", remittance_id, reason=owner.reason)
        return
    work.append(
        contracts.RemittancePosted(
            remittance_id=remittance_id,
            enrollment_id=enrollment_id,
            trace_number=advice.trace_number,
            paid_cents=advice.paid_cents,
            claims=len(claims),
            issued_on=advice.issued_on,
        ),
        cause=received,
    )
    work.audit("post", "remittance", remittance_id)


async def _pieces(work: UnitOfWork, event: RemittanceAdvice) -> AsyncIterator[bytes]:
    """The 835 as it came."""
    for piece in handover_of(work.runtime).take(event):
        yield piece


def _remitted(
    claim: PostedClaim | Claim,
    remittance_id: UUID,
    claim_id: UUID,
    enrollment_id: UUID,
    sequence: int,
    remitted_on: date,
    lines: Sequence[PostedLine | Line] | None = None,
) -> contracts.ClaimRemitted:
    told = lines if lines is not None else claim.lines if isinstance(claim, PostedClaim) else ()
    return contracts.ClaimRemitted(
        remittance_id=remittance_id,
        claim_id=claim_id,
        enrollment_id=enrollment_id,
        internal_control_number=claim.internal_control_number,
        sequence=sequence,
        remitted_on=remitted_on,
        status=claim.status,
        charge_cents=claim.charge_cents,
        paid_cents=claim.paid_cents,
        adjustments=_told(claim.adjustments),
        remarks=claim.remarks,
        lines=tuple(
            contracts.LineRemitted(
                number=line.number,
                procedure=line.procedure,
                charge_cents=line.charge_cents,
                paid_cents=line.paid_cents,
                adjustments=_told(line.adjustments),
                remarks=line.remarks,
            )
            for line in told
        ),
    )


def _told(adjustments: Sequence[Adjustment]) -> tuple[contracts.Adjustment, ...]:
    return tuple(
        contracts.Adjustment(group=each.group, reason=each.reason, amount_cents=each.amount_cents)
        for each in adjustments
    )


async def keep_claims(work: UnitOfWork, received: Sequence[Received[ClaimStatusChanged]]) -> None:
    """Remember whose claim each ICN is, and tell of those that were remitted before the portal knew them.

    A remittance that was posted and turns out to pay a claim of another enrollment is taken away from who has it.
    """
    claims = {each.event.internal_control_number: (each.event.claim_id, each.event.enrollment_id) for each in received}
    added = await repository.keep_claims(work, claims)
    if not added:
        return
    for remittance_id in await quarantine.contradicted(work, added):
        await quarantine.give(work, remittance_id, None, "claims-known-later")
        work.audit("quarantine", "remittance", remittance_id, reason="claims-known-later")
        _tell_operators("claims-known-later")
    await tell_matched(work, added)


async def tell_matched(work: UnitOfWork, numbers: Iterable[str]) -> None:
    """Match remitted claims with those the portal knows by these ICNs, and tell the others of each, once."""
    for claim, remitted_on in await repository.claim_unmatched(work, numbers):
        if claim.claim_id is None:
            raise TypeError("a matched claim has the id of the portal's")
        lines = await repository.lines_of(work, claim.remittance_id, [claim.number])
        work.append(
            _remitted(
                claim,
                claim.remittance_id,
                claim.claim_id,
                claim.enrollment_id,
                claim.sequence,
                remitted_on,
                lines.get(claim.number, []),
            )
        )


async def found(permit: Permit, remittance_id: str) -> Remittance:
    """The remittance of the enrollment acted for. Raises `Rejected` (404) for any other."""
    one = await repository.find(permit.work, opaque(remittance_id), permit.enrollment.enrollment_id)
    if one is None:
        raise Rejected("not-found", "There is nothing at this address, or nothing you may see.", status=404)
    return one


async def found_claim(permit: Permit, remittance_id: str, number: int) -> tuple[Remittance, Claim]:
    """One claim of a remittance, with it. Raises `Rejected` (404)."""
    one = await found(permit, remittance_id)
    claim = await repository.find_claim(permit.work, one.remittance_id, number, one.enrollment_id)
    if claim is None:
        raise Rejected("not-found", "There is nothing at this address, or nothing you may see.", status=404)
    return one, claim


async def download(permit: Permit, remittance_id: str) -> Response:
    """The 835 as it came, on its way to the person or program that asked. Audited."""
    one = await found(permit, remittance_id)
    permit.work.audit("download", "remittance-835", one.remittance_id)
    return StreamingResponse(
        permit.work.runtime.documents.read(one.document),
        media_type=X12,
        headers={"content-disposition": f'attachment; filename="{one.trace_number}.835"'},
    )


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason in words, with its codes: `CO-45`, what it means, and how much it took from the payment."""

    code: str
    words: str
    amount_cents: int


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """A service line with its reasons and remarks in words."""

    line: Line
    reasons: tuple[Reason, ...]
    remarks: tuple[tuple[str, str], ...]


def explained(adjustments: Sequence[Adjustment]) -> tuple[Reason, ...]:
    """Reasons in words."""
    return tuple(Reason(f"{each.group}-{each.reason}", _words(each), each.amount_cents) for each in adjustments)


def _words(adjustment: Adjustment) -> str:
    """What a reason means and who bears it; a code without words of ours stays a code."""
    known = REASONS.get(adjustment.reason)
    meaning = known.meaning if known else f"Reason {adjustment.reason}"
    return f"{meaning}. {GROUPS.get(adjustment.group, '')}".strip()


def explained_lines(lines: Sequence[Line]) -> list[ExplainedLine]:
    """Service lines with their reasons in words."""
    return [ExplainedLine(line, explained(line.adjustments), explained_remarks(line.remarks)) for line in lines]


def explained_remarks(remarks: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Remark codes, each with its words."""
    return tuple((code, REMARKS[code].meaning if code in REMARKS else f"Remark {code}") for code in remarks)


def patient(work: UnitOfWork, claim: Claim) -> Patient:
    """Whom a claim is about; whoever asks audits it."""
    context = patient_context(claim.remittance_id, claim.number)
    return patient_of(work.runtime.keys.open(claim.patient, context=context).decode())


async def statement(work: UnitOfWork, one: Remittance) -> bytes:
    """The remittance as a tagged PDF, with every reason in words. Audited."""
    work.audit("print", "remittance", one.remittance_id)
    claims = [
        claim
        for start in range(0, one.claims, _CLAIMS_AT_ONCE)
        for claim in await repository.claims_of(work, one.remittance_id, limit=_CLAIMS_AT_ONCE, offset=start)
    ]
    lines = await repository.lines_of(work, one.remittance_id, [claim.number for claim in claims])
    told = {claim.number: explained_lines(lines.get(claim.number, [])) for claim in claims}
    words: dict[str, str] = {}
    for claim in claims:
        words |= {each.code: each.words for each in explained(claim.adjustments)} | dict(
            explained_remarks(claim.remarks)
        )
        for line in told[claim.number]:
            words |= {each.code: each.words for each in line.reasons} | dict(line.remarks)
    zone = work.runtime.deployment.zone
    return await typeset(
        _TEMPLATE,
        {
            "title": f"Remittance {one.trace_number}",
            "payer": work.runtime.deployment.contractor,
            "printed": f"Printed {day(work.runtime.clock.business().astimezone(zone).date())}",
            "about": [
                ("Issued", day(one.issued_on)),
                ("Payment", f"{method_words(one.method)}, {format_dollars(one.paid_cents)}"),
                ("Claims", str(one.claims)),
                *(
                    (f"{each.reason} {each.reference}", format_dollars(-each.amount_cents))
                    for each in one.provider_adjustments
                ),
            ],
            "columns": _COLUMNS,
            "claims": [_printed(work, claim, told[claim.number]) for claim in claims],
            "reasons": sorted(words.items()),
        },
    )


def _printed(work: UnitOfWork, claim: Claim, lines: Sequence[ExplainedLine]) -> dict[str, object]:
    person = patient(work, claim)
    _, outcome, _ = outcome_of(claim.status, claim.paid_cents, claim.remarks)
    return {
        "title": f"ICN {claim.internal_control_number}: {outcome}",
        "about": [
            ("Patient", f"{person.first_name} {person.last_name}, {mask_mbi(person.mbi)}"),
            ("Patient control number", claim.patient_control_number),
            ("Charge", format_dollars(claim.charge_cents)),
            ("Paid", format_dollars(claim.paid_cents)),
            ("Patient owes", format_dollars(claim.patient_responsibility_cents)),
            *(("Remark", code) for code in claim.remarks),
        ],
        "lines": [
            (
                str(each.line.number),
                f"{procedure(each.line.procedure)} {each.line.modifiers}".strip(),
                day(each.line.service_from) if each.line.service_from else "",
                format_dollars(each.line.charge_cents),
                format_dollars(each.line.paid_cents),
                ", ".join(
                    [
                        *(f"{reason.code} {format_dollars(reason.amount_cents)}" for reason in each.reasons),
                        *(code for code, _ in each.remarks),
                    ]
                ),
            )
            for each in lines
        ],
    }
