"""Takes requests for reconsiderations in, sends them to the QIC, and takes over what it decides.

`file_request` writes a request down and asks for the job `follow`, which carries it through: it sends the case, then
asks from time to time whether it is decided. The QIC is called between two transactions, never inside one; what it
answers is kept once, whoever comes first. The row of the job stands until the decision is kept, so no request is left
behind; done again after a crash or an outage, it sends the same case under the same id, which the QIC takes once.
"""

from collections.abc import Sequence
from dataclasses import astuple
from datetime import date, datetime, timedelta
from uuid import UUID

from libs.common.contracts.appeals import AppealDecided, AppealForwarded
from libs.common.contracts.envelope import Origin
from libs.common.contracts.sealed import ClaimFacts
from libs.common.crashpoints import crashpoint
from libs.common.documents import attachments
from libs.common.documents.attachments import Arrived, Attachment
from libs.common.documents.intake import Upload, take_in
from libs.common.documents.kinds import KINDS
from libs.common.errors import Rejected
from libs.common.messaging.subscriptions import Due
from libs.common.observability.logs import log
from libs.common.observability.traces import current_traceparent
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.runtime import Runtime
from libs.common.web.formats import day
from libs.common.web.permit import Admission, Permit
from libs.partners.qic import CaseDocument, CaseFile, CaseLine, Decision, Receipt
from services.appeals.qic.partner import Enclosed, Qic, QicUnavailableError
from services.appeals.reconsideration import repository
from services.appeals.reconsideration.domain import FOLLOW, LEVEL, PURPOSE, WHY_NOT
from services.appeals.reconsideration.repository import Reconsideration
from services.appeals.reconsideration.tables import ARGUMENT, RATIONALE
from services.appeals.reconsideration.views import argument, documents, open_lines, right
from services.appeals.redetermination import repository as redeterminations
from services.appeals.redetermination.domain import (
    Argument,
    Asked,
    Fault,
    form_faults,
)
from services.appeals.redetermination.handlers import door
from services.appeals.redetermination.repository import Appeal, AppealLine
from services.appeals.redetermination.views import apart, claim_of, facts
from services.appeals.redetermination.views import documents as first_documents
from services.appeals.redetermination.views import found as found_appeal
from services.appeals.redetermination.views import rationale as first_rationale
from services.appeals.review.domain import outcome_of
from services.appeals.review.views import to_pay
from services.appeals.settings import appeals_settings

QIC_PATIENCE = timedelta(days=10)
"""So long we go on asking a QIC that does not answer; the partner's own alarm calls somebody much earlier."""


# ---- a request ------------------------------------------------------------------------------------------------------


async def file_request(
    admission: Admission, appeal_id: str, written: Argument, key: str, upload: Upload | None = None
) -> UUID:
    """Take a request in, with its document if there is one; it goes to the QIC right after. The id of the appeal.

    The same key and content again give the same. Raises `Rejected`, and then nothing is kept.
    """
    async with admission.open() as permit:
        appeal = await found_appeal(permit, appeal_id)
        _possible(permit.work, appeal)
        asked = _asked(written, await open_lines(permit.work, appeal))
        if faults := form_faults(asked):
            raise _refused(permit.work, appeal, faults)

    async def do(permit: Permit, document: Arrived | None) -> UUID:
        appeal = await found_appeal(permit, appeal_id)
        return await ask(permit.work, appeal, written, asked_by=permit.principal.user_id, document=document)

    content = ("reconsideration", appeal_id, *astuple(asked.argument))
    return await take_in(admission, door(PURPOSE), upload, key, content, do)


def _asked(written: Argument, lines: Sequence[AppealLine]) -> Asked:
    numbers = frozenset(line.number for line in lines)
    return Asked(numbers, written.requester, written.explanation, written.good_cause)


