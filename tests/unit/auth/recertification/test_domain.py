"""What is due, and who may decide about whom."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.auth.access.domain import Member
from services.auth.recertification.domain import (
    ACCOUNT,
    Certifier,
    Decision,
    Item,
    certified_by,
    is_hasty,
    refuse,
    reminder_due,
    state_of,
)

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
        (NOW - SECOND, "suspended"),
        (NOW, "suspended"),
        (NOW + SECOND, "open"),
        (NOW + WINDOW, "open"),
        (NOW + WINDOW + SECOND, "certified"),
    ],
)
def test_it_is_open_within_the_window_and_suspended_from_its_last_second(until: datetime, state: str) -> None:
    assert state_of(until, now=NOW, business=NOW, window=WINDOW) == state


def test_the_campaign_runs_by_business_time_and_access_lapses_by_real_time() -> None:
    until = NOW + timedelta(days=300)
    later = NOW + timedelta(days=400)
    assert state_of(until, now=NOW, business=NOW, window=WINDOW) == "certified"
    assert state_of(until, now=NOW, business=later, window=WINDOW) == "open"
    assert state_of(until, now=later, business=later, window=WINDOW) == "suspended"


def asked(
    decision: Decision = DECISION,
    member: Member | None = MEMBER,
    item: Item | None = ITEM,
    *,
    staff: bool = False,
    enrollments: Collection[UUID] = (ENROLLMENT,),
) -> str | None:
    return refuse(decision, member, item, by=Certifier(BOSS, HERE, staff), enrollments=enrollments)


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
        (replace(DECISION, verdict="change"), MEMBER, ITEM, "keeps-nothing"),
        (replace(DECISION, verdict="change", keep=frozenset(ITEM.permissions)), MEMBER, ITEM, "keeps-nothing"),
        (replace(DECISION, verdict="change", keep=frozenset({"other"})), MEMBER, ITEM, "keeps-nothing"),
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


def test_a_part_can_be_kept() -> None:
    assert asked(replace(DECISION, verdict="change", keep=frozenset({"claims.status"}))) is None


def test_staff_decides_everywhere_about_what_is_theirs_to_decide() -> None:
    account = replace(ITEM, enrollment_id=ACCOUNT)
    decision = Decision(USER, ACCOUNT, "certify", account.seen)
    elsewhere = replace(MEMBER, organization_id=ELSEWHERE)
    assert asked(decision, elsewhere, account, staff=True) is None
    assert asked(decision, elsewhere, account) == "not-a-member"
    assert asked(decision, MEMBER, account) is None
    assert asked(DECISION, elsewhere, staff=True, enrollments=()) == "foreign-enrollment"
    assert asked(DECISION, elsewhere, staff=True) is None
    own = replace(decision, user_id=BOSS)
    assert asked(own, replace(elsewhere, user_id=BOSS), account, staff=True) == "own-access"


@pytest.mark.parametrize(
    ("left", "days"),
    [
        (timedelta(days=46), None),
        (timedelta(days=46) - SECOND, 45),
        (timedelta(days=31), 45),
        (timedelta(days=31) - SECOND, 30),
        (timedelta(days=14), 14),
        (timedelta(days=7), 7),
        (timedelta(days=2) - SECOND, 1),
        (SECOND, 1),
        (timedelta(0), None),
        (-SECOND, None),
    ],
)
def test_reminders_come_on_their_days_and_of_several_the_last(left: timedelta, days: int | None) -> None:
    assert reminder_due(NOW + left, NOW, (45, 30, 14, 7, 1)) == days


@pytest.mark.parametrize(
    ("since", "decisions", "hasty"),
    [(None, 1, True), (NOW - timedelta(seconds=49), 25, True), (NOW - timedelta(seconds=50), 25, False)],
)
def test_decisions_faster_than_anybody_can_look_are_told_apart(
    since: datetime | None, decisions: int, hasty: bool
) -> None:
    assert is_hasty(since, NOW, decisions, seconds=2.0) is hasty


def test_an_account_is_certified_by_another_administrator_else_by_staff_never_by_its_owner() -> None:
    other, staff, second = UUID(int=8), UUID(int=9), UUID(int=10)
    roles = [(BOSS, HERE, False), (other, HERE, False), (USER, ELSEWHERE, False), (staff, UUID(int=7), True)]
    assert certified_by(roles, BOSS, HERE) == (other,)
    assert certified_by(roles, USER, ELSEWHERE) == (staff,)
    assert certified_by(roles, staff, UUID(int=7)) == ()
    assert certified_by([*roles, (second, UUID(int=7), True)], staff, UUID(int=7)) == (second,)
