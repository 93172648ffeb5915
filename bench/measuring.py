"""What the benches share: a platform of their own, a line of figures, percentiles, memory of a process tree."""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import psutil

from deploy.local.portal import LocalPortal, free_port_base
from libs.common.settings import Settings

CORE = ("kafka", "postgresql", "keys", "topics", "migrate")


@asynccontextmanager
async def platform(*only: str, split: tuple[str, ...] = ()) -> AsyncIterator[LocalPortal]:
    """A platform on free ports with a state directory that is gone afterwards, fsync on: as a person runs it."""
    with tempfile.TemporaryDirectory(prefix="portico-bench-") as directory:
        async with free_port_base() as base:
            settings = Settings(profile="test", port_base=base, state_directory=Path(directory))
            async with LocalPortal(settings, only=only or None, split=split) as portal:
                yield portal


def line(name: str, **figures: float | str) -> None:
    """Print one bench's line."""
    values = " ".join(f"{key}={_short(value)}" for key, value in figures.items())
    sys.stdout.write(f"{name} {values}\n")
    sys.stdout.flush()


def _short(value: float | str) -> str:
    if isinstance(value, float):
        return f"{value:.0f}" if value >= 100 else f"{value:.2f}" if value >= 1 else f"{value:.4f}"
    return str(value)


def percentile(values: Iterable[float], share: float) -> float:
    """The value below which `share` (0 to 1) of `values` lie."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def tree_megabytes(process: psutil.Process) -> float:
    """Resident memory of a process and its children, shared pages counted once (PSS where the system tells it)."""
    total = 0
    for each in [process, *process.children(recursive=True)]:
        try:
            total += each.memory_full_info().pss
        except (psutil.Error, AttributeError):
            continue
    return total / 1e6


async def watch_memory(
    portal: LocalPortal, names: tuple[str, ...], stop: asyncio.Event, peaks: dict[str, float]
) -> None:
    """Note in `peaks` the most that each process whose name begins so, with its children, held until `stop` is set.

    Looking costs processor time, so once a second.
    """
    while not stop.is_set():
        for each in portal.status():
            if each.pid and each.name.startswith(names):
                name = each.name.replace("-", "_")
                peaks[name] = max(peaks.get(name, 0.0), tree_megabytes(psutil.Process(each.pid)))
        await asyncio.sleep(1)


def processor_seconds(tree: psutil.Process) -> float:
    """What a process and its children, also those that have ended, used of the processor so far."""
    total = 0.0
    for each in [tree, *tree.children(recursive=True)]:
        try:
            times = each.cpu_times()
        except psutil.Error:
            continue
        total += sum(times[:4])  # user, system, and both of the children that were waited for
    return total
