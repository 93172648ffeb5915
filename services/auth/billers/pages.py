"""Billers for people: a vendor's administrators ask providers, a provider's administrators sign, change and end."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, StreamingResponse
from pydantic import BaseModel, BeforeValidator, Field

from libs.common.documents import attachments
from libs.common.documents.kinds import ACCEPTED_DOCUMENTS
from libs.common.errors import nothing_here
from libs.common.functions import NAMES
from libs.common.ids import secret_text
from libs.common.security.permissions import USERS_MANAGE, USERS_READ
from libs.common.web.forms import Day, Form, Pressed, Rows
from libs.common.web.pages import render
from libs.common.web.paging import Around, Column, Listing
from libs.common.web.permit import Permit, fresh_code, opaque, permitted
from libs.common.web.permitted_form import PermittedForm, permitted_form
from services.auth.access.domain import SCOPE
from services.auth.billers import repository
from services.auth.billers.domain import PAPER, WHY_ENDED, Authorization, Terms, letter
from services.auth.billers.handlers import add_paper, ask, end, refuse, sign
from services.auth.settings import auth_settings

router = APIRouter()

BILLERS = "/auth/billers"
_NEW = f"{BILLERS}/new"
_FORM_TIME = timedelta(minutes=5)

Compact = Annotated[str, BeforeValidator(lambda typed: str(typed).upper().replace(" ", "").replace("-", ""))]


class TermsForm(BaseModel):
    """What an authorization covers, as it is typed. `function_F-08` is there where that function is chosen."""

    functions: Annotated[dict[str, str], Rows(r"function_(F-\d\d)"), Field(title="Functions")] = {}
    submitter: Annotated[Compact, Field(title="Submitter ID", max_length=20)] = ""
    effective: Annotated[Day, Field(title="First day")]
    ends: Annotated[Day | None, Field(title="Last day")] = None

    def terms(self) -> Terms:
        """What it says."""
        return Terms(tuple(sorted(self.functions)), self.submitter, self.effective, self.ends)


class AskForm(TermsForm):
    """Which provider is asked for what."""

    npi: Annotated[Compact, Field(title="NPI", max_length=20)]
    ptan: Annotated[str, Field(title="PTAN", max_length=20)]
    tax_id: Annotated[Compact, Field(title="Tax ID", max_length=20)]


class SignForm(TermsForm):
    """The terms of a letter, and the name typed under it."""

    signed_name: Annotated[str, Field(title="Your name", max_length=200)]


class RefuseForm(BaseModel):
    """Why a vendor may not act for the provider."""

    reason: Annotated[str, Field(title="Reason", max_length=500)] = ""


@router.get(BILLERS)
async def billers(request: Request, permit: Annotated[Permit, permitted(USERS_READ)], place: Around) -> HTMLResponse:
    """Which vendors act for the organization or want to; of a vendor: for which providers."""
    work, organization_id = permit.work, permit.principal.organization_id
    page = await repository.authorizations(work, organization_id, place)
    work.audit("list", "authorizations", organization_id)
    vendor = _is_vendor(permit)
    columns = ("Provider" if vendor else "Company", "Functions", "First day", "Last day", "Submitter ID", "Status")
    empty = (
        "Your company acts for no provider yet. Ask one: its administrator confirms."
        if vendor
        else "No company acts for your organization. A billing service or clearinghouse asks you here."
    )
    context = {
        "rows": [(each, each.status(work.runtime.today)) for each in page.rows],
        "listing": Listing("authorization", tuple(map(Column, columns)), page, BILLERS, empty),
        "vendor": vendor,
        "new": _NEW,
        "crumbs": (),
    }
    return render(request, "auth/billers/billers.html", context)


@router.get(_NEW)
async def new(request: Request, permit: Annotated[Permit, permitted(USERS_READ)]) -> HTMLResponse:
    """The form by which a vendor asks a provider."""
    return await _ask_page(request, permit, Form({"effective": f"{permit.work.runtime.today:%m/%d/%Y}"}))


async def _ask_page(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    if not _is_vendor(permit):
        raise nothing_here()
    context = {
        "form": form,
        "functions": _offered(permit),
        "fresh": permit.is_fresh(USERS_MANAGE, _FORM_TIME),
        "step_up": fresh_code(_NEW),
        "action": BILLERS,
        "idempotency_key": secret_text(),
        "crumbs": (("Providers", BILLERS),),
    }
    return render(request, "auth/billers/ask.html", context)


@router.post(BILLERS)
async def send(
    form: Annotated[PermittedForm[AskForm], permitted_form(USERS_MANAGE, AskForm, page=_ask_page)],
) -> RedirectResponse:
    """Ask a provider."""
    value = form.value
    async with form.open() as permit:

        async def do() -> str:
            return f"{BILLERS}/{await ask(permit, value.npi, value.ptan, value.tax_id, value.terms())}"

        return await form.once(permit, do)


@router.get(BILLERS + "/{authorization_id}")
async def biller(
    request: Request, permit: Annotated[Permit, permitted(USERS_READ)], authorization_id: str
) -> HTMLResponse:
    """One authorization: how it stands, its letter, and what can be done now."""
    found = await _found(permit, opaque(authorization_id))
    permit.work.audit("read", "authorization", found.authorization_id)
    return await _page(request, permit, found, Form(_typed(found, permit.work.runtime.today)))


async def _again(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    told = request.path_params.get("authorization_id", form.typed.get("authorization_id", ""))
    found = await _found(permit, opaque(told))
    # A refusal is a form of its own beside that of the letter, which is filled in as when it was opened.
    typed = form.typed if "submitter" in form.typed else {**_typed(found, permit.work.runtime.today), **form.typed}
    return await _page(request, permit, found, Form(typed, form.errors))


async def _page(request: Request, permit: Permit, found: Authorization, form: Form) -> HTMLResponse:
    today = permit.work.runtime.today
    path = f"{BILLERS}/{found.authorization_id}"
    vendor = _is_vendor(permit)
    context = {
        "one": found,
        "vendor": vendor,
        "status": found.status(today),
        "why": WHY_ENDED.get(found.reason, found.reason),
        "letter": letter(found.organization_name, found.vendor_name, found.terms) if found.signed_name else (),
        "preview": letter(found.organization_name, found.vendor_name, found.terms),
        "papers": attachments.named(
            permit.work, await attachments.of_subject(permit.work, PAPER, found.authorization_id)
        ),
        "may_add": found.state in ("asked", "confirmed"),
        "accept": ACCEPTED_DOCUMENTS,
        "limit": auth_settings().letter_limit_bytes,
        "form": form,
        "functions": _offered(permit),
        "may_sign": not vendor and found.state in ("asked", "confirmed"),
        "may_end": found.state == "confirmed" or (vendor and found.state == "asked"),
        "fresh": permit.is_fresh(USERS_MANAGE, _FORM_TIME),
        "step_up": fresh_code(path),
        "action": path,
        "idempotency_key": secret_text(),
        "crumbs": (("Providers" if vendor else "Billers", BILLERS),),
    }
    return render(request, "auth/billers/biller.html", context)


@router.post(BILLERS + "/{authorization_id}/sign")
async def send_signature(
    form: Annotated[PermittedForm[SignForm], permitted_form(USERS_MANAGE, SignForm, page=_again)],
    authorization_id: str,
) -> RedirectResponse:
    """Sign the letter of authorization: what was asked for, or what is changed."""
    async with form.open() as permit:

        async def do() -> str:
            signed = await sign(permit, opaque(authorization_id), form.value.terms(), form.value.signed_name)
            return f"{BILLERS}/{signed}"

        return await form.once(permit, do)


class PaperForm(BaseModel):
    """To which authorization a letter is added."""

    authorization_id: str = ""


@router.post(BILLERS + "/letters")
async def send_paper(
    form: Annotated[PermittedForm[PaperForm], permitted_form(USERS_MANAGE, PaperForm, page=_again, upload=True)],
) -> RedirectResponse:
    """Add a scanned letter of authorization. The same form sent twice adds it once."""
    authorization_id = opaque(form.value.authorization_id)
    await add_paper(form.admission, authorization_id, form.key, form.file)
    return RedirectResponse(f"{BILLERS}/{authorization_id}#papers-heading", 303)


@router.get(BILLERS + "/{authorization_id}/letters/{letter_id}")
async def paper(
    permit: Annotated[Permit, permitted(USERS_READ)], authorization_id: str, letter_id: str
) -> StreamingResponse:
    """A scanned letter as it was sent, for both sides."""
    found = await _found(permit, opaque(authorization_id))
    return await attachments.download(permit.work, found.authorization_id, letter_id, {PAPER: "letter"})


@router.post(BILLERS + "/{authorization_id}/refuse")
async def send_refusal(
    form: Annotated[PermittedForm[RefuseForm], permitted_form(USERS_MANAGE, RefuseForm, page=_again)],
    authorization_id: str,
) -> RedirectResponse:
    """Refuse what a vendor asked for."""
    async with form.open() as permit:

        async def do() -> str:
            await refuse(permit, opaque(authorization_id), form.value.reason)
            return f"{BILLERS}/{authorization_id}"

        return await form.once(permit, do)


@router.post(BILLERS + "/{authorization_id}/end")
async def send_end(
    form: Annotated[PermittedForm[Pressed], permitted_form(USERS_MANAGE, Pressed)], authorization_id: str
) -> RedirectResponse:
    """End it at once, or take a request back."""
    async with form.open() as permit:

        async def do() -> str:
            await end(permit, opaque(authorization_id))
            return f"{BILLERS}/{authorization_id}"

        return await form.once(permit, do)


async def _found(permit: Permit, authorization_id: UUID) -> Authorization:
    found = await repository.authorization(permit.work, permit.principal.organization_id, authorization_id)
    if found is None:
        raise nothing_here()
    return found


def _is_vendor(permit: Permit) -> bool:
    return permit.facts.organization is not None and permit.facts.organization.kind == "vendor"


def _offered(permit: Permit) -> list[tuple[str, str]]:
    """The functions that can be chosen under this contract: code and name, by name."""
    offered = SCOPE & permit.work.runtime.deployment.offered
    return sorted(((code, NAMES[code]) for code in offered), key=lambda each: each[1])


def _typed(found: Authorization, today: date) -> Mapping[str, str]:
    """The form of a letter with the terms that were asked for, or count."""
    terms = found.terms
    effective = max(terms.effective, today) if found.state == "asked" else terms.effective
    return {
        **{f"function_{code}": "yes" for code in terms.functions},
        "submitter": terms.submitter,
        "effective": f"{effective:%m/%d/%Y}",
        "ends": f"{terms.ends:%m/%d/%Y}" if terms.ends else "",
    }
