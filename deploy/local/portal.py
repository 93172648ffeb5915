"""A local portal as an object: the same code runs `make up`, the tests that kill processes, and the benches."""

import contextlib
import fcntl
import os
import shutil
import socket
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import psutil

from deploy.local.contract import check_contract
from deploy.local.errors import PlatformError
from deploy.local.jars import DIRECTORY as JARS
from deploy.local.logs import LogFile
from deploy.local.postgresql import Postgresql
from deploy.local.probes import HOST
from deploy.local.processes import chosen, processes
from deploy.local.supervisor import Process, Status, Supervisor
from libs.common.clock import offset_in
from libs.common.settings import POSTGRESQL, Settings

ROOT = Path(__file__).resolve().parents[2]
# Kafka's segments and PostgreSQL's log of changes need this much before anything is stored.
_FREE_BYTES = 1 << 30
# The last port of a base's hundred serves nothing: whoever listens there owns the base.
_RESERVATION = 99
_BASES = range(20_000, 32_000, 100)


class LocalPortal:
    """One portal on this machine: use it as an async context manager, or call `start` and `stop`.

    `only` names the processes to run (with what they start after); default: all. `split` names services to be run as
    separate api, worker and relay processes. `show` receives every log line (name, text) beside the log file.
    Raises `PlatformError`, with one sentence, when a second portal uses the state directory, a port is taken, the disk
    is full, or a process does not come up.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        only: Iterable[str] | None = None,
        split: Collection[str] = (),
        fsync: bool = True,
        show: Callable[[str, str], None] | None = None,
    ) -> None:
        self.settings = settings.model_copy(
            update={
                "state_directory": settings.state_directory.resolve(),
                "contract_file": settings.contract_file.resolve(),
            }
        )
        table = processes(self.settings, split=split, fsync=fsync)
        self._table: Sequence[Process] = table if only is None else chosen(table, only)
        self._fsync = fsync
        self._show = show
        self._lock: IO[str] | None = None
        self._log: LogFile | None = None
        self._supervisor: Supervisor | None = None

    @property
    def supervisor(self) -> Supervisor:
        """The supervisor of a started portal."""
        if self._supervisor is None:
            raise PlatformError("The portal is not running: start it with 'make up'.")
        return self._supervisor

    async def start(self) -> None:
        """Begin to start every process; returns at once, `wait_ready` tells when they serve."""
        directory = self.settings.state_directory
        try:
            directory.mkdir(mode=0o755, parents=True, exist_ok=True)
            (directory / "logs").mkdir(exist_ok=True)
            self._lock = _lock(directory)
            try:
                _check_disk(directory)
                _check_clock(directory)
                check_contract(self.settings)
                check_ports(self._table)
                await self._provide_elsewhere()
            except BaseException:
                self._unlock()
                raise
        except OSError as problem:
            raise PlatformError(f"The state directory {directory} cannot be used: {problem.strerror}.") from problem
        self._log = LogFile(directory / "logs" / "portico.log", self._show)
        self._supervisor = Supervisor(self._table, log=self._log.write, environment=self._environment(), directory=ROOT)
        self._supervisor.start()

    async def wait_ready(self, names: Iterable[str] | None = None, *, within: float = 120.0) -> None:
        """Return when all of `names` (default: everything) serve."""
        await self.supervisor.wait_ready(names, within=within)

    async def stop(self) -> None:
        """End every process in reverse order and let go of the state directory."""
        try:
            if self._supervisor is not None:
                await self._supervisor.stop()
        finally:
            self._supervisor = None
            if self._log is not None:
                self._log.close()
                self._log = None
            self._unlock()

    async def kill(self, name: str, *, keep_down: bool = True) -> None:
        """SIGKILL `name`; it stays down until `start_process`, or is restarted at once without `keep_down`."""
        await self.supervisor.kill(name, keep_down=keep_down)

    async def stop_process(self, name: str) -> None:
        """End `name` gracefully and keep it down until `start_process`."""
        await self.supervisor.stop_process(name)

    async def start_process(self, name: str, *, within: float = 60.0) -> None:
        """Start `name` again and return when it serves."""
        self.supervisor.start_process(name)
        await self.supervisor.wait_ready(self.supervisor.named(name), within=within)

    async def restart(self, name: str, *, within: float = 60.0) -> None:
        """End `name` gracefully, start it again and return when it serves."""
        await self.supervisor.restart(name)
        await self.supervisor.wait_ready(self.supervisor.named(name), within=within)

    def status(self) -> list[Status]:
        """How each process stands now."""
        return self.supervisor.status()

    async def __aenter__(self) -> Self:
        await self.start()
        try:
            await self.wait_ready()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def _environment(self) -> dict[str, str]:
        settings = self.settings
        return {
            **os.environ,
            "PYTHONUNBUFFERED": "1",
            "PORTICO_PROFILE": settings.profile,
            "PORTICO_PORT_BASE": str(settings.port_base),
            "PORTICO_STATE_DIRECTORY": str(settings.state_directory),
            "PORTICO_CONTRACT_FILE": str(settings.contract_file),
            "KAFKA_BOOTSTRAP_SERVERS": settings.kafka,
            "DATABASE_URL": settings.database_url or f"postgresql://{HOST}:{settings.port(POSTGRESQL)}",
        }

    async def _provide_elsewhere(self) -> None:
        """Make databases and roles on a server that is not ours, where we were given its superuser's password."""
        server = Postgresql(self.settings, fsync=self._fsync)
        if not server.external or not server.may_provision:
            return
        try:
            await server.provision()
        except (OSError, TimeoutError) as problem:
            raise PlatformError(
                "The database server named by DATABASE_URL does not answer: start it first."
            ) from problem

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def _check_disk(directory: Path) -> None:
    if shutil.disk_usage(directory).free < _FREE_BYTES:
        raise PlatformError("The disk is nearly full: free at least 1 GB and try again.")


