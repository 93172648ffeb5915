"""Takes a claim file in, reads it, and passes it on.

`take_in` checks a file at its first bytes, stores it encrypted and writes it down with what follows from it.
`process_submission` is the job that reads it: control numbers kept free, verdict, claims chunk by chunk,
acknowledgments. It may be killed anywhere and is done again from the start: the numbers are taken and the verdict is
written once, a chunk is stored by whoever moves `next_chunk` past it, and the last step is taken by whoever ends the
state `processing`. That step asks for the job `forward_submission`, which sends the accepted claims on to the shared
system; done again, it makes the same event of the same id, so it is taken there once.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from fastapi.responses import StreamingResponse

from libs.common.contracts.auth import Enrollment
from libs.common.contracts.claims import SubmissionAcknowledged, SubmissionReceived
from libs.common.contracts.envelope import Origin, seal_envelope
from libs.common.contracts.partner import ClaimsOutbound
from libs.common.crashpoints import crashpoint
from libs.common.documents.store import DocumentStore, DocumentTooLargeError, StoredDocument
from libs.common.errors import Rejected
from libs.common.ids import derived_id, digest_of
from libs.common.messaging.due_work import given_up_at
from libs.common.messaging.subscriptions import Due
from libs.common.observability.logs import log
from libs.common.observability.traces import current_traceparent
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.process_stream import preload, stream_from_process
from libs.common.runtime import Runtime
from libs.common.web.formats import size
from libs.common.web.idempotency import idempotently
from libs.common.web.permit import Admission, Permit, opaque
from libs.partners.handover import PartnerExchange
from libs.x12.biller import Biller
from libs.x12.claim_status.acknowledgment import Source
from libs.x12.findings import Finding
from libs.x12.reader import FileVerdict
from services.claims.settings import claims_settings
from services.claims.status import repository as claims
from services.claims.submission import repository
from services.claims.submission.domain import START_BYTES, UploadFault, chunk_size, fault_of_start, place_of, too_large
from services.claims.submission.partner import (
    CLAIM_COLUMNS,
    FINDING_COLUMNS,
    LINE_COLUMNS,
    PART,
    Answer,
    OnwardTask,
    PackedChunk,
    Task,
    biller_of,
    bounds,
    forward,
    prepare,
    stage_reference,
)
from services.claims.submission.repository import Acknowledgment, FileFinding, Submission

X12 = "application/edi-x12"
PROCESS = "process-submission"
"""The kind of due work that reads a submission; its subject is the submission."""
FORWARD = "forward-submission"
"""The kind of due work that sends the accepted claims of a submission on; its subject is the submission."""


def refusal(fault: UploadFault) -> Rejected:
    """A fault of the file as the error the caller is answered with."""
    return Rejected(fault.code, fault.sentence, fault.status, {"file": fault.sentence})


async def keep_file(documents: DocumentStore, pieces: AsyncIterator[bytes], limit_bytes: int) -> StoredDocument:
    """Store a file while it arrives. Raises `Rejected`, and then nothing of it is kept."""
    try:
        return await documents.put(_checked(pieces), limit=limit_bytes)
    except DocumentTooLargeError as error:
        raise refusal(too_large(size(limit_bytes))) from error


async def _checked(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same pieces, none before the first bytes have shown that this can be a claim file."""
    start = b""
    begun = False
    async for piece in pieces:
        if begun:
            yield piece
            continue
        start += piece
        if len(start) >= START_BYTES:
            _check(start)
            begun = True
            yield start
    if not begun:
        _check(start)
        yield start


def _check(start: bytes) -> None:
    fault = fault_of_start(start[:START_BYTES])
    if fault is not None:
        raise refusal(fault)


async def receive(work: UnitOfWork, file: StoredDocument, *, enrollment: Enrollment, submitted_by: UUID) -> UUID:
    """Write a stored file down as a submission for `enrollment`, tell the others, ask for its processing. Its id."""
    runtime = work.runtime
    arrived = runtime.clock.business()
    new = await repository.add(
        work,
        {
            "submission_id": runtime.ids.new(),
            "enrollment_id": enrollment.enrollment_id,
            "enrollment": enrollment.model_dump(mode="json"),
            "submitted_by": submitted_by,
            "document": file.reference,
            "size_bytes": file.size_bytes,
            "digest": file.digest,
            "received_at": arrived,
            "business_date": runtime.deployment.business_days.received_on(arrived),
        },
    )
    work.append(
        SubmissionReceived(
            submission_id=new.submission_id,
            enrollment_id=new.enrollment_id,
            submitted_by=submitted_by,
            size_bytes=new.size_bytes,
            digest=new.digest,
            received_at=new.received_at,
            business_date=new.business_date,
        )
    )
    await work.schedule(PROCESS, new.submission_id, work.now, {"correlation": work.origin.correlation_id})
    work.audit("submit", "submission", new.submission_id)
    return new.submission_id


