import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.money import decimal_text, format_dollars, parse_cents


@given(st.integers(-(10**15), 10**15))
def test_cents_survive_their_decimal_text(cents: int) -> None:
    assert parse_cents(decimal_text(cents)) == cents


@pytest.mark.parametrize(
    ("text", "cents"), [("1234.5", 123450), (".5", 50), ("-3", -300), ("0", 0), ("007.01", 701), ("5.", 500)]
)
def test_amounts_are_read_to_the_cent(text: str, cents: int) -> None:
    assert parse_cents(text) == cents


@pytest.mark.parametrize("text", ["", "-", ".", "1.234", "1,000", "1e3", "abc", "--1", " 1", "\N{FULLWIDTH DIGIT ONE}"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="dollars and cents"):
        parse_cents(text)


@pytest.mark.parametrize(("cents", "text"), [(123450, "$1,234.50"), (-300, "-$3.00"), (5, "$0.05"), (0, "$0.00")])
def test_people_read_dollars(cents: int, text: str) -> None:
    assert format_dollars(cents) == text


@pytest.mark.parametrize(("cents", "text"), [(123450, "1234.5"), (100000, "1000"), (-5, "-0.05"), (0, "0")])
def test_partners_read_no_needless_zeros(cents: int, text: str) -> None:
    assert decimal_text(cents) == text
