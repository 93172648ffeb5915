"""How one signs in, for oneself: authenticators, phone, recovery codes, and the browser that is asked for no code."""

from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, Field

from libs.common.errors import Rejected
from libs.common.security.permissions import OWN_ACCOUNT, OWN_SECURITY
from libs.common.web.client_address import client_address
from libs.common.web.forms import Form, Pressed
from libs.common.web.pages import render
from libs.common.web.permit import Permit, fresh_code, opaque, permitted, runtime_of
from libs.common.web.permitted_form import PermittedForm, permitted_form
from services.auth.access import repository as access
from services.auth.factors import handlers, views
from services.auth.sessions.domain import WINDOW_COOKIE
from services.auth.sessions.pages import delete_cookie
from services.auth.settings import auth_settings

router = APIRouter()

SECURITY = "/auth/security"
_NEARLY = timedelta(minutes=1)
_WRONG_CODE = "This is not the code. Enter the one that is shown or was sent last."
_DONE = {
    "authenticator": "The authenticator was added. Its codes count from now on.",
    "authenticator-removed": "The authenticator was removed.",
    "phone": "Codes can be sent to this number from now on.",
    "phone-removed": "No codes are sent to your phone any more.",
    "browser": "This browser is asked for a code at the next sign-in.",
    "password": "Your password was changed.",
}
_NOT_SENT = {
    "not-offered": "No number waits for a code. Enter it again.",
    "limited": "No code was sent: wait a minute after each, and 10 minutes after three.",
    "away": "The code could not be sent. Check the number, or try again in a few minutes.",
}


class DeviceForm(BaseModel):
    """What one calls a new authenticator."""

    device_name: str = Field(title="Name", max_length=60)


class ConfirmForm(BaseModel):
    """The six digits that the new factor shows."""

    code: str = Field(
        title="Code", pattern=r"^[0-9]{3} ?[0-9]{3}$", json_schema_extra={"correction": "Enter the 6-digit code."}
    )


class RemoveForm(BaseModel):
    """Which authenticator is to be removed."""

    device_id: str = ""


class PhoneForm(BaseModel):
    """A phone, and how the code that confirms it is to come."""

    phone: str = Field(title="Phone number", max_length=30)
    channel: Literal["sms", "voice"] = Field(title="How to send the code")


@router.get(SECURITY)
async def security(request: Request, permit: Annotated[Permit, permitted(OWN_ACCOUNT)], done: str = "") -> HTMLResponse:
    """How one signs in."""
    return await _security(request, permit, Form({"channel": "sms"}), done=done)


async def _security(request: Request, permit: Permit, form: Form, *, done: str = "", status: int = 200) -> HTMLResponse:
    work, principal = permit.work, permit.principal
    window = await views.window_of(work, principal.user_id, request.cookies.get(WINDOW_COOKIE, ""))
    context = {
        "form": form,
        "factors": await views.factors_of(work, principal.user_id),
        "most_devices": auth_settings().totp_devices,
        "window_until": window.expires_at if window else None,
        "last_sign_in": principal.last_sign_in,
        "failed_sign_ins": principal.failed_sign_ins,
        "done": _DONE.get(done, ""),
        "fresh": permit.is_fresh(OWN_SECURITY, _NEARLY),
        "step_up": fresh_code(SECURITY),
        "crumbs": (("Your account", "/auth"),),
    }
    return render(request, "auth/factors/security.html", context, status_code=status)


@router.post(SECURITY + "/authenticators")
async def add_authenticator(
    request: Request,
    sent: Annotated[PermittedForm[DeviceForm], permitted_form(OWN_SECURITY, DeviceForm, page=_security)],
) -> HTMLResponse:
    """Show the secret of a new authenticator, once: as a picture for its camera, and as letters to type."""
    async with sent.open() as permit:
        secret = await handlers.begin_device(permit.work, permit.principal.user_id, sent.value.device_name)
        member = await access.member(permit.work, permit.principal.user_id)
        login = member.login if member else ""
        context = {
            "form": Form(),
            "picture": views.qr_code(runtime_of(request), login, secret),
            "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
            "crumbs": _CRUMBS,
        }
        return render(request, "auth/factors/authenticator.html", context)


async def _again(request: Request, _: Permit, form: Form) -> HTMLResponse:
    context = {"form": form, "picture": "", "secret": "", "crumbs": _CRUMBS}
    return render(request, "auth/factors/authenticator.html", context)


