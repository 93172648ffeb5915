"""What a client sends slowly, or sends on after it was refused, neither loses the answer nor counts as ours."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any, cast

import httpx
import pytest
from fastapi import FastAPI, Request, Response
from starlette.types import Message, Receive, Scope, Send

from libs.common.runtime import Runtime
from libs.common.web.bodies import WholeBody
from libs.common.web.traffic import CountTraffic, Traffic

CHUNKS = 20


class Counted(Traffic):
    """Keeps what is counted, without a runtime."""

    def __init__(self) -> None:
        super().__init__(cast("Runtime", None))
        self.seen: list[tuple[str, int, float]] = []

    def count(self, function: str, status: int, seconds: float) -> None:
        self.seen.append((function, status, seconds))


async def refuse_at_once(_scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "http.response.start", "status": 400, "headers": []})
    await send({"type": "http.response.body", "body": b"no"})


async def serve(app: Any, headers: Mapping[bytes, bytes]) -> list[str]:
    """What happens at the server, in order: a chunk read, an answer begun, an answer ended."""
    events: list[str] = []
    left = CHUNKS

    async def receive() -> Message:
        nonlocal left
        if left == 0:
            return {"type": "http.disconnect"}
        left -= 1
        events.append("read")
        return {"type": "http.request", "body": b"x" * 1000, "more_body": left > 0}

    async def send(message: Message) -> None:
        events.append(message["type"].removeprefix("http.response."))

    scope = {"type": "http", "method": "POST", "path": "/", "headers": list(headers.items()), "state": {}}
    await app(scope, receive, send)
    return events


async def test_an_answer_begins_when_all_of_the_body_has_come() -> None:
    events = await serve(WholeBody(refuse_at_once), {b"content-length": b"20000"})
    assert events == ["read"] * CHUNKS + ["start", "body"]


async def test_a_request_without_a_body_is_answered_without_a_look_at_one() -> None:
    assert await serve(WholeBody(refuse_at_once), {}) == ["read", "start", "body"]


@pytest.mark.parametrize("status", [200, 503])
async def test_the_time_a_client_takes_to_send_is_not_counted_as_ours(status: int) -> None:
    traffic, arrived = Counted(), 0.0
    app = FastAPI()

    @app.post("/upload")
    async def upload(request: Request) -> Response:
        request.state.function = "F-08"
        await request.body()
        return Response(status_code=status)

    async def slowly() -> AsyncIterator[bytes]:
        nonlocal arrived
        yield b"a"
        await asyncio.sleep(0.1)  # what is looked at: a client that takes its time
        arrived = time.perf_counter()
        yield b"b"

    transport = httpx.ASGITransport(CountTraffic(WholeBody(app), traffic))
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        await client.post("/upload", content=slowly())
    [(function, told, seconds)] = traffic.seen
    assert (function, told) == ("F-08", status)
    assert seconds <= time.perf_counter() - arrived


async def test_a_client_that_goes_away_while_we_work_hides_no_time_of_ours() -> None:
    traffic = Counted()
    messages = [{"type": "http.request", "body": b"a", "more_body": False}, {"type": "http.disconnect"}]

    async def receive() -> Message:
        return messages.pop(0)

    async def send(_message: Message) -> None:
        pass

    async def answer_slowly(scope: Scope, take: Receive, send: Send) -> None:
        scope["state"]["function"] = "F-08"
        await take()
        begun = time.perf_counter()
        await asyncio.sleep(0.05)  # what is looked at: our work
        await take()
        scope["state"]["worked"] = time.perf_counter() - begun
        await send({"type": "http.response.start", "status": 200, "headers": []})

    state: dict[str, Any] = {}
    scope = {"type": "http", "method": "POST", "path": "/", "headers": [(b"content-length", b"1")], "state": state}
    await CountTraffic(WholeBody(answer_slowly), traffic)(scope, receive, send)
    [(_, _, seconds)] = traffic.seen
    assert seconds >= state["worked"]
