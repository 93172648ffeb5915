"""Commands reach a running portal, and only its owner's."""

import asyncio
import json
import os
import stat
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner

from deploy.local import portal as portal_module
from deploy.local.__main__ import app
from deploy.local.control import Control, ask
from deploy.local.errors import PlatformError
from deploy.local.portal import LocalPortal, free_port_base
from deploy.local.processes import processes
from deploy.local.supervisor import Process
from libs.common.settings import Settings


async def at_once() -> bool:
    return True


@pytest.fixture
async def control(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Control]:
    """The control of a portal of one process that does nothing."""
    async with controlled(tmp_path, monkeypatch, ["claims"]) as control:
        yield control


@pytest.fixture
async def whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """A portal of every process, each service in one, none of which does anything."""
    names = [one.name for one in processes(Settings(state_directory=tmp_path))]
    async with controlled(tmp_path, monkeypatch, names):
        yield


@asynccontextmanager
async def controlled(directory: Path, monkeypatch: pytest.MonkeyPatch, names: Sequence[str]) -> AsyncIterator[Control]:
    """The control of a portal of processes that only are there."""
    table = [Process(name=name, command=lambda: ["sleep", "600"], ready=at_once) for name in names]
    monkeypatch.setattr(portal_module, "processes", lambda *_, **__: table)
    async with free_port_base() as base, LocalPortal(Settings(port_base=base, state_directory=directory)) as portal:
        control = Control(portal)
        await control.start()
        yield control
        await control.stop()


@pytest.mark.usefixtures("control")
async def test_kill_keeps_down_until_start(tmp_path: Path) -> None:
    before = (await ask(tmp_path, "status"))["processes"][0]
    killed = (await ask(tmp_path, "kill", "claims"))["processes"][0]
    started = (await ask(tmp_path, "start", "claims"))["processes"][0]
    assert [one["state"] for one in (before, killed, started)] == ["ready", "stopped", "ready"]
    assert not psutil.pid_exists(before["pid"])
    assert started["starts"] == 2


@pytest.mark.usefixtures("control")
async def test_restart_replaces_the_process(tmp_path: Path) -> None:
    before = (await ask(tmp_path, "status"))["processes"][0]
    after = (await ask(tmp_path, "restart", "claims"))["processes"][0]
    assert before["pid"] != after["pid"]
    assert after["state"] == "ready"


@pytest.mark.usefixtures("control")
async def test_an_unknown_process_or_action_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(PlatformError, match=r"no process 'claimz' here; there are: claims\."):
        await ask(tmp_path, "kill", "claimz")
    with pytest.raises(PlatformError, match="no action 'dance'"):
        await ask(tmp_path, "dance")


async def test_down_is_noted(control: Control, tmp_path: Path) -> None:
    await ask(tmp_path, "down")
    assert control.stopping.is_set()


async def test_without_the_token_nothing_is_done(control: Control, tmp_path: Path) -> None:
    where = tmp_path / "control.json"
    assert stat.S_IMODE(where.stat().st_mode) == 0o600
    where.write_text(json.dumps({**json.loads(where.read_text()), "token": "guessed"}))
    with pytest.raises(PlatformError, match="token"):
        await ask(tmp_path, "down")
    assert not control.stopping.is_set()


async def test_where_no_portal_runs_the_way_to_start_one_is_told(tmp_path: Path) -> None:
    with pytest.raises(PlatformError, match=r"^The portal is not running: start it with 'make up'\.$"):
        await ask(tmp_path, "status")
    (tmp_path / "control.json").write_text(json.dumps({"port": 1, "token": "left by a killed one", "pid": os.getpid()}))
    with pytest.raises(PlatformError, match="not running"):
        await ask(tmp_path, "status")


async def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[int, str]:
    monkeypatch.setenv("PORTICO_STATE_DIRECTORY", str(tmp_path))
    answer = await asyncio.to_thread(CliRunner().invoke, app, arguments)
    return answer.exit_code, answer.output


@pytest.mark.usefixtures("whole")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--split", "claims"), "running without claims-api, claims-relay, claims-worker: stop it with 'make down'"),
        (("--only", "kafka"), "running with appeals, auth, claims, "),
        (("--split", "nosuch"), "There is no service nosuch"),
        (("--only", "nosuch"), "There is no process 'nosuch'"),
        (("--split", "claims", "--only", "nosuch"), "There is no process 'nosuch'"),
    ],
)
async def test_a_running_portal_does_not_pass_over_the_wish_for_other_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    status, words = await command(tmp_path, monkeypatch, "up", *arguments)

    assert (status, said in words, "running already." in words) == (1, True, False), words


@pytest.mark.usefixtures("whole")
async def test_a_portal_that_runs_as_it_is_wanted_is_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, words = await command(tmp_path, monkeypatch, "up")

    assert (status, "The portal is running already." in words) == (0, True), words
