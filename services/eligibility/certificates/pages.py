"""CMN history for people: the question, and the certificates on file."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, BeforeValidator, Field

from libs.common.ids import secret_text
from libs.common.mbi import normalize_mbi
from libs.common.persistence.paging import page_in
from libs.common.security.permissions import CERTIFICATES as PERMISSION
from libs.common.web.forms import Day, Form
from libs.common.web.pages import render
from libs.common.web.paging import Around, Column, Listing
from libs.common.web.permit import Permit, permitted
from libs.common.web.permitted_form import PermittedForm, permitted_form
from services.eligibility.certificates.domain import LAST_DAY
from services.eligibility.certificates.handlers import check
from services.eligibility.certificates.views import certificates_of
from services.eligibility.item_history import views as checks
from services.eligibility.item_history.domain import CERTIFICATES, Question

router = APIRouter()

PAGE = "/eligibility/certificates"
CHECKS = PAGE + "/checks"
NOTE = (
    "This is history: CMNs and DIFs have ended.",
    f"A claim for service after {LAST_DAY:%m/%d/%Y} that carries a CMN or DIF is rejected. Send it without.",
)
_AROUND_THE_FORM = {"action": CHECKS, "again": "Show certificates", "needs_procedure": False, "note": NOTE}
_CRUMBS = (("CMN history", PAGE),)
_COLUMNS = (
    Column("Approved item"),
    Column("Dates"),
    Column("CMN status"),
    Column("Length of need"),
    Column("Billed"),
    Column("Supplier"),
)


class QuestionForm(BaseModel):
    """The form as it is typed. What is missing or wrong in a question as a whole is judged by `checks.faults_of`."""

    procedure: Annotated[
        str, BeforeValidator(lambda typed: str(typed).upper()), Field(title="HCPCS code", max_length=10)
    ] = ""
    mbi: Annotated[
        str, BeforeValidator(lambda typed: normalize_mbi(str(typed))), Field(title="Medicare number", max_length=30)
    ] = ""
    last_name: Annotated[str, Field(title="Last name", max_length=60)] = ""
    first_name: Annotated[str, Field(title="First name", max_length=35)] = ""
    birth_date: Annotated[Day | None, Field(title="Birth date")] = None

    def question(self) -> Question:
        """What is asked."""
        return Question(self.mbi, self.last_name, self.first_name, self.birth_date, self.procedure)


@router.get(PAGE)
async def form(request: Request, permit: Annotated[Permit, permitted(PERMISSION)]) -> HTMLResponse:
    """The question, and what the same person asked last."""
    return await _form_page(request, permit, Form())


async def _asked_page(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    """The question again, with everything to correct in one pass."""
    question = checks.readable(QuestionForm, form).question()
    return await _form_page(request, permit, checks.corrected(permit, CERTIFICATES, question, form))


@router.post(CHECKS)
async def ask(
    form: Annotated[PermittedForm[QuestionForm], permitted_form(PERMISSION, QuestionForm, page=_asked_page)],
) -> Response:
    """Ask the item history. The same form sent twice is asked once."""
    check_id = await check(form.admission, form.value.question(), form.key)
    return RedirectResponse(f"{CHECKS}/{check_id}", 303)


@router.get(CHECKS + "/{history_id}")
async def answer(
    request: Request, permit: Annotated[Permit, permitted(PERMISSION)], history_id: str, place: Around
) -> HTMLResponse:
    """The certificates on file; or why that cannot be said, with the question to ask again."""
    one = await checks.found(permit, CERTIFICATES, history_id)
    context = {"one": one, "crumbs": _CRUMBS, "idempotency_key": secret_text(), **_AROUND_THE_FORM}
    found = certificates_of(one)
    if found is None:
        again = {"form": Form(checks.typed(one.question))}
        return render(request, "eligibility/item_history/refused.html", context | again)
    address = f"{CHECKS}/{one.check.check_id}"
    listing = Listing("certificate", _COLUMNS, page_in(found, place), address, "")
    return render(request, "eligibility/certificates/answer.html", context | {"listing": listing, "form": Form()})


async def _form_page(request: Request, permit: Permit, shown: Form) -> HTMLResponse:
    context = {
        "form": shown,
        "heading": "CMN history",
        "idempotency_key": secret_text(),
        "latest": await checks.latest(permit, CERTIFICATES),
        **_AROUND_THE_FORM,
    }
    return render(request, "eligibility/item_history/question.html", context)
