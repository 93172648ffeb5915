"""The real gateway in front of small stand-ins for the services, on free ports."""

import asyncio
import contextlib
import json
import os
import socket
import ssl
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from deploy.local.portal import free_port_base
from libs.common.addresses import service_of
from libs.common.clock import SystemClock
from libs.common.settings import GATEWAY, GATEWAY_HEALTH, SERVICES, Settings

Answer = tuple[int, Mapping[str, str], bytes]

KEY = ECKey.generate_key("P-256", {"kid": "current", "use": "sig", "alg": "ES256"})
STRANGE_KEY = ECKey.generate_key("P-256", {"kid": "current", "use": "sig", "alg": "ES256"})


@dataclass
class Seen:
    """One request as it reached a service."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""


Handler = Callable[[Seen], Awaitable[Answer]]


async def _answer_plainly(seen: Seen) -> Answer:
    return 200, {"x-portico-answer": "stand-in"}, seen.path.encode()


class _Server(uvicorn.Server):
    """Leaves the signals to the test runner and says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@dataclass
class StandIn:
    """A service as the gateway sees it: it answers, it is slow, or it is gone."""

    port: int
    answer: Handler = _answer_plainly
    seen: list[Seen] = field(default_factory=list)
    received: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the first part of a body is there, before its end."""

    async def start(self) -> None:
        self._server = _Server(
            uvicorn.Config(
                self._application,
                interface="asgi3",
                host="127.0.0.1",
                port=self.port,
                log_level="error",
                lifespan="off",
            )
        )
        self._task = asyncio.create_task(self._server.serve())
        await self._server.listening.wait()

    async def stop(self) -> None:
        self._server.should_exit = True
        self._server.force_exit = True
        await self._task

    @asynccontextmanager
    async def gone(self) -> AsyncIterator[None]:
        """Nobody listens on the port meanwhile."""
        await self.stop()
        try:
            yield
        finally:
            await self.start()

    @contextmanager
    def answering(self, answer: Handler) -> Iterator[None]:
        usual, self.answer = self.answer, answer
        try:
            yield
        finally:
            self.answer = usual

    async def _application(self, scope: Any, receive: Any, send: Any) -> None:
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        seen = Seen(scope["method"], scope["raw_path"].decode(), headers)
        parts = []
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            parts.append(message.get("body", b""))
            if parts[-1]:
                self.received.set()
            if not message.get("more_body", False):
                break
        seen.body = b"".join(parts)
        self.seen.append(seen)
        status, answer_headers, body = await self.answer(seen)
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [(name.encode(), value.encode()) for name, value in answer_headers.items()],
            }
        )
        await send({"type": "http.response.body", "body": body})


def token(audience: str, *, key: ECKey = KEY, issuer: str = "portal-identity", age: int = 0) -> str:
    """An internal token as auth would make it `age` seconds ago."""
    now = int(SystemClock().now().timestamp()) - age
    claims = {"iss": issuer, "aud": audience, "sub": "u-1", "iat": now, "exp": now + 120}
    return jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": "current"}, claims, key)


async def _auth(seen: Seen) -> Answer:
    """Decides by the cookie alone: what it says is the case under test."""
    mark = {"x-portico-answer": "auth"}
    if seen.path == "/gateway/jwks":
        return 200, mark, json.dumps(KeySet([KEY]).as_dict(private=False)).encode()
    if not seen.path.startswith("/gateway/authorize/"):
        return await _answer_plainly(seen)
    audience = service_of(seen.path.removeprefix("/gateway/authorize").partition("?")[0])
    session = seen.headers.get("cookie", "").removeprefix("__Host-sid=")
    if session == "slow":
        await asyncio.sleep(0.2)
    if session in _TOKENS:
        return 200, mark | {"authorization": f"Bearer {_TOKENS[session](audience)}"}, b""
    if session == "no-token":
        return 200, mark, b""
    return _refusal(seen, session, mark)


_TOKENS: dict[str, Callable[[str], str]] = {
    "good": token,
    "slow": token,
    "other-audience": lambda audience: token("remittance" if audience != "remittance" else "claims"),
    "strange-key": lambda audience: token(audience, key=STRANGE_KEY),
    "strange-issuer": lambda audience: token(audience, issuer="somebody"),
    "stale": lambda audience: token(audience, age=600),
}


def _refusal(seen: Seen, session: str, mark: dict[str, str]) -> Answer:
    if session == "refused":
        return 403, mark | {"content-type": "application/problem+json"}, b'{"code": "ROB_EXPIRED"}'
    if "text/html" in seen.headers.get("accept", ""):
        return 303, mark | {"location": "/sign-in", "set-cookie": "__Host-next=1; Secure; Path=/"}, b""
    return 401, mark | {"content-type": "application/problem+json"}, b'{"code": "sign-in-required"}'


@dataclass
class Gateway:
    """A running gateway, its stand-ins and its files."""

    settings: Settings
    services: dict[str, StandIn]

    @property
    def url(self) -> str:
        return f"https://localhost:{self.settings.port(GATEWAY)}"

    @property
    def authority(self) -> Path:
        return self.settings.state_directory / "tls" / "authority.pem"

    @property
    def directory(self) -> Path:
        """Where banner and routes are."""
        return self.settings.state_directory / "envoy"

    def client(self, session: str | None = "good", **options: Any) -> httpx.AsyncClient:
        """A client that trusts the throw-away authority and carries `session` as its cookie."""
        headers = {"cookie": f"__Host-sid={session}"} if session else {}
        return httpx.AsyncClient(
            base_url=self.url,
            verify=ssl.create_default_context(cafile=str(self.authority)),
            headers=headers,
            timeout=20,
            **options,
        )

    def seen(self) -> list[Seen]:
        """Every request that reached a service other than auth."""
        return [seen for name, service in self.services.items() if name != "auth" for seen in service.seen]

    def forget(self) -> None:
        """Start a new test with nothing seen."""
        for service in self.services.values():
            service.seen.clear()
            service.received.clear()


def environment(settings: Settings, **limits: int) -> dict[str, str]:
    """The variables of a gateway with `settings`; `limits` are fields of `deploy.edge.settings.Limits`."""
    return os.environ | {
        "PORTICO_PROFILE": settings.profile,
        "PORTICO_PORT_BASE": str(settings.port_base),
        "PORTICO_STATE_DIRECTORY": str(settings.state_directory),
        **{f"PORTICO_EDGE_{name.upper()}": str(value) for name, value in limits.items()},
    }


@asynccontextmanager
async def gateway(directory: Path, **limits: int) -> AsyncIterator[Gateway]:
    """`python -m deploy.edge` and seven stand-ins; both end with the block."""
    async with free_port_base() as base, contextlib.AsyncExitStack() as stack:
        settings = Settings(profile="test", port_base=base, state_directory=directory)
        services = {name: StandIn(settings.service_port(name, "api")) for name in SERVICES}
        services["auth"].answer = _auth
        for service in services.values():
            await service.start()
            stack.push_async_callback(service.stop)
        log = stack.enter_context((directory / "gateway.log").open("wb"))
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "deploy.edge", env=environment(settings, **limits), stdout=log, stderr=log
        )
        try:
            await _ready(settings, process)
            yield Gateway(settings, services)
        finally:
            process.terminate()
            await process.wait()


async def _ready(settings: Settings, process: asyncio.subprocess.Process) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{settings.port(GATEWAY_HEALTH)}") as health:
        while process.returncode is None:
            with contextlib.suppress(httpx.TransportError):
                if (await health.get("/readyz")).status_code == httpx.codes.OK:
                    return
            await asyncio.sleep(0.05)
    raise AssertionError("the gateway ended at its start; see gateway.log in the test's directory")
