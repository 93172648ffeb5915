"""The source's two doors: look-ups over HTTPS, and the window through which tests and people tell it to misbehave."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal
from uuid import UUID

from fastapi import FastAPI, Response

from libs.partners.mbi_look_up import Found, LookUp
from simulators import behaving
from simulators.mbi_look_up.people import People


class Behavior(behaving.Behavior):
    """Its `answer` may be about somebody else (`foreign`), about another question (`stale`) or cut off (`cut`)."""

    answer: Literal["right", "foreign", "stale", "cut"] = "right"


@dataclass
class State:
    """How it behaves now, and how much it answered and refused."""

    behavior: Behavior = field(default_factory=Behavior)
    answered: int = 0
    refused: int = 0


def door(people: People, state: State, today: Callable[[], date]) -> FastAPI:
    """The application behind HTTPS."""
    application = FastAPI(title="MBI look-up simulator", docs_url=None, redoc_url=None)
    behaving.let_behave(application, state)

    @application.post("/look-ups")
    async def look_up(asked: LookUp) -> Response:
        state.answered += 1
        content = _behaved(people.find(asked, today()), state.behavior).model_dump_json()
        content = content[: len(content) // 2] if state.behavior.answer == "cut" else content
        return Response(content, media_type="application/json")

    return application


def _behaved(found: Found, behavior: Behavior) -> Found:
    if behavior.answer == "stale":
        return found.model_copy(update={"look_up_id": UUID(int=1)})
    if behavior.answer == "foreign" and found.person is not None:
        other = found.person.model_copy(update={"last_name": f"{found.person.last_name}x"})
        return found.model_copy(update={"person": other})
    return found


def window(people: People, state: State) -> FastAPI:
    """The application for tests and people."""
    application = FastAPI(title="MBI look-up simulator", docs_url=None, redoc_url=None)

    @application.get("/progress")
    async def progress() -> dict[str, int]:
        return {"answered": state.answered, "refused": state.refused}

    @application.get("/people")
    async def known() -> list[dict[str, str]]:
        return [
            {
                "first_name": each.person.first_name,
                "last_name": each.person.last_name,
                "ssn": each.ssn,
                "birth_date": f"{each.person.birth_date:%m/%d/%Y}",
                "note": each.note,
            }
            for each in people.shown()
        ]

    @application.post("/behavior")
    async def behave(behavior: Behavior) -> Behavior:
        state.behavior = behavior
        return behavior

    return application
