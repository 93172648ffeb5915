"""The pages of passkeys: one's own, and what the button of a passkey sends at sign-in and for a step-up."""

from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, Field
from pydantic.config import JsonDict

from libs.common.errors import Rejected
from libs.common.ids import secret_text
from libs.common.security.permissions import OWN_ACCOUNT, OWN_SECURITY
from libs.common.web.client_address import client_address
from libs.common.web.forms import Form, Pressed
from libs.common.web.frames import public_frame
from libs.common.web.pages import render
from libs.common.web.permit import Permit, fresh_code, opaque, permitted, runtime_of
from libs.common.web.permitted_form import PermittedForm, PublicForm, permitted_form, public_form
from services.auth.agreements.views import shown_notice
from services.auth.passkeys import handlers, repository
from services.auth.passkeys.domain import PAGE, Asked
from services.auth.sessions.domain import SESSION_COOKIE, SignedIn, safe_next, with_next
from services.auth.sessions.pages import delete_cookie, set_cookie
from services.auth.settings import auth_settings
from services.auth.sign_in.pages import ATTEMPT_COOKIE, browser_in, sign_in_form, signed_in

router = APIRouter()

PASSKEY_COOKIE = "__Host-passkey"

_SPARE = timedelta(minutes=2)
_MAX_ANSWER = 8_000
"""Characters of an answer: the longest have a few thousand."""

_ANSWER: JsonDict = {"correction": "Press the button of the passkey, and follow what your browser asks."}
_REFUSED = (
    "The passkey is not known here, or the account is locked for an hour after five failed attempts. You can sign in"
    " with your password and a code too."
)
_GONE = "It took too long, or this browser has answered already."
_LIMITED = "There were too many attempts. Wait a minute, then try again."


class AnswerForm(BaseModel):
    """What an authenticator answered, as JSON."""

    credential: str = Field(title="Passkey", max_length=_MAX_ANSWER, json_schema_extra=_ANSWER)
    next: str = Field(default="", max_length=2000)


class PasskeySignInForm(AnswerForm):
    """The same as the only step of a sign-in, with the notice accepted."""

    accepted: Literal["yes"] = Field(
        title="Notice", json_schema_extra={"correction": "Read the notice and accept it to continue."}
    )


class NewPasskeyForm(BaseModel):
    """A new passkey: what its owner calls it, and what the authenticator told of it."""

    name: str = Field(title="Name", max_length=60)
    credential: str = Field(title="Passkey", max_length=_MAX_ANSWER, json_schema_extra=_ANSWER)


# ---- one's own


@router.get(PAGE)
async def own(request: Request, permit: Annotated[Permit, permitted(OWN_ACCOUNT)]) -> HTMLResponse:
    """The passkeys one has, to add to and to remove from."""
    return await _own(request, permit, Form())


