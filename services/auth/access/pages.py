"""Administration for people: the users of one's own organization, and what each may do."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, Field

from libs.common.contracts.auth import Enrollment, Grant
from libs.common.errors import nothing_here
from libs.common.functions import NAMES
from libs.common.ids import secret_text
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.security.decision import MAX_CHOICES
from libs.common.security.permissions import CATALOG, USERS_MANAGE, USERS_READ
from libs.common.web.forms import Day, Form
from libs.common.web.pages import render
from libs.common.web.paging import Around, Column, Listing
from libs.common.web.permit import Permit, fresh_code, opaque, permitted
from libs.common.web.permitted_form import PermittedForm, permitted_form
from services.auth.access import repository
from services.auth.access.domain import (
    ADMINISTRATORS,
    ADVISED_ADMINISTRATORS,
    BUNDLES,
    GRANTABLE,
    Change,
    permissions_of,
)
from services.auth.access.handlers import add_grants, remove_grants, set_dual_role
from services.auth.settings import auth_settings

router = APIRouter()

USERS = "/auth/users"
_COLUMNS = tuple(map(Column, ("Name", "User ID", "Role", "Account")))
_NEARLY = timedelta(minutes=1)

Find = Annotated[str, Query(max_length=100)]


@dataclass(frozen=True, slots=True)
class Access:
    """What one user may do for one enrollment: each function that can be given, with its grant where it is."""

    enrollment: Enrollment
    functions: tuple[tuple[str, str, Grant | None], ...]

    @property
    def granted(self) -> tuple[str, ...]:
        """The names of the functions granted."""
        return tuple(name for _, name, grant in self.functions if grant)


@router.get(USERS)
async def users(
    request: Request, permit: Annotated[Permit, permitted(USERS_READ)], place: Around, find: Find = ""
) -> HTMLResponse:
    """Who is in the organization."""
    work, organization_id, words = permit.work, permit.principal.organization_id, find.strip()
    page = await repository.members(work, organization_id, place, words)
    work.audit("read", "users", organization_id)
    filters = {"find": words} if words else {}
    context = {
        "rows": page.rows,
        "listing": Listing("user", _COLUMNS, page, USERS, "No user has this name or user ID.", filters=filters),
        "form": Form(filters),
        "alone": len(await repository.administrators(work, organization_id)) < ADVISED_ADMINISTRATORS,
        "organization": permit.facts.organization,
        "crumbs": (),
    }
    return render(request, "auth/access/users.html", context)


@router.get(USERS + "/{user_id}")
async def user(
    request: Request,
    permit: Annotated[Permit, permitted(USERS_READ)],
    user_id: str,
    place: Around,
    find: Find = "",
) -> HTMLResponse:
    """What one user may do, one enrollment after the other."""
    work, organization_id, words = permit.work, permit.principal.organization_id, find.strip()
    member = await repository.member(work, opaque(user_id))
    if member is None or member.organization_id != organization_id:
        raise nothing_here()
    page = await repository.enrollments_for(work, organization_id, place, words)
    held = await _held(work, member.user_id, page.rows)
    offered = work.runtime.deployment.offered
    work.audit("read", "user", member.user_id)
    path = f"{USERS}/{member.user_id}"
    filters = {"find": words} if words else {}
    context = {
        "member": member,
        "myself": member.user_id == permit.principal.user_id,
        "manages": member.role in ADMINISTRATORS,
        "staff": await repository.staff(work, organization_id),
        "below": auth_settings().dual_role_below,
        "access": [Access(each, _functions(held[each.enrollment_id], offered)) for each in page.rows],
        "listing": Listing(
            "enrollment",
            (),
            page,
            path,
            "No enrollment has this NPI, PTAN or organization name.",
            filters=filters,
        ),
        "searches": bool(words) or page.total > MAX_CHOICES,
        "form": Form(filters),
        "bundles": BUNDLES,
        "fresh": permit.is_fresh(USERS_MANAGE, _NEARLY),
        "step_up": fresh_code(path),
        "idempotency_key": secret_text(),
        "crumbs": (("Administration", USERS),),
    }
    return render(request, "auth/access/user.html", context)


class GrantForm(BaseModel):
    """For which enrollment, and which function or bundle of them."""

    grant_enrollment: str = ""
    permission: str = ""
    bundle: str = ""
    last_day: Annotated[Day | None, Field(title="Last day")] = None


class DualRoleForm(BaseModel):
    """Whether an administrator works with patient data too."""

    dual_role: str = ""


@router.post(USERS + "/{user_id}/grants/remove")
async def remove(
    form: Annotated[PermittedForm[GrantForm], permitted_form(USERS_MANAGE, GrantForm)], user_id: str
) -> RedirectResponse:
    """Take one function or a bundle away: it ends with the user's next request, in every service."""
    return await _change(form, remove_grants, user_id)


@router.post(USERS + "/{user_id}/grants/add")
async def add(
    form: Annotated[PermittedForm[GrantForm], permitted_form(USERS_MANAGE, GrantForm)], user_id: str
) -> RedirectResponse:
    """Give one function or a bundle, or give it back."""
    return await _change(form, add_grants, user_id)


@router.post(USERS + "/{user_id}/dual-role")
async def change_dual_role(
    form: Annotated[PermittedForm[DualRoleForm], permitted_form(USERS_MANAGE, DualRoleForm)], user_id: str
) -> RedirectResponse:
    """Let an administrator of a small organization work with patient data too, or no longer."""
    async with form.open() as permit:

        async def do() -> str:
            await set_dual_role(permit, opaque(user_id), dual=form.value.dual_role == "yes")
            return f"{USERS}/{user_id}"

        return await form.once(permit, do)


async def _change(
    form: PermittedForm[GrantForm], make: Callable[[Permit, Change], Awaitable[None]], user_id: str
) -> RedirectResponse:
    asked = form.value
    permissions = permissions_of(asked.permission, asked.bundle)
    change = Change(opaque(user_id), opaque(asked.grant_enrollment), permissions, asked.last_day)
    async with form.open() as permit:

        async def do() -> str:
            await make(permit, change)
            return f"{USERS}/{change.user_id}#enrollment-{change.enrollment_id}"

        return await form.once(permit, do)


async def _held(work: UnitOfWork, user_id: UUID, shown: Sequence[Enrollment]) -> dict[UUID, dict[str, Grant]]:
    """What a user is granted for the enrollments shown, by permission."""
    held: dict[UUID, dict[str, Grant]] = {each.enrollment_id: {} for each in shown}
    for grant in (await repository.grants_of(work, [user_id], held))[user_id]:
        held[grant.enrollment_id][grant.permission] = grant
    return held


def _functions(held: Mapping[str, Grant], offered: Collection[str]) -> tuple[tuple[str, str, Grant | None], ...]:
    """Each permission that can be given under this contract, or is held; the name of its function, and the grant."""
    known = sorted((NAMES[CATALOG[permission].function], permission) for permission in GRANTABLE)
    return tuple(
        (permission, name, held.get(permission))
        for name, permission in known
        if permission in held or CATALOG[permission].function in offered
    )
