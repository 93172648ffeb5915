"""The people of the demonstration under a DME contract: suppliers, who may do what such a contract can offer."""

import json

from libs.common.functions import FUNCTIONS
from libs.common.npi import is_valid_npi
from libs.common.security.permissions import CATALOG, CERTIFICATES, SAME_OR_SIMILAR
from simulators.enrollment_feeds.files import account_file, pecos_file
from simulators.population import Population

POPULATION = Population()
OF_DME = {SAME_OR_SIMILAR.name, CERTIFICATES.name}


def grants(lines: tuple[str, ...]) -> tuple[set[str], set[str]]:
    """The permissions and the enrollments that the accounts of the demonstration have under such a contract."""
    told = json.loads(account_file(POPULATION, lines))
    given = [grant for each in (*told["users"], *told["clients"]) for grant in each["grants"]]
    return {each["permission"] for each in given}, {each["enrollment_id"] for each in given}


def test_under_a_dme_contract_each_provider_is_one_supplier() -> None:
    organizations = POPULATION.organizations_under(("DME",))
    enrollments = [enrollment for each in organizations for enrollment in each.enrollments]
    assert [each.line_of_business for each in enrollments] == ["DME", "DME"]
    assert all(is_valid_npi(each.npi) and len(each.ptan) == 10 for each in enrollments)
    others = POPULATION.enrollments
    assert not {each.npi for each in enrollments} & {each.npi for each in others}
    assert not {each.enrollment_id for each in enrollments} & {each.enrollment_id for each in others}
    assert json.loads(pecos_file(organizations))["rows"][0]["line_of_business"] == "DME"


def test_under_another_contract_nothing_is_changed() -> None:
    assert POPULATION.organizations_under(("A", "B")) == POPULATION.organizations


def test_grants_are_of_functions_that_the_contract_can_have_and_of_its_enrollments() -> None:
    permissions, enrollments = grants(("DME",))
    assert permissions >= OF_DME
    assert enrollments == {
        str(each.enrollment_id) for o in POPULATION.organizations_under(("DME",)) for each in o.enrollments
    }
    permissions, enrollments = grants(("A", "B"))
    assert not permissions & OF_DME
    assert all(FUNCTIONS[CATALOG[name].function].belongs_to(("A", "B")) for name in permissions)
    assert enrollments == {str(each.enrollment_id) for each in POPULATION.enrollments}