def _check_clock(directory: Path) -> None:
    try:
        offset_in(directory / "clock-offset")
    except ValueError as problem:
        raise PlatformError(str(problem)) from problem


def check_ports(table: Iterable[Process]) -> None:
    """Raise `PlatformError` when a port that one of the processes needs is taken, naming the port and the remedy."""
    for process in table:
        for port in process.ports:
            if not _free(port):
                raise PlatformError(
                    f"Port {port}, which {process.name} needs, is in use{_holder(port)}: stop that program, or choose "
                    "other ports with PORTICO_PORT_BASE (for example PORTICO_PORT_BASE=9400 make up)."
                )


@asynccontextmanager
async def free_port_base() -> AsyncIterator[int]:
    """Find a hundred ports nobody listens on and keep other callers of this function off them meanwhile.

    Raises `PlatformError` when every base is taken.
    """
    for base in _BASES:
        with contextlib.closing(socket.socket()) as reservation:
            try:
                reservation.bind((HOST, base + _RESERVATION))
                reservation.listen(1)
            except OSError:
                continue
            if all(_free(port) for port in range(base + 1, base + _RESERVATION)):
                yield base
                return
    raise PlatformError("Every range of ports from 20000 to 31999 is in use: stop a portal that nobody needs.")


def forget(directory: Path) -> None:
    """Delete all data of a stopped portal, also those that lie elsewhere behind a link; what was installed stays.

    Raises `PlatformError` when the portal runs.
    """
    if held(directory):
        raise PlatformError("The portal is running: stop it first with 'make down'.")
    for path in directory.iterdir() if directory.exists() else ():
        if path == JARS:
            continue
        if path.is_dir():
            shutil.rmtree(path.resolve())
        if path.is_symlink() or path.is_file():
            path.unlink()


def held(directory: Path) -> bool:
    """Whether a portal, perhaps one that is just stopping, uses the state directory."""
    if not (directory / "lock").exists():
        return False
    try:
        _lock(directory).close()
    except PlatformError:
        return True
    return False


def _free(port: int) -> bool:
    with contextlib.closing(socket.socket()) as probe:
        # As the servers do: a port on which an old connection only lingers is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _holder(port: int) -> str:
    with contextlib.suppress(psutil.Error, OSError):
        for connection in psutil.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr[1:] == (port,) and connection.pid:
                return f" by {psutil.Process(connection.pid).name()} (process {connection.pid})"
    return ""


def _lock(directory: Path) -> IO[str]:
    lock = (directory / "lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as problem:
        lock.close()
        raise PlatformError(
            f"A portal is running in {directory} already: stop it with 'make down', "
            "or choose another directory with PORTICO_STATE_DIRECTORY."
        ) from problem
    return lock
