"""How a partner behaves that answers over HTTPS: late, not at all, or with a refusal, as its window is told."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, Field


class Behavior(BaseModel):
    """Answers come `delay_seconds` late; `refuse`: HTTP 503; `hold`: never."""

    delay_seconds: float = Field(default=0, ge=0)
    refuse: bool = False
    hold: bool = False


class Behaving(Protocol):
    """How a partner behaves now, and how much it refused."""

    refused: int

    @property
    def behavior(self) -> Behavior:
        """How it behaves now."""


def let_behave(application: FastAPI, state: Behaving) -> None:
    """Let each request wait, or be refused, before anything else is done with it."""

    @application.middleware("http")
    async def behave(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
        behavior = state.behavior
        await asyncio.sleep(behavior.delay_seconds)
        if behavior.hold:
            await asyncio.Event().wait()
        if behavior.refuse:
            state.refused += 1
            return Response(status_code=503)
        return await go_on(request)
