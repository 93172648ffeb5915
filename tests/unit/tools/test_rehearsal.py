from uuid import UUID

import pytest
from typer import BadParameter
from typer.testing import CliRunner

from libs.common.contracts.envelope import known, open_envelope
from libs.common.errors import Poison
from tools.rehearsal import application, contract_for, unreadable


@pytest.mark.parametrize("service", ["auth", "claims", "eligibility", "remittance", "appeals", "notifier", "portal"])
def test_what_is_sent_is_an_event_the_service_acts_on_and_nobody_can_read(service: str) -> None:
    message = unreadable(contract_for(service), UUID(int=1), "2026-11-29T10:00:00+00:00")

    assert known(message)
    with pytest.raises(Poison):
        open_envelope(message)


def test_a_service_that_can_meet_none_is_refused() -> None:
    with pytest.raises(BadParameter):
        contract_for("nobody")


@pytest.mark.parametrize("command", [["poison", "claims"], ["stuck"]])
def test_in_a_cluster_nothing_is_rehearsed(command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTICO_PROFILE", "cluster")

    answer = CliRunner().invoke(application, command)

    assert answer.exit_code == 1
    assert "This is a cluster" in answer.output
