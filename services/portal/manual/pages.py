"""The user manual: contents, one page a chapter, and all of it for printing. Open to everybody, at one address."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from libs.common.errors import Rejected
from libs.common.web.frames import public_frame
from libs.common.web.pages import render
from libs.common.web.permit import public
from services.portal.manual.domain import CHAPTERS, EDITIONS, chapter, neighbours

router = APIRouter()


@router.get("/manual", dependencies=[public()])
async def contents(request: Request) -> HTMLResponse:
    """The table of contents, and what changed."""
    return render(
        request,
        "portal/manual/contents.html",
        {"frame": public_frame(request), "chapters": CHAPTERS, "editions": EDITIONS},
    )


@router.get("/manual/print", dependencies=[public()])
async def whole(request: Request) -> HTMLResponse:
    """All chapters on one page."""
    return render(
        request,
        "portal/manual/print.html",
        {"frame": public_frame(request), "chapters": CHAPTERS, "edition": EDITIONS[0], "in_print": True},
    )


@router.get("/manual/{slug}", dependencies=[public()])
async def one(request: Request, slug: str) -> HTMLResponse:
    """One chapter."""
    found = chapter(slug)
    if found is None:
        raise Rejected("not-found", "The manual has no such chapter. Its table of contents is at /manual.", status=404)
    before, after = neighbours(slug)
    return render(
        request,
        "portal/manual/chapter.html",
        {
            "frame": public_frame(request),
            "chapter": found,
            "chapters": CHAPTERS,
            "before": before,
            "after": after,
            "edition": EDITIONS[0],
            "in_print": False,
        },
    )
