"""The landing page: what this portal is, which function works now, and the way in. Nobody needs to be signed in."""

from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from libs.common.web.conditions import functions_now
from libs.common.web.formats import clock
from libs.common.web.frames import PUBLIC_LINKS
from libs.common.web.pages import Frame, render
from libs.common.web.permit import public, runtime_of
from services.portal.landing.repository import PortalStateCopy

router = APIRouter()


@router.get("/", dependencies=[public()])
async def landing(request: Request) -> HTMLResponse:
    """The landing page; it stands also while broker and database are away."""
    runtime = runtime_of(request)
    deployment, now = runtime.deployment, runtime.clock.business()
    state = await PortalStateCopy(runtime).state()
    shown = functions_now(request, deployment, state, runtime.clock)
    frame = Frame(deployment, now, runtime.clock.offset(), banner=shown.banner, links=PUBLIC_LINKS)
    received = deployment.business_days.received_on(now)
    cut_off = clock(datetime.combine(received, deployment.receipt_cut_off, deployment.zone), deployment.zone)
    return render(
        request,
        "portal/landing/landing.html",
        {"frame": frame, "landing": shown, "received_today": received, "cut_off": cut_off},
    )
