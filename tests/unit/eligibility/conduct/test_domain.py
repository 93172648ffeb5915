from collections.abc import Collection
from datetime import timedelta

import pytest

from services.eligibility.conduct.domain import (
    ERRORS,
    FISHING,
    Budget,
    Day,
    Limits,
    Verdict,
    is_error,
    is_guess,
    is_not_linked,
    verdicts,
)

LIMITS = Limits(
    guesses=5,
    user_hourly=600,
    program_hourly=30_000,
    npi_hourly=30_000,
    strangers=Budget(20, 0.2),
    user_errors=Budget(60, 0.3),
    npi_errors=Budget(300, 0.3),
    npi_pause=timedelta(hours=1),
)


@pytest.mark.parametrize(
    ("codes", "guessed"),
    [((), False), (("73",), True), (("75", "71"), True), (("58",), True), (("42",), False), (("72",), False)],
)
def test_what_counts_as_a_guess(codes: Collection[str], *, guessed: bool) -> None:
    assert is_guess(codes) is guessed


@pytest.mark.parametrize(
    ("codes", "counts"), [(("73",), True), (("42",), False), (("80", "42"), False), (("42", "71"), True), ((), False)]
)
def test_hets_being_away_is_nobodys_error(codes: Collection[str], *, counts: bool) -> None:
    assert is_error(codes) is counts


def test_aaa_41_says_that_the_npi_is_not_linked() -> None:
    assert is_not_linked(("41",))
    assert not is_not_linked(("43",))


@pytest.mark.parametrize(
    ("day", "held"),
    [
        # asked and refused of the user, asked and refused for the NPI, different numbers that did not match
        (Day(30, 20, 30, 20, 20), []),
        (Day(30, 21, 30, 21, 21), [Verdict("user", FISHING, None)]),
        # A program that asks about thousands is not locked for a share that everybody has.
        (Day(10_000, 500, 10_000, 500, 500), []),
        (Day(10_000, 2_100, 10_000, 2_100, 2_100), [Verdict("user", FISHING, None)]),
        (Day(100, 61, 100, 61, 3), [Verdict("user", ERRORS, None)]),
        (Day(20, 2, 900, 301, 2), [Verdict("npi", ERRORS, timedelta(hours=1))]),
        (Day(900, 301, 900, 301, 2), [Verdict("user", ERRORS, None), Verdict("npi", ERRORS, timedelta(hours=1))]),
    ],
)
def test_who_is_held_follows_from_a_number_and_a_share(day: Day, held: list[Verdict]) -> None:
    assert list(verdicts(day, LIMITS)) == held
