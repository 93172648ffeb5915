from datetime import date
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field, SecretStr, field_validator

from libs.common.text import plain
from libs.common.web.forms import Day, Rows, check


class Inquiry(BaseModel):
    npi: str = Field(title="NPI", min_length=10, max_length=10)
    last_name: str = Field(title="Patient's last name", max_length=5)
    service_day: Day = Field(title="Day of service")
    lines: int = Field(title="Number of lines", ge=1, le=99, default=1)
    kind: Literal["a", "b"] = Field(
        title="Kind", default="a", json_schema_extra={"correction": "Choose Part A or Part B."}
    )
    secret: SecretStr = Field(title="Password", default=SecretStr(""))
    note: str | None = None
    medicare_number: str = Field(title="Medicare number", max_length=3, default="")

    @field_validator("note")
    @classmethod
    def _no_slash(cls, value: str | None) -> str | None:
        if value and "/" in value:
            raise ValueError("Write the note without a slash.")
        return value


GOOD = {"npi": "1234567893", "last_name": "Doe", "service_day": "11/3/2026"}


def test_a_good_form_gives_the_value_and_nothing_to_correct() -> None:
    value, form = check(Inquiry, {**GOOD, "npi": " 1234567893 ", "lines": ""})

    assert value is not None
    assert (value.npi, value.service_day, value.lines) == ("1234567893", date(2026, 11, 3), 1)
    assert form.errors == {}


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("npi", "", "Enter the NPI."),
        ("npi", "12345", "Complete the NPI: it has at least 10 characters, you typed 5."),
        ("last_name", "Featherstone", "Shorten the patient's last name to at most 5 characters; it has 12."),
        (
            "service_day",
            "11/3/26",
            "Enter the date as MM/DD/YYYY, for example 11/22/2026.",
        ),
        (
            "service_day",
            "02/30/2026",
            "Enter the date as MM/DD/YYYY, for example 11/22/2026.",
        ),
        ("lines", "two", "Write the number of lines as a whole number, for example 12."),
        ("lines", "0", "Change the number of lines to 1 or more."),
        ("lines", "100", "Change the number of lines to 99 or less."),
        ("kind", "c", "Choose Part A or Part B."),
        ("note", "a/b", "Write the note without a slash."),
        ("note", "a\0b", "Remove from the note what cannot be printed."),
        ("secret", "a\x1bb", "Remove from the password what cannot be printed."),
        ("medicare_number", "long", "Shorten the Medicare number to at most 3 characters; it has 4."),
    ],
)
def test_each_mistake_is_told_at_its_field_by_what_to_correct(field: str, typed: str, sentence: str) -> None:
    value, form = check(Inquiry, {**GOOD, field: typed})

    assert value is None
    assert form.errors == {field: sentence}


def test_what_was_typed_stays_except_passwords() -> None:
    _, form = check(Inquiry, {**GOOD, "npi": "12", "last_name": "O'Hara-Long", "secret": "never shown again"})

    assert form.typed == {"npi": "12", "last_name": "O'Hara-Long", "service_day": "11/3/2026"}


def test_mistakes_are_listed_in_the_order_of_the_page() -> None:
    _, form = check(Inquiry, {"lines": "x"})

    assert list(form.errors) == ["npi", "last_name", "service_day", "lines"]


def test_a_decision_can_add_what_only_it_can_see() -> None:
    _, form = check(Inquiry, GOOD)

    assert form.with_error("npi", "This NPI is not yours.").errors == {"npi": "This NPI is not yours."}
    assert form.errors == {}


class Lines(BaseModel):
    chosen: Annotated[dict[int, str], Rows(r"line_(\d{1,4})"), Field(title="Line")] = {}
    why: str = ""


def test_one_field_for_each_row_of_a_form_is_a_mapping_by_row() -> None:
    value, form = check(
        Lines, {"line_2": "yes", "line_10": "yes", "line_3": "", "line_x": "yes", "why": "late\r\nmail"}
    )

    assert value == Lines(chosen={2: "yes", 10: "yes"}, why="late\nmail")
    assert form.typed == {"line_2": "yes", "line_10": "yes", "line_3": "", "why": "late\nmail"}


def test_what_cannot_be_printed_in_a_row_is_told_at_that_row() -> None:
    value, form = check(Lines, {"line_2": "a\0b"})

    assert value is None
    assert form.errors == {"line_2": "Remove from the line what cannot be printed."}


def test_unseen_characters_that_turn_the_direction_of_text_are_not_kept() -> None:
    turned = "".join(chr(code) for code in (0x202E, 0x2066, 0x200F, 0x061C))
    assert plain(f" {turned}paid{turned} in full {turned}") == "paid in full"
    assert plain("שלום é 한국어") == "שלום é 한국어"
