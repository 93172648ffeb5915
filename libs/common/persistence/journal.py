"""A local file that is written, and on the disk, before its owner acts: it needs no database and no broker.

One JSON object a line. After a crash the last line may be torn; it was not acted upon, so it is dropped.
"""

import asyncio
import fcntl
import json
import os
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any

from libs.common.files import replace_file

Entry = dict[str, Any]
"""`entry` names its kind, `about` its subject; the rest is the kind's own."""


class Journal:
    """The journal in `file`. One process at a time may hold it: `hold` waits for the other to end."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock: IO[str] | None = None
        self.entries = 0
        # A thread of its own: lines keep their order, and a slow disk does not hold up the loop or other threads.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="journal")

    async def hold(self) -> None:
        """Return when this process alone has the journal."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._lock = self._file.with_suffix(".lock").open("a", encoding="ascii")
        while True:
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                await asyncio.sleep(1.0)
            else:
                return

    def close(self) -> None:
        """Let go of it, after what is being written."""
        self._thread.shutdown(wait=True)
        if self._lock is not None:
            self._lock.close()

    def load(self) -> list[Entry]:
        """All entries, oldest first; a torn last line is removed from the file."""
        if not self._file.exists():
            return []
        content = self._file.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if len(whole) < len(content):
            with self._file.open("r+b") as file:
                file.truncate(len(whole))
                os.fsync(file.fileno())
        entries = [json.loads(line) for line in whole.splitlines()]
        self.entries = len(entries)
        return entries

    async def append(self, entry: Entry) -> None:
        """Return when `entry` is on the disk. Raises `OSError` when the disk refuses it."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._append, entry)

    async def forget(self, subjects: Collection[str]) -> None:
        """Drop all entries about `subjects`, whole or not at all."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._forget, subjects)

    def _append(self, entry: Entry) -> None:
        with self._file.open("ab", buffering=0) as file:
            size = file.tell()
            try:
                file.write(_line(entry).encode())
                os.fsync(file.fileno())
            except OSError:
                file.truncate(size)  # half a line would stand before the next entry and make both unreadable
                raise
        self.entries += 1

    def _forget(self, subjects: Collection[str]) -> None:
        kept = [entry for entry in self.load() if entry["about"] not in subjects]
        replace_file(self._file, "".join(map(_line, kept)))
        self.entries = len(kept)


def _line(entry: Entry) -> str:
    return json.dumps(entry, separators=(",", ":")) + "\n"
