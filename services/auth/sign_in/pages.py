"""The pages of sign-in and of the session. What stands before a session is public; the rest is one's own account."""

from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, Field, SecretStr

from libs.common.security.decision import MAX_CHOICES
from libs.common.security.permissions import OWN_ACCOUNT
from libs.common.web.client_address import client_address
from libs.common.web.forms import Form, Pressed
from libs.common.web.frames import public_frame
from libs.common.web.pages import render
from libs.common.web.paging import Around, Listing
from libs.common.web.permit import Permit, opaque, permitted, public, runtime_of
from libs.common.web.permitted_form import PermittedForm, PublicForm, permitted_form, public_form
from services.auth.access import repository as access
from services.auth.agreements.views import shown_notice
from services.auth.settings import auth_settings
from services.auth.sign_in import handlers, views
from services.auth.sign_in.domain import ACTING, landing_of, safe_next
from services.auth.sign_in.handlers import PasswordAccepted, SignedIn

router = APIRouter()

SESSION_COOKIE = "__Host-sid"
ATTEMPT_COOKIE = "__Host-attempt"

ENDED = {
    "timeout": "You were signed out because the portal was not used for a while. This protects patient information.",
    "twelve-hours": "A session lasts at most 12 hours. Sign in again to continue.",
    "signed-out": "You are signed out.",
    "taken-over": "You signed in on another browser or device, so this session was ended. If that was not you, call the"
    " help desk now.",
    "renewed": "You continued in another window. Sign in again here.",
    "locked": "You were signed out after five wrong codes. No code is accepted for an hour to confirm what you do. If"
    " that was not you, call the help desk now.",
    "disabled": "Your account is not active. Call the help desk.",
    "code": "The code did not come within 10 minutes. Begin again with your user ID and password.",
}
_WRONG = "The user ID or password is wrong, or the account is locked for an hour after five failed attempts."
_WRONG_CODE = (
    "The code is wrong or was used before. Wait for the next code in your authenticator and enter that one."
    " After five failed attempts the account is locked for an hour."
)
_LIMITED = "There were too many attempts. Wait a minute, then try again."


class SignInForm(BaseModel):
    """User id and password, with the notice accepted."""

    accepted: Literal["yes"] = Field(
        title="Notice", json_schema_extra={"correction": "Read the notice and accept it to continue."}
    )
    user_id: str = Field(title="User ID", max_length=100)
    password: SecretStr = Field(title="Password", max_length=128)
    next: str = Field(default="", max_length=2000)


class CodeForm(BaseModel):
    """The six digits of the second factor."""

    code: str = Field(
        title="Code", pattern=r"^[0-9]{3} ?[0-9]{3}$", json_schema_extra={"correction": "Enter the 6-digit code."}
    )
    next: str = Field(default="", max_length=2000)


class ActingForm(BaseModel):
    """For which enrollment to act, and where to go on."""

    acting: str = Field(title="Provider")
    return_to: str = ""


@router.get("/sign-in", dependencies=[public(), Depends(shown_notice)])
async def sign_in_page(request: Request, next: str = "", reason: str = "") -> Response:  # noqa: A002 - the address says it
    """The notice, and the first step. Whoever is signed in goes on to where they were going."""
    secret = request.cookies.get(SESSION_COOKIE)
    if not reason and secret and await views.living_session(runtime_of(request), secret):
        return _see(safe_next(next))
    return _sign_in(request, Form({"next": next}), reason=reason)


def _sign_in(request: Request, form: Form, *, reason: str = "", status: int = 200) -> HTMLResponse:
    context = {
        "frame": public_frame(request),
        "form": form,
        "said": ENDED.get(reason, ""),
        "notice": request.state.notice,
    }
    return render(request, "auth/sign_in/sign_in.html", context, status_code=status)


@router.post("/sign-in", dependencies=[Depends(shown_notice)])
async def sign_in(
    request: Request, sent: Annotated[PublicForm[SignInForm], public_form(SignInForm, page=_sign_in)]
) -> Response:
    """Check user id and password; then ask for the code."""
    value = sent.value
    verdict = await handlers.check_password(
        runtime_of(request), value.user_id, value.password.get_secret_value(), client_address(request)
    )
    if isinstance(verdict, PasswordAccepted):
        answer = _see(_with_next("/sign-in/code", value.next))
        _set_cookie(answer, ATTEMPT_COOKIE, verdict.secret)
        return answer
    if verdict == "limited":
        return _limited(_sign_in(request, sent.form.with_error("", _LIMITED), status=429))
    return _sign_in(request, sent.form.with_error("password", _WRONG), status=401)


@router.get("/sign-in/code", dependencies=[public()])
async def code_page(request: Request, next: str = "") -> HTMLResponse:  # noqa: A002
    """The second step."""
    return _code(request, Form({"next": next}))


def _code(request: Request, form: Form, *, status: int = 200) -> HTMLResponse:
    return render(request, "auth/sign_in/code.html", {"frame": public_frame(request), "form": form}, status_code=status)


