"""Takes what the mail server reports of messages to users that did not arrive, and marks them as bounced.

    python -m tools.bounces /var/mail/portal/new/*
    python -m tools.bounces - < report

Each file is one mail as it came (RFC 5322), such as a file of a Maildir; `-` is standard input, for a mail server that
hands each bounce to a program. Mail that is no report of a failed delivery changes nothing. Nothing is deleted, and
taking a file again does no harm. Addresses and texts are never shown.
"""

import asyncio
import getpass
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from libs.common.persistence.unit_of_work import Acting
from libs.common.process import build_runtime
from libs.common.settings import Settings
from services.notifier.delivery.handlers import BounceOutcome, record_bounce

application = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
console = Console(soft_wrap=True, highlight=False)

_SENTENCES: dict[BounceOutcome, str] = {
    "bounced": "[green]marked as bounced[/green]",
    "no bounce": "no report of a failed delivery",
    "not ours": "of no message that is on its way or was accepted",
}


@application.command()
def take(
    files: Annotated[list[typer.FileBinaryRead], typer.Argument(help="Files with one mail each, or - for one mail.")],
) -> None:
    """Mark the messages that these mails say could not be delivered."""
    for name, outcome in asyncio.run(_take([(each.name, each.read()) for each in files])):
        console.print(f"{escape(name)}: {_SENTENCES[outcome]}")


async def _take(mails: Sequence[tuple[str, bytes]]) -> list[tuple[str, BounceOutcome]]:
    """Each mail is a transaction of its own, in the name of whoever calls."""
    runtime = build_runtime("notifier", "worker", Settings())
    taken = []
    try:
        for name, content in mails:
            async with runtime.database.work(runtime) as work:
                work.acting = Acting(actor=f"operator:{getpass.getuser()}")
                taken.append((name, await record_bounce(work, content)))
    finally:
        await runtime.database.close()
    return taken


if __name__ == "__main__":
    application()
