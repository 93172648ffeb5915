"""What the landing page learns from the notifier."""

from collections.abc import Sequence

from libs.common.contracts.envelope import Received
from libs.common.contracts.notifier import PortalState
from libs.common.persistence.unit_of_work import UnitOfWork
from services.portal.landing import repository


async def keep_state(work: UnitOfWork, events: Sequence[Received[PortalState]]) -> None:
    """Keep what the notifier last said of the functions."""
    for received in events:
        await repository.keep(work, received.event)
