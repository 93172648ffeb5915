"""What a consumer has taken in: an event has its effect once, however often the broker brings it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert

from libs.common.contracts.envelope import Received
from libs.common.messaging.subscriptions import Subscription
from libs.common.persistence.tables import inbox
from libs.common.persistence.unit_of_work import UnitOfWork


class Inbox:
    """The inbox of one consumer. States pass it by."""

    def __init__(self, consumer: str, subscriptions: Mapping[str, Subscription]) -> None:
        self._consumer = consumer
        self._subscriptions = subscriptions

    async def fresh(self, work: UnitOfWork, events: Sequence[Received[Any]]) -> list[Received[Any]]:
        """Write events into the inbox; those to be handled now, in order: new ones, and all states."""
        effects = [each.event_id for each in events if not self._subscriptions[each.event.type].state]
        new = await self.take_in(work, effects) if effects else set()
        fresh = []
        for each in events:
            if self._subscriptions[each.event.type].state:
                fresh.append(each)
            elif each.event_id in new:
                new.remove(each.event_id)
                fresh.append(each)
        return fresh

    async def take_in(self, work: UnitOfWork, event_ids: Sequence[UUID]) -> set[UUID]:
        """Write events into the inbox; those that were not there before."""
        ids = sa.func.unnest(sa.bindparam("ids", event_ids, ARRAY(sa.Uuid)))
        statement = (
            insert(inbox)
            .from_select(["consumer", "event_id"], sa.select(sa.literal(self._consumer), ids))
            .on_conflict_do_nothing()
            .returning(inbox.c.event_id)
        )
        return set((await work.execute(statement)).scalars())
