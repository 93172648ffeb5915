"""The partner that reaches phones beside a test: the simulator itself, over HTTPS."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from deploy.local.portal import free_port_base
from libs.common.clock import SetClock
from libs.common.settings import PHONE_MESSAGES, Settings
from services.auth.settings import auth_settings
from simulators.phone_messages.server import State, door
from simulators.serving import install_client, install_trust, serve_http
from tests.support.eligibility import listens
from tests.support.portico import MORNING
from tools.walk.place import until


class Phones:
    """What phones were told."""

    def __init__(self, state: State) -> None:
        self.state = state

    @property
    def code(self) -> str:
        """The code that was told last."""
        found = re.search(r"(?:[0-9](?:, )?){6}", self.state.messages[-1].text.get_secret_value())
        assert found
        return found.group().replace(", ", "")


@asynccontextmanager
async def phones_ringing(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Phones]:
    """The partner on a port of its own, trusted by auth."""
    async with free_port_base() as base:
        port = base + PHONE_MESSAGES
        monkeypatch.setenv("PORTICO_AUTH_PHONE_MESSAGES_ADDRESS", f"https://localhost:{port}/messages")
        auth_settings.cache_clear()
        files = install_trust("phone-messages", settings.state_directory, SetClock(MORNING))
        clients = install_client("phone-messages", settings.state_directory, SetClock(MORNING))
        state, stop = State(), asyncio.Event()
        serving = asyncio.create_task(serve_http(door(state), port, stop, certificates=files, clients=clients))
        await until(lambda: listens(port), within=10, waiting_for="the partner that reaches phones")
        try:
            yield Phones(state)
        finally:
            stop.set()
            await serving
            auth_settings.cache_clear()
