from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from libs.common.contracts.ops import LATENCY_BOUNDS_MS
from services.notifier.health.domain import Figures, TrafficWindow, quantile

NOW = datetime(2026, 11, 23, 20, 12, tzinfo=UTC)


def test_seconds_of_several_processes_add_up_and_old_ones_are_forgotten() -> None:
    window = TrafficWindow(timedelta(minutes=1))
    window.add(NOW - timedelta(seconds=61), 100, 100, {25: 100})
    window.add(NOW, 10, 1, {25: 9, 0: 1})
    window.add(NOW, 10, 0, {50: 10})

    assert window.figures(NOW) == Figures(requests=20, failed=1, p50_ms=50.0, p95_ms=50.0)


def test_silence_empties_the_window() -> None:
    window = TrafficWindow(timedelta(minutes=1))
    window.add(NOW, 50, 50, {25: 50})

    assert window.figures(NOW).degraded
    assert window.figures(NOW + timedelta(minutes=1)) == Figures(0, 0, 0.0, 0.0)


def test_few_requests_say_nothing() -> None:
    assert not Figures(requests=19, failed=19, p50_ms=25, p95_ms=25).degraded
    assert Figures(requests=20, failed=2, p50_ms=25, p95_ms=25).degraded
    assert Figures(requests=20, failed=0, p50_ms=25, p95_ms=float("inf")).degraded
    assert not Figures(requests=20, failed=1, p50_ms=25, p95_ms=1000).degraded


@given(st.lists(st.sampled_from((*LATENCY_BOUNDS_MS, 0)), min_size=1), st.floats(min_value=0.01, max_value=1))
def test_a_quantile_is_a_bound_that_enough_requests_kept(bounds: list[int], share: float) -> None:
    latency = {bound: bounds.count(bound) for bound in bounds}
    limit = quantile(latency, share)
    kept = sum(1 for bound in bounds if bound and bound <= limit) if limit != float("inf") else len(bounds)

    assert kept >= len(bounds) * share
