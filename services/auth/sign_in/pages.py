"""The pages of sign-in, which are public, and of a fresh code within a session."""

from typing import Annotated, Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, Field, SecretStr

from libs.common.security.permissions import OWN_ACCOUNT
from libs.common.web.client_address import client_address
from libs.common.web.forms import Form
from libs.common.web.frames import public_frame
from libs.common.web.pages import render
from libs.common.web.permit import Permit, permitted, public, runtime_of
from libs.common.web.permitted_form import PermittedForm, PublicForm, permitted_form, public_form
from services.auth.sessions import views
from services.auth.sessions.domain import ACTING, ENDED, SESSION_COOKIE, SignedIn, safe_next, with_next
from services.auth.sessions.pages import delete_cookie, set_cookie
from services.auth.settings import auth_settings
from services.auth.sign_in import handlers
from services.auth.sign_in.handlers import PasswordAccepted

router = APIRouter()

ATTEMPT_COOKIE = "__Host-attempt"

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


@router.get("/sign-in", dependencies=[public()])
async def sign_in_page(request: Request, next: str = "", reason: str = "") -> Response:  # noqa: A002 - the address says it
    """The notice, and the first step. Whoever is signed in goes on to where they were going."""
    secret = request.cookies.get(SESSION_COOKIE)
    if not reason and secret and await views.living_session(runtime_of(request), secret):
        return _see(safe_next(next))
    return _sign_in(request, Form({"next": next}), reason=reason)


def _sign_in(request: Request, form: Form, *, reason: str = "", status: int = 200) -> HTMLResponse:
    context = {"frame": public_frame(request), "form": form, "said": ENDED.get(reason, "")}
    return render(request, "auth/sign_in/sign_in.html", context, status_code=status)


@router.post("/sign-in")
async def sign_in(
    request: Request, sent: Annotated[PublicForm[SignInForm], public_form(SignInForm, page=_sign_in)]
) -> Response:
    """Check user id and password; then ask for the code."""
    value = sent.value
    verdict = await handlers.check_password(
        runtime_of(request), value.user_id, value.password.get_secret_value(), client_address(request)
    )
    if isinstance(verdict, PasswordAccepted):
        answer = _see(with_next("/sign-in/code", value.next))
        set_cookie(answer, ATTEMPT_COOKIE, verdict.secret)
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
        answer = _see(with_next(ACTING, target) if verdict.has_choices else target)
        set_cookie(answer, SESSION_COOKIE, verdict.secret)
        delete_cookie(answer, ATTEMPT_COOKIE)
        return answer
    if verdict == "limited":
        return _limited(_code(request, sent.form.with_error("", _LIMITED), status=429))
    if verdict == "refused":
        return _code(request, sent.form.with_error("code", _WRONG_CODE), status=401)
    secret = request.cookies.get(SESSION_COOKIE)
    if secret and await views.living_session(runtime_of(request), secret):
        return _see(safe_next(sent.value.next))  # the same form sent twice: the first sending signed in
    return _see(with_next("/sign-in?reason=code", sent.value.next))


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
        set_cookie(answer, SESSION_COOKIE, verdict.secret)
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
