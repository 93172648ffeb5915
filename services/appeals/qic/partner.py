"""The QIC that decides reconsiderations: case files and documents over HTTPS, in the words of `libs.partners.qic`.

Whatever is sent may be sent again: the case is named by us. What the QIC does wrong is one error, and is tried again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from pydantic import ValidationError

from libs.common.document_store import DocumentStore
from libs.common.runtime import Runtime
from libs.common.settings import Settings
from libs.partners.qic import Case, CaseDocument, CaseFile, Decision, Receipt
from libs.partners.trust import trust
from services.appeals.settings import appeals_settings

PARTNER = "qic"


class QicUnavailableError(Exception):
    """The QIC did not answer, or not as a QIC does. The text is an error class or a status, nothing else."""


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A document on its way: what the case file says of it, its reference in our store, and its kind."""

    document: CaseDocument
    reference: str
    media_type: str


class Qic:
    """Speaks to the QIC."""

    def __init__(self, settings: Settings, documents: DocumentStore) -> None:
        self._settings = settings
        self._documents = documents

    async def send(self, case_id: UUID, case: CaseFile, enclosed: Sequence[Enclosed]) -> Receipt:
        """Send a case, its documents first. Raises `QicUnavailableError`; then it is unknown whether it came."""
        async with self._client() as client:
            for each in enclosed:
                path = f"/cases/{case_id}/documents/{each.document.document_id}"
                await self._call(
                    client,
                    "PUT",
                    path,
                    content=self._documents.read(each.reference),
                    headers={"content-type": each.media_type},
                )
            answer = await self._call(
                client,
                "PUT",
                f"/cases/{case_id}",
                content=case.model_dump_json(),
                headers={"content-type": "application/json"},
            )
        try:
            return Receipt.model_validate_json(answer.content)
        except ValidationError as error:
            raise QicUnavailableError("receipt") from error

    async def decision(self, case_id: UUID) -> Decision | None:
        """What was decided of a case that was received, or nothing yet. Raises `QicUnavailableError`."""
        async with self._client() as client:
            answer = await self._call(client, "GET", f"/cases/{case_id}")
        try:
            return Case.model_validate_json(answer.content).decision
        except ValidationError as error:
            raise QicUnavailableError("case") from error

    def _client(self) -> httpx.AsyncClient:
        try:
            context = trust(self._settings, PARTNER)
        except OSError as error:
            raise QicUnavailableError(type(error).__name__) from error
        settings = appeals_settings()
        return httpx.AsyncClient(
            base_url=settings.qic(self._settings), verify=context, trust_env=False, timeout=settings.qic_seconds
        )

    @staticmethod
    async def _call(client: httpx.AsyncClient, method: str, path: str, **sent: Any) -> httpx.Response:
        try:
            answer = await client.request(method, path, **sent)
        except httpx.HTTPError as error:
            raise QicUnavailableError(type(error).__name__) from error
        if not answer.is_success:
            raise QicUnavailableError(f"status {answer.status_code}")
        return answer


async def check(runtime: Runtime) -> None:
    """Return when the QIC answers; raise when it does not, or says itself that it cannot."""
    settings = runtime.settings
    async with httpx.AsyncClient(verify=trust(settings, PARTNER), trust_env=False, timeout=1.0) as client:
        answer = await client.get(f"{appeals_settings().qic(settings)}/cases")
    # Nobody is asked about, so it finds nothing; that it is there to say so is all that is asked.
    if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise QicUnavailableError(f"status {answer.status_code}")
