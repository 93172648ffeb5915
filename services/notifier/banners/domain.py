"""What everybody is told: the state of each function, and one plain sentence while something is down."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

Condition = Literal["available", "not-available", "degraded", "unknown"]


class Function(Protocol):
    """What is asked of a portal function here."""

    @property
    def code(self) -> str:
        """Its code."""

    @property
    def name(self) -> str:
        """Its name in Appendix 9.1."""

    @property
    def service(self) -> str:
        """Who must be up for it."""


class Interruption(Protocol):
    """What is asked of an open interruption here."""

    @property
    def fault_domain(self) -> str:
        """What failed."""

    @property
    def functions(self) -> tuple[str, ...]:
        """Codes of the functions it stops."""

    @property
    def started_at(self) -> datetime:
        """Since when."""


@dataclass(frozen=True, slots=True)
class FunctionState:
    """How one function is, since when."""

    code: str
    name: str
    condition: Condition
    since: datetime


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that is told at one moment, whole."""

    functions: tuple[FunctionState, ...]
    banner: str | None = None
    banner_since: datetime | None = None

    @property
    def down(self) -> tuple[str, ...]:
        """Names of the functions that are not available."""
        return tuple(each.name for each in self.functions if each.condition == "not-available")


def function_states(
    functions: Iterable[Function],
    interruptions: Sequence[Interruption],
    unseen: Collection[str],
    degraded: Collection[str],
    before: Mapping[str, FunctionState],
    now: datetime,
) -> tuple[FunctionState, ...]:
    """The state of each function. `unseen` are services nobody can see, `degraded` codes of slow or failing functions.

    Since when: of an interruption its start; otherwise the time of the change, taken over from `before`.
    """
    states = []
    for function in functions:
        starts = [each.started_at for each in interruptions if function.code in each.functions]
        condition: Condition = (
            "not-available"
            if starts
            else "unknown"
            if function.service in unseen
            else "degraded"
            if function.code in degraded
            else "available"
        )
        earlier = before.get(function.code)
        kept = earlier.since if earlier is not None and earlier.condition == condition else now
        states.append(FunctionState(function.code, function.name, condition, min(starts, default=kept)))
    return tuple(states)


def sentence(down: Sequence[str], since: str, *, others: bool, cause: str = "") -> str:
    """What the banner says. `since` is a time as people read it; `others`: whether any other function works.

    `cause` says why, as a sentence without its full stop, where that helps. Nothing in `down` means that only the
    portal's own pages are gone.
    """
    why = f": {cause}" if cause else ""
    if not down:
        return (
            f"The home and help pages of the portal have been unavailable since {since}. All functions are available."
        )
    if not others:
        return f"The functions of this portal have been unavailable since {since}{why}."
    verb = "has" if len(down) == 1 else "have"
    return f"{listed(down)} {verb} been unavailable since {since}{why}. Other functions are available."


def listed(names: Sequence[str]) -> str:
    """Names as a list in a sentence: `A`, `A and B`, `A, B and C`."""
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else "".join(names)
