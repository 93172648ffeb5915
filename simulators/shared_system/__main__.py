"""Runs the shared system beside its window."""

import asyncio
import os

from aiokafka.errors import KafkaConnectionError
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.common.clock import SystemClock
from libs.common.contracts.partner import CLAIMS_OUTBOUND
from libs.common.deployment import load_deployment
from libs.common.document_store import PARTNER_REMITTANCE
from libs.common.messaging.kafka import KafkaConsumer, KafkaPublisher
from libs.common.observability.logs import configure_logs, log
from libs.common.observability.traces import start_tracing
from libs.common.security.keys import KeyRing
from libs.common.settings import SHARED_SYSTEM, Settings
from libs.partners.handover import PartnerExchange
from simulators.population import DEFAULT_SEED
from simulators.serving import run, serve_http
from simulators.shared_system.progress import Progress
from simulators.shared_system.system import SharedSystem
from simulators.shared_system.window import window

_NAME = "shared_system"
_CONNECT_SECONDS = 1.0


class Start(BaseSettings):
    """How it begins in an empty state directory; later the window decides."""

    model_config = SettingsConfigDict(env_prefix="PORTICO_SHARED_SYSTEM_", frozen=True, extra="ignore")

    delay_seconds: float = Field(default=2.0, ge=0)
    seed: int = DEFAULT_SEED


async def simulate(stop: asyncio.Event) -> None:
    """Work until `stop` is set."""
    settings, start = Settings(), Start()
    configure_logs(_NAME, "simulator", str(os.getpid()))
    start_tracing(_NAME, "simulator", settings.state_directory / "traces")
    consumer = KafkaConsumer(settings.kafka, group=_NAME, topics=[CLAIMS_OUTBOUND], member=_NAME)
    publisher = KafkaPublisher(settings.kafka, client=_NAME)
    keys = KeyRing.load(settings, _NAME)
    system = SharedSystem(
        Progress(settings.state_directory / _NAME, delay_seconds=start.delay_seconds),
        consumer,
        publisher,
        PartnerExchange(settings, keys),
        PartnerExchange(settings, keys, PARTNER_REMITTANCE),
        clock=SystemClock(settings.state_directory / "clock-offset"),
        deployment=load_deployment(settings.contract_file),
        seed=start.seed,
    )
    connected = asyncio.Event()

    async def work() -> None:
        if not await _connect(consumer, publisher, stop):
            return
        connected.set()
        log.info("started", port=settings.port(SHARED_SYSTEM))
        try:
            await asyncio.gather(system.take(stop), system.answer(stop))
        finally:
            await consumer.stop()
            await publisher.stop()

    async with asyncio.TaskGroup() as group:
        group.create_task(serve_http(window(system, connected.is_set), settings.port(SHARED_SYSTEM), stop))
        group.create_task(work())
    system.progress.close()


async def _connect(consumer: KafkaConsumer, publisher: KafkaPublisher, stop: asyncio.Event) -> bool:
    """Connect both, waiting for the broker as long as it takes. False when asked to stop before."""
    for end in (publisher, consumer):
        while not stop.is_set():
            try:
                await end.start()
            except (KafkaConnectionError, OSError) as error:
                log.warning("waiting for the broker", error_class=type(error).__name__)
                await asyncio.sleep(_CONNECT_SECONDS)
            else:
                break
    return not stop.is_set()


if __name__ == "__main__":
    run(simulate)
