"""HETS EDI enrollment for administrators: which NPIs HETS may be asked for, and the tool that changes it."""

from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, BeforeValidator, Field

from libs.common.ids import secret_text
from libs.common.runtime import Runtime
from libs.common.security.permissions import HETS_ENROLLMENT, HETS_ENROLLMENT_READ
from libs.common.web.drafts import Drafts
from libs.common.web.forms import Day, Form
from libs.common.web.pages import render
from libs.common.web.paging import Around, Column, Listing
from libs.common.web.permit import Permit, fresh_code, permitted, runtime_of
from libs.common.web.permitted_form import PermittedForm, permitted_form
from services.eligibility.enrollment import repository
from services.eligibility.enrollment.domain import (
    KIND_WORDS,
    NO_EDI_AGREEMENT,
    ROWS_AT_ONCE,
    RULES,
    STANDING_WORDS,
    Asked,
    Contact,
    Judged,
    Provider,
    a_year_after,
    link_words,
    provider_faults,
    request_words,
    rows_of,
)
from services.eligibility.enrollment.handlers import (
    attest,
    attest_several,
    check_enrollment,
    end,
    enroll,
    enroll_several,
    judge,
    judge_attestations,
    vendor_of,
)
from services.eligibility.enrollment.tables import DRAFT
from services.eligibility.enrollment.views import ENROLLMENTS, found, found_provider, listed, our_submitter

router = APIRouter()

_SEVERAL = ENROLLMENTS + "/several"
_ATTEST_SEVERAL = ENROLLMENTS + "/attestations"
_CRUMBS = (("HETS enrollment", ENROLLMENTS),)
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
    work.audit("list", "hets-enrollments", organization_id)
    filters = {"find": words} if words else {}
    context = {
        "rows": [(each.provider, STANDING_WORDS[each.standing]) for each in await listed(permit, page.rows)],
        "listing": Listing("enrollment", _COLUMNS, page, ENROLLMENTS, _NONE, filters=filters),
        "form": Form(filters),
        "organization": permit.facts.organization,
        "several": _SEVERAL,
        "attest_several": _ATTEST_SEVERAL,
        "crumbs": (),
    }
    return render(request, "eligibility/enrollment/enrollments.html", context)


class CommonForm(BaseModel):
    """What is typed once, for one NPI or for several. What is missing or contradicts itself is judged as a whole.

    `step` is `review` until what was typed has been shown once more; `change` leads back from there.
    """

    accepted: Annotated[str, Field(title="HETS Rules of Behavior")] = ""
    submitter: Annotated[SubmitterId, Field(title="HETS submitter ID", max_length=20)] = ""
    offshore: Annotated[Literal["", "yes", "no"], Field(title="Data outside the United States")] = ""
    effective: Annotated[Day | None, Field(title="First day")] = None
    ends: Annotated[Day | None, Field(title="Last day")] = None
    email: Annotated[str, Field(title="E-mail address", max_length=254)] = ""
    alternate: Annotated[str, Field(title="Other e-mail address", max_length=254)] = ""
    signer: Annotated[str, Field(title="Your name", max_length=200)] = ""
    step: Annotated[Literal["review", "change", "submit"], Field(title="Step")] = "review"

    async def asked(self, runtime: Runtime) -> Asked:
        """What is asked for. Asks CMS who the submitter is: no transaction may be open."""
        return Asked(
            self.submitter,
            self.effective,
            self.ends,
            {"yes": True, "no": False}.get(self.offshore),
            Contact(self.email, self.alternate),
            accepted=self.accepted == "yes",
            vendor=await vendor_of(runtime, self.submitter),
            signer=self.signer,
        )


class EnrollmentForm(CommonForm):
    """A HETS EDI enrollment as it is typed, of which NPI and PTAN."""

    enrollment_id: Annotated[str, Field(max_length=36)] = ""


class SeveralForm(CommonForm):
    """The same for several NPIs, one on each line; `ready` is how many were shown as right."""

    rows: Annotated[str, Field(title="NPIs", max_length=30_000)] = ""
    ready: Annotated[int, Field(ge=0, le=ROWS_AT_ONCE)] = 0


class AttestSeveralForm(BaseModel):
    """Whose enrollments are attested for another year, one on each line; `ready` is how many were shown as right."""

    rows: Annotated[str, Field(title="NPIs", max_length=30_000)] = ""
    submitter: Annotated[SubmitterId, Field(title="HETS submitter ID", max_length=20)] = ""
    email: Annotated[str, Field(title="E-mail address", max_length=254)] = ""
    step: Annotated[Literal["review", "change", "submit"], Field(title="Step")] = "review"
    ready: Annotated[int, Field(ge=0, le=ROWS_AT_ONCE)] = 0


