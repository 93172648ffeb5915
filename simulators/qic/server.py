"""The QIC's two doors: cases over HTTPS, and the window through which tests and people tell it to misbehave."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID

from fastapi import FastAPI, HTTPException, Request, Response

from libs.partners.qic import Case, CaseFile, Receipt
from simulators import behaving
from simulators.qic.cases import AnotherFileError, Cases, MissingDocumentError


class Behavior(behaving.Behavior):
    """With `lose`, what is asked is done, but the answer is lost."""

    lose: bool = False


@dataclass
class State:
    """How it behaves now, and how much it refused."""

    behavior: Behavior = field(default_factory=Behavior)
    refused: int = 0


def door(cases: Cases, state: State) -> FastAPI:
    """The application behind HTTPS."""
    application = FastAPI(title="QIC simulator", docs_url=None, redoc_url=None)

    @application.middleware("http")
    async def lose(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
        behavior = state.behavior
        answer = await go_on(request)
        return Response(status_code=504) if behavior.lose else answer

    behaving.let_behave(application, state)

    @application.put("/cases/{case_id}/documents/{document_id}", status_code=204)
    async def document(case_id: UUID, document_id: UUID, request: Request) -> None:
        cases.keep_document(case_id, document_id, await request.body())

    @application.put("/cases/{case_id}")
    async def take(case_id: UUID, sent: CaseFile) -> Receipt:
        try:
            return cases.take(case_id, sent)
        except MissingDocumentError as error:
            raise HTTPException(422, "a document is missing") from error
        except AnotherFileError as error:
            raise HTTPException(409, "another file came before") from error

    @application.get("/cases/{case_id}")
    async def case(case_id: UUID) -> Case:
        found = cases.find(case_id)
        if found is None:
            raise HTTPException(404)
        return found

    return application


def window(cases: Cases, state: State) -> FastAPI:
    """The application for tests and people."""
    application = FastAPI(title="QIC simulator", docs_url=None, redoc_url=None)

    @application.get("/progress")
    async def progress() -> dict[str, int]:
        known = cases.all().values()
        decided = sum(case.decision is not None for case in known)
        return {"received": len(known), "decided": decided, "refused": state.refused}

    @application.get("/cases")
    async def list_cases() -> dict[str, Case]:
        return cases.all()

    @application.post("/behavior")
    async def behave(behavior: Behavior) -> Behavior:
        state.behavior = behavior
        return behavior

    return application
