"""Access tokens for clients: OAuth 2.0 client credentials with `private_key_jwt` (RFC 6749, 7523)."""

import json
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import timedelta
from typing import NoReturn
from uuid import UUID

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from libs.common.errors import Rejected, nothing_here
from libs.common.ids import digest_of, secret_text
from libs.common.messaging.subscriptions import Due
from libs.common.observability import metrics
from libs.common.observability.logs import log
from libs.common.persistence.unit_of_work import Acting, UnitOfWork
from libs.common.ports import Ports
from libs.common.runtime import Runtime
from libs.common.security.tokens import ISSUER
from libs.common.web.permit import Permit
from services.auth.access import repository as access
from services.auth.clients import repository
from services.auth.clients.domain import KEY_FAULTS, SCOPE_PREFIX, Assertion, KeyFault, accept, wanted_enrollment
from services.auth.clients.repository import Client, Program
from services.auth.sessions import repository as sessions
from services.auth.sessions.domain import Session, shortened
from services.auth.settings import auth_settings
from services.auth.sign_in import repository as sign_in

TOKEN_PATH = "/api/auth/token"  # noqa: S105 - an address
SWEEP = "sweep-assertions"

_MAX_ASSERTION = 4096
_MAX_CLIENT_ID = 200
_SCOPE_SENTENCE = "Say for which enrollment: scope=enrollment:<id>, one that this client holds a grant for."


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What a client is given: a secret, how many seconds it lives, and for which enrollment it acts."""

    secret: str
    seconds: int
    scope: str


def token_address(runtime: Ports) -> str:
    """The address of the token endpoint, as clients must name it in their assertions."""
    return f"{runtime.settings.public_address}{TOKEN_PATH}"


async def give_token(runtime: Runtime, assertion: str, scope: str, address: str) -> AccessToken:
    """A token for the client that signed `assertion`, used once.

    Raises `Rejected`: 401 `client-refused` for whatever is wrong with the assertion, 429 for too many attempts, 422
    when the scope names no enrollment it may act for.
    """
    client_id = _claimed_client(assertion)
    async with runtime.database.request(runtime, Acting(actor="anonymous", address=address)) as work:
        limited = await _limited(work, address)
    if limited:
        raise Rejected("sign-in-limited", "There were too many attempts. Wait a minute, then try again.", status=429)
    async with runtime.database.request(runtime, Acting(actor=f"client:{client_id}", address=address)) as work:
        client = await repository.client(work, client_id)
        if client is None or client.state != "active":
            _refuse(work, "unknown" if client is None else "not-active")
        accepted = _verified(work, assertion, client)
        # Committed with the token or not at all: a refused scope does not use the assertion up.
        if not await repository.use_assertion(work, client_id, accepted.token_id, accepted.expires_at):
            _refuse(work, "replayed")
        return await _begin(work, client, scope)


def _claimed_client(assertion: str) -> str:
    """Whom an assertion says it comes from, unverified: only to find the key. Empty: nobody who could be asked for."""
    if len(assertion) > _MAX_ASSERTION:
        return ""
    parts = assertion.split(".")
    try:
        claims = json.loads(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, IndexError, RecursionError):
        return ""
    told = str(claims.get("iss", ""))[:_MAX_CLIENT_ID] if isinstance(claims, dict) else ""
    return told if told.isprintable() else ""  # neither database nor log takes every string that JSON can hold


def _verified(work: UnitOfWork, assertion: str, client: Client) -> Assertion:
    token = _decoded(assertion, client)
    if token is None:
        _refuse(work, "signature")
    if set(token.header) - {"alg", "typ", "kid"}:
        _refuse(work, "header")
    accepted = accept(
        token.claims,
        client.client_id,
        audiences=frozenset({ISSUER, token_address(work.runtime)}),
        now=work.now,
        longest=timedelta(minutes=auth_settings().assertion_minutes),
    )
    if not isinstance(accepted, Assertion):
        _refuse(work, accepted)
    return accepted


def _decoded(assertion: str, client: Client) -> jwt.Token | None:
    """What an assertion says, if one of the client's keys signed it: while a key is replaced, two count."""
    for each in client.public_keys:
        try:
            return jwt.decode(assertion, ECKey.import_key(each), algorithms=["ES256"])
        except (JoseError, ValueError):
            continue
    return None


