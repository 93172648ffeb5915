"""Runs the item history: questions over HTTPS on its port, the window on its own."""

import asyncio
import os

from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.common.clock import SystemClock
from libs.common.observability.logs import configure_logs, log
from libs.common.settings import ITEM_HISTORY, ITEM_HISTORY_WINDOW, Settings
from simulators.item_history.history import History
from simulators.item_history.server import State, door, window
from simulators.population import DEFAULT_SEED
from simulators.serving import install_trust, run, serve_http

_NAME, _CREDENTIALS = "item_history", "item-history"


class Start(BaseSettings):
    """How it begins."""

    model_config = SettingsConfigDict(env_prefix="PORTICO_ITEM_HISTORY_", frozen=True, extra="ignore")

    seed: int = DEFAULT_SEED


async def simulate(stop: asyncio.Event) -> None:
    """Serve until `stop` is set."""
    settings = Settings()
    configure_logs(_NAME, "simulator", str(os.getpid()))
    clock = SystemClock(settings.state_directory / "clock-offset")
    files = install_trust(_CREDENTIALS, settings.state_directory, clock)
    state, history = State(), History(Start().seed)
    log.info("started", port=settings.port(ITEM_HISTORY))
    async with asyncio.TaskGroup() as group:
        application = door(history, state, clock.business)
        group.create_task(serve_http(application, settings.port(ITEM_HISTORY), stop, certificates=files))
        group.create_task(serve_http(window(history, state), settings.port(ITEM_HISTORY_WINDOW), stop))


if __name__ == "__main__":
    run(simulate)
