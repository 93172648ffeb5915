from pathlib import Path

import pyotp
import pytest

from libs.common.mbi import is_valid_mbi
from libs.common.npi import is_valid_npi
from simulators.population import PAYEE_BANK, PAYER_BANK, Population, file_faults, write_837i, write_837p
from tests.support.x12 import RECEIVED, population_file, read
from tests.support.x12_institutional import institutional_population_file, read_institutional


def test_the_same_seed_makes_the_same_world() -> None:
    one, other, another = Population(7), Population(7), Population(8)

    assert one.organizations == other.organizations
    assert one.users == other.users
    assert one.api_clients == other.api_clients
    assert one.beneficiary(12) == other.beneficiary(12)
    assert one.organizations != another.organizations
    assert population_file(seed=7) == population_file(seed=7) != population_file(seed=8)


def test_identifiers_are_valid_and_none_could_have_been_issued() -> None:
    population = Population()
    organizations = [population.provider_organization(index) for index in range(1, 200)]
    npis = [npi for organization in organizations for npi in (organization.npi, *organization.rendering_npis)]

    assert all(is_valid_npi(npi) and npi.startswith("29") for npi in npis)
    assert len(set(npis)) == len(npis)
    assert {npi[-1] for npi in npis} == {"3", "8"}  # what foreign checkers take: see Population.npi
    assert all(organization.tax_id.startswith("00") for organization in organizations)
    assert all(is_valid_mbi(person.mbi) for person in population.beneficiaries(500))
    assert len({person.beneficiary_id for person in population.beneficiaries(500)}) == 500
    numbers = [population.social_security_number(person.mbi) for person in population.beneficiaries(500)]
    assert all(len(ssn) == 9 and ssn.isdigit() and ssn[3:5] == "00" for ssn in numbers)
    assert not any(ssn.startswith(("000", "666", "9")) for ssn in numbers)  # a form refuses these already


@pytest.mark.parametrize("routing", [PAYER_BANK, PAYEE_BANK])
def test_routing_numbers_have_right_check_digits(routing: str) -> None:
    """The checksum of the ABA's routing number policy: weights 3, 7, 1."""
    weights = (3, 7, 1, 3, 7, 1, 3, 7, 1)
    assert sum(weight * int(digit) for weight, digit in zip(weights, routing, strict=True)) % 10 == 0


def test_each_provider_of_the_demo_has_an_administrator_and_a_biller() -> None:
    population = Population()
    providers = [organization for organization in population.organizations if organization.kind == "provider"]

    assert len(providers) == 2
    for provider in providers:
        roles = [user.role for user in population.users if user.organization_id == provider.organization_id]
        assert roles == ["PROVIDER_ADMIN", "PROVIDER_USER"]
        assert provider.enrollments[0] in population.enrollments
    assert population.vendor.organization_id in providers[0].vendors
    assert population.api_clients[0].organization_id == population.vendor.organization_id


def test_users_can_sign_in_by_the_rules_for_passwords_and_codes() -> None:
    population = Population()
    for user in population.users:
        assert 15 <= len(user.password) <= 60
        assert user.first_name.lower() not in user.password.lower()
        assert len(pyotp.TOTP(user.totp_secret).at(0)) == 6
        assert population.user(user.user_id) is user
    with pytest.raises(KeyError):
        population.user("nobody")


@pytest.mark.parametrize(("claims", "faulty"), [(1, 0), (1, 1), (10, 3), (600, 2)])
def test_a_file_has_as_many_claims_and_faults_as_asked_for(tmp_path: Path, claims: int, faulty: int) -> None:
    path = tmp_path / "claims.837"
    size = write_837p(path, received=RECEIVED, claims=claims, faulty=faulty)
    found, verdict = read(path.read_bytes())

    assert size == path.stat().st_size
    assert len(found) == claims
    assert (verdict.claims_accepted, verdict.claims_rejected) == (claims - faulty, faulty)
    assert len({claim.patient_control_number for claim in found}) == claims


def test_every_file_fault_is_refused_but_line_ends() -> None:
    faults = file_faults(population_file(faulty=0))

    assert {name for name, data in faults.items() if read(data)[1].verdict == "accepted"} == {"crlf"}


def test_an_institutional_file_has_stays_and_visits_and_as_many_faults_as_asked_for() -> None:
    claims, verdict = read_institutional(institutional_population_file(claims=300, faulty=4))

    assert (verdict.claims_accepted, verdict.claims_rejected) == (296, 4)
    assert {claim.type_of_bill for claim in claims} == {"111", "131"}
    assert {finding.code for claim in claims for finding in claim.findings} == {"mbi", "total-charge"}
    assert not any(claim.notices for claim in claims)
    assert institutional_population_file(seed=7) == institutional_population_file(seed=7)


def test_a_visit_has_procedures_and_a_line_with_its_revenue_code_alone(tmp_path: Path) -> None:
    path = tmp_path / "claims.837"
    size = write_837i(path, received=RECEIVED, claims=1, faulty=0)
    [claim], verdict = read_institutional(path.read_bytes())

    assert (size, verdict.claims_accepted) == (path.stat().st_size, 1)
    assert claim.type_of_bill == "131"
    assert is_valid_npi(claim.attending_npi)
    assert [bool(line.procedure) for line in claim.lines] == [*[True] * (len(claim.lines) - 1), False]
    assert len(claim.lines) > 1
    assert all(line.revenue_code and line.service_from for line in claim.lines)
