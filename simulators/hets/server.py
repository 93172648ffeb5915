"""HETS's two doors: CORE messages over HTTPS, and the window through which tests and people tell it to misbehave."""

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from fastapi import FastAPI, HTTPException, Request, Response
from pydantic import BaseModel, Field
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.partners.core_connectivity import soap
from libs.partners.core_connectivity.forms import READING, WRITING, Form
from libs.partners.core_connectivity.message import SUCCESS, CoreEnvelopeError, CoreMessage
from libs.partners.hets_enrollment import Change, Link, Links, Submitter
from libs.x12.acknowledgment.writer import answering, write_999, write_ta1
from libs.x12.eligibility.objects import EligibilityInquiry, Rejection
from libs.x12.eligibility.writer import write_271
from libs.x12.reader import Batch, FileVerdict, read_file
from simulators.hets.enrollments import AnotherChangeError, Enrollments
from simulators.hets.knowledge import Knowledge
from simulators.population import Beneficiary

_REQUEST = "X12_270_Request_005010X279A1"
_ANSWER, _REFUSAL, _ENVELOPE = (
    "X12_271_Response_005010X279A1",
    "X12_999_Response_005010X231A1",
    "X12_TA1_Response_00501X231A1",
)
_NAME = "CMS"
_GUIDE = frozenset({"005010X279A1"})
# How a good question is read so that it is refused as a whole: without its beginning, under a version of long ago.
_MISREAD = {"999": (b"~BHT*", b"~BHX*"), "TA1": (b"*00501*", b"*00401*")}
_MANY = 10_000
_DRIP_SECONDS = 0.1


class Behavior(BaseModel):
    """Answers come `delay_seconds` late; `refuse`: HTTP 503; `hold`: never; `fault`: the envelope is not taken.

    `answer` may be about somebody else (`foreign`), to another question (`trace`), about 10,000 persons (`many`), cut
    off (`cut`), use codes of a later guide (`new-codes`), be that the system behind HETS is away (`away`: AAA 42), or
    be a `999` or a `TA1` in place of a 271. Its `body` may break off in the middle (`breaks-off`), stand still there
    (`stalls`) or come byte by byte (`drips`).
    """

    delay_seconds: float = Field(default=0, ge=0)
    refuse: bool = False
    hold: bool = False
    fault: bool = False
    answer: Literal["right", "foreign", "trace", "many", "cut", "new-codes", "away", "999", "TA1"] = "right"
    body: Literal["whole", "breaks-off", "stalls", "drips"] = "whole"


