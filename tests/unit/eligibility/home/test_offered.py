from dataclasses import dataclass

from services.eligibility.home.domain import offered


@dataclass(frozen=True)
class _Function:
    name: str
    service: str


def test_only_its_own_functions_are_offered_in_the_contracts_order() -> None:
    ours = [_Function("Second", "eligibility"), _Function("First", "eligibility")]

    assert offered([ours[0], _Function("Foreign", "elsewhere"), ours[1]]) == ("Second", "First")
