"""The state of each function as a fragment that other pages show."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from libs.common.web.frames import public_frame
from libs.common.web.pages import text
from libs.common.web.permit import public, runtime_of
from services.notifier.banners.domain import Situation
from services.notifier.banners.repository import told

router = APIRouter()


@router.get("/notifier/public/functions", dependencies=[public()])
async def functions(request: Request) -> HTMLResponse:
    """A table of functions with their state and since when; no frame around it."""
    situation = await told(runtime_of(request)) or Situation(())
    context = {"frame": public_frame(request), "situation": situation}
    return HTMLResponse(text("notifier/banners/functions.html", context))
