"""Recertification for programs: the same as the page, one user and enrollment at a time."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, Field

from libs.common.ids import digest_of
from libs.common.security.permissions import USERS_MANAGE, USERS_READ
from libs.common.web.bodies import SentBody
from libs.common.web.idempotency import idempotently
from libs.common.web.paging import Following, Listed, listed
from libs.common.web.permit import Permit, permitted
from services.auth.access import repository as access
from services.auth.recertification import repository
from services.auth.recertification.domain import Decision, State, Verdict, due_until, state_of
from services.auth.recertification.handlers import decide
from services.auth.settings import auth_settings

router = APIRouter(prefix="/api/auth")


class Certification(BaseModel):
    """One user with one enrollment they can reach. `seen` goes back with the decision about it."""

    user_id: UUID
    login: str
    enrollment_id: UUID
    npi: str
    ptan: str
    permissions: tuple[str, ...]
    certified_until: datetime
    state: State
    seen: str


class Certifications(Listed):
    """What is certified once a year of the users of the organization: what is to be decided first, then by login."""

    certifications: tuple[Certification, ...]


class NewDecision(SentBody):
    """Whether the user keeps the enrollment for another year. `seen` is what the list said of it."""

    verdict: Verdict
    seen: str = Field(min_length=1, max_length=64)


@router.get("/users/recertification")
async def certifications(permit: Annotated[Permit, permitted(USERS_READ)], place: Following) -> Certifications:
    """Which user can reach which enrollment, certified until when, and what is due."""
    work, organization_id = permit.work, permit.principal.organization_id
    business, window = work.runtime.clock.business(), auth_settings().recertification_window
    due = due_until(now=work.now, business=business, window=window)
    page = await repository.items_page(work, organization_id, place, due=due)
    members = await access.members_by_id(work, organization_id, {each.user_id for each in page.rows})
    enrollment_ids = {each.enrollment_id for each in page.rows}
    enrollments = await access.enrollments_by_id(work, organization_id, enrollment_ids)
    work.audit("read", "certifications", organization_id)
    return Certifications(
        **listed(page),
        certifications=tuple(
            Certification(
                user_id=each.user_id,
                login=members[each.user_id].login,
                enrollment_id=each.enrollment_id,
                npi=enrollments[each.enrollment_id].npi,
                ptan=enrollments[each.enrollment_id].ptan,
                permissions=each.permissions,
                certified_until=each.certified_until,
                state=state_of(each.certified_until, now=work.now, business=business, window=window),
                seen=each.seen,
            )
            for each in page.rows
        ),
    )


@router.post("/users/{user_id}/enrollments/{enrollment_id}/recertification", status_code=204)
async def decide_one(
    permit: Annotated[Permit, permitted(USERS_MANAGE)],
    user_id: UUID,
    enrollment_id: UUID,
    decision: NewDecision,
    idempotency_key: Annotated[str, Header()] = "",
) -> Response:
    """Certify one user for one enrollment for another year, or take all access to it away."""

    async def do() -> str:
        await decide(permit, [Decision(user_id, enrollment_id, decision.verdict, decision.seen)])
        return ""

    content = digest_of("recertify", str(user_id), str(enrollment_id), decision.verdict, decision.seen)
    await idempotently(permit, idempotency_key, content, do)
    return Response(status_code=204)
