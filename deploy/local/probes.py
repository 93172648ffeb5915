"""Questions that tell whether a process serves: each returns an answer or raises what the connection raised."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

HOST = "127.0.0.1"


def tcp(port: int) -> Callable[[], Awaitable[bool]]:
    """Whether `port` accepts a connection."""

    async def probe() -> bool:
        _, writer = await asyncio.open_connection(HOST, port)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
        return True

    return probe


def http(port: int, path: str) -> Callable[[], Awaitable[bool]]:
    """Whether `path` on `port` answers 200 over plain HTTP."""
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()

    async def probe() -> bool:
        reader, writer = await asyncio.open_connection(HOST, port)
        try:
            writer.write(request)
            await writer.drain()
            status = await reader.readline()
            await reader.read()
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
        return status.split(b" ")[1:2] == [b"200"]

    return probe
