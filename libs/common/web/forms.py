"""Reading a form a person sent: a pydantic model on one side, plain sentences at each field on the other.

Nothing typed is ever lost: a form with errors is rendered again from `Form.typed` (passwords excepted, they are
never sent back). The sentences say what to correct, never "invalid input" (pages reference, sections 2 and 4).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails

from libs.common.text import is_printable, plain

CSRF, ENROLLMENT, IDEMPOTENCY_KEY = "csrf", "enrollment", "idempotency_key"
"""The unseen fields of every form (macro `form_fields`)."""

MAX_FIELDS = 1_100
"""As many as the longest form has: a choice for each of 500 rows, with what stands around them."""


@dataclass(frozen=True, slots=True)
class Rows:
    r"""Says that a form has such a field for each row: `line_1` and `line_2` become a mapping from `1` and `2`.

        lines: Annotated[dict[int, str], Rows(r"line_(\d{1,4})")] = {}

    `pattern` matches the whole name; its group is the key of the mapping.
    """

    pattern: str

    def key(self, name: str) -> str | None:
        """Which row a name belongs to; `None` when it is another field."""
        found = re.fullmatch(self.pattern, name)
        return found[1] if found else None


@dataclass(frozen=True, slots=True)
class Form:
    """What a form shows: what was typed and what is to be corrected, each by field name.

    An error under the empty name concerns the form as a whole.
    """

    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def with_error(self, name: str, sentence: str) -> "Form":
        """The same form with one more thing to correct, for what only a decision can see."""
        return Form(self.typed, {**self.errors, name: sentence})


Model = TypeVar("Model", bound=BaseModel)


class Pressed(BaseModel):
    """A form of which there is nothing to fill in: its button says it all."""


def _day(value: object) -> object:
    if not isinstance(value, str):
        return value
    # `strptime` takes one or two figures for month and day, as people type them; two figures of a year are refused.
    try:
        return datetime.strptime(value, "%m/%d/%Y").date()  # noqa: DTZ007 - a calendar day has no zone
    except ValueError as error:
        raise ValueError("Enter the date as MM/DD/YYYY, for example 11/22/2026.") from error


Day = Annotated[date, BeforeValidator(_day)]
"""A calendar day as people type it: `11/22/2026`."""

Why = Annotated[
    str, Field(title="Reason", min_length=5, max_length=300, description="Without anything about a patient.")
]
"""Why staff of the contractor do something to an account."""
Ticket = Annotated[str, Field(title="Ticket number", min_length=3, max_length=40)]
"""By which the contractor's help desk finds what was asked for."""

_SENTENCES: Mapping[str, Callable[[str, Mapping[str, Any], str], str]] = {
    "missing": lambda name, _facts, _typed: f"Enter {name}.",
    "string_too_long": lambda name, facts, typed: (
        f"Shorten {name} to at most {facts['max_length']} characters; it has {len(typed)}."
    ),
    "too_long": lambda name, facts, typed: (  # a password
        f"Shorten {name} to at most {facts['max_length']} characters; it has {len(typed)}."
    ),
    "string_too_short": lambda name, facts, typed: (
        f"Complete {name}: it has at least {facts['min_length']} characters, you typed {len(typed)}."
    ),
    "int_parsing": lambda name, _facts, _typed: f"Write {name} as a whole number, for example 12.",
    "literal_error": lambda name, _facts, _typed: f"Choose {name}.",
    "enum": lambda name, _facts, _typed: f"Choose {name}.",
    "greater_than_equal": lambda name, facts, _typed: f"Change {name} to {facts['ge']} or more.",
    "less_than_equal": lambda name, facts, _typed: f"Change {name} to {facts['le']} or less.",
    "value_error": lambda _name, facts, _typed: str(facts["error"]),
}


_PROPER_NAMES = frozenset({"Medicare"})


def _named(model: type[BaseModel], name: str) -> str:
    """The field inside a sentence: its title with `the`, in lower case unless a name or an abbreviation begins it."""
    title = model.model_fields[name].title or name.replace("_", " ")
    first = title.split(" ", 1)[0]
    kept = first in _PROPER_NAMES or (len(first) > 1 and first.isupper())
    return f"the {title if kept else title[:1].lower() + title[1:]}"


def _sentence(model: type[BaseModel], error: ErrorDetails, typed: str) -> str:
    facts = error.get("ctx", {})
    name = str(error["loc"][0]) if error["loc"] else ""
    extra = model.model_fields[name].json_schema_extra if name in model.model_fields else None
    correction = extra.get("correction") if isinstance(extra, dict) else None
    if isinstance(correction, str) and error["type"] != "value_error":
        return correction
    if error["type"] == "value_error":
        return str(facts["error"])
    sentence = _SENTENCES.get(error["type"])
    if sentence is None:
        return f"Check {_named(model, name)}: it does not have the form that the field asks for."
    return sentence(_named(model, name), facts, typed)


def check(model: type[Model], sent: Mapping[str, str]) -> tuple[Model | None, Form]:
    """Check typed values against `model`. Values are stripped; a field left empty counts as not sent.

    A field's `title` is its label on the page; `json_schema_extra={"correction": "…"}` replaces the general sentences
    (for a choice: "Choose what is in the file."), but never that of the field's own `ValueError`. One field for each
    row of the form: `Rows`. The value is `None` exactly when the form has errors.
    """
    fields = _fields(model, sent)
    typed = {name: plain(sent[name]).replace("\r\n", "\n") for name in fields}
    shown = {
        name: value for name, value in typed.items() if model.model_fields[fields[name]].annotation is not SecretStr
    }
    if unprintable := [name for name, value in typed.items() if not is_printable(value)]:
        return None, Form(
            shown, {name: f"Remove from {_named(model, fields[name])} what cannot be printed." for name in unprintable}
        )
    values: dict[str, Any] = {}
    for name, given in typed.items():
        rows = _rows(model, fields[name])
        if rows and given:
            values.setdefault(fields[name], {})[rows.key(name)] = given
        elif given:
            values[name] = given
    try:
        value = model.model_validate(values)
    except ValidationError as failed:
        errors: dict[str, str] = {}
        for error in failed.errors(include_url=False):
            name = str(error["loc"][0]) if error["loc"] else ""
            errors.setdefault(name, _sentence(model, error, typed.get(name, "")))
        # In the order of the page, because the summary is read from top to bottom.
        order = [name for name in ("", *model.model_fields) if name in errors]
        return None, Form(shown, {name: errors[name] for name in order})
    return value, Form(shown)


def _fields(model: type[BaseModel], sent: Iterable[str]) -> dict[str, str]:
    """To which field of `model` each name belongs that it knows, in the order of the fields."""
    found: dict[str, str] = {}
    for field_name in model.model_fields:
        rows = _rows(model, field_name)
        names = (name for name in sent if rows.key(name)) if rows else (name for name in sent if name == field_name)
        found |= dict.fromkeys(names, field_name)
    return found


def _rows(model: type[BaseModel], field_name: str) -> Rows | None:
    return next((each for each in model.model_fields[field_name].metadata if isinstance(each, Rows)), None)


async def read_fields(request: Request) -> dict[str, str]:
    """The fields of a form (urlencoded; a form with a file: `uploads.py`).

    Raises `starlette.exceptions.HTTPException` 400 for a body that is no form, or has over `MAX_FIELDS` fields.
    """
    async with request.form(max_fields=MAX_FIELDS, max_files=0) as body:
        return {name: value for name, value in body.items() if isinstance(value, str)}
