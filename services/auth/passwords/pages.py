"""The pages of passwords: one's own is changed, one that was forgotten is chosen again."""

from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, Field, SecretStr

from libs.common.errors import Rejected
from libs.common.security.permissions import OWN_ACCOUNT, OWN_SECURITY
from libs.common.web.client_address import client_address
from libs.common.web.forms import Form
from libs.common.web.frames import public_frame
from libs.common.web.pages import render
from libs.common.web.permit import Permit, fresh_code, permitted, public, runtime_of
from libs.common.web.permitted_form import PermittedForm, PublicForm, permitted_form, public_form
from services.auth.access import repository as access
from services.auth.access.domain import EMAIL
from services.auth.factors.views import Ways
from services.auth.passwords import handlers, views
from services.auth.passwords.domain import Fault, guidelines, sentence
from services.auth.sessions.pages import delete_cookie, set_cookie
from services.auth.settings import auth_settings
from services.auth.sign_in.pages import LINK_COOKIE, NOT_SENT, NOT_SENT_STATUS, answer_limited

router = APIRouter()

PASSWORD, FORGOTTEN, FORGOTTEN_ID = "/auth/password", "/sign-in/forgotten", "/sign-in/forgotten-user-id"
_NEARLY = timedelta(minutes=1)
_TWICE = "Type the same new password twice."
_WRONG = "This is not your present password. After five failed attempts you are signed out."
_WRONG_CODE = (
    "The code is wrong or was used before, or the account is locked for an hour after five failed attempts. Wait for"
    " the next code, or ask for another one."
)
_LIMITED = "There were too many attempts. Wait a minute, then try again."


class ChangeForm(BaseModel):
    """The present password, and the new one twice."""

    password: SecretStr = Field(title="Present password", max_length=128)
    new_password: SecretStr = Field(title="New password", max_length=512)
    again: SecretStr = Field(title="New password again", max_length=512)


class ForgottenForm(BaseModel):
    """Whose password was forgotten."""

    user_id: str = Field(title="User ID", max_length=100)


class ForgottenIdForm(BaseModel):
    """Whose user ID was forgotten."""

    email: str = Field(
        title="Email address",
        max_length=254,
        pattern=EMAIL,
        json_schema_extra={"correction": "Enter an email address such as name@example.com."},
    )


class ResetForm(BaseModel):
    """A code, and the new password twice."""

    code: str = Field(
        title="Code",
        max_length=40,
        json_schema_extra={"correction": "Enter a 6-digit code, or one of your recovery codes."},
    )
    new_password: SecretStr = Field(title="New password", max_length=512)
    again: SecretStr = Field(title="New password again", max_length=512)


class SendForm(BaseModel):
    """By which way a code is to come."""

    channel: Literal["sms", "voice"] = Field(title="How to send the code")


@router.get(PASSWORD)
async def password_page(request: Request, permit: Annotated[Permit, permitted(OWN_ACCOUNT)]) -> HTMLResponse:
    """Change one's password."""
    return await _change(request, permit, Form())


async def _change(request: Request, permit: Permit, form: Form, *, status: int = 200) -> HTMLResponse:
    member = await access.member(permit.work, permit.principal.user_id)
    context = {
        "form": form,
        "guidelines": guidelines(auth_settings()),
        "own": f"{member.name} {member.login}" if member else "",
        "fresh": permit.is_fresh(OWN_SECURITY, _NEARLY),
        "step_up": fresh_code(PASSWORD),
        "crumbs": (("Your account", "/auth"), ("Sign-in and security", "/auth/security")),
    }
    return render(request, "auth/passwords/change.html", context, status_code=status)


@router.post(PASSWORD)
async def change_password(
    request: Request,
    sent: Annotated[PermittedForm[ChangeForm], permitted_form(OWN_SECURITY, ChangeForm, page=_change)],
) -> Response:
    """Change it, and end the person's other sessions."""
    value = sent.value
    _same(value.new_password, value.again)
    came_to = await handlers.change(
        runtime_of(request),
        sent.admission,
        value.password.get_secret_value(),
        value.new_password.get_secret_value(),
        client_address(request),
    )
    if came_to == "done":
        return RedirectResponse("/auth/security?done=password", 303)
    if came_to == "gone":
        return RedirectResponse("/session/ended", 303)
    if came_to == "limited":
        raise Rejected("sign-in-limited", _LIMITED, status=429, fields={"": _LIMITED}, retry_after=60)
    if came_to == "refused":
        raise Rejected("form-invalid", _WRONG, fields={"password": _WRONG})
    raise _fault(came_to)


@router.get(FORGOTTEN, dependencies=[public()])
async def forgotten_page(request: Request, asked: Literal["", "yes"] = "") -> HTMLResponse:
    """Ask for a link to a new password."""
    return _forgotten(request, Form(), asked=asked == "yes")


def _forgotten(request: Request, form: Form, *, asked: bool = False, status: int = 200) -> HTMLResponse:
    context = {
        "frame": public_frame(request),
        "form": form,
        "asked": asked,
        "minutes": auth_settings().reset_link_minutes,
    }
    return render(request, "auth/passwords/forgotten.html", context, status_code=status)


