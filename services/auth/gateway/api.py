"""What the gateway asks before each request, and the keys by which everybody verifies the answer.

Envoy sends the method, the path behind `/gateway/authorize`, and a short list of headers. 200 with an `authorization`
header lets the request pass; any other answer goes to the client as it is.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from weakref import WeakKeyDictionary

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, RedirectResponse, Response
from starlette.convertors import PathConvertor, register_url_convertor

from libs.common.addresses import service_of
from libs.common.observability.logs import log
from libs.common.persistence.unit_of_work import Acting
from libs.common.runtime import Runtime
from libs.common.security.permissions import STAFF
from libs.common.security.principal import Principal, Viewer
from libs.common.security.tokens import SigningKey, issue_internal_token, public_keys_file
from libs.common.web.client_address import client_address
from libs.common.web.origin import from_our_page
from libs.common.web.permit import REASONS, public, runtime_of
from libs.common.web.problems import problem_answer
from services.auth.agreements.domain import AGREEMENTS, DUE, shows_codes
from services.auth.back_office import repository as back_office
from services.auth.back_office.repository import Viewed
from services.auth.gateway.domain import (
    UNATTENDED,
    belongs_to_viewer,
    changes_state,
    credential_of,
    is_use,
    leads_back,
    open_before_signing,
)
from services.auth.sessions import repository
from services.auth.sessions.domain import SESSION_COOKIE, EndReason, Session
from services.auth.sessions.repository import Standing
from services.auth.settings import auth_settings

router = APIRouter(dependencies=[public()], include_in_schema=False)

PREFIX = "/gateway/authorize"
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_SAME_TOKEN = timedelta(seconds=5)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class _Address(PathConvertor):
    """Any address at all. Trap: `path` stops at a line feed, and a program would be answered with a page."""

    regex = "(?s:.*)"


register_url_convertor("address", _Address())


@router.api_route(PREFIX + "{path:address}", methods=_METHODS)
async def authorize(request: Request, path: str) -> Response:  # noqa: PLR0911 - one question after the other
    """Decide whether a request may go on, and as whom."""
    runtime = runtime_of(request)
    credential = credential_of(path)
    secret = _secret(request, credential)
    if not secret:
        return _sign_in(request, path, None)
    now, rules = runtime.clock.now(), auth_settings()
    async with runtime.database.read_once() as connection:
        kind = "person" if credential == "cookie" else "client"
        found = await repository.session_with_standing(connection, repository.key_of(secret), kind)
    if found is None:
        return _sign_in(request, path, None)
    session, standing = found
    over = session.over(now) or (None if standing.state == "active" else "disabled")
    if over:
        return _sign_in(request, path, over)
    if kind == "person" and changes_state(request.method) and not from_our_page(request):
        await _audit_foreign_form(request, runtime, session)
        return problem_answer("form-expired", "This request did not come from a page of this portal.", 403)
    if kind == "person" and not open_before_signing(path) and (refusal := _unsigned(standing, path, now)):
        return _sign_first(request, path, refusal)
    used = kind == "person" and is_use(path, unattended=UNATTENDED in request.query_params)
    if used and (now - session.last_seen_at).total_seconds() > rules.last_seen_seconds:
        async with runtime.database.engine.begin() as connection:
            await repository.saw(connection, session.key, now)
        session = replace(session, last_seen_at=now)
    principal = _principal(session, standing, now)
    if standing.role in STAFF and not belongs_to_viewer(path):
        async with runtime.database.read_once() as connection:
            viewed = await back_office.viewed(connection, session.key, now)
        if viewed is not None and changes_state(request.method):
            await _audit_view(request, runtime, session, viewed)
            return problem_answer("access-denied", REASONS["VIEW_ONLY"], 403)
        if viewed is not None:
            principal = _as_viewed(principal, viewed)
    token = _tokens_of(runtime).token(principal, service_of(path), now)
    return Response(status_code=200, headers={"authorization": f"Bearer {token}"})


@router.get("/gateway/jwks")
async def keys(request: Request) -> FileResponse:
    """The public keys of internal tokens: the one in use and the next."""
    secrets = runtime_of(request).settings.state_directory / "secrets"
    return FileResponse(public_keys_file(secrets), media_type="application/jwk-set+json")


def _secret(request: Request, credential: str) -> str:
    if credential == "cookie":
        return request.cookies.get(SESSION_COOKIE, "")
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    return secret if scheme.lower() == "bearer" else ""


async def _audit_foreign_form(request: Request, runtime: Runtime, session: Session) -> None:
    log.warning("request of another site refused", reason="foreign-origin", method=request.method)
    acting = Acting(f"person:{session.user_id}", session=session.key.hex(), address=client_address(request))
    async with runtime.database.request(runtime, acting) as work:
        work.audit("refuse", "session", session.key.hex(), outcome="refused", reason="foreign-origin")


def _principal(session: Session, standing: Standing, now: datetime) -> Principal:
    return Principal(
        kind=session.kind,
        user_id=session.user_id,
        name=standing.name,
        organization_id=standing.organization_id,
        role=standing.role,
        assurance=session.assurance,
        factor_at=session.factor_at,
        enrollment_id=standing.enrollment_id,
        user_epoch=standing.user_epoch,
        organization_epoch=standing.organization_epoch,
        session=session.key.hex(),
        csrf=session.csrf,
        expires_in=session.seconds_left(now),
        last_sign_in=session.signed_in_before,
        failed_sign_ins=session.failed_before,
        ends_in=session.seconds_to_end(now),
    )


def _as_viewed(viewer: Principal, viewed: Viewed) -> Principal:
    """The person as whom staff look: with all that this person may see, and a factor too old to confirm anything."""
    return replace(
        viewer,
        user_id=viewed.user_id,
        name=viewed.name,
        organization_id=viewed.organization_id,
        role=viewed.role,
        factor_at=_LONG_AGO,
        enrollment_id=viewed.enrollment_id,
        user_epoch=viewed.user_epoch,
        organization_epoch=viewed.organization_epoch,
        last_sign_in=None,
        failed_sign_ins=0,
        viewer=Viewer(viewer.user_id, viewer.name, viewed.until),
    )


async def _audit_view(request: Request, runtime: Runtime, session: Session, viewed: Viewed) -> None:
    acting = Acting(f"person:{session.user_id}", session=session.key.hex(), address=client_address(request))
    async with runtime.database.request(runtime, acting) as work:
        work.audit("view-as", "page", viewed.user_id, outcome="refused", reason="VIEW_ONLY")


class _Tokens:
    """The tokens given lately: whoever asks again a moment later, and of whom nothing changed, is given the same.

    A signature costs more than all else that is done for a request here. Whether there is a session, and how its user
    stands, is looked up each time all the same.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._key = SigningKey(runtime.settings.state_directory / "secrets")
        self._ids = runtime.ids
        self._given: dict[tuple[Principal, str], str] = {}
        self._since = datetime.min.replace(tzinfo=UTC)

    def token(self, principal: Principal, audience: str, now: datetime) -> str:
        """A token for `principal` at `audience` that was given at most `_SAME_TOKEN` ago."""
        if abs(now - self._since) > _SAME_TOKEN:
            self._given, self._since = {}, now
        given = self._given.get((principal, audience))
        if given is None:
            given = self._given[principal, audience] = issue_internal_token(
                self._key, principal, audience=audience, token_id=str(self._ids.new()), now=now
            )
        return given


