"""The 277 of the shared system (FISS, MCS, VMS): read from where it was handed over, as what it means for a claim."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from itertools import islice

from libs.common.contracts.partner import ClaimsStatus
from libs.common.documents.handover import HandOver
from libs.common.errors import Poison
from libs.common.process_stream import ProcessStreamError, stream_from_process
from libs.common.runtime import Runtime
from libs.x12.claim_status.statuses import StatusFileError, read_statuses
from services.claims.status.domain import FINAL_STATES, state_of
from services.claims.status.repository import NewStatus

BATCH = 500
"""Claims that are brought up to date at once: few enough not to hold up a request in the same process."""


async def statuses(runtime: Runtime, event: ClaimsStatus) -> AsyncGenerator[list[NewStatus], None]:
    """Yield what `event` says about each claim, some claims at a time.

    What is short stands in the event and is read here; a document may hold tens of thousands of claims and is read in
    a process of its own. Raises `Poison` when the file is not what it must be.
    """
    handover = HandOver(runtime.settings, runtime.keys)
    if event.document is None:
        for batch in read_batches(handover, event):
            yield batch
        return
    try:
        async with aclosing(stream_from_process(read_batches, handover, event)) as batches:
            async for batch in batches:
                yield batch
    except ProcessStreamError as error:
        # An error of the file is told by its class alone; anything else is infrastructure and comes again.
        if str(error) in _FAULTS_OF_THE_FILE:
            raise Poison("the status file cannot be read") from error
        raise


_FAULTS_OF_THE_FILE = frozenset({"Poison", "SealBrokenError", "DocumentBrokenError", "DocumentMissingError"})


def read_batches(handover: HandOver, event: ClaimsStatus) -> Iterator[list[NewStatus]]:
    """Read the file of `event`. Raises `Poison` when it is not a 277 of this partner."""
    found = _read(handover, event)
    while batch := list(islice(found, BATCH)):
        yield batch


def _read(handover: HandOver, event: ClaimsStatus) -> Iterator[NewStatus]:
    try:
        for each in read_statuses(handover.take(event)):
            state = state_of(each.status.category)
            yield NewStatus(
                internal_control_number=each.internal_control_number,
                version=event.sequence,
                state=state,
                category=each.status.category,
                status_code=each.status.code,
                effective_on=each.effective,
                paid_cents=each.paid_cents,
                finalized_on=(each.finalized or each.effective) if state in FINAL_STATES else None,
            )
    except StatusFileError as error:
        raise Poison("not a status file of this partner") from error
