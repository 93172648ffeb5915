"""The pages of sign-in and of the session. What stands before a session is public; the rest is one's own account."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Header, Query, Request
from fastapi import Form as FormField
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, Field, SecretStr

from libs.common.errors import Rejected
from libs.common.observability.logs import log
from libs.common.security.decision import MAX_CHOICES
from libs.common.security.permissions import OWN_ACCOUNT
from libs.common.web.client_address import client_address
from libs.common.web.forms import Form, read_form
from libs.common.web.frames import public_frame
from libs.common.web.pages import render
from libs.common.web.paging import Around, Listing
from libs.common.web.permit import Admission, Permit, admitted, check_form, opaque, permitted, public, runtime_of
from services.auth.access import repository as access
from services.auth.settings import auth_settings
from services.auth.sign_in import handlers, views
from services.auth.sign_in.domain import ACTING, landing_of, safe_next, same_origin
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
_FOREIGN = "This form did not come from a page of this portal. Open the sign-in page and try again."


class SignInForm(BaseModel):
    """User id and password, with the notice accepted."""

    user_id: str = Field(title="User ID", max_length=100)
    password: SecretStr = Field(title="Password", max_length=128)
    accepted: str = Field(default="", title="Notice")
    next: str = Field(default="", max_length=2000)


class CodeForm(BaseModel):
    """The six digits of the second factor."""

    code: str = Field(
        title="Code", pattern=r"^[0-9]{3} ?[0-9]{3}$", json_schema_extra={"correction": "Enter the 6-digit code."}
    )
    next: str = Field(default="", max_length=2000)


@router.get("/sign-in", dependencies=[public()])
async def sign_in_page(request: Request, next: str = "", reason: str = "") -> Response:  # noqa: A002 - the address says it
    """The notice, and the first step. Whoever is signed in goes on to where they were going."""
    secret = request.cookies.get(SESSION_COOKIE)
    if not reason and secret and await views.living_session(runtime_of(request), secret):
        return _see(safe_next(next))
    return _sign_in(request, Form({"next": next}), reason=reason)


@router.post("/sign-in", dependencies=[public()])
async def sign_in(request: Request) -> Response:
    """Check user id and password; then ask for the code."""
    _check_origin(request)
    sent = await read_form(request, SignInForm)
    if sent.value is None:
        return _sign_in(request, sent.form, status=422)
    if sent.value.accepted != "yes":
        return _sign_in(
            request, sent.form.with_error("accepted", "Read the notice and accept it to continue."), status=422
        )
    verdict = await handlers.check_password(
        runtime_of(request), sent.value.user_id, sent.value.password.get_secret_value(), client_address(request)
    )
    if isinstance(verdict, PasswordAccepted):
        answer = _see(_with_next("/sign-in/code", sent.value.next))
        _set_cookie(answer, ATTEMPT_COOKIE, verdict.secret)
        return answer
    if verdict == "limited":
        return _limited(_sign_in(request, sent.form.with_error("", _LIMITED), status=429))
    return _sign_in(request, sent.form.with_error("password", _WRONG), status=401)


@router.get("/sign-in/code", dependencies=[public()])
async def code_page(request: Request, next: str = "") -> HTMLResponse:  # noqa: A002
    """The second step."""
    return _code(request, Form({"next": next}))


@router.post("/sign-in/code", dependencies=[public()])
async def code(request: Request) -> Response:
    """Check the code; begin the session under a new secret (an old one, or one planted by others, ends here)."""
    _check_origin(request)
    sent = await read_form(request, CodeForm)
    if sent.value is None:
        return _code(request, sent.form, status=422)
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
async def sign_out(
    permit: Annotated[Permit, permitted(OWN_ACCOUNT)], csrf: Annotated[str, FormField()] = ""
) -> Response:
    """End the session."""
    _check_csrf(permit, csrf)
    await handlers.sign_out(permit)
    answer = _see("/session/ended?reason=signed-out")
    _delete_cookie(answer, SESSION_COOKIE)
    return answer


@router.get("/session/status")
async def status(permit: Annotated[Permit, permitted(OWN_ACCOUNT)]) -> JSONResponse:
    """Seconds until the session ends for want of use. Asking does not extend it."""
    return JSONResponse({"expires_in": permit.principal.expires_in})


@router.post("/session/extend")
async def extend(
    permit: Annotated[Permit, permitted(OWN_ACCOUNT)], x_csrf_token: Annotated[str, Header()] = ""
) -> JSONResponse:
    """The person pressed "Stay signed in"."""
    _check_csrf(permit, x_csrf_token)
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
async def acting(
    permit: Annotated[Permit, permitted(OWN_ACCOUNT)],
    acting: Annotated[str, FormField()],
    csrf: Annotated[str, FormField()] = "",
    return_to: Annotated[str, FormField()] = "",
) -> Response:
    """Act for another enrollment from now on."""
    _check_csrf(permit, csrf)
    await handlers.act_for(permit, opaque(acting))
    return _see(safe_next(return_to))


@router.get("/session/step-up")
async def step_up_page(
    request: Request,
    permit: Annotated[Permit, permitted(OWN_ACCOUNT)],  # noqa: ARG001 - puts the frame into the request
    next: str = "",  # noqa: A002
) -> HTMLResponse:
    """Ask for a fresh code."""
    return _step_up(request, Form({"next": next}))


@router.post("/session/step-up")
async def step_up(request: Request, admission: Annotated[Admission, admitted(OWN_ACCOUNT)]) -> Response:
    """Check a fresh code; the session goes on under a new secret."""
    body = await request.form(max_files=0)
    check_form(admission, csrf=str(body.get("csrf", "")), enrollment=str(body.get("enrollment", "")))
    sent = await read_form(request, CodeForm)
    if sent.value is None:
        return _step_up(request, sent.form, status=422)
    verdict = await handlers.step_up(runtime_of(request), admission, sent.value.code, client_address(request))
    if isinstance(verdict, SignedIn):
        answer = _see(safe_next(sent.value.next, verdict.landing))
        _set_cookie(answer, SESSION_COOKIE, verdict.secret)
        return answer
    if verdict == "limited":
        return _limited(_step_up(request, sent.form.with_error("", _LIMITED), status=429))
    if verdict == "refused":
        return _step_up(request, sent.form.with_error("code", _WRONG_CODE), status=401)
    return _see("/session/ended")


def _sign_in(request: Request, form: Form, *, reason: str = "", status: int = 200) -> HTMLResponse:
    context = {"frame": public_frame(request), "form": form, "said": ENDED.get(reason, "")}
    return render(request, "auth/sign_in/sign_in.html", context, status_code=status)


def _code(request: Request, form: Form, *, status: int = 200) -> HTMLResponse:
    return render(request, "auth/sign_in/code.html", {"frame": public_frame(request), "form": form}, status_code=status)


def _step_up(request: Request, form: Form, *, status: int = 200) -> HTMLResponse:
    return render(request, "auth/sign_in/step_up.html", {"form": form}, status_code=status)


def _limited(answer: HTMLResponse) -> HTMLResponse:
    answer.headers["retry-after"] = str(auth_settings().attempts_seconds)
    return answer


def _check_origin(request: Request) -> None:
    """Refuse a pre-session form that another site's page sent: nobody is signed in as somebody else unknowingly."""
    headers = request.headers
    if not same_origin(headers.get("sec-fetch-site", ""), headers.get("origin", ""), headers.get("host", "")):
        log.warning("sign-in form of another site", reason="foreign-origin")
        raise Rejected("form-expired", _FOREIGN, status=403)


def _check_csrf(permit: Permit, csrf: str) -> None:
    """As `check_form`, for what concerns the session and no enrollment."""
    check_form(permit, csrf=csrf, enrollment=str(permit.principal.enrollment_id or ""))


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
