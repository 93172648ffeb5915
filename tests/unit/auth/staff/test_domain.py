"""Who may decide about the staff, and whom one person ends (ARS AC-5)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.auth.back_office.domain import refuse_approval
from services.auth.staff.domain import StaffRequest, refuse_end, refuse_role

ME, THEM, ANOTHER = UUID(int=1), UUID(int=2), UUID(int=3)
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
WEEK = timedelta(days=7)


@pytest.mark.parametrize(("by", "refusal"), [(ME, "yourself"), (THEM, "yourself"), (ANOTHER, None)])
def test_neither_who_asked_nor_who_it_is_about_decides(by: UUID, refusal: str | None) -> None:
    asked = StaffRequest(UUID(int=9), "role", THEM, "Them", "", "them", "MAC_EDI", "Moves.", ME, NOW, "asked")
    assert refuse_approval(asked, by=by, now=NOW + WEEK, waits=WEEK) == refusal


def test_a_role_is_asked_for_once_and_the_same_one_only_for_an_account_that_ended() -> None:
    assert refuse_role("MAC_EDI", "MAC_CSR", ended=False, has_open=False) is None
    assert refuse_role("MAC_EDI", "MAC_EDI", ended=False, has_open=False) == "has-role"
    assert refuse_role("MAC_EDI", "MAC_EDI", ended=True, has_open=False) is None
    assert refuse_role("MAC_EDI", "MAC_CSR", ended=False, has_open=True) == "open"


def test_nobody_ends_oneself_or_the_last_officer() -> None:
    assert refuse_end(ME, by=ME, officers=frozenset({ME, THEM})) == "yourself"
    assert refuse_end(THEM, by=ME, officers=frozenset({THEM})) == "last-officer"
    assert refuse_end(THEM, by=ME, officers=frozenset({ME, THEM})) is None
    assert refuse_end(ANOTHER, by=ME, officers=frozenset({THEM})) is None
