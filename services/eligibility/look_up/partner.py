"""The source of Medicare numbers: one question over HTTPS, in the words of `libs.partners.mbi_look_up`."""

from dataclasses import dataclass
from uuid import UUID

import httpx
from opentelemetry.trace import SpanKind
from pydantic import SecretStr, ValidationError

from libs.common.observability.traces import span
from libs.common.runtime import Runtime
from libs.common.settings import Settings
from libs.partners import mbi_look_up as contract
from libs.partners.trust import trust
from services.eligibility.look_up.domain import (
    FOUND,
    NO_ANSWER,
    NOT_FOUND,
    UNREADABLE,
    Person,
    State,
    Wanted,
    is_wanted,
)
from services.eligibility.settings import eligibility_settings

PARTNER = "mbi_look_up"
CREDENTIALS = "mbi-look-up"
"""The folder with what it gave us; a cluster has a Secret of this name."""

_MAX_ANSWER_LENGTH = 1 << 16


class SourceUnavailableError(Exception):
    """The source did not answer, or not as it should. The text is an error class or a status, nothing else."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a look-up: `person` exactly when one was found; `reason` why there is no answer."""

    state: State
    person: Person | None = None
    reason: str = ""


async def ask(settings: Settings, look_up_id: UUID, wanted: Wanted, *, npi: str, contract_id: str) -> Outcome:
    """Ask for the number of who is wanted. Never raises for what the source does."""
    if wanted.birth_date is None:
        raise ValueError("nobody is looked for without a birth date")
    sent = contract.LookUp(
        look_up_id=look_up_id,
        contract_id=contract_id,
        npi=npi,
        first_name=wanted.first_name,
        last_name=wanted.last_name,
        birth_date=wanted.birth_date,
        ssn=SecretStr(wanted.ssn),
    )
    try:
        content = await _post(settings, sent.model_dump_json())
    except SourceUnavailableError as error:
        return Outcome(NO_ANSWER, reason=str(error))
    return judge(content, look_up_id, wanted)


def judge(content: bytes, look_up_id: UUID, wanted: Wanted) -> Outcome:
    """What an answer comes to. One that cannot be read, or is about another question or person, is not used."""
    try:
        found = contract.Found.model_validate_json(content)
    except ValidationError:
        return Outcome(UNREADABLE, reason="not-readable")
    if found.look_up_id != look_up_id:
        return Outcome(UNREADABLE, reason="another-question")
    if found.person is None:
        return Outcome(NOT_FOUND, reason=found.matches)
    person = Person(**found.person.model_dump())
    if not is_wanted(wanted, person):
        return Outcome(UNREADABLE, reason="another-person")
    return Outcome(FOUND, person)


async def _post(settings: Settings, content: str) -> bytes:
    ours = eligibility_settings()
    try:
        with span("ask mbi look-up", kind=SpanKind.CLIENT):
            async with httpx.AsyncClient(
                verify=trust(settings, CREDENTIALS), trust_env=False, timeout=ours.mbi_look_up_seconds
            ) as client:
                answer = await client.post(
                    ours.mbi_look_up(settings), content=content, headers={"content-type": "application/json"}
                )
    except (httpx.HTTPError, OSError) as error:
        raise SourceUnavailableError(type(error).__name__) from error
    if answer.status_code != httpx.codes.OK or len(answer.content) > _MAX_ANSWER_LENGTH:
        raise SourceUnavailableError(f"status {answer.status_code}")
    return answer.content


async def check(runtime: Runtime) -> None:
    """Return when the source answers; raise when it does not, or says itself that it cannot."""
    settings = runtime.settings
    async with httpx.AsyncClient(verify=trust(settings, CREDENTIALS), trust_env=False, timeout=1.0) as client:
        answer = await client.get(eligibility_settings().mbi_look_up(settings))
    # It takes POST alone, so it refuses the question; that it is there to refuse is all that is asked.
    if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise SourceUnavailableError(f"status {answer.status_code}")
