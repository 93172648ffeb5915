"""Runs the source of Medicare numbers: look-ups over HTTPS for whom shows our certificate; the window on its own."""

import asyncio
import os

from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.common.clock import SystemClock
from libs.common.observability.logs import configure_logs, log
from libs.common.settings import MBI_LOOK_UP, MBI_LOOK_UP_WINDOW, Settings
from simulators.mbi_look_up.people import People
from simulators.mbi_look_up.server import State, door, window
from simulators.population import DEFAULT_SEED
from simulators.serving import install_client, install_trust, run, serve_http

_NAME = "mbi_look_up"
_TRUSTED_AS = "mbi-look-up"


class Start(BaseSettings):
    """How it begins."""

    model_config = SettingsConfigDict(env_prefix="PORTICO_MBI_LOOK_UP_", frozen=True, extra="ignore")

    seed: int = DEFAULT_SEED


async def simulate(stop: asyncio.Event) -> None:
    """Serve until `stop` is set."""
    settings = Settings()
    configure_logs(_NAME, "simulator", str(os.getpid()))
    clock = SystemClock(settings.state_directory / "clock-offset")
    files = install_trust(_TRUSTED_AS, settings.state_directory, clock)
    clients = install_client(_TRUSTED_AS, settings.state_directory, clock)
    state, people = State(), People(Start().seed)
    application = door(people, state, lambda: clock.business().date())
    log.info("started", port=settings.port(MBI_LOOK_UP))
    async with asyncio.TaskGroup() as group:
        group.create_task(
            serve_http(application, settings.port(MBI_LOOK_UP), stop, certificates=files, clients=clients)
        )
        group.create_task(serve_http(window(people, state), settings.port(MBI_LOOK_UP_WINDOW), stop))


if __name__ == "__main__":
    run(simulate)
