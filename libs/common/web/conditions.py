"""In which condition the functions are, in words: for pages that tell of all of them at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from fastapi import Request

from libs.common.clock import Clock
from libs.common.contracts.notifier import FunctionState, PortalState
from libs.common.deployment import Deployment
from libs.common.web import formats
from libs.common.web.frames import interruption
from libs.common.web.pages import Banner

_TROUBLE = {
    "not-available": "unavailable",
    "degraded": "slow or failing at times",
    "maintenance": "under maintenance",
}


@dataclass(frozen=True, slots=True)
class FunctionsNow:
    """The interruption if there is one, one sentence on all functions, and each of them."""

    banner: Banner | None
    summary: str
    functions: tuple[FunctionState, ...]


def functions_now(request: Request, deployment: Deployment, state: PortalState | None, clock: Clock) -> FunctionsNow:
    """From what the notifier last said and from what the gateway says, whichever knows of more trouble.

    `state` is `None` while nobody can tell what the notifier said.
    """
    now = clock.now()
    banner, down = interruption(request)
    functions = with_interruption(state.functions if state else unknown(deployment, now), down)
    if banner is None and state and state.banner:
        banner = Banner(state.banner, state.banner_since or now)
    return view(functions, banner, clock, deployment.zone)


def view(functions: Sequence[FunctionState], banner: Banner | None, clock: Clock, zone: ZoneInfo) -> FunctionsNow:
    """Say in words how the functions are: who is affected reads first what concerns them, then that the rest works."""
    worst_first = sorted(functions, key=lambda function: (function.condition not in _TROUBLE, function.name))
    return FunctionsNow(banner, _summary(worst_first, clock, zone), tuple(worst_first))


def unknown(deployment: Deployment, now: datetime) -> tuple[FunctionState, ...]:
    """The functions of the contract while nobody has said how they are."""
    return tuple(
        FunctionState(code=function.code, name=function.name, condition="unknown", since=now)
        for function in deployment.functions
    )


def with_interruption(functions: Iterable[FunctionState], down: Mapping[str, datetime]) -> tuple[FunctionState, ...]:
    """The functions, those of `down` (name and since when) not available: the gateway hears it before the broker."""
    return tuple(
        function.model_copy(update={"condition": "not-available", "since": down[function.name]})
        if function.name in down
        else function
        for function in functions
    )


def _summary(functions: Sequence[FunctionState], clock: Clock, zone: ZoneInfo) -> str:
    together: dict[str, list[str]] = {}
    for function in functions:
        if function.condition in _TROUBLE:
            since = formats.since(function.since + clock.offset(), clock.business(), zone)
            together.setdefault(f"{_TROUBLE[function.condition]} since {since}", []).append(function.name)
    blind = [function.name for function in functions if function.condition == "unknown"]
    if len(blind) == len(functions):
        return "The state of the functions is not known at the moment. They may work: sign in and try."
    sentences = [
        f"{_and(names)} {'has' if len(names) == 1 else 'have'} been {what}." for what, names in together.items()
    ]
    if blind:
        sentences.append(f"The state of {_and(blind)} is not known at the moment.")
    if any(function.condition == "available" for function in functions):
        sentences.append("Other functions are available." if sentences else "All functions are available.")
    return " ".join(sentences)


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
