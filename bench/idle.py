"""What the whole local portal costs while nobody uses it. Goal: at most 15 % of one core and 2.5 GB."""

import asyncio
import time

import psutil

from bench.measuring import line, platform, processor_seconds, tree_megabytes

_SETTLE_SECONDS = 30
_WATCH_SECONDS = 60


async def run() -> None:
    """Start everything, let it settle, then watch processor and memory."""
    started = time.perf_counter()
    async with platform() as portal:
        ready_seconds = time.perf_counter() - started
        await asyncio.sleep(_SETTLE_SECONDS)
        trees = {each.name: psutil.Process(each.pid) for each in portal.status() if each.pid}
        before = {name: processor_seconds(tree) for name, tree in trees.items()}
        await asyncio.sleep(_WATCH_SECONDS)
        used = {name: processor_seconds(tree) - before[name] for name, tree in trees.items()}
        memory = {name: tree_megabytes(tree) for name, tree in trees.items()}
    percent = {name: 100 * seconds / _WATCH_SECONDS for name, seconds in used.items()}
    line(
        "idle",
        cold_start_seconds=ready_seconds,
        core_percent=sum(percent.values()),
        goal_core_percent=15,
        memory_mb=sum(memory.values()),
        goal_memory_mb=2500,
    )
    for name in sorted(trees, key=lambda each: -percent[each]):
        line("idle-process", process=name, core_percent=percent[name], memory_mb=memory[name])
