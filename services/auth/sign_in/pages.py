"""The pages of sign-in and of the session. What stands before a session is public; the rest is one's own account."""

from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, Field, SecretStr

from libs.common.security.permissions import OWN_ACCOUNT
from libs.common.web.client_address import client_address
from libs.common.web.forms import Form, Pressed
from libs.common.web.frames import public_frame
from libs.common.web.pages import render
from libs.common.web.permit import Permit, permitted, public, runtime_of
from libs.common.web.permitted_form import PermittedForm, PublicForm, permitted_form, public_form
from services.auth.agreements.views import shown_notice
from services.auth.factor_loss.domain import NEW_FACTOR
from services.auth.factor_loss.views import loss_of
from services.auth.factors.views import Ways, ways_of
from services.auth.sessions import views as session_views
from services.auth.sessions.domain import (
    ACTING,
    DEVICE_COOKIE,
    ENDED,
    SESSION_COOKIE,
    WINDOW_COOKIE,
    Browser,
    SignedIn,
    browser_of,
    safe_next,
    with_next,
)
from services.auth.sessions.pages import delete_cookie, set_cookie
from services.auth.settings import auth_settings
from services.auth.sign_in import handlers, views
from services.auth.sign_in.handlers import PasswordAccepted, Verdict

router = APIRouter()

ATTEMPT_COOKIE = "__Host-attempt"
LINK_COOKIE = "__Host-link"
"""Of an address that was mailed: it is put here at once, so that it stands in no address any more."""

_WRONG = (
    "The user ID or password is wrong, or the account is locked for an hour after five failed attempts. After that,"
    " choose a new password with “Forgot your password?”."
)
_WRONG_CODE = (
    "The code is wrong or was used before. Wait for the next code in your authenticator and enter that one, or ask for"
    " another code."
    " After five failed attempts the account is locked for an hour."
)
_WRONG_RECOVERY_CODE = (
    "The recovery code is wrong or was used before. After five failed attempts the account is locked for an hour."
)
_LIMITED = "There were too many attempts. Wait a minute, then try again."
NOT_SENT = {
    "not-offered": "No code can be sent to you this way. Use your authenticator or a recovery code.",
    "limited": "No code was sent: wait a minute after each, and 10 minutes after three. Or use your authenticator.",
    "away": "The code could not be sent. Use your authenticator or a recovery code, or try again in a few minutes.",
}
"""Why a code that was asked for is not on its way."""
NOT_SENT_STATUS = {"not-offered": 422, "limited": 429, "away": 503}
"""The same to whoever reads the status."""


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


class SendForm(BaseModel):
    """By which way a code is to come."""

    channel: Literal["sms", "voice", "email"] = Field(title="How to send the code")
    next: str = Field(default="", max_length=2000)


class RecoveryForm(BaseModel):
    """One of the recovery codes."""

    recovery_code: str = Field(
        title="Recovery code",
        pattern=r"^([A-Za-z2-7][ -]?){16}$",
        json_schema_extra={"correction": "Enter one of your recovery codes: 16 letters and digits."},
    )
    next: str = Field(default="", max_length=2000)


@router.get("/sign-in", dependencies=[public(), Depends(shown_notice)])
async def sign_in_page(request: Request, next: str = "", reason: str = "") -> Response:  # noqa: A002 - the address says it
    """The notice, and the first step. Whoever is signed in goes on to where they were going."""
    secret = request.cookies.get(SESSION_COOKIE)
    if not reason and secret and await session_views.living_session(runtime_of(request), secret):
        return _see(safe_next(next))
    return sign_in_form(request, Form({"next": next}), reason=reason)


def sign_in_form(request: Request, form: Form, *, reason: str = "", status: int = 200) -> HTMLResponse:
    """The first step, with what is to be corrected; the notice was looked up by `shown_notice`."""
    context = {
        "frame": public_frame(request),
        "form": form,
        "said": ENDED.get(reason, ""),
        "notice": request.state.notice,
    }
    return render(request, "auth/sign_in/sign_in.html", context, status_code=status)


@router.post("/sign-in", dependencies=[Depends(shown_notice)])
async def sign_in(
    request: Request, sent: Annotated[PublicForm[SignInForm], public_form(SignInForm, page=sign_in_form)]
) -> Response:
    """Check user id and password; then ask for the code."""
    value = sent.value
    verdict = await handlers.check_password(
        runtime_of(request), value.user_id, value.password.get_secret_value(), browser_in(request)
    )
    if isinstance(verdict, SignedIn):
        return signed_in(verdict, value.next)
    if isinstance(verdict, PasswordAccepted):
        answer = _see(with_next("/sign-in/code", value.next))
        set_cookie(answer, ATTEMPT_COOKIE, verdict.secret)
        return answer
    if verdict == "limited":
        return answer_limited(sign_in_form(request, sent.form.with_error("", _LIMITED), status=429))
    return sign_in_form(request, sent.form.with_error("password", _WRONG), status=401)


