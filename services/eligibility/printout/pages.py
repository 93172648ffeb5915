"""The entitlement page as a file for the patient's records."""

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from libs.common.documents.kinds import PDF
from libs.common.errors import Rejected
from libs.common.security.permissions import ELIGIBILITY_INQUIRY
from libs.common.web.downloads import download_made
from libs.common.web.permit import Permit, permitted
from services.eligibility.inquiry.views import Opened, found
from services.eligibility.printout.views import printout

router = APIRouter()


@router.get("/eligibility/inquiries/{inquiry_id}/pdf")
async def pdf(permit: Annotated[Permit, permitted(ELIGIBILITY_INQUIRY)], inquiry_id: str) -> Response:
    """The answer as a tagged PDF."""
    return await _file(permit, await found(permit, inquiry_id))


@router.get("/api/eligibility/inquiries/{inquiry_id}/pdf")
async def pdf_for_programs(permit: Annotated[Permit, permitted(ELIGIBILITY_INQUIRY)], inquiry_id: str) -> Response:
    """The answer as a tagged PDF."""
    return await _file(permit, await found(permit, inquiry_id))


async def _file(permit: Permit, one: Opened) -> Response:
    if one.answer is None:
        raise Rejected("not-found", "There is no answer to print. Ask again.", status=404)
    # The reference of the inquiry names nobody.
    name = f"eligibility-{one.inquiry.trace}.pdf"
    return download_made(await printout(permit, one), name=name, media_type=PDF.media_type)
