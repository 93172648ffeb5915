"""Requests for access for programs: what waits, and deciding about it. People ask on their own page."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, Field

from libs.common.ids import digest_of
from libs.common.security.permissions import USERS_MANAGE, USERS_READ
from libs.common.web.bodies import SentBody
from libs.common.web.idempotency import idempotently
from libs.common.web.paging import Following, Listed, listed
from libs.common.web.permit import Permit, permitted
from services.auth.role_requests import repository
from services.auth.role_requests.domain import State
from services.auth.role_requests.handlers import approve, refuse

router = APIRouter(prefix="/api/auth")


class AccessRequest(BaseModel):
    """What one user of the organization asked for: permissions for an enrollment, or a role."""

    request_id: UUID
    user_id: UUID
    enrollment_id: UUID | None
    permissions: tuple[str, ...]
    role: str
    last_day: date | None
    state: State
    asked_at: datetime


class AccessRequests(Listed):
    """What the users of the organization asked for, the newest first."""

    requests: tuple[AccessRequest, ...]


class RequestDecision(SentBody):
    """Whether a user is given what they asked for; `answer` says why not."""

    decision: Literal["approve", "refuse"]
    answer: str = Field(default="", max_length=500)


@router.get("/access-requests")
async def requests(permit: Annotated[Permit, permitted(USERS_READ)], place: Following) -> AccessRequests:
    """What the users of the organization asked for."""
    work, organization_id = permit.work, permit.principal.organization_id
    page = await repository.of_organization(work, organization_id, place)
    work.audit("list", "access-requests", organization_id)
    return AccessRequests(
        **listed(page),
        requests=tuple(
            AccessRequest(
                request_id=each.request_id,
                user_id=each.user_id,
                enrollment_id=each.enrollment_id,
                permissions=each.permissions,
                role=each.role,
                last_day=each.last_day,
                state=each.state,
                asked_at=each.asked_at,
            )
            for each in page.rows
        ),
    )


@router.post("/access-requests/{request_id}/decision", status_code=204)
async def decide(
    permit: Annotated[Permit, permitted(USERS_MANAGE)],
    request_id: UUID,
    decision: RequestDecision,
    idempotency_key: Annotated[str, Header()] = "",
) -> Response:
    """Approve a request, or refuse it and say why."""

    async def do() -> str:
        if decision.decision == "approve":
            await approve(permit, request_id)
        else:
            await refuse(permit, request_id, decision.answer)
        return ""

    content = digest_of("decide-request", str(request_id), decision.model_dump_json())
    await idempotently(permit, idempotency_key, content, do)
    return Response(status_code=204)
