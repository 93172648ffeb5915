"""Who may end whose access, and what a person may do alone."""

from uuid import UUID

import pytest

from services.auth.access.domain import Member
from services.auth.departures.domain import belongs, refuse_end, refuse_own, user_of

OFFICE, BOSS, CLERK = UUID(int=1), UUID(int=2), UUID(int=3)


def member(user_id: UUID = CLERK, *, kind: str = "person", organization: UUID = OFFICE) -> Member:
    return Member(user_id, kind, "login", "Jo", "PROVIDER_USER", "active", organization)


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        (member(), None),
        (None, "not-a-member"),
        (member(organization=UUID(int=9)), "not-a-member"),
        (member(BOSS), "own-access"),
        (member(kind="client"), "program"),
    ],
)
def test_whose_access_an_administrator_ends(who: Member | None, refusal: str | None) -> None:
    assert refuse_end(who, administrator=BOSS, organization=OFFICE) == refusal


def test_what_a_person_may_do_alone() -> None:
    def own(step: str, role: str, *, alone: bool = False, confirmed: bool = False) -> str | None:
        return refuse_own(step, role, alone=alone, confirmed=confirmed)  # type: ignore[arg-type]

    assert own("leave", "VENDOR_USER") is None
    assert own("step-down", "PROVIDER_USER") == "no-administrator"
    assert own("leave", "PROVIDER_ADMIN", alone=True) == "not-confirmed"
    assert own("step-down", "VENDOR_ADMIN", alone=True, confirmed=True) is None
    for role in ("APPLICANT", "MAC_EDI", "PORTAL_OPERATOR"):
        assert own("leave", role) == "nothing-to-leave"
        assert not belongs(role)


def test_an_administrator_who_stops_is_a_user_of_the_same_kind() -> None:
    assert [user_of(each) for each in ("PROVIDER_ADMIN", "VENDOR_ADMIN", "PROVIDER_USER")] == [
        "PROVIDER_USER",
        "VENDOR_USER",
        "",
    ]
