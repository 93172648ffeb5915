"""HETS, the eligibility system of CMS: one 270 over HTTPS in a CORE envelope, one 271 back, then the connection ends.

Source of the rules: HETS 270/271 SOAP/MIME connectivity guide, CAQH CORE vC2.2.0 (45 CFR 162.1203); real time only,
one inquiry for each connection.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import httpx
from opentelemetry.trace import SpanKind

from libs.common.clock import Clock
from libs.common.observability.traces import span
from libs.common.runtime import Runtime
from libs.common.settings import Settings
from libs.partners.core_connectivity import SUCCESS, CoreEnvelopeError, CoreMessage, read_message, write_message
from libs.partners.trust import trust
from libs.x12.eligibility.judging import answers
from libs.x12.eligibility.objects import (
    AskedPerson,
    Dated,
    EligibilityAnswer,
    EligibilityInquiry,
    Heading,
    Name,
    Receiver,
    Source,
    Trace,
)
from libs.x12.eligibility.objects import Question as AskedQuestion
from libs.x12.eligibility.writer import write_270
from libs.x12.reader import Batch, read_file
from libs.x12.writing import Envelope
from services.eligibility.entitlement.domain import Entitlement, Refusal
from services.eligibility.entitlement.views import in_words, unknown_codes
from services.eligibility.hets.domain import ANSWERED, NO_ANSWER, REFUSED, UNREADABLE, Question, State, sent_name
from services.eligibility.settings import eligibility_settings

PARTNER = "hets"
_REQUEST, _RESPONSE = "X12_270_Request_005010X279A1", "X12_271_Response_005010X279A1"
_GUIDE = frozenset({"005010X279A1"})
_CMS = "CMS"
_CONTROL_NUMBERS = 999_999_999
_MAX_ANSWER_LENGTH = 1 << 20


class HetsUnavailableError(Exception):
    """HETS did not answer, or not as HETS does."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question on its way, and who asks: the provider, under which contract. `trace` comes back with the answer."""

    inquiry_id: UUID
    trace: str
    question: Question
    npi: str
    organization: str
    contract_id: str
    today: date


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it. `answer` is the 271 as it came, if it is one for this question; `codes` are its AAA reasons.

    `entitlement` and `refusals` say in words what is in it; `unknown` where it has codes new to the guide.
    """

    state: State
    answer: bytes = b""
    codes: tuple[str, ...] = ()
    reason: str = ""
    entitlement: Entitlement | None = None
    refusals: tuple[Refusal, ...] = ()
    unknown: tuple[str, ...] = ()


class Hets:
    """Asks HETS."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock

    async def ask(self, asked: Asked) -> Outcome:
        """Ask, and judge what comes back. Never raises for what HETS does."""
        inquiry = _inquiry(asked, self._clock.now())
        try:
            payload = await self._exchange(asked, inquiry)
        except HetsUnavailableError as error:
            return Outcome(NO_ANSWER, reason=str(error))
        return judge(payload, inquiry, asked.today)

    async def _exchange(self, asked: Asked, inquiry: EligibilityInquiry) -> bytes:
        envelope = Envelope(
            sender=asked.contract_id,
            receiver=_CMS,
            created=self._clock.now(),
            control_number=asked.inquiry_id.int % _CONTROL_NUMBERS + 1,
        )
        message = CoreMessage(
            payload_type=_REQUEST,
            payload_id=str(asked.inquiry_id),
            at=self._clock.now(),
            sender=asked.contract_id,
            receiver=_CMS,
            payload=b"".join(write_270([inquiry], envelope)),
        )
        content_type, body = write_message(message)
        answer = await self._post(content_type, body)
        try:
            answered = read_message(answer.headers.get("content-type", ""), answer.content)
        except CoreEnvelopeError as error:
            raise HetsUnavailableError("envelope") from error
        if answered.error_code != SUCCESS:
            raise HetsUnavailableError("envelope-error")
        return answered.payload

    async def _post(self, content_type: str, body: bytes) -> httpx.Response:
        settings = eligibility_settings()
        try:
            # A client for one message: HETS takes one inquiry for each connection.
            with span("ask hets", kind=SpanKind.CLIENT):
                async with httpx.AsyncClient(
                    verify=trust(self._settings, PARTNER), trust_env=False, timeout=settings.hets_seconds
                ) as client:
                    answer = await client.post(
                        settings.address(self._settings), content=body, headers={"content-type": content_type}
                    )
        except (httpx.HTTPError, OSError) as error:
            raise HetsUnavailableError(type(error).__name__) from error
        if answer.status_code != httpx.codes.OK or len(answer.content) > _MAX_ANSWER_LENGTH:
            raise HetsUnavailableError(f"status {answer.status_code}")
        return answer


