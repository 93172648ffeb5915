from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from libs.common.deployment import load_deployment
from libs.common.settings import SERVICES, Settings
from services.notifier.health.domain import SHARED, Condition, Health, fault_domains
from services.notifier.health.partner import NotKnownError, NotWorkingError, partner_probe, probes
from services.notifier.interruptions.domain import Interruption, decide
from tests.support.portico import ROOT

DEPLOYMENT = load_deployment(ROOT / "contract.toml")
DOMAINS = fault_domains(SERVICES, DEPLOYMENT.functions, DEPLOYMENT.partners)
NOW = datetime(2026, 11, 23, 20, 12, tzinfo=UTC)
UP = Health(condition=Condition.UP, seen_working=True)
DOWN = Health(condition=Condition.DOWN, down=True, seen_working=True, failing_since=NOW - timedelta(seconds=3))
SUSPECT = replace(UP, condition=Condition.SUSPECT, failing_since=NOW)
UNKNOWN = Health()


@dataclass(frozen=True)
class _Partner:
    name: str = "hets"
    service: str = "eligibility"
    functions: tuple[str, ...] = ("F-12",)
    culprit: str = "HETS, the eligibility system of CMS,"
    workaround: str = ""


def opened(**health: Health) -> list[Interruption]:
    found = decide("15004", DOMAINS, dict.fromkeys(DOMAINS, UP) | health, {}, (), NOW)
    return [each.interruption for each in found]


def test_a_partner_is_a_domain_of_its_own_below_its_service_and_the_shared_ones() -> None:
    hets = DOMAINS["hets"]

    assert hets.functions == ("F-12", "F-21")
    assert set(hets.parents) == {"eligibility", *SHARED}
    assert hets.cause(over=False) == "HETS, the eligibility system of CMS, does not answer"
    assert hets.cause(over=True) == "HETS, the eligibility system of CMS, did not answer"
    assert hets.workaround


@pytest.mark.parametrize("partner", [_Partner(service="nobody"), _Partner(name="claims"), _Partner(name="kafka")])
def test_a_partner_of_nobody_or_with_a_taken_name_is_refused(partner: _Partner) -> None:
    with pytest.raises(ValueError, match=partner.name):
        fault_domains(SERVICES, DEPLOYMENT.functions, [partner])


def test_a_partner_that_does_not_answer_opens_an_interruption_of_its_functions_alone() -> None:
    (interruption,) = opened(hets=DOWN)

    assert (interruption.fault_domain, interruption.functions) == ("hets", ("F-12", "F-21"))


@pytest.mark.parametrize("cause", ["eligibility", *SHARED])
def test_a_dead_service_or_shared_domain_opens_no_second_interruption_of_its_partner(cause: str) -> None:
    assert [each.fault_domain for each in opened(hets=DOWN, **{cause: DOWN})] == [cause]
    assert opened(hets=DOWN, **{cause: SUSPECT}) == []


def test_a_partner_nobody_can_tell_of_opens_nothing() -> None:
    assert opened(hets=UNKNOWN) == []


@pytest.mark.parametrize(
    ("status", "error"), [(503, NotWorkingError), (404, NotKnownError), (500, NotKnownError), (302, NotKnownError)]
)
async def test_only_the_word_of_the_service_counts(status: int, error: type[Exception]) -> None:
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(status))) as client:
        with pytest.raises(error):
            await partner_probe(client, "http://service/partnerz/hets")()


async def test_a_service_that_cannot_be_asked_says_nothing_of_its_partner() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(refuse)) as client:
        with pytest.raises(NotKnownError):
            await partner_probe(client, "http://service/partnerz/hets")()


async def test_a_partner_that_answers_works() -> None:
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200))) as client:
        await partner_probe(client, "http://service/partnerz/hets")()


def test_every_fault_domain_has_a_probe_and_every_probe_a_domain() -> None:
    assert set(probes(Settings(), DEPLOYMENT.partners)) == set(DOMAINS)
