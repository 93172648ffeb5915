"""What a request leaves behind when it ends well, is refused, or fails."""

from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from libs.common.errors import Rejected
from libs.common.persistence.tables import audit, due_work, idempotency, inbox, outbox
from libs.common.persistence.unit_of_work import Acting, AuditAwayError, UnitOfWork
from libs.common.runtime import Runtime
from tests.support.effects import accepted, claim_id
from tests.support.platform import Database, PostgresqlServer
from tests.support.portico import MORNING, runtime_for

SERVICE = "remittance"
ACTING = Acting(actor="person:one", user_id=claim_id(1), enrollment_id=claim_id(2), permission="remittance.read")


@pytest.fixture
async def mine(database: Callable[[str], Awaitable[Database]]) -> Database:
    return await database(SERVICE)


@pytest.fixture
async def web(mine: Database) -> AsyncIterator[Runtime]:
    async with runtime_for(SERVICE, mine.settings, role="web") as runtime:
        yield runtime


@pytest.fixture
async def superuser(
    mine: Database, postgresql_server: PostgresqlServer
) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await postgresql_server.server.connect(mine.name)
    yield connection
    await connection.close()


async def do_everything(work: UnitOfWork) -> None:
    """One of each thing a handler may do; the buffered ones are still buffered when it returns."""
    await work.execute(
        idempotency.insert().values(
            user_id=claim_id(1), key="key of a test", request_hash=b"1", location="", created_at=MORNING
        )
    )
    await work.schedule("sweep", "all", MORNING)
    work.insert(inbox, [{"consumer": "test", "event_id": claim_id(3), "received_at": MORNING}])
    work.append(accepted(1))
    work.audit("submit", "submission", claim_id(1))


async def left(superuser: "asyncpg.Connection[asyncpg.Record]") -> dict[str, int]:
    tables = (idempotency, due_work, inbox, outbox, audit)
    counted = {
        table.name: await superuser.fetchval(str(sa.select(sa.func.count()).select_from(table).compile()))
        for table in tables
    }
    return {name: count for name, count in counted.items() if count}


async def test_a_request_that_ends_well_leaves_all_of_it(
    web: Runtime, superuser: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    async with web.database.request(web, ACTING) as work:
        await do_everything(work)
        assert await left(superuser) == {}
    assert await left(superuser) == {"idempotency": 1, "due_work": 1, "inbox": 1, "outbox": 1, "audit": 1}


async def test_a_refused_request_leaves_its_audit_row_alone(
    web: Runtime, superuser: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    with pytest.raises(Rejected):
        async with web.database.request(web, ACTING) as work:
            await do_everything(work)
            await work.flush()  # even what is written already goes
            work.append(accepted(2))
            work.audit("submit", "submission", claim_id(2), outcome="refused", reason="FORM")
            raise Rejected("form-invalid", "Correct it.")
    assert await left(superuser) == {"audit": 1}
    row = await superuser.fetchrow("SELECT outcome, reason, actor, enrollment_id, permission FROM audit")
    assert row is not None
    assert tuple(row) == ("refused", "FORM", "person:one", claim_id(2), "remittance.read")


async def test_a_refused_request_wakes_nobody(web: Runtime) -> None:
    woken: list[str] = []
    with pytest.raises(Rejected):
        async with web.database.request(web, ACTING) as work:
            work.after_commit(lambda: woken.append("refused"))
            raise Rejected("form-invalid", "Correct it.")
    async with web.database.request(web, ACTING) as work:
        work.after_commit(lambda: woken.append("done"))
        assert woken == []
    assert woken == ["done"]


async def test_a_failed_request_leaves_nothing_not_even_audit(
    web: Runtime, superuser: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    with pytest.raises(ZeroDivisionError):
        async with web.database.request(web, ACTING) as work:
            await do_everything(work)
            await work.flush()
            raise ZeroDivisionError
    assert await left(superuser) == {}


async def test_a_refusal_after_a_failed_statement_still_leaves_its_audit_row(
    web: Runtime, superuser: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    with pytest.raises(Rejected):
        async with web.database.request(web, ACTING) as work:
            work.audit("submit", "submission", claim_id(1), outcome="refused", reason="TWICE")
            try:
                await work.execute(sa.text("SELECT 1 / 0"))
            except DBAPIError as error:
                raise Rejected("form-invalid", "Correct it.") from error
    assert await left(superuser) == {"audit": 1}


@pytest.mark.parametrize("refused", [False, True], ids=["done", "refused"])
async def test_where_audit_cannot_be_written_nothing_is(
    web: Runtime, superuser: "asyncpg.Connection[asyncpg.Record]", *, refused: bool
) -> None:
    await superuser.execute(f"REVOKE INSERT ON audit FROM {SERVICE}_web")
    with pytest.raises(AuditAwayError):
        async with web.database.request(web, ACTING) as work:
            await do_everything(work)
            if refused:
                raise Rejected("form-invalid", "Correct it.")
    assert await left(superuser) == {}


async def test_who_acts_ends_with_the_transaction(web: Runtime) -> None:
    """The setting that row security reads must not stay on a pooled connection."""
    for _ in range(6):
        async with web.database.request(web, ACTING) as work:
            await work.execute(sa.text("SELECT 1"))
    for _ in range(6):
        async with web.database.engine.connect() as connection:
            found = await connection.execute(
                sa.text("SELECT current_setting('portico.user', true), current_setting('portico.enrollment', true)")
            )
            assert tuple(found.one()) in (("", ""), (None, None))


async def test_the_web_role_can_change_no_audit_row(web: Runtime) -> None:
    async with web.database.request(web, ACTING) as work:
        work.audit("read", "submission", claim_id(1))
    for statement in (sa.update(audit).values(actor="nobody"), sa.delete(audit)):
        with pytest.raises(DBAPIError, match="append only"):
            async with web.database.request(web, ACTING) as work:
                await work.execute(statement)


async def test_copy_is_refused_on_behalf_of_a_person(web: Runtime) -> None:
    with pytest.raises(PermissionError):
        async with web.database.request(web, ACTING) as work:
            await work.copy(inbox, ["consumer", "event_id"], [("test", claim_id(1))])


async def test_what_the_catalog_of_audit_records_does_not_have_is_not_recorded(web: Runtime) -> None:
    async with web.database.request(web, ACTING) as work:
        with pytest.raises(ValueError, match=r"read of thing is missing in libs/common/audit_records\.py"):
            work.audit("read", "thing", claim_id(1))
