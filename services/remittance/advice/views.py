"""Finds remittances and their claims for whoever asks, page or program, and opens what is sealed of them."""

from fastapi.responses import StreamingResponse

from libs.common.documents.kinds import X12
from libs.common.errors import nothing_here
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.web.downloads import download_stored
from libs.common.web.permit import Permit, opaque
from services.remittance.advice import repository
from services.remittance.advice.domain import Details
from services.remittance.advice.repository import Claim, Remittance
from services.remittance.advice.tables import DETAILS


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


async def download(permit: Permit, remittance_id: str) -> StreamingResponse:
    """The 835 as it came, on its way to the person or program that asked. Audited."""
    one = await found(permit, remittance_id)
    permit.work.audit("download", "remittance-835", one.remittance_id)
    documents = permit.work.runtime.documents
    return download_stored(documents, one.document, name=f"{one.trace_number}.835", media_type=X12.media_type)


def details(work: UnitOfWork, claim: Claim) -> Details:
    """Whom a claim is about, and what else may name the patient; whoever asks audits it."""
    return DETAILS.open(work.runtime.keys, claim.details, claim.remittance_id, claim.number)
