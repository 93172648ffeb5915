"""Runs the steps of a walk in order and tells each with its time."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import httpx
from rich.console import Console

from deploy.local.errors import PlatformError
from tools.walk.answers import UnreadableAnswerError
from tools.walk.html import NotOnThePageError

Walk = TypeVar("Walk")


class UnexpectedError(Exception):
    """Something else came than was expected; the message says both."""

    def __init__(self, expected: str, came: str) -> None:
        super().__init__(f"expected {expected}; came {came}")


@dataclass(frozen=True, slots=True)
class Step(Generic[Walk]):
    """One thing somebody does. `run` returns what was seen, in a few words; `name` is its name for tests."""

    title: str
    run: Callable[[Walk], Awaitable[str]]

    @property
    def name(self) -> str:
        """The name of its function."""
        return self.run.__name__


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a step went. `problem` is empty when it went well."""

    title: str
    seconds: float
    seen: str
    problem: str

    @property
    def ok(self) -> bool:
        """Whether it went well."""
        return not self.problem


# What a step may meet when the portal does not do what it should; anything else is an error of the walk itself.
_PROBLEMS = (
    UnexpectedError,
    NotOnThePageError,
    UnreadableAnswerError,
    PlatformError,
    TimeoutError,
    httpx.HTTPError,
    LookupError,
    ValueError,
)


async def take(step: Step[Walk], walk: Walk) -> Outcome:
    """Do one step. What the portal does wrong is an outcome, not an exception."""
    began = time.monotonic()
    seen, problem = "", ""
    try:
        seen = await step.run(walk)
    except _PROBLEMS as error:
        problem = str(error) or type(error).__name__
        if not isinstance(error, _PROBLEMS[:5]):
            problem = f"{type(error).__name__}: {problem}"
    return Outcome(step.title, time.monotonic() - began, seen, problem)


async def walk_through(steps: Sequence[Step[Walk]], walk: Walk, console: Console) -> list[Outcome]:
    """Do all steps, telling each when it is done. A step whose needs an earlier one failed to make fails too."""
    outcomes = []
    for number, step in enumerate(steps, 1):
        with console.status(step.title):
            outcome = await take(step, walk)
        outcomes.append(outcome)
        tell(console, number, outcome)
    return outcomes


def tell(console: Console, number: int, outcome: Outcome) -> None:
    """Print one line for a step, and one more for what was seen or what went wrong."""
    mark, style = ("✓", "green") if outcome.ok else ("✗", "red")
    console.print(f"[{style}]{mark}[/] {number:02} {outcome.title}  [dim]{outcome.seconds:.2f} s[/]", highlight=False)
    if outcome.problem:
        console.print(f"     {outcome.problem}", style="red", highlight=False, markup=False)
    elif outcome.seen:
        console.print(f"     {outcome.seen}", style="dim", highlight=False, markup=False)
