"""Decides what becomes of events that could not be handled and of the keys they hold up.

    python -m tools.dead_letters list claims
    python -m tools.dead_letters show claims 0193…
    python -m tools.dead_letters reinsert claims 0193… --reason "corrected by release 41"
    python -m tools.dead_letters drop claims 0193… --event 0194… --reason "sent twice by the partner"

A key stays held until somebody decides; doing nothing is a decision too. Reinserting tries the held event again, then
those that queued behind it, in order. Dropping an event lets those behind it go on without it; dropping the whole key
gives up all of them. Every decision is written into the service's audit trail. Contents are never shown: types, ids,
error classes and counts are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa
import typer
from rich.console import Console

from libs.common.contracts.envelope import headers_from_text
from libs.common.messaging.parking import go_on, hold_key
from libs.common.persistence.tables import parked
from libs.common.persistence.unit_of_work import UnitOfWork
from tools.operating import Reason, in_transaction

application = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
console = Console(soft_wrap=True, highlight=False)

_Service = Annotated[str, typer.Argument(help="The service whose keys are meant.")]
_Key = Annotated[str, typer.Argument(help="The held key, as 'list' shows it.")]
_Consumer = Annotated[str, typer.Option(help="The consumer group; by default the service's worker.")]


@dataclass(frozen=True, slots=True)
class ParkedEvent:
    """What may be told of an event that is parked. `occurred` is its own time."""

    event_id: UUID
    consumer: str
    key: str
    event_type: str
    occurred: str
    state: str
    error_class: str
    attempts: int


@dataclass(frozen=True, slots=True)
class HeldKey:
    """A key that is held by its first event, and how many events queue behind that."""

    event: ParkedEvent
    behind: int


def _event(row: Any) -> ParkedEvent:
    headers = headers_from_text(row.headers)
    return ParkedEvent(
        row.event_id,
        row.consumer,
        row.partition_key,
        headers.get("ce_type", ""),
        headers.get("ce_time", ""),
        row.state,
        row.error_class,
        row.attempts,
    )


async def held_keys(work: UnitOfWork) -> list[HeldKey]:
    """Every held key of the service, the longest held first."""
    count = (
        sa.select(sa.func.count())
        .select_from(other := parked.alias())
        .where(other.c.consumer == parked.c.consumer, other.c.partition_key == parked.c.partition_key)
        .scalar_subquery()
    )
    found = await work.execute(
        sa.select(parked, count.label("all")).where(parked.c.state == "held").order_by(parked.c.id)
    )
    return [HeldKey(_event(row), row.all - 1) for row in found]


async def events_of(work: UnitOfWork, consumer: str, key: str) -> list[ParkedEvent]:
    """The parked events of a key, in the order in which they will be handled."""
    mine = (parked.c.consumer == consumer, parked.c.partition_key == key)
    return [_event(row) for row in await work.execute(sa.select(parked).where(*mine).order_by(parked.c.id))]


async def reinsert(work: UnitOfWork, consumer: str, key: str, *, reason: str) -> list[UUID]:
    """Let the held event of a key be tried again at once, with all its attempts. Returns its id, or nothing."""
    held = (
        sa.update(parked)
        .where(parked.c.consumer == consumer, parked.c.partition_key == key, parked.c.state == "held")
        .values(state="waiting", attempts=0)
    )
    return await _decide(work, "reinsert", consumer, key, held, reason)


async def drop_event(work: UnitOfWork, consumer: str, key: str, event_id: UUID, *, reason: str) -> list[UUID]:
    """Give up one held event; what queues behind it goes on. Returns its id, or nothing when it is not held."""
    gone = sa.delete(parked).where(
        parked.c.consumer == consumer,
        parked.c.partition_key == key,
        parked.c.event_id == event_id,
        parked.c.state == "held",
    )
    return await _decide(work, "drop", consumer, key, gone, reason)


async def drop_key(work: UnitOfWork, consumer: str, key: str, *, reason: str) -> list[UUID]:
    """Give up a held key with everything that queues behind it. Returns the ids; nothing when the key is not held."""
    held = sa.select(parked.c.id).where(
        parked.c.consumer == consumer, parked.c.partition_key == key, parked.c.state == "held"
    )
    gone = sa.delete(parked).where(parked.c.consumer == consumer, parked.c.partition_key == key, sa.exists(held))
    return await _decide(work, "drop", consumer, key, gone, reason)


async def _decide(
    work: UnitOfWork, action: str, consumer: str, key: str, change: sa.Update | sa.Delete, reason: str
) -> list[UUID]:
    """Change what is parked of a key, and go on with it. The ids of the events that changed."""
    await hold_key(work, consumer, key)
    events = list((await work.execute(change.returning(parked.c.event_id))).scalars())
    if events:
        await go_on(work, consumer, key)
    for event_id in events:
        work.audit(f"{action}-dead-letter", "event", event_id, reason=reason)
    return events


def _tell(events: list[UUID], done: str) -> None:
    _some(events)
    for event_id in events:
        console.print(f"[green]{done}[/green] {event_id}")


@application.command("list")
def list_held(service: _Service) -> None:
    """List the held keys of a service."""
    keys = in_transaction(service, held_keys)
    if not keys:
        console.print(f"{service} holds no keys.")
        return
    # Lines and no table: a narrow window would cut the ids, and they are there to be copied.
    for each in keys:
        event = each.event
        console.print(f"[bold]{event.key}[/bold] of {event.consumer}, {each.behind} behind")
        console.print(f"  {_line(event)}")


@application.command("show")
def show_key(service: _Service, key: _Key, consumer: _Consumer = "") -> None:
    """List the parked events of one key in their order."""
    events = in_transaction(service, lambda work: events_of(work, consumer or f"{service}-worker", key))
    _some(events)
    for event in events:
        console.print(f"{event.state}  {_line(event)}")


def _line(event: ParkedEvent) -> str:
    return (
        f"{event.event_id}  {event.event_type}  {event.occurred}  {event.error_class} after {event.attempts} attempts"
    )


def _some(events: Sequence[object]) -> None:
    if not events:
        console.print("[red]Nothing is held there; look again with 'list'.[/red]")
        raise typer.Exit(1)


@application.command("reinsert")
def reinsert_key(service: _Service, key: _Key, reason: Reason, consumer: _Consumer = "") -> None:
    """Try the held event of a key again, then those behind it."""
    group = consumer or f"{service}-worker"
    _tell(in_transaction(service, lambda work: reinsert(work, group, key, reason=reason)), "will be tried again:")


@application.command("drop")
def drop(
    service: _Service,
    key: _Key,
    reason: Reason,
    event: Annotated[UUID | None, typer.Option(help="Give up this event only.")] = None,
    whole_key: Annotated[bool, typer.Option(help="Give up the event and all that queue behind it.")] = False,
    consumer: _Consumer = "",
) -> None:
    """Give up a held event, or a whole key. Say which: there is no default."""
    if (event is None) != whole_key:
        raise typer.BadParameter("give either --event with an id or --whole-key")
    group = consumer or f"{service}-worker"
    if event is None:
        events = in_transaction(service, lambda work: drop_key(work, group, key, reason=reason))
    else:
        events = in_transaction(service, lambda work: drop_event(work, group, key, event, reason=reason))
    _tell(events, "given up:")


if __name__ == "__main__":
    application()
