"""For programs of an administrator: who has signed what, until when, and what is due."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from libs.common.security.permissions import USERS_READ
from libs.common.web.paging import Following, Listed, listed
from libs.common.web.permit import Permit, permitted
from services.auth.access import repository as access
from services.auth.agreements.domain import Name
from services.auth.agreements.views import signed_of

router = APIRouter(prefix="/api/auth")


class SignedDocument(BaseModel):
    """What a user signed last of a document. `sha256` is of the text as it was shown."""

    document: Name
    version: str
    sha256: str
    signed_at: datetime
    valid_until: datetime


class UserAgreements(BaseModel):
    """What one user signed, and which documents are due: without those the portal is closed to them."""

    user_id: UUID
    login: str
    signed: tuple[SignedDocument, ...]
    due: tuple[Name, ...]


class Agreements(Listed):
    """Some users of the organization, by login; programs sign nothing and are left out."""

    users: tuple[UserAgreements, ...]


@router.get("/users/agreements")
async def agreements(permit: Annotated[Permit, permitted(USERS_READ)], place: Following) -> Agreements:
    """Who of the organization signed which document until when."""
    work, organization_id = permit.work, permit.principal.organization_id
    page = await access.members(work, organization_id, place)
    people = [each for each in page.rows if each.kind == "person"]
    found = await signed_of(work, {each.user_id: each.role for each in people})
    work.audit("read", "users", organization_id)
    return Agreements(
        **listed(page),
        users=tuple(
            UserAgreements(
                user_id=each.user_id,
                login=each.login,
                signed=tuple(
                    SignedDocument(
                        document=one.document,
                        version=one.version,
                        sha256=one.digest.hex(),
                        signed_at=one.signed_at,
                        valid_until=one.valid_until,
                    )
                    for one in found[each.user_id][0].values()
                ),
                due=found[each.user_id][1],
            )
            for each in people
        ),
    )
