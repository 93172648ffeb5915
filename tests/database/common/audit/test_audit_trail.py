import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import sqlalchemy as sa
import structlog

from libs.common.audit.heads import HeadForgedError
from libs.common.audit.sealer import seal_audit, seal_batch, sign_tree_head, waiting
from libs.common.audit.verifier import NotProvableError, Result, check_proof, prove, reading, verify_trail
from libs.common.clock import SetClock
from libs.common.observability import metrics
from libs.common.persistence.partitions import keep_partitions
from libs.common.persistence.tables import audit, audit_seal, audit_tree_head, audit_unsealed
from libs.common.persistence.unit_of_work import Acting
from libs.common.runtime import Runtime
from tests.support.platform import Database, PostgresqlServer
from tests.support.portico import MORNING, runtime_for

SERVICE = "portal"


class Trail:
    """A runtime with an audit trail, and the superuser who tampers with it."""

    def __init__(self, runtime: Runtime, clock: SetClock, database: Database, superuser: Any) -> None:
        self.runtime = runtime
        self.clock = clock
        self.database = database
        self.superuser = superuser

    async def write(self, count: int) -> None:
        async with self.runtime.database.work(self.runtime) as work:
            for number in range(count):
                work.audit("read", "claim", UUID(int=number), reason=f"é {number}")

    async def sealed(self, count: int) -> None:
        await self.write(count)
        assert await seal_batch(self.runtime) == count

    async def head(self) -> None:
        self.clock.advance(timedelta(hours=1))
        await sign_tree_head(self.runtime)

    async def tamper(self, statement: str, *values: object) -> None:
        """As somebody who owns the server: triggers are switched off."""
        async with self.superuser.transaction():
            await self.superuser.execute("SET LOCAL session_replication_role = replica")
            await self.superuser.execute(statement, *values)

    async def id_of(self, sequence: int) -> UUID:
        return UUID(str(await self.superuser.fetchval("SELECT audit_id FROM audit_seal WHERE seq = $1", sequence)))

    async def verify(self, **options: Any) -> Result:
        async with reading(self.database.url("work")) as connection:
            return await verify_trail(
                connection, SERVICE, self.runtime.keys.audit_public_keys(), now=self.clock.now(), **options
            )

    async def fault(self, **options: Any) -> tuple[int, UUID | None, str]:
        fault = (await self.verify(**options)).fault
        assert fault is not None
        return fault.sequence, fault.audit_id, fault.sentence

    async def count(self, table: sa.Table) -> int:
        return int(await self.superuser.fetchval(f"SELECT count(*) FROM {table.name}"))  # noqa: S608 - our own tables


@pytest.fixture
async def trail(
    database: Callable[[str], Awaitable[Database]], postgresql_server: PostgresqlServer
) -> AsyncIterator[Trail]:
    mine = await database(SERVICE)
    clock = SetClock(MORNING)
    superuser = await postgresql_server.server.connect(mine.name)
    async with runtime_for(SERVICE, mine.settings, clock=clock) as runtime:
        yield Trail(runtime, clock, mine, superuser)
    await superuser.close()


async def test_every_row_is_chained_once_in_order(trail: Trail) -> None:
    await trail.sealed(3)
    await trail.sealed(2)
    assert await seal_batch(trail.runtime) == 0
    assert await trail.verify() == Result(rows=5, heads=0, unsealed=0, fault=None)
    assert await trail.count(audit_seal) == 5
    assert await trail.count(audit_unsealed) == 0


async def test_rows_written_by_the_web_role_are_sealed_too(trail: Trail) -> None:
    acting = Acting("user:1", user_id=UUID(int=1), enrollment_id=UUID(int=2), permission="CLAIM_STATUS")
    async with (
        runtime_for(SERVICE, trail.database.settings, role="web", clock=trail.clock, seed=2) as web,
        web.database.request(web, acting) as work,
    ):
        work.audit("read", "claim", "1")
    assert await seal_batch(trail.runtime) == 1
    assert (await trail.verify()).fault is None


async def test_two_sealers_at_once_make_one_chain(trail: Trail) -> None:
    for _ in range(10):
        await trail.write(20)
        await asyncio.gather(*(seal_batch(trail.runtime) for _ in range(3)))
    while await waiting(trail.runtime):
        await seal_batch(trail.runtime)
    assert await trail.verify() == Result(rows=200, heads=0, unsealed=0, fault=None)


