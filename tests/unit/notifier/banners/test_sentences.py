from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from services.notifier.banners.domain import FunctionState, function_states, listed, sentence

NOW = datetime(2026, 11, 23, 20, 12, tzinfo=UTC)


@dataclass(frozen=True)
class _Function:
    code: str
    name: str
    service: str


@dataclass(frozen=True)
class _Interruption:
    functions: tuple[str, ...]
    started_at: datetime


FUNCTIONS = [
    _Function("F-07", "Claim Status", "claims"),
    _Function("F-08", "Claim Submission", "claims"),
    _Function("F-12", "Eligibility Inquiry and Response", "eligibility"),
]


@pytest.mark.parametrize(
    ("down", "others", "expected"),
    [
        (
            ["Claim Status"],
            True,
            "Claim Status has been unavailable since 3:12 p.m. EST. Other functions are available.",
        ),
        (
            ["Claim Status", "Claim Submission"],
            True,
            (
                "Claim Status and Claim Submission have been unavailable since 3:12 p.m. EST."
                " Other functions are available."
            ),
        ),
        (["Claim Status"], False, "The functions of this portal have been unavailable since 3:12 p.m. EST."),
        (
            [],
            True,
            (
                "The home and help pages of the portal have been unavailable since 3:12 p.m. EST."
                " All functions are available."
            ),
        ),
    ],
)
def test_the_banner_says_what_is_down_and_whether_the_rest_works(down: list[str], others: bool, expected: str) -> None:
    assert sentence(down, "3:12 p.m. EST", others=others) == expected


def test_lists_read_as_sentences() -> None:
    assert [listed(names) for names in ([], ["A"], ["A", "B"], ["A", "B", "C"])] == ["", "A", "A and B", "A, B and C"]


def test_each_function_has_its_state_and_since_when() -> None:
    earlier = NOW - timedelta(hours=1)
    before = {"F-12": FunctionState("F-12", "Eligibility Inquiry and Response", "available", earlier)}
    outage = _Interruption(("F-07",), NOW - timedelta(minutes=2))

    states = function_states(FUNCTIONS, [outage], ["eligibility"], ["F-08"], {}, NOW)
    assert [each.condition for each in states] == ["not-available", "degraded", "unknown"]
    assert states[0].since == outage.started_at

    after = function_states(FUNCTIONS, [], [], [], before, NOW)
    assert {each.condition for each in after} == {"available"}
    assert [each.since for each in after] == [NOW, NOW, earlier]


def test_of_two_interruptions_the_longer_one_counts() -> None:
    first = _Interruption(("F-07", "F-12"), NOW - timedelta(minutes=9))
    second = _Interruption(("F-07",), NOW - timedelta(minutes=2))

    states = function_states(FUNCTIONS, [second, first], [], [], {}, NOW)
    assert states[0].since == first.started_at
