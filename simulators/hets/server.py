"""HETS's two doors: CORE messages over HTTPS, and the window through which tests and people tell it to misbehave."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from fastapi import FastAPI, HTTPException, Request, Response
from pydantic import BaseModel, Field
from starlette.types import ASGIApp, Receive, Scope, Send

from libs.partners.core_connectivity import SUCCESS, CoreEnvelopeError, CoreMessage, read_message, write_message
from libs.partners.hets_enrollment import Change, Link, Links
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


class Behavior(BaseModel):
    """Answers come `delay_seconds` late; `refuse`: HTTP 503; `hold`: never.

    `answer` may be about somebody else (`foreign`), cut off (`cut`), use codes of a later guide (`new-codes`) or be
    that the system behind HETS is away (`away`: AAA 42).
    """

    delay_seconds: float = Field(default=0, ge=0)
    refuse: bool = False
    hold: bool = False
    answer: Literal["right", "foreign", "cut", "new-codes", "away"] = "right"


@dataclass
class State:
    """How it behaves now, and how much it answered."""

    behavior: Behavior = field(default_factory=Behavior)
    answered: int = 0
    refused: int = 0


class _Behaving:
    """Lets each request wait, refuses it or leaves it without an answer, as the window says."""

    def __init__(self, app: ASGIApp, state: State) -> None:
        self._app = app
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        behavior = self._state.behavior
        if behavior.delay_seconds:
            await asyncio.sleep(behavior.delay_seconds)
        if behavior.hold:
            await asyncio.Event().wait()
        if behavior.refuse:
            self._state.refused += 1
            await Response(status_code=503)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def core(
    knowledge: Knowledge, state: State, now: Callable[[], datetime], enrollments: Enrollments | None = None
) -> FastAPI:
    """The application behind HTTPS. With `enrollments` it answers AAA 41 for an NPI that is not linked."""
    application = FastAPI(title="HETS simulator", docs_url=None, redoc_url=None)
    application.add_middleware(_Behaving, state=state)

    @application.post("/core/mime")
    async def take(request: Request) -> Response:
        try:
            message = read_message(request.headers.get("content-type", ""), await request.body())
            away = state.behavior.answer == "away"
            payload_type, payload = _answer(knowledge, message, now(), enrollments, away=away)
        except CoreEnvelopeError as error:
            state.refused += 1
            return _reply(
                "CoreEnvelopeError", "", now(), b"", error_code="PayloadTypeRequired", error_message=str(error)
            )
        state.answered += 1
        return _reply(payload_type, message.payload_id, now(), _behaved(payload, state.behavior))

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

    @application.get("/edi/enrollments")
    async def listed(submitter: str) -> Links:
        return Links(links=enrollments.links(submitter))


def _behaved(payload: bytes, behavior: Behavior) -> bytes:
    match behavior.answer:
        case "foreign":
            return payload.replace(b"~NM1*IL*1*", b"~NM1*IL*1*X")
        case "cut":
            return payload[: len(payload) // 2]
        case "new-codes":
            return payload.replace(b"~EB*C*", b"~EB*9Z*").replace(b"~AAA*N**71*", b"~AAA*N**9Z*")
        case _:
            return payload


def _answer(
    knowledge: Knowledge, message: CoreMessage, now: datetime, enrollments: Enrollments | None, *, away: bool
) -> tuple[str, bytes]:
    """What a payload is answered with: TA1 for its envelope, 999 for its structure, else the 271."""
    if message.payload_type != _REQUEST or message.mode != "RealTime":
        raise CoreEnvelopeError("only X12_270_Request_005010X279A1 in real time is taken")
    *batches, verdict = read_file([message.payload], received=now.date(), guides=_GUIDE)
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
    linked = enrollments is None or enrollments.may_ask(inquiry.provider_npi, message.sender, now.date())
    if away:
        answer = knowledge.refusal(inquiry, now, Rejection("2100A", "42", "R"))
    elif linked:
        answer = knowledge.answer(inquiry, now)
    else:
        answer = knowledge.refusal(inquiry, now, Rejection("2100B", "41", "N"))
    return _ANSWER, b"".join(write_271([answer], envelope))


def _reply(
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
    content_type, body = write_message(message)
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
        return {"answered": state.answered, "refused": state.refused}

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
