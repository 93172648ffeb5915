"""Runs the proofing partner: proofings over HTTPS for whom shows our certificate; the window on its own."""

import asyncio
import os

from libs.common.clock import SystemClock
from libs.common.observability.logs import configure_logs, log
from libs.common.settings import PROOFING, PROOFING_WINDOW, Settings
from simulators.proofing.server import State, door, window
from simulators.serving import install_client, install_trust, run, serve_http

_NAME = "proofing"


async def simulate(stop: asyncio.Event) -> None:
    """Serve until `stop` is set."""
    settings = Settings()
    configure_logs(_NAME, "simulator", str(os.getpid()))
    clock = SystemClock(settings.state_directory / "clock-offset")
    files = install_trust(_NAME, settings.state_directory, clock)
    clients = install_client(_NAME, settings.state_directory, clock)
    state = State()
    log.info("started", port=settings.port(PROOFING))
    async with asyncio.TaskGroup() as group:
        group.create_task(serve_http(door(state), settings.port(PROOFING), stop, certificates=files, clients=clients))
        group.create_task(serve_http(window(state), settings.port(PROOFING_WINDOW), stop))


if __name__ == "__main__":
    run(simulate)
