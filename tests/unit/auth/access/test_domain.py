"""Who may change whose access."""

from dataclasses import replace
from uuid import UUID

import pytest

from services.auth.access.domain import Change, Member, refuse_change, refuse_dual_role

BOSS, USER, HERE, ELSEWHERE, ENROLLMENT = (UUID(int=number) for number in range(1, 6))
MEMBER = Member(USER, "person", "user", "A User", "PROVIDER_USER", "active", HERE)
CHANGE = Change(USER, ENROLLMENT, frozenset({"claims.status"}))


def asked(change: Change = CHANGE, member: Member | None = MEMBER) -> str | None:
    acts_for = change.enrollment_id == ENROLLMENT
    return refuse_change(change, member, administrator=BOSS, organization=HERE, acts_for=acts_for)


def test_an_administrator_changes_the_access_of_a_user_of_their_organization() -> None:
    assert asked() is None


@pytest.mark.parametrize(
    ("change", "member", "refusal"),
    [
        (CHANGE, None, "not-a-member"),
        (CHANGE, replace(MEMBER, organization_id=ELSEWHERE), "not-a-member"),
        (replace(CHANGE, user_id=BOSS), replace(MEMBER, user_id=BOSS), "own-access"),
        (CHANGE, replace(MEMBER, role="PROVIDER_ADMIN"), "administrator"),
        (replace(CHANGE, permissions=frozenset({"auth.manage-users"})), MEMBER, "unknown-permission"),
        (replace(CHANGE, permissions=CHANGE.permissions | {"auth.manage-users"}), MEMBER, "unknown-permission"),
        (replace(CHANGE, permissions=frozenset()), MEMBER, "unknown-permission"),
        (replace(CHANGE, enrollment_id=ELSEWHERE), MEMBER, "foreign-enrollment"),
    ],
)
def test_every_other_change_is_refused_by_its_own_name(change: Change, member: Member | None, refusal: str) -> None:
    assert asked(change, member) == refusal


def test_an_administrator_in_a_dual_role_is_given_access_like_a_user() -> None:
    assert asked(member=replace(MEMBER, role="PROVIDER_ADMIN", dual_role=True)) is None


@pytest.mark.parametrize(
    ("member", "staff", "refusal"),
    [
        (replace(MEMBER, role="PROVIDER_ADMIN"), 24, None),
        (replace(MEMBER, role="PROVIDER_ADMIN"), 25, "too-many-staff"),
        (MEMBER, 3, "no-administrator"),
        (replace(MEMBER, user_id=BOSS, role="PROVIDER_ADMIN"), 3, "own-access"),
        (replace(MEMBER, role="PROVIDER_ADMIN", organization_id=ELSEWHERE), 3, "not-a-member"),
        (None, 3, "not-a-member"),
    ],
)
def test_only_a_small_organization_joins_both_duties_in_another_administrator(
    member: Member | None, staff: int, refusal: str | None
) -> None:
    assert refuse_dual_role(member, administrator=BOSS, organization=HERE, staff=staff, below=25) == refusal
