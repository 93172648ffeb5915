"""Finds claims and appeals for whoever asks, opens what is sealed of them, and says what can be done."""

from collections.abc import Collection, Sequence

from fastapi.responses import Response, StreamingResponse

from libs.common.business_days import BusinessDays
from libs.common.contracts.sealed import CLAIM_FACTS, ClaimFacts
from libs.common.documents import attachments
from libs.common.documents.attachments import Attachment
from libs.common.documents.kinds import PDF
from libs.common.errors import Rejected
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.web.downloads import download_made
from libs.common.web.formats import day
from libs.common.web.permit import Permit, opaque
from services.appeals.letters.domain import Letter
from services.appeals.letters.views import typeset
from services.appeals.reconsideration.domain import PURPOSE as SECOND_PURPOSE
from services.appeals.redetermination import repository
from services.appeals.redetermination.domain import (
    NEXT_LEVEL,
    PURPOSE,
    WHY_NOT,
    Appealed,
    Argument,
    LineRight,
    line_names,
    rights_of,
)
from services.appeals.redetermination.repository import Appeal, AppealLine, Claim
from services.appeals.redetermination.tables import ARGUMENT, LETTER, RATIONALE

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


def argument(work: UnitOfWork, appeal: Appeal) -> Argument:
    """Open who asked, why, and why late; whoever asks audits it."""
    return ARGUMENT.open(work.runtime.keys, appeal.argument, appeal.appeal_id)


def rationale(work: UnitOfWork, appeal: Appeal, line: AppealLine) -> str:
    """Why a line was decided as it was; empty until it is. Whoever asks audits it."""
    if line.rationale is None:
        return ""
    return RATIONALE.open(work.runtime.keys, line.rationale, appeal.appeal_id, line.number)


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


def letter_of(work: UnitOfWork, one: Appeal) -> Letter:
    """The letter of an appeal. Audited. Raises `Rejected` (404) where there is none."""
    if one.letter is None:
        raise Rejected("not-found", "There is no decision letter for this appeal.", status=404)
    work.audit("read", "letter", one.appeal_id)
    return LETTER.open(work.runtime.keys, one.letter, one.appeal_id)


async def letter_answer(one: Appeal, of: Letter) -> Response:
    """A letter on its way to whoever asked."""
    return download_made(await typeset(of), name=f"{one.number}-decision.pdf", media_type=PDF.media_type)


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
