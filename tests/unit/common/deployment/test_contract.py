"""What a contract may say of its functions, and what it is told when it says something else."""

import re
import tomllib
from typing import Any

import pytest
from pydantic import ValidationError

from libs.common.deployment import Deployment
from tests.support.portico import ROOT

CONTRACT = tomllib.loads((ROOT / "contract.toml").read_text(encoding="utf-8"))


def contract(**switches: dict[str, str]) -> Deployment:
    """The contract of the demonstration with some switches set, their codes with an underscore."""
    changed = {code.replace("_", "-"): switch for code, switch in switches.items()}
    return Deployment.model_validate({**CONTRACT, "functions": {**CONTRACT["functions"], **changed}})


def refusal(**changed: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        Deployment.model_validate({**CONTRACT, **changed})
    return str(refused.value)


def test_what_is_on_planned_and_off() -> None:
    found = contract(
        F_07={"state": "off"}, F_10={"state": "off"}, F_17={"state": "planned", "period": "April to June 2027"}
    )
    on = [each.code for each in found.functions]
    assert on == sorted(on)
    assert {"F-03", "F-08"} <= set(on)
    assert not {"F-07", "F-10", "F-17", "F-28"} & set(on)
    assert [(each.function.name, each.period) for each in found.planned] == [("MBI Look-up Tool", "April to June 2027")]


@pytest.mark.parametrize(
    ("code", "switch", "correction"),
    [
        ("F-08", {"state": "on"}, 'F-08: Claim Submission is not among .* Add its reference, approval = "…"'),
        ("F-01", {"state": "on", "approval": "X"}, "F-01: this release does not have Audit and .* Set state to"),
        ("F-17", {"state": "planned"}, 'F-17: period belongs to a planned function, .* such as period = "April'),
        ("F-07", {"state": "on", "period": "2027"}, "F-07: period belongs to a planned function"),
        ("F-29", {"state": "off"}, "F-29: no function of Appendix 9.1 .* Use one of F-01 to F-28"),
        ("F-07", {"state": "maybe"}, "functions.F-07.state\n.*'on', 'planned' or 'off'"),
        ("F-07", {"state": "on", "path": "/claims"}, "functions.F-07.path\n.*not permitted"),
    ],
)
def test_a_switch_that_cannot_be_is_refused_with_what_to_correct(
    code: str, switch: dict[str, str], correction: str
) -> None:
    said = refusal(functions={code: switch})
    assert "functions" in said
    assert re.search(correction, said)


def test_every_fault_is_told_at_once() -> None:
    said = refusal(functions={"F-08": {"state": "on"}, "F-17": {"state": "planned"}})
    assert "F-08: Claim Submission" in said
    assert "F-17: period" in said


def test_a_partner_stops_functions_that_there_are() -> None:
    partner = {**CONTRACT["partners"][0], "functions": ["F-12", "F-99"]}
    assert "F-99: no function of Appendix 9.1" in refusal(partners=[partner])


def test_hets_knows_a_contract_by_its_submitters_id_or_by_its_number() -> None:
    named = Deployment.model_validate({**CONTRACT, "hets": {"submitter_id": "P0001XYZ9"}})
    assert named.hets_submitter == "P0001XYZ9"
    unnamed = Deployment.model_validate({name: value for name, value in CONTRACT.items() if name != "hets"})
    assert unnamed.hets_submitter == unnamed.contract_id == "15004"


@pytest.mark.parametrize("submitter", ["mer15004", "MER-15004", "M", "MER1500400", "MER 15004", "MER*1~"])
def test_a_submitters_id_that_hets_could_not_read_is_refused(submitter: str) -> None:
    assert "2 to 9 capital letters and digits" in refusal(hets={"submitter_id": submitter})


def test_a_contract_number_that_hets_could_not_read_asks_for_a_submitters_id() -> None:
    assert "contract_id is used" in refusal(hets={}, contract_id="15004-0000001")
