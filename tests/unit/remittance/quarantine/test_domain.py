from itertools import combinations, product
from uuid import UUID

import pytest

from services.remittance.quarantine.domain import Enrolled, Owner, Payee, owner_of
from simulators.population import Population

POPULATION = Population()
PROVIDERS = [POPULATION.provider_organization(index) for index in range(1, 6)]
ENROLLED = [
    Enrolled(each.enrollment_id, each.npi, provider.tax_id, each.ptan)
    for provider in PROVIDERS
    for each in provider.enrollments
]
SAME_NPI = Enrolled(UUID(int=1), ENROLLED[0].npi, ENROLLED[0].tax_id, "MR99999")
"""Another PTAN under one NPI, as a group has several."""


def paid(each: Enrolled) -> Payee:
    return Payee(each.npi, each.tax_id)


@pytest.mark.parametrize(("payee", "of_claims"), list(product(ENROLLED, ENROLLED)))
def test_over_all_pairs_a_remittance_is_that_of_its_claims_only_when_they_are_paid(
    payee: Enrolled, of_claims: Enrolled
) -> None:
    owner = owner_of(paid(payee), ENROLLED, {of_claims.enrollment_id})
    matching = payee == of_claims
    assert owner == (Owner(payee.enrollment_id) if matching else Owner(reason="claims-of-another"))


@pytest.mark.parametrize(("one", "other"), list(combinations([*ENROLLED, SAME_NPI], 2)))
def test_a_remittance_of_claims_of_several_is_nobodys(one: Enrolled, other: Enrolled) -> None:
    both = {one.enrollment_id, other.enrollment_id}
    assert owner_of(paid(one), [*ENROLLED, SAME_NPI], both) == Owner(reason="claims-of-several")


@pytest.mark.parametrize("each", ENROLLED)
def test_the_payee_alone_decides_where_the_portal_knows_no_claim(each: Enrolled) -> None:
    """Claims may come by other ways than the portal, as on paper."""
    assert owner_of(paid(each), [each], ()) == Owner(each.enrollment_id)
    assert owner_of(Payee(each.npi, ""), [each], ()) == Owner(each.enrollment_id)
    assert owner_of(Payee("", each.tax_id), [each], ()) == Owner(each.enrollment_id)
    assert owner_of(Payee(each.npi, "009999999"), [each], ()) == Owner(reason="payee-numbers")
    assert owner_of(Payee(each.npi, each.tax_id, "MR00000"), [each], ()) == Owner(reason="payee-numbers")


def test_claims_tell_which_of_several_under_one_npi_is_paid() -> None:
    several = [ENROLLED[0], SAME_NPI]
    assert owner_of(paid(SAME_NPI), several, {SAME_NPI.enrollment_id}) == Owner(SAME_NPI.enrollment_id)
    without = owner_of(paid(SAME_NPI), several, ())
    assert without == Owner(reason="several-enrollments")
    assert without.may_change


def test_the_ptan_tells_which_of_several_under_one_npi_is_paid() -> None:
    several = [ENROLLED[0], SAME_NPI]
    payee = Payee(SAME_NPI.npi, SAME_NPI.tax_id, SAME_NPI.ptan)
    assert owner_of(payee, several, ()) == Owner(SAME_NPI.enrollment_id)
    assert owner_of(payee, several, {SAME_NPI.enrollment_id}) == Owner(SAME_NPI.enrollment_id)
    assert owner_of(payee, several, {ENROLLED[0].enrollment_id}) == Owner(reason="claims-of-another")


def test_what_the_copy_of_access_does_not_know_yet_is_waited_for() -> None:
    for enrolled, of_claims in (([], ()), ([ENROLLED[0]], {ENROLLED[1].enrollment_id})):
        owner = owner_of(paid(ENROLLED[0]), enrolled, of_claims)
        assert owner == Owner(reason="enrollment-not-known")
        assert owner.may_change
