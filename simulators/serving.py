"""How a simulator runs: an HTTP application beside its own loops, until it is told to stop; how it is trusted."""

import asyncio
import contextlib
import shutil
import signal
import ssl
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import uvicorn
import uvloop
from starlette.types import ASGIApp

from deploy.edge.certificates import Certificates, ensure_certificates, ensure_client_certificate
from libs.common.clock import Clock

HOST = "127.0.0.1"
_DRAIN_SECONDS = 5


class _Server(uvicorn.Server):
    """Leaves signals to `run`: there is more to stop than the server."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve_http(
    application: ASGIApp,
    port: int,
    stop: asyncio.Event,
    *,
    certificates: Certificates | None = None,
    clients: Path | None = None,
) -> None:
    """Answer on `port` until `stop` is set; with `certificates` over TLS.

    With `clients`, an authority, only to whom shows a certificate it signed.
    """
    server = _Server(
        uvicorn.Config(
            application,
            host=HOST,
            port=port,
            access_log=False,
            log_config=None,
            server_header=False,
            lifespan="off",
            timeout_graceful_shutdown=_DRAIN_SECONDS,
            ssl_certfile=str(certificates.certificate) if certificates else None,
            ssl_keyfile=str(certificates.key) if certificates else None,
            ssl_ca_certs=str(clients) if clients else None,
            ssl_cert_reqs=ssl.CERT_REQUIRED if clients else ssl.CERT_NONE,
        )
    )
    serving = asyncio.create_task(server.serve())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait([serving, stopping], return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    server.should_exit = True
    await serving


def install_trust(name: str, state_directory: Path, clock: Clock) -> Certificates:
    """The certificate of a partner, made when it is missing; its authority is installed for the portal to trust."""
    files = ensure_certificates(state_directory / "partners" / name, clock)
    _install(files.authority, state_directory, name, "authority.pem", mode=0o444)
    return files


def install_client(name: str, state_directory: Path, clock: Clock) -> Path:
    """A certificate by which a partner knows the portal, made when it is missing and installed for the portal to show.

    The authority that signed it, for the partner to ask for.
    """
    files = ensure_client_certificate(state_directory / "partners" / name, clock)
    _install(files.key, state_directory, name, "client.key", mode=0o400)
    _install(files.certificate, state_directory, name, "client.pem", mode=0o444)
    return files.authority


def _install(file: Path, state_directory: Path, partner: str, name: str, *, mode: int) -> None:
    """Put a file where the portal looks for it, whole or not at all; what is there already is left alone."""
    place = state_directory / "secrets" / "partners" / partner / name
    if place.exists() and place.read_bytes() == file.read_bytes():
        return
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = place.with_name(f"{name}.draft")
    draft.unlink(missing_ok=True)
    shutil.copyfile(file, draft)
    draft.chmod(mode)
    draft.replace(place)


def run(simulate: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    """Run `simulate` with an event that SIGTERM and SIGINT set."""

    async def until_stopped() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await simulate(stop)

    uvloop.run(until_stopped())
