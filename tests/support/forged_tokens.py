"""Tokens that no service may take, each made from one that it would."""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

from libs.common.security.tokens import public_keys_file
from tests.support.applications import Application, Someone

Forge = Callable[[Application, Someone], str]


def _parts(token: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    header, claims, signature = token.split(".")
    return _read(header), _read(claims), signature


def _read(part: str) -> dict[str, Any]:
    return dict(json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4))))


def _written(part: dict[str, Any]) -> str:
    return urlsafe_b64encode(json.dumps(part, separators=(",", ":")).encode()).rstrip(b"=").decode()


def _algorithm_none(app: Application, who: Someone) -> str:
    header, claims, _ = _parts(app.token(who))
    return f"{_written({**header, 'alg': 'none'})}.{_written(claims)}."


def _signed_with_the_public_key(app: Application, who: Someone) -> str:
    """HS256 under the published key: what a verifier takes that lets the token choose the algorithm."""
    header, claims, _ = _parts(app.token(who))
    published = json.loads(public_keys_file(app.web.settings.state_directory / "secrets").read_text())["keys"][0]
    secret = ECKey.import_key(published).as_pem(private=False)
    signed = f"{_written({**header, 'alg': 'HS256'})}.{_written(claims)}"
    signature = hmac.digest(secret, signed.encode(), "sha256")
    return f"{signed}.{urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def _of_another_key(app: Application, who: Someone) -> str:
    header, claims, _ = _parts(app.token(who))
    return jwt.encode(header, claims, ECKey.generate_key("P-256"))


def _with_its_own_key(app: Application, who: Someone) -> str:
    header, claims, _ = _parts(app.token(who))
    key = ECKey.generate_key("P-256")
    return jwt.encode({**header, "jwk": key.as_dict(private=False)}, claims, key)


def _with(app: Application, who: Someone, **changes: Any) -> str:
    """Signed by auth's own key: only what it says is wrong."""
    _, claims, _ = _parts(app.token(who))
    return app.signing_key.sign({**claims, **changes})


def _changed_claims(app: Application, who: Someone) -> str:
    header, claims, signature = _parts(app.token(who))
    return f"{_written(header)}.{_written({**claims, 'role': 'PROVIDER_ADMIN'})}.{signature}"


def _unknown_critical(app: Application, who: Someone) -> str:
    header, claims, signature = _parts(app.token(who))
    return f"{_written({**header, 'crit': ['x'], 'x': 1})}.{_written(claims)}.{signature}"


FORGED: dict[str, Forge] = {
    "no words": lambda _app, _who: "",
    "not a token": lambda _app, _who: "three.small.words",
    "expired": lambda app, who: app.token(who, at=app.clock.now() - timedelta(seconds=126)),
    "not yet": lambda app, who: app.token(who, at=app.clock.now() + timedelta(seconds=6)),
    "lives too long": lambda app, who: _with(app, who, exp=int(app.clock.now().timestamp()) + 3600),
    "another audience": lambda app, who: app.token(who, audience="auth" if app.service.name != "auth" else "claims"),
    "two audiences": lambda app, who: _with(app, who, aud=[app.service.name, "auth"]),
    "another issuer": lambda app, who: _with(app, who, iss="somebody"),
    "no subject": lambda app, who: _with(app, who, sub=None),
    "algorithm none": _algorithm_none,
    "HS256 with the public key": _signed_with_the_public_key,
    "a stranger's key": _of_another_key,
    "brings its own key": _with_its_own_key,
    "changed claims": _changed_claims,
    "unknown critical header": _unknown_critical,
    "over 4 KiB": lambda app, who: _with(app, who, name="x" * 4096),
}
"""By what is wrong with them."""
