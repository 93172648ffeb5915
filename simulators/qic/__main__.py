"""Runs the QIC: cases over HTTPS on its port, the window on its own."""

import asyncio
import os

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.common.clock import SystemClock
from libs.common.observability.logs import configure_logs, log
from libs.common.settings import QIC, QIC_WINDOW, Settings
from simulators.population import DEFAULT_SEED
from simulators.qic.cases import Cases
from simulators.qic.server import State, door, window
from simulators.serving import install_trust, run, serve_http

_NAME = "qic"


class Start(BaseSettings):
    """How it begins."""

    model_config = SettingsConfigDict(env_prefix="PORTICO_QIC_", frozen=True, extra="ignore")

    seed: int = DEFAULT_SEED
    decide_seconds: float = Field(default=3.0, ge=0)
    """How long after its receipt a case is decided, in real time."""


async def simulate(stop: asyncio.Event) -> None:
    """Serve until `stop` is set."""
    settings, start = Settings(), Start()
    configure_logs(_NAME, "simulator", str(os.getpid()))
    clock = SystemClock(settings.state_directory / "clock-offset")
    files = install_trust(_NAME, settings.state_directory, clock)
    cases = Cases(settings.state_directory / _NAME, clock, seed=start.seed, decide_seconds=start.decide_seconds)
    state = State()
    log.info("started", port=settings.port(QIC))
    async with asyncio.TaskGroup() as group:
        group.create_task(serve_http(door(cases, state), settings.port(QIC), stop, certificates=files))
        group.create_task(serve_http(window(cases, state), settings.port(QIC_WINDOW), stop))
    cases.close()


if __name__ == "__main__":
    run(simulate)
