"""X12's official answers to requests for interpretation, each as a check that builds its own input.

A number is that of the request; https://x12.org/resources/requests-for-interpretation has question and answer. What is
right is said here in our own words. Each module holds the answers about its transactions; those that ask nothing of
Portico stand in `NOT_OURS` with the reason. Rules of CAQH CORE and of CMS stand among them under their own names.
"""

from collections.abc import Callable
from typing import NamedTuple


class Interpretation(NamedTuple):
    """One answer: its number, what it asks of Portico, and the check that holds it (raises `AssertionError`)."""

    number: int | str
    behavior: str
    holds: Callable[[], None]


ANSWERS: list[Interpretation] = []
NOT_OURS: dict[int | str, str] = {}


def interpretation(number: int | str, behavior: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Enter a check as what answer `number` asks for. One check may be entered under several numbers."""

    def enter(check: Callable[[], None]) -> Callable[[], None]:
        ANSWERS.append(Interpretation(number, behavior, check))
        return check

    return enter
