"""The internal token: who stands behind a request, told by auth to one service for two minutes.

Auth signs, every service verifies by itself with the published keys, so nothing is trusted because of where it came
from. ES256, one audience, no PHI and no list of NPIs in it (reference: security, section 2.3).

Files below `secrets/keys/`: `token-signing/now.pem` (auth alone) signs now, `token-signing/next.pem` signs after the
next rotation, `token-public/keys.json` (JWKS) holds the public halves of both, so that a rotation surprises no cache.
Two directories, because a cluster mounts directories: one for auth, one for everybody.
"""

import json
from base64 import urlsafe_b64decode
from binascii import Error as NotBase64Error
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, NoReturn, Protocol
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from libs.common.clock import Clock
from libs.common.errors import Rejected
from libs.common.observability.logs import log
from libs.common.security.principal import Principal, Viewer
from libs.common.settings import Settings

ISSUER = "portal-identity"
TOKEN_TYPE = "at+jwt"  # noqa: S105 - the media type of RFC 9068
LIFE = timedelta(seconds=120)
LEEWAY = timedelta(seconds=5)

ALGORITHM = "ES256"
_MAX_BYTES = 4096
_MAX_VERIFIED = 2000
_HEADERS = {"alg", "typ", "kid"}
_CACHED = timedelta(seconds=300)
_ASK_AGAIN = timedelta(seconds=30)

SIGNING_FILE, NEXT_FILE, PUBLIC_FILE = "token-signing/now.pem", "token-signing/next.pem", "token-public/keys.json"

TokenFault = Literal[
    "missing", "too-large", "malformed", "header", "type", "key-unknown", "signature", "issuer", "audience", "stale",
    "from-the-future", "claims",
]  # fmt: skip
"""Why a token was refused: for the log, never for the client."""


class Verifier(Protocol):
    """What is asked of the process that verifies: its service is the audience."""

    service: str
    settings: Settings
    clock: Clock


class SigningKey:
    """The private key auth signs with. Read once; a rotation restarts auth."""

    def __init__(self, secrets_directory: Path) -> None:
        self._key = named_key(ECKey.import_key((secrets_directory / "keys" / SIGNING_FILE).read_bytes()))

    def sign(self, claims: dict[str, Any]) -> str:
        """A compact JWT of `claims`."""
        header = {"alg": ALGORITHM, "typ": TOKEN_TYPE, "kid": self._key.kid}
        return jwt.encode(header, claims, self._key, algorithms=[ALGORITHM])


def issue_internal_token(key: SigningKey, principal: Principal, *, audience: str, token_id: str, now: datetime) -> str:
    """A token that tells `principal` to the service `audience` until 120 seconds from `now`. Only auth calls this."""
    issued = int(now.timestamp())
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": audience,
        "sub": str(principal.user_id),
        "iat": issued,
        "exp": issued + int(LIFE.total_seconds()),
        "jti": token_id,
        "kind": principal.kind,
        "name": principal.name,
        "org": str(principal.organization_id),
        "role": principal.role,
        "aal": principal.assurance,
        "factor_at": int(principal.factor_at.timestamp()),
        "uep": principal.user_epoch,
        "oep": principal.organization_epoch,
        "sid": principal.session,
        "csrf": principal.csrf,
        "exp_in": principal.expires_in,
        "end_in": principal.ends_in,
    }
    if principal.enrollment_id is not None:
        claims["enr"] = str(principal.enrollment_id)
    if principal.last_sign_in is not None:
        claims["before"] = int(principal.last_sign_in.timestamp())
    if principal.failed_sign_ins:
        claims["failed"] = principal.failed_sign_ins
    if (viewer := principal.viewer) is not None:
        claims["viewer"] = {"sub": str(viewer.user_id), "name": viewer.name, "until": int(viewer.until.timestamp())}
    return key.sign(claims)


def verify_internal_token(verifier: Verifier, authorization: str) -> Principal:
    """Who the token in an `Authorization` header speaks of.

    Raises `Rejected` (401, `token-invalid`) for anything but a token of ours, for this service, valid now. The client
    is told nothing more; the log says why.
    """
    if not authorization.startswith("Bearer "):
        _refuse("missing")
    text = authorization.removeprefix("Bearer ")
    if len(text) > _MAX_BYTES:
        _refuse("too-large")
    header = _header(text)
    if header.get("typ") != TOKEN_TYPE:
        _refuse("type")
    key = _published_key(verifier, str(header["kid"]))
    if key is None:
        _refuse("key-unknown")
    claims = _signed_claims(text, key)
    _check_claims(claims, audience=verifier.service, now=verifier.clock.now())
    return _principal(claims)


