"""`python -m tools.demo`: one provider walks through the portal that is running; `make demo` starts it first.

`python -m tools.demo code` shows what the biller of the demo signs in with: user ID, password and a fresh code.
`python -m tools.demo code meridian.reviewer` shows the same of somebody else.
"""

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from deploy.local.control import ask
from deploy.local.errors import PlatformError
from deploy.local.portal import ROOT
from libs.common.settings import Settings
from simulators.population import DemoUser, Population
from tools.walk.codes import Codes
from tools.walk.journey import journey
from tools.walk.place import BackgroundPortal, Place
from tools.walk.steps import STEPS
from tools.walk.telling import Outcome, walk_through

DEMO_USER = "riverside.biller"

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
console = Console(soft_wrap=True)


@app.callback(invoke_without_command=True)
def demo(context: typer.Context) -> None:
    """Walk a provider through the running portal; exit status 0 only when every step went well."""
    if context.invoked_subcommand is None:
        sys.exit(asyncio.run(_demo()))


@app.command()
def code(user_id: Annotated[str, typer.Argument(metavar="USER")] = DEMO_USER) -> None:
    """Show what somebody of the demo signs in with: user ID, password and a fresh code."""
    population = Population()
    try:
        user = population.user(user_id)
    except KeyError:
        known = ", ".join(each.user_id for each in population.users)
        console.print(f"There is no {user_id} in the demo; there are: {known}.", style="red", markup=False)
        sys.exit(2)
    asyncio.run(_tell_sign_in(_codes(_place()), user))


def _place() -> Place:
    settings = Settings()
    directory = (ROOT / settings.state_directory).resolve()
    settings = settings.model_copy(
        update={"state_directory": directory, "contract_file": (ROOT / settings.contract_file).resolve()}
    )
    return Place(settings, BackgroundPortal(directory))


def _codes(place: Place) -> Codes:
    return Codes(place.settings.state_directory / "walk" / "codes.json")


async def _demo() -> int:
    place = _place()
    try:
        await ask(place.settings.state_directory, "status")
    except PlatformError as problem:
        console.print(str(problem), style="red", markup=False)
        return 1
    codes = _codes(place)
    with tempfile.TemporaryDirectory(prefix="portico-demo-") as directory:
        async with journey(place, codes, Path(directory)) as walk:
            outcomes = await walk_through(STEPS, walk, console)
    console.print()
    console.print(f"The portal is running: {place.address}", highlight=False)
    await _tell_sign_in(codes, Population().user(DEMO_USER))
    console.print(f"Your browser will not know who signed its certificate: {place.authority}", highlight=False)
    console.print()
    return _last_line(outcomes)


async def _tell_sign_in(codes: Codes, user: DemoUser) -> None:
    console.print(f"User ID   {user.user_id}", highlight=False)
    console.print(f"Password  {user.password}", highlight=False)
    figures, seconds = await codes.unused(user)
    fresh = f"for a fresh one: .venv/bin/python -m tools.demo code {user.user_id}"
    console.print(f"Code      {figures}  (on the authenticator for another {seconds} s; {fresh})", highlight=False)


def _last_line(outcomes: Sequence[Outcome]) -> int:
    failed = sum(not each.ok for each in outcomes)
    console.print(f"demo: {len(outcomes)} steps, {len(outcomes) - failed} ok, {failed} failed", highlight=False)
    return 1 if failed else 0


if __name__ == "__main__":
    app()
