"""Computes password hashes beside everything else: a few at once, a bounded number waiting, at low priority.

A hash takes a core for a quarter of a second. Without a bound, as many wrong sign-ins as somebody sends would keep
every core from whoever works in the portal.
"""

import asyncio
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TypeVar

from libs.common.errors import Rejected

T = TypeVar("T")

_NICE = 10


class HashPool:
    """One thread for each core; `waiting` places more."""

    def __init__(self, *, waiting: int) -> None:
        threads = os.cpu_count() or 1
        self._threads = ThreadPoolExecutor(threads, "hash", initializer=_give_way)
        self._free = threads + waiting

    @contextmanager
    def place(self) -> Iterator["HashPool"]:
        """Take a place for a block. Raises `Rejected` (503) when there is none."""
        if self._free == 0:
            raise Rejected("busy", "Many people are signing in right now. Try again in a few seconds.", status=503)
        self._free -= 1
        try:
            yield self
        finally:
            self._free += 1

    async def run(self, compute: Callable[[], T]) -> T:
        """What `compute` gives, in one of the threads."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, compute)


def _give_way() -> None:
    """Let the threads that answer requests go first, where threads have priorities of their own (Linux)."""
    with suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
