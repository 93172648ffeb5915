"""Sends accepted claims on to the shared system; takes over what it says about claims, and tells what changed.

`forward_submission` is the job that sends the accepted claims of a submission. Done again, it makes the same event of
the same id, so it is taken there once.
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import asdict
from datetime import date
from uuid import UUID

from libs.common.contracts.appeals import AppealDecided
from libs.common.contracts.auth import Enrollment
from libs.common.contracts.claims import ClaimFinalized, ClaimStatusChanged
from libs.common.contracts.envelope import Origin, Received, seal_envelope
from libs.common.contracts.partner import ClaimAdjustment, ClaimsOutbound, ClaimsStatus
from libs.common.contracts.sealed import CLAIM_FACTS, CLAIM_LINES, ClaimFacts, ServiceFacts
from libs.common.crashpoints import crashpoint
from libs.common.ids import derived_id
from libs.common.messaging.subscriptions import Due
from libs.common.observability.traces import current_traceparent
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.process_stream import preload, stream_from_process
from libs.common.runtime import Runtime
from libs.partners.handover import PartnerExchange
from libs.x12.writing import clean
from services.claims.shared_system.partner import BATCH, PART, OnwardTask, forward, payer_of, statuses
from services.claims.status import repository
from services.claims.status.domain import FINAL_STATES
from services.claims.status.repository import Claim, Line, NewStatus
from services.claims.status.tables import PATIENT
from services.claims.submission import repository as submissions
from services.claims.submission.processing import biller_of

preload("services.claims.shared_system.partner")


async def claims_status(work: UnitOfWork, received: Sequence[Received[ClaimsStatus]]) -> None:
    """Bring claims up to date. An older answer never replaces a newer one, in whatever order they arrive."""
    for each in received:
        # The last word about a claim within one file counts, wherever in the file it stands.
        last: dict[str, NewStatus] = {}
        async for news in statuses(work.runtime, each.event):
            last.update((one.internal_control_number, one) for one in news)
        numbers = sorted(last)
        for start in range(0, len(numbers), BATCH):
            await _apply(work, [last[number] for number in numbers[start : start + BATCH]], each)
        work.audit("update-status", "submission", each.event.submission_id)


async def _apply(work: UnitOfWork, news: Sequence[NewStatus], cause: Received[ClaimsStatus]) -> None:
    changed = await repository.apply(work, news)
    lines = await repository.lines_of(work, [claim.claim_id for claim, _ in changed])
    for claim, status in changed:
        work.append(
            ClaimStatusChanged(
                claim_id=claim.claim_id,
                enrollment_id=claim.enrollment_id,
                internal_control_number=status.internal_control_number,
                category=status.category,
                status_code=status.status_code,
                version=status.version,
                sealed_lines=_sealed_lines(work, claim, lines.get(claim.claim_id, [])),
            ),
            cause=cause,
        )
        if status.state in FINAL_STATES and status.finalized_on is not None:
            work.append(
                ClaimFinalized(
                    claim_id=claim.claim_id,
                    enrollment_id=claim.enrollment_id,
                    internal_control_number=status.internal_control_number,
                    category=status.category,
                    total_charge_cents=claim.total_charge_cents,
                    paid_cents=status.paid_cents,
                    finalized_on=status.finalized_on,
                    sealed_facts=_sealed_facts(work, claim, lines.get(claim.claim_id, [])),
                ),
                cause=cause,
            )


async def appeal_decided(work: UnitOfWork, received: Sequence[Received[AppealDecided]]) -> None:
    """Have the lines paid that an appeal granted: one order for each decision, by an id that follows from it.

    So the shared system drops a repeat, even of a decision that comes again after this inbox was emptied.
    """
    for each in received:
        decided = each.event
        if not decided.lines:
            continue
        order = ClaimAdjustment(
            appeal_id=decided.appeal_id,
            internal_control_number=decided.internal_control_number,
            lines=decided.lines,
        )
        work.forward(
            seal_envelope(
                order,
                event_id=derived_id(decided.appeal_id, "adjustment", decided.level),
                source_name=work.runtime.source,
                at=work.now,
                origin=Origin(
                    actor=work.acting.actor,
                    correlation_id=each.origin.correlation_id,
                    causation_id=str(each.event_id),
                    traceparent=each.origin.traceparent,
                ),
            )
        )
        work.audit("order-adjustment", "claim", decided.claim_id)


def _sealed_lines(work: UnitOfWork, claim: Claim, lines: Sequence[Line]) -> str:
    """Which line a remittance means by which number: the provider's own, else LX01 (X12 RFI 1684, 1917, 2224, 498).

    A number that two lines share names none. The shared system knows it as it was sent on: without the signs that are
    separators there. Sealed, because providers put into it what they like.
    """
    numbers = [clean(line.control_number) or str(line.number) for line in lines]
    times = Counter(numbers)
    named = {number: line.number for number, line in zip(numbers, lines, strict=True) if times[number] == 1}
    return CLAIM_LINES.seal(work.runtime.keys, named, claim.claim_id)


def _sealed_facts(work: UnitOfWork, claim: Claim, lines: Sequence[Line]) -> str:
    """Patient and lines, for the services that hold the key: an appeal names both (42 CFR 405.944)."""
    keys = work.runtime.keys
    patient = PATIENT.open(keys, claim.patient, claim.claim_id)
    facts = ClaimFacts(
        mbi=patient.mbi,
        last_name=patient.last_name,
        first_name=patient.first_name,
        birth_date=date.fromisoformat(patient.birth_date) if patient.birth_date else None,
        patient_control_number=claim.patient_control_number,
        diagnoses=tuple(claim.diagnoses.split()),
        lines={
            line.number: ServiceFacts(
                # A line of an institutional claim may have its revenue code alone.
                procedure=line.procedure or line.revenue_code,
                modifiers=tuple(line.modifiers.split()),
                service_from=line.service_from,
                service_to=line.service_to,
            )
            for line in lines
        },
    )
    return CLAIM_FACTS.seal(keys, facts, claim.claim_id)


async def forward_submission(runtime: Runtime, due: Due) -> None:
    """Send the accepted claims of the submission that `due` names on to the shared system."""
    origin = origin_of(runtime, due)
    submission_id = UUID(due.subject)
    async with runtime.database.work(runtime, origin=origin) as work:
        submission = await submissions.load(work, submission_id)
        accepted = await repository.control_numbers(work, submission_id, submission.enrollment_id)
    # The moment is part of the text, so it is one that stays: the text must be the same when it is made again.
    acknowledged = submission.acknowledged_at or submission.received_at
    task = OnwardTask(
        documents=runtime.documents,
        handover=PartnerExchange(runtime.settings, runtime.keys),
        submission_id=submission_id,
        guide=biller_of(Enrollment.model_validate(submission.enrollment)).guide,
        document=submission.document,
        accepted=accepted,
        interchange_number=submission.first_interchange_number or 0,
        created=acknowledged.astimezone(runtime.deployment.zone),
        payer=payer_of(runtime.deployment),
        phone="".join(filter(str.isdigit, runtime.deployment.help_desk.phone))[-10:],
    )
    async with aclosing(stream_from_process(forward, task)) as forwarded:
        handed_over = await anext(forwarded)
    event = ClaimsOutbound(submission_id=submission_id, part=PART, claims=len(accepted), **asdict(handed_over))
    async with runtime.database.work(runtime, origin=origin) as work:
        work.forward(
            seal_envelope(
                event,
                event_id=derived_id(submission_id, "outbound", PART),
                source_name=runtime.source,
                at=work.now,
                origin=origin,
            )
        )
        crashpoint("claims.before-forwarded-commit")
    crashpoint("claims.after-forwarded-commit")


def origin_of(runtime: Runtime, due: Due) -> Origin:
    """Of whose work a job about a submission is a part."""
    return Origin(
        actor=f"system:{runtime.service}",
        correlation_id=str(due.payload.get("correlation", "")),
        traceparent=current_traceparent(),
    )
