"""Takes back an interruption that was a false alarm.

    python -m tools.interruptions list
    python -m tools.interruptions retract 0193…

The engine of the notifier tells CMS and takes the minutes out of the month, within seconds once the interruption is
closed. Who asked for it is kept with the request.
"""

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar
from uuid import UUID

import typer
from rich.console import Console

from libs.common.persistence.paging import Place
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.process import build_runtime
from libs.common.settings import Settings
from services.notifier.interruptions.repository import newest, one, request_retraction

application = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
console = Console(soft_wrap=True, highlight=False)

R = TypeVar("R")
_SHOWN = 20


def _run(act: Callable[[UnitOfWork], Awaitable[R]]) -> R:
    """Run `act` in one transaction of the notifier's database."""

    async def within() -> R:
        runtime = build_runtime("notifier", "worker", Settings())
        try:
            async with runtime.database.work(runtime) as work:
                return await act(work)
        finally:
            await runtime.database.close()

    return asyncio.run(within())


@application.command("list")
def list_recent() -> None:
    """List the last interruptions, the newest first."""
    found = _run(lambda work: newest(work, Place(size=_SHOWN, counted=False))).rows
    if not found:
        console.print("There was no interruption yet.")
    for each in found:
        ended = f" to {each.ended_at:%Y-%m-%d %H:%M:%S}" if each.ended_at else ""
        console.print(f"{each.interruption_id}  {each.state}  {each.started_at:%Y-%m-%d %H:%M:%S}{ended} UTC")


@application.command()
def retract(interruption_id: Annotated[UUID, typer.Argument(help="The interruption, as 'list' shows it.")]) -> None:
    """Ask the engine to take an interruption back as a false alarm."""

    async def ask(work: UnitOfWork) -> str:
        found = await one(work, interruption_id)
        if found is None:
            return ""
        await request_retraction(work, interruption_id, f"operator:{getpass.getuser()}")
        return found[0].state

    state = _run(ask)
    if not state:
        console.print("[red]There is no such interruption; look again with 'list'.[/red]")
        raise typer.Exit(1)
    console.print(
        "It is taken back now." if state == "closed" else f"It is {state}; it is taken back once it is closed."
    )


if __name__ == "__main__":
    application()
