"""Lists for people and programs: the place an address asks for, what a list page shows, all rows as a file.

What a page of a list is, and how it is found: `libs.common.persistence.paging`.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, TypedDict, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Query
from fastapi.responses import Response
from pydantic import BaseModel

from libs.common.errors import Rejected
from libs.common.persistence.paging import MAX_COUNTED, Page, Place
from libs.common.web.downloads import CSV, download_made
from libs.common.web.formats import count as in_words
from libs.common.web.permit import Admission, Permit
from libs.common.web.saved_filters import SavedFilter
from libs.common.web.spreadsheets import csv_lines

_ROWS_AT_ONCE = 1_000

T = TypeVar("T")

# The longest name of a row: two ids and a dot between them.
_Row = Annotated[str, Query(max_length=73)]


def _place(after: _Row = "", before: _Row = "") -> Place:
    if after and before:
        raise Rejected("cursor-unknown", "Send after or before, not both.", status=400)
    return Place(after, before)


def _following(after: _Row = "") -> Place:
    return Place(after)


Around = Annotated[Place, Depends(_place)]
"""The page that an address of a page asks for."""

Following = Annotated[Place, Depends(_following)]
"""The page that a program asks for: `after` is `next` of the answer before."""


class Listed(BaseModel):
    """Some rows of a list. `next` is what the following page begins `after`; null on the last one.

    `total` is how many rows the whole list has; null for more than 1,000.
    """

    total: int | None
    next: str | None


class _Listed(TypedDict):
    total: int | None
    next: str | None


def listed(page: Page[Any]) -> _Listed:
    """The fields of `Listed` for a page."""
    return {"total": page.counted, "next": page.next or None}


async def batches(
    admission: Admission, some: Callable[[Permit, Place], Awaitable[Page[T]]]
) -> AsyncIterator[tuple[T, ...]]:
    """All rows of a list, some at a time.

    Each time in a transaction of its own, which is over before the rows are sent: a slow reader holds none, and access
    that is taken away ends the file.
    """
    place = Place(size=_ROWS_AT_ONCE, counted=False)
    while True:
        async with admission.open() as permit:
            page = await some(permit, place)
        yield page.rows
        if not page.next:
            return
        place = replace(place, after=page.next)


def csv_file(name: str, columns: Sequence[str], rows: AsyncIterator[Iterable[Sequence[object]]]) -> Response:
    """A file for a spreadsheet: `columns`, and rows as they come, however many."""

    async def lines() -> AsyncIterator[str]:
        yield "".join(csv_lines([columns]))
        async for some in rows:
            yield "".join(csv_lines(some))

    return download_made(lines(), name=name, media_type=CSV)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list. `key` is what the list is sorted by, `None` where sorting makes no sense."""

    label: str
    key: str | None = None
    number: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list page shows besides its rows (`kinds/list.html`).

    `path` is the list's own address and `filters` what it was filtered by; neither may hold anything about a
    patient, because both show in the address bar. `csv` is the path of all rows as a file. `empty` says why nothing
    is listed and what to try. `saved` are the filters one keeps of it; `None` where none can be kept.
    """

    noun: str
    columns: tuple[Column, ...]
    page: Page[Any]
    path: str
    empty: str
    sort: str = ""
    descending: bool = False
    filters: Mapping[str, str] = field(default_factory=dict)
    csv: str = ""
    saved: tuple[SavedFilter, ...] | None = None
    plural: str | None = None

    @property
    def counted(self) -> str:
        """How many there are, in words."""
        if self.page.total > MAX_COUNTED:
            return f"More than {in_words(MAX_COUNTED, self.noun, self.plural)}"
        return in_words(self.page.total, self.noun, self.plural)

    def sorted_by(self, column: Column) -> str:
        """How the column is sorted now, in the words of `aria-sort`."""
        if column.key is None or column.key != self.sort:
            return "none"
        return "descending" if self.descending else "ascending"

    def without(self, name: str) -> str:
        """The address of the list without one of its filters."""
        return _address(self.path, {key: value for key, value in self.filters.items() if key != name})

    @property
    def query(self) -> str:
        """The filter as a query; empty where there is none."""
        return urlencode(self.filters)

    @property
    def may_save(self) -> bool:
        """Whether the filter can be kept and is not yet."""
        return self.saved is not None and bool(self.filters) and self.query not in [each.query for each in self.saved]

    @property
    def start(self) -> str:
        """The address of the first page."""
        return self._at(self.path)

    @property
    def previous(self) -> str:
        """The address of the page before this one; empty where there is none."""
        return self._at(self.path, before=self.page.previous) if self.page.previous else ""

    @property
    def next(self) -> str:
        """The address of the page after this one; empty where there is none."""
        return self._at(self.path, after=self.page.next) if self.page.next else ""

    @property
    def file(self) -> str:
        """The address of all rows as a file; empty where there is none."""
        return self._at(self.csv) if self.csv else ""

    def sorting(self, column: Column) -> str:
        """The address of the list sorted by `column`; a second time turns the order round."""
        again = column.key == self.sort and not self.descending
        return _address(self.path, {**self.filters, "sort": f"-{column.key}" if again else column.key or ""})

    def _at(self, path: str, **place: str) -> str:
        sort = f"-{self.sort}" if self.descending and self.sort else self.sort
        return _address(path, {**self.filters, "sort": sort, **place})


def _address(path: str, query: Mapping[str, str]) -> str:
    kept = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(kept)}" if kept else path