async def ask(
    work: UnitOfWork, appeal: Appeal, written: Argument, *, asked_by: UUID, document: Arrived | None = None
) -> UUID:
    """Write a request down and ask for its way to the QIC. Raises `Rejected`."""
    appeal = await redeterminations.lock(work, appeal.appeal_id)
    until = _possible(work, appeal)
    if appeal.next_level:
        sentence = (
            f"A reconsideration of appeal {appeal.number} was requested before. A second request is not accepted and"
            " gives no more time."
        )
        work.audit("ask-reconsideration", "appeal", appeal.appeal_id, outcome="refused", reason="asked")
        raise Rejected("appeal-exists", sentence, 409, {"appeal_id": str(appeal.appeal_id)})
    late = work.runtime.today > until
    if late and not written.good_cause:
        sentence = (
            f"The last day was {day(until)}. Say what kept you from asking by then: a late request needs good cause."
        )
        raise _refused(work, appeal, (Fault("without-good-cause", "good_cause", sentence),))
    lines = await open_lines(work, appeal)
    runtime = work.runtime
    repository.add(
        work,
        {
            "appeal_id": appeal.appeal_id,
            "enrollment_id": appeal.enrollment_id,
            "asked_by": asked_by,
            "asked_at": runtime.clock.business(),
            "asked_until": until,
            "late": late,
            "argument": ARGUMENT.seal(runtime.keys, written, appeal.appeal_id),
        },
        [line.number for line in lines],
    )
    if document is not None:
        await attachments.keep(work, document, appeal.appeal_id)
    await redeterminations.note_next_level(work, appeal.appeal_id, "asked")
    await work.schedule(FOLLOW, appeal.appeal_id, work.now, {"correlation": work.origin.correlation_id})
    work.audit("ask-reconsideration", "appeal", appeal.appeal_id)
    log.info("reconsideration asked for", claim_id=str(appeal.claim_id))
    return appeal.appeal_id


def _possible(work: UnitOfWork, appeal: Appeal) -> date:
    """The last day to ask. Raises `Rejected` where nothing can be asked."""
    now = right(work, appeal)
    if now.until is None:
        work.audit("ask-reconsideration", "appeal", appeal.appeal_id, outcome="refused", reason=now.kind)
        raise Rejected("appeal-not-possible", WHY_NOT[now.kind], 409)
    return now.until


def _refused(work: UnitOfWork, appeal: Appeal, faults: Sequence[Fault]) -> Rejected:
    kinds = " ".join(dict.fromkeys(fault.kind for fault in faults))
    work.audit("ask-reconsideration", "appeal", appeal.appeal_id, outcome="refused", reason=kinds)
    log.info("appeal refused", reason=kinds, claim_id=str(appeal.claim_id))
    fields = {fault.field: fault.sentence for fault in faults}
    code = "appeal-late" if kinds == "without-good-cause" else "form-invalid"
    return Rejected(code, " ".join(fields.values()), 422, fields)


# ---- the way to the QIC and back ------------------------------------------------------------------------------------


async def follow(runtime: Runtime, due: Due) -> None:
    """Take the next step of the request that `due` names: send it, or ask whether it is decided.

    Raises `QicUnavailableError`; then the step is tried again later.
    """
    appeal_id = UUID(due.subject)
    origin = Origin(
        actor=f"system:{runtime.service}",
        correlation_id=str(due.payload.get("correlation", "")),
        traceparent=current_traceparent(),
    )
    qic = Qic(runtime.settings, runtime.documents)
    async with runtime.database.work(runtime, origin=origin) as work:
        one = await repository.lock(work, appeal_id)
        case = await _case(work, one) if not one.number else None
    if one.outcome:
        return
    if case is not None:
        receipt = await qic.send(appeal_id, *case)
        crashpoint("appeals.before-receipt-kept")
        async with runtime.database.work(runtime, origin=origin) as work:
            await _keep_receipt(work, appeal_id, receipt)
            await _look_again(work, appeal_id)
        return
    decision = await qic.decision(appeal_id)
    crashpoint("appeals.before-outcome-kept")
    async with runtime.database.work(runtime, origin=origin) as work:
        if decision is None:
            await _look_again(work, appeal_id)
        else:
            await _keep_decision(work, appeal_id, decision)


async def _look_again(work: UnitOfWork, appeal_id: UUID) -> None:
    later = work.now + timedelta(seconds=appeals_settings().qic_poll_seconds)
    await work.schedule(FOLLOW, appeal_id, later, {"correlation": work.origin.correlation_id})


