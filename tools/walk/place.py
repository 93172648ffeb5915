"""Where a running portal is, and how one of its processes is killed and started."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, TypeVar

import httpx

from deploy.local.control import ask
from libs.common.deployment import Deployment, load_deployment
from libs.common.settings import GATEWAY, MAILBOX_HTTP, Settings

Found = TypeVar("Found")

_PAUSE = 0.1


class Supervision(Protocol):
    """What can be done to a process of the portal: `LocalPortal` itself, or `BackgroundPortal`."""

    async def kill(self, name: str) -> None:
        """SIGKILL; it stays down until it is started."""

    async def start_process(self, name: str) -> None:
        """Start it again."""


@dataclass(frozen=True, slots=True)
class BackgroundPortal:
    """The portal that `make up` left running."""

    state_directory: Path

    async def kill(self, name: str) -> None:
        """SIGKILL; it stays down until it is started. Raises `PlatformError` when no portal runs."""
        await ask(self.state_directory, "kill", name)

    async def start_process(self, name: str) -> None:
        """Start it again; it serves a moment later. Raises `PlatformError` when no portal runs."""
        await ask(self.state_directory, "start", name)


@dataclass(frozen=True)
class Place:
    """One running portal. Addresses are those of this machine."""

    settings: Settings
    supervision: Supervision

    @property
    def address(self) -> str:
        """What a browser is pointed at."""
        return f"https://localhost:{self.settings.port(GATEWAY)}"

    @property
    def authority(self) -> Path:
        """The throw-away certificate authority that signed the gateway's certificate."""
        return self.settings.state_directory / "tls" / "authority.pem"

    @cached_property
    def trust(self) -> ssl.SSLContext:
        """TLS that trusts this authority and no other."""
        return ssl.create_default_context(cafile=str(self.authority))

    @cached_property
    def deployment(self) -> Deployment:
        """The contract it serves."""
        return load_deployment(self.settings.contract_file)

    def client(self, **options: Any) -> httpx.AsyncClient:
        """A client of the gateway."""
        return httpx.AsyncClient(
            base_url=self.address,
            verify=self.trust,
            trust_env=False,
            **{"timeout": httpx.Timeout(60, connect=5), **options},
        )

    @asynccontextmanager
    async def _window(self) -> AsyncIterator[httpx.AsyncClient]:
        base = f"http://127.0.0.1:{self.settings.port(MAILBOX_HTTP)}"
        async with httpx.AsyncClient(base_url=base, trust_env=False, timeout=5) as client:
            yield client

    async def messages(self, after: int = 0) -> list[dict[str, Any]]:
        """What CMS's mailbox took since message `after`: number, subject, body, received_at and more, oldest first."""
        async with self._window() as window:
            found: list[dict[str, Any]] = (await window.get("/messages", params={"after": after})).json()["messages"]
            return found


async def until(
    look: Callable[[], Awaitable[Found | None]], *, within: float, waiting_for: str, pause: float = _PAUSE
) -> Found:
    """What `look` finds as soon as it finds something. Raises `TimeoutError` that says what was waited for."""
    deadline = time.monotonic() + within
    while True:
        found = await look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise TimeoutError(f"{waiting_for}: not within {within:.0f} s")
        await asyncio.sleep(pause)
