"""The token endpoint of clients."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from libs.common.errors import Rejected
from libs.common.web.client_address import client_address
from libs.common.web.permit import public, runtime_of
from services.auth.clients import handlers
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
