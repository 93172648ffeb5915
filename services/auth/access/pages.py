"""Administration for people: the users of one's own organization, and what each may do."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from libs.common.contracts.auth import Enrollment, Grant
from libs.common.functions import NAMES
from libs.common.ids import secret_text
from libs.common.security.permissions import CATALOG, USERS_MANAGE, USERS_READ
from libs.common.web.idempotency import content_hash, idempotently
from libs.common.web.pages import render
from libs.common.web.permit import Permit, check_form, fresh_code, opaque, permitted
from services.auth.access import repository
from services.auth.access.domain import ADMINISTRATORS, Change, Member
from services.auth.access.handlers import GRANTABLE, add_grant, remove_grant

router = APIRouter()

USERS = "/auth/users"
_NEARLY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Cell:
    """One function for one enrollment of one user. `grant` is `None` where it is not given."""

    permission: str
    function: str
    enrollment: Enrollment
    grant: Grant | None


@dataclass(frozen=True, slots=True)
class Row:
    """One user with every function that could be given. Empty for administrators, who see no patient data."""

    member: Member
    myself: bool
    cells: tuple[Cell, ...]


@router.get(USERS)
async def users(request: Request, permit: Annotated[Permit, permitted(USERS_READ)]) -> HTMLResponse:
    """Who is in the organization and what each of them may do."""
    work, organization_id = permit.work, permit.principal.organization_id
    members = await repository.members(work, organization_id)
    grants = await repository.grants_of(work, [each.user_id for each in members])
    enrollments = await repository.enrollments_for(work, organization_id)
    offered = work.runtime.deployment.offered
    rows = [
        Row(each, each.user_id == permit.principal.user_id, _cells(each, grants[each.user_id], enrollments, offered))
        for each in members
    ]
    work.audit("read", "users", organization_id)
    context = {
        "rows": rows,
        "organization": permit.facts.organization,
        "fresh": permit.is_fresh(USERS_MANAGE, _NEARLY),
        "step_up": fresh_code(USERS),
        "idempotency_key": secret_text(),
        "crumbs": (),
    }
    return render(request, "auth/access/users.html", context)


@router.post(USERS + "/{user_id}/grants/remove")
async def remove(
    permit: Annotated[Permit, permitted(USERS_MANAGE)],
    user_id: str,
    grant_enrollment: Annotated[str, Form()],
    permission: Annotated[str, Form()],
    csrf: Annotated[str, Form()] = "",
    enrollment: Annotated[str, Form()] = "",
    idempotency_key: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Take one grant away: it ends with the user's next request, in every service."""
    check_form(permit, csrf=csrf, enrollment=enrollment)
    return await _once(permit, idempotency_key, remove_grant, user_id, grant_enrollment, permission)


@router.post(USERS + "/{user_id}/grants/add")
async def add(
    permit: Annotated[Permit, permitted(USERS_MANAGE)],
    user_id: str,
    grant_enrollment: Annotated[str, Form()],
    permission: Annotated[str, Form()],
    csrf: Annotated[str, Form()] = "",
    enrollment: Annotated[str, Form()] = "",
    idempotency_key: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Give one grant, or give it back."""
    check_form(permit, csrf=csrf, enrollment=enrollment)
    return await _once(permit, idempotency_key, add_grant, user_id, grant_enrollment, permission)


async def _once(
    permit: Permit,
    key: str,
    make: Callable[[Permit, Change], Awaitable[None]],
    user_id: str,
    enrollment_id: str,
    permission: str,
) -> RedirectResponse:
    change = Change(opaque(user_id), opaque(enrollment_id), permission)

    async def do() -> str:
        await make(permit, change)
        return f"{USERS}#user-{change.user_id}"

    content = content_hash(make.__name__, user_id, enrollment_id, permission)
    return RedirectResponse(await idempotently(permit, key, content, do), status_code=303)


def _cells(
    member: Member, grants: Sequence[Grant], enrollments: Sequence[Enrollment], offered: Collection[str]
) -> tuple[Cell, ...]:
    """What can be given under this contract, and what is held all the same, so that it can be taken away."""
    if member.role in ADMINISTRATORS:
        return ()
    held = {(grant.enrollment_id, grant.permission): grant for grant in grants}
    return tuple(
        Cell(name, NAMES[code], each, grant)
        for each in enrollments
        for name in sorted(GRANTABLE)
        for code, grant in [(CATALOG[name].function, held.get((each.enrollment_id, name)))]
        if grant or code in offered
    )
