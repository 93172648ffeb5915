"""The documents as people read and sign them: pages to which every other leads until they have, and their copies."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, Field

from libs.common.documents.kinds import PDF
from libs.common.errors import Rejected, nothing_here
from libs.common.ids import secret_text
from libs.common.security.permissions import OWN_ACCOUNT, OWN_SECURITY
from libs.common.web.downloads import download_made
from libs.common.web.forms import Form, Rows
from libs.common.web.pages import render
from libs.common.web.permit import Permit, fresh_code, opaque, permitted
from libs.common.web.permitted_form import PermittedForm, permitted_form
from services.auth.agreements import repository, views
from services.auth.agreements.domain import AGREEMENTS, DUE
from services.auth.agreements.handlers import sign
from services.auth.agreements.views import Standing
from services.auth.sessions.domain import landing_of, safe_next
from services.auth.settings import auth_settings

router = APIRouter()

_COPIES = f"{AGREEMENTS}/copies"
_NEARLY = timedelta(minutes=1)
_TICK = "Read the document, and tick that you accept it, to continue."


class SignForm(BaseModel):
    """The version that was read, that it is accepted, and the name of who signs. A training has answers besides."""

    answers: Annotated[dict[int, int], Rows(r"answer_(\d{1,2})"), Field(title="Answer")] = {}
    version: str = Field(default="", max_length=100)
    accepted: str = Field(default="", title="Document")
    signer: str = Field(default="", title="Your name", max_length=200)
    next: str = Field(default="", max_length=2000)


@router.get(AGREEMENTS)
async def agreements(request: Request, permit: Annotated[Permit, permitted(OWN_ACCOUNT)]) -> HTMLResponse:
    """What one signs, how one stands with each document, and the copy of all one ever signed."""
    standings = await views.standings(permit)
    context = {
        "standings": standings,
        "copies": await repository.signatures_of(permit.work, permit.principal.user_id),
        "titles": {each.document.name: each.text.title for each in standings},
        "crumbs": (("Your account", "/auth"),),
    }
    _close_frame(request, standings)
    return render(request, "auth/agreements/agreements.html", context)


@router.get(DUE)
async def due(
    permit: Annotated[Permit, permitted(OWN_ACCOUNT)],
    next: str = "",  # noqa: A002 - the address says it
) -> RedirectResponse:
    """Lead to the first document that is due, else on to where one was going."""
    target = safe_next(next, landing_of(permit.principal.role))
    first = _first_due(await views.standings(permit))
    place = target if first is None else _with_next(f"{AGREEMENTS}/{first.document.name}", target)
    return RedirectResponse(place, status_code=303)


@router.get(AGREEMENTS + "/{document}")
async def document(
    request: Request,
    permit: Annotated[Permit, permitted(OWN_ACCOUNT)],
    next: str = "",  # noqa: A002
) -> HTMLResponse:
    """Read a document, and sign it where it is due."""
    return await _page(request, permit, Form({"next": next}))


async def _page(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    standings = await views.standings(permit)
    one = _named(standings, request.path_params["document"])
    path = f"{AGREEMENTS}/{one.document.name}"
    context = {
        "one": one,
        "form": form,
        "action": path if one.document.signed else f"{path}/accept",
        "fresh": not one.document.signed or permit.is_fresh(OWN_SECURITY, _NEARLY),
        "step_up": fresh_code(_with_next(path, form.typed.get("next", ""))),
        "would_count_until": permit.work.now + timedelta(days=auth_settings().rules_days),
        "account": await views.account(permit) if one.document.name == "attestation" else (),
        "pass_percent": auth_settings().training_pass_percent,
        "idempotency_key": secret_text(),
        "crumbs": None if _first_due(standings) else (("Your account", "/auth"), ("My agreements", AGREEMENTS)),
    }
    _close_frame(request, standings)
    return render(request, "auth/agreements/agreement.html", context)


@router.post(AGREEMENTS + "/{document}")
async def sign_document(
    form: Annotated[PermittedForm[SignForm], permitted_form(OWN_SECURITY, SignForm, page=_page)], document: str
) -> Response:
    """Sign a document for a year with a fresh code, and go on to the next that is due, or to where one was going."""
    return await _sign(form, document, signed=True)


@router.post(AGREEMENTS + "/{document}/accept")
async def accept_document(
    form: Annotated[PermittedForm[SignForm], permitted_form(OWN_ACCOUNT, SignForm, page=_page)], document: str
) -> Response:
    """The same for a document that needs no fresh code: terms and licenses."""
    return await _sign(form, document, signed=False)


async def _sign(form: PermittedForm[SignForm], name: str, *, signed: bool) -> Response:
    value = form.value
    async with form.open() as permit:
        one = _named(await views.standings(permit), name)
        if one.document.signed is not signed:
            raise nothing_here()
        if value.accepted != "yes":
            raise Rejected("form-invalid", _TICK, fields={"accepted": _TICK})

        async def do() -> str:
            await sign(permit, one.document.name, value.version, value.signer, value.answers)
            return _with_next(DUE, safe_next(value.next, landing_of(permit.principal.role)))

        return await form.once(permit, do)


@router.get(_COPIES + "/{signature_id}")
async def copy(request: Request, permit: Annotated[Permit, permitted(OWN_ACCOUNT)], signature_id: str) -> HTMLResponse:
    """What one signed, as it was."""
    signature, text = await views.copy_of(permit, opaque(signature_id))
    context = {
        "signature": signature,
        "text": text,
        "signer": signature.signer or permit.principal.name,
        "pdf": f"{_COPIES}/{signature.signature_id}/pdf",
        "crumbs": (("Your account", "/auth"), ("My agreements", AGREEMENTS)),
    }
    return render(request, "auth/agreements/copy.html", context)


@router.get(_COPIES + "/{signature_id}/pdf")
async def copy_as_pdf(permit: Annotated[Permit, permitted(OWN_ACCOUNT)], signature_id: str) -> Response:
    """The same as a tagged PDF."""
    signature, text = await views.copy_of(permit, opaque(signature_id))
    name = f"{signature.document}-{signature.version}.pdf"
    return download_made(await views.printed_copy(permit, signature, text), name=name, media_type=PDF.media_type)


def _named(standings: tuple[Standing, ...], name: str) -> Standing:
    found = next((each for each in standings if each.document.name == name), None)
    if found is None:
        raise nothing_here()
    return found


def _first_due(standings: tuple[Standing, ...]) -> Standing | None:
    """The first document without which the portal stays closed. Licenses are asked where codes are shown."""
    return next((each for each in standings if each.due and each.document.gate != "codes"), None)


def _close_frame(request: Request, standings: tuple[Standing, ...]) -> None:
    if _first_due(standings):  # nothing else can be opened, so nothing else is offered
        request.state.frame = replace(request.state.frame, navigation=(), choices=())


def _with_next(path: str, target: str) -> str:
    """Carry on where to go afterwards, if it is a path of this portal."""
    kept = safe_next(target, "")
    return f"{path}?{urlencode({'next': kept})}" if kept else path
