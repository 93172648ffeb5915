"""The partner's two doors: proofings over HTTPS, and the window through which tests and people tell it to misbehave."""

from dataclasses import dataclass, field

from fastapi import FastAPI, Response

from libs.partners.proofing import Proofing
from simulators import behaving
from simulators.proofing.deciding import STORIES, Deciding


class Behavior(behaving.Behavior):
    """`settled`: whoever was asked to call or to send documents has done so, and it agrees."""

    settled: bool = True


@dataclass
class State:
    """How it behaves now, how much it answered and refused, and what it remembers."""

    behavior: Behavior = field(default_factory=Behavior)
    answered: int = 0
    refused: int = 0
    deciding: Deciding = field(default_factory=Deciding)


def door(state: State) -> FastAPI:
    """The application behind HTTPS."""
    application = FastAPI(title="Proofing simulator", docs_url=None, redoc_url=None)
    behaving.let_behave(application, state)

    @application.post("/proofings")
    async def proof(asked: Proofing) -> Response:
        state.answered += 1
        return Response(state.deciding.decide(asked).model_dump_json(), media_type="application/json")

    @application.get("/proofings/{reference}")
    async def look(reference: str) -> Response:
        state.answered += 1
        state.deciding.settled = state.behavior.settled
        found = state.deciding.look(reference)
        if found is None:
            return Response(status_code=404)
        return Response(found.model_dump_json(), media_type="application/json")

    return application


def window(state: State) -> FastAPI:
    """The application for tests and people."""
    application = FastAPI(title="Proofing simulator", docs_url=None, redoc_url=None)

    @application.get("/progress")
    async def progress() -> dict[str, int]:
        return {"answered": state.answered, "refused": state.refused}

    @application.get("/stories")
    async def stories() -> dict[str, str]:
        return STORIES

    @application.post("/behavior")
    async def behave(behavior: Behavior) -> Behavior:
        state.behavior = behavior
        return behavior

    return application
