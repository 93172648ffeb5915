"""Shows the jobs of a service that were given up, and decides what becomes of them.

    python -m tools.due_work list claims
    python -m tools.due_work release claims process-submission 0193… --reason "corrected by release 41"
    python -m tools.due_work release claims process-submission --reason "the document store is back"
    python -m tools.due_work drop notifier deliver-message 0193… --reason "the user was told by phone"

A job that has only failed for its patience (hours, or days where a partner may be away) is given up: nobody tries it
any more, and the page of what it is about says so. Doing nothing loses nothing. A released job has all its patience
again. Dropping a job is for good: what it is about stays as it is. Each decision is written into the service's audit
trail. Kinds, ids and counts are shown, never contents.
"""

from typing import Annotated

import typer
from rich.console import Console

from libs.common.messaging.due_work import GivenUp, given_up
from libs.common.messaging.due_work import drop as drop_one
from libs.common.messaging.due_work import release as release_one
from libs.common.persistence.unit_of_work import UnitOfWork
from tools.operating import Reason, in_transaction

application = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
console = Console(soft_wrap=True, highlight=False)

_Service = Annotated[str, typer.Argument(help="The service whose jobs are meant.")]
_Kind = Annotated[str, typer.Argument(help="The kind of job, as 'list' shows it.")]


async def release(work: UnitOfWork, kind: str, subject: str, *, reason: str) -> list[GivenUp]:
    """Release one job, or all of a kind when `subject` is empty; those that were."""
    chosen = [each for each in await given_up(work) if each.kind == kind and subject in ("", each.subject)]
    for each in chosen:
        await release_one(work, each.kind, each.subject)
        work.audit("release", "job", f"{each.kind}:{each.subject}", reason=reason)
    return chosen


async def drop(work: UnitOfWork, kind: str, subject: str, *, reason: str) -> bool:
    """Give one job up for good. False when it was not given up before."""
    gone = await drop_one(work, kind, subject)
    if gone:
        work.audit("drop", "job", f"{kind}:{subject}", reason=reason)
    return gone


@application.command("list")
def list_given_up(service: _Service) -> None:
    """List the jobs of a service that were given up, the longest ago first."""
    jobs = in_transaction(service, given_up)
    if not jobs:
        console.print(f"{service} has given no job up.")
    for each in jobs:
        since = f"{each.failing_since:%Y-%m-%d %H:%M} UTC"
        console.print(f"[bold]{each.kind} {each.subject}[/bold] failed since {since}, {each.attempts} times")


@application.command("release")
def release_jobs(
    service: _Service,
    kind: _Kind,
    reason: Reason,
    subject: Annotated[str, typer.Argument(help="What it is about, as 'list' shows it; all of the kind without.")] = "",
) -> None:
    """Let a job that was given up, or all of its kind, be tried again."""
    jobs = in_transaction(service, lambda work: release(work, kind, subject, reason=reason))
    _some(jobs)
    for each in jobs:
        console.print(f"[green]will be tried again:[/green] {each.kind} {each.subject}")


@application.command("drop")
def drop_job(
    service: _Service,
    kind: _Kind,
    subject: Annotated[str, typer.Argument(help="What it is about, as 'list' shows it.")],
    reason: Reason,
) -> None:
    """Give a job up for good."""
    _some(in_transaction(service, lambda work: drop(work, kind, subject, reason=reason)))
    console.print(f"[green]dropped:[/green] {kind} {subject}")


def _some(found: object) -> None:
    if not found:
        console.print("[red]No such job was given up; look again with 'list'.[/red]")
        raise typer.Exit(1)


if __name__ == "__main__":
    application()
