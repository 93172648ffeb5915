"""Finds questions to the item history for page and program, and opens what is sealed of them."""

from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from libs.common.errors import nothing_here
from libs.common.mbi import format_mbi
from libs.common.ports import Ports
from libs.common.web.forms import Form
from libs.common.web.permit import Permit, opaque
from libs.partners.item_history import Found
from services.eligibility.inquiry.domain import StateWords
from services.eligibility.item_history import repository
from services.eligibility.item_history.domain import (
    ANSWERED,
    NO_ANSWER,
    STATE_WORDS,
    Kind,
    Question,
    Refusal,
    question_faults,
    refusals,
)
from services.eligibility.item_history.partner import open_answer
from services.eligibility.item_history.repository import Check
from services.eligibility.item_history.tables import ANSWER, QUESTION

Model = TypeVar("Model", bound=BaseModel)

_LATEST = 5
_NEW_KEY = "Send it with a new Idempotency-Key: the same key gives this outcome again."


@dataclass(frozen=True, slots=True)
class Opened:
    """A question with its seals opened. `found` only when it was answered and the answer is still kept."""

    check: Check
    question: Question
    found: Found | None

    @property
    def state(self) -> StateWords:
        """How it stands, in words."""
        return STATE_WORDS[self.check.state]  # type: ignore[index] # the table holds the same words

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """Why it could not be answered."""
        return refusals(self.check.codes.split(), self.question)

    @property
    def patient(self) -> str:
        """Whom it is about, as lists name them."""
        return ", ".join(part for part in (self.question.last_name, self.question.first_name) if part)

    @property
    def message(self) -> str:
        """What happened and what to do, for programs."""
        if self.found is not None:
            return self.state.sentence
        said = [f"{each.sentence} {each.remedy}" for each in self.refusals]
        said = said or [self.state.sentence, self.state.remedy]
        return " ".join([*said, *([_NEW_KEY] if self.check.state == NO_ANSWER else [])])


def faults_of(runtime: Ports, kind: Kind, question: Question) -> dict[str, str]:
    """What to correct in a question before it is asked, by field of the form."""
    return question_faults(question, runtime.today, kind)


def readable(model: type[Model], form: Form) -> Model:
    """What of a form can be read; what cannot is as if it were left empty."""
    return model.model_validate(
        {name: value for name, value in form.typed.items() if value and name not in form.errors}
    )


def corrected(permit: Permit, kind: Kind, question: Question, form: Form) -> Form:
    """The form with all that is to be corrected: what cannot be read, and what is wrong with `question`, the rest."""
    faults = faults_of(permit.work.runtime, kind, question)
    if "birth_date" in form.errors:
        faults.pop("first_name", None)  # it was given, if wrongly
    every = faults | dict(form.errors)
    return Form(form.typed, {name: every[name] for name in ("", *typed(question)) if name in every})


async def found(permit: Permit, kind: Kind, check_id: str) -> Opened:
    """The question of the enrollment acted for, opened and audited. Raises `Rejected` (404)."""
    work = permit.work
    one = await repository.find(work, opaque(check_id), permit.enrollment.enrollment_id, kind.name)
    if one is None:
        raise nothing_here()
    work.audit("read", "item-check", one.check_id)
    return opened(work.runtime, kind, one)


async def latest(permit: Permit, kind: Kind) -> list[Opened]:
    """What the person asked last, for the enrollment acted for; audited."""
    work, enrollment_id = permit.work, permit.enrollment.enrollment_id
    rows = await repository.latest(work, enrollment_id, permit.principal.user_id, kind.name, limit=_LATEST)
    work.audit("list", "item-checks", enrollment_id)
    return [opened(work.runtime, kind, row) for row in rows]


def opened(runtime: Ports, kind: Kind, one: Check) -> Opened:
    """The question with its seals opened."""
    question = QUESTION.open(runtime.keys, one.question, one.check_id)
    if one.answer is None or one.state != ANSWERED:
        return Opened(one, question, None)
    content = ANSWER.open(runtime.keys, one.answer, one.check_id)
    try:
        return Opened(one, question, open_answer(content, kind))
    except ValidationError:
        # An answer in the words of an earlier release: it is as if it were no longer kept.
        return Opened(one, question, None)


def typed(question: Question) -> dict[str, str]:
    """A question as the form shows it."""
    return {
        "procedure": question.procedure,
        "modifiers": " ".join(question.modifiers),
        "mbi": format_mbi(question.mbi),
        "last_name": question.last_name,
        "first_name": question.first_name,
        "birth_date": f"{question.birth_date:%m/%d/%Y}" if question.birth_date else "",
    }
