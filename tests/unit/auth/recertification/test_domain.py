"""What is due, and who may decide about whom."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.auth.access.domain import Member
from services.auth.recertification.domain import Decision, Item, refuse, state_of

BOSS, USER, HERE, ELSEWHERE, ENROLLMENT = (UUID(int=number) for number in range(1, 6))
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
WINDOW = timedelta(days=60)
SECOND = timedelta(seconds=1)
MEMBER = Member(USER, "person", "user", "A User", "PROVIDER_USER", "active", HERE)
ITEM = Item(USER, ENROLLMENT, ("claims.status", "claims.submit"), NOW + timedelta(days=45))
DECISION = Decision(USER, ENROLLMENT, "certify", ITEM.seen)


@pytest.mark.parametrize(
    ("until", "state"),
    [
        (NOW - SECOND, "lapsed"),
        (NOW, "lapsed"),
        (NOW + SECOND, "due"),
        (NOW + WINDOW, "due"),
        (NOW + WINDOW + SECOND, "certified"),
    ],
)
def test_it_is_due_within_the_window_and_lapsed_from_its_last_second(until: datetime, state: str) -> None:
    assert state_of(until, now=NOW, business=NOW, window=WINDOW) == state


def test_the_campaign_runs_by_business_time_and_access_lapses_by_real_time() -> None:
    until = NOW + timedelta(days=300)
    later = NOW + timedelta(days=400)
    assert state_of(until, now=NOW, business=NOW, window=WINDOW) == "certified"
    assert state_of(until, now=NOW, business=later, window=WINDOW) == "due"
    assert state_of(until, now=later, business=later, window=WINDOW) == "lapsed"


def asked(decision: Decision = DECISION, member: Member | None = MEMBER, item: Item | None = ITEM) -> str | None:
    return refuse(decision, member, item, administrator=BOSS, organization=HERE, enrollments=frozenset({ENROLLMENT}))


def test_an_administrator_decides_about_a_user_of_their_organization() -> None:
    assert asked() is None
    assert asked(replace(DECISION, verdict="decline")) is None
    assert asked(member=replace(MEMBER, role="PROVIDER_ADMIN")) is None


@pytest.mark.parametrize(
    ("decision", "member", "item", "refusal"),
    [
        (DECISION, None, ITEM, "not-a-member"),
        (DECISION, replace(MEMBER, organization_id=ELSEWHERE), ITEM, "not-a-member"),
        (replace(DECISION, enrollment_id=ELSEWHERE), MEMBER, ITEM, "foreign-enrollment"),
        (replace(DECISION, user_id=BOSS), replace(MEMBER, user_id=BOSS), ITEM, "own-access"),
        (DECISION, MEMBER, None, "outdated"),
        (replace(DECISION, seen="earlier"), MEMBER, ITEM, "outdated"),
        (DECISION, MEMBER, replace(ITEM, permissions=("claims.status",)), "outdated"),
        (DECISION, MEMBER, replace(ITEM, certified_until=NOW), "outdated"),
    ],
)
def test_everything_else_is_refused_for_its_own_reason(
    decision: Decision, member: Member | None, item: Item | None, refusal: str
) -> None:
    assert asked(decision, member, item) == refusal


@given(st.sets(st.sampled_from(("a", "b", "ab", "c")), min_size=1), st.integers(0, 10**9))
def test_what_was_seen_is_told_apart_by_every_permission_and_second(permissions: set[str], seconds: int) -> None:
    item = Item(USER, ENROLLMENT, tuple(sorted(permissions)), NOW + timedelta(seconds=seconds))
    assert item.seen == replace(item).seen
    assert item.seen != replace(item, certified_until=item.certified_until + SECOND).seen
    assert item.seen != replace(item, permissions=(*item.permissions, "d")).seen
