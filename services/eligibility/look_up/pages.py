"""Looking up a Medicare number, for people alone (decision 35): rules, form, result, and look-ups against claims."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, Field, SecretStr

from libs.common.errors import Rejected
from libs.common.ids import secret_text
from libs.common.persistence.paging import Page, Place
from libs.common.runtime import Runtime
from libs.common.security.permissions import (
    ELIGIBILITY_INQUIRY,
    ELIGIBILITY_LOOK_UP,
    LOOK_UPS_READ,
    LOOK_UPS_RELEASE,
)
from libs.common.web.formats import day, moment
from libs.common.web.forms import Day, Form, Pressed
from libs.common.web.pages import render
from libs.common.web.paging import Around, Column, Listing, batches, csv_file
from libs.common.web.permit import Admission, Permit, admitted, fresh_code, opaque, permitted, runtime_of
from libs.common.web.permitted_form import PermittedForm, permitted_form
from services.eligibility.look_up import repository
from services.eligibility.look_up.domain import FOUND, NINE_DIGITS, NOT_TOLD, RULES, Wanted, normalize_ssn
from services.eligibility.look_up.handlers import accept_rules, locked_sentence, look_up, release
from services.eligibility.look_up.repository import OFFICE_ROWS, LookUpRow
from services.eligibility.look_up.views import (
    Sent,
    challenge_again,
    form_faults,
    late_before,
    named,
    new_challenge,
    standings,
    who,
)
from services.eligibility.settings import eligibility_settings

router = APIRouter()

LOOK_UP = "/eligibility/look-up"
_RULES, _OWN, _OFFICE = f"{LOOK_UP}/rules", f"{LOOK_UP}/claims", f"{LOOK_UP}/office"
_HERE = (("MBI look-up", LOOK_UP),)
_NEARLY = timedelta(minutes=1)
_SSN_AGAIN = "Enter the Social Security number again: it is the one entry that is never kept."
_TICK = "Read the rules and accept them: without that no number can be looked up."
_OWN_COLUMNS = (Column("Looked up"), Column("NPI"), Column("Result"), Column("Claim received"))
_OFFICE_COLUMNS = (
    "NPI",
    "User",
    "Look-ups",
    "Patients found",
    "With a claim since",
    "No claim after {days} days",
)


class LookUpForm(BaseModel):
    """The form as it is typed. What is missing or wrong is judged as a whole."""

    first_name: Annotated[str, Field(title="First name", max_length=35)] = ""
    last_name: Annotated[str, Field(title="Last name", max_length=60)] = ""
    ssn: Annotated[SecretStr, Field(max_length=30, json_schema_extra={"correction": NINE_DIGITS})] = SecretStr("")
    birth_date: Annotated[Day | None, Field(title="Birth date")] = None
    confirmed: str = ""
    challenge: Annotated[str, Field(max_length=500)] = ""
    answer: Annotated[str, Field(title="Answer", max_length=40)] = ""

    @property
    def wanted(self) -> Wanted:
        """Who is looked for."""
        return Wanted(self.first_name, self.last_name, self.birth_date, normalize_ssn(self.ssn.get_secret_value()))

    @property
    def sent(self) -> Sent:
        """What came with it."""
        return Sent(self.confirmed == "yes", self.challenge, self.answer)


class RulesForm(BaseModel):
    """The text that was read, and that it is accepted."""

    version: str = Field(default="", max_length=100)
    accepted: str = Field(default="", title="HETS Rules of Behavior")


# ---- looking up -----------------------------------------------------------------------------------------------------


@router.get(LOOK_UP)
async def form(request: Request, permit: Annotated[Permit, permitted(ELIGIBILITY_LOOK_UP)]) -> Response:
    """The form; before its first use, and after a new text, the rules."""
    user = await who(permit.work, permit.principal)
    if user is None:
        return RedirectResponse(_RULES, 303)
    if user.locked_at is not None:
        context = {"why": locked_sentence(), "own": _OWN, "crumbs": ()}
        return render(request, "eligibility/look_up/locked.html", context)
    return _form_page(request, permit, Form())


async def _asked_page(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    """The form again, with everything to correct in one pass."""
    readable = {name: value for name, value in form.typed.items() if value and name not in form.errors}
    value = LookUpForm.model_validate(readable)
    faults = form_faults(permit.work.runtime, value.wanted, value.sent, permit.enrollment.npi)
    # It did not come back with the rest, whatever was wrong.
    faults["ssn"] = _SSN_AGAIN
    every = faults | dict(form.errors)
    return _form_page(
        request,
        permit,
        Form(form.typed, {name: every[name] for name in ("", *LookUpForm.model_fields) if name in every}),
    )


def _form_page(request: Request, permit: Permit, shown: Form) -> HTMLResponse:
    return render(request, "eligibility/look_up/form.html", {**_form_facts(permit, shown), "crumbs": ()})


def _form_facts(permit: Permit, shown: Form) -> dict[str, object]:
    """What the fields of the form show."""
    runtime, user_id = permit.work.runtime, permit.principal.user_id
    if "answer" in shown.errors:
        challenge, typed = new_challenge(runtime, user_id), {**shown.typed, "answer": ""}
    else:
        challenge, typed = challenge_again(runtime, user_id, shown.typed.get("challenge", "")), dict(shown.typed)
    return {
        "form": Form(typed, shown.errors),
        "challenge": challenge,
        "enrollment": permit.enrollment,
        "action": LOOK_UP,
        "own": _OWN,
        "idempotency_key": secret_text(),
    }


@router.post(LOOK_UP)
async def search(
    request: Request,
    form: Annotated[PermittedForm[LookUpForm], permitted_form(ELIGIBILITY_LOOK_UP, LookUpForm, page=_asked_page)],
) -> HTMLResponse:
    """Look up, and show what was found: once, in this answer alone. Nothing leads to it again."""
    value = form.value
    told = await look_up(form.admission, value.wanted, value.sent)
    async with form.open() as permit:
        if told is None:
            return render(request, "eligibility/look_up/sent_before.html", {"again": LOOK_UP, "crumbs": _HERE})
        if told.person is None:
            names = {name: form.form.typed.get(name, "") for name in ("first_name", "last_name", "birth_date")}
            context = {**_form_facts(permit, Form(names)), "state": NOT_TOLD[told.state], "crumbs": _HERE}
            return render(request, "eligibility/look_up/not_told.html", context)
        context = {
            **_form_facts(permit, Form()),
            "person": told.person,
            "may_check": permit.may(ELIGIBILITY_INQUIRY),
            "check_key": secret_text(),
            "days": eligibility_settings().look_up_claim_days,
            "crumbs": _HERE,
        }
        return render(request, "eligibility/look_up/told.html", context)


# ---- rules ----------------------------------------------------------------------------------------------------------


@router.get(_RULES)
async def rules(request: Request, permit: Annotated[Permit, permitted(ELIGIBILITY_LOOK_UP)]) -> HTMLResponse:
    """The HETS Rules of Behavior, to accept where they are due."""
    return await _rules_page(request, permit, Form())


async def _rules_page(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    before = await repository.user(permit.work, permit.principal.user_id)
    context = {
        "rules": RULES,
        "form": form,
        "before": before.rules_version if before else "",
        "look_up": LOOK_UP,
        "action": _RULES,
        "idempotency_key": secret_text(),
        "crumbs": _HERE,
    }
    return render(request, "eligibility/look_up/rules.html", context)


@router.post(_RULES)
async def accept(
    form: Annotated[PermittedForm[RulesForm], permitted_form(ELIGIBILITY_LOOK_UP, RulesForm, page=_rules_page)],
) -> RedirectResponse:
    """Accept them, and go on to the form."""
    if form.value.accepted != "yes":
        raise Rejected("form-invalid", _TICK, fields={"accepted": _TICK})
    async with form.open() as permit:

        async def do() -> str:
            await accept_rules(permit, form.value.version)
            return LOOK_UP

        return await form.once(permit, do)


# ---- look-ups against claims ----------------------------------------------------------------------------------------


@router.get(_OWN)
async def own(
    request: Request, permit: Annotated[Permit, permitted(ELIGIBILITY_LOOK_UP)], place: Around
) -> HTMLResponse:
    """One's own look-ups for the enrollment acted for: which of them a claim followed."""
    work, enrollment, user_id = permit.work, permit.enrollment, permit.principal.user_id
    page = await repository.own(work, enrollment.enrollment_id, user_id, place)
    figures = await repository.figures(work, enrollment.enrollment_id, user_id, late_before(work.runtime))
    work.audit("list", "look-ups", enrollment.enrollment_id)
    context = {
        "listing": Listing(
            "look-up",
            _OWN_COLUMNS,
            page,
            _OWN,
            "You have looked up no Medicare number for this NPI and PTAN yet.",
            csv=f"{_OWN}/list.csv",
        ),
        "rows": standings(work.runtime, page.rows),
        "figures": figures,
        "enrollment": enrollment,
        "days": eligibility_settings().look_up_claim_days,
        "crumbs": _HERE,
    }
    return render(request, "eligibility/look_up/own.html", context)


