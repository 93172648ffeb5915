"""The landing page: what this portal is, which function works now, and the way in. Nobody needs to be signed in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from libs.common.contracts.notifier import FunctionState
from libs.common.deployment import Deployment
from libs.common.web import formats
from libs.common.web.frames import interruption
from libs.common.web.pages import Banner, Frame, render
from libs.common.web.permit import public, runtime_of
from services.portal.landing.repository import PortalStateCopy

router = APIRouter()

_TROUBLE = {
    "not-available": "not available",
    "degraded": "slow or failing at times",
    "maintenance": "under maintenance",
}


@dataclass(frozen=True, slots=True)
class Landing:
    """What the landing page says: the interruption if there is one, one sentence on all functions, and each of them."""

    banner: Banner | None
    summary: str
    functions: tuple[FunctionState, ...]


def view(functions: Sequence[FunctionState], banner: Banner | None, now: datetime, zone: ZoneInfo) -> Landing:
    """Say in words how the functions are: who is affected reads first what concerns them, then that the rest works."""
    worst_first = sorted(functions, key=lambda function: (function.condition not in _TROUBLE, function.name))
    return Landing(banner, _summary(worst_first, now, zone), tuple(worst_first))


def unknown(deployment: Deployment, now: datetime) -> tuple[FunctionState, ...]:
    """The functions of the contract while nobody has said how they are."""
    return tuple(
        FunctionState(code=function.code, name=function.name, condition="unknown", since=now)
        for function in deployment.functions
    )


@router.get("/", dependencies=[public()])
async def landing(request: Request) -> HTMLResponse:
    """The landing page, from the portal's own copy and from what the gateway says, whichever knows of more trouble."""
    runtime = runtime_of(request)
    now = runtime.clock.now()
    state = await PortalStateCopy(runtime).state()
    banner, down = interruption(request)
    functions = with_interruption(state.functions if state else unknown(runtime.deployment, now), down)
    if banner is None and state and state.banner:
        banner = Banner(state.banner, state.banner_since or now)
    shown = view(functions, banner, now, runtime.deployment.zone)
    frame = Frame(runtime.deployment, now, banner=shown.banner)
    return render(request, "portal/landing/landing.html", {"frame": frame, "landing": shown})


def with_interruption(functions: Iterable[FunctionState], down: Mapping[str, datetime]) -> tuple[FunctionState, ...]:
    """The functions, those of `down` (name and since when) not available: the gateway hears it before the broker."""
    return tuple(
        function.model_copy(update={"condition": "not-available", "since": down[function.name]})
        if function.name in down
        else function
        for function in functions
    )


def _summary(functions: Sequence[FunctionState], now: datetime, zone: ZoneInfo) -> str:
    together: dict[str, list[str]] = {}
    for function in functions:
        if function.condition in _TROUBLE:
            since = formats.since(function.since, now, zone)
            together.setdefault(f"{_TROUBLE[function.condition]} since {since}", []).append(function.name)
    blind = [function.name for function in functions if function.condition == "unknown"]
    if len(blind) == len(functions):
        return "The state of the functions is not known at the moment. They may work: sign in and try."
    sentences = [f"{_and(names)} {'is' if len(names) == 1 else 'are'} {what}." for what, names in together.items()]
    if blind:
        sentences.append(f"The state of {_and(blind)} is not known at the moment.")
    if any(function.condition == "available" for function in functions):
        sentences.append("Other functions work." if sentences else "All functions work.")
    return " ".join(sentences)


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
