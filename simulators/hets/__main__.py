"""Runs HETS: CORE messages over HTTPS on its port, for whom shows our certificate; the window on its own."""

import asyncio
import os

from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.common.clock import SystemClock
from libs.common.observability.logs import configure_logs, log
from libs.common.settings import HETS, HETS_WINDOW, Settings
from simulators.hets.enrollments import Enrollments
from simulators.hets.knowledge import Knowledge
from simulators.hets.server import State, core, window
from simulators.population import DEFAULT_SEED
from simulators.serving import install_client, install_trust, run, serve_http

_NAME = "hets"


class Start(BaseSettings):
    """How it begins."""

    model_config = SettingsConfigDict(env_prefix="PORTICO_HETS_", frozen=True, extra="ignore")

    seed: int = DEFAULT_SEED


async def simulate(stop: asyncio.Event) -> None:
    """Serve until `stop` is set."""
    settings = Settings()
    configure_logs(_NAME, "simulator", str(os.getpid()))
    clock = SystemClock(settings.state_directory / "clock-offset")
    files = install_trust(_NAME, settings.state_directory, clock)
    clients = install_client(_NAME, settings.state_directory, clock)
    state, knowledge = State(), Knowledge(Start().seed)
    enrollments = Enrollments(Start().seed, settings.state_directory / _NAME)
    application = core(knowledge, state, clock.business, enrollments)
    log.info("started", port=settings.port(HETS))
    async with asyncio.TaskGroup() as group:
        group.create_task(serve_http(application, settings.port(HETS), stop, certificates=files, clients=clients))
        group.create_task(serve_http(window(state, knowledge), settings.port(HETS_WINDOW), stop))


if __name__ == "__main__":
    run(simulate)
