"""Same or similar items for people: the question, and what was issued with what it means for the order."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, BeforeValidator, Field

from libs.common.ids import secret_text
from libs.common.mbi import normalize_mbi
from libs.common.persistence.paging import page_in
from libs.common.security.permissions import SAME_OR_SIMILAR
from libs.common.web.forms import Day, Form
from libs.common.web.pages import render
from libs.common.web.paging import Around, Column, Listing
from libs.common.web.permit import Permit, permitted
from libs.common.web.permitted_form import PermittedForm, permitted_form
from services.eligibility.item_history import views as checks
from services.eligibility.item_history.domain import ITEMS, Question, modifiers_of
from services.eligibility.same_or_similar.handlers import check
from services.eligibility.same_or_similar.views import TABLE_AS_OF, told

router = APIRouter()

PAGE = "/eligibility/same-or-similar"
CHECKS = PAGE + "/checks"
_AROUND_THE_FORM = {"action": CHECKS, "again": "Check for same or similar", "needs_procedure": True}
_CRUMBS = (("Same or similar", PAGE),)
_COLUMNS = (
    Column("Item"),
    Column("Issued"),
    Column("Lifetime ends"),
    Column("Supplier"),
    Column("For your order"),
)


class QuestionForm(BaseModel):
    """The form as it is typed. What is missing or wrong in a question as a whole is judged by `checks.faults_of`."""

    procedure: Annotated[
        str, BeforeValidator(lambda typed: str(typed).upper()), Field(title="HCPCS code", max_length=10)
    ] = ""
    modifiers: Annotated[str, Field(title="Modifiers", max_length=30)] = ""
    mbi: Annotated[
        str, BeforeValidator(lambda typed: normalize_mbi(str(typed))), Field(title="Medicare number", max_length=30)
    ] = ""
    last_name: Annotated[str, Field(title="Last name", max_length=60)] = ""
    first_name: Annotated[str, Field(title="First name", max_length=35)] = ""
    birth_date: Annotated[Day | None, Field(title="Birth date")] = None

    def question(self) -> Question:
        """What is asked."""
        return Question(
            self.mbi,
            self.last_name,
            self.first_name,
            self.birth_date,
            self.procedure,
            modifiers_of(self.modifiers),
        )


@router.get(PAGE)
async def form(request: Request, permit: Annotated[Permit, permitted(SAME_OR_SIMILAR)]) -> HTMLResponse:
    """The question, and what the same person asked last."""
    return await _form_page(request, permit, Form())


async def _asked_page(request: Request, permit: Permit, form: Form) -> HTMLResponse:
    """The question again, with everything to correct in one pass."""
    question = checks.readable(QuestionForm, form).question()
    return await _form_page(request, permit, checks.corrected(permit, ITEMS, question, form))


@router.post(CHECKS)
async def ask(
    form: Annotated[PermittedForm[QuestionForm], permitted_form(SAME_OR_SIMILAR, QuestionForm, page=_asked_page)],
) -> Response:
    """Ask the item history. The same form sent twice is asked once."""
    check_id = await check(form.admission, form.value.question(), form.key)
    return RedirectResponse(f"{CHECKS}/{check_id}", 303)


@router.get(CHECKS + "/{check_id}")
async def answer(
    request: Request, permit: Annotated[Permit, permitted(SAME_OR_SIMILAR)], check_id: str, place: Around
) -> HTMLResponse:
    """What was issued and what it means; or why that cannot be said, with the question to ask again."""
    one = await checks.found(permit, ITEMS, check_id)
    context = {"one": one, "crumbs": _CRUMBS, "idempotency_key": secret_text(), **_AROUND_THE_FORM}
    found = told(permit, one)
    if found is None:
        again = {"form": Form(checks.typed(one.question))}
        return render(request, "eligibility/item_history/refused.html", context | again)
    address = f"{CHECKS}/{one.check.check_id}"
    listing = Listing("item", _COLUMNS, page_in(found.history, place), address, "")
    shown = {"told": found, "listing": listing, "form": Form(), "as_of": TABLE_AS_OF}
    return render(request, "eligibility/same_or_similar/answer.html", context | shown)


async def _form_page(request: Request, permit: Permit, shown: Form) -> HTMLResponse:
    context = {
        "form": shown,
        "heading": "Same or similar",
        "note": (),
        "idempotency_key": secret_text(),
        "latest": await checks.latest(permit, ITEMS),
        **_AROUND_THE_FORM,
    }
    return render(request, "eligibility/item_history/question.html", context)
