import re
from datetime import date

import pytest

from libs.dmepos import AS_OF, GROUPS, alike, group_of, lifetime_months


def test_every_code_is_one_of_equipment_and_in_one_group() -> None:
    codes = [code for group in GROUPS for code in group.codes]
    assert all(re.fullmatch("[ABEKL][0-9]{4}", code) for code in codes)
    assert len(codes) == len(set(codes)) > 300
    assert all(group.codes and group.words and group.source for group in GROUPS)
    assert date(2026, 1, 1) < AS_OF


@pytest.mark.parametrize(
    ("one", "other"),
    [("E0601", "E0470"), ("K0001", "K0823"), ("E0196", "E0277"), ("E0250", "E0261"), ("E1390", "E0439")],
)
def test_codes_that_contractors_name_as_similar_are_alike(one: str, other: str) -> None:
    assert other in alike(one)
    assert one in alike(other)


@pytest.mark.parametrize(("one", "other"), [("E1390", "E0431"), ("E0601", "E0562"), ("L1833", "L1971")])
def test_what_is_used_beside_each_other_is_not_alike(one: str, other: str) -> None:
    assert other not in alike(one)


def test_a_code_of_no_group_is_like_itself_alone() -> None:
    assert (group_of("E1399"), alike("E1399"), lifetime_months("E1399")) == (None, ("E1399",), 60)


@pytest.mark.parametrize(
    ("code", "months"), [("E0601", 60), ("L0650", 60), ("L1830", 12), ("L1833", 24), ("L1844", 36), ("L8020", 6)]
)
def test_how_long_an_item_lasts(code: str, months: int) -> None:
    assert lifetime_months(code) == months
