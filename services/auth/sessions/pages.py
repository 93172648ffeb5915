"""The pages of a session: it is kept alive, ended, told of, and acts for one of the person's enrollments."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, Field

from libs.common.security.decision import MAX_CHOICES
from libs.common.security.permissions import OWN_ACCOUNT
from libs.common.web.forms import Form, Pressed
from libs.common.web.frames import public_frame
from libs.common.web.pages import render
from libs.common.web.paging import Around, Listing
from libs.common.web.permit import Permit, opaque, permitted, public, runtime_of
from libs.common.web.permitted_form import PermittedForm, permitted_form
from services.auth.access import repository as access
from services.auth.sessions import handlers, views
from services.auth.sessions.domain import (
    ACTING,
    ENDED,
    SESSION_COOKIE,
    landing_of,
    safe_next,
    with_next,
)

router = APIRouter()


class ActingForm(BaseModel):
    """For which enrollment to act, and where to go on."""

    acting: str = Field(title="Provider")
    return_to: str = ""


@router.post("/sign-out")
async def sign_out(form: Annotated[PermittedForm[Pressed], permitted_form(OWN_ACCOUNT, Pressed)]) -> Response:
    """End the session."""
    async with form.open() as permit:
        await handlers.sign_out(permit)
    answer = RedirectResponse("/session/ended?reason=signed-out", 303)
    delete_cookie(answer, SESSION_COOKIE)
    return answer


@router.post("/sign-out/everywhere")
async def sign_out_everywhere(
    form: Annotated[PermittedForm[Pressed], permitted_form(OWN_ACCOUNT, Pressed)],
) -> Response:
    """End every session of the person, in whatever browser."""
    async with form.open() as permit:
        await handlers.sign_out_everywhere(permit)
    answer = RedirectResponse("/session/ended?reason=signed-out", 303)
    delete_cookie(answer, SESSION_COOKIE)
    return answer


@router.get("/session/status")
async def status(permit: Annotated[Permit, permitted(OWN_ACCOUNT)]) -> JSONResponse:
    """Seconds until the session ends for want of use, and until it ends in any case. Asking does not extend it."""
    return JSONResponse({"expires_in": permit.principal.expires_in, "ends_in": permit.principal.ends_in})


@router.post("/session/extend")
async def extend(form: Annotated[PermittedForm[Pressed], permitted_form(OWN_ACCOUNT, Pressed)]) -> JSONResponse:
    """The person pressed "Stay signed in"."""
    async with form.open() as permit:
        session = await handlers.extend(permit)
        now = permit.work.now
        return JSONResponse({"expires_in": session.seconds_left(now), "ends_in": session.seconds_to_end(now)})


@router.get("/session/ended", dependencies=[public()])
async def ended(request: Request, reason: str = "", next: str = "") -> HTMLResponse:  # noqa: A002
    """Why the session is over, and the way back."""
    secret = request.cookies.get(SESSION_COOKIE)
    known = await views.why_ended(runtime_of(request), secret) if secret else None
    why = known or reason
    context = {
        "frame": public_frame(request),
        "sentence": ENDED.get(why, "Your session has ended. Sign in again to continue."),
        "sign_in": with_next("/sign-in?reason=again", next),
    }
    return render(request, "auth/sessions/ended.html", context)


@router.get(ACTING)
async def choose_acting(
    request: Request,
    permit: Annotated[Permit, permitted(OWN_ACCOUNT)],
    place: Around,
    next: str = "",  # noqa: A002
    find: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """Ask for whom the person acts, with a search where there are many. With nothing to choose, they go on at once."""
    target = safe_next(next, landing_of(permit.principal.role))
    one = [permit.principal.enrollment_id]
    if not permit.facts.choices or [each.enrollment_id for each in permit.facts.choices] == one:
        return RedirectResponse(target, 303)
    words = find.strip()
    page = await access.granted_enrollments(permit.work, permit.principal.user_id, place, words)
    context = {
        "choices": page.rows,
        "listing": Listing(
            "enrollment",
            (),
            page,
            ACTING,
            "No enrollment of yours has this NPI, PTAN or organization name.",
            filters={"next": target, **({"find": words} if words else {})},
        ),
        "searches": len(permit.facts.choices) > MAX_CHOICES,
        "form": Form({"find": words}),
        "acting": permit.principal.enrollment_id,
        "return_to": target,
    }
    return render(request, "auth/sessions/acting.html", context)


@router.post(ACTING)
async def acting(form: Annotated[PermittedForm[ActingForm], permitted_form(OWN_ACCOUNT, ActingForm)]) -> Response:
    """Act for another enrollment from now on."""
    async with form.open() as permit:
        await handlers.act_for(permit, opaque(form.value.acting))
    return RedirectResponse(safe_next(form.value.return_to), 303)


def set_cookie(answer: Response, name: str, secret: str, *, lasting: timedelta | None = None) -> None:
    """Give the browser a secret that no script and no other host sees, until it is closed, or for `lasting`."""
    seconds = int(lasting.total_seconds()) if lasting else None
    answer.set_cookie(name, secret, max_age=seconds, path="/", secure=True, httponly=True, samesite="lax")


def delete_cookie(answer: Response, name: str) -> None:
    """Take it back."""
    answer.delete_cookie(name, path="/", secure=True, httponly=True, samesite="lax")
