"""An authenticator made of software: it keeps passkeys, and answers as browsers send it (WebAuthn Level 3).

Each method takes the options that the portal gave, and gives the JSON that a page sends back. What an honest browser
and authenticator would never say can be said too.
"""

import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

_PRESENT, _VERIFIED, _ATTESTED = 1, 4, 64
_ES256 = {1: 2, 3: -7, -1: 1}


@dataclass
class Authenticator:
    """One device. `counts`: it counts how often it was used, as those do that are no part of a telephone."""

    origin: str
    host: str
    number: int = 1
    counts: bool = True
    count: int = 0
    user: bytes = b""
    _key: ec.EllipticCurvePrivateKey = field(init=False)

    def __post_init__(self) -> None:
        self._key = ec.derive_private_key(0x5EED + self.number, ec.SECP256R1())

    @property
    def credential(self) -> bytes:
        """What the authenticator calls its passkey."""
        return sha256(b"passkey %d" % self.number).digest()

    def register(self, options: str, **wrong: Any) -> str:
        """Make a passkey. `wrong`: `origin`, `host`, `verified=False`."""
        asked = json.loads(options)
        self.user = base64url_to_bytes(asked["user"]["id"])
        point = self._key.public_key().public_numbers()
        key = encode_cbor({**_ES256, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")})
        attested = bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential + key
        data = self._data(_ATTESTED, **wrong) + attested
        response = {
            "clientDataJSON": self._client_data("webauthn.create", asked["challenge"], **wrong),
            "attestationObject": bytes_to_base64url(encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})),
        }
        return self._answer(response)

    def answer(self, options: str, **wrong: Any) -> str:
        """Sign what is asked. `wrong`: as above, and `challenge`, `count`, `user`."""
        asked = json.loads(options)
        self.count = wrong.get("count", self.count + self.counts)
        data = self._data(0, **wrong)
        client_data = self._client_data("webauthn.get", wrong.pop("challenge", asked["challenge"]), **wrong)
        signed = data + sha256(base64url_to_bytes(client_data)).digest()
        response = {
            "clientDataJSON": client_data,
            "authenticatorData": bytes_to_base64url(data),
            "signature": bytes_to_base64url(self._key.sign(signed, ec.ECDSA(SHA256()))),
            "userHandle": bytes_to_base64url(wrong.get("user", self.user)),
        }
        return self._answer(response)

    def _data(self, flags: int, *, host: str = "", verified: bool = True, **_: Any) -> bytes:
        flags |= _PRESENT | (_VERIFIED if verified else 0)
        return sha256((host or self.host).encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client_data(self, kind: str, challenge: str, *, origin: str = "", **_: Any) -> str:
        told = {"type": kind, "challenge": challenge, "origin": origin or self.origin, "crossOrigin": False}
        return bytes_to_base64url(json.dumps(told).encode())

    def _answer(self, response: dict[str, str]) -> str:
        name = bytes_to_base64url(self.credential)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