def _tokens_of(runtime: Runtime) -> _Tokens:
    found = _tokens.get(runtime)
    if found is None:
        found = _tokens[runtime] = _Tokens(runtime)
    return found


_tokens: WeakKeyDictionary[Runtime, _Tokens] = WeakKeyDictionary()


def _unsigned(standing: Standing, path: str, now: datetime) -> str:
    """Why a person must sign something before the page opens; empty when nothing is due."""
    if standing.rules_of_behavior_until <= now:
        return "ROB_EXPIRED"
    if standing.training_until <= now:
        return "TRAINING_EXPIRED"
    return "CODE_SETS_NOT_ACCEPTED" if shows_codes(path) and standing.code_sets_until <= now else ""


def _sign_first(request: Request, path: str, reason: str) -> Response:
    """Lead every page to the documents that are due, until they are signed."""
    log.info("agreements due", reason=reason, method=request.method)
    refusal = problem_answer("access-denied", REASONS[reason], 403)
    place = f"{AGREEMENTS}/code-sets" if reason == "CODE_SETS_NOT_ACCEPTED" else DUE
    return _lead(request, path, place, [], otherwise=refusal)


def _sign_in(request: Request, path: str, over: EndReason | None) -> Response:
    """Send whoever has no session to where they can begin one, in the way that fits who asks."""
    log.info("no session", reason=over or "none", method=request.method)
    if credential_of(path) == "token":
        answer = problem_answer(
            "sign-in-required", "Ask for an access token at /api/auth/token and send it as a bearer.", 401
        )
        answer.headers["www-authenticate"] = 'Bearer realm="portico"'
        return answer
    place = "/session/ended" if over else "/sign-in"
    refusal = problem_answer("sign-in-required", "Your session has ended. Sign in again to continue.", 401)
    return _lead(request, path, place, [f"reason={over}"] if over else [], otherwise=refusal)


def _lead(request: Request, path: str, place: str, query: list[str], *, otherwise: Response) -> Response:
    """Send a browser to `place` first, with the way back; whoever asks for no page gets `otherwise`."""
    headers = request.headers
    # Only a page can be returned to; what a form was to do is not done again unseen.
    if request.method == "GET" and leads_back(path) and not headers.get("hx-request"):
        asked = request.scope["raw_path"].decode("ascii").removeprefix(PREFIX)
        query.append(f"next={quote(f'{asked}?{request.url.query}'.rstrip('?'), safe='/')}")
    location = f"{place}?{'&'.join(query)}" if query else place
    if headers.get("hx-request"):
        return Response(status_code=401, headers={"hx-redirect": location})
    if "application/json" in headers.get("accept", ""):
        return otherwise
    return RedirectResponse(location, status_code=303)
