"""The proofing partner: one question over HTTPS, in the words of `libs.partners.proofing`. Nothing of it is kept."""

from dataclasses import dataclass

import httpx
from opentelemetry.trace import SpanKind
from pydantic import ValidationError

from libs.common.observability.traces import span
from libs.common.settings import Settings
from libs.partners.proofing import Proofed, Proofing
from libs.partners.trust import trust
from services.auth.settings import auth_settings

PARTNER = "proofing"
"""The folder with what it gave us; a cluster has a Secret of this name."""

_MAX_ANSWER_LENGTH = 1 << 16


class ProofingUnavailableError(Exception):
    """The partner did not answer, or not as it should. The text is an error class or a status, nothing else."""


@dataclass(frozen=True, slots=True)
class ProofingPartner:
    """The partner of one deployment."""

    settings: Settings

    async def proof(self, asked: Proofing) -> Proofed:
        """What comes of a try. Raises `ProofingUnavailableError`: then nothing was decided, and no try was spent."""
        answer = self._read(await self._send("POST", "/proofings", asked.model_dump_json()))
        if answer.proofing_id != asked.proofing_id:
            raise ProofingUnavailableError("another-question")
        return answer

    async def look(self, reference: str) -> Proofed:
        """How far a call or a set of documents is. Raises as `proof`."""
        return self._read(await self._send("GET", f"/proofings/{reference}"))

    def _read(self, content: bytes) -> Proofed:
        try:
            return Proofed.model_validate_json(content)
        except ValidationError:
            raise ProofingUnavailableError("not-readable") from None

    async def _send(self, method: str, path: str, content: str = "") -> bytes:
        ours = auth_settings()
        try:
            with span("ask proofing", kind=SpanKind.CLIENT):
                async with httpx.AsyncClient(
                    verify=trust(self.settings, PARTNER), trust_env=False, timeout=ours.proofing_seconds
                ) as client:
                    answer = await client.request(
                        method,
                        f"{auth_settings().proofing(self.settings)}{path}",
                        content=content or None,
                        headers={"content-type": "application/json"},
                    )
        except (httpx.HTTPError, OSError) as error:
            raise ProofingUnavailableError(type(error).__name__) from error
        if answer.status_code != httpx.codes.OK or len(answer.content) > _MAX_ANSWER_LENGTH:
            raise ProofingUnavailableError(f"status {answer.status_code}")
        return answer.content