@router.get(_OWN + "/list.csv")
async def own_file(request: Request, admission: Annotated[Admission, admitted(ELIGIBILITY_LOOK_UP)]) -> Response:
    """The same as a file for a spreadsheet."""
    runtime = runtime_of(request)
    async with admission.open() as permit:
        permit.work.audit("download", "look-ups", permit.enrollment.enrollment_id)

    async def some(permit: Permit, place: Place) -> Page[LookUpRow]:
        return await repository.own(permit.work, permit.enrollment.enrollment_id, permit.principal.user_id, place)

    rows = ([_in_file(runtime, each) for each in some_rows] async for some_rows in batches(admission, some))
    return csv_file("look-ups.csv", [column.label for column in _OWN_COLUMNS], rows)


def _in_file(runtime: Runtime, row: LookUpRow) -> Sequence[str]:
    zone = runtime.deployment.zone
    [(_, now)] = standings(runtime, [row])
    claimed = day(row.claimed_at.astimezone(zone).date()) if row.claimed_at else ""
    result = "Found" if row.state == FOUND else now.words
    return moment(row.looked_up_at, zone), row.npi, result, claimed or (now.words if row.state == FOUND else "")


@router.get(_OFFICE)
async def office(request: Request, permit: Annotated[Permit, permitted(LOOK_UPS_READ)]) -> HTMLResponse:
    """What one's people looked up, and what was looked up for one's NPIs: counts, and whose look-ups are locked."""
    work, organization_id = permit.work, permit.principal.organization_id
    found = await repository.office(work, organization_id, late_before(work.runtime), limit=OFFICE_ROWS)
    work.audit("list", "look-ups", organization_id)
    context = {
        "rows": [(each, named(work.runtime, each)) for each in found],
        "columns": _office_columns(),
        "cut_off": len(found) == OFFICE_ROWS,
        "locked": [(each, named(work.runtime, each)) for each in await repository.locked(work, organization_id)],
        "file": f"{_OFFICE}/list.csv",
        "path": _OFFICE,
        "fresh": permit.is_fresh(LOOK_UPS_RELEASE, _NEARLY),
        "step_up": fresh_code(_OFFICE),
        "days": eligibility_settings().look_up_claim_days,
        "idempotency_key": secret_text(),
        "crumbs": (),
    }
    return render(request, "eligibility/look_up/office.html", context)