@router.get("/sign-in/code", dependencies=[public()])
async def code_page(request: Request, next: str = "") -> Response:  # noqa: A002
    """The second step; for whom every factor ended, the way to a new one."""
    loss = await loss_of(runtime_of(request), request.cookies.get(ATTEMPT_COOKIE, ""))
    if loss is not None and loss.state == "over":
        return _see(with_next(NEW_FACTOR, next))
    ways = await views.ways_to_go_on(runtime_of(request), request.cookies.get(ATTEMPT_COOKIE, ""))
    return _code(request, Form({"next": next}), ways=ways)


def _code(request: Request, form: Form, *, ways: Ways | None = None, status: int = 200) -> HTMLResponse:
    context = {
        "frame": public_frame(request),
        "form": form,
        "ways": ways or Ways(),
        "window": auth_settings().mfa_window != "off",
        "hours": auth_settings().mfa_window_hours,
        "minutes": auth_settings().code_minutes,
    }
    return render(request, "auth/sign_in/code.html", context, status_code=status)


@router.post("/sign-in/code")
async def code(request: Request, sent: Annotated[PublicForm[CodeForm], public_form(CodeForm, page=_code)]) -> Response:
    """Check the code; begin the session under a new secret (an old one, or one planted by others, ends here)."""
    verdict = await _check_code(request, sent.value.code)
    if verdict in ("limited", "refused"):
        ways = await views.ways_to_go_on(runtime_of(request), request.cookies.get(ATTEMPT_COOKIE, ""))
        if verdict == "limited":
            return answer_limited(_code(request, sent.form.with_error("", _LIMITED), ways=ways, status=429))
        return _code(request, sent.form.with_error("code", _WRONG_CODE), ways=ways, status=401)
    return await _after_code(request, verdict, sent.value.next)


@router.get("/sign-in/recovery", dependencies=[public()])
async def recovery_page(request: Request, next: str = "") -> HTMLResponse:  # noqa: A002
    """The second step, for whoever has lost the authenticator."""
    return _recovery(request, Form({"next": next}))


def _recovery(request: Request, form: Form, *, status: int = 200) -> HTMLResponse:
    context = {
        "frame": public_frame(request),
        "form": form,
        "code_page": with_next("/sign-in/code", form.typed.get("next", "")),
    }
    return render(request, "auth/sign_in/recovery.html", context, status_code=status)


@router.post("/sign-in/recovery")
async def recovery(
    request: Request, sent: Annotated[PublicForm[RecoveryForm], public_form(RecoveryForm, page=_recovery)]
) -> Response:
    """Check a recovery code, as any other."""
    verdict = await _check_code(request, sent.value.recovery_code)
    if verdict == "limited":
        return answer_limited(_recovery(request, sent.form.with_error("", _LIMITED), status=429))
    if verdict == "refused":
        return _recovery(request, sent.form.with_error("recovery_code", _WRONG_RECOVERY_CODE), status=401)
    return await _after_code(request, verdict, sent.value.next)


@router.post("/sign-in/send")
async def send(request: Request, sent: Annotated[PublicForm[SendForm], public_form(SendForm, page=_code)]) -> Response:
    """Send a code for the second step, by the way that was chosen."""
    runtime, attempt = runtime_of(request), request.cookies.get(ATTEMPT_COOKIE, "")
    came_to = await handlers.send_code(runtime, attempt, sent.value.channel, client_address(request))
    if came_to == "gone":
        return _see(with_next("/sign-in?reason=code", sent.value.next))
    if came_to == "sent":
        return _see(with_next("/sign-in/code", sent.value.next))
    ways, status = await views.ways_to_go_on(runtime, attempt), NOT_SENT_STATUS[came_to]
    return answer_limited(_code(request, sent.form.with_error("", NOT_SENT[came_to]), ways=ways, status=status))


async def _check_code(request: Request, code: str) -> SignedIn | Verdict:
    attempt = request.cookies.get(ATTEMPT_COOKIE, "")
    return await handlers.check_code(runtime_of(request), attempt, code, browser_in(request))


async def _after_code(request: Request, verdict: SignedIn | Verdict, target: str) -> Response:
    if isinstance(verdict, SignedIn):
        answer = signed_in(verdict, target)
        delete_cookie(answer, ATTEMPT_COOKIE)
        return answer
    secret = request.cookies.get(SESSION_COOKIE)
    if secret and await session_views.living_session(runtime_of(request), secret):
        return _see(safe_next(target))  # the same form sent twice: the first sending signed in
    return _see(with_next("/sign-in?reason=code", target))


