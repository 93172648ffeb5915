"""Eligibility use for programs: the same as the page."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel

from libs.common.ids import digest_of
from libs.common.security.permissions import ELIGIBILITY_UNLOCK, ELIGIBILITY_USE
from libs.common.web.idempotency import idempotently
from libs.common.web.permit import Permit, permitted
from services.eligibility.conduct import repository
from services.eligibility.conduct.domain import HOLD_WORDS
from services.eligibility.conduct.handlers import lift
from services.eligibility.settings import eligibility_settings

router = APIRouter(prefix="/api/eligibility/use")


class UserUse(BaseModel):
    """How much one user asked of HETS. `locked_since` and `reason` when they may not ask until they are unlocked."""

    user_id: UUID
    asked: int
    refused: int
    locked_since: datetime | None
    reason: str


class UseAnswer(BaseModel):
    """The users of the organization who asked in the last `days`, at most 500, those who are locked first."""

    days: int
    users: tuple[UserUse, ...]


@router.get("")
async def use(permit: Annotated[Permit, permitted(ELIGIBILITY_USE)]) -> UseAnswer:
    """How much each user of the organization asked of HETS: counts only."""
    work, organization_id = permit.work, permit.principal.organization_id
    days = eligibility_settings().tally_days - 1
    rows = await repository.uses(work, organization_id, work.now - timedelta(days=days))
    work.audit("list", "eligibility-use", organization_id)
    return UseAnswer(
        days=days,
        users=tuple(
            UserUse(
                user_id=each.user_id,
                asked=each.asked,
                refused=each.refused,
                locked_since=each.hold.since if each.hold else None,
                reason=HOLD_WORDS[each.hold.reason] if each.hold else "",
            )
            for each in rows
        ),
    )


@router.post("/{user_id}/unlock", status_code=204)
async def unlock(
    permit: Annotated[Permit, permitted(ELIGIBILITY_UNLOCK)],
    user_id: UUID,
    idempotency_key: Annotated[str, Header()] = "",
) -> Response:
    """Let a user ask HETS again."""

    async def do() -> str:
        await lift(permit, user_id)
        return ""

    await idempotently(permit, idempotency_key, digest_of("unlock", str(user_id)), do)
    return Response(status_code=204)
