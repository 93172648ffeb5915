"""The website's feed for people: a small piece of HTML that another site puts into a page of its own."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from libs.common.web.frames import public_frame
from libs.common.web.headers import public_data
from libs.common.web.pages import text
from libs.common.web.permit import public, runtime_of
from services.notifier.website.domain import FRESH_SECONDS
from services.notifier.website.handlers import published

router = APIRouter()


@router.get("/notifier/public/status.html", dependencies=[public()])
async def status(request: Request) -> HTMLResponse:
    """Banner, functions, interruptions: no frame, link, script or style; classes to style it by."""
    runtime = runtime_of(request)
    now = await published(runtime)
    public_data(request, seconds=FRESH_SECONDS)
    return HTMLResponse(text("notifier/website/status.html", {"frame": public_frame(request), "published": now}))
