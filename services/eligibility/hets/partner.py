"""HETS, the eligibility system of CMS: one 270 over HTTPS in a CORE envelope, one 271 back, then the connection ends.

Source of the rules: HETS 270/271 SOAP/MIME connectivity guide, CAQH CORE vC2.2.0 (45 CFR 162.1203); real time only,
one inquiry for each connection.
"""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from http import HTTPStatus
from uuid import UUID
from weakref import WeakKeyDictionary

import aiohttp
from opentelemetry.trace import SpanKind

from libs.common.clock import Clock
from libs.common.observability.alarms import report_certificate, report_foreign_answer
from libs.common.observability.traces import span
from libs.common.runtime import Runtime
from libs.common.settings import Settings
from libs.partners.breaker import PartnerBreaker
from libs.partners.core_connectivity.forms import READING, WRITING
from libs.partners.core_connectivity.message import SUCCESS, CoreEnvelopeError, CoreFaultError, CoreMessage
from libs.partners.trust import fault_of_ours, refused_certificate, trust
from libs.x12.acknowledgment.objects import GroupAcknowledgment, InterchangeAcknowledgment
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
from services.eligibility.hets.domain import (
    ANSWERED,
    BROKEN_OFF,
    CERTIFICATE,
    ENVELOPE,
    FOREIGN,
    HTTP_STATUS,
    INTERCHANGE_REFUSED,
    NEVER_SENT,
    NO_ANSWER,
    NO_CONNECTION,
    NOT_ACCEPTED,
    NOT_ONE_ANSWER,
    REFUSED,
    RESTS,
    SYNTAX_REFUSED,
    TOO_LARGE,
    TOO_LATE,
    UNREADABLE,
    Question,
    State,
    sent_name,
)
from services.eligibility.settings import EligibilitySettings, eligibility_settings

PARTNER = "hets"
_REQUEST = "X12_270_Request_005010X279A1"
_ANSWER_GUIDE, _ACKNOWLEDGMENT_GUIDE = "005010X279A1", "005010X231A1"
_GUIDES = frozenset({_ANSWER_GUIDE, _ACKNOWLEDGMENT_GUIDE})
_CMS = "CMS"
_CONTROL_NUMBERS = 999_999_999
_MAX_ANSWER_LENGTH = 1 << 20
# In which the connection must stand, or in this part of a shorter time for the answer: whoever takes none in by then
# takes none in later, and nothing was sent.
_CONNECT_SECONDS, _CONNECT_SHARE = 5.0, 0.75
_CHECK_SECONDS = 1.0
# How much of a payload is read before what was found in it is looked at.
_PIECE = 1 << 16
# So many segments that a 999 names are told to operators.
_TOLD = 3


class HetsUnavailableError(Exception):
    """HETS did not answer, or not as HETS does. The text is a reason of `domain.py`, and then what operators read."""


class UnusableAnswerError(Exception):
    """HETS answered with something that is not read at all. The text is a reason of `domain.py`."""


