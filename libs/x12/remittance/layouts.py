"""Segments that are one long row of amounts: how their elements and the fields of an object stand for each other.

The fields of the object are the elements of the segment in order, apart from those the guide does not use; what a field
holds says how its element is read and written.
"""

from collections.abc import Callable, Collection
from dataclasses import Field, fields
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Generic, Protocol, TypeVar, get_args, get_type_hints

from libs.common.money import decimal_text
from libs.x12.remittance.objects import (
    InpatientAdjudication,
    InpatientSummary,
    OutpatientAdjudication,
    ProviderSummary,
)
from libs.x12.values import AMOUNTS, DAYS, NUMBERS, number_text
from libs.x12.writing import day


class _Fielded(Protocol):
    """What a dataclass is."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


_Row = TypeVar("_Row", bound=_Fielded)
_Reader = Callable[[str], Any]
_Writer = Callable[[Any], str]

_FORMS: dict[type, tuple[_Reader, _Writer]] = {
    str: (str, str),
    int: (AMOUNTS.__getitem__, decimal_text),
    Decimal: (NUMBERS.__getitem__, number_text),
    date: (DAYS.__getitem__, day),
}


class Layout(Generic[_Row]):
    """How one kind of segment is read into objects of `kind` and written from them; `unused` are element numbers."""

    def __init__(self, identifier: str, kind: type[_Row], unused: Collection[int] = ()) -> None:
        self.identifier = identifier
        self._kind = kind
        types = get_type_hints(kind)
        self._columns: list[tuple[int, str, _Reader, _Writer]] = []
        element = 0
        for field in fields(kind):
            element += 1
            while element in unused:
                element += 1
            held = next((each for each in get_args(types[field.name]) if each in _FORMS), types[field.name])
            self._columns.append((element, field.name, *_FORMS[held]))
        self._size = element

    def read(self, elements: list[str]) -> _Row:
        """The object of a segment; elements that are empty leave the default."""
        size = len(elements)
        values = {
            name: read(elements[element])
            for element, name, read, _ in self._columns
            if element < size and elements[element]
        }
        return self._kind(**values)

    def faults(self, elements: list[str]) -> list[int]:
        """The elements that hold no amount, number or day although they are not empty."""
        size = len(elements)
        return [
            element
            for element, _, read, _ in self._columns
            if element < size and elements[element] and read(elements[element]) is None
        ]

    def write(self, row: _Row) -> list[str]:
        """The segment of an object, its identifier first."""
        elements = [self.identifier, *[""] * self._size]
        for element, name, _, write in self._columns:
            value = getattr(row, name)
            if value is not None:
                elements[element] = write(value)
        return elements


INPATIENT = Layout("MIA", InpatientAdjudication)
OUTPATIENT = Layout("MOA", OutpatientAdjudication)
PROVIDER_SUMMARY = Layout("TS3", ProviderSummary, unused={*range(6, 13), 14, 16, 19})
INPATIENT_SUMMARY = Layout("TS2", InpatientSummary)
