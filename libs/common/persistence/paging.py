"""Lists by keyset: a page begins after a row or ends before one, and counting stops at a thousand.

A page costs the same wherever it is, and no row is shown twice or passed over because others came. A place is the id of
a row, so nothing a list is sorted by (a day of service) shows in an address.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar
from uuid import UUID

import sqlalchemy as sa

from libs.common.errors import Rejected
from libs.common.persistence.unit_of_work import UnitOfWork

PAGE_SIZE = 50
"""Rows on one page of a list (pages reference, section 2)."""

MAX_COUNTED = 1_000
"""So far a list is counted: who has more will narrow it down, and counting all would cost more than the page."""

_MAX_INTEGER = 2**31 - 1

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page is: after a row, before a row, or (neither) at the start. Rows are named as `Page` names them.

    `counted`: whether somebody wants to know how many rows the list has.
    """

    after: str = ""
    before: str = ""
    size: int = PAGE_SIZE
    counted: bool = True


START = Place()


@dataclass(frozen=True, slots=True)
class Order:
    """By what a list is sorted: columns that an index has in this order, and which no two rows share.

    `key` names a row in an address. `source` is what the columns are of, unless that is the table of `key`.
    """

    columns: tuple[sa.ColumnElement[Any], ...]
    key: sa.Column[Any]
    descending: bool = False
    source: sa.FromClause | None = None

    def row(self, name: str, within: sa.ColumnElement[bool]) -> sa.Select[Any]:
        """The columns of one row of the list. Raises `Rejected` (400) for a name that cannot be one."""
        source = self.key.table if self.source is None else self.source
        return sa.select(*self.columns).select_from(source).where(within, self.key == self._value(name)).correlate(None)

    def _value(self, name: str) -> UUID | int | str:
        kind = self.key.type.python_type
        if kind is str:
            return name
        try:
            if kind is UUID:
                return UUID(name)
            number = int(name)
        except ValueError:
            raise _unknown() from None
        if not 0 <= number <= _MAX_INTEGER:
            raise _unknown()
        return number


def order_of(orders: Mapping[str, Order], sort: str, otherwise: str) -> tuple[str, Order]:
    """The order that an address asks for, `-service` for a descending one, and by which of `orders` it is."""
    wanted = sort if sort.removeprefix("-") in orders else otherwise
    name = wanted.removeprefix("-")
    return name, replace(orders[name], descending=wanted.startswith("-"))


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list. `previous` and `next` name the row before which and after which there are more, if any.

    `total` is how many rows the whole list has, `MAX_COUNTED` + 1 where it is not counted further.
    """

    rows: tuple[T, ...] = ()
    previous: str = ""
    next: str = ""
    total: int = 0

    @property
    def counted(self) -> int | None:
        """How many rows there are, for programs; None for more than `MAX_COUNTED`."""
        return None if self.total > MAX_COUNTED else self.total


def whole(rows: Sequence[T]) -> Page[T]:
    """All there is, as one page."""
    return Page(tuple(rows), total=len(rows))


def page_in(rows: Sequence[T], place: Place) -> Page[T]:
    """The page at `place` of rows that are all at hand, each named by its number from 1 on.

    Raises `Rejected` (400) for a place at a row that is not there.
    """
    named = place.after or place.before
    if named and not (named.isascii() and named.isdecimal() and 1 <= int(named) <= len(rows)):
        raise _unknown()
    if place.before:
        end = int(place.before) - 1
        first = max(end - place.size, 0)
    else:
        first = int(place.after or 0)
        end = min(first + place.size, len(rows))
    return Page(
        tuple(rows[first:end]),
        previous=str(first + 1) if first else "",
        next=str(end) if end < len(rows) else "",
        total=len(rows),
    )


async def page_of(
    work: UnitOfWork,
    rows: sa.Select[Any],
    order: Order,
    place: Place,
    *,
    within: sa.ColumnElement[bool],
    make: Callable[[Any], T],
) -> Page[T]:
    """The page at `place` of the list that `rows` selects of what is `within`, each row as `make` makes it.

    `within` holds for a row as long as it exists; what `rows` asks besides may change, and the place is still found.
    `rows` selects the key of `order`. Raises `Rejected` (400) for a place at a row that is not there.
    """
    listed = rows.where(within)
    found = list((await work.execute(_from(listed, order, place, within))).all())
    named = place.after or place.before
    if named and not found and (await work.execute(order.row(named, within))).first() is None:
        raise _unknown()
    more, found = len(found) > place.size, found[: place.size]
    if place.before:
        found.reverse()
    first, last = (str(row._mapping[order.key]) for row in (found[0], found[-1])) if found else ("", "")  # noqa: SLF001
    return Page(
        tuple(make(row) for row in found),
        previous=first if place.after or (place.before and more) else "",
        next=last if place.before or more else "",
        total=0 if not place.counted else await _count(work, listed) if named or more else len(found),
    )


def _from(listed: sa.Select[Any], order: Order, place: Place, within: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The rows of a page in the direction in which they are read, and one more, which tells that there are more."""
    falling = order.descending != bool(place.before)
    statement = listed.order_by(*(each.desc() if falling else each.asc() for each in order.columns))
    if named := place.after or place.before:
        beyond, columns = order.row(named, within).scalar_subquery(), sa.tuple_(*order.columns)
        statement = statement.where(columns < beyond if falling else columns > beyond)
    return statement.limit(place.size + 1)


async def _count(work: UnitOfWork, listed: sa.Select[Any]) -> int:
    some: sa.Select[Any] = listed.with_only_columns(sa.literal_column("1"), maintain_column_froms=True)
    return int(
        (
            await work.execute(sa.select(sa.func.count()).select_from(some.limit(MAX_COUNTED + 1).subquery()))
        ).scalar_one()
    )


def _unknown() -> Rejected:
    return Rejected("cursor-unknown", "The list has changed. Open it again from its first page.", status=400)
