"""Pages of people who have none of their factors any more: asking, a new factor, and those who make sure who asks."""

from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, Field

from libs.common.ids import secret_text
from libs.common.security.permissions import (
    FACTOR_LOSSES_DECIDE,
    FACTOR_LOSSES_READ,
    USERS_MANAGE,
    USERS_READ,
    Permission,
)
from libs.common.web.client_address import client_address
from libs.common.web.forms import Form, Pressed
from libs.common.web.frames import public_frame
from libs.common.web.pages import render
from libs.common.web.paging import Around, Column, Listing
from libs.common.web.permit import Permit, fresh_code, opaque, permitted, public, runtime_of
from libs.common.web.permitted_form import PermittedForm, PublicForm, permitted_form, public_form
from services.auth.factor_loss import handlers, repository
from services.auth.factor_loss.domain import LOST, NEW_FACTOR, OF_CONTRACTOR, OF_OFFICE, Loss
from services.auth.factor_loss.views import loss_of
from services.auth.factors.views import qr_code
from services.auth.sessions.domain import SignedIn
from services.auth.sessions.pages import delete_cookie
from services.auth.settings import auth_settings
from services.auth.sign_in.pages import ATTEMPT_COOKIE, CodeForm, answer_limited, browser_in, signed_in

router = APIRouter()

_COLUMNS = tuple(map(Column, ("Name", "User ID", "Organization", "Asked on")))
_NEARLY = timedelta(minutes=1)
_AGAIN = "/sign-in?reason=code"
_LIMITED = "There were too many attempts. Wait a minute, then try again."
_ASKED_OFTEN = "There were too many attempts. Try again tomorrow, or call the help desk."
_WRONG = "This is not the code. Wait for the next one of your app, and check that the clock of the device is right."


@router.get(LOST, dependencies=[public()])
async def lost_page(request: Request) -> Response:
    """What happens when one has none of them any more, and how far that is."""
    loss = await loss_of(runtime_of(request), _attempt(request))
    return _lost(request, Form(), loss=loss)


def _lost(request: Request, form: Form, *, loss: Loss | None = None, status: int = 200) -> HTMLResponse:
    context = {
        "frame": public_frame(request),
        "form": form,
        "loss": loss,
        "begun": bool(_attempt(request)),
        "hours": auth_settings().factor_loss_wait_hours,
        "days": auth_settings().factor_loss_days,
    }
    return render(request, "auth/factor_loss/lost.html", context, status_code=status)


@router.post(LOST)
async def lost(request: Request, sent: Annotated[PublicForm[Pressed], public_form(Pressed, page=_lost)]) -> Response:
    """Ask that somebody makes sure who one is."""
    came_to = await handlers.ask(runtime_of(request), _attempt(request), client_address(request))
    if came_to == "limited":
        return answer_limited(_lost(request, sent.form.with_error("", _ASKED_OFTEN), status=429))
    return _see(LOST if came_to == "asked" else _AGAIN)


@router.get(NEW_FACTOR, dependencies=[public()])
async def new_factor_page(request: Request, next: str = "") -> Response:  # noqa: A002 - the address says it
    """Set up a new authenticator, because all others have ended."""
    return _new_factor(request, Form({"next": next}))


def _new_factor(
    request: Request, form: Form, *, picture: str = "", secret: str = "", status: int = 200
) -> HTMLResponse:
    context = {"frame": public_frame(request), "form": form, "picture": picture, "secret": secret}
    return render(request, "auth/factor_loss/new_factor.html", context, status_code=status)


class NextForm(BaseModel):
    """Where a person was going."""

    next: str = Field(default="", max_length=2000)


@router.post(NEW_FACTOR + "/secret")
async def new_secret(
    request: Request, sent: Annotated[PublicForm[NextForm], public_form(NextForm, page=_new_factor)]
) -> Response:
    """Show the secret of the new authenticator, once."""
    runtime = runtime_of(request)
    begun = await handlers.begin_device(runtime, _attempt(request), client_address(request))
    if begun == "gone":
        return _see(_AGAIN)
    login, secret = begun
    grouped = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return _new_factor(request, sent.form, picture=qr_code(runtime, login, secret), secret=grouped)


@router.post(NEW_FACTOR)
async def new_factor(
    request: Request, sent: Annotated[PublicForm[CodeForm], public_form(CodeForm, page=_new_factor)]
) -> Response:
    """Take its first code, which is the second step of this sign-in."""
    verdict = await handlers.confirm_device(
        runtime_of(request), _attempt(request), sent.value.code, browser_in(request)
    )
    if isinstance(verdict, SignedIn):
        answer = signed_in(verdict, sent.value.next)
        delete_cookie(answer, ATTEMPT_COOKIE)
        return answer
    if verdict == "limited":
        return answer_limited(_new_factor(request, sent.form.with_error("", _LIMITED), status=429))
    if verdict == "refused":
        return _new_factor(request, sent.form.with_error("code", _WRONG), status=401)
    return _see(_AGAIN)


# ---- those who make sure who asks