async def take_in(admission: Admission, pieces: AsyncIterator[bytes], key: str) -> UUID:
    """Take a file in on behalf of whoever was admitted; the same key and file again give the same submission.

    Raises `Rejected`, and then nothing of the file is kept; the refusal is audited.
    """
    async with admission.open() as permit:
        runtime = permit.work.runtime
    try:
        file = await keep_file(runtime.documents, pieces, claims_settings().upload_limit_bytes)
    except Rejected as refused:
        async with admission.open() as permit:
            permit.work.audit("submit", "submission", "none", outcome="refused", reason=refused.code)
        raise
    submission_id: UUID | None = None

    async def do() -> str:
        nonlocal submission_id
        submission_id = await receive(
            permit.work,
            file,
            enrollment=permit.enrollment,
            submitted_by=permit.principal.user_id,
        )
        return str(submission_id)

    try:
        async with admission.open() as permit:
            content = digest_of("submission", str(permit.enrollment.enrollment_id), file.digest)
            location = await idempotently(permit, key, content, do)
    except BaseException as error:
        # A commit that was cut off may have happened: then the submission stands and needs its file.
        if isinstance(error, Rejected) or submission_id is None:
            await runtime.documents.delete(file.reference)
        raise
    if submission_id is None:
        await runtime.documents.delete(file.reference)
    return UUID(location)


async def found(permit: Permit, submission_id: str) -> Submission:
    """The submission of the enrollment acted for. Raises `Rejected` (404) for any other."""
    one = await repository.find(permit.work, opaque(submission_id), permit.enrollment.enrollment_id)
    if one is None:
        raise Rejected("not-found", "There is no such submission for the NPI and PTAN you act for.", status=404)
    return one


async def stopped_at(work: UnitOfWork, one: Submission) -> datetime | None:
    """Since when nobody works on a file that is not done; None when it is, or when somebody does."""
    return await given_up_at(work, FORWARD if one.state == "acknowledged" else PROCESS, one.submission_id)


async def download(permit: Permit, submission_id: str, kind: str) -> StreamingResponse:
    """An acknowledgment on its way to the person or program that asked. Audited."""
    one = await found(permit, submission_id)
    documents = await repository.acknowledgments(permit.work, one.submission_id, one.enrollment_id)
    for each in documents:
        if each.kind == kind:
            permit.work.audit("download", f"acknowledgment-{kind}", one.submission_id)
            return StreamingResponse(
                permit.work.runtime.documents.read(each.document),
                media_type=X12,
                headers={"content-disposition": f'attachment; filename="{one.number}-{kind}.x12"'},
            )
    raise Rejected("not-found", f"There is no {kind} for this submission.", status=404)


# The child processes import this once, in the server they are forked from, before the first file comes.
preload("services.claims.submission.partner")


async def process_submission(runtime: Runtime, due: Due) -> None:
    """Run the whole of it for the submission that `due` names."""
    origin = _origin(runtime, due)
    async with runtime.database.work(runtime, origin=origin) as work:
        submission = await repository.load(work, UUID(due.subject))
    if submission.state == "acknowledged":
        return
    if submission.first_control_number is None:
        submission = await _reserve_numbers(runtime, submission, origin)
    answers: list[Answer] = []
    try:
        async with aclosing(stream_from_process(prepare, _task(runtime, submission, origin))) as prepared:
            async for item in prepared:
                if isinstance(item, FileVerdict):
                    submission = await _write_verdict(runtime, submission, item, origin)
                elif isinstance(item, PackedChunk):
                    await _store(runtime, submission, item, origin)
                else:
                    answers.append(item)
    finally:
        await runtime.documents.delete(stage_reference(submission.submission_id).hex)
    await _acknowledge(runtime, submission, answers, origin)


def _origin(runtime: Runtime, due: Due) -> Origin:
    return Origin(
        actor=f"system:{runtime.service}",
        correlation_id=str(due.payload.get("correlation", "")),
        traceparent=current_traceparent(),
    )


async def _reserve_numbers(runtime: Runtime, submission: Submission, origin: Origin) -> Submission:
    """Keep as many control numbers free as the file can need: whoever does the work again takes the same ones."""
    most = await asyncio.to_thread(lambda: bounds(runtime.documents.open_sync(submission.document)))
    day = submission.business_date.isoformat()
    async with runtime.database.work(runtime, origin=origin) as work:
        await repository.keep_numbers(
            work,
            submission.submission_id,
            await repository.take_numbers(work, f"claims of {day}", most.claims),
            await repository.take_numbers(work, "interchanges", most.interchanges),
        )
        return await repository.load(work, submission.submission_id)


async def _write_verdict(runtime: Runtime, submission: Submission, verdict: FileVerdict, origin: Origin) -> Submission:
    async with runtime.database.work(runtime, origin=origin) as work:
        if await repository.mark_judged(
            work,
            submission.submission_id,
            {
                "verdict": verdict.verdict,
                "claims_accepted": verdict.claims_accepted,
                "claims_rejected": verdict.claims_rejected,
                "control_numbers": " ".join(each.control_number for each in verdict.interchanges if each.can_be_named),
            },
        ):
            repository.add_findings(work, submission, list(_file_findings(verdict)))
        return await repository.load(work, submission.submission_id)


