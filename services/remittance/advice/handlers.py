"""Posts remittances: whole or not at all, each payment once; and tells the others what was remitted for each claim.

A claim of a remittance and the portal's claim may come in either order: whoever comes second matches them, and names
the line of the claim that each line of the remittance stands for.
"""

import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from uuid import UUID

from fastapi.responses import Response, StreamingResponse

from libs.common.contracts import remittance as contracts
from libs.common.contracts.claims import ClaimStatusChanged
from libs.common.contracts.envelope import Received
from libs.common.contracts.partner import RemittanceAdvice
from libs.common.errors import NotYet, Poison, nothing_here
from libs.common.ids import derived_id
from libs.common.observability import metrics
from libs.common.observability.logs import log
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.web.permit import Permit, opaque
from services.remittance.advice import repository
from services.remittance.advice.domain import (
    Adjustment,
    Details,
    PostedAdvice,
    PostedClaim,
    PostedLine,
    details_context,
    details_of,
)
from services.remittance.advice.partner import handover_of, posted
from services.remittance.advice.repository import Claim, Line, NewClaim, Remittance
from services.remittance.quarantine import repository as quarantine
from services.remittance.quarantine.domain import NOT_YET, Owner, Payee, owner_of

X12 = "application/edi-x12"
_MAX_BYTES = 1 << 30


async def post_remittances(work: UnitOfWork, received: Sequence[Received[RemittanceAdvice]]) -> None:
    """Store what the shared system pays and why. A payment that was posted before changes nothing."""
    for each in received:
        await _post(work, each)


async def _post(work: UnitOfWork, received: Received[RemittanceAdvice]) -> None:
    event = received.event
    if await repository.is_stored(work, _remittance_id(event)):
        # Posted or in quarantine: what becomes of it there is decided by a person.
        log.info("remittance posted before")
        return
    try:
        items = [item async for batch in posted(work.runtime, event) for item in batch]
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
    elif before := await repository.with_trace(work, owner.enrollment_id, advice.payer_identifier, advice.trace_number):
        _posted_before(before, event)
        return
    await _store(work, received, advice, claims, known, owner)


def _posted_before(before: Remittance, event: RemittanceAdvice) -> None:
    """The same remittance again changes nothing; another one under its number is refused: a person has to look.

    A trace number is unique between payer and receiver, with money and without (X12 RFI 1847).
    """
    if before.digest != event.digest:
        log.error("remittance not posted", reason="its trace number belongs to another remittance")
        raise Poison("its trace number belongs to another remittance")
    log.info("remittance posted before")


def _remittance_id(event: RemittanceAdvice) -> UUID:
    return derived_id("remittance", event.advice_id)


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
    remittance_id = _remittance_id(received.event)
    rows = await _new_claims(work, remittance_id, claims, known)
    document = await work.runtime.documents.put(
        _pieces(work, received.event), limit=_MAX_BYTES, reference=remittance_id
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
            "payer_identifier": advice.payer_identifier,
            "digest": received.event.digest,
            "facts": advice.facts,
            "document": document.reference,
            "received_at": work.now,
        },
        rows,
    )
    if enrollment_id is None:
        work.audit("quarantine", "remittance", remittance_id, reason=owner.reason)
        return
    for new in rows:
        if new.claim_id is not None:
            about = (remittance_id, new.claim_id, enrollment_id)
            event = _remitted(new.claim, about, new.sequence, advice.issued_on, new.claim.lines, new.lines)
            work.append(event, cause=received)
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


async def _new_claims(
    work: UnitOfWork, remittance_id: UUID, claims: Sequence[PostedClaim], known: Mapping[str, tuple[UUID, UUID]]
) -> list[NewClaim]:
    """The claims of a remittance as they are stored, in the order in which they take effect."""
    so_far = await repository.sequences(work, [claim.internal_control_number for claim in claims])
    sealed = await repository.sealed_lines(work, list(known))
    rows = []
    # What a payment takes back comes before what replaces it, wherever in the file the two stand.
    for claim in sorted(claims, key=lambda each: each.outcome != "reversed"):
        number = claim.internal_control_number
        sequence = so_far[number] = so_far.get(number, 0) + 1
        context = details_context(remittance_id, claim.number)
        details = work.runtime.keys.seal("remittance", claim.details.encode(), context=context)
        claim_id = known[number][0] if number in known else None
        rows.append(NewClaim(claim, details, claim_id, sequence, _numbers(work, claim_id, sealed.get(number, ""))))
    return rows


