from pathlib import Path

import pytest
from typer.testing import CliRunner

from simulators.population import Population
from tools.demo import DEMO_USER, app

USERS = [each.user_id for each in Population().users]


@pytest.fixture(autouse=True)
def directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The codes that were used before are those of an empty directory: none."""
    monkeypatch.setenv("PORTICO_STATE_DIRECTORY", str(tmp_path))


@pytest.mark.parametrize("user_id", USERS)
def test_it_tells_what_each_demo_user_signs_in_with(user_id: str) -> None:
    run = CliRunner().invoke(app, ["code", user_id])

    user_line, password_line, code_line, *_ = run.output.splitlines()
    assert run.exit_code == 0
    assert user_line.split() == ["User", "ID", user_id]
    assert password_line.split() == ["Password", Population().user(user_id).password]
    assert code_line.split()[1].isdigit()
    assert len(code_line.split()[1]) == 6


def test_without_a_name_it_is_the_biller_of_the_demo() -> None:
    assert DEMO_USER in CliRunner().invoke(app, ["code"]).output


def test_nobody_of_the_demo_is_answered_with_those_who_are() -> None:
    run = CliRunner().invoke(app, ["code", "riverside.nobody"])

    assert run.exit_code == 2
    assert all(user_id in run.output for user_id in USERS)
    assert "Password" not in run.output
