"""Forms that people put aside and take up again: what was typed, sealed, until it is sent or 30 days have passed.

    DRAFTS = Drafts(DRAFT, REDETERMINATION_FILE, RequestForm, "claim_id", claim_or_404, request_address, "/appeals/…")
    router.include_router(DRAFTS.routes(page))

The page of the form offers the draft (`opened`), `kinds/form.html` shows it, and who sends the form forgets it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter
from fastapi.responses import RedirectResponse
from pydantic import BaseModel
from sqlalchemy.dialects.postgresql import insert

from libs.common.persistence.tables import draft
from libs.common.sealing import Sealed
from libs.common.security.permissions import Permission
from libs.common.sweeps import DRAFTS_KEPT
from libs.common.web.forms import Form
from libs.common.web.permit import Permit
from libs.common.web.permitted_form import Page, PermittedForm, permitted_form


class About(BaseModel):
    """What a draft is about."""

    about: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """What the page of a form shows of its draft: where it is saved and offered, and, if there is one, since when.

    `continued`: the form holds what was saved. Times are those of the clock; `until` is the day it is forgotten.
    """

    path: str
    page: str
    about: str
    begun_at: datetime | None = None
    saved_at: datetime | None = None
    until: datetime | None = None
    continued: bool = False


@dataclass(frozen=True, slots=True)
class Drafts:
    """The drafts of one kind of form. `sealed` says what keeps them, and by its place which kind it is.

    `about` is the field of `model` that names what the form is about; `found` raises `Rejected` (404) for what is
    nobody's or somebody else's; `address` is where the page of the form is; `path` is where its drafts are sent. The
    model takes what is not finished: what is missing in a form is judged when it is sent.
    """

    sealed: Sealed[dict[str, str]]
    permission: Permission
    model: type[BaseModel]
    about: str
    found: Callable[[Permit, str], Awaitable[object]]
    address: Callable[[str], str]
    path: str

    def routes(self, page: Page) -> APIRouter:
        """Save and discard. `page` shows the form again where something in it cannot be kept."""
        router = APIRouter()

        @router.post(self.path)
        async def save(
            form: Annotated[PermittedForm[Any], permitted_form(self.permission, self.model, page=page)],
        ) -> RedirectResponse:
            about = form.form.typed.get(self.about, "")
            async with form.open() as permit:
                await self.found(permit, about)
                await self._save(permit, about, form.form)
            return RedirectResponse(f"{self.address(about)}?draft=continue", 303)

        @router.post(self.path + "/discard")
        async def discard(
            form: Annotated[PermittedForm[About], permitted_form(self.permission, About)],
        ) -> RedirectResponse:
            async with form.open() as permit:
                await self.found(permit, form.value.about)
                await self.forget(permit, form.value.about)
            return RedirectResponse(self.address(form.value.about), 303)

        return router

    async def opened(self, permit: Permit, about: str, form: Form, wanted: str) -> tuple[Form, Draft]:
        """The form as the page shows it, and its draft. `wanted` is `continue` when the draft was asked for."""
        row = (await permit.work.execute(sa.select(draft).where(*self._row(permit, about)))).one_or_none()
        if row is None:
            return form, self.none(about)
        if wanted == "continue":
            permit.work.audit("read", "draft", self._object(about))
            form = Form(self.sealed.open(permit.work.runtime.keys, row.content, *self._owner(permit, about)))
        return form, Draft(
            self.path,
            self.address(about),
            about,
            row.begun_at,
            row.saved_at,
            row.saved_at + DRAFTS_KEPT,
            continued=wanted == "continue",
        )

    def none(self, about: str) -> Draft:
        """For a form of which nothing is offered: it may still be put aside."""
        return Draft(self.path, self.address(about), about)

    async def forget(self, permit: Permit, about: str) -> None:
        """Drop the draft, if there is one: it was sent, or given up."""
        gone = await permit.work.execute(sa.delete(draft).where(*self._row(permit, about)))
        if gone.rowcount:
            permit.work.audit("discard", "draft", self._object(about))

    async def _save(self, permit: Permit, about: str, form: Form) -> None:
        work = permit.work
        content = self.sealed.seal(work.runtime.keys, dict(form.typed), *self._owner(permit, about))
        statement = insert(draft).values(
            user_id=permit.principal.user_id,
            enrollment_id=permit.acted_for,
            kind=self.sealed.place,
            subject=about,
            content=content,
            begun_at=work.now,
            saved_at=work.now,
        )
        again = {"content": statement.excluded.content, "saved_at": statement.excluded.saved_at}
        await work.execute(statement.on_conflict_do_update(constraint=draft.primary_key, set_=again))
        work.audit("save", "draft", self._object(about))

    def _row(self, permit: Permit, about: str) -> tuple[sa.ColumnElement[bool], ...]:
        return (
            draft.c.user_id == permit.principal.user_id,
            draft.c.enrollment_id == permit.acted_for,
            draft.c.kind == self.sealed.place,
            draft.c.subject == about,
        )

    def _owner(self, permit: Permit, about: str) -> tuple[UUID, UUID, str]:
        return permit.principal.user_id, permit.acted_for, about

    def _object(self, about: str) -> str:
        return f"{self.sealed.place} {about}"
