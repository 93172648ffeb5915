"""What operators mistype is answered by one sentence, before anything is asked of a database."""

import pytest
from typer import Typer
from typer.testing import CliRunner

from deploy.local.__main__ import app as local
from tools.audit import application as audit
from tools.dead_letters import application as dead_letters


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        (audit, ["verify", "nobody"]),
        (audit, ["heads", "nobody"]),
        (dead_letters, ["list", "nobody"]),
    ],
)
def test_an_unknown_service_is_told_with_those_there_are(tool: Typer, arguments: list[str]) -> None:
    answer = CliRunner().invoke(tool, arguments)

    assert answer.exit_code == 2
    assert "there is no service nobody" in answer.output


@pytest.mark.parametrize("port_base", ["abc", "65500"])
def test_a_setting_that_cannot_be_is_told_by_its_variable(port_base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTICO_PORT_BASE", port_base)
    answer = CliRunner().invoke(local, ["status"])

    assert answer.exit_code == 1
    assert f"PORTICO_PORT_BASE cannot be '{port_base}'" in answer.output
