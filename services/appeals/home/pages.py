"""The first page of appeals."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from libs.common.security.permissions import REDETERMINATION_READ
from libs.common.web.pages import render
from libs.common.web.permit import Permit, permitted
from services.appeals.home.domain import offered

router = APIRouter()


@router.get("/appeals")
async def home(request: Request, permit: Annotated[Permit, permitted(REDETERMINATION_READ)]) -> HTMLResponse:
    """What appeals offers under this contract."""
    functions = offered(permit.work.runtime.deployment.functions)
    return render(request, "appeals/home/home.html", {"functions": functions})
