"""How services and the shared system hand each other X12: sealed in the event itself, or as a document when it is long.

Claims travel under the keys of the group `partner-claims`, remittances under those of `partner-remittance`: only the
two sides of each hold them. What is handed over is bound to the event it
belongs to, so it cannot be passed off as another part's. Work that is done again hands over the same document.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from uuid import UUID

from libs.common.contracts.partner import ClaimsOutbound, ClaimsStatus, RemittanceAdvice
from libs.common.document_store import PARTNER_CLAIMS, PARTNER_REMITTANCE, DocumentBrokenError, DocumentStore
from libs.common.ids import derived_id
from libs.common.sealing import Sealed
from libs.common.security.keys import KeyRing
from libs.common.settings import Settings

# The longest content that travels in an event: a third more once it is text, and a broker takes 1 MB.
BODY_BYTES = 512 * 1024

_MAX_BYTES = 1 << 30
_BODIES = {
    readers: Sealed(f"{readers}/sealed_body", bytes, readers=readers)
    for readers in (PARTNER_CLAIMS, PARTNER_REMITTANCE)
}
"""By their readers. Owner: the event, as the functions below say."""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The fields of the event that carry the content: give them to the contract."""

    digest: str
    sealed_body: str | None
    document: str | None


def outbound_place(submission_id: UUID, part: int) -> str:
    """To what the content of a `ClaimsOutbound` is bound."""
    return f"{ClaimsOutbound.type}|{submission_id}|{part}"


def status_place(submission_id: UUID, part: int, sequence: int) -> str:
    """To what the content of a `ClaimsStatus` is bound."""
    return f"{ClaimsStatus.type}|{submission_id}|{part}|{sequence}"


def advice_place(advice_id: UUID) -> str:
    """To what the content of a `RemittanceAdvice` is bound."""
    return f"{RemittanceAdvice.type}|{advice_id}"


class PartnerExchange:
    """The counter between the two sides of a reader group. It may be sent to another process, like its store."""

    def __init__(self, settings: Settings, keys: KeyRing, readers: str = PARTNER_CLAIMS) -> None:
        self._keys = keys
        self._body = _BODIES[readers]
        self._documents = DocumentStore(readers, settings, keys)

    def give(self, pieces: Iterable[bytes], *, place: str) -> HandedOver:
        """Seal what `pieces` bring, in the event up to 512 KB, else as a document. No event loop is needed."""
        source = iter(pieces)
        held = bytearray()
        for piece in source:
            held += piece
            if len(held) > BODY_BYTES:
                stored = self._documents.put_sync(
                    chain((bytes(held),), source), limit=_MAX_BYTES, reference=derived_id("handover", place)
                )
                return HandedOver(stored.digest, None, stored.reference)
        content = bytes(held)
        return HandedOver(sha256(content).hexdigest(), self._body.seal(self._keys, content, place), None)

    def take(self, event: ClaimsOutbound | ClaimsStatus | RemittanceAdvice) -> Iterator[bytes]:
        """Yield the content of an event. No event loop is needed.

        Raises `SealBrokenError`, `DocumentBrokenError` or `DocumentMissingError`; also when the content is not the one
        the event's digest names, but then only at the end: do not rely on what came before.
        """
        digest = sha256()
        for piece in self._pieces(event):
            digest.update(piece)
            yield piece
        if digest.hexdigest() != event.digest:
            raise DocumentBrokenError("the content is not the one that was announced")

    def _pieces(self, event: ClaimsOutbound | ClaimsStatus | RemittanceAdvice) -> Iterator[bytes]:
        if event.sealed_body is not None:
            return iter((self._body.open(self._keys, event.sealed_body, _place(event)),))
        return self._documents.open_sync(event.document or "")


def _place(event: ClaimsOutbound | ClaimsStatus | RemittanceAdvice) -> str:
    match event:
        case RemittanceAdvice():
            return advice_place(event.advice_id)
        case ClaimsStatus():
            return status_place(event.submission_id, event.part, event.sequence)
        case _:
            return outbound_place(event.submission_id, event.part)
