"""Decides what becomes of remittances whose payee and claims do not agree, and of those that cannot be posted.

    python -m tools.quarantine list
    python -m tools.quarantine release 0193… --reason "tax identifier corrected in PECOS"
    python -m tools.quarantine drop 0193… --reason "sent to the wrong payee, sent again correctly"

Nobody sees a remittance that is here. In quarantine it belongs to nobody, and others of the same payee go on. Releasing
checks it again and posts it to the enrollment on which payee and claims agree now: to no other, whoever asks. A refused
one cannot be posted as it is, and others of the same payee wait behind it. Releasing tries it again, then those.
Dropping removes either for good. Each decision is written into the audit trail. Patients are never shown: payees, trace
numbers, amounts and counts are.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar
from uuid import UUID

import typer
from rich.console import Console

from libs.common.errors import ERROR_CODES, Rejected
from libs.common.money import format_dollars
from libs.common.persistence.unit_of_work import UnitOfWork
from services.remittance.quarantine.handlers import drop, release
from services.remittance.quarantine.repository import Quarantined, Refused, refused, waiting
from tools.operating import Reason, in_transaction

application = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
console = Console(soft_wrap=True, highlight=False)

R = TypeVar("R")

_Remittance = Annotated[UUID, typer.Argument(help="The remittance, as 'list' shows it.")]


def _run(act: Callable[[UnitOfWork], Awaitable[R]]) -> R:
    """Run `act` in one transaction of remittance's database, in the name of whoever calls."""
    try:
        return in_transaction("remittance", act)
    except Rejected as refused:
        console.print(f"[red]{ERROR_CODES[refused.code]}[/red]")
        raise typer.Exit(1) from refused


@application.command("list")
def list_waiting() -> None:
    """List the remittances in quarantine, and those that were refused, the longest there first."""

    async def look(work: UnitOfWork) -> tuple[list[Quarantined], list[Refused]]:
        return await waiting(work), await refused(work)

    quarantined, stuck = _run(look)
    if not quarantined and not stuck:
        console.print("No remittance is in quarantine, and none was refused.")
    for one in stuck:
        since = f"{one.received_at:%Y-%m-%d %H:%M} UTC"
        console.print(f"[bold]{one.remittance_id}[/bold] refused: {one.reason}, since {since}")
        console.print(f"  payee {one.lane}; {one.behind} of this payee wait behind it")
    for each in quarantined:
        console.print(f"[bold]{each.remittance_id}[/bold] {each.reason}, since {each.received_at:%Y-%m-%d %H:%M} UTC")
        console.print(
            f"  trace {each.trace_number}, issued {each.issued_on}, {format_dollars(each.paid_cents)},"
            f" {each.claims} claims; payee NPI {each.payee.npi or 'none'},"
            f" tax identifier {each.payee.tax_id or 'none'}, PTAN {each.payee.ptan or 'none'}"
        )


@application.command("release")
def release_one(remittance_id: _Remittance, reason: Reason) -> None:
    """Check a remittance again, and post it if payee and claims agree now; let a refused one be tried again."""
    tried_again = _run(lambda work: release(work, remittance_id, reason=reason))
    console.print(f"[green]{'is tried again' if tried_again else 'posted'}[/green] {remittance_id}")


@application.command("drop")
def drop_one(remittance_id: _Remittance, reason: Reason) -> None:
    """Give a remittance up for good."""
    _run(lambda work: drop(work, remittance_id, reason=reason))
    console.print(f"[green]dropped[/green] {remittance_id}")


if __name__ == "__main__":
    application()
