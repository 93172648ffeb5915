"""The supervisor with real processes: order, restarts, groups, and a stop that leaves nobody behind."""

import asyncio
import os
import shutil
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil
import pytest

from deploy.local.errors import PlatformError
from deploy.local.portal import ROOT, LocalPortal, check_ports, forget, free_port_base
from deploy.local.supervisor import Process, Supervisor
from libs.common.settings import KAFKA, POSTGRESQL, Settings

# Writes its own id and its child's, then both sleep; the child holds the same standard output.
PARENT = """
import os, pathlib, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
place = pathlib.Path(sys.argv[1])
place.with_suffix(".draft").write_text(f"{os.getpid()} {child.pid}")
place.with_suffix(".draft").rename(place)
time.sleep(600)
"""


def file_there(path: Path) -> Callable[[], Awaitable[bool]]:
    async def probe() -> bool:
        return path.exists()  # noqa: ASYNC240 - one look at a file in memory

    return probe


def sleeper(name: str, directory: Path, *, after: tuple[str, ...] = (), stopped: Path | None = None) -> Process:
    """A process that is ready when its file is there, and notes its end in `stopped`."""
    code = f"""
import pathlib, signal, sys, time
def end(*_):
    with open({str(stopped or os.devnull)!r}, "a") as file: file.write({name + " "!r})
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
pathlib.Path({str(directory / name)!r}).touch()
while True: time.sleep(600)
"""
    return Process(
        name=name, command=lambda: [sys.executable, "-c", code], after=after, ready=file_there(directory / name)
    )


def supervisor(processes: list[Process], directory: Path, lines: list[str] | None = None) -> Supervisor:
    def log(name: str, line: str) -> None:
        if lines is not None:
            lines.append(f"{name}: {line}")

    return Supervisor(processes, log=log, environment=os.environ, directory=directory)


async def until(condition: Callable[[], bool], within: float = 20.0) -> None:
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110 - the other side is another process
            await asyncio.sleep(0.02)


def alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


async def test_a_killed_process_takes_its_grandchild_along_and_starts_again(tmp_path: Path) -> None:
    place = tmp_path / "ids"
    process = Process(
        name="parent", command=lambda: [sys.executable, "-c", PARENT, str(place)], ready=file_there(place)
    )
    run = supervisor([process], tmp_path)
    run.start()
    try:
        await run.wait_ready(within=20)
        parent, child = (int(word) for word in place.read_text().split())
        place.unlink()
        os.kill(parent, 9)
        await until(place.exists)
        await run.wait_ready(within=20)
        assert not alive(parent)
        assert not alive(child)
        again, new_child = (int(word) for word in place.read_text().split())
        assert again != parent
        assert run.status()[0].starts == 2
    finally:
        await run.stop()
    await until(lambda: not alive(again) and not alive(new_child))


async def test_processes_start_after_those_they_need_and_stop_in_reverse(tmp_path: Path) -> None:
    stopped = tmp_path / "stopped"
    lines: list[str] = []
    run = supervisor(
        [
            sleeper("third", tmp_path, after=("second",), stopped=stopped),
            sleeper("first", tmp_path, stopped=stopped),
            sleeper("second", tmp_path, after=("first",), stopped=stopped),
        ],
        tmp_path,
        lines,
    )
    run.start()
    await run.wait_ready(within=20)
    ready = [line.split(":")[0] for line in lines if ": ready in" in line]
    pids = [status.pid for status in run.status()]
    await run.stop()
    assert ready == ["first", "second", "third"]
    assert stopped.read_text().split() == ["third", "second", "first"]
    assert all(pid is not None and not psutil.pid_exists(pid) for pid in pids)
    assert {status.state for status in run.status()} == {"stopped"}


async def test_a_process_killed_by_request_stays_down_until_it_is_started(tmp_path: Path) -> None:
    run = supervisor([sleeper("one", tmp_path)], tmp_path)
    run.start()
    try:
        await run.wait_ready(within=20)
        await run.kill("one")
        assert run.status()[0].state == "stopped"
        assert run.status()[0].pid is None
        run.start_process("one")
        await run.wait_ready(within=20)
        assert run.status()[0].starts == 2
    finally:
        await run.stop()


async def test_a_process_that_ignores_the_stop_signal_is_killed_after_its_grace(tmp_path: Path) -> None:
    place = tmp_path / "deaf"
    code = (
        "import pathlib, signal, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "pathlib.Path(sys.argv[1]).touch()\n"
        "while True: time.sleep(600)"
    )
    command = [sys.executable, "-c", code, str(place)]
    process = Process(name="deaf", command=lambda: command, ready=file_there(place), grace=0.3)
    lines: list[str] = []
    run = supervisor([process], tmp_path, lines)
    run.start()
    await run.wait_ready(within=20)
    pid = run.status()[0].pid
    await run.stop()
    assert pid is not None
    assert not psutil.pid_exists(pid)
    assert any("did not stop" in line for line in lines)


