"""Mail to users through crashes, repeats and delays: each message arrives, is told of once, and never as two."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from deploy.local.portal import free_port_base
from libs.common.clock import SystemClock
from libs.common.contracts.notifier import EVENTS, MessageSent
from libs.common.persistence.tables import due_work
from libs.common.process import subscriptions_of
from libs.common.settings import MAILBOX_SMTP, POSTGRESQL
from services.notifier.app import service as notifier
from services.notifier.delivery.tables import message
from services.notifier.monthly_reports.repository import total
from simulators.cms_mailbox.mailbox import Behavior, Mailbox, Step
from simulators.cms_mailbox.server import serving_smtp
from tests.support.removals import office, published, removal
from tests.support.simulation import runtime_in, seeds, simulation

_REMOVALS = 12


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    """A mail server that does not take some of the messages at first."""
    with closing(Mailbox(tmp_path / "mailbox", SystemClock())) as made:
        made.behave(Behavior(steps=[Step(reply=451, times=3), Step(times=4), Step(reply=451, times=2)]))
        yield made


@pytest.mark.parametrize("seed", seeds(5, 23))
async def test_every_user_is_told_whatever_happens_on_the_way(databases: Any, mailbox: Mailbox, seed: int) -> None:
    settings = await databases("notifier")
    async with (
        free_port_base() as base,
        simulation(settings, [(notifier, subscriptions_of(notifier))], seed) as world,
    ):
        runtime = runtime_in(world, "notifier")
        # The database is the session's; the mail server listens for this test alone.
        server = settings.database_url or f"postgresql://127.0.0.1:{settings.port(POSTGRESQL)}"
        runtime.settings = runtime.settings.model_copy(update={"port_base": base, "database_url": server})
        removals = [removal(settings, number) for number in range(_REMOVALS)]
        # Some of them twice, as a relay sends them that died before it could write down that it had.
        told = [*enumerate(removals), *enumerate(removals[:4])]
        await world.bus.publish([published(runtime, each, number) for number, each in told])
        await world.bus.publish([published(runtime, office(), 0)])
        async with serving_smtp(mailbox, runtime.settings.port(MAILBOX_SMTP)):
            await world.trouble(150)
            await world.settle()

        assert world.crashes > 3
        assert len({each.message_id for each in mailbox.messages}) == _REMOVALS
        assert {each.recipients[0] for each in mailbox.messages} == {
            f"user{number}@riverside.example" for number in range(_REMOVALS)
        }
        sent = [each for each in world.bus.logs[EVENTS] if each.headers["ce_type"] == MessageSent.type]
        assert len({each.headers["ce_id"] for each in sent}) == _REMOVALS
        assert len({each.key for each in sent}) == _REMOVALS
        async with runtime.database.work(runtime) as work:
            states = Counter((await work.execute(sa.select(message.c.state))).scalars())
            waiting = await work.execute(sa.select(due_work.c.subject).where(due_work.c.kind == "deliver-message"))
            assert states == {"accepted": _REMOVALS}
            assert waiting.scalars().all() == []
            assert await total(work, "", "roles-removed") == _REMOVALS
