"""What a service listens to: an event type, and the function that makes its effect."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from libs.common.contracts.base import Contract
from libs.common.contracts.envelope import Received
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.runtime import Runtime

Handler = Callable[[UnitOfWork, Sequence[Received[Any]]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Subscription:
    """`handler` gets events of `contract`, often one, in order per key. It may raise `NotYet` or `Poison`.

    `state`: records of a compacted topic, whole and versioned. They pass by the inbox: the highest version wins
    anyway, and the owner sends them again every day.
    """

    contract: type[Contract]
    handler: Handler
    state: bool = False


def by_type(subscriptions: Iterable[Subscription]) -> dict[str, Subscription]:
    """Subscriptions by event type. Several to one type become one: its handlers run in turn, in one transaction.

    Raises `ValueError` when they do not agree whether the type is a state.
    """
    found: dict[str, Subscription] = {}
    for each in subscriptions:
        before = found.get(each.contract.type)
        if before is not None and before.state != each.state:
            raise ValueError(f"{each.contract.type} is a state to one handler and none to another")
        handler = each.handler if before is None else _in_turn(before.handler, each.handler)
        found[each.contract.type] = Subscription(each.contract, handler, state=each.state)
    return found


def _in_turn(first: Handler, second: Handler) -> Handler:
    async def handle(work: UnitOfWork, events: Sequence[Received[Any]]) -> None:
        await first(work, events)
        await second(work, events)

    return handle


@dataclass(frozen=True, slots=True)
class Due:
    """A row of due work that has come due. `failing_since`: since when it has not once been done."""

    kind: str
    subject: str
    due_at: datetime
    payload: Mapping[str, Any]
    attempts: int
    failing_since: datetime | None = None


Timer = Callable[[UnitOfWork, Due], Awaitable[None]]
"""Work done within one transaction; its row is gone when that commits."""


PATIENCE = timedelta(hours=4)
"""So long a job may fail before it is given up, unless it says otherwise."""


@dataclass(frozen=True, slots=True)
class Job:
    """Work of several transactions, or with a partner call between two: leased, and renewed while it runs.

    `run` is safe to do again from the start, since a crash may come anywhere. A job that has failed for `patience` is
    given up: an operator is called and may release it, and the page of its subject says so (`given_up_at`). None: it
    is never given up, because it is about no one object and the next run makes up for those that failed.
    """

    run: Callable[[Runtime, Due], Awaitable[None]]
    patience: timedelta | None = PATIENCE
