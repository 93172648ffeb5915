"""HETS EDI enrollment for administrators: which NPIs HETS may be asked for, and the tool that changes it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, BeforeValidator, Field

from libs.common.ids import secret_text
from libs.common.security.permissions import HETS_ENROLLMENT, HETS_ENROLLMENT_READ
from libs.common.web.forms import Day, Form
from libs.common.web.pages import render
from libs.common.web.paging import Around, Column, Listing
from libs.common.web.permit import Permit, fresh_code, permitted
from libs.common.web.permitted_form import PermittedForm, permitted_form
from services.eligibility.enrollment import repository
from services.eligibility.enrollment.domain import (
    KIND_WORDS,
    RULES,
    STATE_WORDS,
    Asked,
    Contact,
    HetsLink,
    Provider,
    link_words,
    provider_faults,
)
from services.eligibility.enrollment.handlers import attest, check_enrollment, end, enroll
from services.eligibility.enrollment.views import ENROLLMENTS, found, our_submitter

router = APIRouter()

_COLUMNS = tuple(map(Column, ("NPI and PTAN", "Organization", "HETS enrollment")))
_FORM_TIME = timedelta(minutes=5)
_NONE = "No NPI or PTAN of your organization has these digits."

Find = Annotated[str, Query(max_length=20)]
SubmitterId = Annotated[str, BeforeValidator(lambda typed: str(typed).upper().replace(" ", ""))]


@router.get(ENROLLMENTS)
async def enrollments(
    request: Request, permit: Annotated[Permit, permitted(HETS_ENROLLMENT_READ)], place: Around, find: Find = ""
) -> HTMLResponse:
    """The NPIs and PTANs of the organization, each with whether HETS may be asked for it."""
    work, organization_id, words = permit.work, permit.principal.organization_id, find.strip()
    page = await repository.providers(work, organization_id, words, place)
    links = await repository.links(work, (each.npi for each in page.rows))
    work.audit("list", "hets-enrollments", organization_id)
    filters = {"find": words} if words else {}
    context = {
        "rows": [(each, _state(permit, links.get(each.npi, ()))) for each in page.rows],
        "listing": Listing("enrollment", _COLUMNS, page, ENROLLMENTS, _NONE, filters=filters),
        "form": Form(filters),
        "organization": permit.facts.organization,
        "crumbs": (),
    }
    return render(request, "eligibility/enrollment/enrollments.html", context)


def _state(permit: Permit, links: Sequence[HetsLink]) -> tuple[str, str]:
    """Kind of status and words of an NPI's enrollment with our submitter: the best there is."""
    runtime = permit.work.runtime
    ours = [each for each in links if each.submitter == our_submitter(runtime) and not each.over(runtime.today)]
    if not ours:
        return "bad", "Not enrolled: HETS cannot be asked"
    return link_words(next((each for each in ours if each.active(runtime.today)), ours[0]), runtime.today)


@router.get(ENROLLMENTS + "/{enrollment_id}")
async def enrollment(
    request: Request, permit: Annotated[Permit, permitted(HETS_ENROLLMENT_READ)], enrollment_id: str
) -> HTMLResponse:
    """What there is of one NPI and PTAN, the form of a new enrollment, and what was asked for before."""
    form = Form({"submitter": our_submitter(permit.work.runtime), "effective": f"{permit.work.runtime.today:%m/%d/%Y}"})
    return await _page(request, permit, enrollment_id, form)


class EnrollmentForm(BaseModel):
    """A HETS EDI enrollment as it is typed. What is missing or contradicts itself is judged by `enrollment_faults`.

    `step` is `review` until what was typed has been shown once more; `change` leads back from there.
    """

    accepted: Annotated[str, Field(title="HETS Rules of Behavior")] = ""
    submitter: Annotated[SubmitterId, Field(title="HETS submitter ID", max_length=20)] = ""
    offshore: Annotated[Literal["", "yes", "no"], Field(title="Data outside the United States")] = ""
    effective: Annotated[Day | None, Field(title="First day")] = None
    ends: Annotated[Day | None, Field(title="Last day")] = None
    email: Annotated[str, Field(title="E-mail address", max_length=254)] = ""
    alternate: Annotated[str, Field(title="Other e-mail address", max_length=254)] = ""
    step: Annotated[Literal["review", "change", "submit"], Field(title="Step")] = "review"

    def asked(self) -> Asked:
        """What is asked for."""
        return Asked(
            self.submitter,
            self.effective,
            self.ends,
            {"yes": True, "no": False}.get(self.offshore),
            Contact(self.email, self.alternate),
            accepted=self.accepted == "yes",
        )


