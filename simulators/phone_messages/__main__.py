"""Runs the partner that reaches phones: messages over HTTPS for whom shows our certificate; the window on its own."""

import asyncio
import os

from libs.common.clock import SystemClock
from libs.common.observability.logs import configure_logs, log
from libs.common.settings import PHONE_MESSAGES, PHONE_MESSAGES_WINDOW, Settings
from simulators.phone_messages.server import State, door, window
from simulators.serving import install_client, install_trust, run, serve_http

_NAME = "phone_messages"
_TRUSTED_AS = "phone-messages"


async def simulate(stop: asyncio.Event) -> None:
    """Serve until `stop` is set."""
    settings = Settings()
    configure_logs(_NAME, "simulator", str(os.getpid()))
    clock = SystemClock(settings.state_directory / "clock-offset")
    files = install_trust(_TRUSTED_AS, settings.state_directory, clock)
    clients = install_client(_TRUSTED_AS, settings.state_directory, clock)
    state = State()
    port = settings.port(PHONE_MESSAGES)
    log.info("started", port=port)
    async with asyncio.TaskGroup() as group:
        group.create_task(serve_http(door(state), port, stop, certificates=files, clients=clients))
        group.create_task(serve_http(window(state), settings.port(PHONE_MESSAGES_WINDOW), stop))


if __name__ == "__main__":
    run(simulate)
