"""For people, without sign-in: a piece of HTML for pages of another site, and the page of one interruption."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from libs.common.errors import Rejected
from libs.common.web.frames import public_frame
from libs.common.web.headers import public_data
from libs.common.web.pages import render, text
from libs.common.web.permit import opaque, public, runtime_of
from services.notifier.website.domain import FRESH_SECONDS, PAGES
from services.notifier.website.views import notice_of, published

router = APIRouter()


@router.get("/notifier/public/status.html", dependencies=[public()])
async def status(request: Request) -> HTMLResponse:
    """Banner, functions, interruptions: no frame, link, script or style; classes to style it by."""
    runtime = runtime_of(request)
    now = await published(runtime)
    public_data(request, seconds=FRESH_SECONDS)
    return HTMLResponse(text("notifier/website/status.html", {"frame": public_frame(request), "published": now}))


@router.get(f"{PAGES}/{{interruption_id}}", dependencies=[public()])
async def interruption(request: Request, interruption_id: str) -> HTMLResponse:
    """One interruption: where an entry of the feed leads."""
    notice = await notice_of(runtime_of(request), opaque(interruption_id))
    if notice is None:
        raise Rejected("not-found", "There is no interruption at this address.", status=404)
    return render(request, "notifier/website/interruption.html", {"frame": public_frame(request), "notice": notice})
