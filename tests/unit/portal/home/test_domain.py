from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from libs.common.security.permissions import CATALOG
from services.portal.home.domain import OWN_DOING, PERMISSIONS, WAITING, Item, certification_due
from services.portal.home.pages import _WORDS

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)


@dataclass(frozen=True)
class _Grant:
    certified_until: datetime


def grants(*days: int) -> list[_Grant]:
    return [_Grant(NOW + timedelta(days=each)) for each in days]


@pytest.mark.parametrize(
    ("days", "due"),
    [
        ((), None),
        ((300,), None),
        ((61,), None),
        ((60,), date(2027, 1, 22)),
        ((300, 45, 50), date(2027, 1, 7)),
        ((0,), None),
        ((-1,), None),
    ],
)
def test_one_is_told_of_a_certification_in_the_last_sixty_days(days: tuple[int, ...], due: date | None) -> None:
    assert certification_due(grants(*days), now=NOW, business=NOW, zone=ZONE) == due


def test_the_day_is_that_of_the_contract_as_everywhere() -> None:
    evening = datetime(2027, 1, 12, 23, 59, 59, tzinfo=ZONE).astimezone(UTC)  # the 13th in UTC
    assert certification_due([_Grant(evening)], now=NOW, business=NOW, zone=ZONE) == date(2027, 1, 12)


def test_it_comes_near_by_business_time_and_is_over_by_real_time() -> None:
    grant, later = _Grant(NOW + timedelta(days=300)), NOW + timedelta(days=400)
    assert certification_due([grant], now=NOW, business=later, zone=ZONE) is not None
    assert certification_due([grant], now=later, business=later, zone=ZONE) is None


def test_every_kind_has_a_permission_words_and_a_place() -> None:
    kinds = [kind for group in (OWN_DOING, *WAITING) for kind in group.kinds]
    for kind in kinds:
        item = Item(kind, UUID(int=1), NOW, count=2, amount_cents=123450, number="R-1", outcome="favorable")
        assert PERMISSIONS[kind] in CATALOG
        assert _WORDS[kind](item)
        assert item.path.endswith(str(UUID(int=1)))
    assert set(PERMISSIONS) == set(_WORDS) == set(kinds)


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (Item("claims-not-accepted", UUID(int=1), NOW, count=1), "1 claim not accepted: correct and send again"),
        (Item("remittance", UUID(int=1), NOW, 23, 123450), "Remittance of $1,234.50 for 23 claims"),
        (
            Item("appeal-decided", UUID(int=1), NOW, number="R-7", outcome="partially-favorable"),
            "Redetermination R-7 decided partly in your favor",
        ),
    ],
)
def test_a_line_says_what_it_is_about(item: Item, words: str) -> None:
    assert _WORDS[item.kind](item) == words
