"""Its two doors: messages over HTTPS, and the window through which tests and people read what phones were told."""

from dataclasses import dataclass, field

from fastapi import FastAPI

from libs.partners.phone_messages import Message, Taken
from simulators.behaving import Behavior, let_behave


@dataclass
class State:
    """How it behaves now, what it took, in order, and how much it refused."""

    behavior: Behavior = field(default_factory=Behavior)
    messages: list[Message] = field(default_factory=list)
    refused: int = 0


def door(state: State) -> FastAPI:
    """The application behind HTTPS."""
    application = FastAPI(title="Phone message simulator", docs_url=None, redoc_url=None)
    let_behave(application, state)

    @application.post("/messages")
    async def take(message: Message) -> Taken:
        if all(each.message_id != message.message_id for each in state.messages):
            state.messages.append(message)
        return Taken(message_id=message.message_id)

    return application


def window(state: State) -> FastAPI:
    """The application for tests and people."""
    application = FastAPI(title="Phone message simulator", docs_url=None, redoc_url=None)

    @application.get("/messages")
    async def messages() -> list[dict[str, str]]:
        return [each.model_dump(mode="json") for each in state.messages]

    @application.post("/behavior")
    async def behave(behavior: Behavior) -> Behavior:
        state.behavior = behavior
        return behavior

    return application
