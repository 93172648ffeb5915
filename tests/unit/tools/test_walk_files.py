"""The files of the walk are drawn again each time, and every one of them must lead to its end."""

from simulators.population import DEFAULT_SEED, Population
from simulators.shared_system.adjudication import RECORDS_REQUESTED, adjudicate
from tools.walk.claims import CLAIMS, has_all_kinds
from tools.walk.journey import today

DRAWN = 2000


def test_the_claim_that_is_followed_to_its_remittance_is_never_one_without_any() -> None:
    organization = Population().provider_organization(1)
    undecided = []
    for seed in range(DEFAULT_SEED, DEFAULT_SEED + DRAWN):
        first = next(iter(Population(seed).claims(CLAIMS, received=today(), organization=organization)))
        if adjudicate(first, DEFAULT_SEED).status == RECORDS_REQUESTED:
            undecided.append(seed)
    assert len(undecided) > DRAWN // 50  # there are such files
    assert [seed for seed in undecided if has_all_kinds(seed, organization)] == []