class ChangeForm(BaseModel):
    """To end an enrollment on a day, or to attest it for another year: which one, and whom CMS writes to."""

    submitter: Annotated[SubmitterId, Field(title="HETS submitter ID", max_length=20)] = ""
    effective: Annotated[Day, Field(title="First day")]
    last_day: Annotated[Day | None, Field(title="Last day")] = None
    contact_email: Annotated[str, Field(title="E-mail address", max_length=254)] = ""


async def _again(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    told = request.path_params.get("enrollment_id", form.typed.get("enrollment_id", ""))
    return await _page(request, permit, told, form)


_RENAMED = {"ends": "last_day", "email": "contact_email"}


async def _change_again(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    """The page with what is to be corrected in the change of one enrollment, which names its fields otherwise."""
    errors = {_RENAMED.get(name, name): sentence for name, sentence in form.errors.items()}
    return await _page(request, permit, request.path_params["enrollment_id"], Form(form.typed, errors))


DRAFTS = Drafts(
    DRAFT,
    HETS_ENROLLMENT_READ,
    EnrollmentForm,
    "enrollment_id",
    found_provider,
    lambda about: f"{ENROLLMENTS}/{about}",
    ENROLLMENTS + "/drafts",
)
# These stand before the address of one enrollment, which would take theirs.
router.include_router(DRAFTS.routes(_again))


@router.get(_SEVERAL)
async def several(request: Request, permit: Annotated[Permit, permitted(HETS_ENROLLMENT_READ)]) -> HTMLResponse:
    """The form of an enrollment for several NPIs."""
    return _several_page(request, permit, Form(_beginning(permit)))


async def _several_again(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    return _several_page(request, permit, form)


@router.post(_SEVERAL)
async def send_several(
    request: Request,
    form: Annotated[PermittedForm[SeveralForm], permitted_form(HETS_ENROLLMENT, SeveralForm, page=_several_again)],
    runtime: Annotated[Runtime, Depends(runtime_of)],
) -> Response:
    """Judge each NPI of a list by itself and show it; the second time, ask CMS for those that are right."""
    value, rows = form.value, rows_of(form.value.rows)
    asked = await value.asked(runtime)
    async with form.open() as permit:
        if value.step == "change":
            return _several_page(request, permit, form.form)
        if value.step == "review":
            return _several_review(request, permit, await judge(permit, rows, asked), asked, form.form)

        async def do() -> str:
            await enroll_several(permit, rows, asked, ready=value.ready)
            return ENROLLMENTS

        return await form.once(permit, do)


@router.get(_ATTEST_SEVERAL)
async def attestations(request: Request, permit: Annotated[Permit, permitted(HETS_ENROLLMENT_READ)]) -> HTMLResponse:
    """The form that attests several enrollments for another year."""
    return _attestations_page(request, permit, Form({"submitter": our_submitter(permit.work.runtime)}))


async def _attestations_again(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    return _attestations_page(request, permit, form)


@router.post(_ATTEST_SEVERAL)
async def send_attestations(
    request: Request,
    form: Annotated[
        PermittedForm[AttestSeveralForm], permitted_form(HETS_ENROLLMENT, AttestSeveralForm, page=_attestations_again)
    ],
) -> Response:
    """Judge each enrollment of a list by itself and show it; the second time, attest those that are right."""
    value, rows, contact = form.value, rows_of(form.value.rows), Contact(form.value.email)
    async with form.open() as permit:
        if value.step == "change":
            return _attestations_page(request, permit, form.form)
        if value.step == "review":
            judged = await judge_attestations(permit, rows, value.submitter, contact)
            context = {
                "judged": judged,
                "ready": sum(not each.fault for each in judged),
                "until": a_year_after(permit.work.runtime.today),
                **_common(permit, form.form, _ATTEST_SEVERAL),
            }
            return render(request, "eligibility/enrollment/attestations_review.html", context)

        async def do() -> str:
            await attest_several(permit, rows, value.submitter, contact, ready=value.ready)
            return ENROLLMENTS

        return await form.once(permit, do)


@router.get(ENROLLMENTS + "/{enrollment_id}")
async def enrollment(
    request: Request,
    permit: Annotated[Permit, permitted(HETS_ENROLLMENT_READ)],
    enrollment_id: str,
    draft: Annotated[Literal["", "continue"], Query()] = "",
) -> HTMLResponse:
    """What there is of one NPI and PTAN, the form of a new enrollment, and what was asked for before."""
    return await _page(request, permit, enrollment_id, Form(_beginning(permit)), draft)


@router.post(ENROLLMENTS + "/{enrollment_id}")
async def send(
    request: Request,
    form: Annotated[PermittedForm[EnrollmentForm], permitted_form(HETS_ENROLLMENT, EnrollmentForm, page=_again)],
    enrollment_id: str,
    runtime: Annotated[Runtime, Depends(runtime_of)],
) -> Response:
    """Show what was typed once more; the second time, ask CMS for it. The same form sent twice asks once."""
    asked = await form.value.asked(runtime)
    async with form.open() as permit:
        if form.value.step == "change":
            return await _page(request, permit, enrollment_id, form.form)
        if form.value.step == "review":
            provider = await check_enrollment(permit, enrollment_id, asked)
            return _review(request, permit, provider, asked, form.form)

        async def do() -> str:
            await enroll(permit, enrollment_id, asked)
            await DRAFTS.forget(permit, enrollment_id)
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


def _beginning(permit: Permit) -> dict[str, str]:
    """What a new form holds."""
    runtime = permit.work.runtime
    return {"submitter": our_submitter(runtime), "effective": f"{runtime.today:%m/%d/%Y}"}


async def _page(request: Request, permit: Permit, enrollment_id: str, form: Form, draft: str = "") -> HTMLResponse:
    one, runtime = await found(permit, enrollment_id), permit.work.runtime
    address = f"{ENROLLMENTS}/{one.provider.enrollment_id}"
    form, saved = await DRAFTS.opened(permit, str(one.provider.enrollment_id), form, draft)
    why_not = provider_faults(one.provider).get("", "")
    context = {
        "one": one,
        "links": [(each, *link_words(each, runtime.today)) for each in one.links],
        "open_links": [each for each in one.links if not each.over(runtime.today)],
        "requests": [(each, contact, KIND_WORDS[each.kind], *request_words(each)) for each, contact in one.requests],
        "state": STANDING_WORDS[one.standing],
        "why_not": why_not,
        "edi_form": runtime.deployment.edi.enrollment_form if why_not == NO_EDI_AGREEMENT else "",
        "draft": saved,
        **_common(permit, form, address),
    }
    return render(request, "eligibility/enrollment/enrollment.html", context)


def _several_page(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    context = {"most": ROWS_AT_ONCE, **_common(permit, form, _SEVERAL)}
    return render(request, "eligibility/enrollment/several.html", context)


def _attestations_page(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    context = {"most": ROWS_AT_ONCE, **_common(permit, form, _ATTEST_SEVERAL)}
    return render(request, "eligibility/enrollment/attestations.html", context)


def _common(permit: Permit, form: Form, address: str) -> dict[str, object]:
    """What the forms show."""
    return {
        "rules": RULES,
        "form": form,
        "ours": our_submitter(permit.work.runtime),
        "fresh": permit.is_fresh(HETS_ENROLLMENT, _FORM_TIME),
        "step_up": fresh_code(address),
        "action": address,
        "idempotency_key": secret_text(),
        "crumbs": _CRUMBS,
    }


def _review(request: Request, permit: Permit, provider: Provider, asked: Asked, form: Form) -> HTMLResponse:
    address = f"{ENROLLMENTS}/{provider.enrollment_id}"
    context = {"provider": provider, **_reviewed(permit, asked, form, address)}
    return render(request, "eligibility/enrollment/review.html", context)


def _several_review(request: Request, permit: Permit, judged: list[Judged], asked: Asked, form: Form) -> HTMLResponse:
    ready = sum(not each.fault for each in judged)
    context = {"judged": judged, "ready": ready, **_reviewed(permit, asked, form, _SEVERAL)}
    return render(request, "eligibility/enrollment/several_review.html", context)


def _reviewed(permit: Permit, asked: Asked, form: Form, address: str) -> dict[str, object]:
    """What both reviews show."""
    deployment = permit.work.runtime.deployment
    return {
        "asked": asked,
        "form": form,
        "contractor": f"{deployment.contractor}, {deployment.contract_id}",
        "action": address,
        "idempotency_key": secret_text(),
        "crumbs": _CRUMBS,
    }
