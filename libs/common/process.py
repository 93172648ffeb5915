"""Runs a service in one of its roles, and stops it clean.

`python -m services.<name> api|worker|relay|stream|all|migrate`. `all` is api, worker and relay in one loop: the local
default. Every process answers /livez, /readyz and /metrics on its port.
"""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager

import uvicorn
import uvloop
from aiokafka.errors import KafkaConnectionError
from starlette.types import ASGIApp

from libs.common.access import ACCESS_SUBSCRIPTIONS
from libs.common.audit.sealer import seal_audit
from libs.common.clock import SystemClock
from libs.common.contracts.base import Contract
from libs.common.contracts.envelope import Message, Origin, seal_envelope
from libs.common.contracts.ops import Heartbeat
from libs.common.deployment import load_deployment
from libs.common.document_store import DocumentStore
from libs.common.documents.attachments import keep_settled
from libs.common.ids import Ids
from libs.common.messaging.due_work import DueWork
from libs.common.messaging.kafka import KafkaConsumer, KafkaPublisher
from libs.common.messaging.relay import Relay
from libs.common.messaging.subscriptions import Subscription
from libs.common.messaging.worker import Worker
from libs.common.observability.logs import configure_logs, log
from libs.common.observability.traces import start_tracing
from libs.common.persistence.migrate import migrate, newest_revisions
from libs.common.persistence.unit_of_work import Database
from libs.common.process_stream import collect_seldom
from libs.common.runtime import Runtime
from libs.common.security.keys import KeyRing
from libs.common.service import Service
from libs.common.settings import Settings
from libs.common.sweeps import keep_swept
from libs.common.web.app import create_app, health_app
from libs.common.web.traffic import Traffic

ROLES = ("api", "worker", "relay", "stream", "all", "migrate")
_CONNECTIONS = {"api": 8, "worker": 6, "relay": 2, "stream": 2, "all": 10}
_HEARTBEAT_SECONDS = 5.0
_TRAFFIC_SECONDS = 1.0
_CONNECT_SECONDS = 1.0
_DRAIN_SECONDS = 10


def main(service: Service) -> None:
    """The entry of every `services/<name>/__main__.py`."""
    role = sys.argv[1] if len(sys.argv) == 2 else ""
    if role not in ROLES:
        sys.exit(f"usage: python -m services.{service.name} {'|'.join(ROLES)}")
    settings = Settings()
    if role == "migrate":
        asyncio.run(migrate(service.name, settings))
        return
    uvloop.run(_run(service, role, settings))


def build_runtime(service: str, role: str, settings: Settings) -> Runtime:
    """The ports of a process as they are outside tests. Raises `FileNotFoundError` when a secret was never made."""
    clock = SystemClock(settings.state_directory / "clock-offset")
    keys = KeyRing.load(settings, service)
    return Runtime(
        service,
        f"{socket.gethostname()}-{os.getpid()}",
        settings=settings,
        deployment=load_deployment(settings.contract_file),
        clock=clock,
        ids=Ids(clock),
        database=Database(
            settings.database(service, "web" if role == "api" else "work"), connections=_CONNECTIONS[role]
        ),
        keys=keys,
        documents=DocumentStore(service, settings, keys),
    )


async def _run(service: Service, role: str, settings: Settings) -> None:
    runtime = build_runtime(service.name, role, settings)
    configure_logs(service.name, role, runtime.instance)
    # In a cluster spans leave with the log: a pod's disk is small and ends with it.
    start_tracing(service.name, role, None if settings.profile == "cluster" else settings.state_directory / "traces")
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    traffic = Traffic(runtime)
    application: ASGIApp
    if role in ("api", "all"):
        web = runtime if role == "api" else build_runtime(service.name, "api", settings)
        share_wake_ups(web, runtime)
        application = create_app(service, web, traffic)
    else:
        application = health_app(runtime, newest_revisions(service.name))
    port = settings.service_port(service.name, role)
    loops: list[Awaitable[None]] = [_serve(application, settings.listen_address, port, stop)]
    if role in ("worker", "all"):
        loops += _worker_loops(service, runtime, role, stop)
    if role in ("relay", "all"):
        loops.append(_relay(runtime, stop, woken=role == "all"))
    if role == "stream":
        loops.append(_stream(service, runtime, stop))
    loops.append(_report(runtime, role, traffic, stop))
    collect_seldom()
    log.info("started", port=port)
    try:
        await _until_first_failure(loops, stop)
    finally:
        await runtime.database.close()
    log.info("stopped")


def share_wake_ups(web: Runtime, work: Runtime) -> None:
    """Let the requests of this process wake its relay and its due work, though they use another database role."""
    web.outbox_written = work.outbox_written  # type: ignore[method-assign]
    web.due_work_written = work.due_work_written


async def _until_first_failure(loops: list[Awaitable[None]], stop: asyncio.Event) -> None:
    """Run all; when one fails the process ends, so that whoever supervises it starts it again."""
    tasks = [asyncio.ensure_future(loop) for loop in loops]
    await asyncio.wait([*tasks, asyncio.ensure_future(stop.wait())], return_when=asyncio.FIRST_COMPLETED)
    stop.set()
    _, late = await asyncio.wait(tasks, timeout=_DRAIN_SECONDS)
    for task in late:
        task.cancel()
    if late:
        await asyncio.wait(late, timeout=_DRAIN_SECONDS)
    for task in tasks:
        if task.done() and not task.cancelled() and (error := task.exception()) is not None:
            log.error("a loop failed", exc_info=error)
            raise SystemExit(1)


