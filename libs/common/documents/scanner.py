"""The scanner that looks for harmful content in a file while it arrives, and ClamAV's `clamd` as one.

Whichever it is, a file is never stored unscanned where there is one: what it does not answer for is not taken.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol
from urllib.parse import urlsplit

from libs.common.errors import Rejected
from libs.common.observability.alarms import report_scanner_away
from libs.common.settings import Settings

_HARMFUL = (
    "Our scanner found harmful content in this file, so it was not kept. Have the computer it comes from checked, then"
    " make the document again and send that."
)
_AWAY = "We cannot check files for harmful content right now, so this one was not kept. Send it again in a few minutes."
_CONNECT_SECONDS = 5.0
_STEP_SECONDS = 30.0
_VERDICT_SECONDS = 60.0
_CLAMD_COMMAND = b"zINSTREAM\0"
_CLAMD_CLEAN, _CLAMD_FOUND = b"stream: OK", b" FOUND"


class ScannerAwayError(Exception):
    """The scanner did not answer, or not about this file. The text is an error's class or the kind of answer."""


class Scan(Protocol):
    """The scan of one file. Both raise `ScannerAwayError`."""

    async def add(self, piece: bytes) -> None:
        """Look at the next piece of the file."""

    async def finds_harm(self) -> bool:
        """Whether the file, which ends here, is harmful."""


class Scanner(Protocol):
    """Scans files, several at a time."""

    def scan(self) -> AbstractAsyncContextManager[Scan]:
        """Begin the scan of one file. Raises `ScannerAwayError`."""


def scanner_of(settings: Settings) -> Scanner | None:
    """The scanner of this deployment, if it has one."""
    return Clamd(settings.scanner) if settings.scanner else None


async def scanned(scanner: Scanner | None, pieces: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """The same pieces; they end well only when the scanner has seen all of them and found nothing.

    Raises `Rejected`: the file is harmful (422), or the scanner is away (503), which calls an operator.
    """
    if scanner is None:
        async for piece in pieces:
            yield piece
        return
    try:
        async with scanner.scan() as scan:
            async for piece in pieces:
                await scan.add(piece)
                yield piece
            harmful = await scan.finds_harm()
    except ScannerAwayError as error:
        report_scanner_away(error)
        raise Rejected("upload-not-scanned", _AWAY, 503, {"file": _AWAY}) from error
    if harmful:
        raise Rejected("upload-harmful", _HARMFUL, 422, {"file": _HARMFUL})


class Clamd:
    """ClamAV's daemon, by its command INSTREAM (clamd(8)): `clamd://host:port`, or `clamd:/path` of a Unix socket.

    Its `StreamMaxLength` must not be less than the largest file we take.
    """

    def __init__(self, address: str) -> None:
        self._address = urlsplit(address)

    @asynccontextmanager
    async def scan(self) -> AsyncIterator[Scan]:
        """Begin the scan of one file on a connection of its own. Raises `ScannerAwayError`."""
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                reader, writer = await self._connect()
        except OSError as error:
            raise ScannerAwayError(type(error).__name__) from error
        try:
            writer.write(_CLAMD_COMMAND)
            yield _ClamdScan(reader, writer)
        finally:
            writer.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._address.hostname is None:
            return await asyncio.open_unix_connection(self._address.path)
        return await asyncio.open_connection(self._address.hostname, self._address.port)


class _ClamdScan:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def add(self, piece: bytes) -> None:
        """Send a piece behind its length, a 32-bit number in network byte order."""
        if piece:  # a length of 0 would end the file
            await self._send(len(piece).to_bytes(4, "big") + piece)

    async def finds_harm(self) -> bool:
        """End the file and read the one answer. Raises `ScannerAwayError` for any other than yes or no."""
        await self._send(bytes(4))
        try:
            async with asyncio.timeout(_VERDICT_SECONDS):
                reply = (await self._reader.readuntil(b"\0")).removesuffix(b"\0")
        except (OSError, EOFError, asyncio.LimitOverrunError) as error:
            raise ScannerAwayError(type(error).__name__) from error
        if reply == _CLAMD_CLEAN:
            return False
        if reply.endswith(_CLAMD_FOUND):
            return True
        raise ScannerAwayError("error")  # such as "INSTREAM size limit exceeded. ERROR"

    async def _send(self, data: bytes) -> None:
        try:
            self._writer.write(data)
            async with asyncio.timeout(_STEP_SECONDS):
                await self._writer.drain()
        except OSError as error:
            raise ScannerAwayError(type(error).__name__) from error
