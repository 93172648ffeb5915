"""What the texts of elements mean: days, amounts and numbers, each made once however often a file repeats it.

Shared by all files of a process: facts about texts, none of them a name or a number of a person. A text that has not
the form of its kind means None, because the objects of a refused transaction set are made all the same.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Generic, TypeVar

from libs.common.money import parse_cents

_REMEMBERED, _LONGEST = 8_192, 80
# Under HIPAA an amount has at most ten digits, those of the cents counted even where none are written (RFI 1526).
_MAX_CENTS = 9_999_999_999
_NUMBER = re.compile(r"-?(?:[0-9]{1,20}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})")

_Value = TypeVar("_Value")


class Memory(dict[str, _Value], Generic[_Value]):
    """Values by their text.

    It starts again when it has grown large, and does not keep what is longer than any of these.
    """

    __slots__ = ("_make",)

    def __init__(self, make: Callable[[str], _Value]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, text: str) -> _Value:
        if len(text) > _LONGEST:
            return self._make(text)
        if len(self) >= _REMEMBERED:
            self.clear()
        value = self[text] = self._make(text)
        return value


def _day(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None


def read_cents(text: str) -> int:
    """Cents of `1234.5`. Raises `ValueError` when the text has parts of a cent or too many digits for an amount."""
    cents = parse_cents(text)
    if abs(cents) > _MAX_CENTS:
        raise ValueError("an amount has at most ten digits, with those of the cents")
    return cents


def _amount(text: str) -> int | None:
    try:
        return read_cents(text)
    except ValueError:
        return None


def _number(text: str) -> Decimal | None:
    return Decimal(text) if _NUMBER.fullmatch(text) else None


# The day of `20261122`.
DAYS = Memory(_day)
# Cents of `1234.5`; None too when the text has parts of a cent or too many digits.
AMOUNTS = Memory(_amount)
NUMBERS = Memory(_number)


def number_text(number: Decimal) -> str:
    """A number as partners write it: `1.5`, `100`, without needless zeros."""
    return f"{number.normalize():f}"