class _Server(uvicorn.Server):
    """Leaves signals to `_run`: there is more to stop than the server."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _serve(application: ASGIApp, host: str, port: int, stop: asyncio.Event) -> None:
    server = _Server(
        uvicorn.Config(
            application,
            host=host,
            port=port,
            loop="uvloop",
            http="httptools",
            access_log=False,
            log_config=None,
            server_header=False,
            lifespan="off",
            timeout_keep_alive=65,
            timeout_graceful_shutdown=_DRAIN_SECONDS,
        )
    )
    serving = asyncio.create_task(server.serve())
    await asyncio.wait([serving, asyncio.create_task(stop.wait())], return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    await serving


def _worker_loops(service: Service, runtime: Runtime, role: str, stop: asyncio.Event) -> list[Awaitable[None]]:
    loops: list[Awaitable[None]] = [
        DueWork(runtime, service.timers, service.jobs, woken=role == "all").run(stop),
        seal_audit(runtime, stop),
        keep_swept(runtime, stop),
        keep_settled(runtime, stop),
    ]
    subscriptions = subscriptions_of(service)
    if subscriptions:
        loops.append(_work(runtime, role, subscriptions, stop))
    loops += [_background(runtime, each, stop) for each in service.background]
    return loops


def subscriptions_of(service: Service) -> tuple[Subscription, ...]:
    """All a service listens to: its own subscriptions, and the copy of access if it keeps one."""
    return (*service.subscriptions, *(ACCESS_SUBSCRIPTIONS if service.keeps_access else ()))


async def _work(runtime: Runtime, role: str, subscriptions: tuple[Subscription, ...], stop: asyncio.Event) -> None:
    name = f"{runtime.service}-worker"
    # On one machine there is one process of each role: the broker need not wait for the end of the session
    # of a dead one, which starts from the beginning when the broker was killed too. In a cluster there are several.
    member = None if runtime.settings.profile == "cluster" else f"{runtime.service}-{role}"
    topics = sorted({each.contract.topic for each in subscriptions})
    types = {each.contract.type for each in subscriptions}
    consumer = KafkaConsumer(runtime.settings.kafka, group=name, topics=topics, types=types, member=member)
    async with _connected(consumer.start, consumer.stop, stop) as up:
        if up:
            await Worker(runtime, consumer, subscriptions, name=name).run(stop)


async def _relay(runtime: Runtime, stop: asyncio.Event, *, woken: bool) -> None:
    publisher = KafkaPublisher(runtime.settings.kafka, client=f"{runtime.service}-relay")
    async with _connected(publisher.start, publisher.stop, stop) as up:
        if up:
            await Relay(runtime, publisher, woken=woken).run(stop)


async def _stream(service: Service, runtime: Runtime, stop: asyncio.Event) -> None:
    if service.stream is None:
        sys.exit(f"{service.name} has no stream application")
    application = service.stream(runtime)
    async with application:
        await stop.wait()


async def _background(runtime: Runtime, run: Callable[[Runtime], Awaitable[None]], stop: asyncio.Event) -> None:
    task = asyncio.ensure_future(run(runtime))
    await asyncio.wait([task, asyncio.ensure_future(stop.wait())], return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        task.result()
    task.cancel()


@asynccontextmanager
async def _connected(
    start: Callable[[], Awaitable[None]], end: Callable[[], Awaitable[None]], stop: asyncio.Event
) -> AsyncIterator[bool]:
    """Connect to the broker, waiting for it as long as it takes. False when asked to stop before."""
    while not stop.is_set():
        try:
            await start()
        except (KafkaConnectionError, OSError) as error:
            await end()
            log.warning("waiting for the broker", error_class=type(error).__name__)
            await asyncio.sleep(_CONNECT_SECONDS)
            continue
        try:
            yield True
        finally:
            await end()
        return
    yield False


async def _report(runtime: Runtime, role: str, traffic: Traffic, stop: asyncio.Event) -> None:
    """Tell the operations topics that the process lives and what its functions answered. Lossy on purpose."""
    publisher = KafkaPublisher(runtime.settings.kafka, client=f"{runtime.service}-{role}-operations")
    beat_at = 0.0
    async with _connected(publisher.start, publisher.stop, stop) as up:
        while up and not stop.is_set():
            loop_time = asyncio.get_running_loop().time()
            events: list[Contract] = list(traffic.take())
            if loop_time >= beat_at:
                beat_at = loop_time + _HEARTBEAT_SECONDS
                now = runtime.clock.now()
                events.append(Heartbeat(service=runtime.service, role=role, instance=runtime.instance, at=now))
            with contextlib.suppress(Exception):  # a report that is lost is followed by the next
                await asyncio.wait_for(publisher.publish([_envelope(runtime, event) for event in events]), 5)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _TRAFFIC_SECONDS)


def _envelope(runtime: Runtime, event: Contract) -> Message:
    return seal_envelope(
        event,
        event_id=runtime.ids.new(),
        source_name=runtime.source,
        at=runtime.clock.now(),
        origin=Origin(actor=f"system:{runtime.service}", correlation_id=""),
    )