async def _case(work: UnitOfWork, one: Reconsideration) -> tuple[CaseFile, list[Enclosed]]:
    """The case as it is sent: what was decided at the first level, and all documents of both levels."""
    appeal = await redeterminations.lock(work, one.appeal_id)
    if appeal.decided_on is None:
        raise LookupError("a reconsideration without its redetermination")
    known = facts(work, await claim_of(work, appeal))
    said = argument(work, one)
    enclosed = [_enclosed(each) for each in (*await first_documents(work, appeal), *await documents(work, appeal))]
    case = CaseFile(
        contract_id=work.runtime.deployment.contract_id,
        contractor=work.runtime.deployment.contractor,
        redetermination=appeal.number,
        redetermined_on=appeal.decided_on,
        asked_at=one.asked_at,
        provider_name=appeal.provider_name,
        provider_npi=appeal.provider_npi,
        provider_ptan=appeal.provider_ptan,
        patient=known.patient,
        medicare_number=known.mbi,
        internal_control_number=appeal.internal_control_number,
        lines=tuple(_case_line(work, appeal, line, known) for line in await open_lines(work, appeal)),
        requester=said.requester,
        explanation=said.explanation,
        good_cause=said.good_cause,
        documents=tuple(each.document for each in enclosed),
    )
    work.audit("send-to-qic", "appeal", one.appeal_id)
    return case, enclosed


def _case_line(work: UnitOfWork, appeal: Appeal, line: AppealLine, known: ClaimFacts) -> CaseLine:
    service = known.lines.get(line.number)
    return CaseLine(
        number=line.number,
        procedure=line.procedure,
        service_from=service.service_from if service else None,
        service_to=service.service_to if service else None,
        charge_cents=line.charge_cents,
        denied_by=tuple(line.reasons.split()),
        rationale=first_rationale(work, appeal, line),
    )


def _enclosed(file: Attachment) -> Enclosed:
    said = CaseDocument(document_id=file.attachment_id, digest=file.digest, pages=file.pages)
    return Enclosed(said, file.document, KINDS[file.kind].media_type)


def _day(work: UnitOfWork, at: datetime) -> date:
    return at.astimezone(work.runtime.deployment.zone).date()


async def _keep_receipt(work: UnitOfWork, appeal_id: UUID, receipt: Receipt) -> None:
    one = await repository.lock(work, appeal_id)
    if one.number:
        return
    appeal = await redeterminations.lock(work, appeal_id)
    received_on = _day(work, receipt.received_at)
    await repository.update(
        work,
        appeal_id,
        {"number": receipt.number, "received_at": receipt.received_at, "received_on": received_on},
    )
    work.append(
        AppealForwarded(
            appeal_id=appeal_id,
            number=receipt.number,
            level=LEVEL,
            claim_id=appeal.claim_id,
            enrollment_id=one.enrollment_id,
            asked_by=one.asked_by,
            asked_at=one.asked_at,
            received_on=received_on,
        )
    )
    work.audit("forward", "appeal", appeal_id)
    log.info("reconsideration received by the QIC", claim_id=str(appeal.claim_id))


async def _keep_decision(work: UnitOfWork, appeal_id: UUID, decision: Decision) -> None:
    one = await repository.lock(work, appeal_id)
    if one.outcome:
        return
    decided = {line.number: line for line in decision.lines}
    if decided.keys() != {line.number for line in await repository.lines(work, appeal_id)}:
        raise QicUnavailableError("lines")
    appeal = await redeterminations.lock(work, appeal_id)
    outcome = outcome_of([line.favorable for line in decision.lines])
    decided_on = _day(work, decision.decided_at)
    keys = work.runtime.keys
    await repository.update(
        work,
        appeal_id,
        {"outcome": outcome, "decided_at": decision.decided_at, "decided_on": decided_on},
        {
            number: {
                "favorable": line.favorable,
                "rationale": RATIONALE.seal(keys, line.rationale, appeal_id, number),
            }
            for number, line in decided.items()
        },
    )
    await redeterminations.note_next_level(work, appeal_id, outcome)
    known = facts(work, await claim_of(work, appeal))
    favorable = [number for number, line in decided.items() if line.favorable]
    work.append(
        AppealDecided(
            appeal_id=appeal_id,
            number=one.number,
            level=LEVEL,
            claim_id=appeal.claim_id,
            enrollment_id=one.enrollment_id,
            internal_control_number=appeal.internal_control_number,
            outcome=outcome,
            lines=to_pay(favorable, known, apart=await apart(work, appeal)),
            decided_on=decided_on,
        )
    )
    work.audit("decide", "reconsideration", appeal_id, reason=outcome)
    log.info("appeal decided", reason=outcome, claim_id=str(appeal.claim_id))
