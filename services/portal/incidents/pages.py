"""Reporting an incident: what, to whom and when (HHS Rules of Behavior: immediately), at one address for everybody.

Whoever is signed in reads it below the home page, in the frame of the portal.
"""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from libs.common.security.permissions import OWN_ACCOUNT
from libs.common.web.frames import INCIDENTS, SIGNED_IN_INCIDENTS, public_frame
from libs.common.web.pages import Frame, render
from libs.common.web.permit import Permit, permitted, public

router = APIRouter()


@router.get(INCIDENTS, dependencies=[public()])
async def incidents(request: Request) -> HTMLResponse:
    """What to report, to whom, and within which time."""
    return _page(request, public_frame(request))


@router.get(SIGNED_IN_INCIDENTS)
async def incidents_signed_in(
    request: Request,
    permit: Annotated[Permit, permitted(OWN_ACCOUNT)],  # noqa: ARG001 - puts the frame into the request
) -> HTMLResponse:
    """The same for whoever is signed in."""
    return _page(request, request.state.frame)


def _page(request: Request, frame: Frame) -> HTMLResponse:
    return render(request, "portal/incidents/incidents.html", {"frame": frame})
