"""Makes a simulated partner slow, lets it refuse, or lets it work again: over its window, while the portal runs.

    python -m tools.partners hets slow 3
    python -m tools.partners cms_mailbox refuse
    python -m tools.partners hets recover

To take a partner away altogether: `python -m deploy.local kill hets`, and `start hets` to bring it back.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console

from libs.common.settings import (
    HETS_WINDOW,
    ITEM_HISTORY_WINDOW,
    MAILBOX_HTTP,
    MBI_LOOK_UP_WINDOW,
    PHONE_MESSAGES_WINDOW,
    PROOFING_WINDOW,
    QIC_WINDOW,
    SHARED_SYSTEM,
    Settings,
)

application = typer.Typer(add_completion=False, help=__doc__)
console = Console(soft_wrap=True, highlight=False)

_SECONDS = 5.0


class Action(StrEnum):
    """What to do with a partner."""

    SLOW = "slow"
    REFUSE = "refuse"
    RECOVER = "recover"


@dataclass(frozen=True, slots=True)
class Window:
    """Where a simulator is told how to behave, in its own words; `refusing` says what people see of it then."""

    offset: int
    slow: Callable[[float], dict[str, Any]]
    refuse: dict[str, Any]
    recover: dict[str, Any]
    refusing: str

    def behavior(self, action: Action, seconds: float) -> dict[str, Any]:
        """What to tell it."""
        if action is Action.SLOW:
            return self.slow(seconds)
        return self.refuse if action is Action.REFUSE else self.recover


def _over_https(window: int, refusing: str) -> Window:
    """The window of a partner that behaves as `simulators/behaving.py` says."""
    return Window(
        window,
        slow=lambda seconds: {"delay_seconds": seconds},
        refuse={"refuse": True},
        recover={},
        refusing=refusing,
    )


WINDOWS = {
    "cms_mailbox": Window(
        MAILBOX_HTTP,
        slow=lambda seconds: {"steps": [{"delay_seconds": seconds, "times": None}]},
        refuse={"steps": [{"reply": 451, "times": None}]},
        recover={"steps": []},
        refusing="takes no mail for now; what is sent waits and is tried again",
    ),
    "shared_system": Window(
        SHARED_SYSTEM,
        slow=lambda seconds: {"delay_seconds": seconds},
        refuse={"hold": True},
        recover={},
        refusing="takes claims and answers none",
    ),
    "hets": _over_https(HETS_WINDOW, "refuses each inquiry"),
    "item_history": _over_https(ITEM_HISTORY_WINDOW, "refuses each question"),
    "mbi_look_up": _over_https(MBI_LOOK_UP_WINDOW, "refuses each look-up"),
    "phone_messages": _over_https(PHONE_MESSAGES_WINDOW, "reaches no phone"),
    "proofing": _over_https(PROOFING_WINDOW, "refuses each identity"),
    "qic": _over_https(QIC_WINDOW, "takes no request for a reconsideration; what is sent waits and is tried again"),
}


@application.command()
def partners(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(WINDOWS)}.")],
    action: Annotated[Action, typer.Argument(help="What to do with it.")],
    seconds: Annotated[float, typer.Argument(min=0, help="With slow: how late its answers come.")] = 0,
) -> None:
    """Change how a simulated partner behaves."""
    if name not in WINDOWS:
        raise typer.BadParameter(f"There is no partner '{name}'; there are: {', '.join(WINDOWS)}.")
    if (action is Action.SLOW) != (seconds > 0):
        raise typer.BadParameter("Say how many seconds with slow, and with nothing else: slow 3.")
    if not asyncio.run(tell(Settings(), name, action, seconds)):
        console.print(f"{name} does not answer. Is the portal running? Start it with: python -m deploy.local up")
        raise typer.Exit(1)
    said = {
        Action.SLOW: f"{name} answers {seconds:g} s late.",
        Action.REFUSE: f"{name} {WINDOWS[name].refusing}.",
        Action.RECOVER: f"{name} works as usual.",
    }
    console.print(said[action])


async def tell(settings: Settings, name: str, action: Action, seconds: float) -> bool:
    """Tell a simulator how to behave from now on. False when it does not answer.

    Raises `httpx.HTTPStatusError` when it does not understand: then this tool is older or newer than the simulator.
    """
    window = WINDOWS[name]
    address = f"http://127.0.0.1:{settings.port(window.offset)}/behavior"
    async with httpx.AsyncClient(timeout=_SECONDS, trust_env=False) as client:
        try:
            answer = await client.post(address, json=window.behavior(action, seconds))
        except httpx.TransportError:
            return False
    answer.raise_for_status()
    return True


if __name__ == "__main__":
    application()
