"""The item history of the DME shared systems: one question over HTTPS, one answer, in the words of `libs.partners`.

What it says is taken only when it belongs to the question: the same trace, the same Medicare number.
"""

from dataclasses import dataclass
from uuid import UUID

import httpx
from opentelemetry.trace import SpanKind
from pydantic import ValidationError

from libs.common.observability.traces import span
from libs.common.runtime import Runtime
from libs.common.settings import Settings
from libs.dmepos import alike
from libs.partners.item_history import Asked, CertificatesAsked, CertificatesFound, Found, ItemsAsked, ItemsFound
from libs.partners.trust import trust
from services.eligibility.item_history.domain import (
    ANSWERED,
    ITEMS,
    NO_ANSWER,
    REFUSED,
    UNREADABLE,
    Kind,
    Question,
    State,
)
from services.eligibility.settings import eligibility_settings

PARTNER = "item_history"
_CREDENTIALS = "item-history"
_ITEMS, _CERTIFICATES = "/items", "/certificates"
_MOST_BYTES = 4 << 20
_FOUND = "found"


class ItemHistoryUnavailableError(Exception):
    """It did not answer, or not as it should. The text is an error class or a status, nothing else."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One question on its way, and who asks: the supplier, under which contract. `trace` comes back with the answer."""

    check_id: UUID
    kind: Kind
    trace: str
    question: Question
    npi: str
    contract_id: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it. `answer` is what was said, as it came, if it found the patient; `codes` say why not.

    `foreign` says by what it belongs to another question: `trace` or `patient`.
    """

    state: State
    answer: bytes = b""
    found: Found | None = None
    codes: tuple[str, ...] = ()
    reason: str = ""
    foreign: str = ""


class ItemHistory:
    """Asks the item history."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def ask(self, sent: Sent) -> Outcome:
        """Ask, and judge what comes back. Never raises for what the item history does."""
        path = _ITEMS if sent.kind is ITEMS else _CERTIFICATES
        try:
            payload = await self._post(path, _asked(sent))
        except ItemHistoryUnavailableError as error:
            return Outcome(NO_ANSWER, reason=str(error))
        return judge(payload, sent)

    async def _post(self, path: str, asked: Asked) -> bytes:
        settings = eligibility_settings()
        try:
            with span("ask item history", kind=SpanKind.CLIENT):
                async with httpx.AsyncClient(
                    base_url=settings.item_history(self._settings),
                    verify=trust(self._settings, _CREDENTIALS),
                    trust_env=False,
                    timeout=settings.item_history_seconds,
                ) as client:
                    answer = await client.post(
                        path, content=asked.model_dump_json(), headers={"content-type": "application/json"}
                    )
        except (httpx.HTTPError, OSError) as error:
            raise ItemHistoryUnavailableError(type(error).__name__) from error
        if answer.status_code != httpx.codes.OK or len(answer.content) > _MOST_BYTES:
            raise ItemHistoryUnavailableError(f"status {answer.status_code}")
        return answer.content


async def check(runtime: Runtime) -> None:
    """Return when it answers; raise when it does not, or says itself that it cannot: what the notifier asks."""
    settings = runtime.settings
    async with httpx.AsyncClient(verify=trust(settings, _CREDENTIALS), trust_env=False, timeout=1.0) as client:
        answer = await client.get(eligibility_settings().item_history(settings) + _ITEMS)
    # It takes POST alone, so it refuses the question; that it is there to refuse is all that is asked.
    if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise ItemHistoryUnavailableError(f"status {answer.status_code}")


def judge(payload: bytes, sent: Sent) -> Outcome:
    """What an answer comes to. One that cannot be read, or is about something else, is not kept."""
    try:
        found = open_answer(payload, sent.kind)
    except ValidationError:
        return Outcome(UNREADABLE, reason="not-readable")
    if foreign := "trace" if found.trace != sent.trace else "patient" if found.mbi != sent.question.mbi else "":
        return Outcome(UNREADABLE, reason=foreign, foreign=foreign)
    if found.outcome != _FOUND:
        return Outcome(REFUSED, found=found, codes=(found.outcome, *found.differs))
    return Outcome(ANSWERED, payload, found)


def open_answer(payload: bytes, kind: Kind) -> ItemsFound | CertificatesFound:
    """What was said. Raises `pydantic.ValidationError`."""
    return (ItemsFound if kind is ITEMS else CertificatesFound).model_validate_json(payload)


def _asked(sent: Sent) -> Asked:
    question = sent.question
    who = {
        "trace": sent.trace,
        "contract_id": sent.contract_id,
        "npi": sent.npi,
        "mbi": question.mbi,
        "last_name": question.last_name,
        "first_name": question.first_name,
        "birth_date": question.birth_date,
    }
    if sent.kind is ITEMS:
        return ItemsAsked.model_validate(
            {**who, "ordered": question.procedure, "procedures": alike(question.procedure)}
        )
    return CertificatesAsked.model_validate({**who, "procedure": question.procedure})
