from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from libs.common.contracts.claims import ClaimRejected
from libs.common.contracts.envelope import Origin, seal_envelope
from libs.common.messaging.parking import Parking
from libs.common.persistence.tables import audit, parked, waiting_key
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.runtime import Runtime
from tests.support.platform import CloneSettings
from tests.support.portico import MORNING, runtime_for
from tools import dead_letters, operating

SERVICE = "portal"
CONSUMER = "portal-worker"
SECRET = "never-to-be-shown"


@pytest.fixture
async def settings(databases: Callable[..., Awaitable[CloneSettings]]) -> CloneSettings:
    return await databases(SERVICE)


@pytest.fixture
async def runtime(settings: CloneSettings) -> AsyncIterator[Runtime]:
    """A held key with two events behind it, another held key, and one that only waits."""
    async with runtime_for(SERVICE, settings) as runtime:
        async with runtime.database.work(runtime) as work:
            await park(work, 1, claim=1, state="held", error_class="ValidationError", attempts=3)
            await park(work, 2, claim=1)
            await park(work, 3, claim=1)
            await park(work, 4, claim=2, state="held", error_class="KeyError", attempts=50)
            await park(work, 5, claim=3, error_class="NotYet", attempts=2)
        yield runtime


async def park(
    work: UnitOfWork, number: int, *, claim: int, state: str = "waiting", error_class: str = "Queued", attempts: int = 0
) -> None:
    event = ClaimRejected(
        claim_id=UUID(int=claim), submission_id=UUID(int=9), enrollment_id=UUID(int=9), codes=(SECRET,)
    )
    origin = Origin(actor="system:claims", correlation_id="")
    message = seal_envelope(event, event_id=UUID(int=number), source_name="/x", at=MORNING, origin=origin)
    parking = Parking(work.runtime, CONSUMER, {})
    dead = state == "held"
    await parking.park(work, message, message.key, UUID(int=number), error_class, attempts=attempts, dead=dead)


def key(claim: int) -> str:
    return str(UUID(int=claim))


async def left(runtime: Runtime) -> list[tuple[int, str, int, bool]]:
    """Number, state, attempts, and whether its key is due."""
    async with runtime.database.work(runtime) as work:
        due = sa.func.coalesce(waiting_key.c.due_at <= work.now, sa.false())
        statement = sa.select(parked.c.event_id, parked.c.state, parked.c.attempts, due).join(
            waiting_key,
            sa.and_(waiting_key.c.consumer == parked.c.consumer, waiting_key.c.partition_key == parked.c.partition_key),
        )
        return [(row[0].int, *row[1:]) for row in await work.execute(statement.order_by(parked.c.id))]


async def audited(runtime: Runtime) -> list[tuple[str, str, str]]:
    async with runtime.database.work(runtime) as work:
        rows = (await work.execute(sa.select(audit).order_by(audit.c.audit_id))).all()
        return [(row.action, row.object_id, row.reason) for row in rows]


async def test_held_keys_are_listed_with_what_queues_behind_them(runtime: Runtime) -> None:
    async with runtime.database.work(runtime) as work:
        keys = await dead_letters.held_keys(work)
    assert [(each.event.key, each.event.error_class, each.event.attempts, each.behind) for each in keys] == [
        (key(1), "ValidationError", 3, 2),
        (key(2), "KeyError", 50, 0),
    ]
    assert keys[0].event.event_type == "claims.claim-rejected.v1"
    assert SECRET not in repr(keys)


async def test_the_events_of_a_key_are_shown_in_their_order(runtime: Runtime) -> None:
    async with runtime.database.work(runtime) as work:
        events = await dead_letters.events_of(work, CONSUMER, key(1))
    assert [(each.event_id.int, each.state) for each in events] == [(1, "held"), (2, "waiting"), (3, "waiting")]
    assert SECRET not in repr(events)


async def test_reinserting_makes_the_held_event_due_and_touches_no_other_key(runtime: Runtime) -> None:
    async with runtime.database.work(runtime) as work:
        assert await dead_letters.reinsert(work, CONSUMER, key(1), reason="fixed") == [UUID(int=1)]
    assert await left(runtime) == [
        (1, "waiting", 0, True),
        (2, "waiting", 0, True),
        (3, "waiting", 0, True),
        (4, "held", 50, False),
        (5, "waiting", 2, False),
    ]
    assert await audited(runtime) == [("reinsert-dead-letter", str(UUID(int=1)), "fixed")]


async def test_dropping_an_event_keeps_what_queues_behind_it(runtime: Runtime) -> None:
    async with runtime.database.work(runtime) as work:
        assert await dead_letters.drop_event(work, CONSUMER, key(1), UUID(int=1), reason="twice") == [UUID(int=1)]
    assert [each[0] for each in await left(runtime)] == [2, 3, 4, 5]
    assert await audited(runtime) == [("drop-dead-letter", str(UUID(int=1)), "twice")]


async def test_dropping_a_key_gives_up_all_its_events_and_no_others(runtime: Runtime) -> None:
    async with runtime.database.work(runtime) as work:
        dropped = await dead_letters.drop_key(work, CONSUMER, key(1), reason="void")
    assert sorted(each.int for each in dropped) == [1, 2, 3]
    assert [each[0] for each in await left(runtime)] == [4, 5]
    assert len(await audited(runtime)) == 3


async def test_what_is_not_held_is_left_alone(runtime: Runtime) -> None:
    before = await left(runtime)
    async with runtime.database.work(runtime) as work:
        assert await dead_letters.reinsert(work, CONSUMER, key(3), reason="x") == []
        assert await dead_letters.drop_key(work, CONSUMER, key(3), reason="x") == []
        assert await dead_letters.drop_event(work, CONSUMER, key(1), UUID(int=2), reason="x") == []
        assert await dead_letters.drop_event(work, "other-worker", key(1), UUID(int=1), reason="x") == []
    assert (await left(runtime), await audited(runtime)) == (before, [])


@pytest.mark.usefixtures("runtime")
def test_the_command_says_what_it_did_and_never_what_events_hold(
    settings: CloneSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operating, "Settings", lambda: settings)
    run = CliRunner().invoke
    listed = run(dead_letters.application, ["list", SERVICE])
    shown = run(dead_letters.application, ["show", SERVICE, key(1)])
    again = run(dead_letters.application, ["reinsert", SERVICE, key(1), "--reason", "fixed"])
    none = run(dead_letters.application, ["reinsert", SERVICE, key(1), "--reason", "fixed"])
    unclear = run(dead_letters.application, ["drop", SERVICE, key(2), "--reason", "x"])
    dropped = run(dead_letters.application, ["drop", SERVICE, key(2), "--whole-key", "--reason", "x"])
    empty = run(dead_letters.application, ["list", SERVICE])
    assert [each.exit_code for each in (listed, shown, again, none, unclear, dropped, empty)] == [0, 0, 0, 1, 2, 0, 0]
    assert key(1) in listed.output
    assert "portal holds no keys." in empty.output
    assert SECRET not in "".join(each.output for each in (listed, shown, again, dropped))
