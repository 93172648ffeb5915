"""What a service listens to: an event type, and the function that makes its effect."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from libs.common.contracts.base import Contract
from libs.common.messaging.envelope import Received
from libs.common.persistence.unit_of_work import UnitOfWork

if TYPE_CHECKING:
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


@dataclass(frozen=True, slots=True)
class Due:
    """A row of due work that has come due."""

    kind: str
    subject: str
    due_at: datetime
    payload: Mapping[str, Any]
    attempts: int


Timer = Callable[[UnitOfWork, Due], Awaitable[None]]
"""Work done within one transaction; its row is gone when that commits."""

Job = Callable[["Runtime", Due], Awaitable[None]]
"""Work of several transactions, or with a partner call between two: leased, renewed while it runs, and safe to do
again from the start, since a crash may come anywhere."""
