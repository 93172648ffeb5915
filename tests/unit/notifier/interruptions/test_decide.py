from dataclasses import replace
from datetime import UTC, datetime, timedelta

from services.notifier.health.domain import Condition, FaultDomain, Health
from services.notifier.interruptions.domain import Change, Interruption, decide, retracted

NOW = datetime(2026, 11, 23, 20, 12, tzinfo=UTC)
SINCE = NOW - timedelta(seconds=3)
DOMAINS = {
    "postgresql": FaultDomain("postgresql", ("F-07", "F-12")),
    "auth": FaultDomain("auth", ("F-07", "F-12"), parents=("postgresql",)),
    "claims": FaultDomain("claims", ("F-07",), parents=("postgresql", "auth")),
    "eligibility": FaultDomain("eligibility", ("F-12",), parents=("postgresql", "auth")),
}
UP = Health(condition=Condition.UP, seen_working=True)
DOWN = Health(condition=Condition.DOWN, down=True, seen_working=True, failing_since=SINCE)
SUSPECT = replace(UP, condition=Condition.SUSPECT, failing_since=SINCE)


def changes(
    open_now: dict[str, Interruption] | None = None, flapping: tuple[str, ...] = (), **health: Health
) -> list[Change]:
    return decide("15004", DOMAINS, dict.fromkeys(DOMAINS, UP) | health, open_now or {}, flapping, NOW)


def test_a_service_that_is_down_opens_one_interruption_of_its_functions() -> None:
    (change,) = changes(claims=DOWN)

    assert change.kind == "opened"
    assert change.interruption.functions == ("F-07",)
    assert (change.interruption.started_at, change.interruption.detected_at) == (SINCE, NOW)
    assert changes({"claims": change.interruption}, claims=DOWN) == []


def test_one_cause_is_one_interruption_of_all_functions() -> None:
    (change,) = changes(postgresql=DOWN, auth=DOWN, claims=DOWN, eligibility=DOWN)

    assert change.interruption.fault_domain == "postgresql"
    assert change.interruption.functions == ("F-07", "F-12")


def test_a_service_waits_while_its_cause_is_suspect_and_opens_when_it_was_not_the_cause() -> None:
    assert changes(postgresql=SUSPECT, claims=DOWN) == []
    assert [each.interruption.fault_domain for each in changes(postgresql=UP, claims=DOWN)] == ["claims"]


def test_a_cause_that_recovers_still_explains_its_services() -> None:
    recovering = replace(DOWN, condition=Condition.RECOVERING)

    assert changes({"postgresql": opened("postgresql")}, postgresql=recovering, claims=DOWN) == []


def test_an_interruption_from_before_its_cause_goes_on_by_itself() -> None:
    (change,) = changes({"claims": opened("claims")}, postgresql=DOWN, claims=DOWN)

    assert change.interruption.fault_domain == "postgresql"


def test_it_closes_with_the_first_success_of_the_run() -> None:
    worked = NOW - timedelta(seconds=30)
    (change,) = changes({"claims": opened("claims")}, claims=replace(UP, working_since=worked))

    assert change.kind == "closed"
    assert (change.interruption.ended_at, change.interruption.sequence) == (worked, 2)


def test_blindness_neither_opens_nor_closes() -> None:
    blind = Health(condition=Condition.UNKNOWN)

    assert changes({"claims": opened("claims")}, claims=replace(blind, down=True), eligibility=blind) == []


def test_flapping_is_told_once() -> None:
    (change,) = changes({"claims": opened("claims")}, ("claims",), claims=DOWN)

    assert (change.kind, change.interruption.flapping) == ("updated", True)
    assert changes({"claims": change.interruption}, ("claims",), claims=DOWN) == []


def test_only_what_is_closed_can_be_taken_back() -> None:
    closed = replace(opened("claims"), state="closed", sequence=2)

    assert retracted(opened("claims"), NOW) is None
    change = retracted(closed, NOW)
    assert change is not None
    assert (change.kind, change.interruption.sequence, change.interruption.retracted_at) == ("retracted", 3, NOW)
    assert retracted(change.interruption, NOW) is None


def opened(domain: str) -> Interruption:
    return changes(**{domain: DOWN})[0].interruption
