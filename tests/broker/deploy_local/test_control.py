"""Commands reach a running portal, and only its owner's."""

import json
import os
import stat
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from deploy.local import portal as portal_module
from deploy.local.control import Control, ask
from deploy.local.errors import PlatformError
from deploy.local.portal import LocalPortal, free_port_base
from deploy.local.supervisor import Process
from libs.common.settings import Settings


async def at_once() -> bool:
    return True


@pytest.fixture
async def control(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Control]:
    """The control of a portal of one process that does nothing."""
    command = [sys.executable, "-c", "import time; time.sleep(600)"]
    table = [Process(name="claims", command=lambda: command, ready=at_once)]
    monkeypatch.setattr(portal_module, "processes", lambda *_, **__: table)
    async with free_port_base() as base, LocalPortal(Settings(port_base=base, state_directory=tmp_path)) as portal:
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