@router.post(SECURITY + "/authenticators/confirm")
async def confirm_authenticator(
    sent: Annotated[PermittedForm[ConfirmForm], permitted_form(OWN_SECURITY, ConfirmForm, page=_again)],
) -> Response:
    """Take the first code of a new authenticator."""
    async with sent.open() as permit:
        right = await handlers.confirm_device(permit.work, permit.principal.user_id, sent.value.code)
    if not right:
        raise Rejected("form-invalid", _WRONG_CODE, fields={"code": _WRONG_CODE})
    return _done("authenticator")


@router.post(SECURITY + "/authenticators/remove")
async def remove_authenticator(
    sent: Annotated[PermittedForm[RemoveForm], permitted_form(OWN_SECURITY, RemoveForm)],
) -> Response:
    """Remove an authenticator that one does not have any more."""
    async with sent.open() as permit:
        await handlers.remove_device(permit, opaque(sent.value.device_id))
    return _done("authenticator-removed")


@router.post(SECURITY + "/phone")
async def add_phone(
    request: Request,
    sent: Annotated[PermittedForm[PhoneForm], permitted_form(OWN_SECURITY, PhoneForm, page=_security)],
) -> Response:
    """Send a code to a number that one wants codes to go to."""
    value = sent.value
    async with sent.open() as permit:
        await handlers.begin_phone(permit, value.phone)
        bound_to = handlers.phone_bound_to(permit.principal.session)
    came_to = await handlers.send(
        runtime_of(request),
        sent.admission.principal.user_id,
        bound_to,
        value.channel,
        client_address(request),
        to_confirm=True,
    )
    if came_to != "sent":
        raise Rejected(
            "sign-in-limited", _NOT_SENT[came_to], status=429, fields={"phone": _NOT_SENT[came_to]}, retry_after=60
        )
    return RedirectResponse(SECURITY + "/phone", 303)


@router.get(SECURITY + "/phone")
async def phone_page(request: Request, permit: Annotated[Permit, permitted(OWN_ACCOUNT)]) -> HTMLResponse:
    """Ask for the code that was sent."""
    return await _phone(request, permit, Form())


async def _phone(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    factors = await views.factors_of(permit.work, permit.principal.user_id)
    context = {"form": form, "ending": factors.waiting_phone, "crumbs": _CRUMBS}
    return render(request, "auth/factors/phone.html", context)


@router.post(SECURITY + "/phone/confirm")
async def confirm_phone(
    sent: Annotated[PermittedForm[ConfirmForm], permitted_form(OWN_SECURITY, ConfirmForm, page=_phone)],
) -> Response:
    """Take the code that was sent."""
    async with sent.open() as permit:
        right = await handlers.confirm_phone(permit, sent.value.code)
    if not right:
        raise Rejected("form-invalid", _WRONG_CODE, fields={"code": _WRONG_CODE})
    return _done("phone")


@router.post(SECURITY + "/phone/remove")
async def remove_phone(sent: Annotated[PermittedForm[Pressed], permitted_form(OWN_SECURITY, Pressed)]) -> Response:
    """Send no more codes to the phone."""
    async with sent.open() as permit:
        await handlers.remove_phone(permit)
    return _done("phone-removed")


@router.post(SECURITY + "/recovery-codes")
async def recovery_codes(
    request: Request, sent: Annotated[PermittedForm[Pressed], permitted_form(OWN_SECURITY, Pressed)]
) -> HTMLResponse:
    """Show new recovery codes, once."""
    async with sent.open() as permit:
        context = {"codes": await handlers.new_recovery_codes(permit), "crumbs": _CRUMBS}
        return render(request, "auth/factors/recovery_codes.html", context)


@router.post(SECURITY + "/forget-browser")
async def forget_browser(
    request: Request, sent: Annotated[PermittedForm[Pressed], permitted_form(OWN_ACCOUNT, Pressed)]
) -> Response:
    """Let this browser be asked for a code at the next sign-in."""
    async with sent.open() as permit:
        await handlers.forget_browser(permit, request.cookies.get(WINDOW_COOKIE, ""))
    answer = _done("browser")
    delete_cookie(answer, WINDOW_COOKIE)
    return answer


_CRUMBS = (("Your account", "/auth"), ("Sign-in and security", SECURITY))


def _done(what: str) -> RedirectResponse:
    return RedirectResponse(f"{SECURITY}?done={what}", 303)