class ChangeForm(BaseModel):
    """To end an enrollment on a day, or to attest it for another year: which one, and whom CMS writes to."""

    submitter: Annotated[SubmitterId, Field(title="HETS submitter ID", max_length=20)] = ""
    effective: Annotated[Day, Field(title="First day")]
    last_day: Annotated[Day | None, Field(title="Last day")] = None
    contact_email: Annotated[str, Field(title="E-mail address", max_length=254)] = ""


async def _again(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    return await _page(request, permit, request.path_params["enrollment_id"], form)


_RENAMED = {"ends": "last_day", "email": "contact_email"}


async def _change_again(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    """The page with what is to be corrected in the change of one enrollment, which names its fields otherwise."""
    errors = {_RENAMED.get(name, name): sentence for name, sentence in form.errors.items()}
    return await _page(request, permit, request.path_params["enrollment_id"], Form(form.typed, errors))


@router.post(ENROLLMENTS + "/{enrollment_id}")
async def send(
    request: Request,
    form: Annotated[PermittedForm[EnrollmentForm], permitted_form(HETS_ENROLLMENT, EnrollmentForm, page=_again)],
    enrollment_id: str,
) -> Response:
    """Show what was typed once more; the second time, ask CMS for it. The same form sent twice asks once."""
    asked = form.value.asked()
    async with form.open() as permit:
        if form.value.step == "change":
            return await _page(request, permit, enrollment_id, form.form)
        if form.value.step == "review":
            provider = await check_enrollment(permit, enrollment_id, asked)
            return _review(request, permit, provider, asked, form.form)

        async def do() -> str:
            await enroll(permit, enrollment_id, asked)
            return f"{ENROLLMENTS}/{enrollment_id}"

        return await form.once(permit, do)


@router.post(ENROLLMENTS + "/{enrollment_id}/end")
async def send_end(
    form: Annotated[PermittedForm[ChangeForm], permitted_form(HETS_ENROLLMENT, ChangeForm, page=_change_again)],
    enrollment_id: str,
) -> RedirectResponse:
    """Ask CMS to end an enrollment."""
    asked = form.value
    async with form.open() as permit:

        async def do() -> str:
            contact = Contact(asked.contact_email)
            await end(permit, enrollment_id, asked.submitter, asked.effective, asked.last_day, contact)
            return f"{ENROLLMENTS}/{enrollment_id}"

        return await form.once(permit, do)


@router.post(ENROLLMENTS + "/{enrollment_id}/attest")
async def send_attestation(
    form: Annotated[PermittedForm[ChangeForm], permitted_form(HETS_ENROLLMENT, ChangeForm, page=_change_again)],
    enrollment_id: str,
) -> RedirectResponse:
    """Attest an enrollment for another year."""
    asked = form.value
    async with form.open() as permit:

        async def do() -> str:
            await attest(permit, enrollment_id, asked.submitter, asked.effective, Contact(asked.contact_email))
            return f"{ENROLLMENTS}/{enrollment_id}"

        return await form.once(permit, do)


async def _page(request: Request, permit: Permit, enrollment_id: str, form: Form) -> HTMLResponse:
    one, today = await found(permit, enrollment_id), permit.work.runtime.today
    open_links = [each for each in one.links if not each.over(today)]
    context = {
        "one": one,
        "links": [(each, *link_words(each, today)) for each in one.links],
        "open_links": open_links,
        "requests": [
            (each, contact, KIND_WORDS[each.kind], *STATE_WORDS[each.state]) for each, contact in one.requests
        ],
        "state": _state(permit, one.links),
        "why_not": provider_faults(one.provider).get("", ""),
        "rules": RULES,
        "form": form,
        "ours": our_submitter(permit.work.runtime),
        "fresh": permit.is_fresh(HETS_ENROLLMENT, _FORM_TIME),
        "step_up": fresh_code(f"{ENROLLMENTS}/{one.provider.enrollment_id}"),
        "action": f"{ENROLLMENTS}/{one.provider.enrollment_id}",
        "idempotency_key": secret_text(),
        "crumbs": (("HETS enrollment", ENROLLMENTS),),
    }
    return render(request, "eligibility/enrollment/enrollment.html", context)


def _review(request: Request, permit: Permit, provider: Provider, asked: Asked, form: Form) -> HTMLResponse:
    context = {
        "provider": provider,
        "asked": asked,
        "form": form,
        "ours": our_submitter(permit.work.runtime),
        "action": f"{ENROLLMENTS}/{provider.enrollment_id}",
        "idempotency_key": secret_text(),
        "crumbs": (("HETS enrollment", ENROLLMENTS),),
    }
    return render(request, "eligibility/enrollment/review.html", context)
