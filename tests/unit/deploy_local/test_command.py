"""`make logs`: the lines that were asked for, or a sentence; never silence."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.local.__main__ import app


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PORTICO_STATE_DIRECTORY", str(tmp_path))
    (tmp_path / "logs").mkdir()
    return tmp_path


def log(state: Path, *names: str) -> None:
    lines = [f"2026-11-29T10:00:0{at}.000Z {name:<20} | line of {name}\n" for at, name in enumerate(names)]
    (state / "logs" / "portico.log").write_text("".join(lines))


def test_the_log_of_a_name_that_is_none_is_refused_instead_of_followed(state: Path) -> None:
    log(state, "claims")

    answer = CliRunner().invoke(app, ["logs", "nosuch"])

    assert answer.exit_code == 1
    assert "There is no process 'nosuch'; there are: kafka" in answer.output


def test_the_log_of_a_service_is_that_of_all_its_roles(state: Path) -> None:
    log(state, "claims-api", "claims-worker", "auth", "claims")

    answer = CliRunner().invoke(app, ["logs", "claims", "--no-follow"])

    assert [line.rpartition(" ")[2] for line in answer.output.splitlines()] == ["claims-api", "claims-worker", "claims"]
