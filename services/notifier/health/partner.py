"""How each fault domain is asked whether it works: the lightest question that the thing itself must answer.

An open port is not enough: the kernel accepts connections for a process that is stopped or stuck.
"""

import asyncio
import contextlib
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import httpx

from libs.common.deployment import Partner
from libs.common.settings import GATEWAY, POSTGRESQL, SERVICES, Settings

_HOST = "127.0.0.1"
_MAX_SECONDS = 10.0  # a backstop; who asks has a limit of their own, for all kinds of probes alike
_SSL_REQUEST = struct.pack(">ii", 8, 80877103)
_API_VERSIONS = 18
_API_VERSIONS_REQUEST = struct.pack(">ihhih", 10, _API_VERSIONS, 0, 1, -1)

Probe = Callable[[], Awaitable[None]]
"""Returns when the thing works; raises when it does not. The caller limits the time."""


class NotWorkingError(Exception):
    """It answered, but not as something that works."""


class NotKnownError(Exception):
    """Nobody could say whether it works: that counts neither as up nor as down."""


def probes(settings: Settings, partners: Iterable[Partner] = ()) -> dict[str, Probe]:
    """The probe of every fault domain of a deployment, by the domain's name."""
    client = _client()
    of_services = {service: service_probe(client, f"{_inside(settings, service)}/readyz") for service in SERVICES}
    database = urlsplit(settings.database_url or f"postgresql://{_HOST}:{settings.port(POSTGRESQL)}")
    of_partners = {
        each.name: partner_probe(client, f"{_inside(settings, each.service)}/partnerz/{each.name}") for each in partners
    }
    return {
        **of_services,
        **of_partners,
        "gateway": GatewayProbe(
            f"https://{settings.gateway_host}:{settings.port(GATEWAY)}/readyz",
            settings.state_directory / "tls" / "authority.pem",
            name=settings.public_host or "localhost",
        ),
        "kafka": kafka_probe(settings.kafka.split(",")),
        "postgresql": postgresql_probe(database.hostname or _HOST, database.port or 5432),
    }


def _inside(settings: Settings, service: str) -> str:
    return f"http://{settings.service_host(service, 'api')}:{settings.service_port(service, 'api')}"


def _client(verify: ssl.SSLContext | bool = False) -> httpx.AsyncClient:
    # A new connection each time: one that was kept may just be closing, which looks like an outage. Nothing is
    # verified where nothing is encrypted, and making a context for it takes 20 ms.
    return httpx.AsyncClient(
        verify=verify, trust_env=False, timeout=_MAX_SECONDS, limits=httpx.Limits(max_keepalive_connections=0)
    )


def service_probe(client: httpx.AsyncClient, address: str) -> Probe:
    """A service works when it says that it is ready."""

    async def probe() -> None:
        answer = await client.get(address)
        if answer.status_code != httpx.codes.OK:
            raise NotWorkingError(str(answer.status_code))

    return probe


def partner_probe(client: httpx.AsyncClient, address: str) -> Probe:
    """A partner works when the service that talks to it says so, and fails only when that service says so.

    A service that cannot be asked, or does not know the partner (404), says nothing about it: `NotKnownError`.
    """

    async def probe() -> None:
        try:
            answer = await client.get(address)
        except httpx.TransportError as error:
            raise NotKnownError(type(error).__name__) from error
        if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            raise NotWorkingError(str(answer.status_code))
        if answer.status_code != httpx.codes.OK:
            raise NotKnownError(str(answer.status_code))

    return probe


class GatewayProbe:
    """The gateway works when it answers over TLS with a certificate of our authority for `name`, whatever it answers.

    The address is one that it answers by itself. The authority is read when it is first needed and again after a
    failure: a gateway that starts for the first time makes it.
    """

    def __init__(self, address: str, authority: Path, *, name: str = "localhost") -> None:
        self._address = address
        self._authority = authority
        self._name = name
        self._client: httpx.AsyncClient | None = None

    async def __call__(self) -> None:
        """Ask once."""
        if self._client is None:
            self._client = _client(ssl.create_default_context(cafile=str(self._authority)))
        try:
            await self._client.get(self._address, extensions={"sni_hostname": self._name})
        except httpx.TransportError:
            client, self._client = self._client, None
            await client.aclose()
            raise


def kafka_probe(servers: Sequence[str]) -> Probe:
    """Kafka works when a broker says which requests it understands: the first thing every client asks."""

    async def ask(server: str) -> None:
        host, _, port = server.rpartition(":")
        async with _connection(host, int(port)) as (reader, writer):
            writer.write(_API_VERSIONS_REQUEST)
            await writer.drain()
            await reader.readexactly(8)

    async def probe() -> None:
        results = await asyncio.gather(*(ask(server) for server in servers), return_exceptions=True)
        errors = [result for result in results if isinstance(result, BaseException)]
        if len(errors) == len(results):
            raise errors[0]

    return probe


def postgresql_probe(host: str, port: int) -> Probe:
    """PostgreSQL works when it says whether it speaks TLS: this needs a process of its own, but no sign-in."""

    async def probe() -> None:
        async with _connection(host, port) as (reader, writer):
            writer.write(_SSL_REQUEST)
            await writer.drain()
            if await reader.readexactly(1) not in (b"S", b"N"):
                raise NotWorkingError("no answer of PostgreSQL")

    return probe


@contextlib.asynccontextmanager
async def _connection(host: str, port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


class Canary:
    """The monitor's own port: when even this does not answer, the monitor is blind and the others are not down."""

    def __init__(self) -> None:
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        """Open it."""
        self._server = await asyncio.start_server(_say, _HOST, 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close it."""
        if self._server is not None:
            self._server.close()

    async def __call__(self) -> None:
        """Ask ourselves once."""
        if self._server is None:
            raise NotWorkingError("closed")
        async with _connection(*self._server.sockets[0].getsockname()) as (reader, _):
            await reader.readexactly(1)


async def _say(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b".")
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