async def test_a_process_that_always_fails_is_told_with_its_last_words(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; sys.exit('no license')"]
    process = Process(name="broken", command=lambda: command, ready=file_there(tmp_path / "never"))
    run = supervisor([process], tmp_path)
    run.start()
    try:
        with pytest.raises(PlatformError, match=r"^broken does not come up \(exit 1\): no license"):
            await run.wait_ready(within=30)
    finally:
        await run.stop()


async def test_who_waits_for_a_failed_one_shot_is_not_started_and_not_waited_for(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; sys.exit('no table')"]
    run = supervisor(
        [Process(name="migrate", command=lambda: command), sleeper("service", tmp_path, after=("migrate",))], tmp_path
    )
    run.start()
    try:
        with pytest.raises(PlatformError, match=r"^migrate does not come up"):
            await run.wait_ready(["service"], within=30)
        assert not (tmp_path / "service").exists()
    finally:
        await run.stop()


async def test_a_process_whose_module_is_missing_is_told_and_holds_nobody_back(tmp_path: Path) -> None:
    gone = Process(name="gone", command=list, missing=lambda: "the module services.gone does not exist.")
    run = supervisor([gone, sleeper("other", tmp_path, after=("gone",))], tmp_path)
    run.start()
    try:
        await run.wait_ready(["other"], within=20)
        with pytest.raises(PlatformError, match=r"^gone cannot start: the module services\.gone does not exist\."):
            await run.wait_ready(within=20)
    finally:
        await run.stop()


async def test_stopping_while_processes_still_start_leaves_nobody(tmp_path: Path) -> None:
    run = supervisor([sleeper("first", tmp_path), sleeper("second", tmp_path, after=("first",))], tmp_path)
    run.start()
    await until(lambda: run.status()[0].pid is not None)
    pid = run.status()[0].pid
    await run.stop()
    assert pid is not None
    assert not psutil.pid_exists(pid)
    assert run.status()[1].starts == 0


async def test_a_busy_port_is_told_with_its_number_and_the_remedy(tmp_path: Path) -> None:
    async with free_port_base() as base:
        settings = Settings(port_base=base, state_directory=tmp_path)
        with socket.socket() as holder:
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # old connections may linger on it
            holder.bind(("127.0.0.1", base + POSTGRESQL))
            holder.listen(1)
            with pytest.raises(PlatformError, match=rf"^Port {base + POSTGRESQL}, which postgresql needs, is in use"):
                await LocalPortal(settings, only=("postgresql",)).start()
        again = LocalPortal(settings, only=("postgresql",))
        await again.start()  # the refused one let go of the state directory
        await again.stop()
        forget(tmp_path)


async def test_a_port_that_is_free_is_no_trouble() -> None:
    async with free_port_base() as base:
        check_ports([Process(name="one", command=list, ports=(base + KAFKA,))])


async def test_a_second_portal_in_the_same_state_directory_is_refused(tmp_path: Path) -> None:
    async with free_port_base() as base:
        settings = Settings(port_base=base, state_directory=tmp_path)
        first = LocalPortal(settings, only=())
        await first.start()
        with pytest.raises(PlatformError, match=r"^A portal is running in .* already"):
            await LocalPortal(settings, only=()).start()
        await first.stop()
        second = LocalPortal(settings, only=())
        await second.start()
        await second.stop()


async def test_two_callers_never_get_the_same_range_of_ports() -> None:
    async with free_port_base() as one, free_port_base() as other:
        assert one != other


ORPHAN = """
import asyncio, os, pathlib, sys
from deploy.local.supervisor import Process, Supervisor
async def main():
    child = Process(name="child", command=lambda: [sys.executable, "-c", "import time; time.sleep(600)"], ready=at_once)
    run = Supervisor([child], log=lambda *_: None, environment=os.environ, directory=pathlib.Path.cwd())
    run.start()
    await run.wait_ready()
    print(run.status()[0].pid, flush=True)
    await asyncio.sleep(600)
async def at_once():
    return True
asyncio.run(main())
"""


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="only Linux ends the children of a killed supervisor")
async def test_a_killed_supervisor_leaves_no_orphans() -> None:
    run = await asyncio.create_subprocess_exec(sys.executable, "-c", ORPHAN, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    assert run.stdout is not None
    child = int(await run.stdout.readline())
    assert alive(child)
    run.kill()
    await run.wait()
    await until(lambda: not alive(child))