async def _own(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    passkeys = await repository.passkeys_of(permit.work, permit.principal.user_id)
    context = {
        "passkeys": passkeys,
        "form": form,
        "fresh": permit.is_fresh(OWN_SECURITY, _SPARE),
        "step_up": fresh_code(PAGE),
        "page": PAGE,
        "full": len(passkeys) >= auth_settings().passkeys,
        "idempotency_key": secret_text(),
        "crumbs": (("Your account", "/auth"), ("Sign-in and security", "/auth/security")),
    }
    return render(request, "auth/passkeys/passkeys.html", context)


@router.post(PAGE + "/options")
async def ask_to_register(form: Annotated[PermittedForm[Pressed], permitted_form(OWN_SECURITY, Pressed)]) -> Response:
    """What the browser asks an authenticator for a new passkey."""
    async with form.open() as permit:
        return asking(await handlers.ask_to_register(permit))


@router.post(PAGE)
async def register(
    request: Request,
    form: Annotated[PermittedForm[NewPasskeyForm], permitted_form(OWN_SECURITY, NewPasskeyForm, page=_own)],
) -> Response:
    """Add a passkey."""
    secret = request.cookies.get(PASSKEY_COOKIE, "")
    async with form.open() as permit:

        async def do() -> str:
            await handlers.register(permit, secret, form.value.name, form.value.credential)
            return PAGE

        answer = await form.once(permit, do)
    delete_cookie(answer, PASSKEY_COOKIE)
    return answer


@router.post(PAGE + "/{passkey_id}/remove")
async def remove(
    passkey_id: str, form: Annotated[PermittedForm[Pressed], permitted_form(OWN_SECURITY, Pressed)]
) -> Response:
    """Remove a passkey."""
    async with form.open() as permit:
        await handlers.remove(permit, opaque(passkey_id))
    return RedirectResponse(PAGE, status_code=303)


# ---- before a session


@router.post("/sign-in/passkey/options")
async def ask_to_sign_in(
    request: Request, _: Annotated[PublicForm[Pressed], public_form(Pressed, page=sign_in_form)]
) -> Response:
    """What the browser asks an authenticator of whoever it is."""
    asked = await handlers.ask_to_sign_in(runtime_of(request), client_address(request))
    return asking(asked) if isinstance(asked, Asked) else not_asking(asked)


@router.post("/sign-in/passkey", dependencies=[Depends(shown_notice)])
async def sign_in(
    request: Request,
    sent: Annotated[PublicForm[PasskeySignInForm], public_form(PasskeySignInForm, page=sign_in_form)],
) -> Response:
    """Sign in with a passkey alone."""
    secret = request.cookies.get(PASSKEY_COOKIE, "")
    verdict = await handlers.sign_in(runtime_of(request), secret, sent.value.credential, browser_in(request))
    return _came_to(request, verdict, sent.value.next, back="/sign-in?reason=again")


def _code_again(request: Request, form: Form) -> HTMLResponse:
    return _refused(
        request, " ".join(form.errors.values()), with_next("/sign-in/code", form.typed.get("next", "")), 422
    )


@router.post("/sign-in/code/passkey/options")
async def ask_for_second_factor(
    request: Request, _: Annotated[PublicForm[Pressed], public_form(Pressed, page=_code_again)]
) -> Response:
    """What the browser asks an authenticator of the person whose password was right."""
    attempt = request.cookies.get(ATTEMPT_COOKIE, "")
    asked = await handlers.ask_for_second_factor(runtime_of(request), attempt, client_address(request))
    return asking(asked) if isinstance(asked, Asked) else not_asking(asked)


@router.post("/sign-in/code/passkey")
async def second_factor(
    request: Request, sent: Annotated[PublicForm[AnswerForm], public_form(AnswerForm, page=_code_again)]
) -> Response:
    """A passkey in the place of a code."""
    attempt, secret = request.cookies.get(ATTEMPT_COOKIE, ""), request.cookies.get(PASSKEY_COOKIE, "")
    verdict = await handlers.second_factor(
        runtime_of(request), attempt, secret, sent.value.credential, browser_in(request)
    )
    return _came_to(request, verdict, sent.value.next, back="/sign-in/code")


def _came_to(request: Request, verdict: SignedIn | str, target: str, *, back: str) -> Response:
    if isinstance(verdict, SignedIn):
        answer = signed_in(verdict, target)
        delete_cookie(answer, ATTEMPT_COOKIE)
        delete_cookie(answer, PASSKEY_COOKIE)
        return answer
    return _told(request, verdict, with_next(back, target))


# ---- within a session


@router.post("/session/step-up/passkey/options")
async def ask_for_step_up(form: Annotated[PermittedForm[Pressed], permitted_form(OWN_ACCOUNT, Pressed)]) -> Response:
    """What the browser asks an authenticator of whoever is signed in."""
    async with form.open() as permit:
        return asking(await handlers.ask_for_step_up(permit))


async def _step_up_again(request: Request, _: Permit, form: Form) -> HTMLResponse:
    back = with_next("/session/step-up", form.typed.get("next", ""))
    return _refused(request, " ".join(form.errors.values()), back, 422)


@router.post("/session/step-up/passkey")
async def step_up(
    request: Request,
    sent: Annotated[PermittedForm[AnswerForm], permitted_form(OWN_ACCOUNT, AnswerForm, page=_step_up_again)],
) -> Response:
    """A passkey in the place of a fresh code; the session goes on under a new secret."""
    secret, address = request.cookies.get(PASSKEY_COOKIE, ""), client_address(request)
    verdict = await handlers.step_up(runtime_of(request), sent.admission, secret, sent.value.credential, address)
    if isinstance(verdict, SignedIn):
        answer = RedirectResponse(safe_next(sent.value.next, verdict.landing), status_code=303)
        set_cookie(answer, SESSION_COOKIE, verdict.secret)
        delete_cookie(answer, PASSKEY_COOKIE)
        return answer
    return _told(request, verdict, with_next("/session/step-up", sent.value.next))


def asking(asked: Asked) -> Response:
    """What an authenticator is asked, for a browser that holds by what its answer is known."""
    answer = Response(asked.options, media_type="application/json")
    set_cookie(answer, PASSKEY_COOKIE, asked.secret)
    return answer


def not_asking(verdict: str) -> Response:
    """Why nothing is asked. Raises `Rejected` (429, 409)."""
    if verdict == "limited":
        raise Rejected("sign-in-limited", _LIMITED, status=429, retry_after=auth_settings().attempts_seconds)
    raise Rejected("form-outdated", _GONE, status=409)


def _told(request: Request, verdict: str, back: str) -> HTMLResponse:
    if verdict == "limited":
        answer = _refused(request, _LIMITED, back, 429)
        answer.headers["retry-after"] = str(auth_settings().attempts_seconds)
        return answer
    if verdict == "gone":
        return _refused(request, _GONE, back, 409)
    return _refused(request, _REFUSED, back, 401)


def _refused(request: Request, sentence: str, back: str, status: int) -> HTMLResponse:
    around = {} if getattr(request.state, "frame", None) else {"frame": public_frame(request)}
    return render(
        request, "auth/passkeys/refused.html", {"sentence": sentence, "back": back, **around}, status_code=status
    )