async def _pieces(work: UnitOfWork, event: RemittanceAdvice) -> AsyncIterator[bytes]:
    """The 835 as it came."""
    for piece in handover_of(work.runtime).take(event):
        yield piece


def _numbers(work: UnitOfWork, claim_id: UUID | None, sealed: str) -> dict[str, int]:
    """Which line of a claim a remittance means by which number, as claims sealed it."""
    if claim_id is None or not sealed:
        return {}
    named: dict[str, int] = json.loads(work.runtime.keys.open(sealed, context=f"{ClaimStatusChanged.type}|{claim_id}"))
    return named


def _remitted(
    claim: PostedClaim | Claim,
    about: tuple[UUID, UUID, UUID],
    sequence: int,
    remitted_on: date,
    lines: Sequence[PostedLine | Line],
    numbers: Mapping[str, int],
) -> contracts.ClaimRemitted:
    """The event of one claim; `about` are its remittance, the claim and the enrollment."""
    remittance_id, claim_id, enrollment_id = about
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
                number=numbers.get(line.control_number),
                procedure=line.billed,
                charge_cents=line.charge_cents,
                paid_cents=line.paid_cents,
                adjustments=_told(line.adjustments),
                remarks=line.remarks,
            )
            for line in lines
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
    claims = {each.event.internal_control_number: each.event for each in received}
    added = await repository.keep_claims(
        work,
        [
            each.model_dump(include={"internal_control_number", "claim_id", "enrollment_id", "sealed_lines"})
            for each in claims.values()
        ],
    )
    if not added:
        return
    for remittance_id in await quarantine.contradicted(work, added):
        await quarantine.give(work, remittance_id, None, "claims-known-later")
        work.audit("quarantine", "remittance", remittance_id, reason="claims-known-later")
        _tell_operators("claims-known-later")
    await tell_matched(work, added)


async def tell_matched(work: UnitOfWork, numbers: Iterable[str]) -> None:
    """Match remitted claims with those the portal knows by these ICNs, and tell the others of each, once."""
    matched = await repository.claim_unmatched(work, numbers)
    sealed = await repository.sealed_lines(work, [claim.internal_control_number for claim, _ in matched])
    for claim, remitted_on in matched:
        if claim.claim_id is None:
            raise TypeError("a matched claim has the id of the portal's")
        named = _numbers(work, claim.claim_id, sealed.get(claim.internal_control_number, ""))
        await repository.name_lines(work, claim, named)
        lines = (await repository.lines_of(work, claim.remittance_id, [claim.number])).get(claim.number, [])
        about = (claim.remittance_id, claim.claim_id, claim.enrollment_id)
        work.append(_remitted(claim, about, claim.sequence, remitted_on, lines, named))


async def found(permit: Permit, remittance_id: str) -> Remittance:
    """The remittance of the enrollment acted for. Raises `Rejected` (404) for any other."""
    one = await repository.find(permit.work, opaque(remittance_id), permit.enrollment.enrollment_id)
    if one is None:
        raise nothing_here()
    return one


async def claim_or_404(permit: Permit, remittance_id: str, number: int) -> tuple[Remittance, Claim]:
    """One claim of a remittance, with it. Raises `Rejected` (404)."""
    one = await found(permit, remittance_id)
    claim = await repository.find_claim(permit.work, one.remittance_id, number, one.enrollment_id)
    if claim is None:
        raise nothing_here()
    return one, claim


async def found_newest(permit: Permit, claim_id: str) -> Claim:
    """What the newest remittance says of a claim of the enrollment acted for. Raises `Rejected` (404)."""
    claim = await repository.newest_of_claim(permit.work, permit.enrollment.enrollment_id, opaque(claim_id))
    if claim is None:
        raise nothing_here()
    return claim


async def download(permit: Permit, remittance_id: str) -> Response:
    """The 835 as it came, on its way to the person or program that asked. Audited."""
    one = await found(permit, remittance_id)
    permit.work.audit("download", "remittance-835", one.remittance_id)
    return StreamingResponse(
        permit.work.runtime.documents.read(one.document),
        media_type=X12,
        headers={"content-disposition": f'attachment; filename="{one.trace_number}.835"'},
    )


def details(work: UnitOfWork, claim: Claim) -> Details:
    """Whom a claim is about, and what else may name the patient; whoever asks audits it."""
    context = details_context(claim.remittance_id, claim.number)
    return details_of(work.runtime.keys.open(claim.details, context=context).decode())
