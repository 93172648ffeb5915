"""Posts remittances: whole or not at all, each payment once; and tells the others what was remitted for each claim.

`take_advices` writes down what the shared system hands over and asks for the job `post_remittances` of each payee. It
posts what waits of that payee, one after the other in the order in which it came. It may be killed anywhere and is done
again from the start: ids are derived, and a remittance is stored, with all that follows from it, by whoever takes it
from the head of its payee's queue in the same transaction.

A claim of a remittance and the portal's claim may come in either order: whoever comes second matches them, and names
the line of the claim that each line of the remittance stands for.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from libs.common.contracts import remittance as contracts
from libs.common.contracts.claims import ClaimStatusChanged
from libs.common.contracts.envelope import Received
from libs.common.contracts.partner import RemittanceAdvice
from libs.common.contracts.sealed import CLAIM_LINES
from libs.common.crashpoints import crashpoint
from libs.common.errors import Poison
from libs.common.messaging.subscriptions import Due
from libs.common.observability import metrics
from libs.common.observability.logs import log
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.runtime import Runtime
from services.remittance.advice import repository
from services.remittance.advice.domain import (
    Adjustment,
    PostedAdvice,
    PostedClaim,
    PostedLine,
    sequences_of,
)
from services.remittance.advice.partner import (
    Packed,
    Summary,
    handover_of,
    prepared,
    report_unknown,
    unpacked,
)
from services.remittance.advice.repository import Claim, Known, Line, NewClaim, Waiting
from services.remittance.quarantine import repository as quarantine
from services.remittance.quarantine.domain import PATIENCE, Owner, Payee, owner_of

POST = "post-remittances"
"""The kind of due work that posts what waits of a payee; its subject is the lane."""
_MAX_BYTES = 1 << 30
_FIRST_LOOK, _LAST_LOOK = timedelta(seconds=1), timedelta(minutes=5)


async def take_advices(work: UnitOfWork, received: Sequence[Received[RemittanceAdvice]]) -> None:
    """Keep what the shared system hands over until it is posted, and ask for that."""
    await repository.add_waiting(work, received)
    for lane in dict.fromkeys(each.event.lane for each in received):
        await work.schedule(POST, lane, work.now)


async def post_remittances(runtime: Runtime, due: Due) -> None:
    """Post what waits of the payee that `due` names, until nothing does or the next one cannot be posted now."""
    async with runtime.database.work(runtime) as work:
        waiting = await repository.head(work, due.subject)
    while waiting is not None:
        waiting = await _post_or_refuse(runtime, waiting)


async def _post_or_refuse(runtime: Runtime, waiting: Waiting) -> Waiting | None:
    """Post a remittance, or hold up its payee: what comes later may correct it, and must not be posted before it."""
    try:
        return await _post(runtime, waiting)
    except Poison as error:
        log.error("remittance not posted", reason=str(error))
        metrics.REMITTANCES_REFUSED.inc()
        async with runtime.database.work(runtime) as work:
            await repository.refuse(work, waiting, str(error))
        return None


async def _post(runtime: Runtime, waiting: Waiting) -> Waiting | None:
    """Post a remittance, unless there is nothing to do or it must wait; the next one to post."""
    if waiting.is_stored:
        # Posted or in quarantine: what becomes of it there is decided by a person.
        return await _pass_over(runtime, waiting)
    async with aclosing(prepared(runtime, waiting.event)) as items:
        summary = await anext(items)
        if not isinstance(summary, Summary):
            raise TypeError("a remittance is told before its claims")
        report_unknown(summary)
        async with runtime.database.work(runtime) as work:
            known = await repository.known(work, summary.numbers)
            owner = await _owner(work, summary.advice.payee, known)
            if owner.may_change and work.now < waiting.received_at + PATIENCE:
                await work.schedule(POST, waiting.lane, _next_look(work, waiting))
                return None
            posted_before = await _is_posted(work, waiting, summary.advice, owner)
        if posted_before:
            return await _pass_over(runtime, waiting)
        document = await runtime.documents.put(
            _pieces(runtime, waiting.event), limit=_MAX_BYTES, reference=waiting.remittance_id
        )
        crashpoint("remittance.document-stored")
        async with runtime.database.work(runtime) as work:
            await repository.hold_known(work)
            same = await repository.known(work, summary.numbers) == known
            # Otherwise a claim turned up meanwhile, or another worker was here: look again.
            if same and await repository.take_head(work, waiting):
                await _store(work, _Posting(waiting, summary, owner, known, document.reference), items)
                if owner.reason:
                    work.after_commit(lambda: _tell_operators(owner.reason))
            following = await repository.head(work, waiting.lane)
            crashpoint("remittance.before-posted-commit")
    crashpoint("remittance.after-posted-commit")
    return following


async def _pass_over(runtime: Runtime, waiting: Waiting) -> Waiting | None:
    """Take a remittance that was posted before out of its queue; the next one."""
    log.info("remittance posted before")
    async with runtime.database.work(runtime) as work:
        await repository.take_head(work, waiting)
        return await repository.head(work, waiting.lane)


def _next_look(work: UnitOfWork, waiting: Waiting) -> datetime:
    """Twice as late each time: after as long as it has waited until now."""
    return work.now + min(max(work.now - waiting.received_at, _FIRST_LOOK), _LAST_LOOK)


async def _owner(work: UnitOfWork, payee: Payee, known: Mapping[str, Known]) -> Owner:
    of_claims = {each.enrollment_id for each in known.values()}
    return owner_of(payee, await quarantine.enrolled(work, payee, of_claims), of_claims)


async def _is_posted(work: UnitOfWork, waiting: Waiting, advice: PostedAdvice, owner: Owner) -> bool:
    """Whether this very remittance was posted under another id. Raises `Poison` when another one has its trace number.

    A trace number is unique between payer and receiver, with money and without (X12 RFI 1847).
    """
    if owner.enrollment_id is None:
        return False
    before = await repository.with_trace(work, owner.enrollment_id, advice.payer_identifier, advice.trace_number)
    if before is not None and before.digest != waiting.event.digest:
        raise Poison("its trace number belongs to another remittance")
    return before is not None


def _tell_operators(reason: str) -> None:
    """Raise the alarm: somebody must look (runbook: remittance in quarantine)."""
    log.error("remittance in quarantine", reason=reason)
    metrics.REMITTANCES_QUARANTINED.inc()


@dataclass(frozen=True, slots=True)
class _Posting:
    """A remittance on its way into the tables. `document` names its 835 in the document store."""

    waiting: Waiting
    summary: Summary
    owner: Owner
    known: Mapping[str, Known]
    document: str


async def _store(work: UnitOfWork, posting: _Posting, items: AsyncIterator[Summary | Packed]) -> None:
    """Store a remittance and its claims, some at a time, and tell the others."""
    summary, owner = posting.summary, posting.owner
    advice, enrollment_id = summary.advice, owner.enrollment_id
    received_at = work.runtime.clock.business()
    # As nobody's it is stored like any other, but no claim of it is matched, and nobody is told.
    known = posting.known if enrollment_id else {}
    repository.add(
        work,
        {
            "remittance_id": posting.waiting.remittance_id,
            "enrollment_id": enrollment_id,
            "payee_npi": advice.payee.npi,
            "payee_tax_id": advice.payee.tax_id,
            "payee_ptan": advice.payee.ptan,
            "quarantine": owner.reason,
            "trace_number": advice.trace_number,
            "method": advice.method,
            "paid_cents": advice.paid_cents,
            "issued_on": advice.issued_on,
            "payer": advice.payer,
            "claims": len(summary.numbers),
            "provider_adjustments": [asdict(each) for each in advice.provider_adjustments],
            "payer_identifier": advice.payer_identifier,
            "digest": posting.waiting.event.digest,
            "facts": advice.facts,
            "document": posting.document,
            "received_at": received_at,
        },
    )
    so_far = await repository.sequences(work, summary.numbers)
    sequences = sequences_of(summary.numbers, summary.takes_back, so_far)
    async for packed in items:
        if not isinstance(packed, Packed):
            raise TypeError("nothing but claims follows a remittance")
        rows = [_new_claim(work, claim, known, sequences) for claim in unpacked(packed)]
        repository.add_claims(work, posting.waiting.remittance_id, enrollment_id, rows, received_at=received_at)
        if enrollment_id is not None:
            _tell_remitted(work, posting, enrollment_id, rows)
    if enrollment_id is None:
        work.audit("quarantine", "remittance", posting.waiting.remittance_id, reason=owner.reason)
        return
    work.append(
        contracts.RemittancePosted(
            remittance_id=posting.waiting.remittance_id,
            enrollment_id=enrollment_id,
            trace_number=advice.trace_number,
            paid_cents=advice.paid_cents,
            claims=len(summary.numbers),
            issued_on=advice.issued_on,
        ),
        cause=posting.waiting.received,
    )
    work.audit("post", "remittance", posting.waiting.remittance_id)


def _new_claim(work: UnitOfWork, claim: PostedClaim, known: Mapping[str, Known], sequences: Sequence[int]) -> NewClaim:
    """A claim of a remittance as it is stored; `sequences` has one for each claim of it."""
    sequence = sequences[claim.number - 1]
    of_portal = known.get(claim.internal_control_number)
    if of_portal is None:
        return NewClaim(claim, None, sequence, {})
    return NewClaim(claim, of_portal.claim_id, sequence, _numbers(work, of_portal))


def _tell_remitted(work: UnitOfWork, posting: _Posting, enrollment_id: UUID, rows: Iterable[NewClaim]) -> None:
    issued_on = posting.summary.advice.issued_on
    for new in rows:
        if new.claim_id is not None:
            about = (posting.waiting.remittance_id, new.claim_id, enrollment_id)
            event = _remitted(new.claim, about, new.sequence, issued_on, new.claim.lines, new.lines)
            work.append(event, cause=posting.waiting.received)


async def _pieces(runtime: Runtime, event: RemittanceAdvice) -> AsyncIterator[bytes]:
    """The 835 as it came."""
    for piece in handover_of(runtime).take(event):
        yield piece


def _numbers(work: UnitOfWork, known: Known) -> dict[str, int]:
    """Which line of a claim a remittance means by which number, as claims sealed it."""
    if not known.sealed_lines:
        return {}
    return CLAIM_LINES.open(work.runtime.keys, known.sealed_lines, known.claim_id)


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
    known = await repository.known(work, [claim.internal_control_number for claim, _ in matched])
    for claim, remitted_on in matched:
        if claim.claim_id is None:
            raise TypeError("a matched claim has the id of the portal's")
        named = _numbers(work, known[claim.internal_control_number])
        await repository.name_lines(work, claim, named)
        lines = (await repository.lines_of(work, claim.remittance_id, [claim.number])).get(claim.number, [])
        about = (claim.remittance_id, claim.claim_id, claim.enrollment_id)
        work.append(_remitted(claim, about, claim.sequence, remitted_on, lines, named))
