"""Signed tree heads: from time to time the whole trail, up to a row, is put under one signature.

Whoever keeps a head elsewhere can show later that nothing before it was changed, even by someone who can rewrite every
table. Its payload also carries the peaks of the tree, so the next head costs only what was added since.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from libs.common.audit.merkle import GrowingTree

_ALGORITHM = "ES256"


class HeadForgedError(Exception):
    """A tree head was not signed by this service's key, or says something else than was signed."""


@dataclass(frozen=True, slots=True)
class TreeHead:
    """What a head states: the service's first `size` rows have `root`."""

    service: str
    size: int
    at: datetime
    root: bytes
    peaks: tuple[bytes, ...]

    def tree(self) -> GrowingTree:
        """The tree as it stood, ready to grow. Raises `HeadForgedError` when peaks and root disagree."""
        try:
            tree = GrowingTree(self.size, self.peaks)
        except ValueError as error:
            raise HeadForgedError("peaks and size disagree") from error
        if tree.root() != self.root:
            raise HeadForgedError("peaks and root disagree")
        return tree


def sign(head: TreeHead, version: str, private_pem: bytes) -> str:
    """The head as a compact JWS (ES256); `version` names the key in its header."""
    payload = {
        "at": head.at.isoformat(),
        "peaks": [peak.hex() for peak in head.peaks],
        "root": head.root.hex(),
        "service": head.service,
        "size": head.size,
    }
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"))
    header = {"alg": _ALGORITHM, "kid": version}
    return jws.serialize_compact(header, text, ECKey.import_key(private_pem), algorithms=[_ALGORITHM])


def verify(signature: str, public_pems: Mapping[str, bytes]) -> TreeHead:
    """The head that was signed. Raises `HeadForgedError`."""
    try:
        version = str(jws.extract_compact(signature.encode()).headers().get("kid", ""))
        found = jws.deserialize_compact(signature, ECKey.import_key(public_pems[version]), algorithms=[_ALGORITHM])
        payload = json.loads(found.payload)
        return TreeHead(
            service=payload["service"],
            size=int(payload["size"]),
            at=datetime.fromisoformat(payload["at"]),
            root=bytes.fromhex(payload["root"]),
            peaks=tuple(bytes.fromhex(peak) for peak in payload["peaks"]),
        )
    except (JoseError, KeyError, ValueError, TypeError) as error:
        raise HeadForgedError("the signature is not valid") from error
