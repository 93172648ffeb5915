"""What one process of one service has at hand: the ports of `ports.py`, and its database.

Built once by `process.py` (or by a test) and reached through the unit of work; nothing here is global.
"""

import asyncio
from datetime import date

from libs.common.clock import Clock
from libs.common.contracts.envelope import source
from libs.common.deployment import Deployment
from libs.common.document_store import DocumentStore
from libs.common.ids import Ids
from libs.common.persistence.tables import OUTBOX_SHARDS
from libs.common.persistence.unit_of_work import Database
from libs.common.security.keys import KeyRing
from libs.common.settings import Settings


class Runtime:
    """The ports of one process."""

    def __init__(
        self,
        service: str,
        instance: str,
        *,
        settings: Settings,
        deployment: Deployment,
        clock: Clock,
        ids: Ids,
        database: Database,
        keys: KeyRing,
        documents: DocumentStore,
    ) -> None:
        self.service = service
        self.instance = instance
        self.settings = settings
        self.deployment = deployment
        self.clock = clock
        self.ids = ids
        self.database = database
        self.keys = keys
        self.documents = documents
        self.source = source(deployment.contract_id, service)
        self.due_work_written = asyncio.Event()
        self._outbox_written = [asyncio.Event() for _ in range(OUTBOX_SHARDS)]

    @property
    def today(self) -> date:
        """The day by the contractor's calendar, in its zone."""
        return self.clock.business().astimezone(self.deployment.zone).date()

    def outbox_written(self, shards: set[int]) -> None:
        """Events wait in these shards: wake the relay, if it lives in this process."""
        for shard in shards:
            self._outbox_written[shard].set()

    async def wait_for_outbox(self, shard: int, seconds: float) -> None:
        """Wait until something was written to `shard` by this process, at most `seconds`."""
        await _wait_and_clear(self._outbox_written[shard], seconds)

    async def wait_for_due_work(self, seconds: float) -> None:
        """Wait until this process wrote due work, at most `seconds`."""
        await _wait_and_clear(self.due_work_written, seconds)


async def _wait_and_clear(event: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return
    event.clear()