class HetsBusy(Exception):  # noqa: N818 - named for what is so; nothing failed
    """This process has as many inquiries with HETS as it may, and none ended in time. Nothing was sent."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question on its way, and who asks: the provider, and the contract by its `submitter` ID.

    `trace` comes back with the answer. `written` is the inquiry of a program that wrote its own: HETS is sent it under
    our reference and trace, from our provider.
    """

    inquiry_id: UUID
    trace: str
    question: Question
    npi: str
    organization: str
    submitter: str
    today: date
    written: EligibilityInquiry | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it. `answer` is the 271 as it came, if it is one for this question; `codes` are its AAA reasons.

    `reason` says why there is no answer, or none that can be used. `entitlement` and `refusals` say in words what is in
    it; `unknown` where it has codes new to the guide.
    """

    state: State
    answer: bytes = b""
    codes: tuple[str, ...] = ()
    reason: str = ""
    entitlement: Entitlement | None = None
    refusals: tuple[Refusal, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def was_sent(self) -> bool:
        """Whether HETS may have received the question."""
        return self.reason.partition(" ")[0] not in NEVER_SENT


class _Door:
    """What all inquiries of one process share: how many go to HETS at once, and whether it is asked at all."""

    def __init__(self, settings: EligibilitySettings) -> None:
        self._places = asyncio.Semaphore(settings.hets_connections)
        self.breaker = PartnerBreaker(
            PARTNER, limit=settings.hets_failures, pause=timedelta(seconds=settings.hets_rest_seconds)
        )

    @asynccontextmanager
    async def place(self, seconds: float) -> AsyncIterator[None]:
        """Take a place for a block, waiting for one at most `seconds`. Raises `HetsBusy`."""
        if self._places.locked():
            try:
                async with asyncio.timeout(seconds):
                    await self._places.acquire()
            except TimeoutError:
                raise HetsBusy from None
        else:
            await self._places.acquire()
        try:
            yield
        finally:
            self._places.release()


_DOORS: WeakKeyDictionary[asyncio.AbstractEventLoop, _Door] = WeakKeyDictionary()


def _door(settings: EligibilitySettings) -> _Door:
    """That of this process, which has one loop; made as `settings` say when it is first asked for."""
    loop = asyncio.get_running_loop()
    if loop not in _DOORS:
        _DOORS[loop] = _Door(settings)
    return _DOORS[loop]


class Hets:
    """Asks HETS. Whatever uses it in one process shares its connections and its breaker."""

    def __init__(self, settings: Settings, clock: Clock, own: EligibilitySettings | None = None) -> None:
        self._settings = settings
        self._clock = clock
        self._own = own or eligibility_settings()

    async def ask(self, asked: Asked, *, wait_seconds: float | None = None) -> Outcome:
        """Ask, and judge what comes back. Never raises for what HETS does.

        Raises `HetsBusy` when no connection was free for `wait_seconds` (as the settings say when it is `None`; with 0
        at once): nothing was sent then, and it may be asked again at any time.
        """
        door = _door(self._own)
        if door.breaker.rests(self._clock.now()):
            return Outcome(NO_ANSWER, reason=RESTS)
        async with door.place(self._own.hets_wait_seconds if wait_seconds is None else wait_seconds):
            if not door.breaker.may_ask(self._clock.now()):
                return Outcome(NO_ANSWER, reason=RESTS)
            inquiry = _inquiry(asked, self._clock.now())
            try:
                payload = await self._exchange(asked, inquiry)
            except HetsUnavailableError as error:
                door.breaker.failed(self._clock.now())
                return Outcome(NO_ANSWER, reason=str(error))
            except UnusableAnswerError as error:
                door.breaker.answered()
                return Outcome(UNREADABLE, reason=str(error))
            door.breaker.answered()
        outcome = judge(payload, inquiry, asked.today)
        kind, _, code = outcome.reason.partition(" ")
        if kind == FOREIGN:
            report_foreign_answer(PARTNER, code)
        return outcome

    async def _exchange(self, asked: Asked, inquiry: EligibilityInquiry) -> bytes:
        envelope = Envelope(
            sender=asked.submitter,
            receiver=_CMS,
            created=self._clock.now(),
            control_number=asked.inquiry_id.int % _CONTROL_NUMBERS + 1,
        )
        message = CoreMessage(
            payload_type=_REQUEST,
            payload_id=str(asked.inquiry_id),
            at=self._clock.now(),
            sender=asked.submitter,
            receiver=_CMS,
            payload=b"".join(write_270([inquiry], envelope)),
        )
        status, content_type, body = await self._post(*WRITING[self._own.hets_form](message))
        try:
            answered = READING[self._own.hets_form](content_type, body)
        except CoreFaultError as error:
            raise HetsUnavailableError(f"{ENVELOPE} {error}") from error
        except CoreEnvelopeError as error:
            reason = ENVELOPE if status == HTTPStatus.OK else f"{HTTP_STATUS} {status}"
            raise HetsUnavailableError(reason) from error
        if answered.error_code != SUCCESS:
            raise HetsUnavailableError(f"{ENVELOPE} {_known_error(answered.error_code)}")
        if status != HTTPStatus.OK:
            raise HetsUnavailableError(f"{HTTP_STATUS} {status}")
        return answered.payload

    async def _post(self, content_type: str, body: bytes) -> tuple[int, str, bytes]:
        """Send one message; status, content type and body of what comes back, all within the time HETS is given."""
        context = self._context()
        try:
            with span("ask hets", kind=SpanKind.CLIENT):
                async with asyncio.timeout(self._own.hets_seconds):
                    return await self._send(context, content_type, body)
        except aiohttp.ConnectionTimeoutError as error:
            raise HetsUnavailableError(f"{NO_CONNECTION} {type(error).__name__}") from error
        except TimeoutError as error:
            raise HetsUnavailableError(TOO_LATE) from error
        except (aiohttp.ClientError, OSError) as error:
            if fault := refused_certificate(error.__cause__ or error) or fault_of_ours(
                self._settings, PARTNER, self._clock.now()
            ):
                raise _refused(fault) from error
            kind = NO_CONNECTION if isinstance(error, aiohttp.ClientConnectorError) else BROKEN_OFF
            raise HetsUnavailableError(f"{kind} {type(error).__name__}") from error

    def _context(self) -> ssl.SSLContext:
        try:
            return trust(self._settings, PARTNER)
        except OSError as error:
            raise _refused(refused_certificate(error) or f"ours: {type(error).__name__}") from error

    async def _send(self, context: ssl.SSLContext, content_type: str, body: bytes) -> tuple[int, str, bytes]:
        # Not compressed, so that what comes is no longer than what was counted.
        headers = {"content-type": content_type, "accept-encoding": "identity"}
        connect = min(_CONNECT_SECONDS, self._own.hets_seconds * _CONNECT_SHARE)
        async with (
            _session(context, aiohttp.ClientTimeout(total=None, sock_connect=connect)) as session,
            session.post(
                self._own.address(self._settings), data=body, headers=headers, allow_redirects=False
            ) as answer,
        ):
            received = bytearray()
            async for piece in answer.content.iter_any():
                received += piece
                if len(received) > _MAX_ANSWER_LENGTH:
                    raise UnusableAnswerError(TOO_LARGE)
            return answer.status, answer.headers.get("content-type", ""), bytes(received)


def _session(context: ssl.SSLContext, timeout: aiohttp.ClientTimeout) -> aiohttp.ClientSession:
    """A client for one message: HETS takes one inquiry for each connection."""
    connector = aiohttp.TCPConnector(ssl=context, force_close=True)
    return aiohttp.ClientSession(connector=connector, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar())


def _refused(fault: str) -> HetsUnavailableError:
    report_certificate(PARTNER, fault)
    return HetsUnavailableError(f"{CERTIFICATE} {fault}")


# What CORE vC2.2.0 calls an envelope that is not taken: a field and what is wrong with it, or one of a few words.
_ERROR_CODE = re.compile("[A-Za-z]{2,24}(?:Required|Illegal|NotUnderstood)|VersionMismatch|UnAuthorized")


def _known_error(code: str) -> str:
    """An error code of the rule as it came; `other` for anything else, which may be any text."""
    return code if _ERROR_CODE.fullmatch(code) else "other"


async def check(runtime: Runtime) -> None:
    """Return when HETS answers; raise when it does not, or says itself that it cannot: what the notifier asks."""
    settings = runtime.settings
    limit = aiohttp.ClientTimeout(total=_CHECK_SECONDS)
    async with (
        _session(trust(settings, PARTNER), limit) as session,
        session.get(eligibility_settings().address(settings)) as answer,
    ):
        # It takes POST alone, so it refuses the question; that it is there to refuse is all that is asked.
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise HetsUnavailableError(f"status {answer.status}")


def judge(payload: bytes, inquiry: EligibilityInquiry, today: date) -> Outcome:
    """What HETS's answer to `inquiry` comes to.

    An answer that cannot be read, is refused by its guide, or belongs to another question or patient is `unreadable`:
    nothing of it is kept.
    """
    answer, faults = _read(payload, today)
    if answer is None:
        return Outcome(UNREADABLE, reason=faults)
    if foreign := answers(inquiry, answer):
        return Outcome(UNREADABLE, reason=f"{FOREIGN} {foreign[0].code}")
    entitlement, refusals = in_words(answer)
    unknown = unknown_codes(answer)
    if entitlement is None:
        reasons = tuple(dict.fromkeys(each.code for each in refusals))
        return Outcome(REFUSED, payload, reasons, refusals=refusals, unknown=unknown)
    return Outcome(ANSWERED, payload, entitlement=entitlement, unknown=unknown)


def _read(payload: bytes, today: date) -> tuple[EligibilityAnswer | None, str]:
    """The one answer of a 271, or why there is none. Of an answer about many no more than a piece is held."""
    found: list[EligibilityAnswer] = []
    acknowledged, stands = "", False
    for item in read_file(_pieces(payload), received=today, guides=_GUIDES):
        if isinstance(item, Batch):
            found += item.of(EligibilityAnswer)
            acknowledged = acknowledged or _acknowledgment(item)
        else:
            stands = item.stands
        if len(found) > 1:
            return None, NOT_ONE_ANSWER
    if acknowledged and not found:
        return None, acknowledged
    if not stands:
        return None, NOT_ACCEPTED
    return (found[0], "") if found else (None, NOT_ONE_ANSWER)


def _pieces(payload: bytes) -> Iterator[bytes]:
    return (payload[at : at + _PIECE] for at in range(0, len(payload), _PIECE))


def _acknowledgment(batch: Batch) -> str:
    """What came in place of an answer: a TA1 with its note, or a 999 with the segments it names; empty for neither."""
    for refused in batch.of(InterchangeAcknowledgment):
        return f"{INTERCHANGE_REFUSED} {refused.note}"
    for group in batch.of(GroupAcknowledgment):
        segments = [fault.segment[:3] for each in group.sets for fault in each.segments]
        return " ".join([SYNTAX_REFUSED, *segments[:_TOLD]])
    return ""


def _inquiry(asked: Asked, now: datetime) -> EligibilityInquiry:
    return EligibilityInquiry(
        heading=Heading(asked.trace, now, "13"),
        source=Source(Name("PR", "2", _CMS, qualifier="PI", identifier=_CMS)),
        receiver=Receiver(Name("1P", "2", asked.organization, qualifier="XX", identifier=asked.npi)),
        subscriber=replace(
            asked.written.subscriber if asked.written else _asked_person(asked.question),
            traces=[Trace("1", asked.trace, f"9{asked.submitter:0>9}")],
        ),
    )


def _asked_person(question: Question) -> AskedPerson:
    name = sent_name(question)
    last = None if question.service_to == question.service_from else question.service_to
    return AskedPerson(
        name=Name("IL", "1", name.last, name.first, suffix=name.suffix, qualifier="MI", identifier=question.mbi),
        birth_date=question.birth_date,
        dates=[Dated("291", question.service_from, last)],
        questions=[AskedQuestion((question.service_type,))],
    )


def answer_of(payload: bytes, today: date) -> EligibilityAnswer | None:
    """A kept 271 as HETS wrote it; `None` when there is none in it."""
    return _read(payload, today)[0]


def open_answer(payload: bytes, today: date) -> tuple[Entitlement | None, tuple[Refusal, ...]]:
    """A kept 271 in words: the entitlement, or why HETS refused the question."""
    answer = answer_of(payload, today)
    return (None, ()) if answer is None else in_words(answer)
