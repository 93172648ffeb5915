import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.mbi import POSITIONS, format_mbi, is_valid_mbi, mask_mbi, normalize_mbi
from libs.common.npi import complete_npi, is_valid_npi

nine = st.text("0123456789", min_size=8, max_size=8).flatmap(
    lambda rest: st.sampled_from("12").map(lambda first: first + rest)
)
mbis = st.tuples(*(st.sampled_from(characters) for characters in POSITIONS)).map("".join)


def test_the_example_of_the_check_digit_sheet_is_valid() -> None:
    assert is_valid_npi("1234567893")


@given(nine, st.integers(1, 9))
def test_only_the_right_check_digit_is_valid(first_nine: str, step: int) -> None:
    npi = complete_npi(first_nine)

    assert is_valid_npi(npi)
    assert not is_valid_npi(npi[:9] + str((int(npi[9]) + step) % 10))


@pytest.mark.parametrize(
    "text", ["", "123456789", "12345678931", "0234567893", "123456789X", "\N{FULLWIDTH DIGIT ONE}234567893"]
)
def test_what_is_not_ten_digits_led_by_1_or_2_is_no_npi(text: str) -> None:
    assert not is_valid_npi(text)


def test_an_npi_is_completed_from_nine_digits_only() -> None:
    with pytest.raises(ValueError, match="nine digits"):
        complete_npi("12345678")


@given(mbis)
def test_every_mbi_of_the_form_is_valid_and_survives_the_eye(mbi: str) -> None:
    assert is_valid_mbi(mbi)
    assert normalize_mbi(format_mbi(mbi).lower()) == mbi
    assert mbi[:7] not in mask_mbi(mbi)


def test_the_specimen_card_reads_as_printed() -> None:
    assert format_mbi("1EG4TE5MK73") == "1EG4-TE5-MK73"
    assert mask_mbi("1EG4TE5MK73") == "•••• ••• MK73"
    assert mask_mbi("1EG4") == "••••"


@pytest.mark.parametrize("letter", "SLOIBZ")
def test_six_letters_never_occur(letter: str) -> None:
    assert not is_valid_mbi(f"1{letter}G4TE5MK73")


@pytest.mark.parametrize("text", ["", "0EG4TE5MK73", "1eg4te5mk73", "1EG4-TE5-MK73", "1EG4TE5MK7", "1EG4TE5MK733"])
def test_what_does_not_have_the_form_is_no_mbi(text: str) -> None:
    assert not is_valid_mbi(text)
