"""Whom staff may help, as whom they may look, and who may approve a role (S05)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.auth.back_office.domain import (
    Certification,
    Deed,
    Elevation,
    Refusal,
    Subject,
    refuse_approval,
    refuse_asking,
    refuse_deed,
)

ME, THEM, ANOTHER = UUID(int=1), UUID(int=2), UUID(int=3)
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
DAY = timedelta(hours=24)


def subject(
    *,
    user_id: UUID = THEM,
    kind: str = "person",
    state: str = "active",
    of_staff: bool = False,
    disabled_by: UUID | None = None,
    reopens: bool = False,
    certification: Certification = "none",
) -> Subject:
    return Subject(
        user_id, kind, state, of_staff=of_staff, disabled_by=disabled_by, reopens=reopens, certification=certification
    )


@pytest.mark.parametrize(
    ("deed", "about", "role", "refusal"),
    [
        ("unlock", subject(), "MAC_CSR", None),
        ("unlock", subject(user_id=ME), "MAC_SECURITY", "yourself"),
        ("enable", subject(user_id=ME, state="disabled"), "MAC_SECURITY", "yourself"),
        ("disable", subject(of_staff=True), "MAC_CSR", "staff"),
        ("disable", subject(of_staff=True), "MAC_SECURITY", None),
        ("disable", subject(state="disabled"), "MAC_CSR", "already"),
        ("enable", subject(), "MAC_CSR", "already"),
        ("enable", subject(state="disabled"), "MAC_CSR", None),
        ("enable", subject(state="disabled", disabled_by=ANOTHER), "MAC_CSR", "high-risk"),
        ("enable", subject(state="disabled", disabled_by=ME), "MAC_SECURITY", "high-risk"),
        ("enable", subject(state="disabled", disabled_by=ANOTHER), "MAC_SECURITY", None),
        ("high-risk", subject(state="disabled"), "MAC_SECURITY", None),
        ("unlock", subject(state="disabled", disabled_by=ANOTHER), "MAC_CSR", "high-risk"),
        ("send-reset", subject(kind="client"), "MAC_CSR", "not-a-person"),
        ("send-reset", subject(state="disabled"), "MAC_CSR", "not-active"),
        ("disable", subject(state="disabled", reopens=True), "MAC_CSR", None),
        ("enable", subject(state="disabled", reopens=True), "MAC_CSR", None),
        ("enable", subject(state="disabled", certification="counts"), "MAC_CSR", None),
        ("enable", subject(state="disabled", certification="lapsed"), "MAC_CSR", "uncertified"),
        ("enable", subject(state="disabled", certification="ended"), "MAC_CSR", None),
        (
            "enable",
            subject(state="disabled", certification="ended", of_staff=True),
            "MAC_SECURITY",
            "not-certified-again",
        ),
        ("unlock", subject(state="disabled", certification="lapsed"), "MAC_CSR", None),
        ("view-as", subject(), "MAC_CSR", None),
        ("view-as", subject(kind="client"), "MAC_CSR", "not-a-person"),
        ("view-as", subject(state="disabled"), "MAC_CSR", "not-active"),
        ("view-as", subject(of_staff=True), "MAC_SECURITY", "staff"),
    ],
)
def test_whom_staff_may_help_and_as_whom_they_may_look(
    deed: Deed, about: Subject, role: str, refusal: Refusal | None
) -> None:
    assert refuse_deed(deed, about, by=ME, role=role) == refusal


def test_a_role_is_asked_for_once_and_for_no_longer_than_it_may_be_held() -> None:
    assert refuse_asking("MAC_EDI", "MAC_CSR", 8, most=8, has_open=False) is None
    assert refuse_asking("MAC_EDI", "MAC_CSR", 9, most=8, has_open=False) == "too-long"
    assert refuse_asking("MAC_EDI", "MAC_EDI", 1, most=8, has_open=False) == "own-role"
    assert refuse_asking("MAC_EDI", "MAC_CSR", 1, most=8, has_open=True) == "open"


def test_nobody_approves_oneself_and_nothing_is_decided_twice_or_late() -> None:
    asked = Elevation(ANOTHER, THEM, "them", "MAC_EDI", "MAC_CSR", "needed", 1, NOW, "asked")
    assert refuse_approval(asked, by=ME, now=NOW + DAY, waits=DAY) is None
    assert refuse_approval(asked, by=THEM, now=NOW, waits=DAY) == "yourself"
    assert refuse_approval(asked, by=ME, now=NOW + DAY + timedelta(seconds=1), waits=DAY) == "too-late"
    begun = Elevation(ANOTHER, THEM, "them", "MAC_EDI", "MAC_CSR", "needed", 1, NOW, "begun")
    assert refuse_approval(begun, by=ME, now=NOW, waits=DAY) == "decided"
