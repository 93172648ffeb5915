"""The window (HTTP) into the shared system: is it ready, how far is it, and how it is told to dawdle."""

from collections.abc import Callable
from dataclasses import asdict

from fastapi import FastAPI, Response
from pydantic import BaseModel, Field

from simulators.shared_system.system import SharedSystem


class Behavior(BaseModel):
    """Claims are decided `delay_seconds` after they came; while on `hold` nothing is answered at all."""

    delay_seconds: float = Field(default=2.0, ge=0)
    hold: bool = False


def window(system: SharedSystem, connected: Callable[[], bool]) -> FastAPI:
    """The HTTP application."""
    application = FastAPI(title="Shared system simulator", docs_url=None, redoc_url=None)

    @application.get("/readyz")
    async def ready(response: Response) -> dict[str, str]:
        if connected():
            return {"status": "ready"}
        response.status_code = 503
        return {"status": "waiting for the broker"}

    @application.get("/progress")
    async def progress() -> dict[str, int]:
        return asdict(system.progress.counts())

    @application.post("/behavior")
    async def behave(behavior: Behavior) -> Behavior:
        system.progress.behave(delay_seconds=behavior.delay_seconds, hold=behavior.hold)
        system.wake()
        return behavior

    return application