@router.post(FORGOTTEN)
async def forgotten(
    request: Request, sent: Annotated[PublicForm[ForgottenForm], public_form(ForgottenForm, page=_forgotten)]
) -> Response:
    """The same answer for everybody: whether there is such an account is for its owner's mailbox."""
    if await handlers.ask_for_link(runtime_of(request), sent.value.user_id, client_address(request)) == "limited":
        return answer_limited(_forgotten(request, sent.form.with_error("", _LIMITED), status=429))
    return RedirectResponse(f"{FORGOTTEN}?asked=yes", 303)


@router.get(FORGOTTEN_ID, dependencies=[public()])
async def forgotten_id_page(request: Request, asked: Literal["", "yes"] = "") -> HTMLResponse:
    """Ask which user IDs one has."""
    return _forgotten_id(request, Form(), asked=asked == "yes")


def _forgotten_id(request: Request, form: Form, *, asked: bool = False, status: int = 200) -> HTMLResponse:
    context = {"frame": public_frame(request), "form": form, "asked": asked}
    return render(request, "auth/passwords/forgotten_id.html", context, status_code=status)


@router.post(FORGOTTEN_ID)
async def forgotten_id(
    request: Request,
    sent: Annotated[PublicForm[ForgottenIdForm], public_form(ForgottenIdForm, page=_forgotten_id)],
) -> Response:
    """The same answer for everybody: which there are is for the mailbox of the address."""
    if await handlers.ask_for_user_ids(runtime_of(request), sent.value.email, client_address(request)) == "limited":
        return answer_limited(_forgotten_id(request, sent.form.with_error("", _LIMITED), status=429))
    return RedirectResponse(f"{FORGOTTEN_ID}?asked=yes", 303)


@router.get(handlers.RESET, dependencies=[public()])
async def reset_page(request: Request, link: str = "") -> Response:
    """Where the mailed link leads: what it holds goes into a cookie at once, and out of the address."""
    if link:
        answer = RedirectResponse(handlers.RESET, 303)
        set_cookie(answer, LINK_COOKIE, link)
        return answer
    ways = await views.ways_for_link(runtime_of(request), request.cookies.get(LINK_COOKIE, ""))
    return _reset(request, Form(), ways=ways, works=ways is not None)


def _reset(
    request: Request, form: Form, *, ways: Ways | None = None, works: bool = True, status: int = 200
) -> HTMLResponse:
    context = {
        "frame": public_frame(request),
        "form": form,
        "ways": ways or Ways(),
        "works": works,
        "minutes": auth_settings().code_minutes,
        "guidelines": guidelines(auth_settings()),
    }
    return render(request, "auth/passwords/reset.html", context, status_code=status)


@router.post(handlers.RESET)
async def reset(
    request: Request, sent: Annotated[PublicForm[ResetForm], public_form(ResetForm, page=_reset)]
) -> Response:
    """Choose the new password. It begins no session: one signs in with it."""
    value, link = sent.value, request.cookies.get(LINK_COOKIE, "")
    _same(value.new_password, value.again)
    came_to = await handlers.reset(
        runtime_of(request), link, value.code, value.new_password.get_secret_value(), client_address(request)
    )
    if came_to == "done":
        answer = RedirectResponse("/sign-in?reason=password", 303)
        delete_cookie(answer, LINK_COOKIE)
        return answer
    if came_to == "gone":
        return _reset(request, Form(), works=False, status=404)
    ways = await views.ways_for_link(runtime_of(request), link)
    if came_to == "limited":
        return answer_limited(_reset(request, sent.form.with_error("", _LIMITED), ways=ways, status=429))
    if came_to == "refused":
        return _reset(request, sent.form.with_error("code", _WRONG_CODE), ways=ways, status=401)
    raise _fault(came_to)


@router.post(handlers.RESET + "/send")
async def send_for_reset(
    request: Request, sent: Annotated[PublicForm[SendForm], public_form(SendForm, page=_reset)]
) -> Response:
    """Send a code to the phone, for this link alone."""
    runtime, link = runtime_of(request), request.cookies.get(LINK_COOKIE, "")
    came_to = await handlers.send_code(runtime, link, sent.value.channel, client_address(request))
    if came_to in ("sent", "gone"):
        return RedirectResponse(handlers.RESET, 303)
    ways, status = await views.ways_for_link(runtime, link), NOT_SENT_STATUS[came_to]
    return answer_limited(_reset(request, sent.form.with_error("", NOT_SENT[came_to]), ways=ways, status=status))


def _same(first: SecretStr, second: SecretStr) -> None:
    if first.get_secret_value() != second.get_secret_value():
        raise Rejected("form-invalid", _TWICE, fields={"again": _TWICE})


def _fault(fault: Fault) -> Rejected:
    said = sentence(fault, auth_settings())
    return Rejected("form-invalid", said, fields={"new_password": said})
