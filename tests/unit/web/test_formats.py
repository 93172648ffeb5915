from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.mbi import format_mbi, mask_mbi
from libs.common.money import format_dollars
from libs.common.web import formats

EASTERN = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("cents", "words"),
    [(123450, "$1,234.50"), (5, "$0.05"), (0, "$0.00"), (-100, "-$1.00"), (-5, "-$0.05"), (100000000, "$1,000,000.00")],
)
def test_money_is_written_with_dollars_and_both_figures_of_cents(cents: int, words: str) -> None:
    assert format_dollars(cents) == words


@given(st.integers(-(10**12), 10**12))
def test_money_reads_back_to_the_same_cents(cents: int) -> None:
    words = format_dollars(cents)

    assert int(words.replace("$", "").replace(",", "").replace(".", "")) == cents


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 11, 22, 20, 12, tzinfo=UTC), "11/22/2026 3:12 p.m. EST"),
        (datetime(2026, 7, 4, 4, 0, tzinfo=UTC), "07/04/2026 12:00 a.m. EDT"),
        (datetime(2026, 7, 4, 16, 5, tzinfo=UTC), "07/04/2026 12:05 p.m. EDT"),
        (datetime(2026, 1, 1, 4, 59, tzinfo=UTC), "12/31/2025 11:59 p.m. EST"),
        # The night the clocks go back has this hour twice; the zone tells them apart.
        (datetime(2026, 11, 1, 5, 30, tzinfo=UTC), "11/01/2026 1:30 a.m. EDT"),
        (datetime(2026, 11, 1, 6, 30, tzinfo=UTC), "11/01/2026 1:30 a.m. EST"),
    ],
)
def test_times_are_told_in_the_contractors_zone_and_name_it(moment: datetime, words: str) -> None:
    assert formats.moment(moment, EASTERN) == words


def test_since_leaves_out_the_day_only_when_it_is_today() -> None:
    now = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)

    assert formats.since(datetime(2026, 11, 22, 20, 12, tzinfo=UTC), now, EASTERN) == "3:12 p.m. EST"
    assert formats.since(datetime(2026, 11, 22, 4, 0, tzinfo=UTC), now, EASTERN) == "11/21/2026 11:00 p.m. EST"


def test_days_identifiers_codes_sizes_and_counts_have_one_form() -> None:
    assert formats.day(date(2026, 1, 2)) == "01/02/2026"
    assert format_mbi("1EG4TE5MK73") == "1EG4-TE5-MK73"
    assert format_mbi("1EG4") == "1EG4"
    assert formats.code("CO-45", "Charge exceeds fee schedule") == "CO-45 · Charge exceeds fee schedule"
    assert [formats.procedure(value) for value in ("80053", "0250", "")] == ["80053", "revenue code 0250", ""]
    assert [formats.diagnosis(value) for value in ("E119", "I10", "S72.001A")] == ["E11.9", "I10", "S72.001A"]
    assert formats.count(1, "claim") == "1 claim"
    assert formats.count(5000, "claim") == "5,000 claims"
    assert formats.count(2, "inquiry", "inquiries") == "2 inquiries"
    assert [formats.size(octets) for octets in (1, 812, 83_200, 1_468_006, 20 * 1024 * 1024)] == [
        "1 byte",
        "812 bytes",
        "81.2 KB",
        "1.4 MB",
        "20 MB",
    ]


def test_a_masked_identifier_shows_its_last_four_characters_and_nothing_else() -> None:
    masked = mask_mbi("1EG4TE5MK73")

    assert masked == "•••• ••• MK73"
    assert "1EG4" not in masked


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (120, "2 minutes"),
        (90, "1 minute 30 seconds"),
        (60, "1 minute"),
        (1, "1 second"),
        (0, "0 seconds"),
        (-3, "0 seconds"),
    ],
)
def test_time_left_is_told_in_words(seconds: int, words: str) -> None:
    assert formats.left(seconds) == words
