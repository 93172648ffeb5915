"""Where tests take Kafka and PostgreSQL from; nothing here needs Docker."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.local.errors import PlatformError
from libs.common.settings import Settings
from tests.support.containers import SERVERS, VARIABLE, containers, from_containers
from tests.support.platform import platform


@pytest.mark.parametrize("choice", ["", "processes"])
def test_servers_are_processes_of_our_own_unless_asked_otherwise(monkeypatch: pytest.MonkeyPatch, choice: str) -> None:
    monkeypatch.setenv(VARIABLE, choice)
    assert not from_containers()


def test_an_unknown_choice_is_refused_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "cloud")
    with pytest.raises(PlatformError, match=r"^PORTICO_PARTS is 'cloud': make it one of processes, containers\.$"):
        from_containers()


async def test_without_a_docker_daemon_one_sentence_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(VARIABLE, "containers")
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path / 'nobody.sock'}")
    with pytest.raises(PlatformError, match=r"^No Docker daemon answers: start it, or unset PORTICO_PARTS\.$"):
        async with platform("postgresql"):
            pass


def test_only_what_is_needed_runs_in_a_container_and_is_found_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    running = []

    @contextmanager
    def run(_settings: Settings) -> Iterator[str]:
        running.append("kafka")
        yield "docker.example:9093"
        running.clear()

    monkeypatch.setitem(SERVERS, "kafka", ("kafka_bootstrap_servers", run))
    settings = Settings(profile="test", state_directory=tmp_path, DATABASE_URL="")
    with containers(settings, {"claims", "kafka"}) as found:
        assert running == ["kafka"]
        assert (found.kafka, found.database_url) == ("docker.example:9093", "")
    assert running == []
