"""How a command reaches the portal that runs in the background: one JSON line each way on a loopback port.

Port and token stand in `control.json` of the state directory, readable by the owner alone. TCP and not a Unix socket,
because a socket's path may be 107 bytes long at most and a state directory's may be longer.
"""

import asyncio
import contextlib
import hmac
import json
import os
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from deploy.local.errors import PlatformError
from deploy.local.portal import LocalPortal
from deploy.local.probes import HOST

_FILE = "control.json"
_MAX_REQUEST_LENGTH = 4096


class Control:
    """Serves requests to a started portal until the block ends. `stopping` is set when `down` was asked."""

    def __init__(self, portal: LocalPortal) -> None:
        self._portal = portal
        self._file = portal.settings.state_directory / _FILE
        self._token = secrets.token_urlsafe(32)
        self._server: asyncio.Server | None = None
        self.stopping = asyncio.Event()

    async def start(self) -> None:
        """Listen, and write where."""
        self._server = await asyncio.start_server(self._serve, HOST, 0, limit=_MAX_REQUEST_LENGTH)
        port = self._server.sockets[0].getsockname()[1]
        draft = self._file.with_suffix(".new")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump({"port": port, "token": self._token, "pid": os.getpid()}, file)
        draft.replace(self._file)

    async def stop(self) -> None:
        """Stop listening; nobody finds this portal any more."""
        self._file.unlink(missing_ok=True)
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = json.loads(await reader.readline())
            if hmac.compare_digest(str(request.get("token", "")), self._token):
                answer = await self._answer(str(request.get("action")), str(request.get("name", "")))
            else:
                answer = {"refused": "The token is not the one of this portal."}
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
        except (ValueError, ConnectionError):
            pass  # not one of our commands, or one that went away
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _answer(self, action: str, name: str) -> dict[str, Any]:
        portal = self._portal
        actions: dict[str, Callable[[str], Awaitable[None]]] = {
            "kill": portal.kill,
            "crash": lambda one: portal.kill(one, keep_down=False),
            "stop": portal.stop_process,
            "start": portal.start_process,
            "restart": portal.restart,
        }
        try:
            if action in actions:
                await actions[action](name)
            elif action == "down":
                self.stopping.set()
            elif action != "status":
                return {"refused": f"There is no action '{action}'."}
        except PlatformError as problem:
            return {"refused": str(problem)}
        hopeless = portal.supervisor.hopeless()
        return {"processes": [asdict(one) for one in portal.status()], "hopeless": hopeless}


async def ask(state_directory: Path, action: str, name: str = "") -> dict[str, Any]:
    """Ask the portal of `state_directory` and return its answer.

    Raises `PlatformError` when no portal runs there or it refuses.
    """
    try:
        where = json.loads((state_directory / _FILE).read_text())
        reader, writer = await asyncio.open_connection(HOST, where["port"])
    except (OSError, ValueError) as problem:
        raise PlatformError("The portal is not running: start it with 'make up'.") from problem
    try:
        writer.write(json.dumps({"token": where["token"], "action": action, "name": name}).encode() + b"\n")
        await writer.drain()
        line = await reader.readline()
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
    if not line:
        raise PlatformError("The portal ended while it was asked: see 'make logs'.")
    answer: dict[str, Any] = json.loads(line)
    if "refused" in answer:
        raise PlatformError(answer["refused"])
    return answer
