"""What a transaction reaches besides its database: `Runtime` stands behind it."""

import asyncio
from datetime import date
from typing import Protocol

from libs.common.clock import Clock
from libs.common.deployment import Deployment
from libs.common.document_store import DocumentStore
from libs.common.ids import Ids
from libs.common.security.keys import KeyRing
from libs.common.settings import Settings


class Ports(Protocol):
    """The ports of one process. `source` is where its events come from; `due_work_written` wakes who does due work."""

    service: str
    instance: str
    settings: Settings
    deployment: Deployment
    clock: Clock
    ids: Ids
    keys: KeyRing
    documents: DocumentStore
    source: str
    due_work_written: asyncio.Event

    @property
    def today(self) -> date:
        """The day by the contractor's calendar, in its zone."""

    def outbox_written(self, shards: set[int]) -> None:
        """Events wait in these shards: wake the relay, if it lives in this process."""