@dataclass
class State:
    """How it behaves now, how much it answered, how many wait for it now, how many did so at once, and how long all."""

    behavior: Behavior = field(default_factory=Behavior)
    answered: int = 0
    refused: int = 0
    open: int = 0
    most_open: int = 0
    seconds: float = 0.0

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Count a request while it is here, and how long it is."""
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        came = time.perf_counter()
        try:
            yield
        finally:
            self.open -= 1
            self.seconds += time.perf_counter() - came


class _Behaving:
    """Lets each request wait, refuses it or leaves it without an answer, as the window says."""

    def __init__(self, app: ASGIApp, state: State) -> None:
        self._app = app
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._state.opened():
            await self._behave(scope, receive, send)

    async def _behave(self, scope: Scope, receive: Receive, send: Send) -> None:
        behavior = self._state.behavior
        if behavior.delay_seconds:
            await asyncio.sleep(behavior.delay_seconds)
        if behavior.hold:
            await _gone(receive)
            return
        if behavior.refuse:
            self._state.refused += 1
            await Response(status_code=503)(scope, receive, send)
            return
        await self._app(scope, receive, send if behavior.body == "whole" else _hindered(receive, send, behavior.body))


async def _gone(receive: Receive) -> None:
    """Wait until the other side has gone away."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _hindered(receive: Receive, send: Send, how: str) -> Send:
    """Sends as `send`, but of each body the first half alone, or all of it byte by byte."""

    async def hinder(message: Message) -> None:
        if message["type"] != "http.response.body":
            await send(message)
            return
        body: bytes = message["body"]
        gone = asyncio.ensure_future(_gone(receive))
        pieces = [body[at : at + 1] for at in range(len(body))] if how == "drips" else [body[: len(body) // 2]]
        for piece in pieces:
            await send({"type": message["type"], "body": piece, "more_body": True})
            if how != "breaks-off":
                await asyncio.wait([gone], timeout=_DRIP_SECONDS if how == "drips" else None)
            if gone.done():
                break
        gone.cancel()

    return hinder


def core(
    knowledge: Knowledge, state: State, now: Callable[[], datetime], enrollments: Enrollments | None = None
) -> FastAPI:
    """The application behind HTTPS: the same in both forms of the envelope.

    With `enrollments` it answers AAA 41 for an NPI that is not linked, and takes HETS EDI enrollments.
    """
    application = FastAPI(title="HETS simulator", docs_url=None, redoc_url=None)
    application.add_middleware(_Behaving, state=state)

    @application.post("/core/{form}")
    async def take(form: Form, request: Request) -> Response:
        try:
            message = READING[form](request.headers.get("content-type", ""), await request.body())
            payload_type, payload = _answer(knowledge, message, now(), state.behavior, enrollments)
        except CoreEnvelopeError as error:
            state.refused += 1
            return _refusal(form, now(), str(error))
        state.answered += 1
        return _reply(form, payload_type, message.payload_id, now(), payload)

    if enrollments is not None:
        _add_enrollment_office(application, enrollments)
    return application


def _add_enrollment_office(application: FastAPI, enrollments: Enrollments) -> None:
    @application.put("/edi/enrollments/{request_id}")
    async def take(request_id: UUID, change: Change) -> Link:
        try:
            return enrollments.take(request_id, change)
        except AnotherChangeError as error:
            raise HTTPException(409, "another request came before under this id") from error

    @application.get("/edi/submitters/{submitter}")
    async def known(submitter: str) -> Submitter:
        if name := enrollments.named(submitter):
            return Submitter(submitter=submitter, name=name)
        raise HTTPException(404, "nobody asks under this ID")

    @application.get("/edi/enrollments")
    async def listed(submitter: str) -> Links:
        return Links(links=enrollments.links(submitter))


def _behaved(payload: bytes, behavior: Behavior) -> bytes:
    match behavior.answer:
        case "foreign":
            return payload.replace(b"~NM1*IL*1*", b"~NM1*IL*1*X")
        case "trace":
            return payload.replace(b"~TRN*2*", b"~TRN*2*X")
        case "many":
            return _of_many(payload)
        case "cut":
            return payload[: len(payload) // 2]
        case "new-codes":
            return payload.replace(b"~EB*C*", b"~EB*9Z*").replace(b"~AAA*N**71*", b"~AAA*N**9Z*")
        case _:
            return payload


def _answer(
    knowledge: Knowledge, message: CoreMessage, now: datetime, behavior: Behavior, enrollments: Enrollments | None
) -> tuple[str, bytes]:
    """What a payload is answered with: TA1 for its envelope, 999 for its structure, else the 271."""
    if behavior.fault:
        raise CoreEnvelopeError("SenderID is not known")
    if message.payload_type != _REQUEST or message.mode != "RealTime":
        raise CoreEnvelopeError("only X12_270_Request_005010X279A1 in real time is taken")
    misread = message.payload.replace(*_MISREAD.get(behavior.answer, (b"", b"")))
    *batches, verdict = read_file([misread], received=now.date(), guides=_GUIDE)
    if not isinstance(verdict, FileVerdict) or not verdict.interchanges:
        raise CoreEnvelopeError("the payload is no X12 interchange")
    [interchange, *_] = verdict.interchanges
    if not interchange.takes_ta1:
        raise CoreEnvelopeError("the payload is no interchange that can be answered")
    envelope = answering(interchange, now, int(interchange.control_number) % 999_999_999 + 1)
    if interchange.note != "000":
        return _ENVELOPE, write_ta1(interchange, envelope)
    inquiries = [each for batch in batches if isinstance(batch, Batch) for each in batch.of(EligibilityInquiry)]
    if verdict.rejected_transactions or len(inquiries) != 1:
        return _REFUSAL, b"".join(write_999(interchange, envelope))
    inquiry = inquiries[0]
    if behavior.answer == "away":
        said = knowledge.refusal(inquiry, now, Rejection("2100A", "42", "R"))
    elif enrollments is None or enrollments.may_ask(inquiry.provider_npi, message.sender, now.date()):
        said = knowledge.answer(inquiry, now)
    else:
        said = knowledge.refusal(inquiry, now, Rejection("2100B", "41", "N"))
    return _ANSWER, _behaved(b"".join(write_271([said], envelope)), behavior)


def _of_many(payload: bytes) -> bytes:
    """The same answer about 10,000 persons, in one transaction set."""
    start, end = payload.index(b"HL*3*"), payload.index(b"SE*")
    person = payload[start:end]
    persons = b"".join(person.replace(b"HL*3*", b"HL*%d*" % number) for number in range(3, 3 + _MANY))
    segments = payload[payload.index(b"ST*") : start].count(b"~") + persons.count(b"~") + 1
    return payload[:start] + persons + re.sub(rb"^SE\*\d+", b"SE*%d" % segments, payload[end:])


def _refusal(form: Form, at: datetime, sentence: str) -> Response:
    """What an envelope that is not taken is answered with: a fault in SOAP, an error code in MIME."""
    if form == "soap":
        content_type, body = soap.write_fault("Sender", sentence)
        return Response(body, 500, headers={"content-type": content_type})
    return _reply(form, "CoreEnvelopeError", "", at, b"", error_code="PayloadTypeRequired", error_message=sentence)


def _reply(
    form: Form,
    payload_type: str,
    payload_id: str,
    at: datetime,
    payload: bytes,
    *,
    error_code: str = SUCCESS,
    error_message: str = "",
) -> Response:
    message = CoreMessage(
        payload_type,
        payload_id or "unknown",
        at,
        _NAME,
        "SUBMITTER",
        payload,
        error_code=error_code,
        error_message=error_message,
    )
    content_type, body = WRITING[form](message)
    return Response(body, headers={"content-type": content_type})


def _old_number(number: str, person: Beneficiary) -> dict[str, str]:
    return {
        "story": "Has a new Medicare number: this is the old one",
        "mbi": number,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "birth_date": f"{person.birth_date:%m/%d/%Y}",
    }


def window(state: State, knowledge: Knowledge) -> FastAPI:
    """The application for tests and people."""
    application = FastAPI(title="HETS simulator", docs_url=None, redoc_url=None)

    @application.get("/progress")
    async def progress() -> dict[str, int]:
        return {
            "answered": state.answered,
            "refused": state.refused,
            "most_open": state.most_open,
            "milliseconds": round(state.seconds * 1000),
        }

    @application.get("/patients")
    async def patients() -> list[dict[str, str]]:
        return [
            {
                "story": story.title,
                "mbi": person.mbi,
                "first_name": person.first_name,
                "last_name": person.last_name,
                "birth_date": f"{person.birth_date:%m/%d/%Y}",
            }
            for person, story in knowledge.patients.values()
        ] + [_old_number(*knowledge.replaced)]

    @application.post("/behavior")
    async def behave(behavior: Behavior) -> Behavior:
        state.behavior = behavior
        return behavior

    return application