def _file_findings(verdict: FileVerdict) -> Iterator[FileFinding]:
    """What is wrong with the file, its envelopes and its transaction sets, from the outside in."""
    yield from map(_file_finding, verdict.findings)
    for interchange in verdict.interchanges:
        yield from map(_file_finding, interchange.findings)
        for group in interchange.groups:
            yield from map(_file_finding, group.findings)
            for transaction in group.transactions:
                named = transaction.control_number if transaction.can_be_named else ""
                for each in transaction.findings:
                    yield _file_finding(each, named)


def _file_finding(finding: Finding, transaction: str = "") -> FileFinding:
    place = place_of(
        finding.segment,
        finding.position,
        loop=finding.loop,
        element=finding.element,
        component=finding.component,
        transaction=transaction,
    )
    return FileFinding(finding.code, finding.field, finding.sentence, place)


def _task(runtime: Runtime, submission: Submission, origin: Origin) -> Task:
    return Task(
        documents=runtime.documents,
        keys=runtime.keys,
        submission_id=submission.submission_id,
        enrollment_id=submission.enrollment_id,
        biller=_biller(submission),
        document=submission.document,
        business_date=submission.business_date,
        chunk_size=chunk_size(submission.size_bytes),
        next_chunk=submission.next_chunk,
        first_control_number=submission.first_control_number or 0,
        first_interchange_number=submission.first_interchange_number or 0,
        source_name=runtime.source,
        now=runtime.clock.now(),
        created=runtime.clock.business().astimezone(runtime.deployment.zone),
        origin=origin,
        payer=_payer(runtime),
    )


def _biller(submission: Submission) -> Biller:
    return biller_of(Enrollment.model_validate(submission.enrollment))


def _payer(runtime: Runtime) -> Source:
    return Source(runtime.deployment.contractor.upper(), runtime.deployment.contract_id)


async def _store(runtime: Runtime, submission: Submission, packed: PackedChunk, origin: Origin) -> None:
    async with runtime.database.work(runtime, origin=origin) as work:
        if not await repository.take_chunk(work, submission.submission_id, packed.number, packed.claims):
            return
        chunk = packed.open()
        await claims.store(
            work,
            (CLAIM_COLUMNS, chunk.claim_rows),
            (LINE_COLUMNS, chunk.line_rows),
            (FINDING_COLUMNS, chunk.finding_rows),
        )
        await work.append_prepared(chunk.events)
        crashpoint("claims.before-chunk-commit")
    crashpoint("claims.after-chunk-commit")


async def _acknowledge(runtime: Runtime, submission: Submission, answers: list[Answer], origin: Origin) -> None:
    documents = [Acknowledgment(each.kind, each.document, each.size_bytes) for each in answers]
    async with runtime.database.work(runtime, origin=origin) as work:
        if not await repository.mark_acknowledged(work, submission, documents):
            return
        work.append(
            SubmissionAcknowledged(
                submission_id=submission.submission_id,
                enrollment_id=submission.enrollment_id,
                submitted_by=submission.submitted_by,
                claims_accepted=submission.claims_accepted,
                claims_rejected=submission.claims_rejected,
                verdict=submission.verdict,
            )
        )
        if submission.claims_accepted:
            payload = {"correlation": origin.correlation_id}
            await work.schedule(FORWARD, submission.submission_id, work.now, payload)
        work.audit("acknowledge", "submission", submission.submission_id)
        crashpoint("claims.before-acknowledged-commit")
    crashpoint("claims.after-acknowledged-commit")


async def forward_submission(runtime: Runtime, due: Due) -> None:
    """Send the accepted claims of the submission that `due` names on to the shared system."""
    origin = _origin(runtime, due)
    submission_id = UUID(due.subject)
    async with runtime.database.work(runtime, origin=origin) as work:
        submission = await repository.load(work, submission_id)
        accepted = await claims.control_numbers(work, submission_id, submission.enrollment_id)
    # The moment is part of the text, so it is one that stays: the text must be the same when it is made again.
    acknowledged = submission.acknowledged_at or submission.received_at
    task = OnwardTask(
        documents=runtime.documents,
        handover=PartnerExchange(runtime.settings, runtime.keys),
        submission_id=submission_id,
        guide=_biller(submission).guide,
        document=submission.document,
        accepted=accepted,
        interchange_number=submission.first_interchange_number or 0,
        created=acknowledged.astimezone(runtime.deployment.zone),
        payer=_payer(runtime),
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


async def keep_processes_ready(runtime: Runtime) -> None:
    """Start the server that reading processes are forked from before the first file comes: it takes about a second."""
    async with aclosing(stream_from_process(range, 0)) as nothing:
        async for _ in nothing:
            pass
    log.info("ready to read files", instance=runtime.instance)
    await asyncio.Event().wait()
