"""What a request brings with it: an answer waits until all of it has arrived, and its arrival is the client's time.

The text of a JSON body is held to what forms are held to (`SentBody`).
"""

import time
from typing import Any

from pydantic import BaseModel, field_validator
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.common.text import is_printable, plain

ARRIVED = "body_arrived"
"""In the state of a request: when the last of its body came, by `time.perf_counter`."""

_MAX_DRAINED = 64 * 1024 * 1024  # above what any route takes


class SentBody(BaseModel):
    """The body of a request of a program. Its text is as that of a form: printable, without space around it."""

    @field_validator("*", mode="before")
    @classmethod
    def _as_in_a_form(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if not is_printable(value):
            raise ValueError("Remove the control characters: nobody can print them.")
        return plain(value)


class WholeBody:
    """ASGI middleware: reads what is left of a body before the answer begins.

    Who answers earlier closes a connection that the gateway still writes to; the gateway then may lose the answer and
    say 503 in its place, so that nobody learns what to correct.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; one without a body goes through as it is."""
        if scope["type"] != "http" or not _has_body(scope):
            await self._app(scope, receive, send)
            return
        more, size = True, 0

        async def take() -> Message:
            nonlocal more, size
            message = await receive()
            more = message["type"] == "http.request" and message.get("more_body", False)
            if message["type"] == "http.request":
                size += len(message.get("body", b""))
                scope["state"][ARRIVED] = time.perf_counter()
            return message

        async def answer(message: Message) -> None:
            while more and size < _MAX_DRAINED:
                await take()
            await send(message)

        await self._app(scope, take, answer)


def _has_body(scope: Scope) -> bool:
    """Whether one is announced (RFC 9112, section 6.3)."""
    return any(name in {b"content-length", b"transfer-encoding"} for name, _ in scope["headers"])
