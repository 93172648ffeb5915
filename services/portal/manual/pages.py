"""The user manual: contents, one page a chapter, and all of it for printing.

It stays at one address for everybody. Whoever is signed in reads it below the home page, in the frame of the portal:
with navigation, the provider acted for and the warning before the session ends.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from libs.common.errors import Rejected
from libs.common.security.permissions import OWN_ACCOUNT
from libs.common.web.frames import MANUAL, SIGNED_IN_MANUAL, public_frame
from libs.common.web.pages import render
from libs.common.web.permit import Permit, permitted, public, runtime_of
from services.portal.manual.domain import EDITIONS, Chapter, chapter, chapters_for, neighbors

router = APIRouter()


@router.get(MANUAL, dependencies=[public()])
async def contents(request: Request) -> HTMLResponse:
    """The table of contents, and what changed."""
    return _contents(request, _for_everybody(request))


@router.get(SIGNED_IN_MANUAL)
async def contents_signed_in(
    request: Request,
    permit: Annotated[Permit, permitted(OWN_ACCOUNT)],  # noqa: ARG001 - puts the frame into the request
) -> HTMLResponse:
    """The same for whoever is signed in."""
    return _contents(request, _SIGNED_IN)


@router.get(f"{MANUAL}/print", dependencies=[public()])
async def whole(request: Request) -> HTMLResponse:
    """All chapters on one page."""
    return render(
        request,
        "portal/manual/print.html",
        _for_everybody(request) | {"chapters": _chapters(request), "edition": EDITIONS[0], "in_print": True},
    )


@router.get(f"{MANUAL}/{{slug}}", dependencies=[public()])
async def one(request: Request, slug: str) -> HTMLResponse:
    """One chapter."""
    return _chapter(request, slug, _for_everybody(request))


@router.get(f"{SIGNED_IN_MANUAL}/{{slug}}")
async def one_signed_in(
    request: Request,
    slug: str,
    permit: Annotated[Permit, permitted(OWN_ACCOUNT)],  # noqa: ARG001 - as above
) -> HTMLResponse:
    """The same for whoever is signed in."""
    return _chapter(request, slug, _SIGNED_IN)


_SIGNED_IN = {"manual": SIGNED_IN_MANUAL}


def _for_everybody(request: Request) -> dict[str, Any]:
    return {"manual": MANUAL, "frame": public_frame(request)}


def _chapters(request: Request) -> tuple[Chapter, ...]:
    return chapters_for(runtime_of(request).deployment.offered)


def _contents(request: Request, around: dict[str, Any]) -> HTMLResponse:
    return render(
        request, "portal/manual/contents.html", around | {"chapters": _chapters(request), "editions": EDITIONS}
    )


def _chapter(request: Request, slug: str, around: dict[str, Any]) -> HTMLResponse:
    chapters = _chapters(request)
    found = chapter(slug, chapters)
    if found is None:
        raise Rejected("not-found", "The manual has no such chapter. Its table of contents is at /manual.", status=404)
    before, after = neighbors(slug, chapters)
    return render(
        request,
        "portal/manual/chapter.html",
        around
        | {
            "chapter": found,
            "chapters": chapters,
            "before": before,
            "after": after,
            "edition": EDITIONS[0],
            "in_print": False,
        },
    )
