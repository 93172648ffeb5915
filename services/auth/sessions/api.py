"""One's own sessions for programs: the access tokens that live."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel

from libs.common.security.permissions import OWN_ACCOUNT
from libs.common.web.permit import Permit, permitted
from services.auth.sessions import handlers, repository

router = APIRouter(prefix="/api/auth")


class OpenSession(BaseModel):
    """One session: `current` is the one that asks. `address` is shortened."""

    begun_at: datetime
    last_used_at: datetime
    ends_at: datetime
    address: str
    current: bool


class OpenSessions(BaseModel):
    """The sessions that are not over, the last one begun first; at most a hundred."""

    sessions: tuple[OpenSession, ...]


class SessionsEnded(BaseModel):
    """How many sessions were open and have ended."""

    ended: int


@router.get("/sessions")
async def sessions(permit: Annotated[Permit, permitted(OWN_ACCOUNT)]) -> OpenSessions:
    """Where one is signed in: a program's access tokens."""
    found = await repository.living_sessions(permit.work, permit.principal.user_id)
    return OpenSessions(
        sessions=tuple(
            OpenSession(
                begun_at=each.signed_in_at,
                last_used_at=each.last_seen_at,
                ends_at=each.ends_at,
                address=each.address,
                current=each.key.hex() == permit.principal.session,
            )
            for each in found
        )
    )


@router.delete("/sessions")
async def end_all(permit: Annotated[Permit, permitted(OWN_ACCOUNT)]) -> SessionsEnded:
    """End them all, also the one that asks: for a token or a key that others may have seen."""
    return SessionsEnded(ended=await handlers.sign_out_everywhere(permit))