def signed_in(begun: SignedIn, wanted: str) -> Response:
    """Lead to where a person who signed in was going, and let the browser hold what it is to hold."""
    target = safe_next(wanted, begun.landing)
    answer = _see(with_next(ACTING, target) if begun.has_choices else target)
    set_cookie(answer, SESSION_COOKIE, begun.secret)
    if begun.window:
        set_cookie(answer, WINDOW_COOKIE, begun.window)
    if begun.device:
        set_cookie(answer, DEVICE_COOKIE, begun.device, lasting=timedelta(days=auth_settings().device_days))
    return answer


def browser_in(request: Request) -> Browser:
    """The browser that sent a request, and what it holds."""
    held = request.cookies.get
    return Browser(
        client_address(request),
        browser_of(request.headers.get("user-agent", "")),
        session=held(SESSION_COOKIE, ""),
        window=held(WINDOW_COOKIE, ""),
        device=held(DEVICE_COOKIE, ""),
    )


@router.get(handlers.NOT_MINE, dependencies=[public()])
async def not_mine_page(request: Request, link: str = "") -> Response:
    """Where the letter about a new device leads. Looking changes nothing: mail scanners look too."""
    if link:
        answer = _see(handlers.NOT_MINE)
        set_cookie(answer, LINK_COOKIE, link)
        return answer
    return await _not_mine(request)


async def _not_mine(request: Request) -> HTMLResponse:
    works = await views.link_works(runtime_of(request), request.cookies.get(LINK_COOKIE, ""), "not-mine")
    return render(request, "auth/sign_in/not_mine.html", {"frame": public_frame(request), "works": works})


def _pressed(request: Request, _: Form) -> HTMLResponse:
    return render(request, "auth/sign_in/not_mine.html", {"frame": public_frame(request), "works": True})


@router.post(handlers.NOT_MINE)
async def not_mine(
    request: Request, _: Annotated[PublicForm[Pressed], public_form(Pressed, page=_pressed)]
) -> Response:
    """Sign everybody out, and ask for a new password."""
    if not await handlers.disown(runtime_of(request), request.cookies.get(LINK_COOKIE, ""), client_address(request)):
        return await _not_mine(request)
    answer = _see("/session/ended?reason=not-mine")
    delete_cookie(answer, LINK_COOKIE)
    return answer


@router.get("/session/step-up")
async def step_up_page(
    request: Request,
    permit: Annotated[Permit, permitted(OWN_ACCOUNT)],
    next: str = "",  # noqa: A002
) -> HTMLResponse:
    """Ask for a fresh code."""
    return await _step_up_again(request, permit, Form({"next": next}))


async def _step_up_again(request: Request, permit: Permit, form: Form, *, status: int = 200) -> HTMLResponse:
    principal = permit.principal
    ways = await ways_of(permit.work, principal.user_id, bytes.fromhex(principal.session), mail=False)
    context = {"form": form, "ways": ways, "minutes": auth_settings().code_minutes}
    return render(request, "auth/sign_in/step_up.html", context, status_code=status)


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
    if verdict == "gone":
        return _see("/session/ended")
    limited = verdict == "limited"
    form = sent.form.with_error("", _LIMITED) if limited else sent.form.with_error("code", _WRONG_CODE)
    async with sent.open() as permit:
        again = await _step_up_again(request, permit, form, status=429 if limited else 401)
    return answer_limited(again) if limited else again


@router.post("/session/step-up/send")
async def send_for_step_up(
    request: Request,
    sent: Annotated[PermittedForm[SendForm], permitted_form(OWN_ACCOUNT, SendForm, page=_step_up_again)],
) -> Response:
    """Send a code for a step-up to the phone: a mailed one would not count."""
    runtime, channel = runtime_of(request), sent.value.channel
    came_to = await handlers.send_for_step_up(runtime, sent.admission, channel, client_address(request))
    if came_to == "sent":
        return _see(with_next("/session/step-up", sent.value.next))
    async with sent.open() as permit:
        form = sent.form.with_error("", NOT_SENT[came_to])
        return answer_limited(await _step_up_again(request, permit, form, status=NOT_SENT_STATUS[came_to]))


def answer_limited(answer: HTMLResponse) -> HTMLResponse:
    """An answer that says when one may try again."""
    answer.headers["retry-after"] = str(auth_settings().attempts_seconds)
    return answer


def _see(path: str) -> RedirectResponse:
    return RedirectResponse(path, status_code=303)