@router.post("/sign-in/code")
async def code(request: Request, sent: Annotated[PublicForm[CodeForm], public_form(CodeForm, page=_code)]) -> Response:
    """Check the code; begin the session under a new secret (an old one, or one planted by others, ends here)."""
    attempt, held = request.cookies.get(ATTEMPT_COOKIE, ""), request.cookies.get(SESSION_COOKIE, "")
    verdict = await handlers.check_code(runtime_of(request), attempt, sent.value.code, client_address(request), held)
    if isinstance(verdict, SignedIn):
        target = safe_next(sent.value.next, verdict.landing)
        answer = _see(_with_next(ACTING, target) if verdict.has_choices else target)
        _set_cookie(answer, SESSION_COOKIE, verdict.secret)
        _delete_cookie(answer, ATTEMPT_COOKIE)
        return answer
    if verdict == "limited":
        return _limited(_code(request, sent.form.with_error("", _LIMITED), status=429))
    if verdict == "refused":
        return _code(request, sent.form.with_error("code", _WRONG_CODE), status=401)
    secret = request.cookies.get(SESSION_COOKIE)
    if secret and await views.living_session(runtime_of(request), secret):
        return _see(safe_next(sent.value.next))  # the same form sent twice: the first sending signed in
    return _see(_with_next("/sign-in?reason=code", sent.value.next))


@router.post("/sign-out")
async def sign_out(form: Annotated[PermittedForm[Pressed], permitted_form(OWN_ACCOUNT, Pressed)]) -> Response:
    """End the session."""
    async with form.open() as permit:
        await handlers.sign_out(permit)
    answer = _see("/session/ended?reason=signed-out")
    _delete_cookie(answer, SESSION_COOKIE)
    return answer


@router.get("/session/status")
async def status(permit: Annotated[Permit, permitted(OWN_ACCOUNT)]) -> JSONResponse:
    """Seconds until the session ends for want of use. Asking does not extend it."""
    return JSONResponse({"expires_in": permit.principal.expires_in})


@router.post("/session/extend")
async def extend(form: Annotated[PermittedForm[Pressed], permitted_form(OWN_ACCOUNT, Pressed)]) -> JSONResponse:
    """The person pressed "Stay signed in"."""
    async with form.open() as permit:
        return JSONResponse({"expires_in": await handlers.extend(permit)})


@router.get("/session/ended", dependencies=[public()])
async def ended(request: Request, reason: str = "", next: str = "") -> HTMLResponse:  # noqa: A002
    """Why the session is over, and the way back."""
    secret = request.cookies.get(SESSION_COOKIE)
    known = await views.why_ended(runtime_of(request), secret) if secret else None
    why = known or reason
    context = {
        "frame": public_frame(request),
        "sentence": ENDED.get(why, "Your session has ended. Sign in again to continue."),
        "sign_in": _with_next("/sign-in?reason=again", next),
    }
    return render(request, "auth/sign_in/ended.html", context)


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
        return _see(target)
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
    return render(request, "auth/sign_in/acting.html", context)


@router.post(ACTING)
async def acting(form: Annotated[PermittedForm[ActingForm], permitted_form(OWN_ACCOUNT, ActingForm)]) -> Response:
    """Act for another enrollment from now on."""
    async with form.open() as permit:
        await handlers.act_for(permit, opaque(form.value.acting))
    return _see(safe_next(form.value.return_to))


@router.get("/session/step-up")
async def step_up_page(
    request: Request,
    permit: Annotated[Permit, permitted(OWN_ACCOUNT)],  # noqa: ARG001 - puts the frame into the request
    next: str = "",  # noqa: A002
) -> HTMLResponse:
    """Ask for a fresh code."""
    return _step_up(request, Form({"next": next}))


def _step_up(request: Request, form: Form, *, status: int = 200) -> HTMLResponse:
    return render(request, "auth/sign_in/step_up.html", {"form": form}, status_code=status)


async def _step_up_again(request: Request, _: Permit, form: Form) -> HTMLResponse:
    return _step_up(request, form)


@router.post("/session/step-up")
async def step_up(
    request: Request,
    sent: Annotated[PermittedForm[CodeForm], permitted_form(OWN_ACCOUNT, CodeForm, page=_step_up_again)],
) -> Response:
    """Check a fresh code; the session goes on under a new secret."""
    verdict = await handlers.step_up(runtime_of(request), sent.admission, sent.value.code, client_address(request))
    if isinstance(verdict, SignedIn):
        answer = _see(safe_next(sent.value.next, verdict.landing))
        _set_cookie(answer, SESSION_COOKIE, verdict.secret)
        return answer
    if verdict == "limited":
        return _limited(_step_up(request, sent.form.with_error("", _LIMITED), status=429))
    if verdict == "refused":
        return _step_up(request, sent.form.with_error("code", _WRONG_CODE), status=401)
    return _see("/session/ended")


def _limited(answer: HTMLResponse) -> HTMLResponse:
    answer.headers["retry-after"] = str(auth_settings().attempts_seconds)
    return answer


def _see(path: str) -> RedirectResponse:
    return RedirectResponse(path, status_code=303)


def _with_next(path: str, target: str) -> str:
    """Carry on where to go afterwards, if it is a path of this portal."""
    kept = safe_next(target, "")
    if not kept:
        return path
    return f"{path}{'&' if '?' in path else '?'}next={quote(kept, safe='/')}"


def _set_cookie(answer: Response, name: str, secret: str) -> None:
    answer.set_cookie(name, secret, path="/", secure=True, httponly=True, samesite="lax")


def _delete_cookie(answer: Response, name: str) -> None:
    answer.delete_cookie(name, path="/", secure=True, httponly=True, samesite="lax")
