"""The two doors of the item history: questions over HTTPS, and the window through which it is told to misbehave."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeVar

from fastapi import FastAPI, Response

from libs.partners.item_history import CertificatesAsked, CertificatesFound, Found, ItemsAsked, ItemsFound
from simulators import behaving
from simulators.item_history.history import History

_Found = TypeVar("_Found", bound=Found)


class Behavior(behaving.Behavior):
    """It may answer otherwise than right.

    `answer` may belong to another question (`foreign`) or patient (`other-patient`), be cut off (`cut`), or have words
    that nobody agreed on (`new-words`).
    """

    answer: Literal["right", "foreign", "other-patient", "cut", "new-words"] = "right"


@dataclass
class State:
    """How it behaves now, and how much it answered."""

    behavior: Behavior = field(default_factory=Behavior)
    answered: int = 0
    refused: int = 0


def door(history: History, state: State, now: Callable[[], datetime]) -> FastAPI:
    """The application behind HTTPS."""
    application = FastAPI(title="Item history simulator", docs_url=None, redoc_url=None)
    behaving.let_behave(application, state)

    @application.post("/items")
    async def items(asked: ItemsAsked) -> Response:
        state.answered += 1
        return _said(history.find_items(asked, now()), state.behavior)

    @application.post("/certificates")
    async def certificates(asked: CertificatesAsked) -> Response:
        state.answered += 1
        return _said(history.find_certificates(asked, now()), state.behavior)

    return application


def _said(found: ItemsFound | CertificatesFound, behavior: Behavior) -> Response:
    match behavior.answer:
        case "foreign":
            text = _with(found, trace="ANOTHER")
        case "other-patient":
            text = _with(found, mbi="1EG4TE5MK73")
        case "cut":
            text = found.model_dump_json()[:-20]
        case "new-words":
            text = found.model_dump_json().replace('"outcome":"', '"outcome":"perhaps-')
        case _:
            text = found.model_dump_json()
    return Response(text, media_type="application/json")


def _with(found: _Found, **changed: str) -> str:
    return found.model_copy(update=changed).model_dump_json()


def window(history: History, state: State) -> FastAPI:
    """The application for tests and people."""
    application = FastAPI(title="Item history simulator", docs_url=None, redoc_url=None)

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
            for person, story in history.patients.values()
        ]

    @application.post("/behavior")
    async def behave(behavior: Behavior) -> Behavior:
        state.behavior = behavior
        return behavior

    return application
