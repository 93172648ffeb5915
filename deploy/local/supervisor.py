"""Starts the processes of a portal in order of readiness, restarts what crashes, stops in reverse, leaves none behind.

Three facts shape the code. A child's `wait()` does not return while a grandchild holds the child's standard output, so
each child writes into a pipe of our own. What a dead child leaves in its session is killed before its pipe is read to
the end. Every child leads its own session, so its whole group can be ended without touching anything else.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from deploy.local.errors import PlatformError

State = Literal["waiting", "starting", "ready", "done", "restarting", "stopped", "failed", "missing"]

# A dependency in one of these states no longer holds back those who wait for it.
_PASSED = frozenset({"ready", "done", "missing"})
_FIRST_DELAY, _MAX_DELAY, _STEADY = 0.2, 10.0, 10.0
_PROBE_EVERY = 0.1
_PROBE_TIMEOUT = 5.0
_DRAIN_TIMEOUT = 2.0
_ONE_SHOT_ATTEMPTS = 3
# A process that ends this often before it was ever ready will not come up by itself; waiting longer tells nothing.
_HOPELESS = 5
_MAX_LINE_LENGTH = 65_536
_LAST_LINES = 15


@dataclass(frozen=True)
class Process:
    """What the supervisor must know to run one process.

    `command` and `prepare` are asked again before every start (`prepare` in a thread: it may make a directory, format a
    disk). `ready` answers whether the process serves; a one-shot process has none and is done when it exits with 0.
    `provision` runs once after the first readiness, before anyone who waits for this process starts.
    """

    name: str
    command: Callable[[], Sequence[str]]
    after: tuple[str, ...] = ()
    ready: Callable[[], Awaitable[bool]] | None = None
    prepare: Callable[[], None] | None = None
    provision: Callable[[], Awaitable[None]] | None = None
    ports: tuple[int, ...] = ()
    user: Callable[[], tuple[int, int] | None] = lambda: None
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 15.0
    missing: Callable[[], str | None] = lambda: None


@dataclass(frozen=True)
class Status:
    """How one process stands. `seconds` is the time from its last start to its readiness, once it was reached."""

    name: str
    state: State
    pid: int | None
    starts: int
    seconds: float | None
    detail: str


@dataclass
class _Child:
    process: Process
    state: State = "waiting"
    detail: str = ""
    wanted: bool = True
    provisioned: bool = False
    starts: int = 0
    ends_before_ready: int = 0
    seconds: float | None = None
    running: asyncio.subprocess.Process | None = None
    last_lines: list[str] = field(default_factory=list)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None


class Supervisor:
    """Runs `processes` until `stop`.

    `log(name, line)` receives every line a child writes, and the supervisor's own under the child's name.
    """

    def __init__(
        self,
        processes: Sequence[Process],
        *,
        log: Callable[[str, str], None],
        environment: Mapping[str, str],
        directory: Path,
    ) -> None:
        self._children = {process.name: _Child(process) for process in processes}
        self._log = log
        self._environment = dict(environment)
        self._directory = directory
        self._changed = asyncio.Event()
        # The kernel then ends a child whose supervisor died without a word, so no orphan keeps a port.
        self._leash = shutil.which("setpriv")
        for process in processes:
            for name in process.after:
                if name not in self._children:
                    raise ValueError(f"{process.name} starts after {name}, which is not among the processes")

    # -- the whole --------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to start every process; `wait_ready` tells when they serve."""
        for child in self._children.values():
            child.task = asyncio.create_task(self._live(child), name=f"supervise {child.process.name}")

    async def wait_ready(self, names: Iterable[str] | None = None, *, within: float = 120.0) -> None:
        """Return when all of `names` (default: all processes) are ready or done.

        Raises `PlatformError` as soon as one of them cannot come up by itself, or after `within` seconds.
        """
        children = [self._children[name] for name in names] if names is not None else list(self._children.values())
        try:
            async with asyncio.timeout(within):
                while not all(child.state in {"ready", "done"} for child in children):
                    changed = self._changed
                    for child in children:
                        if sentence := self._hopeless(child):
                            raise PlatformError(sentence)
                    await changed.wait()
        except TimeoutError as late:
            names_late = ", ".join(child.process.name for child in children if child.state not in {"ready", "done"})
            raise PlatformError(
                f"Not ready after {within:.0f} s: {names_late}. Look into 'make logs', then 'make down'."
            ) from late

    async def stop(self) -> None:
        """End every process, each one only after those that wait for it at the start; returns when all are gone."""
        dependents: dict[str, list[asyncio.Task[None]]] = {name: [] for name in self._children}

        async def end(child: _Child, waiting_for: list[asyncio.Task[None]]) -> None:
            for task in waiting_for:
                await task
            await self._end(child)
            if child.task is not None:
                child.task.cancel()
                await asyncio.gather(child.task, return_exceptions=True)

        tasks = []
        for name in reversed(self._in_order()):
            child = self._children[name]
            child.wanted = False
            task = asyncio.create_task(end(child, dependents[name]))
            tasks.append(task)
            for earlier in child.process.after:
                dependents[earlier].append(task)
        await asyncio.gather(*tasks)

    def status(self) -> list[Status]:
        """How each process stands now, in the order of the table."""
        return [
            Status(
                name,
                child.state,
                child.running.pid if child.running else None,
                child.starts,
                child.seconds,
                child.detail,
            )
            for name, child in self._children.items()
        ]

    def hopeless(self) -> str | None:
        """Return one sentence about the first process that cannot come up by itself, if there is one.

        Processes whose module is missing are not meant: `status` tells them, and nobody waits for them.
        """
        children = [child for child in self._children.values() if child.state != "missing"]
        return next((told for child in children if (told := self._hopeless(child))), None)

    def last_lines(self, name: str) -> list[str]:
        """Return the last lines `name` wrote, oldest first."""
        return list(self._children[name].last_lines)

    # -- one process ------------------------------------------------------------------------------------------------

    def named(self, name: str) -> list[str]:
        """Return the processes meant by `name`: the one of that name, else the separate roles of the service `name`.

        Raises `PlatformError` when there is none.
        """
        if name in self._children:
            return [name]
        if roles := [one for one in self._children if one.startswith(f"{name}-")]:
            return roles
        raise PlatformError(f"There is no process '{name}' here; there are: {', '.join(self._children)}.")

    async def kill(self, name: str, *, keep_down: bool = True) -> None:
        """SIGKILL `name` and all its descendants in its group; it stays down until `start_process` when `keep_down`."""
        for one in self.named(name):
            child = self._children[one]
            child.wanted = not keep_down
            running = child.running
            self._log(one, "killed by request")
            if running is not None:
                _signal_group(running.pid, signal.SIGKILL)
                await self._until(lambda child=child, running=running: child.running is not running)  # type: ignore[misc]

    async def stop_process(self, name: str) -> None:
        """End `name` gracefully and keep it down until `start_process`."""
        for one in self.named(name):
            child = self._children[one]
            child.wanted = False
            await self._end(child)

    def start_process(self, name: str) -> None:
        """Start `name` again after `kill` or `stop_process`; does nothing to a process that runs."""
        for one in self.named(name):
            child = self._children[one]
            if child.running is None:
                child.wanted = True
                child.ends_before_ready = 0
                self._set(child, "waiting")
                child.wake.set()

    async def restart(self, name: str) -> None:
        """End `name` gracefully and start it again."""
        await self.stop_process(name)
        self.start_process(name)

    # -- inside -----------------------------------------------------------------------------------------------------

    def _in_order(self) -> list[str]:
        """Names with every process behind those it starts after."""
        ordered: list[str] = []

        def visit(name: str, above: tuple[str, ...]) -> None:
            if name in above:
                raise ValueError(f"{name} starts after itself")
            if name not in ordered:
                for earlier in self._children[name].process.after:
                    visit(earlier, (*above, name))
                ordered.append(name)

        for name in self._children:
            visit(name, ())
        return ordered

    def _hopeless(self, child: _Child) -> str | None:
        name = child.process.name
        if child.state == "missing":
            return f"{name} cannot start: {child.detail}"
        if child.state == "failed" or child.ends_before_ready >= _HOPELESS:
            last = child.last_lines[-1] if child.last_lines else "it wrote nothing"
            return f"{name} does not come up ({child.detail}): {last} See 'make logs'."
        if child.state in {"waiting", "stopped"}:
            for earlier in (self._children[other] for other in child.process.after):
                if earlier.state != "missing" and (sentence := self._hopeless(earlier)):
                    return sentence
        return None

    def _set(self, child: _Child, state: State, detail: str = "") -> None:
        child.state, child.detail = state, detail
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def _until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            await self._changed.wait()

    async def _live(self, child: _Child) -> None:
        """One process for as long as the supervisor runs: start, watch, start again with growing delays."""
        name, process = child.process.name, child.process
        if reason := process.missing():
            self._log(name, f"cannot start: {reason}")
            self._set(child, "missing", reason)
            return
        await self._until(lambda: all(self._children[earlier].state in _PASSED for earlier in process.after))
        delay = _FIRST_DELAY
        while True:
            if child.wanted:
                began = time.monotonic()
                outcome = await self._run_once(child)
                if not child.wanted:
                    self._set(child, "stopped", outcome)
                elif process.ready is None and outcome == "exit 0":
                    self._set(child, "done")
                    child.wanted = False
                else:
                    if time.monotonic() - began >= _STEADY:
                        delay = _FIRST_DELAY
                    if process.ready is None and child.ends_before_ready >= _ONE_SHOT_ATTEMPTS:
                        self._log(name, f"failed {_ONE_SHOT_ATTEMPTS} times ({outcome})")
                        self._set(child, "failed", outcome)
                        child.wanted = False
                    else:
                        self._log(name, f"ended ({outcome}), starts again in {delay:.1f} s")
                        self._set(child, "restarting", outcome)
                        await self._sleep(child, delay)
                        delay = min(delay * 2, _MAX_DELAY)
            else:
                if child.state == "waiting":
                    self._set(child, "stopped")
                child.wake.clear()
                await child.wake.wait()
                delay = _FIRST_DELAY

    async def _sleep(self, child: _Child, seconds: float) -> None:
        child.wake.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await child.wake.wait()

    async def _run_once(self, child: _Child) -> str:
        """Start the process, wait until it ends, clear its group; returns how it ended."""
        process = child.process
        child.seconds = None
        child.starts += 1
        self._set(child, "starting")
        began = time.monotonic()
        try:
            if process.prepare is not None:
                await asyncio.to_thread(process.prepare)
            running, lines = await self._spawn(child)
        except (PlatformError, OSError) as problem:
            child.ends_before_ready += 1
            self._remember(child, str(problem))
            return "could not start"
        child.running = running
        watch = asyncio.create_task(self._watch_readiness(child, began))
        try:
            if not child.wanted:  # stopped between the decision to start and the start
                _signal_group(running.pid, signal.SIGKILL)
            code = await running.wait()
        finally:
            watch.cancel()
            _signal_group(running.pid, signal.SIGKILL)
        await asyncio.gather(watch, return_exceptions=True)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_DRAIN_TIMEOUT):
                await lines.ended.wait()
        lines.close()
        if child.state == "starting" and not (process.ready is None and code == 0):
            child.ends_before_ready += 1
        child.running = None
        self._set(child, child.state)
        return f"exit {code}" if code >= 0 else f"ended by {signal.Signals(-code).name}"

    async def _spawn(self, child: _Child) -> tuple[asyncio.subprocess.Process, "_Lines"]:
        process = child.process
        command = list(process.command())
        if self._leash is not None:
            command = [self._leash, "--pdeathsig", process.stop_signal.name.removeprefix("SIG"), "--", *command]
        owner = await asyncio.to_thread(process.user)
        reading, writing = os.pipe()
        lines = _Lines(lambda line: self._remember(child, line))
        try:
            await asyncio.get_running_loop().connect_read_pipe(lambda: lines, os.fdopen(reading, "rb", buffering=0))
            running = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=writing,
                stderr=writing,
                start_new_session=True,
                cwd=self._directory,
                env=self._environment,
                user=owner[0] if owner else None,
                group=owner[1] if owner else None,
                extra_groups=[] if owner else None,
            )
        except BaseException:
            lines.close()
            raise
        finally:
            os.close(writing)
        return running, lines

    async def _watch_readiness(self, child: _Child, began: float) -> None:
        process = child.process
        if process.ready is None:
            return
        while not await _answers(process.ready):  # noqa: ASYNC110 - the other side is another process
            await asyncio.sleep(_PROBE_EVERY)
        if process.provision is not None and not child.provisioned:
            try:
                await process.provision()
            except Exception as problem:  # noqa: BLE001 - whatever it was, it is told under the process's name
                self._remember(child, f"was started but could not be set up: {problem}")
                self._set(child, "failed", "set-up failed")
                return
            child.provisioned = True
        child.seconds = time.monotonic() - began
        child.ends_before_ready = 0
        self._log(process.name, f"ready in {child.seconds:.1f} s")
        self._set(child, "ready")

    async def _end(self, child: _Child) -> None:
        running = child.running
        if running is None:
            if child.state in {"waiting", "restarting"}:
                self._set(child, "stopped")
                child.wake.set()
            elif child.state == "starting":
                await self._until(lambda: child.state != "starting" or child.running is not None)
                await self._end(child)
            return
        # The leader alone is asked: it ends its own helpers in order; what is left of the group is killed after it.
        with contextlib.suppress(ProcessLookupError):
            running.send_signal(child.process.stop_signal)
        try:
            async with asyncio.timeout(child.process.grace):
                await self._until(lambda: child.running is not running)
        except TimeoutError:
            self._log(child.process.name, f"did not stop within {child.process.grace:.0f} s and is killed")
            _signal_group(running.pid, signal.SIGKILL)
            await self._until(lambda: child.running is not running)

    def _remember(self, child: _Child, line: str) -> None:
        child.last_lines = [*child.last_lines[1 - _LAST_LINES :], line]
        self._log(child.process.name, line)


class _Lines(asyncio.Protocol):
    """Cuts what a child writes into lines; a line over the longest is cut, so a runaway child costs no memory."""

    def __init__(self, emit: Callable[[str], None]) -> None:
        self._emit = emit
        self._rest = b""
        self._transport: asyncio.BaseTransport | None = None
        self.ended = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        *whole, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > _MAX_LINE_LENGTH:
            whole.append(self._rest)
            self._rest = b""
        for line in whole:
            self._emit(line.decode(errors="replace").rstrip())

    def connection_lost(self, exc: Exception | None) -> None:
        del exc  # end of file and a broken pipe mean the same here: nobody writes any more
        if self._rest:
            self._emit(self._rest.decode(errors="replace").rstrip())
            self._rest = b""
        self.ended.set()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


async def _answers(probe: Callable[[], Awaitable[bool]]) -> bool:
    try:
        async with asyncio.timeout(_PROBE_TIMEOUT):
            return await probe()
    except Exception:  # noqa: BLE001 - a probe that fails in any way says one thing: not ready yet
        return False


def _signal_group(leader: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)
