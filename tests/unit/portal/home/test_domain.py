import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from libs.common.functions import NEWS
from services.portal.home.domain import OWN_DOING, WAITING, Item, certification_due
from services.portal.home.pages import _words

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
        ((47,), None),
        ((46,), date(2027, 1, 8)),
        ((300, 45, 50), date(2027, 1, 7)),
        ((0,), None),
        ((-1,), None),
    ],
)
def test_one_is_told_of_a_certification_in_the_last_45_days(days: tuple[int, ...], due: date | None) -> None:
    assert certification_due(grants(*days), now=NOW, business=NOW, zone=ZONE) == due


def test_the_day_is_that_of_the_contract_as_everywhere() -> None:
    evening = datetime(2027, 1, 6, 23, 59, 59, tzinfo=ZONE).astimezone(UTC)  # the 7th in UTC
    assert certification_due([_Grant(evening)], now=NOW, business=NOW, zone=ZONE) == date(2027, 1, 6)


def test_it_comes_near_by_business_time_and_is_over_by_real_time() -> None:
    grant, later = _Grant(NOW + timedelta(days=300)), NOW + timedelta(days=400)
    assert certification_due([grant], now=NOW, business=later, zone=ZONE) is not None
    assert certification_due([grant], now=later, business=later, zone=ZONE) is None


def test_every_kind_is_in_a_group_and_has_words_and_a_place() -> None:
    kinds = [kind for group in (OWN_DOING, *WAITING) for kind in group.kinds]
    for kind in kinds:
        item = Item(kind, UUID(int=1), NOW, count=2, amount_cents=123450, number="R-1", outcome="favorable")
        assert not re.search(r"[{}]", _words(item))
        assert item.path == f"{NEWS[kind].page}{UUID(int=1)}"
    assert sorted(kinds) == sorted(NEWS)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("claims-not-accepted", "2 claims not accepted: correct and send again"),
        ("remittance", "Remittance of $1,234.50 for 2 claims"),
        ("appeal-decided", "Redetermination R-1 decided in your favor"),
    ],
)
def test_an_item_is_told_in_the_words_of_the_catalog(kind: str, words: str) -> None:
    item = Item(kind, UUID(int=1), NOW, count=2, amount_cents=123450, number="R-1", outcome="favorable")
    assert _words(item) == words


def test_what_the_catalog_does_not_know_is_no_item() -> None:
    with pytest.raises(KeyError):
        Item("appeal-lost", UUID(int=1), NOW)
