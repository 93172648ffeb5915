"""Who looks up Medicare numbers for which NPI, for programs of administrators."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from libs.common.security.permissions import USERS_READ
from libs.common.web.paging import Following, Listed, listed
from libs.common.web.permit import Permit, permitted
from services.auth.look_up_association import repository

router = APIRouter(prefix="/api/auth")


class LookUpAssociation(BaseModel):
    """A user and an NPI they look up for. `until` is missing while it stands."""

    user_id: UUID
    login: str
    npi: str
    since: datetime
    until: datetime | None


class LookUpAssociations(Listed):
    """Who looks up for which NPI, and did before, the newest first."""

    associations: tuple[LookUpAssociation, ...]


@router.get("/look-ups")
async def associations(permit: Annotated[Permit, permitted(USERS_READ)], place: Following) -> LookUpAssociations:
    """Which user of the organization looks up Medicare numbers for which NPI."""
    work, organization_id = permit.work, permit.principal.organization_id
    page = await repository.associations(work, organization_id, place)
    work.audit("list", "look-up-associations", organization_id)
    return LookUpAssociations(
        **listed(page),
        associations=tuple(
            LookUpAssociation(user_id=each.user_id, login=each.login, npi=each.npi, since=each.since, until=each.until)
            for each in page.rows
        ),
    )
