"""Educational resources for people: one page of links."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from libs.common.security.permissions import RESOURCES_READ
from libs.common.web.pages import render
from libs.common.web.permit import Permit, permitted
from services.portal.resources.domain import TOPICS

router = APIRouter()


@router.get("/resources")
async def resources(request: Request, permit: Annotated[Permit, permitted(RESOURCES_READ)]) -> HTMLResponse:
    """Where to look up codes, find forms, read how to bill and what a denial means."""
    permit.used()
    return render(request, "portal/resources/resources.html", {"topics": TOPICS})
