"""Keeps what was decided about claims, and takes requests for redeterminations and documents for them in."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple
from typing import Any
from uuid import UUID

from libs.common.appeal_deadlines import redetermination_until
from libs.common.contracts.appeals import AppealFiled
from libs.common.contracts.claims import ClaimFinalized
from libs.common.contracts.envelope import Received
from libs.common.contracts.remittance import Adjustment, ClaimRemitted
from libs.common.documents import attachments
from libs.common.documents.attachments import Arrived
from libs.common.documents.intake import Door, take_in
from libs.common.errors import Rejected
from libs.common.observability.logs import log
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.web.formats import day
from libs.common.web.permit import Admission, Permit
from libs.common.web.uploads import Upload
from services.appeals.redetermination import repository
from services.appeals.redetermination.domain import (
    LEVEL,
    NOT_REMITTED,
    PURPOSE,
    UNIDENTIFIED,
    WHOLE_CLAIM,
    Asked,
    Fault,
    NoticeLine,
    Reason,
    decide_by,
    form_faults,
    joined,
    line_faults,
)
from services.appeals.redetermination.repository import Appeal, Claim, line_document
from services.appeals.redetermination.tables import ARGUMENT
from services.appeals.redetermination.views import business_days, claim_or_404, documents, found, rights
from services.appeals.settings import appeals_settings

_CHOOSE = "Choose the document to add."


# ---- copies of what was decided -------------------------------------------------------------------------------------


async def claim_finalized(work: UnitOfWork, received: Sequence[Received[ClaimFinalized]]) -> None:
    """Keep finalized claims, their facts sealed as they came. The newest word about a claim stays."""
    newest: dict[UUID, Received[ClaimFinalized]] = {}
    for each in received:
        known = newest.get(each.event.claim_id)
        if known is None or each.time > known.time:
            newest[each.event.claim_id] = each
    await repository.keep_finalized(
        work,
        [
            {
                "claim_id": each.event.claim_id,
                "enrollment_id": each.event.enrollment_id,
                "internal_control_number": each.event.internal_control_number,
                "finalized_on": each.event.finalized_on,
                "sealed_facts": each.event.sealed_facts,
                "told_at": each.time,
            }
            for each in newest.values()
        ],
    )


async def claim_remitted(work: UnitOfWork, received: Sequence[Received[ClaimRemitted]]) -> None:
    """Keep what remittances say of claims. The highest sequence of a claim stays, in whatever order they come."""
    newest: dict[UUID, ClaimRemitted] = {}
    for each in received:
        known = newest.get(each.event.claim_id)
        if known is None or each.event.sequence > known.sequence:
            newest[each.event.claim_id] = each.event
    await repository.keep_remitted(work, [_remitted_row(event) for event in newest.values()])


def _remitted_row(event: ClaimRemitted) -> dict[str, Any]:
    whole = NoticeLine(
        WHOLE_CLAIM, "", event.charge_cents, event.paid_cents, _reasons(event.adjustments), event.remarks
    )
    lines = joined(
        NoticeLine(
            UNIDENTIFIED if line.number is None else line.number,
            line.procedure,
            line.charge_cents,
            line.paid_cents,
            _reasons(line.adjustments),
            line.remarks,
        )
        for line in event.lines
    )
    return {
        "claim_id": event.claim_id,
        "enrollment_id": event.enrollment_id,
        "internal_control_number": event.internal_control_number,
        "sequence": event.sequence,
        "remitted_on": event.remitted_on,
        "status": event.status,
        "whole": line_document(whole),
        "lines": [line_document(line) for line in lines],
    }


def _reasons(adjustments: Iterable[Adjustment]) -> tuple[Reason, ...]:
    return tuple(Reason(each.group, each.reason, each.amount_cents) for each in adjustments)


# ---- a request ------------------------------------------------------------------------------------------------------


def door(purpose: str) -> Door:
    """What is taken as a document of an appeal, at either level."""
    return Door(purpose, appeals_settings().upload_limit_bytes)


async def file_request(
    admission: Admission, claim_id: str, asked: Asked, key: str, upload: Upload | None = None
) -> UUID:
    """Take a request for a redetermination in, with its first document if there is one. The id of the appeal.

    The same key and content again give the same appeal. Raises `Rejected`, and then nothing is kept.
    """
    async with admission.open() as permit:
        claim = await claim_or_404(permit, claim_id)
        faults = form_faults(asked)
        if faults:
            raise _refused(permit.work, claim.claim_id, faults)

    async def do(permit: Permit, document: Arrived | None) -> UUID:
        return await file_appeal(
            permit.work,
            await claim_or_404(permit, claim_id),
            asked,
            filed_by=permit.principal.user_id,
            provider=(permit.enrollment.organization_name, permit.enrollment.npi, permit.enrollment.ptan),
            document=document,
        )

    content = (claim_id, ",".join(map(str, sorted(asked.lines))), *astuple(asked.argument))
    return await take_in(admission, door(PURPOSE), upload, key, ("appeal", *content), do)


async def file_appeal(
    work: UnitOfWork,
    claim: Claim,
    asked: Asked,
    *,
    filed_by: UUID,
    provider: tuple[str, str, str],
    document: Arrived | None = None,
) -> UUID:
    """Write a request down as an appeal and tell the others. `provider`: name, NPI, PTAN. Raises `Rejected`."""
    await repository.lock_claim(work, claim.claim_id)
    notice = claim.notice
    if notice is None:
        raise _refused(work, claim.claim_id, (Fault("line-not-appealable", "lines", NOT_REMITTED),))
    of_lines = await rights(work, claim)
    until = redetermination_until(notice.remitted_on, business_days(work))
    faults = line_faults(asked, of_lines, written_day=day(until))
    if faults:
        raise _refused(work, claim.claim_id, faults)
    runtime = work.runtime
    appeal_id, now = runtime.ids.new(), runtime.clock.business()
    received_on = business_days(work).received_on(now)
    name, npi, ptan = provider
    new = await repository.add(
        work,
        {
            "appeal_id": appeal_id,
            "enrollment_id": claim.enrollment_id,
            "claim_id": claim.claim_id,
            "internal_control_number": claim.internal_control_number,
            "provider_name": name,
            "provider_npi": npi,
            "provider_ptan": ptan,
            "filed_by": filed_by,
            "filed_at": now,
            "received_on": received_on,
            "notice_on": notice.remitted_on,
            "filed_until": until,
            "late": work.runtime.today > until,
            "argument": ARGUMENT.seal(runtime.keys, asked.argument, appeal_id),
            "decide_by": decide_by(received_on, ()),
        },
        [right.line for right in of_lines if right.line.number in asked.lines],
    )
    if document is not None:
        await attachments.keep(work, document, new.appeal_id)
    work.append(
        AppealFiled(
            appeal_id=new.appeal_id,
            number=new.number,
            level=LEVEL,
            claim_id=new.claim_id,
            enrollment_id=new.enrollment_id,
            filed_by=filed_by,
            filed_at=new.filed_at,
            received_on=new.received_on,
        )
    )
    work.audit("file", "appeal", new.appeal_id)
    log.info("appeal filed", claim_id=str(new.claim_id))
    return new.appeal_id


def _refused(work: UnitOfWork, claim_id: UUID, faults: Sequence[Fault]) -> Rejected:
    """The faults of a request as the error the caller is answered with; audited and logged by their kinds alone."""
    kinds = " ".join(dict.fromkeys(fault.kind for fault in faults))
    work.audit("file", "claim", claim_id, outcome="refused", reason=kinds)
    log.info("appeal refused", reason=kinds, claim_id=str(claim_id))
    first = next((fault for fault in faults if fault.appeal), faults[0])
    fields: dict[str, str] = {}
    for fault in faults:
        fields[fault.field] = f"{fields[fault.field]} {fault.sentence}" if fault.field in fields else fault.sentence
    sentence = " ".join(fields.values())
    if first.appeal is not None:
        fields["appeal_id"] = str(first.appeal.appeal_id)
        return Rejected("appeal-exists", f"{sentence} You can add documents to it.", 409, fields)
    if first.kind == "without-good-cause":
        return Rejected("appeal-late", sentence, 422, fields)
    if first.kind in ("line-not-appealable", "unknown-line"):
        return Rejected("appeal-not-possible", sentence, 422, fields)
    return Rejected("form-invalid", sentence, 422, fields)


# ---- documents ------------------------------------------------------------------------------------------------------


async def add_document(admission: Admission, appeal_id: str, key: str, upload: Upload | None) -> UUID:
    """Add a document to an appeal that waits for its decision. The id of the document.

    The same key and content again give the same document. Raises `Rejected`, and then nothing is kept.
    """
    async with admission.open() as permit:
        appeal = _open_only(await found(permit, appeal_id))
        if upload is None:
            raise Rejected("upload-missing", _CHOOSE, 422, {"file": _CHOOSE})

    async def do(permit: Permit, document: Arrived | None) -> UUID:
        work = permit.work
        appeal = _open_only(await repository.lock(work, (await found(permit, appeal_id)).appeal_id))
        if document is None:
            raise RuntimeError("a document was asked for above")
        kept = await attachments.keep(work, document, appeal.appeal_id)
        days = {each.received_on for each in await documents(work, appeal) if each.received_on}
        await repository.move_due_day(work, appeal.appeal_id, decide_by(appeal.received_on, days))
        work.audit("add-document", "appeal", appeal.appeal_id)
        return kept.attachment_id

    content = ("document", appeal_id)
    return await take_in(admission, door(PURPOSE), upload, key, content, do, subject_id=appeal.appeal_id)


def _open_only(appeal: Appeal) -> Appeal:
    if not appeal.open:
        sentence = (
            f"Appeal {appeal.number} was decided, so nothing can be added to it. The next level takes new evidence."
        )
        raise Rejected("appeal-closed", sentence, 409, {"file": sentence})
    return appeal
