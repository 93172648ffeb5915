"""What a contract may say of its functions, and what it is told when it says something else."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from deploy.edge.routes import route_configuration
from deploy.edge.settings import Limits
from deploy.k8s.__main__ import SITE, as_yaml
from deploy.k8s.manifests import manifests
from deploy.k8s.site import load_site
from libs.common.deployment import Deployment, load_deployment
from libs.common.functions import DME, FUNCTIONS
from libs.common.settings import Settings
from tests.support.portico import CONTRACT as AB_FILE
from tests.support.portico import DME_CONTRACT

CONTRACT = tomllib.loads(AB_FILE.read_text(encoding="utf-8"))
FILES = {"A and B": AB_FILE, "DME": DME_CONTRACT}
ONLY_DME = ("F-02", "F-25")


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


@pytest.mark.parametrize("code", ONLY_DME)
@pytest.mark.parametrize(
    "switch", [{"state": "on", "approval": "X"}, {"state": "planned", "period": "April to June 2027"}]
)
def test_a_function_of_dme_belongs_to_no_other_contract(code: str, switch: dict[str, str]) -> None:
    said = refusal(functions={code: switch})
    assert f"{code}: {FUNCTIONS[code].name} is only for contracts of the line of business DME" in said
    assert 'this one has A, B. Leave it out, or set state to "off".' in said
    off = Deployment.model_validate({**CONTRACT, "functions": {code: {"state": "off"}}})
    on = Deployment.model_validate({**CONTRACT, "lines_of_business": ["DME"], "functions": {code: switch}})
    assert (code in off.offered, code in {*on.offered, *(each.function.code for each in on.planned)}) == (False, True)


def test_same_or_similar_needs_no_approval_where_every_portal_must_have_it() -> None:
    dme = {**CONTRACT, "lines_of_business": ["DME"], "partners": []}
    assert "F-25" in Deployment.model_validate({**dme, "functions": {"F-25": {"state": "on"}}}).offered
    with pytest.raises(ValidationError, match=r"F-02: CMN Detail .* needs CMS's approval"):
        Deployment.model_validate({**dme, "functions": {"F-02": {"state": "on"}}})


@pytest.mark.parametrize("lines", [["DMEPOS"], [], ["a"]])
def test_a_line_of_business_that_there_is_not_is_refused_by_its_field(lines: list[str]) -> None:
    said = refusal(lines_of_business=lines, functions={"F-25": {"state": "on"}})
    assert "lines_of_business" in said
    assert "F-25" not in said


@pytest.mark.parametrize("file", FILES.values(), ids=FILES)
def test_a_contract_file_has_what_its_kind_must_have_on_or_planned(file: Path) -> None:
    deployment = load_deployment(file)
    told = deployment.offered | {each.function.code for each in deployment.planned}
    lines = deployment.lines_of_business
    assert {each.code for each in FUNCTIONS.values() if each.minimum and each.belongs_to(lines)} <= told
    assert (DME in lines) == (set(ONLY_DME) <= deployment.offered)
    assert {code for each in deployment.partners for code in each.functions} <= deployment.offered


@pytest.mark.parametrize("file", FILES.values(), ids=FILES)
def test_gateway_and_cluster_follow_from_each_contract_file(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    deployment = load_deployment(file)
    (host,) = route_configuration(Settings(), deployment, Limits())["virtual_hosts"]
    assert host["routes"]
    assert deployment.contractor in str(host["routes"])
    assert f'contract_id = "{deployment.contract_id}"' in as_yaml(manifests(load_site(SITE), text))


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
