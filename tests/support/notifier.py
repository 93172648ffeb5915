"""An interruption engine whose fault domains the test breaks and fixes, with a mail server that does as it is told."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from libs.common.clock import SystemClock
from libs.common.deployment import load_deployment
from libs.common.runtime import Runtime
from libs.common.settings import MAILBOX_SMTP, SERVICES, Settings
from services.notifier.engine import Engine
from services.notifier.health.domain import fault_domains
from services.notifier.health.partner import Probe
from services.notifier.settings import WatchSettings
from simulators.cms_mailbox.mailbox import Mailbox, StoredMessage
from simulators.cms_mailbox.server import serving_smtp

CONTRACT = Path(__file__).parents[2] / "contract.toml"
QUICK = WatchSettings(
    interval=0.05, suspect_interval=0.02, refused_interval=0.02, hold=0.1, first_contact=60, flap_changes=100
)


@dataclass
class World:
    """What the engine sees: `down` names the fault domains that do not answer."""

    settings: Settings
    mailbox: Mailbox
    watch: WatchSettings = QUICK
    down: set[str] = field(default_factory=set)
    blind: bool = False

    def probe(self, name: str) -> Probe:
        async def ask() -> None:
            if name in self.down:
                raise ConnectionRefusedError

        return ask

    @asynccontextmanager
    async def engine(self, runtime: Runtime | None = None) -> AsyncIterator[None]:
        """The engine runs while the block does; leaving it is the engine's death."""
        deployment = load_deployment(CONTRACT)
        domains = fault_domains(SERVICES, deployment.functions, deployment.partners)
        engine = Engine(
            domains,
            {name: self.probe(name) for name in domains},
            deployment=deployment,
            settings=self.settings,
            watch_settings=self.watch,
            clock=SystemClock(),
        )
        task = asyncio.create_task(engine.run(runtime))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    @asynccontextmanager
    async def mail(self) -> AsyncIterator[None]:
        """The mail server listens while the block runs."""
        async with serving_smtp(self.mailbox, self.settings.port(MAILBOX_SMTP)):
            yield

    @property
    def letters(self) -> list[StoredMessage]:
        return self.mailbox.messages

    @property
    def banner(self) -> str:
        """The banner the gateway would show."""
        file = self.settings.state_directory / "envoy" / "banner.json"
        return file.read_text(encoding="utf-8") if file.exists() else "null"

    @property
    def journal(self) -> list[dict[str, Any]]:
        """Its whole lines, read without repairing: the engine may be writing the last one."""
        file = self.settings.state_directory / "journal" / "notifier.jsonl"
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True) if file.exists() else []
        return [json.loads(line) for line in lines if line.endswith("\n")]

    @property
    def attempts(self) -> list[tuple[int, str]]:
        """Sequence and outcome of each attempt to deliver an alert."""
        deliveries = [entry["delivery"] for entry in self.journal if entry["entry"] == "delivery"]
        return [(each["sequence"], each["outcome"]) for each in deliveries]

    @property
    def functions(self) -> str:
        """What is told of the functions, as the local file has it."""
        file = self.settings.state_directory / "journal" / "functions.json"
        return file.read_text(encoding="utf-8") if file.exists() else ""


async def until(met: Callable[[], bool], *, within: float = 20.0) -> None:
    """Return when `met()` is true. Raises `TimeoutError` when it never becomes so."""
    async with asyncio.timeout(within):
        while not met():  # noqa: ASYNC110 - what is waited for are files and another task's doing
            await asyncio.sleep(0.01)
