"""Keeps what was decided about claims, and takes requests for redeterminations and documents for them in."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import astuple
from typing import Any
from uuid import UUID

from fastapi.responses import Response, StreamingResponse

from libs.common.appeal_deadlines import redetermination_until
from libs.common.business_days import BusinessDays
from libs.common.contracts.appeals import AppealFiled
from libs.common.contracts.claims import ClaimFinalized
from libs.common.contracts.envelope import Received
from libs.common.contracts.remittance import Adjustment, ClaimRemitted
from libs.common.contracts.sealed import CLAIM_FACTS, ClaimFacts
from libs.common.documents import attachments
from libs.common.documents.attachments import Arrived, Attachment
from libs.common.documents.intake import Door, Upload, take_in
from libs.common.documents.kinds import PDF
from libs.common.errors import Rejected
from libs.common.observability.logs import log
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.web.downloads import download_made
from libs.common.web.formats import day
from libs.common.web.permit import Admission, Permit, opaque
from services.appeals.letters.domain import Letter
from services.appeals.letters.handlers import typeset
from services.appeals.reconsideration.domain import PURPOSE as SECOND_PURPOSE
from services.appeals.redetermination import repository
from services.appeals.redetermination.domain import (
    LEVEL,
    NEXT_LEVEL,
    NOT_REMITTED,
    PURPOSE,
    UNIDENTIFIED,
    WHOLE_CLAIM,
    WHY_NOT,
    Appealed,
    Argument,
    Asked,
    Fault,
    LineRight,
    NoticeLine,
    Reason,
    decide_by,
    form_faults,
    joined,
    line_faults,
    line_names,
    rights_of,
)
from services.appeals.redetermination.repository import Appeal, AppealLine, Claim, line_document
from services.appeals.redetermination.tables import ARGUMENT, LETTER, RATIONALE
from services.appeals.settings import appeals_settings

_CHOOSE = "Choose the document to add."
_NO_CLAIM = (
    "No decided claim of the NPI and PTAN you act for is at this address. A claim that was returned to you or not"
    " accepted has no appeal rights: correct it and send it as a new claim. One that is in process is not decided yet."
)


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


# ---- rights ---------------------------------------------------------------------------------------------------------


def business_days(work: UnitOfWork) -> BusinessDays:
    """The days on which the contractor works."""
    return work.runtime.deployment.business_days


async def claim_or_404(permit: Permit, claim_id: str) -> Claim:
    """The claim of the enrollment acted for. Raises `Rejected` (404) for any other, and for one nobody decided."""
    claim = await repository.find_claim(permit.work, opaque(claim_id), permit.enrollment.enrollment_id)
    if claim is None:
        raise Rejected("not-found", _NO_CLAIM, status=404)
    return claim


async def rights(work: UnitOfWork, claim: Claim) -> tuple[LineRight, ...]:
    """What can be done about each line of the claim today."""
    appealed = await repository.appealed(work, claim.claim_id)
    claimed: Collection[int] = ()
    if appealed and claim.finalized and claim.notice and claim.notice.is_of_the_whole:
        claimed = facts(work, claim).lines
    today, days = work.runtime.today, business_days(work)
    return rights_of(claim.notice, appealed, today, days, finalized=claim.finalized, claimed=claimed)


async def apart(work: UnitOfWork, appeal: Appeal) -> tuple[int, ...]:
    """The lines of the claim that are in other appeals: one of the whole claim leaves them out."""
    appealed = await repository.appealed(work, appeal.claim_id)
    return tuple(sorted(number for number, each in appealed.items() if each.appeal_id != appeal.appeal_id))


def facts(work: UnitOfWork, claim: Claim) -> ClaimFacts:
    """Open what claims sealed of a finalized claim; whoever asks audits it. Raises `SealBrokenError`."""
    return CLAIM_FACTS.open(work.runtime.keys, claim.sealed_facts or "", claim.claim_id)


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


def argument(work: UnitOfWork, appeal: Appeal) -> Argument:
    """Open who asked, why, and why late; whoever asks audits it."""
    return ARGUMENT.open(work.runtime.keys, appeal.argument, appeal.appeal_id)


def rationale(work: UnitOfWork, appeal: Appeal, line: AppealLine) -> str:
    """Why a line was decided as it was; empty until it is. Whoever asks audits it."""
    if line.rationale is None:
        return ""
    return RATIONALE.open(work.runtime.keys, line.rationale, appeal.appeal_id, line.number)


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


async def documents(work: UnitOfWork, appeal: Appeal) -> list[Attachment]:
    """The documents of an appeal that were received."""
    return await attachments.received(work, PURPOSE, appeal.appeal_id)


async def found(permit: Permit, appeal_id: str) -> Appeal:
    """The appeal of the enrollment acted for. Raises `Rejected` (404) for any other."""
    one = await repository.find(permit.work, opaque(appeal_id), permit.enrollment.enrollment_id)
    if one is None:
        raise Rejected("not-found", "There is no such appeal for the NPI and PTAN you act for.", status=404)
    return one


async def document(work: UnitOfWork, appeal: Appeal, document_id: str) -> StreamingResponse:
    """A document of the appeal, of either level, on its way to whoever asked, who may see the appeal. Audited."""
    called = {PURPOSE: appeal.number, SECOND_PURPOSE: f"{appeal.number}-reconsideration"}
    return await attachments.download(work, appeal.appeal_id, document_id, called)


# ---- letters ------------------------------------------------------------------------------------------------------


def letter_of(work: UnitOfWork, one: Appeal) -> Letter:
    """The letter of an appeal. Audited. Raises `Rejected` (404) where there is none."""
    if one.letter is None:
        raise Rejected("not-found", "There is no decision letter for this appeal.", status=404)
    work.audit("read", "letter", one.appeal_id)
    return LETTER.open(work.runtime.keys, one.letter, one.appeal_id)


async def letter_answer(one: Appeal, of: Letter) -> Response:
    """A letter on its way to whoever asked."""
    return download_made(await typeset(of), name=f"{one.number}-decision.pdf", media_type=PDF.media_type)


# ---- words ----------------------------------------------------------------------------------------------------------


def what_to_do(right: LineRight) -> str:
    """What can be done about a line, by when and why, in a sentence or two."""
    until = day(right.until) if right.until else ""
    number = right.appeal.number if right.appeal else ""
    rule = "120 days and 5 mailing days after the notice"
    left_out = f" {_left_out(right.apart)}" if right.apart else ""
    if right.kind == "appeal":
        return f"We must receive your appeal by {until}: {rule}. Later needs good cause.{left_out}"
    if right.kind == "appeal-late":
        return f"The last day was {until}: {rule}. A later appeal must show good cause.{left_out}"
    if right.kind == "appealed":
        return f"It waits for its decision in appeal {number}. You can add documents; a second appeal is not accepted."
    if right.kind == "decided" and right.appeal is not None:
        return _after_decision(right.appeal, until)
    return WHY_NOT[right.kind]


def _left_out(numbers: Sequence[int]) -> str:
    lines = f"Line {numbers[0]} has an appeal" if len(numbers) == 1 else f"Lines {line_names(numbers)} have appeals"
    return f"{lines} of {'its' if len(numbers) == 1 else 'their'} own, which this one leaves out."


def _after_decision(appeal: Appealed, until: str) -> str:
    if appeal.favorable:
        in_favor = f"Decided in your favor in appeal {appeal.number}."
        return f"{in_favor} The claim is adjusted; a new remittance advice shows what is paid."
    next_level = NEXT_LEVEL.get(
        appeal.next_level,
        f"The next level is a reconsideration: it must be received by {until}, 180 days and 5 mailing days after the"
        " decision. Ask for it on the page of the appeal.",
    )
    return f"Appeal {appeal.number} was not decided in your favor. {next_level}"
