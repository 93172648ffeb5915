"""What the tools of operators share: a transaction of a service in the name of whoever calls."""

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer

from libs.common.persistence.unit_of_work import Acting, Database, UnitOfWork
from libs.common.process import build_runtime
from libs.common.settings import SERVICES, Settings

R = TypeVar("R")

Reason = Annotated[str, typer.Option(help="Why, for the audit trail. No names, no facts of a claim.")]


def in_transaction(service: str, act: Callable[[UnitOfWork], Awaitable[R]], *, as_owner: bool = False) -> R:
    """Run `act` in one transaction of the service's database, `as_owner` of its tables where they change.

    Raises `typer.BadParameter` for a service there is not.
    """
    if service not in SERVICES:
        raise typer.BadParameter(f"there is no service {service}; there are: {', '.join(SERVICES)}")

    async def within() -> R:
        settings = Settings()
        runtime = build_runtime(service, "worker", settings)
        if as_owner:
            await runtime.database.close()
            runtime.database = Database(settings.database(service, "owner"), connections=1)
        try:
            async with runtime.database.work(runtime) as work:
                work.acting = Acting(actor=f"operator:{getpass.getuser()}")
                return await act(work)
        finally:
            await runtime.database.close()

    return asyncio.run(within())
