"""From the event to the mail server and back, against one that really speaks SMTP."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa

from deploy.local.portal import free_port_base
from libs.common.clock import SetClock
from libs.common.messaging.due_work import DueWork
from libs.common.messaging.memory import MemoryBus, MemoryConsumer
from libs.common.messaging.worker import Worker
from libs.common.persistence.tables import audit, due_work, outbox, parked
from libs.common.process import subscriptions_of
from libs.common.runtime import Runtime
from libs.common.settings import MAILBOX_SMTP, Settings
from services.notifier.app import service
from services.notifier.delivery import repository
from services.notifier.delivery.tables import message
from simulators.cms_mailbox.mailbox import Behavior, Mailbox, Step
from simulators.cms_mailbox.server import serving_smtp
from tests.support.portico import MORNING, runtime_for
from tests.support.removals import office, published, removal


@dataclass
class Post:
    """The notifier with its bus, its due work, and the mail server at its other end."""

    runtime: Runtime
    clock: SetClock
    bus: MemoryBus
    worker: Worker
    due: DueWork
    mailbox: Mailbox

    async def tell(self, *events: Any) -> None:
        """Publish events and handle them, one after the other."""
        for number, each in enumerate(events):
            await self.bus.publish([published(self.runtime, each, number)])
            for _ in range(10):
                await self.worker.step()

    async def work(self, after: timedelta = timedelta(0)) -> None:
        """Do what is due after some time."""
        self.clock.advance(after)
        while await self.due.step():
            await self.due.finish_jobs()

    async def rows(self, statement: sa.Select[Any]) -> list[Any]:
        async with self.runtime.database.work(self.runtime) as work:
            return list(await work.execute(statement))

    async def states(self) -> list[tuple[str, int, str | None]]:
        found = await self.rows(sa.select(message.c.state, message.c.attempts, message.c.sealed_contact))
        return [(row.state, row.attempts, row.sealed_contact) for row in found]

    async def sent(self) -> int:
        payloads = await self.rows(sa.select(outbox.c.headers))
        return sum("notifier.message-sent.v1" in str(row.headers) for row in payloads)


@pytest.fixture
async def post(databases: Callable[..., Awaitable[Settings]], tmp_path: Path) -> AsyncIterator[Post]:
    clock = SetClock(MORNING)
    mailbox = Mailbox(tmp_path / "mailbox", clock)
    async with free_port_base() as base, runtime_for("notifier", await databases("notifier"), clock=clock) as runtime:
        # The database is the session's; the mail server listens for this test alone.
        runtime.settings = runtime.settings.model_copy(update={"port_base": base})
        async with serving_smtp(mailbox, runtime.settings.port(MAILBOX_SMTP)):
            bus = MemoryBus()
            subscriptions = subscriptions_of(service)
            topics = sorted({each.contract.topic for each in subscriptions})
            consumer = MemoryConsumer(bus, topics, Random(3))
            worker = Worker(runtime, consumer, subscriptions, name="notifier-worker")
            yield Post(runtime, clock, bus, worker, DueWork(runtime, {}, service.jobs), mailbox)
    mailbox.close()


async def test_a_user_who_was_not_recertified_is_told_once_by_a_letter_without_phi(post: Post) -> None:
    await post.tell(office(), removal(post.runtime.settings, 1))
    await post.work()
    await post.work(timedelta(hours=1))

    (letter,) = post.mailbox.messages
    assert letter.recipients == ["user1@riverside.example"]
    assert letter.sender == "help@portico.example"
    assert "Riverside Clinic, NPI ending in 5120" in " ".join(letter.body.split())
    assert "2994535120" not in letter.body
    assert await post.states() == [("accepted", 1, None)]
    assert await post.sent() == 1
    assert await post.rows(sa.select(due_work.c.subject).where(due_work.c.kind == "deliver-message")) == []
    assert [row.action for row in await post.rows(sa.select(audit.c.action).order_by(audit.c.at))] == [
        "queue-message",
        "send-message",
    ]


async def test_other_removals_are_counted_and_not_written_about(post: Post) -> None:
    await post.tell(office(), removal(post.runtime.settings, 1, reason="removed"))
    await post.work()

    assert post.mailbox.messages == []
    assert await post.states() == []


async def test_what_the_mail_server_does_not_take_now_is_tried_again(post: Post) -> None:
    post.mailbox.behave(Behavior(steps=[Step(reply=451, times=2)]))
    await post.tell(office(), removal(post.runtime.settings, 1))
    await post.work()
    assert [(state, attempts) for state, attempts, _ in await post.states()] == [("waiting", 1)]
    await post.work(timedelta(seconds=4))
    assert post.mailbox.refused == 1
    await post.work(timedelta(seconds=1))
    await post.work(timedelta(seconds=15))

    assert len(post.mailbox.messages) == 1
    assert await post.states() == [("accepted", 3, None)]


async def test_a_refusal_for_ever_ends_it_and_the_contact_is_forgotten(post: Post) -> None:
    post.mailbox.behave(Behavior(steps=[Step(reply=550)]))
    await post.tell(office(), removal(post.runtime.settings, 1))
    await post.work()
    await post.work(timedelta(days=1))

    assert await post.states() == [("failed", 1, None)]
    assert (await post.sent(), post.mailbox.refused, post.mailbox.messages) == (0, 1, [])


async def test_after_three_days_it_is_given_up(post: Post) -> None:
    post.mailbox.behave(Behavior(steps=[Step(reply=451, times=None)]))
    await post.tell(office(), removal(post.runtime.settings, 1))
    await post.work()
    await post.work(timedelta(hours=73))

    assert await post.states() == [("failed", 2, None)]


async def test_a_crash_after_the_mail_server_took_it_sends_the_same_message_id(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(*_: Any, **__: Any) -> bool:
        raise ConnectionRefusedError

    await post.tell(office(), removal(post.runtime.settings, 1))
    with monkeypatch.context() as patched:
        patched.setattr(repository, "finish", crash)
        await post.work()
    await post.work(timedelta(minutes=5))

    first, again = post.mailbox.messages
    assert first.message_id == again.message_id
    assert again.duplicate
    assert await post.sent() == 1


async def test_a_removal_at_an_enrollment_not_heard_of_yet_waits_for_it(post: Post) -> None:
    await post.tell(removal(post.runtime.settings, 1))
    assert await post.states() == []
    await post.tell(removal(post.runtime.settings, 1), office())
    post.clock.advance(timedelta(minutes=5))
    while await post.worker.retry_parked():
        pass
    await post.work()

    assert len(post.mailbox.messages) == 1


@pytest.mark.parametrize(
    "broken",
    [
        {"contact": b"no contact"},
        {"contact": b'{"name": "A", "email": "a@b.example\\nBcc: c@d.example"}'},
        {"sealed_for": office().organization_id},
    ],
    ids=["no contact", "two recipients", "sealed for somebody else"],
)
async def test_a_contact_that_cannot_be_used_is_set_aside_for_a_person(post: Post, broken: dict[str, Any]) -> None:
    await post.tell(office(), removal(post.runtime.settings, 1, **broken))
    await post.work()

    assert await post.states() == []
    assert [row.state for row in await post.rows(sa.select(parked.c.state))] == ["held"]
    assert post.mailbox.messages == []


async def test_a_single_function_is_called_by_its_name(post: Post) -> None:
    await post.tell(office(), removal(post.runtime.settings, 1, permission="claims.status"))
    await post.work()

    assert "the function Claim Status ended" in " ".join(post.mailbox.messages[0].body.split())
