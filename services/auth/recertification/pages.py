"""Recertification for people: every user with every NPI on one screen, how far it is, reports, and asking for it."""

import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field, field_validator

from libs.common.documents.kinds import PDF
from libs.common.errors import Rejected
from libs.common.ids import digest_of, secret_text
from libs.common.persistence.paging import START, Page, Place
from libs.common.security.permissions import (
    ACCOUNTS_CERTIFY,
    ACCOUNTS_CERTIFY_READ,
    CERTIFICATIONS_CALL,
    CERTIFICATIONS_READ,
    OWN_ACCOUNT,
    USERS_MANAGE,
    USERS_READ,
)
from libs.common.web.downloads import download_made
from libs.common.web.forms import Form, Pressed, Rows
from libs.common.web.pages import render
from libs.common.web.paging import Around, Column, Listing, batches, csv_file
from libs.common.web.permit import Admission, Permit, admitted, fresh_code, opaque, permitted
from libs.common.web.permitted_form import PermittedForm, permitted_form
from services.auth.recertification import repository, views
from services.auth.recertification.domain import STATEMENT, STATES, Decision, Verdict
from services.auth.recertification.handlers import ask, call, decide
from services.auth.recertification.repository import OrganizationProgress, Scope
from services.auth.recertification.views import COMPLETION_COLUMNS, FIELD, KEEP, REPORT_COLUMNS
from services.auth.settings import auth_settings

router = APIRouter()

PAGE = "/auth/users/recertification"
STAFF_PAGE = "/auth/certification"
COMPLETION = "/auth/desk/certifications"
USERS = "/auth/users"
LATER = "later"
MAX_AT_ONCE = 25
"""Decisions in one form: as many as somebody looks at, one by one (reference: security, section 3.4)."""

Kind = Literal["npi", "user"]
Format = Literal["csv", "pdf"]

_COLUMNS = tuple(map(Column, ("User", "May act for", "Evidence", "Certified until", "Decision")))
_COMPLETION_COLUMNS = tuple(Column(label, number=label in COMPLETION_COLUMNS[1:4]) for label in COMPLETION_COLUMNS)
_NEARLY = timedelta(minutes=1)
_MOST_PRINTED = 500
_TITLES: Mapping[Kind, str] = {"npi": "Certifications of an NPI", "user": "Certifications of a user"}
_VERDICTS: Mapping[str, Verdict] = {"certify": "certify", "change": "change", "decline": "decline"}
_NOTHING_CHOSEN = "Choose “Certify”, “Keep ticked” or “Decline” for at least one user and NPI."
_TOO_MANY = f"Decide at most {MAX_AT_ONCE} at once, and then the others: each is yours to look at."


class DecisionsForm(BaseModel):
    """What was chosen in each row that was not left for later, sorted by the rows; what is ticked; who signs."""

    chosen: Annotated[dict[str, str], Rows(rf"{FIELD}\.(.+)"), Field(title="Decision")] = {}
    keep: Annotated[dict[str, str], Rows(rf"{KEEP}\.(.+)"), Field(title="Functions to keep")] = {}
    signer: str = Field(default="", title="Your name", max_length=200)
    opened: str = Field(default="", max_length=60)

    @field_validator("chosen")
    @classmethod
    def _without_later(cls, chosen: dict[str, str]) -> dict[str, str]:
        return {row: chosen[row] for row in sorted(chosen) if chosen[row] != LATER}


@router.get(PAGE)
async def recertification(
    request: Request,
    permit: Annotated[Permit, permitted(USERS_READ)],
    place: Around,
    choose: str = "",
    decided: str = "",
) -> HTMLResponse:
    """What is due, what is certified, and what was decided. `choose=certify` has that chosen for those due on the page.

    `decided` is one of the decisions just made.
    """
    permit.work.audit("read", "certifications", permit.principal.organization_id)
    return await _page(request, permit, place, choose=choose, done=await _done(permit, decided))


