"""Same or similar items for programs: ask, and read the answer again."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, ConfigDict, Field

from libs.common.mbi import normalize_mbi
from libs.common.security.permissions import SAME_OR_SIMILAR
from libs.common.web.bodies import SentBody
from libs.common.web.permit import Admission, Permit, admitted, permitted
from services.eligibility.item_history.domain import ITEMS, Question, State, modifiers_of
from services.eligibility.item_history.views import Opened, found
from services.eligibility.same_or_similar.domain import Standing
from services.eligibility.same_or_similar.handlers import checking
from services.eligibility.same_or_similar.views import facts, told

router = APIRouter(prefix="/api/eligibility/same-or-similar")


class OrderBody(SentBody):
    """What was ordered for whom: HCPCS code, Medicare number and last name, with first name or birth date."""

    procedure: str = Field(max_length=10)
    modifiers: str = Field(default="", max_length=30)
    mbi: str = Field(max_length=30)
    last_name: str = Field(min_length=1, max_length=60)
    first_name: str = Field(default="", max_length=35)
    birth_date: date | None = None


class _Answer(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class SupplierAnswer(_Answer):
    """Who issued an item; what is not on file is empty."""

    name: str
    npi: str
    phone: str
    address: str


class ItemAnswer(_Answer):
    """An item that Medicare paid for, and how the order stands to it.

    `same`: it has the same HCPCS code, otherwise it is similar. `lifetime_ends` is the last day of its reasonable
    useful lifetime. `rental_months` are those paid, of `rental_cap` where there is a cap.
    """

    procedure: str
    words: str
    modifiers: tuple[str, ...]
    same: bool
    standing: Standing
    issued_as: Literal["purchase", "rental"]
    first_day: date
    last_day: date
    rental_months: int | None
    rental_cap: int | None
    lifetime_months: int
    lifetime_ends: date
    supplier: SupplierAnswer


class MeaningAnswer(_Answer):
    """What the items mean for the order: `bad` expect a denial, `warning` look closer, `good` nothing against it."""

    kind: Literal["good", "warning", "bad"]
    words: str
    sentence: str


class CheckAnswer(BaseModel):
    """One check and its outcome; `message` says what happened and what to do.

    `compared` are the codes that are the same or similar; `items` begin with what stands against the order most.
    """

    check_id: UUID
    state: State
    message: str
    trace: str
    asked_at: datetime
    answered_at: datetime | None
    group: str = ""
    compared: tuple[str, ...] = ()
    meaning: MeaningAnswer | None = None
    items: tuple[ItemAnswer, ...] = ()


@router.post("", status_code=201)
async def ask(
    response: Response,
    body: OrderBody,
    admission: Annotated[Admission, admitted(SAME_OR_SIMILAR)],
    idempotency_key: Annotated[str, Header()] = "",
) -> CheckAnswer:
    """Ask the item history and wait for its answer. Needs an `Idempotency-Key` of 8 to 200 characters.

    The same key and question are asked once and have one outcome, also when there was no answer: to ask again, send a
    new key.
    """
    question = Question(
        normalize_mbi(body.mbi),
        body.last_name,
        body.first_name,
        body.birth_date,
        body.procedure.upper(),
        modifiers_of(body.modifiers),
    )
    async with checking(admission, question, idempotency_key) as answering:
        response.headers["location"] = f"{router.prefix}/{answering.check_id}"
        return shown(answering.permit, await answering.read())


@router.get("/{check_id}")
async def check(permit: Annotated[Permit, permitted(SAME_OR_SIMILAR)], check_id: str) -> CheckAnswer:
    """One check and its outcome."""
    return shown(permit, await found(permit, ITEMS, check_id))


def shown(permit: Permit, one: Opened) -> CheckAnswer:
    """A check as a program is told it."""
    answer = told(permit, one)
    check = one.check
    group = answer.group if answer else None
    return CheckAnswer.model_validate(
        {
            "check_id": check.check_id,
            "state": check.state,
            "message": one.message,
            "trace": check.trace,
            "asked_at": check.asked_at,
            "answered_at": check.answered_at,
            **(
                {
                    "group": group.words if group else "",
                    "compared": group.codes if group else (one.question.procedure,),
                    "meaning": answer.meaning,
                    "items": [facts(each) for each in answer.history],
                }
                if answer
                else {}
            ),
        }
    )
