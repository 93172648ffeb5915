"""Finds claims and appeals for whoever asks, opens what is sealed of them, and says what can be done."""

from uuid import UUID

from fastapi.responses import Response, StreamingResponse

from libs.common.business_days import BusinessDays
from libs.common.contracts.sealed import CLAIM_FACTS, ClaimFacts
from libs.common.errors import Rejected
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.web.formats import day
from libs.common.web.permit import Permit, opaque
from services.appeals.letters.domain import Letter
from services.appeals.letters.views import typeset
from services.appeals.redetermination import repository
from services.appeals.redetermination.domain import (
    NEXT_LEVEL,
    WHY_NOT,
    Appealed,
    Argument,
    LineRight,
    rights_of,
)
from services.appeals.redetermination.repository import Appeal, AppealLine, Claim, Document
from services.appeals.redetermination.tables import ARGUMENT, LETTER, RATIONALE

PDF = "application/pdf"
_NO_CLAIM = (
    "No decided claim of the NPI and PTAN you act for is at this address. A claim that was returned to you or not"
    " accepted has no appeal rights: correct it and send it as a new claim. One that is in process is not decided yet."
)


def business_days(work: UnitOfWork) -> BusinessDays:
    """The days on which the contractor works."""
    return work.runtime.deployment.business_days


async def claim_or_404(permit: Permit, claim_id: str) -> Claim:
    """The claim of the enrollment acted for. Raises `Rejected` (404) for any other, and for one nobody decided."""
    claim = await repository.find_claim(permit.work, opaque(claim_id), permit.enrollment.enrollment_id)
    if claim is None:
        raise Rejected("not-found", _NO_CLAIM, status=404)
    return claim


async def claim_of(work: UnitOfWork, appeal: Appeal) -> Claim:
    """The claim that was appealed. It is here, because the appeal was filed from it."""
    claim = await repository.find_claim(work, appeal.claim_id, appeal.enrollment_id)
    if claim is None:
        raise LookupError("an appeal without its claim")
    return claim


async def rights(work: UnitOfWork, claim: Claim) -> tuple[LineRight, ...]:
    """What can be done about each line of the claim today."""
    appealed = await repository.appealed(work, claim.claim_id)
    return rights_of(claim.notice, appealed, work.runtime.today, business_days(work), finalized=claim.finalized)


def facts(work: UnitOfWork, claim: Claim) -> ClaimFacts:
    """Open what claims sealed of a finalized claim; whoever asks audits it. Raises `SealBrokenError`."""
    return CLAIM_FACTS.open(work.runtime.keys, claim.sealed_facts or "", claim.claim_id)


def argument(work: UnitOfWork, appeal: Appeal) -> Argument:
    """Open who asked, why, and why late; whoever asks audits it."""
    return ARGUMENT.open(work.runtime.keys, appeal.argument, appeal.appeal_id)


def rationale(work: UnitOfWork, appeal: Appeal, line: AppealLine) -> str:
    """Why a line was decided as it was; empty until it is. Whoever asks audits it."""
    if line.rationale is None:
        return ""
    return RATIONALE.open(work.runtime.keys, line.rationale, appeal.appeal_id, line.number)


def name_context(document_id: UUID) -> str:
    """Where the sealed name of a document belongs."""
    return f"appeal_document.name|{document_id}"


def document_name(work: UnitOfWork, document: Document) -> str:
    """What the sender called the file."""
    return work.runtime.keys.open(document.name, context=name_context(document.document_id)).decode()


async def found(permit: Permit, appeal_id: str) -> Appeal:
    """The appeal of the enrollment acted for. Raises `Rejected` (404) for any other."""
    one = await repository.find(permit.work, opaque(appeal_id), permit.enrollment.enrollment_id)
    if one is None:
        raise Rejected("not-found", "There is no such appeal for the NPI and PTAN you act for.", status=404)
    return one


async def download(work: UnitOfWork, appeal: Appeal, document_id: str) -> StreamingResponse:
    """A document of the appeal on its way to whoever asked, who may see the appeal. Audited."""
    wanted = opaque(document_id)
    for number, each in enumerate(await repository.documents(work, appeal.appeal_id), start=1):
        if each.document_id == wanted:
            work.audit("download", "appeal-document", each.document_id)
            # Our own name for it: the sender's may name the patient, and the browser would keep it.
            return StreamingResponse(
                work.runtime.documents.read(each.document),
                media_type=PDF,
                headers={"content-disposition": f'attachment; filename="{appeal.number}-{number}.pdf"'},
            )
    raise Rejected("not-found", "There is no such document in this appeal.", status=404)


def letter_of(work: UnitOfWork, one: Appeal) -> Letter:
    """The letter of an appeal. Audited. Raises `Rejected` (404) where there is none."""
    if one.letter is None:
        raise Rejected("not-found", "There is no decision letter for this appeal.", status=404)
    work.audit("read", "letter", one.appeal_id)
    return LETTER.open(work.runtime.keys, one.letter, one.appeal_id)


async def letter_answer(one: Appeal, of: Letter) -> Response:
    """A letter on its way to whoever asked."""
    return Response(
        await typeset(of),
        media_type=PDF,
        headers={"content-disposition": f'attachment; filename="{one.number}-decision.pdf"'},
    )


def what_to_do(right: LineRight) -> str:
    """What can be done about a line, by when and why, in a sentence or two."""
    until = day(right.until) if right.until else ""
    number = right.appeal.number if right.appeal else ""
    rule = "120 days and 5 mailing days after the notice"
    if right.kind == "appeal":
        return f"We must receive your appeal by {until}: {rule}. Later needs good cause."
    if right.kind == "appeal-late":
        return f"The last day was {until}: {rule}. A later appeal must show good cause."
    if right.kind == "appealed":
        return f"It waits for its decision in appeal {number}. You can add documents; a second appeal is not accepted."
    if right.kind == "decided" and right.appeal is not None:
        return _after_decision(right.appeal, until)
    return WHY_NOT[right.kind]


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
