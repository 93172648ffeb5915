"""The token endpoint of clients; and their keys for programs of administrators: the same as the page."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Header, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from libs.common.errors import Rejected
from libs.common.ids import digest_of
from libs.common.security.permissions import USERS_MANAGE, USERS_READ
from libs.common.web.bodies import SentBody
from libs.common.web.client_address import client_address
from libs.common.web.idempotency import idempotently
from libs.common.web.permit import Permit, permitted, public, runtime_of
from services.auth.clients import handlers, repository
from services.auth.clients.domain import ASSERTION_TYPE, GRANT_TYPE
from services.auth.settings import auth_settings

router = APIRouter()

_OAUTH_ERRORS = {401: "invalid_client", 422: "invalid_scope", 429: "slow_down"}


class TokenRefusal(BaseModel):
    """What OAuth 2.0 says of a refusal (RFC 6749 section 5.2)."""

    error: str
    error_description: str


@router.post(
    handlers.TOKEN_PATH,
    dependencies=[public()],
    responses={status: {"model": TokenRefusal, "description": "Refused"} for status in (400, 401, 429)},
)
async def token(
    request: Request,
    grant_type: Annotated[str, Form()] = "",
    client_assertion_type: Annotated[str, Form()] = "",
    client_assertion: Annotated[str, Form()] = "",
    scope: Annotated[str, Form()] = "",
) -> JSONResponse:
    """Give an access token for a signed assertion (RFC 6749 section 4.4, RFC 7523 section 2.2)."""
    if grant_type != GRANT_TYPE:
        return _refused(400, "unsupported_grant_type", f"Only {GRANT_TYPE} is offered.")
    if client_assertion_type != ASSERTION_TYPE or not client_assertion:
        return _refused(401, "invalid_client", f"Send a client_assertion of type {ASSERTION_TYPE}.")
    try:
        given = await handlers.give_token(runtime_of(request), client_assertion, scope, client_address(request))
    except Rejected as refusal:
        status = 400 if refusal.status == 422 else refusal.status
        return _refused(status, _OAUTH_ERRORS[refusal.status], refusal.sentence)
    body = {"access_token": given.secret, "token_type": "Bearer", "expires_in": given.seconds, "scope": given.scope}
    return JSONResponse(body)


def _refused(status: int, error: str, sentence: str) -> JSONResponse:
    headers = {"retry-after": str(auth_settings().attempts_seconds)} if status == 429 else {}
    return JSONResponse({"error": error, "error_description": sentence}, status, headers=headers)


class ProgramKey(BaseModel):
    """A key by its thumbprint (RFC 7638). It counts until `ends_at`; null while it is not replaced."""

    key_id: str
    added_at: datetime
    ends_at: datetime | None


class Program(BaseModel):
    """A program of the organization with its keys, the newest first."""

    client_id: str
    state: str
    keys: tuple[ProgramKey, ...]


class Programs(BaseModel):
    """All programs of the organization."""

    programs: tuple[Program, ...]


class NewKey(SentBody):
    """The public half of a new key, as PEM: an elliptic curve key on P-256."""

    public_key: str


@router.get("/api/auth/programs")
async def programs(permit: Annotated[Permit, permitted(USERS_READ)]) -> Programs:
    """The programs of the organization, and which keys of each count."""
    work, organization_id = permit.work, permit.principal.organization_id
    work.audit("list", "client-keys", organization_id)
    return Programs(
        programs=tuple(
            Program(
                client_id=each.client_id,
                state=each.state,
                keys=tuple(
                    ProgramKey(key_id=key.key_id, added_at=key.added_at, ends_at=key.ends_at) for key in each.keys
                ),
            )
            for each in await repository.programs(work, organization_id)
        )
    )


@router.post("/api/auth/programs/{client_id}/keys", status_code=204)
async def install(
    permit: Annotated[Permit, permitted(USERS_MANAGE)],
    client_id: str,
    key: NewKey,
    idempotency_key: Annotated[str, Header()] = "",
) -> Response:
    """Install a new key. The one before counts a day longer."""

    async def do() -> str:
        await handlers.install_key(permit, client_id, key.public_key)
        return ""

    await idempotently(permit, idempotency_key, digest_of("install-key", client_id, key.public_key), do)
    return Response(status_code=204)


@router.delete("/api/auth/programs/{client_id}/keys/{key_id}", status_code=204)
async def revoke(permit: Annotated[Permit, permitted(USERS_MANAGE)], client_id: str, key_id: str) -> Response:
    """Revoke a key: from now on nothing that it signs is taken, and the program's access tokens end."""
    await handlers.revoke_key(permit, client_id, key_id)
    return Response(status_code=204)
