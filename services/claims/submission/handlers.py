"""Takes a claim file in, reads it, and passes it on.

`take_in` takes a file in by the one way for files, and writes it down with what follows from it.
`process_submission` is the job that reads it: control numbers kept free, verdict, claims chunk by chunk,
acknowledgments. It may be killed anywhere and is done again from the start: the numbers are taken and the verdict is
written once, a chunk is stored by whoever moves `next_chunk` past it, and the last step is taken by whoever ends the
state `processing`. That step asks for the job that sends the accepted claims on to the shared system.
"""

import asyncio
from collections.abc import Iterator
from contextlib import aclosing
from uuid import UUID

from libs.common.contracts.auth import Enrollment
from libs.common.contracts.claims import SubmissionAcknowledged, SubmissionReceived
from libs.common.contracts.envelope import Origin
from libs.common.crashpoints import crashpoint
from libs.common.documents import attachments
from libs.common.documents.attachments import Arrived
from libs.common.documents.intake import Door
from libs.common.documents.intake import take_in as take_file_in
from libs.common.documents.kinds import X12, Kind
from libs.common.messaging.subscriptions import Due
from libs.common.observability.logs import log
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.process_stream import preload, stream_from_process
from libs.common.runtime import Runtime
from libs.common.web.permit import Admission, Permit
from libs.common.web.uploads import Upload
from libs.x12.findings import Finding
from libs.x12.reader import FileVerdict
from services.claims.acknowledgment.processing import Answer, Answering
from services.claims.settings import claims_settings
from services.claims.shared_system.handlers import origin_of
from services.claims.shared_system.partner import payer_of
from services.claims.status import repository as claims
from services.claims.status.processing import CLAIM_COLUMNS, FINDING_COLUMNS, LINE_COLUMNS, Shared
from services.claims.submission import repository
from services.claims.submission.domain import (
    FORWARD,
    PROCESS,
    PURPOSE,
    WHEN_TOO_LARGE,
    chunk_size,
    fault_of_start,
    missing_file,
    place_of,
)
from services.claims.submission.processing import PackedChunk, Task, biller_of, bounds, prepare, stage_reference
from services.claims.submission.repository import Acknowledgment, FileFinding, Submission
from services.claims.submission.views import refusal


def door() -> Door:
    """What is taken as a claim file."""
    return Door(PURPOSE, claims_settings().upload_limit_bytes, _claim_file, WHEN_TOO_LARGE)


def _claim_file(start: bytes) -> Kind:
    fault = fault_of_start(start)
    if fault is not None:
        raise refusal(fault)
    return X12


async def receive(work: UnitOfWork, arrived: Arrived, *, enrollment: Enrollment, submitted_by: UUID) -> UUID:
    """Write a file down as a submission for `enrollment`, tell the others, ask for its processing. Its id."""
    submission_id = work.runtime.ids.new()
    kept = await attachments.keep(work, arrived, submission_id)
    await repository.add(
        work,
        {
            "submission_id": submission_id,
            "enrollment_id": enrollment.enrollment_id,
            "enrollment": enrollment.model_dump(mode="json"),
            "submitted_by": submitted_by,
            "received_at": kept.received_at,
            "business_date": kept.received_on,
        },
    )
    work.append(
        SubmissionReceived(
            submission_id=submission_id,
            enrollment_id=enrollment.enrollment_id,
            submitted_by=submitted_by,
            size_bytes=arrived.size_bytes,
            digest=arrived.digest,
            received_at=kept.received_at,
            business_date=kept.received_on,
        )
    )
    await work.schedule(PROCESS, submission_id, work.now, {"correlation": work.origin.correlation_id})
    work.audit("submit", "submission", submission_id)
    return submission_id


async def take_in(admission: Admission, upload: Upload | None, key: str) -> UUID:
    """Take a file in on behalf of whoever was admitted; the same key and file again give the same submission.

    Raises `Rejected`, and then nothing of the file is kept; the refusal is audited.
    """

    async def do(permit: Permit, arrived: Arrived | None) -> UUID:
        if arrived is None:
            raise refusal(missing_file())
        enrollment = permit.enrollment.model_copy(update={"submitters": permit.facts.submitters})
        return await receive(permit.work, arrived, enrollment=enrollment, submitted_by=permit.principal.user_id)

    return await take_file_in(admission, door(), upload, key, ("submission",), do)


# The child processes import this once, in the server they are forked from, before the first file comes.
preload("services.claims.submission.processing")


async def process_submission(runtime: Runtime, due: Due) -> None:
    """Run the whole of it for the submission that `due` names."""
    origin = origin_of(runtime, due)
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
        keys=runtime.keys,
        biller=biller_of(Enrollment.model_validate(submission.enrollment)),
        document=submission.document,
        chunk_size=chunk_size(submission.size_bytes),
        next_chunk=submission.next_chunk,
        shared=Shared(
            submission_id=submission.submission_id,
            enrollment_id=submission.enrollment_id,
            business_date=submission.business_date,
            first_control_number=submission.first_control_number or 0,
            source_name=runtime.source,
            now=runtime.clock.now(),
            origin=origin,
        ),
        answering=Answering(
            documents=runtime.documents,
            submission_id=submission.submission_id,
            business_date=submission.business_date,
            first_interchange_number=submission.first_interchange_number or 0,
            created=runtime.clock.business().astimezone(runtime.deployment.zone),
            payer=payer_of(runtime.deployment),
        ),
    )


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


async def keep_processes_ready(runtime: Runtime) -> None:
    """Start the server that reading processes are forked from before the first file comes: it takes about a second."""
    async with aclosing(stream_from_process(range, 0)) as nothing:
        async for _ in nothing:
            pass
    log.info("ready to read files", instance=runtime.instance)
    await asyncio.Event().wait()
