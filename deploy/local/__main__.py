"""`python -m deploy.local`: the local portal from the command line; `make up`, `down`, `status`, `logs` call it."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console

from deploy.local.contract import check_contract
from deploy.local.control import Control, ask
from deploy.local.errors import PlatformError
from deploy.local.portal import ROOT, LocalPortal, forget, held
from deploy.local.processes import chosen, processes, roles
from libs.common.settings import GATEWAY, Settings

app = typer.Typer(help="The local portal.", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
console = Console(highlight=False, soft_wrap=True)
complaints = Console(stderr=True, highlight=False, soft_wrap=True)

Split = Annotated[str, typer.Option(help="Services to run as separate api, worker and relay: claims,notifier")]
Only = Annotated[str, typer.Option(help="Run only these processes and what they start after: claims,gateway")]
Name = Annotated[str, typer.Argument(help="A process (see status), or a service that runs in separate roles")]

_POLL = 0.2
_WAIT = 180.0
_DONE = frozenset({"ready", "done"})
_SETTLED = _DONE | {"missing"}
_AGAIN = "stop it with 'make down', then start it as you want it."


@app.command()
def up(split: Split = "", only: Only = "") -> None:
    """Start the portal in the background and return when everything serves."""
    settings = _settings()
    began = time.monotonic()
    with _sentences():
        check_contract(settings)
        if not _runs(settings):
            _launch(settings, split, only)
        else:
            if split or only:
                _refuse_other_processes(settings, _words(split), _words(only))
            console.print("The portal is running already.")
        count = asyncio.run(_follow(settings.state_directory, began))
        console.print(f"All {count} processes are ready after {time.monotonic() - began:.1f} s.")
        console.print(f"The portal: https://localhost:{settings.port(GATEWAY)}")


@app.command()
def down() -> None:
    """Stop the portal; returns when every process is gone."""
    settings = _settings()
    with _sentences():
        if not _runs(settings):
            console.print("The portal is not running.")
            return
        began = time.monotonic()
        asyncio.run(ask(settings.state_directory, "down"))
        while held(settings.state_directory):
            if time.monotonic() - began > _WAIT:
                raise PlatformError("The portal did not stop: see 'make logs'.")
            time.sleep(_POLL)
        console.print(f"The portal is stopped ({time.monotonic() - began:.1f} s).")


@app.command()
def status() -> None:
    """Show how each process stands."""
    with _sentences():
        answer = asyncio.run(ask(_settings().state_directory, "status"))
    console.print(f"{'process':<20} {'state':<11} {'process id':>10} {'starts':>7} {'ready in':>9}")
    for one in answer["processes"]:
        seconds = "" if one["seconds"] is None else f"{one['seconds']:.1f} s"
        line = f"{one['name']:<20} {one['state']:<11} {one['pid'] or '':>10} {one['starts']:>7} {seconds:>9}"
        console.print(f"{line}  {one['detail']}", markup=False)


@app.command()
def logs(
    name: Annotated[str, typer.Argument(help="Only the lines of this process, or of every role of this service")] = "",
    *,
    lines: Annotated[int, typer.Option(help="How many lines to begin with")] = 100,
    follow: Annotated[bool, typer.Option(help="Go on until interrupted")] = True,
) -> None:
    """Show the log of all processes, or of one, and follow it."""
    settings = _settings()
    path = settings.state_directory / "logs" / "portico.log"
    with _sentences():
        names = roles(settings, name) if name else frozenset()
        if not path.exists():
            raise PlatformError("There is no log yet: start the portal with 'make up'.")
        with contextlib.suppress(KeyboardInterrupt):
            _show(path, names, lines, follow=follow)


@app.command()
def start(name: Name) -> None:
    """Start a process that was killed or stopped, and return when it serves."""
    _act("start", name)


@app.command()
def stop(name: Name) -> None:
    """End a process gracefully and keep it down until `start`."""
    _act("stop", name)


@app.command()
def restart(name: Name) -> None:
    """End a process gracefully, start it again and return when it serves."""
    _act("restart", name)


@app.command()
def kill(name: Name) -> None:
    """Kill a process with SIGKILL and keep it down until `start`."""
    _act("kill", name)


@app.command()
def crash(name: Name) -> None:
    """Kill a process with SIGKILL and let the supervisor start it again."""
    _act("crash", name)


@app.command()
def clean() -> None:
    """Forget all data of a stopped portal: databases, topics, documents, keys. What was installed stays."""
    with _sentences():
        forget(_settings().state_directory)


@app.command(hidden=True)
def supervise(split: Split = "", only: Only = "") -> None:
    """Run the portal in the foreground, its log on the screen, until interrupted or told to stop."""
    with _sentences():
        asyncio.run(_supervise(_settings(), _words(split), _words(only)))


async def _supervise(settings: Settings, split: list[str], only: list[str]) -> None:
    show = (lambda name, line: console.print(f"{name:<20} | {line}", markup=False)) if sys.stdout.isatty() else None
    portal = LocalPortal(settings, only=only or None, split=split, show=show)
    await portal.start()
    control = Control(portal)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, control.stopping.set)
    try:
        await control.start()
        await control.stopping.wait()
    finally:
        await control.stop()
        await portal.stop()


def _launch(settings: Settings, split: str, only: str) -> None:
    """Start the supervisor in the background, and return when it can be asked.

    Raises `PlatformError` with its own sentence when it gave up.
    """
    log = settings.state_directory / "logs" / "supervisor.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as output:
        running = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "deploy.local", "supervise", "--split", split, "--only", only],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            env={**os.environ, "PORTICO_STATE_DIRECTORY": str(settings.state_directory)},
        )
    while not _runs(settings):
        if running.poll() is not None:
            words = log.read_text().strip().splitlines()
            raise PlatformError(words[-1] if words else "The portal did not start, and said nothing.")
        time.sleep(_POLL)


async def _follow(state_directory: Path, began: float) -> int:
    """Tell each process that becomes ready; returns how many there are when all are.

    Raises `PlatformError` when one cannot come up or it takes too long.
    """
    told: set[str] = set()
    while True:
        answer = await ask(state_directory, "status")
        processes = answer["processes"]
        for one in processes:
            if one["state"] in _SETTLED and one["name"] not in told:
                told.add(one["name"])
                detail = f": {one['detail']}" if one["detail"] else ""
                console.print(f"  {time.monotonic() - began:5.1f} s  {one['name']} {one['state']}{detail}")
        if all(one["state"] in _SETTLED for one in processes):
            if missing := [one["name"] for one in processes if one["state"] == "missing"]:
                raise PlatformError(f"Without a program, and left out: {', '.join(missing)}. The rest is running.")
            return len(processes)
        if answer["hopeless"]:
            raise PlatformError(f"{answer['hopeless']} What did start is left running: 'make down' stops it.")
        if time.monotonic() - began > _WAIT:
            late = ", ".join(one["name"] for one in processes if one["state"] not in _DONE)
            raise PlatformError(f"Not ready after {_WAIT:.0f} s: {late}. See 'make logs'; 'make down' stops the rest.")
        await asyncio.sleep(_POLL)


def _refuse_other_processes(settings: Settings, split: list[str], only: list[str]) -> None:
    """Raise `PlatformError` when a name is none, or the portal that runs has other processes than those wanted."""
    table = processes(settings, split=split)
    wanted = {one.name for one in (chosen(table, only) if only else table)}
    running = {one["name"] for one in asyncio.run(ask(settings.state_directory, "status"))["processes"]}
    if missing := sorted(wanted - running):
        raise PlatformError(f"The portal is running without {', '.join(missing)}: {_AGAIN}")
    if others := sorted(running - wanted):
        raise PlatformError(f"The portal is running with {', '.join(others)} too: {_AGAIN}")


def _show(path: Path, names: Collection[str], lines: int, *, follow: bool) -> None:
    def wanted(line: str) -> bool:
        return not names or line.split(" ", 2)[1] in names

    file = path.open(encoding="utf-8", errors="replace")
    try:
        for line in deque(filter(wanted, file), maxlen=lines):
            console.print(line.rstrip("\n"), markup=False)
        while follow:
            if line := file.readline():
                if wanted(line):
                    console.print(line.rstrip("\n"), markup=False)
            elif path.stat().st_ino != os.fstat(file.fileno()).st_ino:  # the file was full and a new one began
                file.close()
                file = path.open(encoding="utf-8", errors="replace")
            else:
                time.sleep(_POLL)
    finally:
        file.close()


def _act(action: str, name: str) -> None:
    with _sentences():
        asyncio.run(ask(_settings().state_directory, action, name))


def _runs(settings: Settings) -> bool:
    async def asked() -> bool:
        try:
            await ask(settings.state_directory, "status")
        except PlatformError:
            return False
        return True

    return asyncio.run(asked())


def _settings() -> Settings:
    try:
        settings = Settings()
    except ValidationError as wrong:
        for error in wrong.errors():
            name = str(error["loc"][0])
            variable = f"PORTICO_{name.upper()}" if name.islower() else name
            complaints.print(f"{variable} cannot be {error['input']!r}: {error['msg']}.", markup=False)
        raise typer.Exit(1) from None
    return settings.model_copy(update={"state_directory": (ROOT / settings.state_directory).resolve()})


def _words(text: str) -> list[str]:
    return [word for word in text.replace(",", " ").split() if word]


@contextlib.contextmanager
def _sentences() -> Iterator[None]:
    """Turn a refusal into its sentence and exit status 1."""
    try:
        yield
    except PlatformError as problem:
        complaints.print(str(problem), markup=False)
        raise typer.Exit(1) from None


if __name__ == "__main__":
    app()
