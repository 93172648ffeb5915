"""Failed attempts, and what they lock."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.auth.settings import AuthSettings
from services.auth.sign_in.domain import Failures

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
RULES = AuthSettings()
MINUTE = timedelta(minutes=1)


def failed(*minutes_ago: int) -> Failures:
    failures = Failures()
    for minutes in minutes_ago:
        failures = failures.with_attempt(NOW - minutes * MINUTE, RULES)
    return failures


def test_five_failures_within_two_hours_are_the_limit() -> None:
    assert not failed(4, 3, 2, 1).exhausted(NOW, RULES)
    assert failed(119, 3, 2, 1, 0).exhausted(NOW, RULES)
    assert not failed(120, 3, 2, 1, 0).exhausted(NOW, RULES)


def test_after_a_lock_has_ended_counting_begins_again() -> None:
    before = failed(70, 69, 68, 67, 66)
    unlocked = Failures(before.recent, before.consecutive, NOW - MINUTE)
    assert not unlocked.locked(NOW)
    assert not unlocked.exhausted(NOW, RULES)
    assert Failures(locked_until=NOW + MINUTE).locked(NOW)
    assert not Failures(locked_until=NOW).locked(NOW)


def test_an_attempt_that_was_right_is_uncounted_once() -> None:
    twice = failed(0, 0)
    assert twice.without_attempt(NOW) == failed(0)
    assert failed(0).without_attempt(NOW) == Failures()
    assert Failures().without_attempt(NOW) == Failures()


def test_a_hundred_in_a_row_disable() -> None:
    assert not Failures(consecutive=99).disables(RULES)
    assert Failures(consecutive=100).disables(RULES)


@given(st.lists(st.integers(0, 500), max_size=40))
def test_never_more_attempts_are_kept_than_decide(minutes: list[int]) -> None:
    failures = failed(*sorted(minutes, reverse=True))
    assert len(failures.recent) <= RULES.lockout_failures
    assert failures.consecutive == len(minutes)
    inside = sum(1 for each in minutes if each < RULES.lockout_window_minutes)
    assert failures.exhausted(NOW, RULES) == (inside >= RULES.lockout_failures)
