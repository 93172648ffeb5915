from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.notifier.health.domain import (
    SHARED,
    CameBack,
    Condition,
    Event,
    Health,
    Recovering,
    Relapsed,
    Result,
    Rules,
    WentBlind,
    WentDown,
    fault_domains,
    known_down,
    observe,
)

START = datetime(2026, 11, 23, 20, 12, tzinfo=UTC)
RULES = Rules()
UP = Health(condition=Condition.UP, seen_working=True)
OK, FAILED, BLIND = Result.OK, Result.FAILED, Result.BLIND


def follow(
    results: list[Result], *, start: Health = UP, step: timedelta = timedelta(seconds=1)
) -> tuple[Health, list[Event]]:
    health, seen = start, []
    for number, result in enumerate(results):
        health, events = observe(health, result, START + number * step, RULES)
        seen.extend(events)
    return health, seen


def test_three_failures_in_a_row_open_from_the_first_of_them() -> None:
    health, events = follow([OK, FAILED, FAILED, FAILED])

    assert events == [WentDown(START + timedelta(seconds=1), START + timedelta(seconds=3))]
    assert health.condition is Condition.DOWN


def test_two_failures_and_a_success_are_nothing() -> None:
    health, events = follow([FAILED, FAILED, OK, FAILED, FAILED])

    assert events == []
    assert health.condition is Condition.SUSPECT


def test_it_closes_after_the_hold_from_the_first_success_of_the_run() -> None:
    health, events = follow([FAILED] * 3 + [OK] * 30)

    first_success = START + timedelta(seconds=3)
    assert events[1:] == [Recovering(first_success)]
    assert health.condition is Condition.RECOVERING

    health, (event,) = observe(health, OK, first_success + timedelta(seconds=30), RULES)
    assert event == CameBack(first_success)
    assert health.condition is Condition.UP


def test_the_hold_alone_does_not_close() -> None:
    health, _ = follow([FAILED] * 3 + [OK, OK], step=timedelta(seconds=40))

    assert health.condition is Condition.RECOVERING
    assert observe(health, OK, START + timedelta(seconds=400), RULES)[0].condition is Condition.UP


def test_a_failure_while_recovering_starts_the_run_again() -> None:
    health, events = follow([FAILED] * 3 + [OK] * 20 + [FAILED] + [OK] * 20)

    assert [type(event) for event in events] == [WentDown, Recovering, Relapsed, Recovering]
    assert health.down


def test_blindness_counts_neither_way_and_keeps_what_was_known() -> None:
    health, events = follow([FAILED, FAILED, BLIND, FAILED, FAILED])
    assert [type(event) for event in events] == [WentBlind]
    assert not health.down

    health, events = follow([FAILED] * 3 + [BLIND] * 5)
    assert health.condition is Condition.UNKNOWN
    assert health.down


def test_what_was_never_seen_working_may_take_its_time_to_start() -> None:
    starting, events = follow([FAILED] * 20, start=Health())
    assert events == []
    assert starting.condition is Condition.UNKNOWN

    _, events = follow([FAILED] * 31, start=Health())
    assert events == [WentDown(START, START + timedelta(seconds=30))]


def test_an_interruption_from_before_the_restart_stays_open_until_it_is_over() -> None:
    before = START - timedelta(hours=2)
    health, events = follow([FAILED, OK, OK, OK], start=known_down(before))

    assert [type(event) for event in events] == [Recovering]
    assert health.failing_since == before


def test_twenty_flaps_in_five_minutes_are_one_interruption() -> None:
    five_seconds = [FAILED] * 3 + [OK] * 12
    health, events = follow(five_seconds * 20)

    assert sum(isinstance(event, WentDown) for event in events) == 1
    assert not any(isinstance(event, CameBack) for event in events)
    assert health.flapping(START + timedelta(minutes=5), RULES)


def test_after_a_second_outage_within_ten_minutes_it_must_stay_quiet() -> None:
    once = [FAILED] * 3 + [OK] * 40
    health, events = follow(once * 2)
    assert [type(event) for event in events] == [WentDown, Recovering, CameBack, WentDown, Recovering]

    quiet = [observe(health, OK, START + timedelta(seconds=86 + n), RULES) for n in (300, 600)]
    assert quiet[0][1] == ()
    assert isinstance(quiet[1][1][0], CameBack)


results = st.lists(st.sampled_from(list(Result)), max_size=200)
steps = st.integers(min_value=1, max_value=60)


@given(results, steps)
def test_down_needs_three_failures_in_a_row_and_up_three_successes_and_the_hold(
    observed: list[Result], seconds: int
) -> None:
    health, run, run_started = UP, 0, START
    last: Result | None = None
    for number, result in enumerate(observed):
        now = START + timedelta(seconds=number * seconds)
        run, run_started = (run + 1, run_started) if result is last else (1, now)
        last = result
        before = health
        health, events = observe(health, result, now, RULES)
        for event in events:
            if isinstance(event, WentDown):
                assert result is FAILED
                assert run >= RULES.failures
                assert event.started_at == run_started
                assert not before.down
            if isinstance(event, CameBack):
                assert result is OK
                assert run >= RULES.successes
                assert now - run_started >= RULES.hold
                assert event.ended_at == run_started
                assert before.down
        assert health.down == (
            before.down
            if not events or isinstance(events[0], Recovering | Relapsed | WentBlind)
            else isinstance(events[0], WentDown)
        )
        assert (health.condition is Condition.UNKNOWN) == (result is BLIND)
        assert len([at for at in health.changes if at > now]) == 0


@given(results)
def test_openings_and_closings_alternate(observed: list[Result]) -> None:
    _, events = follow(observed, step=timedelta(seconds=20))
    turning = [type(event) for event in events if isinstance(event, WentDown | CameBack)]

    assert turning == [WentDown, CameBack] * (len(turning) // 2) + [WentDown] * (len(turning) % 2)


@dataclass(frozen=True)
class _Function:
    code: str
    service: str


def test_shared_domains_stop_every_function_and_services_their_own() -> None:
    functions = [_Function("F-07", "claims"), _Function("F-12", "eligibility"), _Function("F-27", "auth")]
    domains = fault_domains(["auth", "claims", "eligibility", "portal"], functions)

    assert all(domains[name].functions == ("F-07", "F-12", "F-27") for name in SHARED)
    assert domains["claims"].functions == ("F-07",)
    assert domains["portal"].functions == ()
    assert domains["claims"].parents == SHARED
    assert domains["auth"].parents == ("postgresql",)
