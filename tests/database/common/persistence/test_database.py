"""The pool notices by itself that the server closed its connections."""

import asyncio
from collections.abc import Awaitable, Callable

import sqlalchemy as sa

from tests.support.platform import Database, PostgresqlServer
from tests.support.portico import runtime_for


async def test_connections_the_server_has_closed_are_replaced_before_use(
    database: Callable[[str], Awaitable[Database]], postgresql_server: PostgresqlServer
) -> None:
    own = await database("portal")
    async with runtime_for("portal", own.settings) as runtime:
        async with runtime.database.read_once() as one, runtime.database.read_once() as other:
            drivers = [(await each.get_raw_connection()).driver_connection for each in (one, other)]
        superuser = await postgresql_server.server.connect()
        try:
            await superuser.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", own.name
            )
        finally:
            await superuser.close()
        async with asyncio.timeout(10):
            while not all(driver is not None and driver.is_closed() for driver in drivers):  # noqa: ASYNC110 - see below
                await asyncio.sleep(0)  # the driver tells nobody when it learns of it
        async with runtime.database.read_once() as again, runtime.database.work(runtime) as work:
            assert (await again.execute(sa.text("SELECT 1"))).scalar_one() == 1
            assert (await work.execute(sa.text("SELECT 2"))).scalar_one() == 2
