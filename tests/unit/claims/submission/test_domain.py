from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.claims.submission.domain import control_number, fault_of_start, submission_number, verdict_in_words

DAY = date(2026, 11, 23)


def test_a_control_number_tells_type_year_day_and_sequence() -> None:
    assert control_number(DAY, 0) == "2226327000000"
    assert control_number(DAY, 123) == "2226327000123"


def test_the_million_and_first_claim_of_a_day_gets_the_next_type() -> None:
    assert control_number(DAY, 1_000_000) == "2326327000000"
    with pytest.raises(ValueError, match="no internal control numbers"):
        control_number(DAY, 8_000_000)


@given(st.sets(st.integers(0, 7_999_999), min_size=2, max_size=20))
def test_no_two_claims_of_a_day_share_a_number(counts: set[int]) -> None:
    assert len({control_number(DAY, count) for count in counts}) == len(counts)


def test_a_submission_number_can_be_told_on_the_phone() -> None:
    assert submission_number(DAY, 123) == "S-2611-000123"


def test_a_file_that_begins_with_isa_is_taken() -> None:
    assert fault_of_start(b"ISA*00*") is None


@given(st.binary(min_size=1, max_size=8).filter(lambda start: not start.startswith(b"ISA")))
def test_every_other_start_is_refused_with_something_to_do(start: bytes) -> None:
    fault = fault_of_start(start)
    assert fault is not None
    assert fault.sentence.endswith(".")


def test_a_refused_file_is_not_called_accepted_in_part() -> None:
    assert verdict_in_words("rejected", 0, 25)[1] == "Not accepted"
    assert verdict_in_words("partial", 23, 2)[1] == "Accepted in part"
    assert verdict_in_words("accepted", 25, 0)[1] == "Accepted"
