"""The 277 of the shared system (FISS, MCS, VMS): read from where it was handed over, as what it means for a claim."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from datetime import date
from itertools import islice

from libs.common.contracts.partner import ClaimsStatus
from libs.common.documents.handover import HandOver
from libs.common.errors import Poison
from libs.common.process_stream import ProcessStreamError, stream_from_process
from libs.common.runtime import Runtime
from libs.x12.claim_status.objects import StatusAnswer
from libs.x12.reader import FileVerdict, read_file
from services.claims.status.domain import FINAL_STATES, state_of
from services.claims.status.repository import NewStatus

BATCH = 500
"""Claims that are brought up to date at once: few enough not to hold up a request in the same process."""
_GUIDES = frozenset({"005010X212"})


async def statuses(runtime: Runtime, event: ClaimsStatus) -> AsyncGenerator[list[NewStatus], None]:
    """Yield what `event` says about each claim, some claims at a time.

    What is short stands in the event and is read here; a document may hold tens of thousands of claims and is read in
    a process of its own. Raises `Poison` when the file is not what it must be.
    """
    handover = HandOver(runtime.settings, runtime.keys)
    today = runtime.clock.business().astimezone(runtime.deployment.zone).date()
    if event.document is None:
        for batch in read_batches(handover, event, today):
            yield batch
        return
    try:
        async with aclosing(stream_from_process(read_batches, handover, event, today)) as batches:
            async for batch in batches:
                yield batch
    except ProcessStreamError as error:
        # An error of the file is told by its class alone; anything else is infrastructure and comes again.
        if str(error) in _FAULTS_OF_THE_FILE:
            raise Poison("the status file cannot be read") from error
        raise


_FAULTS_OF_THE_FILE = frozenset({"Poison", "SealBrokenError", "DocumentBrokenError", "DocumentMissingError"})


def read_batches(handover: HandOver, event: ClaimsStatus, today: date) -> Iterator[list[NewStatus]]:
    """Read the file of `event`. Raises `Poison` when it is not a 277 of this partner, in order from first to last."""
    found = _read(handover, event, today)
    while batch := list(islice(found, BATCH)):
        yield batch


def _read(handover: HandOver, event: ClaimsStatus, today: date) -> Iterator[NewStatus]:
    for part in read_file(handover.take(event), received=today, batch=BATCH, guides=_GUIDES):
        if isinstance(part, FileVerdict):
            if part.verdict != "accepted":
                raise Poison("not a status file of this partner")
            return
        if part.rejected:
            raise Poison("not a status file of this partner")
        yield from (_meaning(item, event.sequence) for item in part.items)


def _meaning(answer: object, version: int) -> NewStatus:
    """What an answer means for its claim. One that has a fault, or names no claim, cannot be relied on."""
    if not isinstance(answer, StatusAnswer) or answer.findings or not answer.internal_control_number:
        raise Poison("not a status of a claim")
    said = answer.latest
    state = state_of(said.status.category)
    return NewStatus(
        internal_control_number=answer.internal_control_number,
        version=version,
        state=state,
        category=said.status.category,
        status_code=said.status.code,
        effective_on=said.effective or answer.heading.created.date(),
        paid_cents=said.paid_cents or 0,
        finalized_on=(said.finalized or said.effective) if state in FINAL_STATES else None,
        pays_on=said.payment_date,
    )
