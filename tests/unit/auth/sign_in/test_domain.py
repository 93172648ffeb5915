"""Lock-out, codes, the end of a session, and where a sign-in may lead."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.auth.settings import AuthSettings
from services.auth.sign_in.domain import Failures, Session, accepted_counter, landing_of, safe_next

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


@pytest.mark.parametrize(
    ("matching", "last", "accepted"),
    [({5}, 4, 5), ({5}, 5, None), ({4, 6}, 4, 6), ({4, 6}, 3, 4), (set(), 0, None)],
)
def test_a_code_counts_for_a_step_that_was_not_used(matching: set[int], last: int, accepted: int | None) -> None:
    assert accepted_counter(frozenset(matching), last) == accepted


def session(**changes: object) -> Session:
    return Session(
        **{
            "key": b"k",
            "kind": "person",
            "user_id": UUID(int=1),
            "enrollment_id": None,
            "assurance": 2,
            "factor_at": NOW,
            "last_seen_at": NOW,
            "idle": 30 * MINUTE,
            "ends_at": NOW + timedelta(hours=12),
            "csrf": "c",
            "signed_in_at": NOW,
            **changes,
        }
    )


def test_a_session_tells_how_long_it_lasts_and_why_it_is_over() -> None:
    assert session().seconds_left(NOW) == 1800
    assert session(ends_at=NOW + MINUTE).seconds_left(NOW) == 60
    assert session().over(NOW) is None
    assert session().over(NOW + 30 * MINUTE) == "timeout"
    assert session(ends_at=NOW).over(NOW) == "twelve-hours"
    assert session(ended_reason="taken-over").over(NOW) == "taken-over"


def test_an_access_token_has_no_idle_time() -> None:
    token = session(kind="client", idle=60 * MINUTE, ends_at=NOW + timedelta(hours=1))
    assert token.over(NOW + 59 * MINUTE) is None
    assert token.seconds_left(NOW) == 0


@pytest.mark.parametrize("path", ["/claims", "/claims/submissions?page=2", "/auth/users#user-1"])
def test_paths_of_the_portal_are_led_on_to(path: str) -> None:
    assert safe_next(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "", "/", "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example",
        "javascript:alert(1)",
        "/claims\r\nset-cookie: a=b",
        "/\tevil", "/a\\..\\b", "claims", "/sign-in", "/sign-in?next=/a", "/sign-out/", "/ä",
    ],
)  # fmt: skip
def test_everything_else_leads_to_the_first_page(path: str) -> None:
    assert safe_next(path) == "/home"


@pytest.mark.parametrize(
    ("role", "place"),
    [
        ("PROVIDER_USER", "/home"),
        ("PROVIDER_ADMIN", "/auth/users"),
        ("APPEALS_REVIEWER", "/appeals/review"),
        ("PORTAL_OPERATOR", "/notifier/reports"),
    ],
)
def test_everybody_begins_where_their_work_is(role: str, place: str) -> None:
    assert landing_of(role) == place
