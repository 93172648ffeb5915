"""The first page of eligibility."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from libs.common.security.permissions import ELIGIBILITY_INQUIRY
from libs.common.web.pages import render
from libs.common.web.permit import Permit, permitted
from services.eligibility.home.domain import offered

router = APIRouter()


@router.get("/eligibility")
async def home(request: Request, permit: Annotated[Permit, permitted(ELIGIBILITY_INQUIRY)]) -> HTMLResponse:
    """What eligibility offers under this contract."""
    functions = offered(permit.work.runtime.deployment.functions)
    return render(request, "eligibility/home/home.html", {"functions": functions})
