"""The desk for programs: the same accounts and the same deeds as on its pages, with the same checks."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response
from pydantic import BaseModel

from libs.common.errors import nothing_here
from libs.common.ids import digest_of
from libs.common.security.permissions import DESK_HELP, DESK_READ, DESK_SECURE
from libs.common.web.bodies import SentBody
from libs.common.web.forms import Ticket, Why
from libs.common.web.idempotency import idempotently
from libs.common.web.paging import Following, Listed, listed
from libs.common.web.permit import Permit, permitted
from services.auth.back_office import handlers, repository
from services.auth.back_office.domain import Deed, HelpDeed

router = APIRouter(prefix="/api/auth")


class DeskAccount(BaseModel):
    """One account, of a person or a program, as the desk sees it."""

    user_id: UUID
    kind: Literal["person", "client"]
    login: str
    name: str
    role: str
    state: Literal["active", "disabled", "removed"]
    organization_id: UUID
    organization: str
    locked_until: datetime | None
    signed_in_at: datetime | None
    sessions: int


class DeskAccounts(Listed):
    """The accounts that were found, by user ID."""

    accounts: tuple[DeskAccount, ...]


class AccountDeed(SentBody):
    """What is to be done to an account, and why. Nothing about a patient."""

    deed: HelpDeed
    reason: Why
    ticket: Ticket


class HighRisk(SentBody):
    """Why an account is closed everywhere. Nothing about a patient."""

    reason: Why
    ticket: Ticket


def _account(one: repository.Account) -> DeskAccount:
    return DeskAccount.model_validate(one, from_attributes=True)


@router.get("/accounts")
async def accounts(
    permit: Annotated[Permit, permitted(DESK_READ)],
    place: Following,
    find: Annotated[str, Query(min_length=3, max_length=100)],
) -> DeskAccounts:
    """Find accounts by user ID, name or NPI. Nobody pages through all."""
    page = await repository.find(permit.work, find.strip(), place)
    permit.work.audit("list", "accounts", "all")
    return DeskAccounts(**listed(page), accounts=tuple(map(_account, page.rows)))


@router.get("/accounts/{user_id}")
async def account(permit: Annotated[Permit, permitted(DESK_READ)], user_id: UUID) -> DeskAccount:
    """How one account stands."""
    one = await repository.account(permit.work, user_id)
    if one is None:
        raise nothing_here()
    permit.work.audit("read", "account", user_id)
    return _account(one)


@router.post("/accounts/{user_id}/deeds", status_code=204)
async def do(
    permit: Annotated[Permit, permitted(DESK_HELP)],
    user_id: UUID,
    wanted: AccountDeed,
    idempotency_key: Annotated[str, Header()] = "",
) -> Response:
    """Unlock an account, send its owner a link to a new password, sign out, disable or enable."""
    return await _do(permit, user_id, wanted.deed, wanted, idempotency_key)


@router.post("/accounts/{user_id}/high-risk", status_code=204)
async def secure(
    permit: Annotated[Permit, permitted(DESK_SECURE)],
    user_id: UUID,
    wanted: HighRisk,
    idempotency_key: Annotated[str, Header()] = "",
) -> Response:
    """Close an account everywhere at once: it is high-risk."""
    return await _do(permit, user_id, "high-risk", wanted, idempotency_key)


async def _do(permit: Permit, user_id: UUID, deed: Deed, wanted: AccountDeed | HighRisk, key: str) -> Response:
    async def act() -> str:
        await handlers.do(permit, user_id, deed, reason=wanted.reason, ticket=wanted.ticket)
        return ""

    content = digest_of(deed, str(user_id), wanted.model_dump_json())
    await idempotently(permit, key, content, act)
    return Response(status_code=204)