async def test_a_batch_that_fails_is_sealed_later(trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    await trail.write(3)
    with monkeypatch.context() as patch:
        patch.setattr("libs.common.audit.sealer.link", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            await seal_batch(trail.runtime)
    assert await trail.count(audit_unsealed) == 3
    assert await seal_batch(trail.runtime) == 3
    assert (await trail.verify()).fault is None


@pytest.mark.parametrize("role", ["web", "work", "owner"])
@pytest.mark.parametrize("table", [audit, audit_seal, audit_tree_head], ids=lambda table: table.name)
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
async def test_nobody_changes_the_trail(trail: Trail, role: Any, table: sa.Table, statement: str) -> None:
    await trail.sealed(1)
    await trail.head()
    column = next(iter(table.primary_key)).name
    connection = await asyncpg.connect(trail.database.url(role).replace("+asyncpg", ""))
    try:
        with pytest.raises((asyncpg.RaiseError, asyncpg.InsufficientPrivilegeError)):
            await connection.execute(statement.format(table.name, column, column))
    finally:
        await connection.close()
    assert await trail.count(table) == 1


async def test_an_edited_row_is_named(trail: Trail) -> None:
    await trail.sealed(6)
    await trail.head()
    edited = await trail.id_of(4)
    await trail.tamper("UPDATE audit SET actor = 'somebody else' WHERE audit_id = $1", edited)
    assert await trail.fault() == (4, edited, "the row was edited")


@pytest.mark.parametrize("column", [column.name for column in audit.columns if column.name != "audit_id"])
async def test_an_edit_of_any_column_is_noticed(trail: Trail, column: str) -> None:
    await trail.sealed(2)
    values = {"at": "at + interval '1 microsecond'", "outcome": "'refused'", "enrollment_id": "gen_random_uuid()"}
    value = values.get(column, "'changed'")
    await trail.tamper(f"UPDATE audit SET {column} = {value} WHERE audit_id = $1", await trail.id_of(2))  # noqa: S608
    assert (await trail.fault())[0] == 2


async def test_a_deleted_row_is_named(trail: Trail) -> None:
    await trail.sealed(6)
    deleted = await trail.id_of(3)
    await trail.tamper("DELETE FROM audit WHERE audit_id = $1", deleted)
    assert await trail.fault() == (3, deleted, "the row was deleted")


async def test_a_row_deleted_with_its_seal_is_named(trail: Trail) -> None:
    await trail.sealed(6)
    deleted = await trail.id_of(3)
    await trail.tamper("DELETE FROM audit WHERE audit_id = $1", deleted)
    await trail.tamper("DELETE FROM audit_seal WHERE seq = 3")
    assert (await trail.fault())[0] == 3


async def test_a_gap_that_was_closed_by_renumbering_is_named(trail: Trail) -> None:
    await trail.sealed(6)
    follower = await trail.id_of(4)
    await trail.tamper("DELETE FROM audit WHERE audit_id = $1", await trail.id_of(3))
    await trail.tamper("DELETE FROM audit_seal WHERE seq = 3")
    for sequence in (4, 5, 6):
        await trail.tamper("UPDATE audit_seal SET seq = seq - 1 WHERE seq = $1", sequence)
    assert (await trail.fault())[:2] == (3, follower)


async def test_swapped_rows_are_named(trail: Trail) -> None:
    await trail.sealed(6)
    second = await trail.id_of(2)
    for old, new in ((2, 0), (5, 2), (0, 5)):
        await trail.tamper("UPDATE audit_seal SET seq = $2 WHERE seq = $1", old, new)
    sequence, audit_id, sentence = await trail.fault()
    assert (sequence, sentence.split(":")[0]) == (2, "the row does not follow the one before it")
    assert audit_id != second


async def test_a_row_slipped_in_past_the_trigger_is_named(trail: Trail) -> None:
    await trail.sealed(3)
    stranger = UUID(int=99)
    await trail.tamper(
        "INSERT INTO audit (audit_id, at, action, object_kind, object_id, outcome, reason, actor, permission, session, "
        "address, trace_id) SELECT $1, at, action, object_kind, object_id, outcome, reason, actor, permission, "
        "session, address, trace_id FROM audit LIMIT 1",
        stranger,
    )
    assert await trail.fault() == (0, stranger, "the row was inserted past the trail")


async def rewrite_from(trail: Trail, sequence: int) -> None:
    """Chain everything again from `sequence` on, as an owner of the server would after an edit."""
    await trail.tamper("INSERT INTO audit_unsealed SELECT audit_id FROM audit_seal WHERE seq >= $1", sequence)
    await trail.tamper("DELETE FROM audit_seal WHERE seq >= $1", sequence)
    await seal_batch(trail.runtime)


async def test_a_chain_written_again_does_not_fit_the_signed_heads(trail: Trail) -> None:
    await trail.sealed(4)
    await trail.head()
    await trail.sealed(4)
    await trail.head()
    await trail.tamper("UPDATE audit SET actor = 'somebody else' WHERE audit_id = $1", await trail.id_of(6))
    await rewrite_from(trail, 6)
    sequence, _, sentence = await trail.fault()
    assert (sequence, sentence.startswith("a row from 5 to 8 was changed and the chain written again")) == (5, True)


async def test_rows_cut_off_at_the_end_are_noticed_by_the_heads(trail: Trail) -> None:
    await trail.sealed(5)
    await trail.head()
    await trail.tamper("DELETE FROM audit WHERE audit_id IN (SELECT audit_id FROM audit_seal WHERE seq > 3)")
    await trail.tamper("DELETE FROM audit_seal WHERE seq > 3")
    assert (await trail.fault())[0] == 4


async def test_a_head_kept_elsewhere_tells_of_rows_cut_off_with_their_head(trail: Trail) -> None:
    await trail.sealed(5)
    await trail.head()
    kept = str(await trail.superuser.fetchval("SELECT signature FROM audit_tree_head"))
    assert (await trail.verify(kept_heads=(kept,))).fault is None
    await trail.tamper("DELETE FROM audit WHERE audit_id IN (SELECT audit_id FROM audit_seal WHERE seq > 3)")
    await trail.tamper("DELETE FROM audit_seal WHERE seq > 3")
    await trail.tamper("DELETE FROM audit_tree_head")
    assert (await trail.verify()).fault is None
    assert (await trail.fault(kept_heads=(kept,)))[0] == 4


async def test_a_forged_head_is_named_and_nothing_is_built_upon_it(trail: Trail) -> None:
    await trail.sealed(5)
    await trail.head()
    await trail.tamper("UPDATE audit_tree_head SET root = sha256('x')")
    assert (await trail.fault())[2] == "the tree head of 5 rows says something else than was signed"
    await trail.tamper("UPDATE audit_tree_head SET signature = signature || 'x'")
    assert (await trail.fault())[2] == "the tree head of 5 rows is not signed by portal"
    await trail.sealed(1)
    with pytest.raises(HeadForgedError):
        await trail.head()
    assert await trail.count(audit_tree_head) == 1


async def test_a_head_is_signed_each_hour_when_rows_came(trail: Trail) -> None:
    await trail.head()
    assert await trail.count(audit_tree_head) == 0
    await trail.sealed(3)
    await trail.head()
    trail.clock.advance(timedelta(minutes=59))
    await trail.sealed(1)
    assert await sign_tree_head(trail.runtime) == trail.clock.now() + timedelta(minutes=1)
    assert await trail.count(audit_tree_head) == 1
    trail.clock.advance(timedelta(minutes=1))
    await sign_tree_head(trail.runtime)
    await trail.head()
    assert await trail.count(audit_tree_head) == 2
    assert await trail.verify() == Result(rows=4, heads=2, unsealed=0, fault=None)


async def test_each_record_under_a_head_is_proved_with_the_public_key_alone(trail: Trail) -> None:
    await trail.sealed(7)
    await trail.head()
    await trail.sealed(1)
    keys = trail.runtime.keys.audit_public_keys()
    async with reading(trail.database.url("work")) as connection:
        for sequence in range(1, 8):
            proof = await prove(connection, await trail.id_of(sequence), keys)
            assert (proof.leaf_index, check_proof(proof, keys).size) == (sequence - 1, 7)
        with pytest.raises(NotProvableError):
            await prove(connection, await trail.id_of(8), keys)
        with pytest.raises(NotProvableError):
            await prove(connection, UUID(int=5), keys)


async def test_rows_that_wait_are_counted_and_raise_an_alarm_after_ten_seconds(trail: Trail) -> None:
    await trail.write(3)
    gauge = metrics.AUDIT_UNSEALED.labels(service=SERVICE)
    with structlog.testing.capture_logs() as lines:
        trail.clock.advance(timedelta(seconds=10))
        assert await waiting(trail.runtime) == 3
    assert (lines, gauge._value.get()) == ([], 3)
    with structlog.testing.capture_logs() as lines:
        trail.clock.advance(timedelta(seconds=1))
        await waiting(trail.runtime)
    assert [(line["event"], line["log_level"], line["count"], line["seconds"]) for line in lines] == [
        ("audit rows unsealed", "error", 3, 11)
    ]
    await seal_batch(trail.runtime)
    assert gauge._value.get() == 0


async def test_the_loop_seals_signs_and_ends_when_told(trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    await trail.write(2500)
    stop = asyncio.Event()

    async def sign_and_stop(runtime: Runtime) -> datetime:
        due = await sign_tree_head(runtime)
        stop.set()
        return due

    monkeypatch.setattr("libs.common.audit.sealer.sign_tree_head", sign_and_stop)
    await asyncio.wait_for(seal_audit(trail.runtime, stop), 20)
    assert await trail.verify() == Result(rows=2500, heads=1, unsealed=0, fault=None)


async def test_a_database_that_fails_is_waited_for(trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    await trail.write(3)
    stop = asyncio.Event()
    tries = 0

    async def fail_once(runtime: Runtime) -> int:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise ConnectionError
        stop.set()
        return await waiting(runtime)

    monkeypatch.setattr("libs.common.audit.sealer._EVERY_SECONDS", 0.01)
    monkeypatch.setattr("libs.common.audit.sealer.waiting", fail_once)
    await asyncio.wait_for(seal_audit(trail.runtime, stop), 20)
    assert (await trail.verify()).rows == 3


async def seven_years_of(trail: Trail) -> None:
    """Rows of two months seven years ago, and of today; a month to come has its partition when its rows come."""
    trail.clock.advance(timedelta(days=-7 * 365))
    for _ in range(2):
        async with trail.runtime.database.work(trail.runtime) as work:
            await keep_partitions(work)
        await trail.sealed(3)
        await trail.head()
        trail.clock.advance(timedelta(days=31))
    trail.clock.advance(MORNING - trail.clock.now())
    await trail.sealed(3)
    await trail.head()


async def test_a_month_that_was_kept_long_enough_may_be_gone_and_the_rest_is_verified(trail: Trail) -> None:
    await seven_years_of(trail)
    assert (await trail.verify()).dropped == ()
    await trail.tamper("DROP TABLE audit_2019_11")
    result = await trail.verify()
    assert (result.rows, result.heads, result.fault, result.dropped) == (9, 3, None, ("2019-11",))

    await trail.tamper("UPDATE audit SET actor = 'somebody else' WHERE audit_id = $1", await trail.id_of(5))
    assert (await trail.fault())[0] == 5


async def test_of_an_old_month_no_single_row_may_be_gone(trail: Trail) -> None:
    await seven_years_of(trail)
    await trail.tamper("DELETE FROM audit WHERE audit_id = $1", await trail.id_of(2))
    assert (await trail.fault())[0] == 2


async def test_a_month_that_must_be_kept_may_not_be_gone(trail: Trail) -> None:
    await seven_years_of(trail)
    trail.clock.advance(timedelta(days=-365 * 2))
    await trail.tamper("DROP TABLE audit_2019_11")
    assert (await trail.fault())[2] == "the row was deleted"


async def test_seals_of_a_dropped_month_cannot_be_changed_unnoticed(trail: Trail) -> None:
    await seven_years_of(trail)
    await trail.tamper("DROP TABLE audit_2019_11")
    await trail.tamper("UPDATE audit_seal SET hash = sha256('x') WHERE seq = 2")
    assert (await trail.fault())[0] == 3
