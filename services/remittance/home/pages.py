"""The first page of remittance."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from libs.common.security.permissions import REMITTANCE_READ
from libs.common.web.pages import render
from libs.common.web.permit import Permit, permitted
from services.remittance.home.domain import offered

router = APIRouter()


@router.get("/remittance")
async def home(request: Request, permit: Annotated[Permit, permitted(REMITTANCE_READ)]) -> HTMLResponse:
    """What remittance offers under this contract."""
    functions = offered(permit.work.runtime.deployment.functions)
    return render(request, "remittance/home/home.html", {"functions": functions})
