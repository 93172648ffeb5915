"""Reads and writes interruptions: as journal entries, and as rows that follow."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects.postgresql import insert

from libs.common.persistence.journal import Entry
from libs.common.persistence.paging import Order, Page, Place, page_of
from libs.common.persistence.unit_of_work import UnitOfWork
from services.notifier.interruptions.domain import Change, Interruption
from services.notifier.interruptions.tables import interruption, interruption_change, retraction_request

_NEWEST_FIRST = Order(
    (interruption.c.started_at, interruption.c.interruption_id), interruption.c.interruption_id, descending=True
)
_CHANGE = TypeAdapter(Change)
_COLUMNS = (
    "interruption_id",
    "fault_domain",
    "state",
    "flapping",
    "sequence",
    "started_at",
    "detected_at",
    "ended_at",
    "retracted_at",
)


def to_entry(change: Change) -> Entry:
    """A change as the journal keeps it."""
    about = str(change.interruption.interruption_id)
    return {"entry": "change", "about": about, "change": _CHANGE.dump_python(change, mode="json")}


def from_entry(entry: Entry) -> Change | None:
    """The inverse; `None` when the entry is not of an interruption."""
    return _CHANGE.validate_python(entry["change"]) if entry["entry"] == "change" else None


async def record(work: UnitOfWork, contract_id: str, change: Change) -> bool:
    """Let the rows follow one change. False when they had it already."""
    after = change.interruption
    values = {name: getattr(after, name) for name in _COLUMNS} | {
        "functions": list(after.functions),
        "contract_id": contract_id,
    }
    row = insert(interruption).values(**values)
    await work.execute(
        row.on_conflict_do_update(
            index_elements=["interruption_id"],
            set_={name: row.excluded[name] for name in values if name != "interruption_id"},
            where=row.excluded.sequence > interruption.c.sequence,
        )
    )
    new = await work.execute(
        insert(interruption_change)
        .values(interruption_id=after.interruption_id, sequence=after.sequence, kind=change.kind, at=change.at)
        .on_conflict_do_nothing()
        .returning(interruption_change.c.sequence)
    )
    return new.first() is not None


async def open_interruptions(work: UnitOfWork, contract_id: str) -> list[Interruption]:
    """Those that the rows call open."""
    found = await work.execute(
        sa.select(interruption).where(interruption.c.contract_id == contract_id, interruption.c.state == "open")
    )
    return [_interruption(row) for row in found]


async def newest(work: UnitOfWork, place: Place) -> Page[Interruption]:
    """Interruptions, the newest first."""
    return await page_of(work, sa.select(interruption), _NEWEST_FIRST, place, within=sa.true(), make=_interruption)


async def overlapping(work: UnitOfWork, contract_id: str, start: datetime, end: datetime) -> list[Interruption]:
    """Interruptions of which a part lies from `start` on and before `end`, newest first; open ones have no end yet."""
    found = await work.execute(
        sa.select(interruption)
        .where(
            interruption.c.contract_id == contract_id,
            interruption.c.started_at < end,
            sa.or_(interruption.c.ended_at.is_(None), interruption.c.ended_at >= start),
        )
        .order_by(interruption.c.started_at.desc())
    )
    return [_interruption(row) for row in found]


async def one(work: UnitOfWork, interruption_id: UUID) -> tuple[Interruption, Sequence[Any]] | None:
    """An interruption with its changes (`sequence`, `kind`, `at`), oldest first; `None` when there is none."""
    row = (await work.execute(sa.select(interruption).where(interruption.c.interruption_id == interruption_id))).first()
    if row is None:
        return None
    changes = await work.execute(
        sa.select(interruption_change)
        .where(interruption_change.c.interruption_id == interruption_id)
        .order_by(interruption_change.c.sequence)
    )
    return _interruption(row), changes.all()


async def request_retraction(work: UnitOfWork, interruption_id: UUID, requested_by: str) -> None:
    """Ask the engine to take an interruption back as a false alarm. Asking twice is asking once."""
    await work.execute(
        insert(retraction_request)
        .values(interruption_id=interruption_id, requested_at=work.now, requested_by=requested_by)
        .on_conflict_do_nothing()
    )


async def requested_retractions(work: UnitOfWork) -> list[Interruption]:
    """Closed interruptions that somebody asked to take back."""
    found = await work.execute(
        sa.select(interruption)
        .join(retraction_request, retraction_request.c.interruption_id == interruption.c.interruption_id)
        .where(interruption.c.state == "closed")
    )
    return [_interruption(row) for row in found]


def _interruption(row: Any) -> Interruption:
    values: dict[str, Any] = {name: getattr(row, name) for name in _COLUMNS}
    return Interruption(functions=tuple(row.functions), **values)