async def check(runtime: Runtime) -> None:
    """Return when HETS answers; raise when it does not, or says itself that it cannot: what the notifier asks."""
    settings = runtime.settings
    async with httpx.AsyncClient(verify=trust(settings, PARTNER), trust_env=False, timeout=1.0) as client:
        answer = await client.get(eligibility_settings().address(settings))
    # It takes POST alone, so it refuses the question; that it is there to refuse is all that is asked.
    if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise HetsUnavailableError(f"status {answer.status_code}")


def judge(payload: bytes, inquiry: EligibilityInquiry, today: date) -> Outcome:
    """What HETS's answer to `inquiry` comes to.

    An answer that cannot be read, is refused by its guide, or belongs to another question or patient is `unreadable`:
    nothing of it is kept.
    """
    answer, faults = _read(payload, today)
    if answer is None:
        return Outcome(UNREADABLE, reason=faults)
    if foreign := answers(inquiry, answer):
        return Outcome(UNREADABLE, reason=foreign[0].code)
    entitlement, refusals = in_words(answer)
    unknown = unknown_codes(answer)
    if entitlement is None:
        reasons = tuple(dict.fromkeys(each.code for each in refusals))
        return Outcome(REFUSED, payload, reasons, refusals=refusals, unknown=unknown)
    return Outcome(ANSWERED, payload, entitlement=entitlement, unknown=unknown)


def _read(payload: bytes, today: date) -> tuple[EligibilityAnswer | None, str]:
    """The one answer of a 271, or why there is none."""
    *batches, verdict = read_file([payload], received=today, guides=_GUIDE)
    found = [each for batch in batches if isinstance(batch, Batch) for each in batch.of(EligibilityAnswer)]
    if isinstance(verdict, Batch) or not verdict.stands:
        return None, "not-accepted"
    return (found[0], "") if len(found) == 1 else (None, "not-one-answer")


def _inquiry(asked: Asked, now: datetime) -> EligibilityInquiry:
    question, name = asked.question, sent_name(asked.question)
    last = None if question.service_to == question.service_from else question.service_to
    return EligibilityInquiry(
        heading=Heading(asked.trace, now, "13"),
        source=Source(Name("PR", "2", _CMS, qualifier="PI", identifier=_CMS)),
        receiver=Receiver(Name("1P", "2", asked.organization, qualifier="XX", identifier=asked.npi)),
        subscriber=AskedPerson(
            name=Name("IL", "1", name.last, name.first, suffix=name.suffix, qualifier="MI", identifier=question.mbi),
            traces=[Trace("1", asked.trace, f"9{asked.contract_id:0>9}")],
            birth_date=question.birth_date,
            dates=[Dated("291", question.service_from, last)],
            questions=[AskedQuestion((question.service_type,))],
        ),
    )


def open_answer(payload: bytes, today: date) -> tuple[Entitlement | None, tuple[Refusal, ...]]:
    """A kept 271 in words: the entitlement, or why HETS refused the question."""
    answer, _ = _read(payload, today)
    return (None, ()) if answer is None else in_words(answer)
