"""Which code counts, how many are sent, and when none is asked for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pyotp
import pytest

from services.auth.factors.domain import (
    Mode,
    Window,
    accepted_counter,
    as_recovery_code,
    may_send,
    network_of,
    new_secret,
    phone_number,
    recovery_code,
    spares_a_code,
    steps_of,
)
from services.auth.settings import AuthSettings

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
RULES = AuthSettings()
STEP = timedelta(seconds=30)


@pytest.mark.parametrize(
    ("matching", "last", "accepted"),
    [({5}, 4, 5), ({5}, 5, None), ({4, 6}, 4, 6), ({4, 6}, 3, 4), (set(), 0, None)],
)
def test_a_code_counts_for_a_step_that_was_not_used(matching: set[int], last: int, accepted: int | None) -> None:
    assert accepted_counter(frozenset(matching), last) == accepted


@pytest.mark.parametrize(("steps", "counts"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_of_an_authenticator_counts_one_step_early_or_late(steps: int, counts: bool) -> None:
    secret = new_secret()
    code = pyotp.TOTP(secret).at(NOW + steps * STEP)
    assert (int((NOW + steps * STEP).timestamp()) // 30 in steps_of(secret, code, NOW)) == counts


@pytest.mark.parametrize(
    ("seconds_ago", "may"),
    [
        ([], True),
        ([59], False),
        ([60], True),
        ([60, 300], True),
        ([60, 300, 599], False),
        ([60, 300, 600], True),
        ([3600 + 700 * each for each in range(19)], True),
        ([3600 + 700 * each for each in range(20)], False),
        ([24 * 3600 + each for each in range(20)], True),
    ],
    ids=["none", "a moment ago", "a minute ago", "two", "three", "three, one long ago", "19", "20", "20 yesterday"],
)
def test_codes_are_sent_a_minute_apart_three_in_ten_minutes_twenty_a_day(seconds_ago: list[int], may: bool) -> None:
    assert may_send([NOW - timedelta(seconds=each) for each in seconds_ago], NOW, RULES) == may


WINDOW = Window(UUID(int=1), NOW, NOW + timedelta(hours=12), "Firefox on Windows", "203.0")


@pytest.mark.parametrize(
    ("mode", "timed_out", "changes", "hours", "spared"),
    [
        ("handbook", False, {}, 1, True),
        ("handbook", True, {}, 11.99, True),
        ("handbook", False, {}, 12, False),
        ("handbook", False, {"user_id": UUID(int=2)}, 1, False),
        ("handbook", False, {"browser": "Chrome on Windows"}, 1, False),
        ("handbook", False, {"network": "198.51"}, 1, False),
        ("strict", True, {}, 1, True),
        ("strict", False, {}, 1, False),
        ("strict", True, {}, 12, False),
        ("off", True, {}, 1, False),
    ],
    ids=[
        "handbook", "just in time", "over", "another person", "another browser", "another network",
        "strict after a time-out", "strict after signing out", "strict and over", "off",
    ],
)  # fmt: skip
def test_a_browser_that_showed_a_code_is_asked_for_none_within_the_rules(
    mode: Mode, timed_out: bool, changes: dict[str, object], hours: float, spared: bool
) -> None:
    held = replace(WINDOW, **changes)  # type: ignore[arg-type]
    found = spares_a_code(
        held,
        user_id=WINDOW.user_id,
        browser=WINDOW.browser,
        network=WINDOW.network,
        timed_out=timed_out,
        mode=mode,
        now=NOW + timedelta(hours=hours),
    )
    assert found == spared


def test_a_recovery_code_has_80_bits_and_is_known_however_it_is_typed() -> None:
    code = recovery_code(lambda size: bytes(range(size)))
    assert code == "AAAQ-EAYE-AUDA-OCAJ"
    for typed in (code, code.lower(), code.replace("-", ""), f" {code.replace('-', ' ')} "):
        assert as_recovery_code(typed) == "AAAQEAYEAUDAOCAJ"
    assert [each for each in ("123 456", "AAAQ-EAYE-AUDA-OCA1", "AAAQ", "") if as_recovery_code(each)] == []


@pytest.mark.parametrize("typed", ["202-555-0123", "(202) 555-0123", "+1 202 555 0123", "1.202.555.0123", "2025550123"])
def test_a_phone_number_is_understood_as_people_write_it(typed: str) -> None:
    assert phone_number(typed) == "+12025550123"


@pytest.mark.parametrize("typed", ["", "555-0123", "102-555-0123", "202-155-0123", "+44 20 7946 0958", "911", "abc"])
def test_what_is_no_number_of_the_plan_is_none(typed: str) -> None:
    assert phone_number(typed) is None


def test_a_network_is_told_by_the_first_part_of_an_address() -> None:
    assert network_of("203.0.113.7") == network_of("203.0.9.9") != network_of("203.1.113.7")
    assert network_of("2001:db8:1::1") == network_of("2001:db8:2::9") != network_of("2001:db9:1::1")
