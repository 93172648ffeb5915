from pathlib import Path
from typing import Any

import pytest

from deploy.local.errors import PlatformError
from deploy.local.processes import chosen, processes, roles
from libs.common.settings import SERVICES, Settings
from tests.support.portico import CONTRACT, DME_CONTRACT


def settings(**elsewhere: Any) -> Settings:
    return Settings(port_base=21000, state_directory=Path("/nowhere"), **elsewhere)


def names(**elsewhere: Any) -> list[str]:
    return [process.name for process in processes(settings(**elsewhere))]


def test_every_service_runs_as_one_process_and_the_notifier_has_its_stream() -> None:
    assert set(SERVICES) <= set(names())
    assert [name for name in names() if "-" in name] == ["notifier-stream"]


def test_a_split_service_runs_in_its_roles_on_the_ports_of_the_roles() -> None:
    table = {process.name: process for process in processes(settings(), split=["claims"])}
    assert "claims" not in table
    assert [table[f"claims-{role}"].ports for role in ("api", "worker", "relay")] == [(21003,), (21013,), (21023,)]
    assert list(table["claims-worker"].command())[1:] == ["-m", "services.claims", "worker"]


def test_no_two_processes_want_the_same_port() -> None:
    ports = [port for process in processes(settings(), split=SERVICES) for port in process.ports]
    assert len(ports) == len(set(ports))


def test_a_broker_and_a_database_elsewhere_are_used_and_none_is_started() -> None:
    elsewhere = {"KAFKA_BOOTSTRAP_SERVERS": "broker:9092", "DATABASE_URL": "postgresql://database:5432"}
    table = processes(settings(**elsewhere))
    assert not {"kafka", "postgresql"} & {process.name for process in table}
    assert not {"kafka", "postgresql"} & {name for process in table for name in process.after}


def test_a_choice_brings_along_what_it_starts_after() -> None:
    found = [process.name for process in chosen(processes(settings()), ["topics"])]
    assert found == ["kafka", "topics"]


def test_a_service_in_separate_roles_may_be_chosen_as_a_whole() -> None:
    found = {process.name for process in chosen(processes(settings(), split=["claims"]), ["claims"])}
    assert {"claims-api", "claims-worker", "claims-relay", "kafka", "postgresql"} <= found
    assert "auth" not in found


def test_services_start_after_keys_topics_and_tables() -> None:
    table = {process.name: process for process in processes(settings())}
    assert {"keys", "topics", "migrate"} <= set(table["claims"].after)


def test_a_name_that_does_not_exist_is_told_with_those_that_do() -> None:
    with pytest.raises(PlatformError, match="no process 'claimz'; there are: kafka, postgresql"):
        chosen(processes(settings()), ["claimz"])
    with pytest.raises(PlatformError, match="no service claimz; there are: auth"):
        processes(settings(), split=["claimz"])


def test_a_module_that_exists_is_not_called_missing_and_one_that_does_not_is() -> None:
    table = {process.name: process for process in processes(settings())}
    assert table["topics"].missing() is None
    assert table["migrate"].missing() is None


def test_a_service_is_known_in_each_of_its_roles() -> None:
    assert roles(settings(), "claims") == {"claims", "claims-api", "claims-worker", "claims-relay"}
    assert roles(settings(), "claims-worker") == {"claims-worker"}
    assert roles(settings(), "kafka") == {"kafka"}


def test_neither_a_process_nor_a_service_is_told_with_those_that_are() -> None:
    with pytest.raises(PlatformError, match="no process 'nosuch'; there are: kafka, postgresql"):
        roles(settings(), "nosuch")


def test_a_partner_of_dme_contracts_runs_under_those_alone() -> None:
    assert "item_history" not in names(contract_file=CONTRACT)
    assert "item_history" in names(contract_file=DME_CONTRACT)
