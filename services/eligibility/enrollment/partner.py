"""CMS's office for HETS EDI enrollments, in the words of `libs.partners.hets_enrollment`.

Whatever is sent may be sent again: the request is named by us.
"""

from typing import Any
from uuid import UUID

import httpx
from pydantic import ValidationError

from libs.common.settings import Settings
from libs.partners.hets_enrollment import Change, Link, Links, Submitter
from libs.partners.trust import trust
from services.eligibility.hets.partner import PARTNER
from services.eligibility.settings import eligibility_settings


class EnrollmentOfficeUnavailableError(Exception):
    """CMS did not answer, or not as it does. The text is an error class or a status, nothing else."""


class EnrollmentRefusedError(Exception):
    """CMS does not take a request, and never will."""


class EnrollmentOffice:
    """Speaks to the office."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def tell(self, request_id: UUID, change: Change) -> Link:
        """Send a request. Raises `EnrollmentRefusedError`, or `EnrollmentOfficeUnavailableError`: send it again."""
        answer = await self._call(
            "PUT",
            f"/enrollments/{request_id}",
            content=change.model_dump_json(),
            headers={"content-type": "application/json"},
        )
        try:
            return Link.model_validate_json(answer.content)
        except ValidationError as error:
            raise EnrollmentOfficeUnavailableError("link") from error

    async def submitter_name(self, submitter: str) -> str:
        """Who asks HETS under an ID; nothing when nobody does. Raises `EnrollmentOfficeUnavailableError`."""
        answer = await self._call("GET", f"/submitters/{submitter}")
        if answer.status_code == httpx.codes.NOT_FOUND:
            return ""
        try:
            return Submitter.model_validate_json(answer.content).name
        except ValidationError as error:
            raise EnrollmentOfficeUnavailableError("submitter") from error

    async def links(self, submitter: str) -> tuple[Link, ...]:
        """The list of a submitter. Raises `EnrollmentOfficeUnavailableError`."""
        answer = await self._call("GET", "/enrollments", params={"submitter": submitter})
        try:
            return Links.model_validate_json(answer.content).links
        except ValidationError as error:
            raise EnrollmentOfficeUnavailableError("links") from error

    async def _call(self, method: str, path: str, **sent: Any) -> httpx.Response:
        settings = eligibility_settings()
        try:
            async with httpx.AsyncClient(
                base_url=settings.enrollment_office(self._settings),
                verify=trust(self._settings, PARTNER),
                trust_env=False,
                timeout=settings.hets_seconds,
            ) as client:
                answer = await client.request(method, path, **sent)
        except (httpx.HTTPError, OSError) as error:
            raise EnrollmentOfficeUnavailableError(type(error).__name__) from error
        if answer.status_code in (httpx.codes.CONFLICT, httpx.codes.UNPROCESSABLE_ENTITY):
            raise EnrollmentRefusedError(f"status {answer.status_code}")
        if not answer.is_success and answer.status_code != httpx.codes.NOT_FOUND:
            raise EnrollmentOfficeUnavailableError(f"status {answer.status_code}")
        return answer