def _office_columns() -> list[str]:
    return [each.format(days=eligibility_settings().look_up_claim_days) for each in _OFFICE_COLUMNS]


@router.get(_OFFICE + "/list.csv")
async def office_file(admission: Annotated[Admission, admitted(LOOK_UPS_READ)]) -> Response:
    """All the counts as a file for a spreadsheet."""
    async with admission.open() as permit:
        work, organization_id = permit.work, permit.principal.organization_id
        work.audit("download", "look-ups", organization_id)
        found = await repository.office(work, organization_id, late_before(work.runtime), limit=None)
        rows = [
            (each.npi, named(work.runtime, each), figures.look_ups, figures.found, figures.claimed, figures.late)
            for each in found
            for figures in [each.figures]
        ]

    async def once() -> AsyncIterator[Sequence[Sequence[object]]]:
        yield rows

    return csv_file("look-ups-by-user.csv", _office_columns(), once())


@router.post(_OFFICE + "/{user_id}/release")
async def unlock(
    form: Annotated[PermittedForm[Pressed], permitted_form(LOOK_UPS_RELEASE, Pressed)], user_id: str
) -> RedirectResponse:
    """Unlock the look-ups of a user."""
    async with form.open() as permit:

        async def do() -> str:
            await release(permit, opaque(user_id))
            return _OFFICE

        return await form.once(permit, do)
