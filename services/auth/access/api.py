"""Administration for programs: the same as the pages."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel

from libs.common.contracts.auth import Grant
from libs.common.ids import digest_of
from libs.common.security.permissions import USERS_MANAGE, USERS_READ
from libs.common.web.bodies import SentBody
from libs.common.web.idempotency import idempotently
from libs.common.web.paging import Following, Listed, listed
from libs.common.web.permit import Permit, permitted
from services.auth.access import repository
from services.auth.access.domain import Change
from services.auth.access.handlers import add_grants, remove_grants, set_dual_role

router = APIRouter(prefix="/api/auth")


class User(BaseModel):
    """One user of the organization and what they may do."""

    user_id: UUID
    login: str
    role: str
    state: str
    grants: tuple[Grant, ...]


class Users(Listed):
    """Some users of the organization, by login."""

    users: tuple[User, ...]


class NewGrant(SentBody):
    """What is to be given."""

    enrollment_id: UUID
    permission: str
    last_day: date | None = None


class DualRole(SentBody):
    """Whether an administrator works with patient data too."""

    dual_role: bool


@router.get("/users")
async def users(permit: Annotated[Permit, permitted(USERS_READ)], place: Following) -> Users:
    """Who is in the organization and what each of them may do."""
    page = await repository.members(permit.work, permit.principal.organization_id, place)
    grants = await repository.grants_of(permit.work, [each.user_id for each in page.rows])
    permit.work.audit("read", "users", permit.principal.organization_id)
    return Users(
        **listed(page),
        users=tuple(
            User(
                user_id=each.user_id,
                login=each.login,
                role=each.role,
                state=each.state,
                grants=tuple(grants[each.user_id]),
            )
            for each in page.rows
        ),
    )


@router.post("/users/{user_id}/grants", status_code=204)
async def add(
    permit: Annotated[Permit, permitted(USERS_MANAGE)],
    user_id: UUID,
    grant: NewGrant,
    idempotency_key: Annotated[str, Header()] = "",
) -> Response:
    """Give one grant, for good or until a last day. Given again it stays; one with a last day is replaced."""
    change = Change(user_id, grant.enrollment_id, frozenset({grant.permission}), grant.last_day)

    async def do() -> str:
        await add_grants(permit, change)
        return ""

    content = digest_of("add", str(user_id), grant.model_dump_json())
    await idempotently(permit, idempotency_key, content, do)
    return Response(status_code=204)


@router.delete("/users/{user_id}/grants/{enrollment_id}/{permission}", status_code=204)
async def remove(
    permit: Annotated[Permit, permitted(USERS_MANAGE)], user_id: UUID, enrollment_id: UUID, permission: str
) -> Response:
    """Take one grant away: it ends with the user's next request, in every service."""
    await remove_grants(permit, Change(user_id, enrollment_id, frozenset({permission})))
    return Response(status_code=204)


@router.put("/users/{user_id}/dual-role", status_code=204)
async def put_dual_role(permit: Annotated[Permit, permitted(USERS_MANAGE)], user_id: UUID, role: DualRole) -> Response:
    """Let an administrator of a small organization work with patient data too, or no longer."""
    await set_dual_role(permit, user_id, dual=role.dual_role)
    return Response(status_code=204)
