"""Filters of a list that a person keeps, on the server: each person for each list.

What is kept is what shows in the address of the list, so nothing about a patient. A filter has no name of its own
(people put patients' names into names): it is told by what it asks.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qsl, urlencode

import sqlalchemy as sa
from fastapi import APIRouter
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field
from sqlalchemy.dialects.postgresql import insert

from libs.common.errors import Rejected
from libs.common.persistence.tables import saved_filter
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.security.permissions import Permission
from libs.common.web.permit import Permit
from libs.common.web.permitted_form import PermittedForm, permitted_form

MAX_SAVED = 20
_MAX_LENGTH = 500


class FilterForm(BaseModel):
    """A filter, as the query of an address; `remove`: whether it is kept no longer."""

    query: Annotated[str, Field(title="Filter", max_length=_MAX_LENGTH)]
    remove: Annotated[str, Field(max_length=3)] = ""


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """One filter: the query of its address, the address, and what it asks in words."""

    query: str
    address: str
    words: str


@dataclass(frozen=True, slots=True)
class FilteredList:
    """A list whose filters can be kept: `path` is its address, `fields` say each value of the filter in words."""

    path: str
    fields: Mapping[str, Callable[[str], str]]

    async def saved(self, permit: Permit) -> tuple[SavedFilter, ...]:
        """The filters that whoever asks keeps for the list, the oldest first."""
        rows = await permit.work.execute(
            sa.select(saved_filter.c.query).where(_whose(permit, self.path)).order_by(saved_filter.c.saved_at)
        )
        return tuple(SavedFilter(query, f"{self.path}?{query}", self._words(query)) for query in rows.scalars())

    def add_routes(self, router: APIRouter, permission: Permission) -> None:
        """Let whoever may see the list keep a filter of it, or remove one."""

        @router.post(f"{self.path}/filters")
        async def keep(
            form: Annotated[PermittedForm[FilterForm], permitted_form(permission, FilterForm)],
        ) -> RedirectResponse:
            """Keep a filter of the list, or remove it. Twice is once."""
            kept = self._known(form.value.query)
            async with form.open() as permit:
                if form.value.remove:
                    await _remove(permit, self.path, kept)
                    return RedirectResponse(self.path, 303)
                await _save(permit, self.path, kept)
            return RedirectResponse(f"{self.path}?{kept}", 303)

    def _known(self, query: str) -> str:
        """The part of a query that is a filter of this list. Raises `Rejected` where nothing is."""
        kept = [(name, value) for name, value in parse_qsl(query) if name in self.fields]
        if not kept:
            raise Rejected("form-invalid", "Choose what to filter by before you save the filter.")
        return urlencode(kept)

    def _words(self, query: str) -> str:
        return ", ".join(self.fields[name](value) for name, value in parse_qsl(query) if name in self.fields)


def _whose(permit: Permit, path: str) -> sa.ColumnElement[bool]:
    return sa.and_(saved_filter.c.user_id == permit.principal.user_id, saved_filter.c.path == path)


async def _save(permit: Permit, path: str, query: str) -> None:
    work = permit.work
    if await _count(work, permit, path) >= MAX_SAVED:
        raise Rejected("form-invalid", f"You have saved {MAX_SAVED} filters of this list. Remove one first.")
    row = {"user_id": permit.principal.user_id, "path": path, "query": query, "saved_at": work.now}
    await work.execute(insert(saved_filter).values(row).on_conflict_do_nothing())


async def _count(work: UnitOfWork, permit: Permit, path: str) -> int:
    counted = sa.select(sa.func.count()).select_from(saved_filter).where(_whose(permit, path))
    return int((await work.execute(counted)).scalar_one())


async def _remove(permit: Permit, path: str, query: str) -> None:
    await permit.work.execute(sa.delete(saved_filter).where(_whose(permit, path), saved_filter.c.query == query))
