"""The services on a bus in memory and real databases, driven step by step by a seed that repeats, delays and crashes.

A crash is a `BaseException` raised at a crash point: nothing after it runs, the transaction is gone, and the part
starts again from what was committed, as a process does.
"""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from random import Random

from libs.common.clock import SetClock
from libs.common.contracts.partner import CLAIMS_OUTBOUND
from libs.common.crashpoints import set_crash_hook
from libs.common.document_store import PARTNER_REMITTANCE
from libs.common.messaging.due_work import DueWork
from libs.common.messaging.memory import MemoryBus, MemoryConsumer
from libs.common.messaging.relay import Relay
from libs.common.messaging.subscriptions import Subscription
from libs.common.messaging.worker import Worker
from libs.common.runtime import Runtime
from libs.common.security.keys import KeyRing
from libs.common.service import Service
from libs.common.settings import Settings
from libs.partners.handover import PartnerExchange
from simulators.shared_system.progress import Progress
from simulators.shared_system.system import SharedSystem
from tests.support.portico import MORNING, runtime_for

Step = Callable[[], Awaitable[object]]

SHARED_SYSTEM_SEED = 1
"""By which the shared system decides claims."""
_SOAK = "PORTICO_SEEDS"


def seeds(*always: int) -> list[int]:
    """The seeds a test runs with: those named, and with `PORTICO_SEEDS=500` (`make soak`) every other one below 500."""
    return [*always, *(seed for seed in range(int(os.environ.get(_SOAK) or 0)) if seed not in always)]


class Crash(BaseException):
    """The end of a process at the worst moment."""


class Node:
    """One service: its worker, its relay and its due work, each of which may be stepped and may crash."""

    def __init__(
        self,
        service: Service,
        subscriptions: tuple[Subscription, ...],
        runtime: Runtime,
        bus: MemoryBus,
        random: Random,
    ) -> None:
        self.runtime = runtime
        topics = sorted({each.contract.topic for each in subscriptions})
        self.consumer = MemoryConsumer(bus, topics, random)
        self._worker = Worker(runtime, self.consumer, subscriptions, name=f"{service.name}-worker")
        self._relay = Relay(runtime, bus, woken=False)
        self._due = DueWork(runtime, service.timers, service.jobs)
        self.steps: tuple[Step, ...] = (
            self._worker.step,
            self._relay.drain,
            self._do_due_work,
            self._worker.retry_parked,
        )

    async def _do_due_work(self) -> bool:
        found = await self._due.step()
        await self._due.finish_jobs()
        return found

    async def restart(self) -> None:
        """Begin again from what is committed."""
        await self.consumer.rewind()

    async def quiet(self) -> bool:
        """Do everything that can be done now, without trouble; whether there was nothing to do."""
        done = [await step() for step in self.steps]
        return not any(done) and self.consumer.caught_up


class Partner:
    """The shared system, which is no service of ours: it takes, answers, and starts again from what it wrote down."""

    def __init__(self, runtime: Runtime, bus: MemoryBus, random: Random) -> None:
        self.consumer = MemoryConsumer(bus, [CLAIMS_OUTBOUND], random)
        keys = KeyRing.load(runtime.settings, "shared_system")
        system = SharedSystem(
            Progress(runtime.settings.state_directory / "shared_system", delay_seconds=2.0),
            self.consumer,
            bus,
            PartnerExchange(runtime.settings, keys),
            PartnerExchange(runtime.settings, keys, PARTNER_REMITTANCE),
            clock=runtime.clock,
            deployment=runtime.deployment,
            seed=SHARED_SYSTEM_SEED,
        )
        self.steps: tuple[Step, ...] = (system.take_once, system.answer_once)

    async def restart(self) -> None:
        """Begin again from what is committed."""
        await self.consumer.rewind()

    async def quiet(self) -> bool:
        """Do everything that can be done now; whether there was nothing to do."""
        done = [await step() for step in self.steps]
        return not any(done) and self.consumer.caught_up


class Simulation:
    """Services that exchange events until the seed runs out; then until nothing is left to do."""

    def __init__(self, bus: MemoryBus, clock: SetClock, nodes: dict[str, Node | Partner], random: Random) -> None:
        self.bus = bus
        self.clock = clock
        self.nodes = nodes
        self.crashes = 0
        self._random = random

    async def trouble(self, steps: int, *, crash: float = 0.15) -> None:
        """Take `steps` random steps; at each crash point a process dies with probability `crash`."""
        for node in self.nodes.values():
            node.consumer.calm = False
        set_crash_hook(lambda _point: self._perhaps_crash(crash))
        try:
            for _ in range(steps):
                node = self._random.choice(list(self.nodes.values()))
                self.clock.advance(timedelta(seconds=self._random.choice((0.0, 0.1, 1.0, 15.0))))
                try:
                    await self._random.choice(node.steps)()
                except Crash:
                    self.crashes += 1
                    await node.restart()
        finally:
            set_crash_hook(None)

    def _perhaps_crash(self, probability: float) -> None:
        if self._random.random() < probability:
            raise Crash

    async def settle(self) -> None:
        """Let everything come to rest. Raises `AssertionError` when it does not."""
        for node in self.nodes.values():
            await node.restart()
            node.consumer.calm = True
        quiet_rounds = 0
        for _ in range(400):
            rounds = [await node.quiet() for node in self.nodes.values()]
            self.clock.advance(timedelta(seconds=15))
            quiet_rounds = quiet_rounds + 1 if all(rounds) else 0
            if quiet_rounds == 3:
                return
        raise AssertionError("the services never came to rest")


@asynccontextmanager
async def simulation(
    settings: Settings, services: Sequence[tuple[Service, tuple[Subscription, ...]]], seed: int
) -> AsyncIterator[Simulation]:
    """A simulation of `services`, each with what it listens to."""
    random = Random(seed)
    bus, clock = MemoryBus(), SetClock(MORNING)
    async with AsyncExitStack() as stack:
        nodes: dict[str, Node | Partner] = {}
        for service, subscriptions in services:
            runtime = await stack.enter_async_context(
                runtime_for(service.name, settings, clock=clock, seed=random.getrandbits(32))
            )
            nodes[service.name] = Node(service, subscriptions, runtime, bus, random)
            if service.name == "claims":
                nodes["shared_system"] = Partner(runtime, bus, random)
        yield Simulation(bus, clock, nodes, random)


def runtime_in(world: Simulation, service: str) -> Runtime:
    """The runtime of a service of the simulation."""
    node = world.nodes[service]
    if not isinstance(node, Node):
        raise TypeError(f"{service} is no service of ours")
    return node.runtime
