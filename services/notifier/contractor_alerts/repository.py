"""Reads and writes deliveries: as journal entries, and as rows that follow."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects.postgresql import insert

from libs.common.persistence.journal import Entry
from libs.common.persistence.unit_of_work import UnitOfWork
from services.notifier.contractor_alerts.domain import Delivery
from services.notifier.contractor_alerts.tables import contractor_alert, contractor_alert_attempt

_DELIVERY = TypeAdapter(Delivery)
_FAILED = ("permanent", "expired")


def to_entry(delivery: Delivery) -> Entry:
    """An attempt as the journal keeps it."""
    about = str(delivery.interruption_id)
    return {"entry": "delivery", "about": about, "delivery": _DELIVERY.dump_python(delivery, mode="json")}


def from_entry(entry: Entry) -> Delivery | None:
    """The inverse; `None` when the entry is of something else."""
    return _DELIVERY.validate_python(entry["delivery"]) if entry["entry"] == "delivery" else None


async def record_queued(
    work: UnitOfWork, interruption_id: UUID, sequence: int, at: datetime, messages: Iterable[tuple[str, str]]
) -> None:
    """A change is to be told by each of `messages` (channel, message id)."""
    await work.execute(
        insert(contractor_alert)
        .values(
            [
                {
                    "interruption_id": interruption_id,
                    "sequence": sequence,
                    "channel": channel,
                    "message_id": message_id,
                    "state": "queued",
                    "queued_at": at,
                }
                for channel, message_id in messages
            ]
        )
        .on_conflict_do_nothing()
    )


async def record(work: UnitOfWork, delivery: Delivery) -> bool:
    """Let the rows follow one attempt. False when they had it already."""
    keys = ("interruption_id", "sequence", "channel")
    new = await work.execute(
        insert(contractor_alert_attempt)
        .values(**{name: getattr(delivery, name) for name in (*keys, "attempt", "at", "outcome", "code")})
        .on_conflict_do_nothing()
        .returning(contractor_alert_attempt.c.attempt)
    )
    if new.first() is None:
        return False
    of_lane = sa.and_(
        contractor_alert.c.interruption_id == delivery.interruption_id,
        contractor_alert.c.channel == delivery.channel,
        contractor_alert.c.state == "queued",
    )
    this = sa.update(contractor_alert).where(of_lane, contractor_alert.c.sequence == delivery.sequence)
    earlier = sa.update(contractor_alert).where(of_lane, contractor_alert.c.sequence < delivery.sequence)
    if delivery.outcome == "accepted":
        await work.execute(this.values(state="accepted", accepted_at=delivery.at))
        await work.execute(earlier.values(state="merged", accepted_at=delivery.at))
    elif delivery.outcome in _FAILED:
        await work.execute(this.values(state="failed"))
        await work.execute(earlier.values(state="failed"))
    return True


async def first_accepted(work: UnitOfWork, interruption_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """When CMS's mail server first took an alert about each of these interruptions; those never told are missing."""
    found = await work.execute(
        sa.select(contractor_alert.c.interruption_id, sa.func.min(contractor_alert.c.accepted_at).label("first"))
        .where(contractor_alert.c.interruption_id.in_(interruption_ids), contractor_alert.c.accepted_at.is_not(None))
        .group_by(contractor_alert.c.interruption_id)
    )
    return {row.interruption_id: row.first for row in found}
