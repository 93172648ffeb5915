"""Shows which months of the large tables are there, and drops one that has been kept long enough.

    python -m tools.retention list claims
    python -m tools.retention drop claims claim_line 2016-10 --reason "kept ten years, no hold"

Nothing is ever dropped by itself: whether a legal hold or an open appeal needs a month, only people know. A month is
kept at least as long as its table says (6 years the audit trail, 10 years claims and remittances). Each drop is written
into the service's audit trail. Take a copy first if an archive is wanted.
"""

from importlib import import_module
from typing import Annotated

import sqlalchemy as sa
import typer
from rich.console import Console

from libs.common.persistence.partitions import Month, drop, months
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.settings import SERVICES
from tools.operating import Reason, in_transaction

application = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
console = Console(soft_wrap=True, highlight=False)


def _known(service: str) -> str:
    if service not in SERVICES:
        raise typer.BadParameter(f"there is no service {service}; there are: {', '.join(SERVICES)}")
    return service


_Service = Annotated[str, typer.Argument(callback=_known, help="The service whose tables are meant.")]


def tables_of(service: str) -> list[sa.Table]:
    """The tables of a service that stand in months."""
    metadata: sa.MetaData = import_module(f"services.{service}.app").service.metadata
    return [table for table in metadata.sorted_tables if "kept_years" in table.info]


@application.command("list")
def list_months(service: _Service) -> None:
    """List the months of the large tables of a service."""
    for each in in_transaction(service, lambda work: months(work, tables_of(service))):
        console.print(f"{each.table} {each.first:%Y-%m}{'  may be dropped' if each.may_be_dropped else ''}")


@application.command("drop")
def drop_month(
    service: _Service,
    table: Annotated[str, typer.Argument(help="The table, as 'list' shows it.")],
    month: Annotated[str, typer.Argument(help="The month, as 'list' shows it.")],
    reason: Reason,
) -> None:
    """Drop a month of a table for good."""

    async def act(work: UnitOfWork) -> Month | None:
        for each in await months(work, tables_of(service)):
            if (each.table, f"{each.first:%Y-%m}") == (table, month):
                if each.may_be_dropped:
                    await drop(work, each, reason=reason)
                return each
        return None

    found = in_transaction(service, act, as_owner=True)
    if found is None:
        console.print("[red]There is no such month; look again with 'list'.[/red]")
        raise typer.Exit(1)
    if not found.may_be_dropped:
        console.print("[red]That month must still be kept.[/red]")
        raise typer.Exit(1)
    console.print(f"[green]dropped:[/green] {table} {month}")


if __name__ == "__main__":
    application()