async def _decide_again(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    return await _page(request, permit, START, form=form)


@router.post(PAGE)
async def decide_all(
    form: Annotated[PermittedForm[DecisionsForm], permitted_form(USERS_MANAGE, DecisionsForm, page=_decide_again)],
) -> Response:
    """Carry out everything that was chosen, or nothing."""
    return await _decide(form, PAGE, staff=False)


@router.get(STAFF_PAGE)
async def accounts(
    request: Request, permit: Annotated[Permit, permitted(ACCOUNTS_CERTIFY_READ)], place: Around, decided: str = ""
) -> HTMLResponse:
    """The accounts of privileged users everywhere, for the contractor's staff that certifies them."""
    permit.work.audit("read", "certifications", permit.principal.organization_id)
    return await _page(request, permit, place, done=await _done(permit, decided), staff=True)


async def _decide_accounts_again(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    return await _page(request, permit, START, form=form, staff=True)


@router.post(STAFF_PAGE)
async def decide_accounts(
    form: Annotated[
        PermittedForm[DecisionsForm], permitted_form(ACCOUNTS_CERTIFY, DecisionsForm, page=_decide_accounts_again)
    ],
) -> Response:
    """Certify or decline accounts of privileged users, never one's own."""
    return await _decide(form, STAFF_PAGE, staff=True)


async def _decide(form: PermittedForm[DecisionsForm], page: str, *, staff: bool) -> Response:
    value, principal = form.value, form.admission.principal
    decisions = [_decision(*row, value.keep) for row in value.chosen.items()]
    if not decisions:
        raise Rejected("form-invalid", _NOTHING_CHOSEN, fields={"": _NOTHING_CHOSEN})
    if len(decisions) > MAX_AT_ONCE:
        raise Rejected("form-invalid", _TOO_MANY, fields={"": _TOO_MANY})
    async with form.open() as permit:

        async def do() -> str:
            opened = _when(value.opened, principal.csrf)
            made = await decide(permit, decisions, signer=value.signer, opened=opened, staff=staff)
            return f"{page}?decided={made}"

        return await form.once(permit, do)


def _decision(row: str, value: str, ticked: Mapping[str, str]) -> Decision:
    """What is decided of a row, `<user>.<enrollment>`: `<verdict>.<what was seen>`; `<row>.<permission>` stays."""
    user_id, _, enrollment_id = row.partition(".")
    word, _, seen = value.partition(".")
    verdict = _VERDICTS.get(word)
    if verdict is None:
        raise Rejected("form-invalid", "Choose “Certify”, “Keep ticked” or “Decline”, or leave the row for later.")
    keep = frozenset(name.removeprefix(f"{row}.") for name in ticked if name.startswith(f"{row}."))
    return Decision(opaque(user_id), opaque(enrollment_id), verdict, seen, keep if verdict == "change" else frozenset())


async def _done(permit: Permit, decided: str) -> tuple[int, int]:
    if not decided:
        return 0, 0
    return await repository.made_with(permit.work, permit.principal.user_id, opaque(decided))


async def _page(
    request: Request,
    permit: Permit,
    place: Place,
    *,
    choose: str = "",
    done: tuple[int, int] = (0, 0),
    form: Form | None = None,
    staff: bool = False,
) -> HTMLResponse:
    work, me = permit.work, permit.principal.user_id
    scope = Scope(None if staff else permit.principal.organization_id)
    path, permission = (STAFF_PAGE, ACCOUNTS_CERTIFY) if staff else (PAGE, USERS_MANAGE)
    page, rows = await views.rows_page(work, scope, place, me)
    due_here = [each for each in rows if each.open]
    context = {
        "organization": permit.facts.organization,
        "staff": staff,
        "listing": Listing("certification", _COLUMNS, page, path, ""),
        "rows": rows,
        "STATES": STATES,
        "standing": await repository.standing(work, scope, me, now=work.now, due=views.due_now(work)),
        "due_here": len(due_here),
        "chosen": {each.where for each in due_here[:MAX_AT_ONCE]} if choose == "certify" else set(),
        "at_once": MAX_AT_ONCE,
        "told": await views.history(work, scope),
        "window": auth_settings().recertification_window_days,
        "revoked_after": auth_settings().revoke_after_days,
        "certified": done[0],
        "declined": done[1],
        "statement": STATEMENT,
        "form": form or Form(),
        "fresh": permit.is_fresh(permission, _NEARLY),
        "step_up": fresh_code(path),
        "page": path,
        "opened": _sealed_time(work.now, permit.principal.csrf),
        "idempotency_key": secret_text(),
        "crumbs": () if staff else (("Administration", USERS),),
    }
    return render(request, "auth/recertification/recertification.html", context)


def _sealed_time(now: datetime, csrf: str) -> str:
    """When a page was shown, so that the form cannot say another time."""
    seconds = f"{now.timestamp():.0f}"
    return f"{seconds}.{digest_of('opened', csrf, seconds).hex()[:32]}"


def _when(opened: str, csrf: str) -> datetime | None:
    """When the page of a form was shown; `None` for what we did not write."""
    seconds, _, mark = opened.partition(".")
    if not seconds.isdecimal() or not hmac.compare_digest(mark, digest_of("opened", csrf, seconds).hex()[:32]):
        return None
    return datetime.fromtimestamp(int(seconds), UTC)


@router.get(PAGE + "/board")
async def board(request: Request, permit: Annotated[Permit, permitted(USERS_READ)]) -> HTMLResponse:
    """How far the certification is, NPI by NPI, with the reports of each."""
    found = await views.board(permit.work, Scope(permit.principal.organization_id))
    permit.work.audit("read", "certifications", permit.principal.organization_id)
    context = {
        "organization": permit.facts.organization,
        "board": found,
        "page": PAGE,
        "crumbs": (("Administration", USERS), ("Recertification", PAGE)),
    }
    return render(request, "auth/recertification/board.html", context)


@router.get(PAGE + "/{kind}/{subject}/csv")
async def report(admission: Annotated[Admission, admitted(USERS_READ)], kind: Kind, subject: str) -> Response:
    """All certifications of an NPI or of a user as a file, with their evidence."""
    async with admission.open() as permit:
        await _scope(permit, kind, subject)
        permit.work.audit("download", "certifications", subject)

    async def some(permit: Permit, place: Place) -> Page[Sequence[object]]:
        scope = await _scope(permit, kind, subject)
        page, rows = await views.rows_page(permit.work, scope, place, permit.principal.user_id)
        return Page(tuple(views.report_row(permit.work, each) for each in rows), next=page.next)

    return csv_file(f"certifications-{kind}.csv", REPORT_COLUMNS, batches(admission, some))


@router.get(PAGE + "/{kind}/{subject}/pdf")
async def report_as_pdf(permit: Annotated[Permit, permitted(USERS_READ)], kind: Kind, subject: str) -> Response:
    """The same as a tagged PDF, with what was decided in the last year."""
    scope = await _scope(permit, kind, subject)
    place = Place(size=_MOST_PRINTED, counted=False)
    _, rows = await views.rows_page(permit.work, scope, place, permit.principal.user_id)
    permit.work.audit("print", "certifications", subject)
    told = await views.history(permit.work, scope)
    content = await views.printed(permit, _TITLES[kind], rows, told)
    return download_made(content, name=f"certifications-{kind}.pdf", media_type=PDF.media_type)


async def _scope(permit: Permit, kind: Kind, subject: str) -> Scope:
    named = opaque(subject)
    return await (
        views.scope_of(permit, enrollment_id=named) if kind == "npi" else views.scope_of(permit, user_id=named)
    )


# -- for the contractor, of everybody -------------------------------------------------------------------------------

Find = Annotated[str, Query(max_length=100)]
Left = Annotated[Literal["", "yes"], Query()]


@router.get(COMPLETION)
async def completion(
    request: Request,
    permit: Annotated[Permit, permitted(CERTIFICATIONS_READ)],
    place: Around,
    find: Find = "",
    left: Left = "",
) -> HTMLResponse:
    """How far the certification of all users is, organization by organization."""
    work, words = permit.work, find.strip()
    page = await views.completion_page(work, place, words, left=bool(left))
    work.audit("read", "certifications", "all")
    filters = {name: value for name, value in (("find", words), ("left", left)) if value}
    context = {
        "rows": page.rows,
        "found": await views.completion(work),
        "listing": Listing(
            "organization",
            _COMPLETION_COLUMNS,
            page,
            COMPLETION,
            "No such organization has users to certify.",
            filters=filters,
            csv=f"{COMPLETION}/list.csv",
        ),
        "form": Form(filters),
        "pdf": f"{COMPLETION}/pdf",
        "crumbs": (),
    }
    return render(request, "auth/recertification/completion.html", context)


@router.get(COMPLETION + "/list.csv")
async def completion_file(
    admission: Annotated[Admission, admitted(CERTIFICATIONS_READ)], find: Find = "", left: Left = ""
) -> Response:
    """The same as a file, every organization."""
    async with admission.open() as permit:
        permit.work.audit("download", "certifications", "all")

    async def some(permit: Permit, place: Place) -> Page[Sequence[object]]:
        page = await views.completion_page(permit.work, place, find.strip(), left=bool(left))
        return Page(tuple(views.completion_row(permit.work, each) for each in page.rows), next=page.next)

    return csv_file("certification-of-all-users.csv", COMPLETION_COLUMNS, batches(admission, some))


@router.get(COMPLETION + "/pdf")
async def completion_as_pdf(permit: Annotated[Permit, permitted(CERTIFICATIONS_READ)]) -> Response:
    """The same as a tagged PDF: all together, and those with something left to decide before the others."""
    place = Place(size=_MOST_PRINTED, counted=False)
    rows: list[OrganizationProgress] = list((await views.completion_page(permit.work, place, left=True)).rows)
    shown = {each.organization_id for each in rows}
    others = (await views.completion_page(permit.work, place)).rows
    rows += [each for each in others if each.organization_id not in shown]
    permit.work.audit("print", "certifications", "all")
    content = await views.printed_completion(permit, rows[:_MOST_PRINTED])
    return download_made(content, name="certification-of-all-users.pdf", media_type=PDF.media_type)


class CallForm(BaseModel):
    """Why all access of an organization's users is to be certified out of turn."""

    reason: Annotated[str, Field(title="Reason", min_length=5, max_length=1000)]


@router.get(COMPLETION + "/{organization_id}")
async def organization(
    request: Request, permit: Annotated[Permit, permitted(CERTIFICATIONS_READ)], organization_id: str
) -> HTMLResponse:
    """How far one organization is, and why its certification was called for."""
    return await _organization(request, permit, opaque(organization_id), Form())


async def _organization(request: Request, permit: Permit, organization_id: UUID, form: Form) -> HTMLResponse:
    work = permit.work
    one = await views.progress_of(work, organization_id)
    work.audit("read", "certifications", organization_id)
    page = f"{COMPLETION}/{organization_id}"
    context = {
        "one": one,
        "calls": await repository.calls(work, organization_id),
        "may_call": permit.principal.role in CERTIFICATIONS_CALL.staff,
        "window": auth_settings().recertification_window_days,
        "form": form,
        "fresh": permit.is_fresh(CERTIFICATIONS_CALL, _NEARLY),
        "step_up": fresh_code(page),
        "page": page,
        "idempotency_key": secret_text(),
        "crumbs": (("Certification of all users", COMPLETION),),
    }
    return render(request, "auth/recertification/organization.html", context)


async def _organization_again(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    return await _organization(request, permit, opaque(request.path_params["organization_id"]), form)


@router.post(COMPLETION + "/{organization_id}")
async def call_for_certification(
    form: Annotated[PermittedForm[CallForm], permitted_form(CERTIFICATIONS_CALL, CallForm, page=_organization_again)],
    organization_id: str,
) -> Response:
    """Have all access of an organization's users certified out of turn."""
    async with form.open() as permit:

        async def do() -> str:
            await call(permit, opaque(organization_id), form.value.reason)
            return f"{COMPLETION}/{organization_id}"

        return await form.once(permit, do)


@router.post(STAFF_PAGE + "/ask")
async def ask_to_certify(form: Annotated[PermittedForm[Pressed], permitted_form(OWN_ACCOUNT, Pressed)]) -> Response:
    """Tell one's administrators that one still needs the access that is to be certified."""
    async with form.open() as permit:

        async def do() -> str:
            await ask(permit)
            return "/auth?asked=yes"

        return await form.once(permit, do)
