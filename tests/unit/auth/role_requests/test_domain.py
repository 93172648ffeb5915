"""Who decides about a request, and when its approvers may be told again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.auth.access.domain import BUNDLES
from services.auth.role_requests.domain import (
    Request,
    State,
    administrator_of,
    asked_for,
    may_remind,
    refuse_decision,
    words_of,
)

NOW = datetime(2026, 11, 30, 15, tzinfo=UTC)
USER, BOSS = UUID(int=1), UUID(int=2)
REQUEST = Request(
    request_id=UUID(int=3),
    organization_id=UUID(int=4),
    user_id=USER,
    name="A User",
    login="user",
    enrollment_id=UUID(int=5),
    npi="1234567893",
    ptan="MR1",
    permissions=("claims.status",),
    role="",
    last_day=None,
    reason="sealed",
    state="open",
    asked_at=NOW,
    told_at=NOW,
    decided_at=None,
    answer="",
)


def test_somebody_else_decides_and_only_once() -> None:
    assert refuse_decision(REQUEST, administrator=BOSS) is None
    assert refuse_decision(REQUEST, administrator=USER) == "own-access"
    decided: tuple[State, ...] = ("approved", "refused", "lapsed", "withdrawn")
    for state in decided:
        assert refuse_decision(replace(REQUEST, state=state), administrator=BOSS) == "outdated"


@pytest.mark.parametrize(("hours", "may"), [(0, False), (23, False), (24, True), (48, True)])
def test_approvers_are_told_again_at_most_once_a_day(hours: int, may: bool) -> None:
    now = NOW + timedelta(hours=hours)
    assert may_remind(REQUEST, now, hours=24) is may
    assert not may_remind(replace(REQUEST, state="refused"), now, hours=24)


def test_a_desk_or_one_function_can_be_asked_for_and_nothing_else() -> None:
    assert asked_for("biller") == BUNDLES["biller"].permissions
    assert asked_for("claims.status") == {"claims.status"}
    for nothing in ("", "role", "auth.manage-users", "no such thing"):
        assert asked_for(nothing) == frozenset()
    assert words_of(BUNDLES["biller"].permissions) == "Biller"
    assert words_of(["claims.status"]) == "Claim Status"


@pytest.mark.parametrize(
    ("kind", "role"), [("provider", "PROVIDER_ADMIN"), ("vendor", "VENDOR_ADMIN"), ("contractor", "")]
)
def test_nobody_asks_to_manage_the_contractors_staff(kind: str, role: str) -> None:
    assert administrator_of(kind) == role