@router.get(OF_OFFICE)
async def of_office(request: Request, permit: Annotated[Permit, permitted(USERS_READ)], place: Around) -> HTMLResponse:
    """Users of one's organization who have none of their factors any more."""
    organization_id = permit.principal.organization_id
    page = await repository.for_office(permit.work, organization_id, place)
    permit.work.audit("list", "factor-losses", organization_id)
    return _queue(request, Listing("request", _COLUMNS, page, OF_OFFICE, "Nobody has lost every factor."))


@router.get(OF_CONTRACTOR)
async def of_contractor(
    request: Request, permit: Annotated[Permit, permitted(FACTOR_LOSSES_READ)], place: Around
) -> HTMLResponse:
    """Administrators, and people without an organization, who have none of their factors any more."""
    page = await repository.for_contractor(permit.work, place)
    permit.work.audit("list", "factor-losses", permit.principal.organization_id)
    return _queue(request, Listing("request", _COLUMNS, page, OF_CONTRACTOR, "Nobody has lost every factor."))


def _queue(request: Request, listing: Listing) -> HTMLResponse:
    context = {"rows": listing.page.rows, "listing": listing, "form": Form(), "crumbs": ()}
    return render(request, "auth/factor_loss/queue.html", context)


@router.get(OF_OFFICE + "/{request_id}")
async def one_of_office(
    request: Request, permit: Annotated[Permit, permitted(USERS_READ)], request_id: str
) -> HTMLResponse:
    """One of them."""
    return _one(request, permit, await _office(permit, request_id), Form(), OF_OFFICE, USERS_MANAGE)


@router.get(OF_CONTRACTOR + "/{request_id}")
async def one_of_contractor(
    request: Request, permit: Annotated[Permit, permitted(FACTOR_LOSSES_READ)], request_id: str
) -> HTMLResponse:
    """One of them."""
    loss = await _contractor(permit, request_id)
    return _one(request, permit, loss, Form(), OF_CONTRACTOR, FACTOR_LOSSES_DECIDE)


def _one(request: Request, permit: Permit, loss: Loss, form: Form, path: str, deciding: Permission) -> HTMLResponse:
    address = f"{path}/{loss.request_id}"
    permit.work.audit("read", "factor-loss", loss.user_id)
    context = {
        "loss": loss,
        "form": form,
        "hours": auth_settings().factor_loss_wait_hours,
        "fresh": permit.is_fresh(deciding, _NEARLY),
        "step_up": fresh_code(address),
        "action": f"{address}/decision",
        "contractor": path == OF_CONTRACTOR,
        "idempotency_key": secret_text(),
        "crumbs": (("Lost factors", path),),
    }
    return render(request, "auth/factor_loss/request.html", context)


class ProofForm(BaseModel):
    """Whether it was seen who asks, and how."""

    proof: Literal["confirmed", "refused"] = Field(title="Decision")
    explanation: str = Field(title="How you made sure", min_length=5, max_length=500)


async def _office_again(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    loss = await _office(permit, request.path_params["request_id"])
    return _one(request, permit, loss, form, OF_OFFICE, USERS_MANAGE)


@router.post(OF_OFFICE + "/{request_id}/decision")
async def decide_of_office(
    form: Annotated[PermittedForm[ProofForm], permitted_form(USERS_MANAGE, ProofForm, page=_office_again)],
    request_id: str,
) -> RedirectResponse:
    """Say that it is the person, or refuse."""
    async with form.open() as permit:
        return await _decide(form, permit, await _office(permit, request_id), OF_OFFICE)


async def _contractor_again(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    loss = await _contractor(permit, request.path_params["request_id"])
    return _one(request, permit, loss, form, OF_CONTRACTOR, FACTOR_LOSSES_DECIDE)


@router.post(OF_CONTRACTOR + "/{request_id}/decision")
async def decide_of_contractor(
    form: Annotated[PermittedForm[ProofForm], permitted_form(FACTOR_LOSSES_DECIDE, ProofForm, page=_contractor_again)],
    request_id: str,
) -> RedirectResponse:
    """Say that it is the person, or refuse."""
    async with form.open() as permit:
        return await _decide(form, permit, await _contractor(permit, request_id), OF_CONTRACTOR)


async def _decide(form: PermittedForm[ProofForm], permit: Permit, loss: Loss, onward: str) -> RedirectResponse:
    async def do() -> str:
        await handlers.decide(permit, loss, form.value.proof, form.value.explanation)
        return onward

    return await form.once(permit, do)


async def _office(permit: Permit, request_id: str) -> Loss:
    found = await repository.one(permit.work, opaque(request_id))
    return handlers.of_office(found, permit.principal.organization_id)


async def _contractor(permit: Permit, request_id: str) -> Loss:
    return handlers.of_contractor(await repository.one(permit.work, opaque(request_id)))


def _attempt(request: Request) -> str:
    return request.cookies.get(ATTEMPT_COOKIE, "")


def _see(path: str) -> RedirectResponse:
    return RedirectResponse(path, status_code=303)