async def _begin(work: UnitOfWork, client: Client, scope: str) -> AccessToken:
    shown = await access.granted_enrollments(work, client.user_id, access.TWO)
    granted = [each.enrollment_id for each in shown.rows]
    try:
        wanted = wanted_enrollment(scope)
    except ValueError:
        raise Rejected("client-refused", _SCOPE_SENTENCE) from None
    if wanted is None and len(granted) == 1:
        wanted = granted[0]
    if (granted or wanted) and not (wanted and await access.holds_grant(work, client.user_id, wanted)):
        work.audit("act-for", "enrollment", str(wanted), outcome="refused", reason="NPI_NOT_GRANTED")
        raise Rejected("client-refused", _SCOPE_SENTENCE)
    secret = secret_text()
    minutes = auth_settings().access_token_minutes
    await sessions.begin_session(
        work,
        Session(
            key=sessions.key_of(secret),
            kind="client",
            user_id=client.user_id,
            enrollment_id=wanted,
            # The key is a factor the client holds and proves each time; the registration is the other.
            assurance=2,
            factor_at=work.now,
            last_seen_at=work.now,
            idle=timedelta(minutes=minutes),
            ends_at=work.now + timedelta(minutes=minutes),
            csrf="",
            signed_in_at=work.now,
            address=shortened(work.acting.address),
        ),
    )
    work.audit("sign-in", "client", client.client_id)
    metrics.SIGN_INS.labels(step="assertion", outcome="done").inc()
    return AccessToken(secret, minutes * 60, f"{SCOPE_PREFIX}{wanted}" if wanted else "")


async def install_key(permit: Permit, client_id: str, pem: str) -> None:
    """Give a program a new key. The one before counts for a day more, so that nothing stops meanwhile.

    Raises `Rejected`: 404 for a program of nobody or of another organization, 422 for what is no such key.
    """
    work = permit.work
    program = await _own_program(permit, client_id)
    public_key = _public_key(pem)
    before = [each.key_id for each in program.keys if each.living(work.now)]
    if len(before) > 1:
        raise _unfit("two")
    key_id = public_key.thumbprint()
    told = dict(public_key.as_dict(private=False))
    if not await repository.add_key(work, client_id, key_id, told, added_by=permit.principal.user_id):
        raise _unfit("known")
    until = work.now + timedelta(hours=auth_settings().key_overlap_hours)
    await repository.end_keys(work, client_id, before, until)
    work.audit("install", "client-key", f"{client_id}:{key_id}")


async def revoke_key(permit: Permit, client_id: str, key_id: str) -> None:
    """Let a key count no more, from now on; the program's access tokens end too.

    Raises `Rejected` (404) for no such key that counts.
    """
    work = permit.work
    program = await _own_program(permit, client_id)
    if key_id not in [each.key_id for each in program.keys if each.living(work.now)]:
        raise nothing_here()
    await repository.end_keys(work, client_id, [key_id], work.now)
    await sessions.end_sessions_of(work, program.user_id, "disabled")
    work.audit("revoke", "client-key", f"{client_id}:{key_id}")


async def stop_programs_of(work: UnitOfWork, user_id: UUID) -> None:
    """End the keys that a person installed, and the access tokens of these programs: the person may hold the keys."""
    for client_id, account in await repository.end_keys_added_by(work, user_id):
        await sessions.end_sessions_of(work, account, "disabled")
        work.audit("revoke", "client-key", client_id, reason="high-risk")


async def _own_program(permit: Permit, client_id: str) -> Program:
    if not client_id.isprintable():  # the database does not take every string that an address can hold
        raise nothing_here()
    found = await repository.programs(permit.work, permit.principal.organization_id, client_id)
    if not found:
        raise nothing_here()
    await access.lock_user(permit.work, found[0].user_id)
    return found[0]


def _public_key(pem: str) -> ECKey:
    if "PRIVATE KEY" in pem:
        raise _unfit("private")
    try:
        read = serialization.load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise _unfit("kind") from None
    if not (isinstance(read, ec.EllipticCurvePublicKey) and isinstance(read.curve, ec.SECP256R1)):
        raise _unfit("kind")
    return ECKey.import_key(pem)


def _unfit(fault: KeyFault) -> Rejected:
    return Rejected("form-invalid", KEY_FAULTS[fault], fields={"public_key": KEY_FAULTS[fault]})


async def sweep(work: UnitOfWork, _due: Due) -> None:
    """Delete the marks of assertions that have expired."""
    await repository.delete_spent(work, work.now - timedelta(minutes=1))
    await work.schedule(SWEEP, "all", work.now + timedelta(minutes=auth_settings().sweep_minutes))


def _refuse(work: UnitOfWork, reason: str) -> NoReturn:
    work.audit(
        "sign-in", "client", work.acting.actor.removeprefix("client:") or "unknown", outcome="refused", reason=reason
    )
    log.warning("client refused", reason=reason)
    metrics.SIGN_INS.labels(step="assertion", outcome="refused").inc()
    raise Rejected("client-refused", "The client assertion is not acceptable.", status=401)


async def _limited(work: UnitOfWork, address: str) -> bool:
    rules = auth_settings()
    key = digest_of("token", address)
    window = timedelta(seconds=rules.attempts_seconds)
    limited = await sign_in.count_attempt(work, key, window=window) > rules.address_attempts
    if limited:
        work.audit("sign-in", "address", key.hex()[:16], outcome="refused", reason="limited")
        metrics.SIGN_INS.labels(step="assertion", outcome="limited").inc()
    return limited
