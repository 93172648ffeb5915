"""Ending a person's access for programs. People leave on their own page."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Response

from libs.common.ids import digest_of
from libs.common.security.permissions import USERS_MANAGE
from libs.common.web.bodies import SentBody
from libs.common.web.idempotency import idempotently
from libs.common.web.permit import Permit, permitted
from services.auth.departures.domain import Why
from services.auth.departures.handlers import end_access

router = APIRouter(prefix="/api/auth")


class EndOfAccess(SentBody):
    """Why the access of a person ends."""

    why: Why


@router.post("/users/{user_id}/end", status_code=204)
async def end(
    permit: Annotated[Permit, permitted(USERS_MANAGE)],
    user_id: UUID,
    ending: EndOfAccess,
    idempotency_key: Annotated[str, Header()] = "",
) -> Response:
    """End all access of a person to the organization, at once. Their account stays, without an organization."""

    async def do() -> str:
        await end_access(permit, user_id, ending.why)
        return ""

    content = digest_of("end-access", str(user_id), ending.model_dump_json())
    await idempotently(permit, idempotency_key, content, do)
    return Response(status_code=204)
