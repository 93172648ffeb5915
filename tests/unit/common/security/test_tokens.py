"""Internal tokens: the right one is understood, and no other passes (security tests S02, S16)."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
import structlog
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from joserfc.jwk import ECKey

from libs.common.clock import SetClock
from libs.common.errors import Rejected
from libs.common.security.key_files import prepare_token_keys
from libs.common.security.principal import Principal
from libs.common.security.tokens import SigningKey, issue_internal_token, public_keys_file, verify_internal_token

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
PRINCIPAL = Principal(
    "person",
    UUID(int=1),
    "A Person",
    UUID(int=2),
    "PROVIDER_USER",
    2,
    NOW,
    UUID(int=3),
    4,
    5,
    "5e55",
    "csrf",
    1800,
    NOW,
    43_200,
)
STRANGE = ECKey.generate_key("P-256")


class World:
    """A service that verifies, auth that signs, and a clock."""

    def __init__(self, directory: Path) -> None:
        prepare_token_keys(directory / "secrets")
        self.directory = directory
        self.clock = SetClock(NOW)
        self.runtime: Any = SimpleNamespace(
            service="claims", clock=self.clock, settings=SimpleNamespace(state_directory=directory)
        )
        self.key = SigningKey(directory / "secrets")

    def issue(self, audience: str = "claims") -> str:
        return issue_internal_token(self.key, PRINCIPAL, audience=audience, token_id="t1", now=self.clock.now())

    def verify(self, token: str) -> Principal:
        return verify_internal_token(self.runtime, f"Bearer {token}")

    def published(self) -> dict[str, Any]:
        return dict(json.loads(public_keys_file(self.directory / "secrets").read_text())["keys"][0])

    def private(self) -> ECKey:
        pem = (self.directory / "secrets" / "keys" / "token-signing" / "now.pem").read_bytes()
        return ECKey.import_key(pem)

    def claims(self, **changes: Any) -> dict[str, Any]:
        seconds = int(NOW.timestamp())
        claims = {
            "iss": "portal-identity", "aud": "claims", "sub": str(UUID(int=1)), "iat": seconds, "exp": seconds + 120,
            "kind": "person", "name": "A Person", "org": str(UUID(int=2)), "role": "PROVIDER_USER", "aal": 2,
            "factor_at": seconds, "enr": str(UUID(int=3)),
            "uep": 4, "oep": 5, "sid": "5e55", "csrf": "csrf", "exp_in": 1800, "end_in": 43200, "before": seconds,
            **changes,
        }  # fmt: skip
        return {name: value for name, value in claims.items() if value is not None}

    def signed(self, header: dict[str, Any] | None = None, key: ECKey | None = None, **claims: Any) -> str:
        head = {"alg": "ES256", "typ": "at+jwt", "kid": self.published()["kid"], **(header or {})}
        told = {name: value for name, value in head.items() if value is not None}
        return raw(told, self.claims(**claims), key or self.private())


def part(content: dict[str, Any]) -> str:
    return urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def raw(header: dict[str, Any], claims: dict[str, Any], key: ECKey) -> str:
    """A token signed right, whatever its header says."""
    signing_input = f"{part(header)}.{part(claims)}"
    r, s = decode_dss_signature(key.private_key.sign(signing_input.encode(), ec.ECDSA(hashes.SHA256())))
    signature = urlsafe_b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big")).rstrip(b"=").decode()
    return f"{signing_input}.{signature}"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_what_auth_tells_is_what_the_service_understands(world: World) -> None:
    assert world.verify(world.issue()) == PRINCIPAL


def test_a_token_signed_by_hand_the_right_way_is_understood(world: World) -> None:
    """Guards the tests below: what they change is the only thing wrong."""
    assert world.verify(world.signed()) == PRINCIPAL


def test_a_person_who_acts_for_nobody_is_told_without_enrollment(world: World) -> None:
    assert world.verify(world.signed(enr=None)).enrollment_id is None


HEADERS: list[tuple[str, dict[str, Any]]] = [
    ("header", {"alg": "none"}),
    ("header", {"alg": "HS256"}),
    ("header", {"jwk": {"kty": "EC"}}),
    ("header", {"jku": "https://evil.example/keys"}),
    ("header", {"x5u": "https://evil.example/keys"}),
    ("header", {"crit": ["exp"]}),
    ("header", {"kid": None}),
    ("type", {"typ": "JWT"}),
    ("key-unknown", {"kid": "unknown"}),
]


@pytest.mark.parametrize(("reason", "header"), HEADERS)
def test_no_odd_header_passes(world: World, reason: str, header: dict[str, Any]) -> None:
    refused(world, world.signed(header), reason)


CLAIMS: list[tuple[str, dict[str, Any]]] = [
    ("issuer", {"iss": "somebody"}),
    ("audience", {"aud": "remittance"}),
    ("audience", {"aud": ["claims"]}),
    ("audience", {"aud": ["claims", "remittance"]}),
    ("audience", {"aud": None}),
    ("claims", {"iat": None}),
    ("claims", {"exp": "tomorrow"}),
    ("from-the-future", {"iat": int(NOW.timestamp()) + 6}),
    ("stale", {"exp": int(NOW.timestamp()) - 6}),
    ("stale", {"exp": int(NOW.timestamp()) + 3600}),
    ("claims", {"sub": "not-an-id"}),
    ("claims", {"sub": None}),
    ("claims", {"kind": "robot"}),
    ("claims", {"aal": "two"}),
    ("claims", {"factor_at": 10**30}),
]


@pytest.mark.parametrize(("reason", "claims"), CLAIMS)
def test_no_wrong_claim_passes(world: World, reason: str, claims: dict[str, Any]) -> None:
    refused(world, world.signed(**claims), reason)


def test_a_token_lives_two_minutes_and_five_seconds_of_grace(world: World) -> None:
    token = world.issue()
    world.clock.advance(timedelta(seconds=125))
    assert world.verify(token) == PRINCIPAL
    world.clock.advance(timedelta(seconds=1))
    refused(world, token, "stale")


def test_a_token_found_right_before_is_refused_by_another_service_and_once_its_key_is_withdrawn(world: World) -> None:
    token = world.issue()
    world.verify(token)
    world.runtime.service = "remittance"
    refused(world, token, "audience")
    world.runtime.service = "claims"
    path = public_keys_file(world.directory / "secrets")
    path.chmod(0o600)
    path.write_text(json.dumps({"keys": json.loads(path.read_text())["keys"][1:]}))
    world.clock.advance(timedelta(seconds=301))
    refused(world, token, "key-unknown")


def test_another_key_under_our_name_is_no_key(world: World) -> None:
    refused(world, world.signed(key=STRANGE), "signature")


def test_a_changed_body_is_refused(world: World) -> None:
    head, _, signature = world.issue().split(".")
    refused(world, f"{head}.{part(world.claims(role='PROVIDER_ADMIN'))}.{signature}", "signature")


def test_our_public_key_is_no_shared_secret(world: World) -> None:
    """The old confusion: a token with HMAC, keyed with what everybody may read."""
    signing_input = f"{part({'alg': 'HS256', 'typ': 'at+jwt', 'kid': world.published()['kid']})}.{part(world.claims())}"
    public = world.private().as_pem(private=False)
    mac = hmac.new(public, signing_input.encode(), hashlib.sha256).digest()
    refused(world, f"{signing_input}.{urlsafe_b64encode(mac).rstrip(b'=').decode()}", "header")


@pytest.mark.parametrize(
    ("reason", "authorization"),
    [
        ("missing", ""),
        ("missing", "Basic dXNlcjpwYXNz"),
        ("malformed", "Bearer "),
        ("malformed", "Bearer a.b"),
        ("malformed", "Bearer ä.b.c"),
        ("malformed", "Bearer !!!.b.c"),
        ("header", "Bearer W10.b.c"),
        ("too-large", "Bearer " + "x" * 4097),
        ("too-large", "Bearer " + "x" * 1_000_000),
    ],
)
def test_what_is_no_token_is_refused(world: World, reason: str, authorization: str) -> None:
    refused(world, authorization, reason, whole=True)


def refused(world: World, token: str, reason: str, *, whole: bool = False) -> None:
    """Refused alike for the client, and with its reason in the log."""
    with structlog.testing.capture_logs() as lines, pytest.raises(Rejected) as error:
        verify_internal_token(world.runtime, token if whole else f"Bearer {token}")
    assert (error.value.code, error.value.status) == ("token-invalid", 401)
    assert [line["reason"] for line in lines] == [reason]


def test_the_next_key_is_published_before_it_signs(world: World) -> None:
    keys = world.directory / "secrets" / "keys"
    following = ECKey.import_key((keys / "token-signing" / "next.pem").read_bytes())
    token = world.signed({"kid": following.thumbprint()}, key=following)
    assert world.verify(token) == PRINCIPAL


def test_a_key_published_later_is_found_but_not_looked_for_at_each_guess(world: World) -> None:
    world.verify(world.issue())
    path = public_keys_file(world.directory / "secrets")
    new = {**STRANGE.as_dict(private=False), "kid": "new", "use": "sig", "alg": "ES256"}
    old = json.loads(path.read_text())["keys"]
    path.chmod(0o600)
    path.write_text(json.dumps({"keys": [*old, new]}))
    token = world.signed({"kid": "new"}, key=STRANGE)
    refused(world, token, "key-unknown")
    world.clock.advance(timedelta(seconds=31))
    assert world.verify(token) == PRINCIPAL


def test_preparing_keys_twice_keeps_them_and_only_their_owner_reads_them(world: World) -> None:
    keys = world.directory / "secrets" / "keys"
    before = {path: path.read_bytes() for path in keys.rglob("*.*")}
    prepare_token_keys(world.directory / "secrets")
    assert {path: path.read_bytes() for path in keys.rglob("*.*")} == before
    assert len(before) == 3
    assert (keys / "token-signing" / "now.pem").stat().st_mode & 0o777 == 0o400
    assert b"PRIVATE" not in (keys / "token-public" / "keys.json").read_bytes()
    assert '"d"' not in (keys / "token-public" / "keys.json").read_text()
