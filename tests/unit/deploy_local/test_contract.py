from pathlib import Path

import pytest

from deploy.local.contract import check_contract, contract_of
from deploy.local.errors import PlatformError
from libs.common.settings import Settings
from tests.support.portico import CONTRACT, DME_CONTRACT


def settings(directory: Path, contract: Path) -> Settings:
    return Settings(state_directory=directory, contract_file=contract)


def test_a_state_directory_belongs_to_the_contract_of_its_first_start(tmp_path: Path) -> None:
    check_contract(settings(tmp_path, CONTRACT))
    check_contract(settings(tmp_path, CONTRACT))
    with pytest.raises(PlatformError, match=r"holds the data of contract 15004, and you want contract 17904: choose"):
        check_contract(settings(tmp_path, DME_CONTRACT))
    check_contract(settings(tmp_path / "not there yet", DME_CONTRACT))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "cannot be read: No such file or directory. Name one with CONTRACT, as contract-dme.toml."),
        ("contract_id = ", "is no TOML"),
        ("contract_id = 15004", "cannot be served. contract_id: Input should be a valid string"),
    ],
    ids=["missing", "no TOML", "not a contract"],
)
def test_a_contract_that_cannot_be_served_is_told_in_a_sentence(
    tmp_path: Path, content: str | None, sentence: str
) -> None:
    file = tmp_path / "contract.toml"
    if content is not None:
        file.write_text(content)
    with pytest.raises(PlatformError, match=sentence):
        contract_of(settings(tmp_path, file))


@pytest.mark.parametrize("file", [CONTRACT, DME_CONTRACT], ids=["A and B", "DME"])
def test_the_contracts_of_this_repository_can_be_served(tmp_path: Path, file: Path) -> None:
    assert contract_of(settings(tmp_path, file)).functions