def _signed_claims(text: str, key: ECKey) -> dict[str, Any]:
    """The claims of a token that `key` signed. A signature that was found right is not computed a second time."""
    if text not in _verified:
        try:
            claims = jwt.decode(text, key, algorithms=[ALGORITHM]).claims
        except (JoseError, ValueError):
            _refuse("signature")
        if len(_verified) == _MAX_VERIFIED:
            _verified.clear()
        _verified[text] = claims
    return _verified[text]


_verified: dict[str, dict[str, Any]] = {}


def _header(text: str) -> dict[str, Any]:
    """The protected header. Nothing in it may point at a key or demand an extension: it has three names only."""
    parts = text.split(".")
    if len(parts) != 3:
        _refuse("malformed")
    try:
        header = json.loads(urlsafe_b64decode(parts[0] + "=" * (-len(parts[0]) % 4)))
    except (ValueError, NotBase64Error):
        _refuse("malformed")
    if not isinstance(header, dict) or set(header) != _HEADERS or header["alg"] != ALGORITHM:
        _refuse("header")
    return header


def _check_claims(claims: dict[str, Any], *, audience: str, now: datetime) -> None:
    if claims.get("iss") != ISSUER:
        _refuse("issuer")
    # A list is refused even with one name in it: a token for two services could be replayed by one at the other.
    if claims.get("aud") != audience:
        _refuse("audience")
    issued, expires = claims.get("iat"), claims.get("exp")
    if not isinstance(issued, int) or not isinstance(expires, int):
        _refuse("claims")
    seconds = now.timestamp()
    if issued > seconds + LEEWAY.total_seconds():
        _refuse("from-the-future")
    if expires < seconds - LEEWAY.total_seconds() or expires - issued > LIFE.total_seconds():
        _refuse("stale")


def _principal(claims: dict[str, Any]) -> Principal:
    kind = claims.get("kind")
    if kind not in ("person", "client"):
        _refuse("claims")
    try:
        return Principal(
            kind=kind,
            user_id=UUID(claims["sub"]),
            name=str(claims["name"]),
            organization_id=UUID(claims["org"]),
            role=str(claims["role"]),
            assurance=int(claims["aal"]),
            factor_at=datetime.fromtimestamp(int(claims["factor_at"]), UTC),
            enrollment_id=UUID(claims["enr"]) if "enr" in claims else None,
            user_epoch=int(claims["uep"]),
            organization_epoch=int(claims["oep"]),
            session=str(claims["sid"]),
            csrf=str(claims["csrf"]),
            expires_in=int(claims["exp_in"]),
            ends_in=int(claims.get("end_in", 0)),  # not told by an auth of the release before
            last_sign_in=datetime.fromtimestamp(int(claims["before"]), UTC) if "before" in claims else None,
            failed_sign_ins=int(claims.get("failed", 0)),
            viewer=_viewer(claims["viewer"]) if "viewer" in claims else None,
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        _refuse("claims")


def _viewer(told: dict[str, Any]) -> Viewer:
    return Viewer(UUID(told["sub"]), str(told["name"]), datetime.fromtimestamp(int(told["until"]), UTC))


def _refuse(fault: TokenFault) -> NoReturn:
    log.warning("internal token refused", reason=fault)
    raise Rejected("token-invalid", "Your sign-in could not be confirmed. Sign in again to continue.", status=401)


@dataclass(slots=True)
class _Published:
    """The public keys as this process last read them."""

    keys: dict[str, ECKey]
    read_at: datetime


_published: dict[Path, _Published] = {}


def _published_key(verifier: Verifier, key_id: str) -> ECKey | None:
    path = public_keys_file(verifier.settings.state_directory / "secrets")
    now = verifier.clock.now()
    known = _published.get(path)
    if known is not None:
        age = abs(now - known.read_at)
        if age < _CACHED and (key_id in known.keys or age < _ASK_AGAIN):
            return known.keys.get(key_id)
    key_set = KeySet.import_key_set(json.loads(path.read_text(encoding="ascii")))
    keys = {key.kid: key for key in key_set if isinstance(key, ECKey) and key.kid is not None}
    _published[path] = _Published(keys, now)
    return keys.get(key_id)


def public_keys_file(secrets_directory: Path) -> Path:
    """The JWKS that verifies internal tokens: what auth publishes and every service reads."""
    return secrets_directory / "keys" / PUBLIC_FILE


def named_key(key: ECKey) -> ECKey:
    """The same key named by its RFC 7638 thumbprint: the same key always has the same name."""
    return ECKey.import_key({**key.as_dict(private=key.is_private), "kid": key.thumbprint()})
