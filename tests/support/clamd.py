"""A scanner that speaks as ClamAV's daemon does (clamd(8), INSTREAM), and finds harm where a word of ours stands."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

HARMFUL = b"harmful, says this test"
"""What the scanner finds. It means nothing to any other."""


@dataclass
class RunningClamd:
    """Where it is, and what it has seen. `breaks_off`: it ends without an answer. `most`: its StreamMaxLength."""

    address: str = ""
    breaks_off: bool = False
    most: int = 1 << 30
    seen: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection."""
        try:
            writer.write(await self._answer(reader))
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the other side went away
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader) -> bytes:
        if await reader.readuntil(b"\0") != b"zINSTREAM\0":
            return b"UNKNOWN COMMAND\0"
        content = b""
        while length := int.from_bytes(await reader.readexactly(4), "big"):
            content += await reader.readexactly(length)
            if len(content) > self.most:
                return b"INSTREAM size limit exceeded. ERROR\0"
        if self.breaks_off:
            return b""
        self.seen.append(content)
        return b"stream: Of-This-Test FOUND\0" if HARMFUL in content else b"stream: OK\0"


@asynccontextmanager
async def clamd_serving(socket: Path | None = None) -> AsyncIterator[RunningClamd]:
    """It runs on a free port, or on a Unix socket."""
    running = RunningClamd()
    if socket is None:
        server = await asyncio.start_server(running.serve, "127.0.0.1")
        running.address = f"clamd://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    else:
        server = await asyncio.start_unix_server(running.serve, socket)
        running.address = f"clamd:{socket}"
    async with server:
        yield running
